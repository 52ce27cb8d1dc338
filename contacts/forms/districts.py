from django import forms

from contacts.forms.time_zones import TimeZoneField
from contacts.models import District


class DistrictSettingsForm(forms.ModelForm):
    """What a district's own administrators may set."""

    time_zone = TimeZoneField(help_text="Your staff see times in this time zone.")

    class Meta:
        model = District
        fields = ["help_text", "help_phone", "help_email", "time_zone", "staff_may_request_changes"]
        widgets = {"help_text": forms.Textarea(attrs={"rows": 4})}
        help_texts = {
            "help_text": "Whom to ask, and when. Anyone can read it before signing in, so do not name people here.",
            "help_phone": "Anyone can read it before signing in.",
            "help_email": "Anyone can read it before signing in. A shared mailbox works best.",
            "staff_may_request_changes": "Staff may ask for changes to their own credential records.",
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["time_zone"].offer(self.instance.time_zone)
