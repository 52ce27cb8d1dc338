"""Who of Support has the case, and where it stands."""

from django.db import transaction

from cases.actions.steps import contacts_of, holds, locked, refuse_closed, take_if_new, tell, tell_both_sides, write
from cases.models import Status, Step
from contacts import ActionRefused, audit
from contacts.models import SUPPORT_SIDE


@transaction.atomic
def take(*, case, by):
    """Of two agents who take a case at once, one has it and the other reads who."""
    case = locked(case, by=by)
    refuse_closed(case)
    if case.assignee == by:
        return
    if case.assignee:
        raise ActionRefused(f"{case.assignee} has case {case.number} already.")
    take_if_new(case, by=by)
    audit.record("case.take", by=by, on=case)
    tell_both_sides("taken", case, by=by)


@transaction.atomic
def assign(*, case, by, agent, submission=None):
    """Give the case to another agent, or take it over from one. Raises ActionRefused."""
    case = locked(case, by=by, submission=submission)
    refuse_closed(case)
    former = case.assignee
    if former == agent:
        return
    if not holds(agent, SUPPORT_SIDE):
        raise ActionRefused(f"{agent} is not a support agent now.")
    if case.status == Status.NEW:
        case.become(Status.ASSIGNED)
    case.assignee = agent
    write(case, Step.ASSIGNED, by=by, text=f"The case is now with {agent}.", submission=submission)
    audit.record("case.assign", by=by, on=case, agent=agent.pk, former=former and former.pk)
    tell("assigned", case, by=by, to=[contacts_of(case), [agent], [former] if former else []])


@transaction.atomic
def move(*, case, by, status, text, submission=None):
    """Say where the case stands: an internal resource, a schedule, development, or back with the agent."""
    case = locked(case, by=by, submission=submission)
    refuse_closed(case)
    take_if_new(case, by=by)
    case.become(status)
    write(case, Step.MOVED, by=by, text=text, submission=submission)
    audit.record("case.move", by=by, on=case, status=case.status)
    tell_both_sides("moved", case, by=by)
