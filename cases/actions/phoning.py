"""A critical case is followed up by phone: the call is recorded, or both sides are reminded of it once."""

from django.conf import settings
from django.utils import timezone

from cases.actions._common import (
    Action,
    find_duplicate,
    lock_row,
    refuse_closed,
    refuse_no_contact,
    roles_to_act,
    save_and_log,
    tell_both_sides,
)
from cases.actions.sweeping import once
from cases.models import Case
from contacts import ActionRefused, audit
from contacts.actions import action, lock_actor
from contacts.actions.sweeping import lock_if_free, sweep
from contacts.models import AUTHORIZED_CONTACTS


@action
def record_phone_follow_up(*, case, by, caller=None, idempotency_key=None):
    """``caller`` is the contact who called Support, by default who records it."""
    caller = caller or by
    (is_contact,) = lock_actor(by, roles_to_act(by), (caller, AUTHORIZED_CONTACTS))
    case = lock_row(case)
    text = f"{caller} called Support."
    if entry := find_duplicate(idempotency_key, Action.PHONED, by=by, case=case, text=text):
        return entry
    _refuse_call(case)
    refuse_no_contact(caller, is_contact, case)
    case.phoned_at = timezone.now()
    entry = save_and_log(case, Action.PHONED, by=by, text=text, idempotency_key=idempotency_key)
    audit.record("case.record_phone_follow_up", by=by, on=case, caller=caller.pk)
    tell_both_sides("phoned", case, by=by, caller=caller)
    return entry


def _refuse_call(case):
    refuse_closed(case)
    if case.phoned_at:
        raise ActionRefused(f"The call about case {case.number} is recorded already.")
    if not case.phone_due_at:
        raise ActionRefused(f"No call to Support is awaited about case {case.number}.")


def remind_of_calls():
    """Remind both sides wherever a call is overdue, each case in a transaction of its own; returns of how many.

    However late it runs, a case gets one reminder at the most.
    """
    if not settings.SUPPORT_PHONE:
        return 0
    return sweep(Case.objects.phone_to_remind_of(timezone.now()).defer("description"), _remind)


@action
def _remind(case):
    now = timezone.now()
    case = lock_if_free(Case.objects.phone_to_remind_of(now).select_related("district"), case)
    if not case:
        return False
    case.phone_reminded_at = now
    text = f"No call to Support is recorded yet. Please call {settings.SUPPORT_PHONE}. Support was reminded too."
    save_and_log(case, Action.REMINDED, by=None, text=text, idempotency_key=once(case, "call"))
    audit.record("case.remind_of_call", by=None, on=case)
    tell_both_sides("call_awaited", case, by=None, phone=settings.SUPPORT_PHONE)
    return True
