"""The verbs that a person can use on a case now."""

from cases.models import Case, Status, speaks_for

# Where an agent moves a case by hand; the other statuses belong to verbs of their own.
MOVES = [Status.ASSIGNED, Status.ASSIST_REQUEST, Status.SCHEDULED, Status.DEVELOPMENT]


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
