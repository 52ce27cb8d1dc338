"""The form fields that ask for the values of a credential."""

from datetime import date
from decimal import Decimal

from django import forms
from django.utils.html import escape

from contacts.forms import TOO_LONG
from credentials.forms.widgets import GradeLevels, StateInput, TypedList
from credentials.models import LIST_DATA_TYPES, MAX_LENGTHS, DataType, Element
from credentials.models.descriptors import vocabulary_of
from credentials.models.vocabularies import state_name

MOST_BOXES = 8
# A select with these attributes decides which fields there are. The “Show fields” button does it without JavaScript.
SHOW_FIELDS_ON_CHANGE = {
    "hx-post": "",
    "hx-trigger": "change",
    "hx-vals": '{"show_fields": "1"}',
    "hx-indicator": "next .loading",
    "hx-target": "#editor",
    "hx-select": "#editor",
    # At once, so that the new fields react to the first change.
    "hx-swap": "outerHTML settle:0ms",
}


def form_field_for(field, offered, value=None):
    """The form field of a credential field. ``value`` is on record, so it stays among the choices.

    ``offered`` is what the vocabularies offer, by vocabulary, and as (key, name) what a record could belong to.
    """
    data_type = field.asks_for
    options = {
        "label": str(field),
        "required": field.required,
        # Crispy forms would render markup in a help text, and administrators write plain text.
        "help_text": escape(field.help_text),
        "error_messages": _error_messages(field, data_type),
    }
    if field.element == Element.PARENT:
        choices = [("", "No other credential"), *offered.get(Element.PARENT, [])]
        return forms.TypedChoiceField(choices=choices, coerce=int, empty_value=None, **options)
    match data_type:
        case DataType.TEXT:
            return forms.CharField(max_length=MAX_LENGTHS.get(field.element, 300), **options)
        case DataType.LONG_TEXT:
            return forms.CharField(max_length=5000, widget=forms.Textarea(attrs={"rows": 4}), **options)
        case DataType.DATE:
            return forms.DateField(widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **options)
        case DataType.NUMBER:
            return forms.DecimalField(max_digits=12, decimal_places=4, **options)
        case DataType.YES_NO:
            return forms.TypedChoiceField(
                choices=[("", "Not given"), ("True", "Yes"), ("False", "No")],
                coerce=lambda text: text == "True",
                empty_value=None,
                **options,
            )
        case DataType.STATE:
            choices = [("", ""), *_choices(field, offered, value)]
            return forms.ChoiceField(choices=choices, widget=StateInput, **options)
        case DataType.CHOICE:
            empty = ("", "Choose one" if field.required else "Not given")
            return forms.ChoiceField(choices=[empty, *_choices(field, offered, value)], **options)
        case _:
            return forms.MultipleChoiceField(
                choices=_choices(field, offered, value), widget=_widget(field, offered), **options
            )


def _widget(field, offered):
    """A few boxes to tick; of many choices, those that are typed."""
    if field.asks_for == DataType.GRADE_LEVELS:
        return GradeLevels()
    few = len(field.choices or offered.get(vocabulary_of(field), [])) <= MOST_BOXES
    return forms.CheckboxSelectMultiple() if few and field.asks_for == DataType.CHOICES else TypedList()


def _error_messages(field, data_type):
    label = _in_a_sentence(str(field))
    article = "an" if label[:1].lower() in "aeiou" else "a"
    choose_one = f"Choose {article} {label} from the list."
    match data_type:
        case DataType.DATE:
            return {
                "required": f"Enter the {label}." if "date" in label.lower() else "Enter the date.",
                "invalid": "Enter the date as month, day, and year, for example 11/22/2026.",
            }
        case DataType.NUMBER:
            return {"required": f"Enter the {label}.", "invalid": "Enter a number, for example 3.5."}
        case DataType.YES_NO:
            return {"required": "Choose Yes or No.", "invalid_choice": "Choose Yes or No."}
        case DataType.CHOICE | DataType.STATE:
            return {"required": f"Choose {article} {label}.", "invalid_choice": choose_one}
        case DataType.CHOICES | DataType.SUBJECTS | DataType.GRADE_LEVELS:
            return {
                "required": "Choose at least one.",
                "invalid_choice": "“%(value)s” is not on the list. Choose from the list.",
                "invalid_list": "Choose from the list.",
            }
        case _:
            return {"required": f"Enter the {label}.", "max_length": TOO_LONG}


def _in_a_sentence(label):
    """A label inside a sentence: lowercase, except abbreviations such as HOUSSE."""
    return " ".join(word if word.isupper() and len(word) > 1 else word.lower() for word in label.split())


def as_asked(field, value):
    """A value on record in the shape that the field asks for now, whatever the field asked for then."""
    if field.asks_for in LIST_DATA_TYPES:
        return value if isinstance(value, list) or value is None else [_text(value)]
    if isinstance(value, list):
        value = ", ".join(map(str, value))
    # What is no number and no date cannot stand in such a field; it stays on record until another is entered.
    try:
        return value if value is None else _READERS.get(field.asks_for, _text)(value)
    except (ArithmeticError, TypeError, ValueError):
        return None


def _text(value):
    return {True: "Yes", False: "No"}[value] if isinstance(value, bool) else str(value)


def _yes_or_no(value):
    return value if isinstance(value, bool) else {"Yes": True, "No": False}.get(value)


def _date(value):
    return date.fromisoformat(value).isoformat()


def _number(value):
    return f"{Decimal(value).normalize():f}"


_READERS = {DataType.YES_NO: _yes_or_no, DataType.DATE: _date, DataType.NUMBER: _number}


def _choices(field, offered, value):
    """What the field offers, and what is on record: an update must not lose a value that is no longer offered."""
    choices = field.choices or offered.get(vocabulary_of(field), [])
    held = value if isinstance(value, list) else [value] if value else []
    label = state_name if field.asks_for == DataType.STATE else str
    return [(choice, label(choice)) for choice in [*choices, *(each for each in held if each not in choices)]]
