"""A colleague of the district on a call with Support, where a contact is the host."""

from cases.actions._common import Action, find_duplicate, refuse_closed, roles_to_act, save_and_log, tell_both_sides
from cases.models import Case
from contacts import ActionRefused, audit
from contacts.actions import action, lock_actor
from contacts.models import AUTHORIZED_CONTACTS


@action
def record_call(*, case, by, colleague, present_throughout, host=None, text="", idempotency_key=None):
    """``host`` is the contact who brought the colleague along, by default who records it; they confirm being there."""
    host = host or by
    (is_contact,) = lock_actor(by, roles_to_act(by), (host, AUTHORIZED_CONTACTS))
    case = Case.objects.select_for_update(of=("self",)).select_related("district").get(pk=case.pk)
    text = f"{colleague} was on the call. {host} was the host and confirms being present throughout.\n\n{text}".strip()
    if entry := find_duplicate(idempotency_key, Action.CALLED, by=by, case=case, text=text):
        return entry
    refuse_closed(case)
    if not is_contact or host.district_id != case.district_id:
        raise ActionRefused(f"{host} is not a current authorized contact of {case.district}.")
    if not present_throughout:
        raise ActionRefused("A contact must be on the call from beginning to end. Without that it is not recorded.")
    entry = save_and_log(case, Action.CALLED, by=by, text=text, idempotency_key=idempotency_key)
    audit.record("case.record_call", by=by, on=case, host=host.pk)
    tell_both_sides("called", case, by=by)
    return entry
