from django.db import transaction

from cases.actions.steps import refuse_second, tell_both_sides, write
from cases.models import Case, Step
from contacts import audit
from contacts.models import User


@transaction.atomic
def submit(*, by, submission=None, **fields):
    """A contact brings a case of their district to Support. Raises SentAlready when the form comes twice."""
    hold_person(by)
    refuse_second(submission, by=by)
    case = Case.objects.create(district=by.district, contact=by, **fields)
    write(case, Step.SUBMITTED, by=by, submission=submission)
    audit.record("case.submit", by=by, on=case, kind=case.kind, urgency=case.urgency)
    tell_both_sides("submitted", case, by=by)
    return case


def hold_person(by):
    """Two presses of one person's button wait for each other; a new case has no row of its own to lock yet."""
    User.objects.select_for_update(no_key=True, of=("self",)).get(pk=by.pk)
