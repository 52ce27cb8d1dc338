"""An emergency of someone who is not an authorized contact: Support opens the case and hands it over to one who is."""

from django.utils import timezone

from cases.actions._common import Action, Status, find_duplicate, save_and_log, tell, tell_both_sides
from cases.actions.submitting import existing_case
from cases.models import Case
from contacts import ActionRefused, audit
from contacts.actions import action, lock_actor
from contacts.models import AUTHORIZED_CONTACTS, SUPPORT_SIDE, User

# Why the table does not decide.
EMERGENCY = "Support opened this case in an emergency."


@action
def open_exception(*, by, idempotency_key=None, **fields):
    """The agent who took the call has the case; the district's contacts are told and see it at once."""
    lock_actor(by, SUPPORT_SIDE)
    if case := existing_case(idempotency_key, Action.OPENED_EXCEPTION, by=by, fields=fields):
        return case
    critical = {"urgency": Case.Urgency.CRITICAL, "priority": Case.Priority.CRITICAL, "priority_reason": EMERGENCY}
    case = Case.objects.create(is_exception=True, status=Status.ASSIGNED, assignee=by, **critical, **fields)
    save_and_log(case, Action.OPENED_EXCEPTION, by=by, idempotency_key=idempotency_key)
    audit.record("case.open_exception", by=by, on=case, kind=case.kind)
    tell("exception_opened", case, by=by, to=[User.objects.contacts_of(case.district)])
    return case


@action
def hand_over(*, case, by, contact, idempotency_key=None):
    """Give an exception case to a current authorized contact of its district, who answers for it from then on."""
    (is_contact,) = lock_actor(by, SUPPORT_SIDE, (contact, AUTHORIZED_CONTACTS))
    case = Case.objects.select_for_update(of=("self",)).select_related("district").get(pk=case.pk)
    text = f"The contact of this case is now {contact}."
    if entry := find_duplicate(idempotency_key, Action.HANDED_OVER, by=by, case=case, text=text):
        return entry
    if not case.awaits_hand_over:
        raise ActionRefused(f"Case {case.number} is already with {case.contact}.")
    if not is_contact or contact.district_id != case.district_id:
        raise ActionRefused(f"{contact} is not a current authorized contact of {case.district}.")
    case.contact, case.handed_over_at = contact, timezone.now()
    entry = save_and_log(case, Action.HANDED_OVER, by=by, text=text, idempotency_key=idempotency_key)
    audit.record("case.hand_over", by=by, on=case, contact=contact.pk)
    tell_both_sides("handed_over", case, by=by)
    return entry
