"""What pages show of records and requests, and lists by the page."""

from datetime import UTC, date, datetime
from typing import NamedTuple

from django.db.models import Q

from credentials.models import DATE_ELEMENTS, Element
from credentials.models.vocabularies import state_name

PAGE_SIZE = 25


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


class Page(NamedTuple):
    rows: list
    previous: str
    next: str


def page_of(requests, *, after="", before="", oldest_first=False):
    """A page of requests by key: no OFFSET, no COUNT. ``after`` and ``before`` are marks of earlier pages."""
    edge = _moment_and_key(before or after)
    backwards = bool(before and edge)
    ascending = oldest_first != backwards
    if edge:
        requests = requests.filter(_beyond(*edge, ascending))
    order = ["submitted_at", "pk"] if ascending else ["-submitted_at", "-pk"]
    found = list(requests.order_by(*order)[: PAGE_SIZE + 1])
    rows, more = found[:PAGE_SIZE], len(found) > PAGE_SIZE
    if backwards:
        rows.reverse()
    if not rows:
        return Page([], "", "")
    has_previous, has_next = (more, True) if backwards else (bool(edge), more)
    return Page(rows, _mark(rows[0]) if has_previous else "", _mark(rows[-1]) if has_next else "")


def _beyond(moment, key, ascending):
    way = "gt" if ascending else "lt"
    # The first condition alone lets PostgreSQL start in the index; the others settle equal moments.
    return Q(**{f"submitted_at__{way}e": moment}) & (
        Q(**{f"submitted_at__{way}": moment}) | Q(submitted_at=moment, **{f"pk__{way}": key})
    )


def _mark(request):
    return f"{request.submitted_at.isoformat()}_{request.pk}"


def _moment_and_key(mark):
    """What a mark says; None for one that somebody made up."""
    moment, _, key = mark.partition("_")
    try:
        at = datetime.fromisoformat(moment)
        # PostgreSQL knows fewer offsets and years than Python: all that it gets to see is a year of ours, in UTC.
        return (at.astimezone(UTC), int(key)) if at.tzinfo else None
    except (ValueError, OverflowError):
        return None
