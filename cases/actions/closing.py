from django.db import transaction
from django.utils import timezone

from cases.actions.steps import hold_actor, locked, tell_both_sides, write
from cases.models import Status, Step
from contacts import ActionRefused, audit


@transaction.atomic
def close(*, case, by, text="", submission=None):
    """A contact says that the case is done. Raises ActionRefused, also for an exception not handed over."""
    case = locked(case, by=by, submission=submission)
    hold_actor(by)
    if case.is_closed:
        raise ActionRefused(f"Case {case.number} is closed already.")
    case.become(Status.CLOSED)
    case.closed_at = timezone.now()
    write(case, Step.CLOSED, by=by, text=text, submission=submission)
    audit.record("case.close", by=by, on=case)
    tell_both_sides("closed", case, by=by)


@transaction.atomic
def reopen(*, case, by, text, submission=None):
    """Give a closed case back to its agent, up to and including the 60th day (settings.CASE_REOPEN_WITHIN)."""
    case = locked(case, by=by, submission=submission)
    hold_actor(by)
    if not case.is_closed:
        raise ActionRefused(f"Case {case.number} is open already.")
    if not case.may_reopen(timezone.now()):
        raise ActionRefused(
            f"Case {case.number} could be reopened until {case.reopen_until:%-d %B %Y}."
            " Please open a new case and name this number in it."
        )
    case.become(Status.ASSIGNED if case.assignee_id else Status.NEW)
    case.closed_at = None
    write(case, Step.REOPENED, by=by, text=text, submission=submission)
    audit.record("case.reopen", by=by, on=case)
    tell_both_sides("reopened", case, by=by)
