from datetime import date

from django import forms

from contacts.forms import TOO_LONG
from credentials.forms.fields import form_field_for
from credentials.models import CredentialRecord, CredentialType, Element, serialize_values

# A typing slip such as the year 0206 is a valid date, but not one of a credential.
EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)
# Without JavaScript the “Show fields” button does the same.
SHOW_FIELDS_ON_CHANGE = {
    "hx-post": "",
    "hx-trigger": "change",
    "hx-vals": '{"show_fields": "1"}',
    "hx-indicator": "#fields-loading",
    "hx-target": "#editor",
    "hx-select": "#editor",
    "hx-swap": "outerHTML",
}


class RequestForm(forms.Form):
    """A request: a Brief Description, and the fields of the type.

    Pass ``record`` for an update. A valid form has ``proposed``: the requested values, as ``serialize_values`` gives
    them.
    """

    brief_description = forms.CharField(
        label="Brief Description",
        max_length=300,
        help_text="In one sentence, what changes and why. The approver reads it first.",
        error_messages={"required": "Enter a Brief Description.", "max_length": TOO_LONG},
    )
    idempotency_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args, district, type, record=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.district, self.record = district, record
        self.original = record.values if record else {}
        for field in type.fields.all() if type else []:
            value = self.original.get(field.name)
            self.fields[f"value_{field.name}"] = form_field_for(field, value)
            self.initial.setdefault(f"value_{field.name}", value)

    @property
    def value_fields(self):
        """The names of the form fields by the names of the values that they ask for."""
        return {name.removeprefix("value_"): name for name in self.fields if name.startswith("value_")}

    def entered(self):
        """What was entered so far, as the initial values of another form."""
        return {
            name: field.widget.value_from_datadict(self.data, self.files, name) for name, field in self.fields.items()
        }

    def clean(self):
        cleaned = super().clean()
        values = {name: self.unless_reordered(name, cleaned.get(field)) for name, field in self.value_fields.items()}
        self.check_dates(values)
        self.check_identifier(values)
        self.proposed = serialize_values({**self.original, **values})
        if not self.errors and self.proposed == self.original:
            raise forms.ValidationError(
                "You have not changed anything yet. Change at least one value, or choose Cancel."
                if self.record
                else "Fill in at least one value of the credential."
            )
        return cleaned

    def unless_reordered(self, name, value):
        """A list whose order alone differs from the record, where an import may have brought another, is no change."""
        held = self.original.get(name)
        return held if isinstance(value, list) and isinstance(held, list) and sorted(value) == sorted(held) else value

    def check_dates(self, values):
        for name, value in values.items():
            if isinstance(value, date) and not EARLIEST <= value <= LATEST:
                self.add_error(self.value_fields[name], f"Enter a year from {EARLIEST.year} to {LATEST.year}.")
        expires_on = values.get(Element.EXPIRES_ON)
        for name, words in [(Element.ISSUED_ON, "was issued"), (Element.EFFECTIVE_ON, "takes effect")]:
            if expires_on and values.get(name) and expires_on < values[name]:
                self.add_error(self.value_fields[Element.EXPIRES_ON], f"The credential would expire before it {words}.")
                return  # one sentence per date is enough

    def check_identifier(self, values):
        identifier = values.get(Element.IDENTIFIER)
        if not identifier:
            return
        state = values.get(Element.ISSUING_STATE) or ""
        others = CredentialRecord.objects.filter(district=self.district, identifier=identifier, issuing_state=state)
        if self.record:
            others = others.exclude(pk=self.record.pk)
        if others.exists():
            self.add_error(
                self.value_fields[Element.IDENTIFIER],
                "Your district already has a record with this identifier and state. Check the number.",
            )


class UpdateRequestForm(RequestForm):
    record_version = forms.CharField(widget=forms.HiddenInput)

    def clean_record_version(self):
        """The record may have changed since the form was opened; nobody overwrites that unseen."""
        if self.cleaned_data["record_version"] != self.record.updated_at.isoformat():
            raise forms.ValidationError(
                "Someone changed this record while you were typing. Open it again to see what it says now."
            )
        return self.cleaned_data["record_version"]


class NewRequestForm(RequestForm):
    type = forms.ModelChoiceField(
        CredentialType.objects.filter(is_active=True),
        label="Credential Type",
        empty_label="Choose one",
        error_messages={
            "required": "Choose a Credential Type.",
            "invalid_choice": "Choose a Credential Type from the list.",
        },
        widget=forms.Select(attrs=SHOW_FIELDS_ON_CHANGE),
    )
    field_order = ["brief_description", "type"]
