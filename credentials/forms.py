from datetime import date

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.html import escape

from credentials.models import (
    LONGEST,
    CredentialRecord,
    CredentialType,
    DataType,
    Element,
    RequestStatus,
    stored,
)
from credentials.models.vocabularies import CREDENTIAL_FIELDS, GRADE_LEVELS, STATES, SUBJECTS, state_name

ED_FI_LISTS = {
    Element.ISSUING_STATE: STATES,
    Element.FIELD: CREDENTIAL_FIELDS,
    Element.SUBJECTS: SUBJECTS,
    Element.GRADE_LEVELS: GRADE_LEVELS,
}
ELEMENT_DATA_TYPES = {
    Element.IDENTIFIER: DataType.TEXT,
    Element.ISSUING_STATE: DataType.CHOICE,
    Element.ISSUED_ON: DataType.DATE,
    Element.EFFECTIVE_ON: DataType.DATE,
    Element.EXPIRES_ON: DataType.DATE,
    Element.FIELD: DataType.CHOICE,
    Element.SUBJECTS: DataType.CHOICES,
    Element.GRADE_LEVELS: DataType.CHOICES,
}
# What to do about a field that is left out; the others are written.
MISSING = {
    DataType.DATE: "Give a date.",
    DataType.YES_NO: "Choose yes or no.",
    DataType.CHOICE: "Choose one.",
    DataType.CHOICES: "Choose at least one.",
}
# A slip of the finger such as 0206 is a date too, but not one of a credential.
PLAUSIBLE_DATES = [
    MinValueValidator(date(1900, 1, 1), "Write a year from 1900 on."),
    MaxValueValidator(date(2199, 12, 31), "Write a year before 2200."),
]
# Without JavaScript the editor has a button "Show fields" that does the same.
SHOW_FIELDS_AT_ONCE = {
    "hx-post": "",
    "hx-trigger": "change",
    "hx-vals": '{"show_fields": "1"}',
    "hx-indicator": "#fields-are-coming",
    "hx-target": "#editor",
    "hx-select": "#editor",
    "hx-swap": "outerHTML",
}


def input_for(field, value=None):
    """The form field that asks for a credential field; ``value`` is what is stored and must stay choosable."""
    data_type = ELEMENT_DATA_TYPES[field.element] if field.element else field.data_type
    about = {
        "label": str(field),
        "required": field.required,
        # Crispy forms draw a help text as HTML; an admin writes words.
        "help_text": escape(field.help_text),
        "error_messages": {"required": MISSING.get(data_type, f"Write the {field}.")},
    }
    match data_type:
        case DataType.TEXT:
            return forms.CharField(max_length=LONGEST.get(field.element, 300), **about)
        case DataType.LONG_TEXT:
            return forms.CharField(max_length=5000, widget=forms.Textarea(attrs={"rows": 4}), **about)
        case DataType.DATE:
            day = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
            return forms.DateField(widget=day, validators=PLAUSIBLE_DATES, **about)
        case DataType.NUMBER:
            return forms.DecimalField(max_digits=12, decimal_places=4, **about)
        case DataType.YES_NO:
            return forms.TypedChoiceField(
                choices=[("", "Not given"), ("True", "Yes"), ("False", "No")],
                coerce=lambda text: text == "True",
                empty_value=None,
                **about,
            )
        case DataType.CHOICE:
            nothing = ("", "Choose one" if field.required else "Not given")
            return forms.ChoiceField(choices=[nothing, *_choices(field, value)], **about)
        case DataType.CHOICES:
            boxes = forms.CheckboxSelectMultiple
            return forms.MultipleChoiceField(choices=_choices(field, value), widget=boxes, **about)


def _choices(field, value):
    """The field's choices, and what the record holds already: a changed list must not lose an old value."""
    offered = field.choices or ED_FI_LISTS[field.element]
    held = value if isinstance(value, list) else [value] if value else []
    name = state_name if field.element == Element.ISSUING_STATE else str
    return [(choice, name(choice)) for choice in [*offered, *(text for text in held if text not in offered)]]


class RequestForm(forms.Form):
    """The editor of a request: a Brief Description, and the fields that the type asks for.

    Give ``record`` for an update of it. ``proposed`` is what a valid form asks for, as ``stored`` keeps it.
    """

    brief_description = forms.CharField(
        label="Brief Description",
        max_length=300,
        help_text="What changes and why, in a sentence; the approver reads it first.",
        error_messages={"required": "Write a Brief Description."},
    )
    token = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args, district, type, record=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.district, self.record = district, record
        self.original = record.values if record else {}
        for field in type.fields.all() if type else []:
            held = self.original.get(field.name)
            self.fields[f"value_{field.name}"] = input_for(field, held)
            self.initial.setdefault(f"value_{field.name}", held)

    @property
    def asked(self):
        return {name.removeprefix("value_"): name for name in self.fields if name.startswith("value_")}

    def typed(self):
        """What was typed so far, as the initial values of another form."""
        return {
            name: field.widget.value_from_datadict(self.data, self.files, name) for name, field in self.fields.items()
        }

    def clean(self):
        cleaned = super().clean()
        given = {name: cleaned.get(field) for name, field in self.asked.items()}
        self.check_dates(given)
        self.check_identifier(given)
        self.proposed = stored({**self.original, **given})
        if not self.errors and self.proposed == self.original:
            raise forms.ValidationError(
                "Nothing is changed yet: change at least one value, or go back."
                if self.record
                else "Fill in at least one value of the credential."
            )
        return cleaned

    def check_dates(self, given):
        expires = given.get(Element.EXPIRES_ON)
        for name, words in [(Element.ISSUED_ON, "was issued"), (Element.EFFECTIVE_ON, "takes effect")]:
            if expires and given.get(name) and expires < given[name]:
                self.add_error(self.asked[Element.EXPIRES_ON], f"The credential would expire before it {words}.")
                return  # one date is wrong: one sentence says so

    def check_identifier(self, given):
        identifier = given.get(Element.IDENTIFIER)
        if not identifier:
            return
        state = given.get(Element.ISSUING_STATE) or ""
        others = CredentialRecord.objects.filter(district=self.district, identifier=identifier, issuing_state=state)
        if self.record:
            others = others.exclude(pk=self.record.pk)
        if others.exists():
            self.add_error(
                self.asked[Element.IDENTIFIER],
                "The district has a record with this identifier and state already; check the number.",
            )


class UpdateRequestForm(RequestForm):
    seen = forms.CharField(widget=forms.HiddenInput)

    def clean_seen(self):
        """The record may have changed between opening the editor and saving it; nobody overwrites that unseen."""
        if self.cleaned_data["seen"] != self.record.updated_at.isoformat():
            raise forms.ValidationError(
                "This record changed while you were typing. Open the editor again to see what it says now."
            )
        return self.cleaned_data["seen"]


class NewRequestForm(RequestForm):
    type = forms.ModelChoiceField(
        CredentialType.objects.filter(is_active=True),
        label="Credential Type",
        empty_label="Choose one",
        error_messages={"required": "Choose the Credential Type."},
        widget=forms.Select(attrs=SHOW_FIELDS_AT_ONCE),
    )
    field_order = ["brief_description", "type"]


class DecisionForm(forms.Form):
    comment = forms.CharField(
        required=False,
        max_length=2000,
        # The mark keeps “(optional)” away from a field that one of the two buttons needs.
        widget=forms.Textarea(attrs={"rows": 3, "data-conditional": ""}),
        help_text="Needed when you deny: say what is missing. The requester reads it.",
    )


class DenialForm(DecisionForm):
    def clean_comment(self):
        if not self.cleaned_data["comment"]:
            raise forms.ValidationError("Say why the request is denied; the requester reads it.")
        return self.cleaned_data["comment"]


class ApprovalFilterForm(forms.Form):
    status = forms.ChoiceField(
        required=False, choices=[("", "Pending"), *RequestStatus.choices[1:], ("all", "All")], label="Status"
    )
    type = forms.ModelChoiceField(CredentialType.objects, required=False, label="Credential Type", empty_label="All")


class LinesField(forms.CharField):
    """A list of words, written one to a line; blank lines are left out."""

    widget = forms.Textarea(attrs={"rows": 3, "cols": 30})

    def prepare_value(self, value):
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value):
        return [line.strip() for line in (value or "").splitlines() if line.strip()]

    def has_changed(self, initial, data):
        return list(initial or []) != self.to_python(data)


class CredentialFieldForm(forms.ModelForm):
    choices = LinesField(required=False, help_text="One to a line. Empty for a standard element: the Ed-Fi list.")
