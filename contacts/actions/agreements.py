"""Agreements with other organizations: recorded, renewed by another one, ended early, warned of before they expire."""

from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from contacts import ActionRefused, audit, message_center
from contacts.actions._common import action, lock_district, lock_manager
from contacts.actions.designations import close_designation
from contacts.actions.recipients import administrators_of, support_leads
from contacts.actions.seats import heirs
from contacts.actions.sweeping import sweep
from contacts.models import Agreement, Designation, Kind, User


@action
def record_agreement(agreement, *, by):
    """From now on it stands as it was recorded."""
    lock_manager(by)
    agreement.recorded_by = by
    agreement.save()
    audit.record("agreement.record", by=by, on=agreement, expires_on=str(agreement.expires_on))
    return agreement


@action
def renew(agreement, *, designations, by):
    """Roles under earlier agreements with the organization go on under this one; returns them."""
    lock_manager(by, *(held.user for held in designations))
    lock_district(agreement.district_id)
    agreement = _lock(agreement)
    _refuse_over(agreement)
    current = _lock_current(pk__in=[held.pk for held in designations])
    if len(current) < len(designations):
        raise ActionRefused("One of these roles has ended meanwhile. Nothing was changed.")
    return [_move(held, agreement, by=by) for held in current]


def _move(held, agreement, *, by):
    earlier = held.agreement
    if not earlier or not agreement.may_renew(earlier):
        raise ActionRefused(f"The role of {held.user} cannot go on under this agreement. Nothing was changed.")
    # A role that ends earlier by itself keeps its end, and so does an acting one.
    if held.ends_at == earlier.expires_at and not held.is_acting:
        held.ends_at = agreement.expires_at
    held.agreement = agreement
    held.save(update_fields=["agreement", "ends_at"])
    audit.record("contact.renew", by=by, on=held, agreement=agreement.pk, ends_at=held.ends_at.isoformat())
    to = {held.user, *administrators_of(held.district)} - {by}
    _tell("renewed", agreement, to=to, by=by, designation=held, last_day=_day(agreement.expires_on))
    return held


@action
def end_agreement(agreement, *, by, reason):
    """End it before its expiry, and at once every role that rests on it, also where the next one has not begun."""
    resting = Agreement.objects.resting_on(agreement, timezone.now())
    people = User.objects.filter(designations__agreement__in=resting).distinct()
    lock_manager(by, *people, *heirs(people))
    lock_district(agreement.district_id)
    agreement = _lock(agreement)
    _refuse_over(agreement)
    agreement.ended_at = max(timezone.now(), agreement.recorded_at)
    agreement.ended_by, agreement.end_reason = by, reason
    agreement.save(update_fields=["ended_at", "ended_by", "end_reason"])
    audit.record("agreement.end", by=by, on=agreement)
    for held in _lock_current(agreement__in=resting):
        close_designation(held, by=by, reason=f"The agreement with {agreement.organization} was ended.")
    to = {*administrators_of(agreement.district)} - {by}
    _tell("ended", agreement, to=to, by=by, reason=reason)


def warn_of_expiry():
    """Each agreement in a transaction of its own; returns of how many was warned."""
    return sweep(Agreement.objects.due_to_be_warned(timezone.now()), _warn)


@action
def _warn(agreement):
    due = Agreement.objects.due_to_be_warned(timezone.now())
    locked = due.select_for_update(of=("self",), no_key=True).select_related("district")
    agreement = locked.filter(pk=agreement.pk).first()
    if not agreement:
        return False
    agreement.warned_days_before = agreement.nearest
    agreement.save(update_fields=["warned_days_before"])
    audit.record("agreement.warn", by=None, on=agreement, days=agreement.nearest)
    ending = agreement.designations.current().filter(ends_at=agreement.expires_at)
    contacts = User.objects.active().filter(designations__in=ending)
    concerned = {*administrators_of(agreement.district)}
    if agreement.nearest == min(settings.AGREEMENT_WARN_DAYS_BEFORE):
        concerned |= {*support_leads()}
    about = {
        "days": _days_left(agreement),
        "last_day": _day(agreement.expires_on),
        "names": sorted(map(str, set(contacts))),
    }
    _tell("expires", agreement, to={*contacts} - concerned, link=reverse("contacts:directory"), **about)
    _tell("expires_for_managers", agreement, to=concerned, **about)
    return True


def _days_left(agreement):
    """Begun ones count, so that there is a day left until the end."""
    return -((timezone.now() - agreement.expires_at) // timedelta(days=1))


def _lock(agreement):
    locked = Agreement.objects.select_for_update(of=("self",), no_key=True).select_related("district")
    return locked.get(pk=agreement.pk)


def _lock_current(**which):
    held = Designation.objects.current().filter(**which).order_by("pk").select_for_update(of=("self",))
    return list(held.select_related("user", "district", "school", "reverts_to", "agreement__district"))


def _refuse_over(agreement):
    if agreement.is_over(timezone.now()):
        raise ActionRefused(f"The agreement with {agreement.organization} is over already. Nothing was changed.")


def _day(day):
    return date_format(day, "DATE_FORMAT")


def _tell(message, agreement, *, to, by=None, link=None, **context):
    message_center.send(
        f"contacts/messages/agreement_{message}.txt",
        to=to,
        kind=Kind.CONTACTS,
        about=agreement.get_absolute_url(),
        subject=f"Agreement with {agreement.organization}",
        link=link,
        district=agreement.district,
        agreement=agreement,
        by=by,
        **context,
    )
