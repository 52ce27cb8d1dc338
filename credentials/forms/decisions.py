from django import forms

from contacts.forms import TOO_LONG
from credentials.models import CredentialRequest, CredentialType

UNSEEN = "Look at the request again, then decide."


class DecisionForm(forms.Form):
    """Carries what the approver saw, so that nothing is decided unseen."""

    version = forms.IntegerField(widget=forms.HiddenInput, error_messages={"required": UNSEEN, "invalid": UNSEEN})
    record_state = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)
    comment = forms.CharField(
        required=False,
        max_length=2000,
        error_messages={"max_length": TOO_LONG},
        # Without the attribute the label would say “(optional)”, which is wrong for a denial.
        widget=forms.Textarea(attrs={"rows": 3, "data-conditional": ""}),
        help_text="The requester reads it. Required if you deny or return the request: say what is missing.",
    )


class DenialForm(DecisionForm):
    def clean_comment(self):
        if not self.cleaned_data["comment"]:
            raise forms.ValidationError("Explain why you deny the request. The requester reads it.")
        return self.cleaned_data["comment"]


class ReturnForm(DecisionForm):
    def clean_comment(self):
        if not self.cleaned_data["comment"]:
            raise forms.ValidationError("Say what the requester should change before you decide.")
        return self.cleaned_data["comment"]


class ApprovalFilterForm(forms.Form):
    # What is pending has one's own requests too, on which somebody else decides.
    status = forms.ChoiceField(
        required=False,
        choices=[
            ("", "Pending"),
            ("decide", "For me to decide"),
            *(choice for choice in CredentialRequest.Status.choices if choice[0] not in ("draft", "pending")),
            ("all", "All"),
        ],
        label="Status",
    )
    type = forms.ModelChoiceField(CredentialType.objects, required=False, label="Credential Type", empty_label="All")
