"""The tabs of the list of cases: which cases each side looks at together."""

from collections.abc import Callable
from dataclasses import dataclass

from cases.models.choices import Status


@dataclass(frozen=True)
class Tab:
    """``name`` stands in the address; ``rows`` takes the cases that the person sees, the person and the moment."""

    name: str
    label: str
    rows: Callable
    sort: str = "-changed"
    # What an empty one says.
    heading: str = "No cases yet"
    text: str = ""


ALL = Tab("", "All", lambda cases, user, at: cases)
FOR_SUPPORT = [
    Tab(
        "unassigned",
        "Unassigned",
        lambda cases, user, at: cases.unassigned(),
        sort="queue",
        heading="Every case has an agent",
        text="A new case stands here until somebody takes it.",
    ),
    Tab(
        "mine",
        "Mine",
        lambda cases, user, at: cases.assigned_to(user),
        heading="You have no open cases",
        text="Cases that you take, or that somebody assigns to you, stand here until they are closed.",
    ),
    Tab(
        "us",
        "Waiting for us",
        lambda cases, user, at: cases.waiting_for_support(),
        heading="Nothing waits for Support",
        text="Open cases in which Support has the next word stand here.",
    ),
    Tab(
        "district",
        "Waiting for the district",
        lambda cases, user, at: cases.waiting_for_district(),
        heading="Nothing waits for a district",
        text="Cases in which Support asked something, or wrote a resolution, stand here until the district answers.",
    ),
    Tab(
        "overdue",
        "Overdue",
        lambda cases, user, at: cases.overdue(at),
        sort="due",
        heading="Nothing is overdue",
        text="Cases with a missed answer, a due date that has passed, or no contact in time stand here.",
    ),
    ALL,
]
FOR_DISTRICTS = [
    Tab(
        "us",
        "Waiting for us",
        lambda cases, user, at: cases.waiting_for_district(),
        heading="Nothing waits for your district",
        text="Cases in which Support asked something, or wrote a resolution, stand here until one of you answers.",
    ),
    Tab(
        "support",
        "With Support",
        lambda cases, user, at: cases.waiting_for_support(),
        heading="Nothing is with Support",
        text="Open cases in which Support has the next word stand here.",
    ),
    Tab(
        "closed",
        "Closed",
        lambda cases, user, at: cases.filter(status=Status.CLOSED),
        heading="No closed cases yet",
        text="Cases that you or Support closed stand here.",
    ),
    ALL,
]


def of(user):
    return FOR_SUPPORT if user.is_support else FOR_DISTRICTS


def chosen(name, user):
    """The tab that is called so; all cases where the person has no such tab."""
    return next((tab for tab in of(user) if tab.name == name), ALL)
