"""How urgent a case is to Support, and the call that a critical one asks for."""

from django import forms

from cases.forms.submitting import long_text, needed
from cases.forms.verbs import UpToDateForm, VerbForm, contact_field
from cases.models import Case
from contacts.models import User

BY_TABLE = ("table", "As urgency and impact say")


class PrioritizeForm(UpToDateForm):
    heading, button = "Set the priority", "Set the priority"
    lead = "Only where urgency and impact lead to the wrong one."
    priority = forms.ChoiceField(
        choices=[BY_TABLE, *Case.Priority.choices],
        widget=forms.RadioSelect,
        error_messages=needed("Choose the priority."),
    )
    reason = long_text(3, required=False, help_text="The district's contacts read this.")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["priority"].initial = self.case.priority if self.case.priority_reason else BY_TABLE[0]
        self.fields["reason"].widget.attrs["data-conditional"] = True  # so that it is not called optional

    def clean(self):
        said = self.cleaned_data
        if said.get("priority") == BY_TABLE[0]:
            said["priority"] = None
        elif "reason" not in self.errors and not said["reason"]:
            self.add_error("reason", "Explain why it is not what urgency and impact say.")


class RecordPhoneFollowUpForm(VerbForm):
    heading = button = "I have called Support"
    caller = contact_field(label="Who called?")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.user.is_support:
            del self.fields["caller"]
            return
        self.heading, self.button = "The district called", "Log the call"
        self.fields["caller"].queryset = User.objects.contacts_of(self.case.district)
