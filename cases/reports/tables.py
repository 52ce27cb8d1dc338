"""Every table of the reports, once: its columns are those of the page and of the file."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice

from django.urls import reverse

from cases.models import Case
from cases.models.ages import AGE_LABELS
from cases.reports import districts, events, exceptions, standing, training

# What people read on a page; the file has all of them.
MOST_ROWS, MOST_PLACES = 25, 10


@dataclass(frozen=True)
class Column:
    """``kind`` is number, text, share (of one), seconds or spread (a median and a 90th percentile, in seconds), moment,
    or date; under is a text that the page shows with the row's name. ``drawn`` columns have a bar beside their numbers.
    """

    name: str
    label: str
    kind: str = "number"
    drawn: bool = False

    @property
    def is_counted(self):
        return self.kind in ("number", "share", "seconds") and not self.drawn


@dataclass(frozen=True)
class Table:
    """``rows`` gives dictionaries, so many at the most. Its first column names the row; a page shows ``most``."""

    slug: str
    heading: str
    columns: list[Column]
    rows: Callable[[int | None], Iterable]
    most: int = MOST_ROWS

    @property
    def address(self):
        """Of its file."""
        return reverse(f"reports_csv_{self.slug}")

    def shown(self):
        """(the rows of a page, whether there are more)."""
        found = list(self.rows(self.most + 1))
        return found[: self.most], len(found) > self.most


AGES = [Column(name, label) for name, label in AGE_LABELS.items()]
HAPPENED = [
    Column("opened", "Submitted", drawn=True),
    Column("answered", "First answers"),
    Column("answer", "Time to first answer", "spread"),
    Column("closed", "Closed"),
    Column("closing", "Time to close", "spread"),
    Column("reopened", "Reopened"),
    Column("reopen_rate", "Reopen rate", "share"),
]
# Without bars, where there is nothing to compare or where a chart does it.
PLAIN = [Column(each.name, each.label, each.kind) for each in HAPPENED]
LOAD = [
    Column("open", "Open", drawn=True),
    Column("ours", "Waiting for Support"),
    Column("theirs", "Waiting for the district"),
    Column("overdue", "Overdue"),
    Column("critical", "Critical"),
    Column("oldest", "Oldest that waits for Support", "moment"),
]
EXCEPTIONS = [
    Column("exceptions", "Exception cases"),
    Column("opened", "All cases"),
    Column("rate", "Rate", "share", drawn=True),
    Column("median", "Time to acceptance (median)", "seconds"),
    Column("late", "Not in time"),
]
RECURRING = [Column("cases", "Cases", drawn=True), Column("how_to", "Settled as how-to")]


def name(label, kind="text"):
    return Column("name", label, kind)


def _sliced(rows, asked):
    """Read when they are asked for."""
    return lambda limit: rows(asked)[:limit]


def open_by_status(asked):
    columns = [name("Status"), Column("open", "Open"), *AGES]
    return Table("open-by-status", "Open cases by status and age", columns, _sliced(standing.by_status, asked))


def open_by_area(asked):
    columns = [name("Product area"), Column("open", "Open", drawn=True), *AGES]
    return Table("open-by-area", "Open cases by product area and age", columns, _sliced(standing.by_area, asked))


def queues(asked):
    columns = [name("Queue"), *LOAD, Column("unassigned", "Nobody has taken")]
    return Table("queues", "Load by queue", columns, _sliced(standing.by_queue, asked))


def agents(asked):
    return Table("agents", "Load by agent", [name("Support agent"), *LOAD], _sliced(standing.by_agent, asked))


def compared(asked):
    """The period and the one before it."""
    before = asked.period.before
    names = {True: str(asked.period), False: str(before)}

    def rows(limit):
        found = events.figures(asked, events.ALL, asked.period.start, since=before.start, limit=limit)
        found = {row["name"]: row for row in found}
        return [(found.get(is_now) or events.nothing(is_now)) | {"name": names[is_now]} for is_now in names]

    columns = [name("Period"), *PLAIN]
    return Table("figures", "This period and the one before", columns, rows)


def by_date(asked):
    """Each day, week or month of the period, those without any event too."""
    unit = asked.period.unit

    def rows(limit):
        found = events.figures(asked, events.DATES, unit, asked.period.zone.key)
        found = {row["name"]: row for row in found}
        return [found.get(step) or events.nothing(step) for step in asked.period.steps][:limit]

    labels = {"day": "Day", "week": "Week of", "month": "Month of"}
    columns = [name(labels[unit], "date"), *(each for each in PLAIN if each.name in ("opened", "answered", "closed"))]
    return Table("by-date", f"Submitted, answered and closed by {unit}", columns, rows, len(asked.period.steps))


def _people(slug, heading, group, label):
    columns = [name(label), *HAPPENED, Column("open", "Open now")]

    def table(asked):
        return Table(slug, heading, columns, lambda limit: events.figures(asked, group, with_open=True, limit=limit))

    return table


schools = _people("schools", "By school", events.SCHOOLS, "School of the contact")
contacts = _people("contacts", "By contact", events.CONTACTS, "Contact")


def recurring(asked):
    columns = [
        name("Product area"),
        Column("kind", "Kind", "under"),
        *RECURRING,
        Column("schools", "Schools"),
        Column("training", "Training that fits", "text"),
    ]
    if days := asked.trained_on and asked.days_around:
        for when in ("before", "after"):
            columns.insert(-1, Column(when, f"{days} days {when}"))
            columns.insert(-1, Column(f"how_to_{when}", f"Of these how-to, {when}"))
    kinds = dict(Case.Kind.choices)

    def rows(limit):
        return ({**row, "kind": kinds[row["kind"]]} for row in training.recurring(asked)[:limit])

    return Table("recurring", "What comes up again", columns, rows)


def _recurring_at(slug, heading, label, rows):
    columns = [name(label), Column("area", "Product area", "text"), *RECURRING]

    def table(asked):
        return Table(slug, heading, columns, _sliced(rows, asked), MOST_PLACES)

    return table


recurring_schools = _recurring_at("recurring-schools", "At which schools", "School", training.by_school)
recurring_contacts = _recurring_at("recurring-contacts", "Through which contacts", "Contact", training.by_contact)
recurring_districts = _recurring_at("recurring-districts", "In which districts", "District", training.by_district)


def compared_districts(asked, usual=None):
    columns = [name("District"), Column("stands_out", "Stands out with", "text"), Column("cases", "Cases", drawn=True)]
    for kind, label in districts.KINDS.items():
        columns += [Column(kind, label), Column(f"{kind}_share", f"{label}, share", "share")]

    def rows(limit):
        for row in districts.by_what_stands_out(asked, usual or districts.usual(asked))[:limit]:
            found = [label for flag, label in districts.FLAGS.items() if row[flag]]
            yield {**row, "stands_out": ", ".join(found)}

    return Table("districts", "Districts, those that stand out first", columns, rows)


def _exceptions(slug, heading, label, rows):
    def table(asked):
        def found(limit):
            begun, until = asked.period.start, asked.period.end
            for row in islice(rows(begun, until, asked.at), limit):
                yield {**vars(row), "rate": row.rate / 100, "median": row.median and row.median.total_seconds()}

        return Table(slug, heading, [name(label), *EXCEPTIONS], found)

    return table


exception_districts = _exceptions(
    "exception-districts", "Exception cases by district", "District", exceptions.by_district
)
exception_agents = _exceptions("exception-agents", "Exception cases by agent", "Support agent", exceptions.by_agent)

# By who may read them, and by their names in the address of the file.
TABLES = {
    "cases.view_reports": {
        "figures": compared,
        "by-date": by_date,
        "open-by-status": open_by_status,
        "open-by-area": open_by_area,
        "schools": schools,
        "contacts": contacts,
        "recurring": recurring,
        "recurring-schools": recurring_schools,
        "recurring-contacts": recurring_contacts,
    },
    "cases.compare_districts": {
        "queues": queues,
        "agents": agents,
        "districts": compared_districts,
        "recurring-districts": recurring_districts,
        "exception-districts": exception_districts,
    },
    "cases.compare_agents": {"exception-agents": exception_agents},
}
