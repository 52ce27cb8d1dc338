"""Where the case stands while Support works on it: an assist is asked for, it is scheduled, or development has it."""

from django.utils.formats import date_format

from cases.actions._common import (
    Action,
    Status,
    find_duplicate,
    lock_case,
    lock_row,
    refuse_closed,
    refuse_outdated,
    save_and_log,
    support_of,
    take_if_new,
    tell,
    tell_both_sides,
)
from contacts import ActionRefused, audit
from contacts.actions import action, lock_actor
from contacts.models import SUPPORT_SIDE, User


@action
def request_assist(*, case, by, agent, text, newest=None, idempotency_key=None):
    """Ask another agent for help; the case stays with the agent who has it."""
    (is_agent,) = lock_actor(by, SUPPORT_SIDE, (agent, SUPPORT_SIDE))
    case = lock_row(case)
    text = f"{agent} is asked to assist.\n\n{text}"
    if entry := find_duplicate(idempotency_key, Action.MOVED, by=by, case=case, text=text):
        return entry
    if not is_agent:
        raise ActionRefused(f"{agent} is no longer a support agent.")
    if agent in (by, case.assignee):
        raise ActionRefused("Ask an agent other than yourself and the one who has the case.")
    entry = _move(case, Status.ASSIST_REQUEST, by, text, newest, idempotency_key, assistant=agent)
    audit.record("case.request_assist", by=by, on=case, agent=agent.pk)
    tell("assist_requested", case, by=by, to=[[agent]])
    others = [User.objects.contacts_of(case.district), support_of(case)]
    tell("moved", case, by=by, to=[{person for people in others for person in people} - {agent}])
    return entry


@action
def schedule(*, case, by, scheduled_on, text, newest=None, idempotency_key=None):
    case = lock_case(case, by=by)
    text = f"Scheduled for {date_format(scheduled_on)}.\n\n{text}"
    if entry := find_duplicate(idempotency_key, Action.MOVED, by=by, case=case, text=text):
        return entry
    entry = _move(case, Status.SCHEDULED, by, text, newest, idempotency_key, scheduled_on=scheduled_on)
    audit.record("case.schedule", by=by, on=case, scheduled_on=f"{scheduled_on}")
    tell_both_sides("moved", case, by=by)
    return entry


@action
def send_to_development(*, case, by, defect_reference, text, newest=None, idempotency_key=None):
    case = lock_case(case, by=by)
    text = f"Defect reference: {defect_reference}\n\n{text}"
    if entry := find_duplicate(idempotency_key, Action.MOVED, by=by, case=case, text=text):
        return entry
    entry = _move(case, Status.DEVELOPMENT, by, text, newest, idempotency_key, defect_reference=defect_reference)
    audit.record("case.send_to_development", by=by, on=case, defect_reference=defect_reference)
    tell_both_sides("moved", case, by=by)
    return entry


@action
def resume(*, case, by, text, newest=None, idempotency_key=None):
    """Work goes on: the assist was given, the date has come, development answered, or nothing is awaited any more."""
    case = lock_case(case, by=by)
    if entry := find_duplicate(idempotency_key, Action.MOVED, by=by, case=case, text=text):
        return entry
    if case.status == Status.NEW:
        raise ActionRefused(f"Case {case.number} is New. It cannot become Assigned before an agent takes it.")
    entry = _move(case, Status.ASSIGNED, by, text, newest, idempotency_key)
    audit.record("case.resume", by=by, on=case)
    tell_both_sides("moved", case, by=by)
    return entry


def _move(case, status, by, text, newest, idempotency_key, **fields):
    refuse_closed(case)
    refuse_outdated(case, newest, by=by)
    take_if_new(case, by=by)
    case.become(status)
    for name, value in fields.items():
        setattr(case, name, value)
    return save_and_log(case, Action.MOVED, by=by, text=text, idempotency_key=idempotency_key)
