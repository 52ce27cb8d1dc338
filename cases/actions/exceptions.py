"""An emergency of someone who is not an authorized contact: Support opens the case and asks a contact to accept it.

Whom it asks, and whether anyone, changes nothing about the time: it counts from the opening, in Support's hours.
"""

from django.utils import timezone

from cases.actions._common import (
    Action,
    Status,
    audit_sensitive,
    find_duplicate,
    lock_row,
    refuse_closed,
    refuse_no_contact,
    save_and_log,
    support_of,
    tell,
    tell_both_sides,
)
from cases.actions.submitting import existing_case
from cases.actions.sweeping import once
from cases.models import Case, handover_due, support_calendar
from contacts import ActionRefused, audit
from contacts.actions import action, lock_actor, support_leads
from contacts.actions.sweeping import lock_if_free, sweep
from contacts.models import AUTHORIZED_CONTACTS, SUPPORT_SIDE, User

# Why the table does not decide.
EMERGENCY = "Support opened this case in an emergency."


@action
def open_exception(*, by, idempotency_key=None, sensitive="", **fields):
    """The agent who took the call has the case; the district's contacts are told and see it at once."""
    lock_actor(by, SUPPORT_SIDE)
    if case := existing_case(idempotency_key, Action.OPENED_EXCEPTION, by=by, fields=fields):
        return case
    now = timezone.now()
    case = Case.objects.create(
        is_exception=True,
        urgency=Case.Urgency.CRITICAL,
        priority=Case.Priority.CRITICAL,
        priority_reason=EMERGENCY,
        status=Status.ASSIGNED,
        assignee=by,
        created_at=now,
        handover_due_at=handover_due(now, support_calendar()),
        **fields,
    )
    save_and_log(case, Action.OPENED_EXCEPTION, by=by, idempotency_key=idempotency_key)
    audit.record("case.open_exception", by=by, on=case, kind=case.kind)
    audit_sensitive(sensitive, case, by=by)
    tell("exception_opened", case, by=by, to=[User.objects.contacts_of(case.district)])
    return case


@action
def hand_over(*, case, by, contact, idempotency_key=None):
    """Ask a current authorized contact of the district to accept an exception case; another one may be asked later."""
    (is_contact,) = lock_actor(by, SUPPORT_SIDE, (contact, AUTHORIZED_CONTACTS))
    case = lock_row(case)
    text = f"{contact} is asked to accept this case."
    if entry := find_duplicate(idempotency_key, Action.ASKED_TO_ACCEPT, by=by, case=case, text=text):
        return entry
    _refuse_accepted(case)
    refuse_no_contact(contact, is_contact, case)
    if case.handover_to == contact:
        raise ActionRefused(f"{contact} is already asked to accept case {case.number}.")
    case.handover_to = contact
    entry = save_and_log(case, Action.ASKED_TO_ACCEPT, by=by, text=text, idempotency_key=idempotency_key)
    audit.record("case.hand_over", by=by, on=case, contact=contact.pk)
    tell("asked_to_accept", case, by=by, to=[[contact]])
    others = [User.objects.contacts_of(case.district).exclude(pk=contact.pk), support_of(case)]
    tell("handed_over", case, by=by, to=others)
    return entry


@action
def accept(*, case, by, idempotency_key=None):
    """A contact answers for the case from now on: an exception case, whoever is asked, or one whose contact is gone."""
    former = User.objects.filter(cases=case).first()
    is_contact = lock_actor(by, AUTHORIZED_CONTACTS, *([(former, AUTHORIZED_CONTACTS)] if former else []))
    case = lock_row(case)
    text = f"{by} takes the case over from {former}." if former else ""
    if entry := find_duplicate(idempotency_key, Action.ACCEPTED, by=by, case=case, text=None):
        return entry
    if case.contact != former or any(is_contact):
        _refuse_accepted(case)
    refuse_closed(case)
    if case.awaits_handover:
        case.handed_over_at = timezone.now()
    case.contact, case.handover_to, case.offered_at = by, None, None
    entry = save_and_log(case, Action.ACCEPTED, by=by, text=text, idempotency_key=idempotency_key)
    audit.record("case.accept", by=by, on=case, **({"former": former.pk} if former else {}))
    tell_both_sides("accepted", case, by=by, former=former)
    return entry


def _refuse_accepted(case):
    if not case.awaits_handover:
        raise ActionRefused(f"Case {case.number} is already with {case.contact}.")


def remind_of_handovers():
    """Tell both sides once of each exception case that nobody accepted in time; returns of how many.

    Each case has a transaction of its own, and however late this runs, it is told of once.
    """
    cases = Case.objects.handover_to_remind_of(timezone.now()).defer("description")
    return sweep(cases, _remind_of)


@action
def _remind_of(case):
    now = timezone.now()
    case = lock_if_free(Case.objects.handover_to_remind_of(now).select_related("district"), case)
    if not case:
        return False
    case.handover_reminded_at = now
    text = "No contact has accepted this case in time."
    save_and_log(case, Action.REMINDED, by=None, text=text, idempotency_key=once(case, "is to be accepted"))
    audit.record("case.remind_of_handover", by=None, on=case)
    to = [User.objects.contacts_of(case.district), support_of(case), support_leads()]
    tell("handover_overdue", case, by=None, to=to)
    return True
