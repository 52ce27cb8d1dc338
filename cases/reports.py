"""What the pages read: one page of a list, and the verbs that a person can use on a case now."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Q

from cases.models import Case, Status, speaks_for

PAGE_SIZE = 25
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Where an agent moves a case by hand; the other statuses belong to verbs of their own.
MOVES = [Status.ASSIGNED, Status.ASSIST_REQUEST, Status.SCHEDULED, Status.DEVELOPMENT]


@dataclass(frozen=True)
class Page:
    rows: list
    newer: str = ""  # the cursor to ask for as ``after``; empty: nothing newer
    older: str = ""  # the cursor to ask for as ``before``


def page_of(cases, *, before="", after="", size=PAGE_SIZE):
    """One page by key, newest change first: no OFFSET and no COUNT. A cursor that cannot be read is ignored."""
    if moment := read_cursor(after):
        found = list(_beyond(cases, moment, "gt").order_by("updated_at", "number")[: size + 1])
        rows = found[size - 1 :: -1] if len(found) > size else found[::-1]
        return _page(rows, has_newer=len(found) > size, has_older=True)
    moment = read_cursor(before)
    found = list(_beyond(cases, moment, "lt").order_by("-updated_at", "-number")[: size + 1])
    return _page(found[:size], has_newer=bool(moment), has_older=len(found) > size)


def _page(rows, *, has_newer, has_older):
    return Page(
        rows,
        newer=cursor_of(rows[0]) if rows and has_newer else "",
        older=cursor_of(rows[-1]) if rows and has_older else "",
    )


def _beyond(cases, moment, side):
    if not moment:
        return cases
    at, number = moment
    # The first condition alone lets the index start at the right place; the second settles equal moments.
    return cases.filter(Q(**{f"updated_at__{side}e": at})).filter(
        Q(**{f"updated_at__{side}": at}) | Q(updated_at=at, **{f"number__{side}": number})
    )


def cursor_of(case):
    return f"{(case.updated_at - EPOCH) // timedelta(microseconds=1)}-{case.number}"


def read_cursor(text):
    """The moment of change and the number, or None."""
    try:
        microseconds, number = map(int, text.split("-"))
        return EPOCH + timedelta(microseconds=microseconds), number
    except (ValueError, OverflowError):
        return None


def possible_verbs(case, user, *, at):
    """The verbs that the person may use (the access table) and that the case's state allows, in the page's order."""
    verbs = []
    if user.has_perm("cases.work_case"):
        verbs += _support_verbs(case)
    if speaks_for(user, case.district_id):
        verbs += _contact_verbs(case, at)
    return list(dict.fromkeys(verbs))


def _support_verbs(case):
    if case.is_closed:
        return ["note"]
    reachable = _reachable(case)
    possible = {
        "take": case.assignee_id is None,
        "reply": True,
        "ask": Status.PENDING_INPUT in reachable,
        "resolve": Status.PENDING_VERIFICATION in reachable,
        "note": True,
        "move": bool(moves(case)),
        "hand_over": case.awaits_hand_over,
        "assign": True,
    }
    return [verb for verb, is_possible in possible.items() if is_possible]


def _contact_verbs(case, at):
    if case.is_closed:
        return ["reopen"] if case.may_reopen(at) else []
    return ["reply"] if case.awaits_hand_over else ["reply", "close"]


def _reachable(case):
    """Where Support can bring the case; a new one counts as assigned, since whoever works on it takes it."""
    return Case.TRANSITIONS[Status.ASSIGNED if case.status == Status.NEW else case.status]


def moves(case):
    return [] if case.is_closed else [status for status in MOVES if status in _reachable(case)]
