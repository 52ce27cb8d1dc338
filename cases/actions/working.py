"""Which agent has the case, and how much attention it gets."""

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
from contacts.actions import action, lock_actor, support_leads
from contacts.models import SUPPORT_SIDE, User


@action
def take(*, case, by):
    """Of two agents who take a case at once, one has it and the other reads who."""
    case = lock_case(case, by=by)
    refuse_closed(case)
    if case.assignee == by:
        return
    if case.assignee:
        raise ActionRefused(f"{case.assignee} already has case {case.number}.")
    take_if_new(case, by=by)
    audit.record("case.take", by=by, on=case)
    tell_both_sides("taken", case, by=by)


@action
def assign(*, case, by, agent, idempotency_key=None):
    """Give the case to another agent, or take it over from one."""
    (is_agent,) = lock_actor(by, SUPPORT_SIDE, (agent, SUPPORT_SIDE))
    case = lock_row(case)
    text = f"The case is now with {agent}."
    if entry := find_duplicate(idempotency_key, Action.ASSIGNED, by=by, case=case, text=text):
        return entry
    refuse_closed(case)
    former = case.assignee
    if former == agent:
        return None
    if not is_agent:
        raise ActionRefused(f"{agent} is no longer a support agent.")
    if case.status == Status.NEW:
        case.become(Status.ASSIGNED)
    case.assignee = agent
    entry = save_and_log(case, Action.ASSIGNED, by=by, text=text, idempotency_key=idempotency_key)
    audit.record("case.assign", by=by, on=case, agent=agent.pk, former=former and former.pk)
    agents = User.objects.of_support().filter(pk__in=[agent.pk, former and former.pk])
    tell("assigned", case, by=by, to=[User.objects.contacts_of(case.district), agents])
    return entry


@action
def escalate(*, case, by, level, text, newest=None, idempotency_key=None):
    """Raise the case to a level of attention, with a note that the district reads; the leads are told."""
    case = lock_case(case, by=by)
    text = f"Level {level}\n\n{text}"
    if entry := find_duplicate(idempotency_key, Action.ESCALATED, by=by, case=case, text=text):
        return entry
    refuse_closed(case)
    refuse_outdated(case, newest, by=by)
    if level <= (case.escalation_level or 0):
        raise ActionRefused(f"Case {case.number} is already escalated to level {case.escalation_level}.")
    take_if_new(case, by=by)
    case.escalation_level = level
    entry = save_and_log(case, Action.ESCALATED, by=by, text=text, idempotency_key=idempotency_key)
    audit.record("case.escalate", by=by, on=case, level=level)
    to = [User.objects.contacts_of(case.district), support_of(case), support_leads()]
    tell("escalated", case, by=by, to=to)
    return entry
