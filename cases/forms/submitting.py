from uuid import uuid4

from django import forms
from django.utils import timezone

from cases.forms.sensitive import AsksBeforeSensitive
from cases.models import Case, ProductArea
from contacts.forms import TOO_LONG, ByNameField
from contacts.models import District
from contacts.models.districts import validate_one_line

Kind, Urgency = Case.Kind, Case.Urgency

# The search column would refuse much longer texts.
LONGEST_TEXT = 20_000

KINDS = [
    (Kind.QUESTION, "Question: how something works, or how to do it"),
    (Kind.ISSUE, "Issue: something does not do what its documentation says"),
    (Kind.REQUEST, "Request: something Support should do for the district"),
]
URGENCIES = [
    (Urgency.LOW, "Low: it can wait a week or longer"),
    (Urgency.NORMAL, "Normal: within a few days"),
    (Urgency.HIGH, "High: today"),
    (Urgency.CRITICAL, "Critical: right now"),
]


def needed(sentence):
    return {"required": sentence}


def one_line(longest=200, **kwargs):
    return _text(max_length=longest, validators=[validate_one_line], **kwargs)


def long_text(rows, **kwargs):
    return _text(max_length=LONGEST_TEXT, widget=forms.Textarea({"rows": rows}), **kwargs)


def _text(*, error_messages=None, **kwargs):
    return forms.CharField(error_messages={"max_length": TOO_LONG, **(error_messages or {})}, **kwargs)


class ComingDateField(forms.DateField):
    """Today or later, or the date ``kept``."""

    kept = None
    widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")

    def validate(self, value):
        super().validate(value)
        if value and value != self.kept and value < timezone.localdate():
            raise forms.ValidationError("Choose today or a later date.")


def kind_field():
    wanted = needed("Choose whether it is a question, an issue or a request.")
    return forms.ChoiceField(label="What is it?", choices=KINDS, widget=forms.RadioSelect, error_messages=wanted)


def urgency_field():
    return forms.ChoiceField(
        label="How soon do you need it?",
        help_text="Your answers here and to the next four questions set the case's priority.",
        choices=URGENCIES,
        initial=Urgency.NORMAL,
        widget=forms.RadioSelect,
        error_messages=needed("Choose how urgent it is."),
    )


def choice_field(label, choices, coerce, initial):
    return forms.TypedChoiceField(
        label=label,
        choices=choices,
        coerce=coerce,
        initial=initial,
        error_messages=needed(f"Answer the question: {label}"),
    )


def yes_or_no(label):
    return choice_field(label, [(False, "No"), (True, "Yes")], lambda value: value == "True", False)


def extent(label, choices):
    return choice_field(label, choices.choices, int, choices.ONE)


class ImpactForm(forms.Form):
    """The impact, in four short questions after all others."""

    blocks_work = yes_or_no("Does it stop people from working?")
    has_workaround = yes_or_no("Can they get the work done another way in the meantime?")
    users_affected = extent("How many people does it affect?", Case.Users)
    schools_affected = extent("How many schools does it affect?", Case.Schools)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.order_fields([name for name in self.fields if name not in ImpactForm.base_fields])


def area_field(areas):
    return forms.ModelChoiceField(
        areas, empty_label="Choose an area", error_messages=needed("Choose the product area.")
    )


def ask_for_steps(form):
    """An issue needs them."""
    field, said = "steps_to_replicate", form.cleaned_data
    if said.get("kind") == Kind.ISSUE and field in form.fields and field not in form.errors and not said[field]:
        form.add_error(field, "Enter the steps that replicate the issue, so that Support can see it too.")


class IdempotentForm(forms.Form):
    """A form that acts once, however often it is sent."""

    idempotency_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4, required=False)


class ExceptionForm(AsksBeforeSensitive, ImpactForm, IdempotentForm):
    """An emergency of someone who is not an authorized contact."""

    district = ByNameField(
        District.objects.all(),
        suggestions="cases:choose_district",
        label="Caller's district",
        help_text="Its name, or enough of it to be the only one.",
        error_messages=needed("Enter the caller's district."),
    )
    caller_name = one_line(label="Who called?", error_messages=needed("Enter who called."))
    caller_reach = one_line(
        label="How to reach the caller",
        help_text="A phone number is best.",
        error_messages=needed("Enter how to reach the caller."),
    )
    emergency = long_text(
        3,
        label="Why is it an emergency?",
        help_text="Also say why no authorized contact can be reached.",
        error_messages=needed("Explain why it is an emergency."),
    )
    kind = kind_field()
    product_area = area_field(ProductArea.objects.filter(is_active=True))
    subject = one_line(error_messages=needed("Enter a subject."))
    description = long_text(6, error_messages=needed("Describe what happened."))

    def __init__(self, *args, **kwargs):
        """The agent asks the caller about the impact: an answer that nobody gave would say that nobody is affected."""
        super().__init__(*args, **kwargs)
        for name in ImpactForm.base_fields:
            self.fields[name].initial = None
            self.fields[name].choices = [("", "Choose an answer"), *self.fields[name].choices]
