"""Update requests: asked for by the technical contact, worked by the managed services, told to both sides."""

from django.utils import timezone

from cases.actions.update_messages import tell_both_sides, tell_of_reminder
from cases.models import Site, UpdateRecipient, UpdateRequest, UpdateStep, possible_windows, why_no_version_update
from cases.models.windows import coming_windows
from contacts import ActionRefused, audit
from contacts.actions import action, lock_actor, note_activity
from contacts.actions.sweeping import lock_if_free, sweep
from contacts.models import SUPPORT_SIDE, Role, User

Kind, Status = UpdateRequest.Kind, UpdateRequest.Status


@action
def request_update(site, *, by, kind, window, reason, target=None, acknowledgement="", notify=()):
    """Ask Support for a refresh or a version update. The same form sent twice asks once."""
    lock_actor(by, [Role.TECHNICAL_CONTACT])
    site = _lock_site(site, by=by)
    asked = {"kind": kind, "target": target, "reason": reason, "acknowledgement": acknowledgement}
    asked |= {"window_start": window.start, "window_end": window.end, "requested_by": by}
    if same := site.update_requests.open().filter(**asked).first():
        return same
    _refuse_what_the_rules_forbid(site, kind, target)
    _refuse_window(site, window)
    _refuse_second(site, kind)
    update = UpdateRequest(site=site, district=site.district, site_kind=site.kind, **asked)
    update.save(force_insert=True)
    people = User.objects.active().filter(district=site.district_id, pk__in=[person.pk for person in notify])
    UpdateRecipient.objects.bulk_create(
        UpdateRecipient(request=update, district=site.district, person=person) for person in people
    )
    return _log(update, "request", by=by, reason=reason)


def _refuse_what_the_rules_forbid(site, kind, target):
    if kind == Kind.REFRESH and not site.is_refreshed:
        raise ActionRefused("Only the sandbox and the staging site are refreshed from production.")
    if kind == Kind.VERSION:
        if rule := why_no_version_update(site.district):
            raise ActionRefused(rule)
        if not target or not type(target).objects.offered_to(site).filter(pk=target.pk).exists():
            raise ActionRefused("This version is not offered for the site. Choose another one.")


def _refuse_window(site, window):
    now = timezone.now()
    if window in (possible := possible_windows(site.kind, now)):
        return
    first = f" The first possible one is {possible[0]}." if possible else ""
    if window in coming_windows(site.kind, now):
        raise ActionRefused(f"This window is too early.{first}")
    raise ActionRefused(f"This is none of the site's maintenance windows.{first}")


def _refuse_second(site, kind):
    if other := site.update_requests.open().filter(kind=kind).select_related("requested_by", "target").first():
        status = other.get_status_display().lower()
        raise ActionRefused(f"{other.requested_by} already requested this: {other} is {status}. Nothing was sent.")


@action
def schedule_update(update, *, by, window, reason=""):
    """Set the maintenance window, or another one, which needs a reason."""
    update = _lock_as_support(update, by=by)
    if (update.status, update.scheduled) == (Status.SCHEDULED, window):
        return update
    if update.scheduled and not reason:
        raise ActionRefused("Say why it is moved to another window.")
    now = timezone.now()
    if window.start <= now:
        raise ActionRefused("This window has begun already. Choose a later one.")
    if window != update.preferred and window not in coming_windows(update.site_kind, now):
        raise ActionRefused("This is none of the site's maintenance windows.")
    update.become(Status.SCHEDULED)
    update.scheduled_start, update.scheduled_end, update.reminded_at = window.start, window.end, None
    return _log(update, "schedule", by=by, reason=reason)


@action
def start_update(update, *, by, reason=""):
    update = _lock_as_support(update, by=by)
    return _go(update, Status.IN_PROGRESS, "start", by=by, reason=reason)


@action
def complete_update(update, *, by, reason=""):
    """The site has the version, or production's data, from now on."""
    update = _lock_as_support(update, by=by)
    if _repeats(update, Status.COMPLETED, by=by):
        return update
    update.become(Status.COMPLETED)
    update.ended_at = timezone.now()
    site = update.site
    if update.kind == Kind.REFRESH:
        site.refreshed_at = update.ended_at
    else:
        site.version, site.updated_at = update.target, update.ended_at
    site.save(update_fields=["version", "updated_at", "refreshed_at"])
    return _log(update, "complete", by=by, reason=reason)


@action
def decline_update(update, *, by, reason):
    update = _lock_as_support(update, by=by)
    return _go(update, Status.DECLINED, "decline", by=by, reason=reason)


@action
def cancel_update(update, *, by, reason):
    """By the district until Support has begun, and by Support also after that."""
    if by.is_support:
        update = _lock_as_support(update, by=by)
    else:
        lock_actor(by, [Role.TECHNICAL_CONTACT])
        update = _lock(update, by=by)
        if update.status == Status.IN_PROGRESS:
            raise ActionRefused("Support has begun with it. Call Support, or submit a case, if it must be stopped.")
    return _go(update, Status.CANCELED, "cancel", by=by, reason=reason)


def remind_of_updates():
    """Remind of what begins within a day, each in a transaction of its own; returns of how many.

    Each schedule is reminded of once, and none that has begun, however often and late this runs.
    """
    return sweep(UpdateRequest.objects.to_remind_of(timezone.now()), _remind)


@action
def _remind(update):
    now = timezone.now()
    if not (update := lock_if_free(UpdateRequest.objects.to_remind_of(now).select_related("district"), update)):
        return False
    update.reminded_at = now
    update.save(update_fields=["reminded_at"])
    audit.record("update.remind", by=None, on=update)
    tell_of_reminder(update)
    return True


def _lock_site(site, *, by):
    locked = Site.objects.visible_to(by).select_for_update(of=("self",)).select_related("district")
    return locked.get(pk=site.pk)


def _lock_as_support(update, *, by):
    lock_actor(by, SUPPORT_SIDE)
    return _lock(update, by=by)


def _lock(update, *, by):
    """The site first, as where something is requested for it."""
    site = _lock_site(update.site, by=by)
    locked = UpdateRequest.objects.visible_to(by).select_for_update(of=("self",)).select_related("district")
    update = locked.get(pk=update.pk)
    update.site = site
    return update


def _repeats(update, status, *, by):
    """Whether the person did just that already: a second press changes nothing."""
    return update.status == status and update.steps.last().by_id == by.pk


def _go(update, status, verb, *, by, reason):
    if _repeats(update, status, by=by):
        return update
    update.become(status)
    update.ended_at = None if update.is_open else timezone.now()
    return _log(update, verb, by=by, reason=reason)


def _log(update, verb, *, by, reason):
    """Save, note the step, audit and tell."""
    update.save()
    window = {"window_start": update.scheduled_start, "window_end": update.scheduled_end}
    if update.status != Status.SCHEDULED:
        window = {}
    about = {"district_id": update.district_id, "request": update, "status": update.status}
    UpdateStep.objects.create(**about, **window, by=by, reason=reason)
    audit.record(f"update.{verb}", by=by, on=update)
    if not by.is_support:
        note_activity(by)
    tell_both_sides(update, by=by, reason=reason)
    return update
