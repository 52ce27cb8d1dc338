from django import forms
from django.utils.formats import date_format

from contacts.models import Agreement, Designation


class AgreementForm(forms.ModelForm):
    """What was signed; it never changes once it is recorded."""

    class Meta:
        model = Agreement
        fields = ["organization", "document", "link", "signed_on", "expires_on"]
        widgets = dict.fromkeys(["signed_on", "expires_on"], forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        error_messages = {
            "organization": {"required": "Enter the organization."},
            "document": {"required": "Enter the title or number of the document."},
            "signed_on": {"required": "Enter the day on which it was signed."},
            "expires_on": {"required": "Enter the last day on which it holds."},
        }
        help_texts = {"organization": "Exactly as entered on the person's page."}

    def clean(self):
        cleaned = super().clean()
        signed_on, expires_on = cleaned.get("signed_on"), cleaned.get("expires_on")
        if signed_on and expires_on and expires_on <= signed_on:
            self.add_error("expires_on", "Enter a later day than the one on which it was signed.")
        return cleaned


class RenewForm(forms.Form):
    """Which roles under earlier agreements with the organization go on under this one."""

    designations = forms.ModelMultipleChoiceField(
        Designation.objects.none(),
        label="Move these roles",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one role."},
    )

    def __init__(self, *args, agreement, **kwargs):
        super().__init__(*args, **kwargs)
        held = Designation.objects.current().filter(
            district=agreement.district, agreement__organization__iexact=agreement.organization
        )
        held = held.exclude(agreement=agreement).select_related("user", "agreement__district")
        found = [each for each in held if agreement.may_renew(each.agreement)]
        field, keys = self.fields["designations"], [each.pk for each in found]
        field.queryset = held.filter(pk__in=keys)
        field.choices = [(each.pk, _what_comes(each, agreement)) for each in found]
        field.initial = keys
        self.is_needed = bool(found)


def _what_comes(held, agreement):
    """``Dana Lee, support contact: until Nov 3, 2027 instead of Nov 3, 2026``."""
    until, instead = date_format(agreement.expires_on), date_format(held.agreement.expires_on)
    return f"{held}: until {until} instead of {instead}"
