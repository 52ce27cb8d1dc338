"""What is said on a case: replies of both sides, notes within Support, questions and resolutions."""

from django.db import transaction

from cases.actions.steps import (
    hold_actor,
    locked,
    refuse_closed,
    support_of,
    take_if_new,
    tell,
    tell_both_sides,
    write,
)
from cases.models import Status, Step
from contacts import audit

WAITING_FOR_DISTRICT = {Status.PENDING_INPUT, Status.PENDING_VERIFICATION}


@transaction.atomic
def reply(*, case, by, text, submission=None):
    """A contact's reply on a case that waits for the district gives it back to the agent."""
    case = locked(case, by=by, submission=submission)
    hold_actor(by)
    refuse_closed(case)
    if by.is_support:
        take_if_new(case, by=by)
    elif case.status in WAITING_FOR_DISTRICT:
        case.become(Status.ASSIGNED)
    write(case, Step.REPLIED, by=by, text=text, submission=submission)
    audit.record("case.reply", by=by, on=case, status=case.status)
    tell_both_sides("replied", case, by=by)


@transaction.atomic
def note(*, case, by, text, submission=None):
    """A note within Support: no district person ever sees it, is told of it or can tell that it exists."""
    case = locked(case, by=by, submission=submission)
    if take_if_new(case, by=by):
        tell_both_sides("taken", case, by=by)
    write(case, Step.NOTED, by=by, text=text, submission=submission)
    audit.record("case.note", by=by, on=case)
    tell("noted", case, by=by, to=[support_of(case)])


@transaction.atomic
def ask(*, case, by, text, submission=None):
    _say(case, Status.PENDING_INPUT, Step.ASKED, by=by, text=text, submission=submission)


@transaction.atomic
def resolve(*, case, by, text, submission=None):
    _say(case, Status.PENDING_VERIFICATION, Step.RESOLVED, by=by, text=text, submission=submission)


def _say(case, status, step, *, by, text, submission):
    case = locked(case, by=by, submission=submission)
    refuse_closed(case)
    take_if_new(case, by=by)
    case.become(status)
    write(case, step, by=by, text=text, submission=submission)
    audit.record("case.ask" if step == Step.ASKED else "case.resolve", by=by, on=case, status=case.status)
    tell_both_sides(step.value, case, by=by)
