"""What needs a person now: one list for every role, of verbs and what they are about, the most pressing first."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

# So many of each kind stand in the list; the rest is behind a link.
SHOWN = 3
# What is due within so much time comes before what waits without a date.
SOON = timedelta(days=2)


@dataclass(frozen=True)
class Need:
    """``verb`` and ``what`` are the link; ``due_at`` is when it is ``due`` (or expires), ``since`` when it began."""

    verb: str
    what: str
    url: str
    icon: str
    detail: str = ""
    due_at: datetime | None = None
    due: str = "due"
    since: datetime | None = None

    @property
    def is_late(self):
        return bool(self.due_at) and self.due_at < timezone.now()


@dataclass(frozen=True, eq=False)
class Kind:
    """``rows`` wait for the person, the pressing ones first; ``say`` makes a need of one, and ``more`` ends the
    sentence that begins with how many more there are at ``url``.
    """

    rows: QuerySet
    say: Callable
    url: str
    more: str


def pressing(kinds, others, at):
    """The needs of all the kinds, and the others: what is late, what is due soon, what waits longest, what comes up.

    What needs the person in two ways stands there once, as the more pressing of them.
    """
    found = [kind.say(row) for kind in kinds for row in kind.rows[:SHOWN]] + others
    once = {}
    for need in sorted(found, key=lambda need: _urgency(need, at)):
        once.setdefault((need.url, need.what), need)
    return [*once.values()]


def _urgency(need, at):
    never = datetime.max.replace(tzinfo=at.tzinfo)
    if need.due_at and need.due_at < at + SOON:
        return 0 if need.due_at < at else 1, need.due_at
    if need.since:
        return 2, need.since
    return 3, need.due_at or never
