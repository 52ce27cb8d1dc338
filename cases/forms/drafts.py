from django import forms

from cases.forms.submitting import LONGEST_TEXT
from cases.models.choices import Mode


class DraftForm(forms.Form):
    """What is typed so far. It may be longer than what can be sent: it is cut by the person, and by nothing else."""

    mode = forms.ChoiceField(choices=Mode)
    text = forms.CharField(required=False, max_length=3 * LONGEST_TEXT)
    idempotency_key = forms.UUIDField()
