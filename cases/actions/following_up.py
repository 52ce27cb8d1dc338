"""A resolution that the district does not answer: the portal reminds its contacts, and closes the case in the end."""

from uuid import NAMESPACE_OID, uuid5

from django.utils import timezone

from cases.actions._common import Action, Status, save_and_log, tell, tell_both_sides
from cases.actions.sweeping import sweep
from cases.models import Case
from contacts import audit
from contacts.actions import action
from contacts.models import User


def follow_up():
    """Remind or close wherever that is due, each case in a transaction of its own; returns on how many.

    However late it runs, each case gets one reminder at the most.
    """
    now = timezone.now()
    cases = Case.objects.to_verify().select_related("district").prefetch_related("district__holidays")
    return sweep(cases.defer("search", "description"), lambda case: _is_due(case, now) and _follow_up_on(case))


def _is_due(case, now):
    planned = case.follow_up
    return bool(planned.reminder_due(now)) or (planned.closing_due(now) and not case.awaits_hand_over)


@action
def _follow_up_on(case):
    """A locked case is skipped: somebody is answering it right now, or another sweep has it."""
    waiting = Case.objects.to_verify().select_related("district").select_for_update(of=("self",), skip_locked=True)
    case, now = waiting.filter(pk=case.pk).first(), timezone.now()
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
    save_and_log(case, Action.REMINDED, by=None, text=text, idempotency_key=_once(case, number))
    audit.record("case.remind", by=None, on=case, number=number)
    tell("reminded", case, by=None, to=[User.objects.contacts_of(case.district)], planned=case.follow_up)


def _close(case, now):
    once = _once(case, "closed")
    case.become(Status.CLOSED)
    case.closed_at = now
    text = "The district did not answer the resolution within ten business days, so Support closed the case."
    save_and_log(case, Action.CLOSED, by=None, text=text, idempotency_key=once)
    audit.record("case.close", by=None, on=case)
    tell_both_sides("closed_unanswered", case, by=None)


def _once(case, what):
    """The same for every sweep, so that the database holds each reminder of a resolution once."""
    return uuid5(NAMESPACE_OID, f"{case.number} {case.resolved_at.isoformat()} {what}")
