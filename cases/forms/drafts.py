from django import forms

from cases.models.choices import Mode
from cases.models.drafts import LONGEST_DRAFT


class DraftForm(forms.Form):
    """What is typed so far, which may be more than can be sent."""

    mode = forms.ChoiceField(choices=Mode)
    text = forms.CharField(required=False, max_length=LONGEST_DRAFT)
    idempotency_key = forms.UUIDField()
