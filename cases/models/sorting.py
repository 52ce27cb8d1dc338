"""In what order the list of cases stands: by each column, in both directions, always by keys that are never null."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.db.models import Case as Choice
from django.db.models import F, Value, When
from django.db.models.functions import Coalesce, Concat, Lower

from cases.models.choices import WAITING_FOR_DISTRICT, Priority, Status

# What has none of it stands last in both directions, so these turn around for nobody.
LAST = {"without_agent", "without_answer", "without_contact", "without_due"}
RANKS = {Priority.CRITICAL: 3, Priority.HIGH: 2, Priority.NORMAL: 1, Priority.LOW: 0}


@dataclass(frozen=True)
class Sort:
    """``names`` is the ascending order, of fields and of what ``add`` makes for a side; ``first`` is a click's."""

    label: str
    names: list
    add: Callable = lambda for_support: {}
    first: str = ""
    for_support: bool = False


def _without(name):
    return Choice(When(**{f"{name}__isnull": True}, then=1), default=0)


def _name_of(person):
    return Lower(Concat(f"{person}__last_name", Value(" "), f"{person}__first_name"))


def _turn(for_support):
    """The reader's own side first, the closed ones last."""
    side = 1 if for_support else 0
    return Choice(
        When(status=Status.CLOSED, then=2), When(status__in=sorted(WAITING_FOR_DISTRICT), then=side), default=1 - side
    )


def _answer(for_support):
    never = datetime(9999, 1, 1, tzinfo=UTC)
    return {"without_answer": _without("answer_due_at"), "by_answer": Coalesce("answer_due_at", Value(never))}


def _queue(for_support):
    return {"not_critical": Choice(When(priority=Priority.CRITICAL, then=0), default=1), **_answer(for_support)}


SORTS = {
    "number": Sort("Number", ["number"], first="-"),
    "subject": Sort("Subject", ["by_subject", "number"], lambda for_support: {"by_subject": Lower("subject")}),
    "turn": Sort(
        "Whose turn", ["by_turn", "-updated_at", "-number"], lambda for_support: {"by_turn": _turn(for_support)}
    ),
    "priority": Sort(
        "Priority",
        ["by_priority", "updated_at", "number"],
        lambda for_support: {"by_priority": Choice(*(When(priority=each, then=rank) for each, rank in RANKS.items()))},
        first="-",
    ),
    "age": Sort("Age", ["-created_at", "-number"], first="-"),
    "due": Sort(
        "Due date",
        ["without_due", "by_due", "number"],
        lambda for_support: {"without_due": _without("due_on"), "by_due": Coalesce("due_on", Value(date.max))},
    ),
    "agent": Sort(
        "Agent",
        ["without_agent", "by_agent", "-updated_at", "-number"],
        lambda for_support: {"without_agent": _without("assignee"), "by_agent": _name_of("assignee")},
    ),
    "contact": Sort(
        "Contact",
        ["without_contact", "by_contact", "-updated_at", "-number"],
        lambda for_support: {"without_contact": _without("contact"), "by_contact": _name_of("contact")},
    ),
    "district": Sort(
        "District",
        ["by_district", "-updated_at", "-number"],
        lambda for_support: {"by_district": Lower("district__name")},
        for_support=True,
    ),
    "changed": Sort("Last change", ["updated_at", "number"], first="-"),
    "answer": Sort("Answer due", ["without_answer", "by_answer", "number"], _answer, for_support=True),
    "queue": Sort("Most pressing", ["not_critical", "without_answer", "by_answer", "number"], _queue, for_support=True),
}
INDEXED = ["subject", "turn", "priority", "due", "answer"]
COLUMNS = ["number", "subject", "turn", "priority", "age", "due", "agent"]


@dataclass(frozen=True)
class Order:
    """A sort in one of its directions."""

    name: str
    is_descending: bool

    @property
    def sort(self):
        return SORTS[self.name]

    @property
    def names(self):
        """As ``order_by`` takes them."""
        return [_reversed(name) if self.is_descending else name for name in self.sort.names]

    def applied_to(self, cases, user):
        """The cases with the keys of the order beside them."""
        return cases.annotate(**self.sort.add(for_support=user.is_support))


def _reversed(name):
    return name if name in LAST else name[1:] if name.startswith("-") else f"-{name}"


def chosen(asked, user, usual):
    """What is asked for as ``subject`` or ``-subject``; the usual order where the person has no such sort."""
    name = asked.removeprefix("-")
    if name not in SORTS or (SORTS[name].for_support and not user.is_support):
        asked, name = usual, usual.removeprefix("-")
    return Order(name, asked.startswith("-"))


def columns(user):
    """The columns of the person's list; in a list of one district the contact stands in place of the district."""
    return [*COLUMNS, "district" if user.is_support else "contact"]


def menu(user):
    return [name for name, sort in SORTS.items() if user.is_support or not sort.for_support]


def index(name):
    """The order of the sort for Support, as an index keeps it."""
    made = SORTS[name].add(for_support=True)
    return [_key(made, each) for each in SORTS[name].names]


def _key(made, name):
    key = made.get(name.removeprefix("-"), F(name.removeprefix("-")))
    return key.desc() if name.startswith("-") else key
