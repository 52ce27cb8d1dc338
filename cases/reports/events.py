"""What happened in a period: cases submitted, first answers of Support, closings, and how long each took.

All of it is read from the cases and their timelines, where it stands still: a closing counts in its month even when the
case was reopened in the next one. A first answer is Support's first public word on a case that a contact submitted. A
merge closes no case by itself.
"""

from dataclasses import dataclass

from django.db import connection
from django.db.models import Exists, F, Min, OuterRef, Value

from cases.models import Case, TimelineEntry
from cases.reports.hours import HOURS, between

Action = TimelineEntry.Action

COLUMNS = "what, at, since, is_reopened, contact_id, school_id"
# {keys} are the columns of a group, which is one row; an open case is one at this moment.
FIGURES = """
WITH hours AS MATERIALIZED ({hours})
SELECT {keys},
    count(*) FILTER (WHERE what = 'opened'),
    count(*) FILTER (WHERE what = 'answered'),
    percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY seconds) FILTER (WHERE what = 'answered'),
    count(*) FILTER (WHERE what = 'closed'),
    percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY seconds) FILTER (WHERE what = 'closed'),
    count(*) FILTER (WHERE is_reopened),
    count(*) FILTER (WHERE what = 'open')
FROM (
    SELECT event.*, CASE WHEN what IN ('answered', 'closed') THEN {seconds} END AS seconds
    FROM ({events}) AS event ({columns}), hours
    -- Counted here, so that no sort carries the hours along with every row.
    OFFSET 0
) AS event
{joins}
GROUP BY {group}
ORDER BY {order}
"""
NOBODY, NO_SCHOOL = "No contact yet", "Not at a school"


@dataclass(frozen=True)
class Group:
    """By which the events are counted: SQL for each of its keys, of which the last one is its name or its date."""

    keys: tuple
    joins: str = ""
    order: str = "count(*) FILTER (WHERE what = 'opened') DESC, {last}"


ALL = Group(("at >= %s",), order="1 DESC")
DATES = Group(("date_trunc(%s, at AT TIME ZONE %s)::date",), order="1")
SCHOOLS = Group(
    ("event.school_id", f"coalesce(school.name, '{NO_SCHOOL}')"),
    "LEFT JOIN contacts_school AS school ON school.id = event.school_id",
)
CONTACTS = Group(
    ("event.contact_id", f"coalesce(person.first_name || ' ' || person.last_name, '{NOBODY}')"),
    "LEFT JOIN contacts_user AS person ON person.id = event.contact_id",
)


def figures(asked, group, *params, since=None, with_open=False, limit=None):
    """The rows of the group, as dictionaries, in one query; ``since`` is an earlier start than the period's."""
    query, values = _events(asked, since or asked.period.start, with_open)
    keys = len(group.keys)
    sql = FIGURES.format(
        hours=HOURS,
        keys=", ".join(group.keys),
        seconds=between("since", "at"),
        events=query,
        columns=COLUMNS,
        joins=group.joins,
        group=", ".join(map(str, range(1, keys + 1))),
        order=group.order.format(last=f"{keys}, 1"),
    )
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} LIMIT {limit or 'ALL'}", [*asked.hours.params, *params, *values])
        for row in cursor:
            yield _row(row[keys - 1], *row[keys:])


def _row(key, opened, answered, answer, closed, closing, reopened, open_now):
    return {
        "name": key,
        "opened": opened,
        "answered": answered,
        "answer": _both(answer),
        "closed": closed,
        "closing": _both(closing),
        "reopened": reopened,
        "reopen_rate": reopened / closed if closed else None,
        "open": open_now,
    }


def _both(percentiles):
    """(median, 90th percentile), or None of nothing."""
    return tuple(percentiles) if percentiles and percentiles[0] is not None else None


def nothing(name):
    return _row(name, 0, 0, None, 0, None, 0, 0)


def earliest(asked):
    """When the oldest case was submitted that may count."""
    return Case.objects.filter(**asked.of).aggregate(earliest=Min("created_at"))["earliest"]


def _events(asked, start, with_open):
    """One query for all of them, and its parameters."""
    branches = [_opened(asked, start), _answered(asked, start), _closed(asked, start)]
    if with_open:
        branches.append(_as_events(Case.objects.filter(**asked.of).open(), "open", "created_at"))
    compiled = [branch.query.sql_with_params() for branch in branches]
    return " UNION ALL ".join(sql for sql, _ in compiled), [each for _, params in compiled for each in params]


def _opened(asked, start):
    cases = Case.objects.filter(created_at__gte=start, created_at__lt=asked.period.end, **asked.of)
    return _as_events(cases, "opened", "created_at")


def _answered(asked, start):
    answers = TimelineEntry.objects.answers().filter(
        created_at__lt=asked.period.end, case__is_exception=False, **asked.of
    )
    firsts = answers.values("case", "case__created_at", "case__contact", "case__contact__school")
    firsts = firsts.annotate(first=Min("created_at")).filter(first__gte=start)
    return _as_events(firsts, "answered", "case__created_at", "case__", at="first")


def _closed(asked, start):
    later = TimelineEntry.objects.filter(case=OuterRef("case"), action=Action.REOPENED, pk__gt=OuterRef("pk"))
    closings = _entries(asked, start).filter(action=Action.CLOSED)
    return _as_events(closings, "closed", "case__created_at", "case__", is_reopened=Exists(later))


def _entries(asked, start):
    return TimelineEntry.objects.filter(created_at__gte=start, created_at__lt=asked.period.end, **asked.of)


def _as_events(rows, what, since, case="", *, at="created_at", is_reopened=None):
    """In the order of COLUMNS."""
    return rows.order_by().values_list(
        Value(what),
        F(at),
        F(since),
        is_reopened or Value(False),
        F(f"{case}contact_id"),
        F(f"{case}contact__school_id"),
    )
