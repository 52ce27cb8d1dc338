"""What is said on a case: replies of both sides, notes within Support, questions and resolutions."""

from cases.actions._common import (
    Action,
    Status,
    audit_sensitive,
    find_duplicate,
    lock_case,
    refuse_closed,
    refuse_outdated,
    save_and_log,
    support_of,
    take_if_new,
    tell,
    tell_both_sides,
)
from cases.models import Case
from contacts import audit
from contacts.actions import action


@action
def reply(*, case, by, text, sensitive="", newest=None, idempotency_key=None):
    """The reply that a case waits for, of the district or of the agent asked to assist, gives it back to its agent."""
    case = lock_case(case, by=by)
    if entry := find_duplicate(idempotency_key, Action.REPLIED, by=by, case=case, text=text):
        return entry
    refuse_closed(case)
    refuse_outdated(case, newest, by=by)
    if by.is_support:
        take_if_new(case, by=by)
    if (case.waits_for_district and not by.is_support) or case.waits_for(by):
        case.become(Status.ASSIGNED)
    entry = save_and_log(case, Action.REPLIED, by=by, text=text, idempotency_key=idempotency_key)
    audit.record("case.reply", by=by, on=case, status=case.status)
    audit_sensitive(sensitive, case, by=by)
    tell_both_sides("replied", case, by=by)
    return entry


@action
def note(*, case, by, text, idempotency_key=None):
    """A note within Support: no one of the district ever sees it, is told of it or can tell that it exists."""
    case = lock_case(case, by=by)
    if entry := find_duplicate(idempotency_key, Action.NOTED, by=by, case=case, text=text):
        return entry
    if take_if_new(case, by=by):
        tell_both_sides("taken", case, by=by)
    entry = save_and_log(case, Action.NOTED, by=by, text=text, idempotency_key=idempotency_key)
    audit.record("case.note", by=by, on=case)
    tell("noted", case, by=by, to=[support_of(case)])
    return entry


@action
def ask(*, case, by, text, sensitive="", newest=None, idempotency_key=None):
    said = {"text": text, "sensitive": sensitive, "newest": newest, "idempotency_key": idempotency_key}
    return _write(case, Status.PENDING_INPUT, Action.ASKED, by=by, **said)


@action
def resolve(*, case, by, text, settled_as="", sensitive="", newest=None, idempotency_key=None):
    """``settled_as`` is how the case is settled; the timeline keeps it, and the newest one counts."""
    text = f"{text}\n\n{Case.Settlement(settled_as).label}" if settled_as else text
    said = {"text": text, "sensitive": sensitive, "newest": newest, "idempotency_key": idempotency_key}
    return _write(case, Status.PENDING_VERIFICATION, Action.RESOLVED, by=by, settled_as=settled_as, **said)


def _write(case, status, action, *, by, text, sensitive, newest, idempotency_key, **changed):
    case = lock_case(case, by=by)
    if entry := find_duplicate(idempotency_key, action, by=by, case=case, text=text):
        return entry
    refuse_closed(case)
    refuse_outdated(case, newest, by=by)
    take_if_new(case, by=by)
    case.become(status)
    for name, value in changed.items():
        setattr(case, name, value)
    entry = save_and_log(case, action, by=by, text=text, idempotency_key=idempotency_key)
    audit.record(
        "case.ask" if action == Action.ASKED else "case.resolve", by=by, on=case, status=case.status, **changed
    )
    audit_sensitive(sensitive, case, by=by)
    tell_both_sides(action.value, case, by=by)
    return entry
