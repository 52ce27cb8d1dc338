from django import forms

from cases.forms.submitting import long_text, needed, one_line
from cases.forms.verbs import VerbForm
from contacts.models import User


class RecordCallForm(VerbForm):
    heading, button = "Record a colleague on a call", "Record the call"
    lead = "A colleague who is not an authorized contact joins a call only with a contact, who stays to the end."
    colleague = one_line(label="Colleague's name", error_messages=needed("Enter the name of the colleague."))
    host = forms.ModelChoiceField(
        User.objects.none(),
        label="Host",
        empty_label="Choose a contact",
        error_messages=dict.fromkeys(["required", "invalid_choice"], "Choose a current contact of the district."),
    )
    present_throughout = forms.BooleanField(
        label="I was on the call from beginning to end.",
        error_messages=needed("Without a contact who was there throughout, the call is not recorded."),
    )
    text = long_text(3, label="What was said", required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.user.is_support:
            self.fields["host"].queryset = User.objects.contacts_of(self.case.district)
            self.fields["present_throughout"].label = "The host confirms being on the call from beginning to end."
        else:
            del self.fields["host"]
