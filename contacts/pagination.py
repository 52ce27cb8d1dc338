"""Pages by key: no OFFSET and no COUNT, so that page 1,000 is as fast as the first."""

from dataclasses import dataclass
from datetime import date

from django.core import signing
from django.db.models import Q

PAGE_SIZE = 25


@dataclass(frozen=True)
class Page:
    """Some rows of a list. ``previous`` and ``next`` are the cursors of its neighbors, empty where there is none."""

    rows: list
    previous: str = ""
    next: str = ""


def paginate(rows, order, cursor="", size=PAGE_SIZE):
    """The page of the queryset at the cursor; one that this list did not hand out gives the first page.

    ``order`` is as in ``order_by``: names that are never null and together unique, such as ``("-updated_at", "-pk")``.
    """
    values, backwards = _read(order, cursor)
    if values:
        rows = rows.filter(_beyond(order, values, backwards))
    found = list(rows.order_by(*map(_reversed, order) if backwards else order)[: size + 1])
    shown, more = found[:size], len(found) > size
    if backwards:
        shown.reverse()
    if not shown:
        return Page([])
    has_previous, has_next = (more, True) if backwards else (bool(values), more)
    return Page(
        shown,
        previous=_cursor(order, shown[0], backwards=True) if has_previous else "",
        next=_cursor(order, shown[-1], backwards=False) if has_next else "",
    )


def _reversed(name):
    return name[1:] if name.startswith("-") else f"-{name}"


def _beyond(order, values, backwards):
    """(a, b) > (x, y) as a > x, or a = x and b > y, each name in its own direction."""
    beyond = Q()
    for name, value in reversed(list(zip(order, values, strict=True))):
        side = "lt" if name.startswith("-") != backwards else "gt"
        name = name.lstrip("-")
        tied = Q(**{name: value}) & beyond if beyond else Q()
        first = Q(**{f"{name}__{side}e": value})
        beyond = Q(**{f"{name}__{side}": value}) | tied
    # The first condition says nothing new, but lets the index start at the right place.
    return first & beyond


def _cursor(order, row, *, backwards):
    values = [_value(row, name.lstrip("-")) for name in order]
    return _signer(order).sign_object([backwards, *values])


def _value(row, name):
    for part in name.split("__"):
        row = getattr(row, part)
    return row.isoformat() if isinstance(row, date) else row


def _read(order, cursor):
    """(values, backwards) of a cursor. Only ours are read, so the values need no check."""
    try:
        backwards, *values = _signer(order).unsign_object(cursor)
    except signing.BadSignature:
        return [], False
    return values, backwards


def _signer(order):
    return signing.Signer(sep=".", salt=f"contacts.pagination:{','.join(order)}")
