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
    def clean_comment(self):
        if not self.cleaned_data["comment"]:
            raise forms.ValidationError("Explain why you deny the request. The requester reads it.")
        return self.cleaned_data["comment"]


class ReturnForm(DecisionForm):
    def clean_comment(self):
        if not self.cleaned_data["comment"]:
            raise forms.ValidationError("Say what the requester should change before you decide.")
        return self.cleaned_data["comment"]
