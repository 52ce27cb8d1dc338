from django import forms
from django.utils.formats import date_format
from django.utils.timezone import localtime

from cases.forms.submitting import long_text, needed, one_line
from cases.forms.verbs import VerbForm, contact_field
from contacts.models import User

THROUGHOUT = "I was on the call from beginning to end."


class RecordCallForm(VerbForm):
    heading, button = "Log a call with a colleague", "Log the call"
    lead = "A colleague who is not an authorized contact joins a call only with a contact, who stays to the end."
    colleague = one_line(label="Colleague's name", error_messages=needed("Enter the name of the colleague."))
    host = contact_field(help_text="The contact is asked to confirm being there from beginning to end.")
    present_throughout = forms.BooleanField(
        label=THROUGHOUT,
        error_messages=needed("Without a contact who was there throughout, the call is not recorded."),
    )
    text = long_text(3, label="What was said", required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.user.is_support:
            self.fields["host"].queryset = User.objects.contacts_of(self.case.district)
            del self.fields["present_throughout"]
        else:
            del self.fields["host"]


class ConfirmCallForm(VerbForm):
    heading, button = "Confirm a call", "Confirm the call"
    lead = "Support recorded that you were the host of a call. If you were not there throughout, say so in a reply."
    call = forms.ModelChoiceField(
        None,
        empty_label="Choose a call",
        error_messages=dict.fromkeys(["required", "invalid_choice"], "Choose a call that you hosted."),
    )
    present_throughout = forms.BooleanField(
        label=THROUGHOUT, error_messages=needed("Confirm the call only if you were there throughout.")
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["call"].queryset = self.case.calls.filter(host=self.user)

    def opened_with(self, entries):
        calls = [(call.pk, self.label_of(call)) for call in self.case.calls.to_confirm_by(self.user)]
        self.fields["call"].choices = [("", "Choose a call"), *calls]

    @staticmethod
    def label_of(call):
        return f"{call}, {date_format(localtime(call.created_at), 'DATETIME_FORMAT')}"
