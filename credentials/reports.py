"""What pages show of records and requests."""

from datetime import date

from credentials.models import DATE_ELEMENTS, Element
from credentials.models.vocabularies import state_name


def details(record):
    """(label, text) of everything that the record says, also what its type asks for no more."""
    return [(row["label"], row["old"]) for row in _rows(record.type, {}, record.values, {}) if row["old"]]


def comparison(request):
    """Old and new of each field, as the request was submitted; fields that were and stay empty are left out."""
    rows = _rows(request.type, request.labels, request.original, request.proposed)
    return [row for row in rows if row["old"] or row["new"]]


def old_heading(request):
    """What the old values of a request are: the record as it is, or as it was then."""
    if request.is_new:
        return "Before"
    return "When requested" if request.record_has_moved else "On record"


def movement(request):
    """What the record said when the request was submitted, and what it says now."""
    rows = _rows(request.type, request.labels, request.original, request.record.values)
    return [row for row in rows if row["changed"]]


def _rows(type, labels, old, new):
    fields = {field.name: field for field in type.fields.all()}
    names = [*fields, *sorted({*old, *new} - fields.keys())]
    return [
        {
            "label": labels.get(name) or _label(name, fields.get(name)),
            "old": _text(name, old.get(name), fields.get(name)),
            "new": _text(name, new.get(name), fields.get(name)),
            "changed": old.get(name) != new.get(name),
        }
        for name in names
    ]


def _label(name, field):
    if field:
        return str(field)
    return Element(name).label if name in Element.values else name


def _text(name, value, field):
    if name == Element.ISSUING_STATE and value:
        return state_name(value)
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if value and (name in DATE_ELEMENTS or (field and field.holds_date)):
        return _day(value)
    return "" if value is None else str(value)


def _day(text):
    """A stored date as people write it; what is no date (the field was another kind once) stays as it is."""
    try:
        day = date.fromisoformat(text)
    except (TypeError, ValueError):
        return str(text)
    return f"{day.day} {day:%b %Y}"
