from django import forms

from contacts.business_time import STATES
from contacts.forms.time_zones import TimeZoneField
from contacts.models import District, DistrictHoliday


class DistrictSettingsForm(forms.ModelForm):
    """What a district's own administrators may set."""

    time_zone = TimeZoneField(help_text="Your staff see times in this time zone.")
    state = forms.ChoiceField(
        choices=[("", "None: only the federal holidays"), *sorted(STATES.items(), key=lambda state: state[1])],
        required=False,
        label="State whose public holidays you keep",
        help_text="Public holidays, weekends and the days below do not count where a number of business days is meant.",
    )

    class Meta:
        model = District
        fields = ["help_text", "help_phone", "help_email", "time_zone", "state", "staff_may_request_changes"]
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
        # Its default is a setting, which Django would take for a reason to compare with what the page carries along.
        self.fields["staff_may_request_changes"].show_hidden_initial = False


class HolidayForm(forms.ModelForm):
    """A holiday or a break of the district's own; its last day may be left out."""

    last_on = forms.DateField(
        required=False,
        label="Last day",
        help_text="Leave it out for one day.",
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    class Meta:
        model = DistrictHoliday
        fields = ["name", "first_on", "last_on"]
        help_texts = {"name": "Such as Winter break."}
        widgets = {"first_on": forms.DateInput(attrs={"type": "date"})}
        error_messages = {
            "name": {"required": "Enter what the days are called."},
            "first_on": {"required": "Enter the first day."},
        }

    def clean(self):
        super().clean()
        if "last_on" not in self.errors:
            self.cleaned_data["last_on"] = self.cleaned_data.get("last_on") or self.cleaned_data.get("first_on")
