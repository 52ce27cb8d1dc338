import re

from django import forms

from contacts.models import CallerCode


class CallerCodeForm(forms.Form):
    """The digits as the agent hears them; ``q`` is what they had searched for."""

    code = forms.CharField(
        label="Code that the caller reads to you",
        help_text="Ask the caller to sign in and open Contacts, then Code for a call.",
        max_length=20,
        error_messages={"required": "Enter the six digits of the code.", "max_length": "A code has six digits."},
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
    )
    q = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)

    def __init__(self, *args, person, **kwargs):
        # A page has one for each caller who could be meant.
        super().__init__(*args, auto_id=f"id_%s_{person.pk}", **kwargs)

    def clean_code(self):
        digits = re.sub(r"[\s-]", "", self.cleaned_data["code"])
        if not re.fullmatch(rf"[0-9]{{{CallerCode.DIGITS}}}", digits):
            raise forms.ValidationError("A code has six digits. Nothing was checked, and no try was used.")
        return digits
