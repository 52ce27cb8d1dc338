from django import forms

from contacts.forms import TOO_LONG

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
    COMMENT_REQUIRED = "Explain why you deny the request. The requester reads it."

    def clean_comment(self):
        if not self.cleaned_data["comment"]:
            raise forms.ValidationError(self.COMMENT_REQUIRED)
        return self.cleaned_data["comment"]


class ReturnForm(DenialForm):
    COMMENT_REQUIRED = "Say what the requester should change before you decide."
