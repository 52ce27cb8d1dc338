"""What the portal does by the clock about requests that nobody decides, once however often it looks."""

from django.conf import settings
from django.utils import timezone

from contacts.actions import action
from contacts.actions.sweeping import sweep
from contacts.business_time import business_days_after
from credentials.actions.telling import record_event, settle, tell_administrators, tell_approvers, tell_of_waiting
from credentials.models import CredentialRequest


def follow_up_requests():
    """Remind of what waits, escalate what waits longer, and say what nobody can decide; returns how many."""
    requests, now = CredentialRequest.objects.pending(), timezone.now()
    return (
        sweep(requests.that_nobody_decides().filter(stuck_since=None), _tell_of_stuck)
        + sweep(requests.exclude(stuck_since=None).that_somebody_decides(), _tell_of_unstuck)
        + sweep(requests.to_escalate(now), _escalate)
        + sweep(requests.to_remind_of(now), _remind)
    )


@action
def _tell_of_stuck(credential_request):
    """Nobody can decide it: its administrators are told at once."""
    stuck = CredentialRequest.objects.that_nobody_decides().filter(stuck_since=None)
    if not (credential_request := _lock(stuck, credential_request)):
        return False
    record_event("stuck", credential_request, by=None)
    say_stuck(credential_request)
    return True


def say_stuck(credential_request):
    """In the caller's transaction, which has the request locked."""
    credential_request.stuck_since = timezone.now()
    credential_request.save(update_fields=["stuck_since"])
    tell_administrators("stuck", credential_request)


@action
def _tell_of_unstuck(credential_request):
    """Somebody can decide it again, and is told so."""
    unstuck = CredentialRequest.objects.exclude(stuck_since=None).that_somebody_decides()
    if not (credential_request := _lock(unstuck, credential_request)):
        return False
    credential_request.stuck_since = None
    credential_request.save(update_fields=["stuck_since"])
    record_event("unstuck", credential_request, by=None)
    settle(credential_request)
    tell_approvers(credential_request)
    return True


@action
def _remind(credential_request):
    now = timezone.now()
    waiting = CredentialRequest.objects.to_remind_of(now)
    if not (credential_request := _lock_due(waiting, credential_request, settings.CREDENTIAL_REMIND_AFTER_DAYS, now)):
        return False
    credential_request.reminded_at = now
    credential_request.save(update_fields=["reminded_at"])
    record_event("remind", credential_request, by=None)
    tell_of_waiting(credential_request)
    return True


@action
def _escalate(credential_request):
    now = timezone.now()
    waiting = CredentialRequest.objects.to_escalate(now)
    days = settings.CREDENTIAL_ESCALATE_AFTER_DAYS
    if not (credential_request := _lock_due(waiting, credential_request, days, now)):
        return False
    credential_request.escalated_at = now
    credential_request.save(update_fields=["escalated_at"])
    record_event("escalate", credential_request, by=None)
    tell_administrators("overdue", credential_request)
    return True


def _lock_due(waiting, credential_request, days, now):
    """The request, if so many business days have passed by the district's calendar."""
    if not (credential_request := _lock(waiting, credential_request)):
        return None
    calendar = credential_request.district.calendar
    due = business_days_after(calendar.day_of(credential_request.pending_since), days, calendar)
    return credential_request if calendar.day_of(now) >= due else None


def _lock(requests, credential_request):
    """The request as it is now, if it is one of these still and nobody else is changing it."""
    free = requests.select_for_update(of=("self",), skip_locked=True).select_related("requester", "type", "district")
    return free.filter(pk=credential_request.pk).first()
