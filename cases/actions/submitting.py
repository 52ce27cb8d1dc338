from django.db import transaction

from cases.actions.steps import hold_actor, hold_person, refuse_second, tell_both_sides, write
from cases.models import Case, Step
from contacts import audit


@transaction.atomic
def submit(*, by, submission=None, **fields):
    """A contact brings a case of their district to Support. Raises SentAlready, ActionRefused."""
    hold_person(by)
    refuse_second(submission, by=by)
    hold_actor(by)
    case = Case.objects.create(district=by.district, contact=by, **fields)
    write(case, Step.SUBMITTED, by=by, submission=submission)
    audit.record("case.submit", by=by, on=case, kind=case.kind, urgency=case.urgency)
    tell_both_sides("submitted", case, by=by)
    return case
