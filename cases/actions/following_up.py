"""A resolution that the district does not answer: the portal reminds its contacts, and closes the case in the end."""

from django.utils import timezone

from cases.actions._common import Action, Status, save_and_log, tell, tell_both_sides
from cases.actions.sweeping import once
from cases.models import Case
from contacts import audit
from contacts.actions import action
from contacts.actions.sweeping import lock_if_free, sweep
from contacts.models import User


def follow_up():
    """Remind or close wherever that is due, each case in a transaction of its own; returns on how many.

    However late it runs, each case gets one reminder at the most.
    """
    now = timezone.now()
    cases = Case.objects.to_verify().select_related("district").prefetch_related("district__holidays")
    return sweep(cases.defer("description"), lambda case: _is_due(case, now) and _follow_up_on(case))


def _is_due(case, now):
    planned = case.follow_up
    return bool(planned.reminder_due(now)) or (planned.closing_due(now) and not case.awaits_handover)


@action
def _follow_up_on(case):
    case, now = lock_if_free(Case.objects.to_verify().select_related("district"), case), timezone.now()
    if not case or not _is_due(case, now):
        return False
    if number := case.follow_up.reminder_due(now):
        _remind(case, number, now)
    else:
        _close(case, now)
    return True


def _remind(case, number, now):
    case.reminders_sent, case.reminded_at = number, now
    text = f"Reminder {number} of {len(case.follow_up.reminder_days)}: please check the resolution."
    save_and_log(case, Action.REMINDED, by=None, text=text, idempotency_key=_key(case, number))
    audit.record("case.remind", by=None, on=case, number=number)
    tell("reminded", case, by=None, to=[User.objects.contacts_of(case.district)], planned=case.follow_up)


def _close(case, now):
    key = _key(case, "closed")
    case.become(Status.CLOSED)
    case.closed_at = now
    text = "The district did not answer the resolution within ten business days, so Support closed the case."
    save_and_log(case, Action.CLOSED, by=None, text=text, idempotency_key=key)
    audit.record("case.close", by=None, on=case)
    tell_both_sides("closed_unanswered", case, by=None)


def _key(case, what):
    """Of this resolution; the next one is reminded of anew."""
    return once(case, f"{case.resolved_at.isoformat()} {what}")
