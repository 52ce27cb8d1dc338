"""Pages by key: no OFFSET and no COUNT past a limit, so that page 1,000 is as fast as the first."""

from dataclasses import dataclass
from datetime import date

from django.core import signing
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q

PAGE_SIZE = 25
# Where a page lies, seen from the row of its cursor.
AFTER, BEFORE, FROM = "after", "before", "from"


@dataclass(frozen=True)
class Page:
    """Some rows of a list. ``previous`` and ``next`` are the cursors of its neighbors, empty where there is none."""

    rows: list
    previous: str = ""
    next: str = ""


def paginate(rows, order, cursor="", size=PAGE_SIZE):
    """The page of the queryset at the cursor; one that this list did not hand out gives the first page.

    ``order`` is as in ``order_by``: names that are never null and together unique, such as ``("-updated_at", "-pk")``.
    A field that may be null is annotated with what stands for null, under a name of its own.
    """
    where, values = _read(order, cursor)
    backwards = where == BEFORE
    if values:
        rows = rows.filter(_beyond(order, values, where))
    found = list(rows.order_by(*map(_reversed, order) if backwards else order)[: size + 1])
    shown, more = found[:size], len(found) > size
    if backwards:
        shown.reverse()
    if not shown:
        return Page([])
    has_previous, has_next = (more, True) if backwards else (bool(values), more)
    return Page(
        shown,
        previous=_cursor(BEFORE, shown[0], order) if has_previous else "",
        next=_cursor(AFTER, shown[-1], order) if has_next else "",
    )


def capped_counts(querysets, most):
    """How many rows each of the querysets has, in one query that counts none past ``most`` + 1."""
    parts, values = [], []
    for rows in querysets:
        try:
            statement, params = rows.order_by().values("pk")[: most + 1].query.sql_with_params()
        except EmptyResultSet:
            parts.append("0")
            continue
        parts.append(f"(SELECT count(*) FROM ({statement}) AS counted)")  # noqa: S608 - made by Django
        values += params
    if not parts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", values)
        return list(cursor.fetchone())


def capped(count, most):
    """``1,000+`` where more than ``most`` were counted."""
    return f"{most:,}+" if count > most else f"{count:,}"


def cursor_from(row, order):
    """The cursor of the page that begins with the row, for one that is not on the first page."""
    return _cursor(FROM, row, order)


def _reversed(name):
    return name[1:] if name.startswith("-") else f"-{name}"


def _beyond(order, values, where):
    """(a, b) > (x, y) as a > x, or a = x and b > y, each name in its own direction; FROM includes (x, y) itself."""
    beyond = Q()
    for name, value in reversed(list(zip(order, values, strict=True))):
        side = "lt" if name.startswith("-") != (where == BEFORE) else "gt"
        name = name.lstrip("-")
        equal = Q(**{name: value})
        tied = equal & beyond if beyond else equal if where == FROM else Q()
        first = Q(**{f"{name}__{side}e": value})
        beyond = Q(**{f"{name}__{side}": value}) | tied
    # The first condition says nothing new, but lets the index start at the right place.
    return first & beyond


def _cursor(where, row, order):
    values = [_value(row, name.lstrip("-")) for name in order]
    return _signer(order).sign_object([where, *values])


def _value(row, name):
    for part in name.split("__"):
        row = getattr(row, part)
    return row.isoformat() if isinstance(row, date) else row


def _read(order, cursor):
    """(where, values) of a cursor. Only ours are read, so the values need no check."""
    try:
        where, *values = _signer(order).unsign_object(cursor)
    except signing.BadSignature:
        return AFTER, []
    return where, values


def _signer(order):
    return signing.Signer(sep=".", salt=f"contacts.pagination:{','.join(order)}")
