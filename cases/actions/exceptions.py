"""An emergency of someone who is no authorized contact: Support opens the case and hands it over to one who is."""

from django.db import transaction
from django.utils import timezone

from cases.actions.steps import (
    contacts_of,
    hold_actor,
    hold_person,
    holds,
    locked,
    refuse_second,
    tell,
    tell_both_sides,
    write,
)
from cases.models import Case, Status, Step, Urgency
from contacts import ActionRefused, audit
from contacts.models import AUTHORIZED_CONTACTS


@transaction.atomic
def open_exception(*, by, submission=None, **fields):
    """The agent who took the call has the case; the district's contacts are told and see it at once."""
    hold_person(by)
    refuse_second(submission, by=by)
    hold_actor(by)
    case = Case.objects.create(
        is_exception=True, urgency=Urgency.CRITICAL, status=Status.ASSIGNED, assignee=by, **fields
    )
    write(case, Step.OPENED_EXCEPTION, by=by, submission=submission)
    audit.record("case.open_exception", by=by, on=case, kind=case.kind)
    tell("exception_opened", case, by=by, to=[contacts_of(case)])
    return case


@transaction.atomic
def hand_over(*, case, by, contact, submission=None):
    """Give an exception case to a current authorized contact of its district, who answers for it from then on."""
    case = locked(case, by=by, submission=submission)
    if not case.awaits_hand_over:
        raise ActionRefused(f"Case {case.number} is with {case.contact} already.")
    if not holds(contact, AUTHORIZED_CONTACTS, case.district_id):
        raise ActionRefused(f"{contact} is not a current authorized contact of {case.district}.")
    case.contact, case.handed_over_at = contact, timezone.now()
    write(case, Step.HANDED_OVER, by=by, text=f"The contact of this case is now {contact}.", submission=submission)
    audit.record("case.hand_over", by=by, on=case, contact=contact.pk)
    tell_both_sides("handed_over", case, by=by)
