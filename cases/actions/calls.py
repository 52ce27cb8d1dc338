"""A colleague of the district on a call with Support, where a contact is the host."""

from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.formats import date_format

from cases.actions._common import (
    Action,
    find_duplicate,
    lock_case,
    lock_row,
    refuse_closed,
    refuse_no_contact,
    roles_to_act,
    save_and_log,
    support_of,
    tell,
    tell_both_sides,
)
from cases.models import Call
from contacts import ActionRefused, audit
from contacts.actions import action, lock_actor
from contacts.models import AUTHORIZED_CONTACTS


@action
def record_call(*, case, by, colleague, host=None, present_throughout=False, text="", idempotency_key=None):
    """The contact who brought the colleague along records it and confirms being there; one whom Support names as the
    ``host`` is asked to confirm.
    """
    host = host or by
    (is_contact,) = lock_actor(by, roles_to_act(by), (host, AUTHORIZED_CONTACTS))
    case = lock_row(case)
    confirms = "confirms" if host == by else "is asked to confirm"
    what = f"{colleague} was on the call. {host} was the host and {confirms} being present throughout."
    text = f"{what}\n\n{text}".strip()
    if entry := find_duplicate(idempotency_key, Action.CALLED, by=by, case=case, text=text):
        return entry
    refuse_closed(case)
    refuse_no_contact(host, is_contact, case)
    if host == by and not present_throughout:
        raise ActionRefused("A contact must be on the call from beginning to end. Without that it is not recorded.")
    entry = save_and_log(case, Action.CALLED, by=by, text=text, idempotency_key=idempotency_key)
    at = {"created_at": entry.created_at, "confirmed_at": entry.created_at if host == by else None}
    Call.objects.create(case=case, district=case.district, colleague=colleague, host=host, **at)
    audit.record("case.record_call", by=by, on=case, host=host.pk)
    tell_both_sides("called", case, by=by, host=host)
    return entry


@action
def confirm_call(*, case, by, call, present_throughout, idempotency_key=None):
    """The host says that they were on the call from beginning to end."""
    case = lock_case(case, by=by)
    at = date_format(call.created_at.astimezone(ZoneInfo(case.district.time_zone)), "DATETIME_FORMAT")
    text = f"{by} was present throughout the call with {call.colleague} of {at}."
    if entry := find_duplicate(idempotency_key, Action.CONFIRMED, by=by, case=case, text=text):
        return entry
    call = case.calls.to_confirm_by(by).filter(pk=call.pk).first()
    if not call:
        raise ActionRefused("This call waits for no confirmation of yours.")
    if not present_throughout:
        raise ActionRefused("Confirm the call only if you were there from beginning to end.")
    call.confirmed_at = timezone.now()
    call.save(update_fields=["confirmed_at"])
    entry = save_and_log(case, Action.CONFIRMED, by=by, text=text, idempotency_key=idempotency_key)
    audit.record("case.confirm_call", by=by, on=case, call=call.pk)
    tell("call_confirmed", case, by=by, to=[support_of(case)])
    return entry
