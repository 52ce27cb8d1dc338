"""The 180-day rule: what restarts the count, and the sweep that flags inactive contacts."""

from collections import defaultdict
from itertools import chain

from django.conf import settings
from django.db.models.functions import Greatest
from django.urls import reverse
from django.utils import timezone

from contacts import audit, message_center
from contacts.actions._common import action
from contacts.actions.recipients import others_concerned, support_leads
from contacts.models import AUTHORIZED_CONTACTS, Designation, Role


@action
def note_sign_in(user):
    note_activity(user)
    audit.record("person.sign_in", by=user, on=user)


@action
def note_activity(user):
    """Restart the 180 days of a person's contact designations and lift their flags, in the caller's transaction."""
    held = Designation.objects.authorized_contacts().filter(user=user).order_by("pk")
    locked = list(held.select_for_update(of=("self",)).select_related("user", "district"))
    if locked:
        # A clock may be behind the one that wrote started_at.
        held.order_by().update(inactive_since=Greatest("started_at", timezone.now()), flagged_at=None)
    for designation in locked:
        if designation.flagged_at:
            _tell_lifted(designation)


def _tell_lifted(designation):
    audit.record("contact.flag_lifted", by=designation.user, on=designation, flagged_at=designation.flagged_at)
    message_center.send(
        "contacts/messages/flag_lifted.txt",
        to={*others_concerned(designation), *support_leads()},
        link=reverse("contacts:directory"),
        district=designation.district,
        designation=designation,
    )


@action
def flag_inactive():
    """Flag every contact without activity for settings.CONTACT_INACTIVE_AFTER, and return how many there were.

    Two statements flag; the messages and events of all of them follow in a fixed number of queries.
    """
    now = timezone.now()
    flagged = _flag(now)
    if flagged:
        people = _people_of({designation.district_id for designation in flagged})
        audit.record_all(audit.event("contact.flag", by=None, on=contact) for contact in flagged)
        message_center.send_all(_flag_messages(flagged, people))
    return len(flagged)


def _flag(now):
    """Flag those who are due. A locked row is skipped: its person is signing in or acting right now, or another sweep
    has it. The next sweep looks again, so no sweep ever waits.
    """
    due = Designation.objects.due_to_be_flagged(now - settings.CONTACT_INACTIVE_AFTER)
    flagged = list(due.select_for_update(skip_locked=True, of=("self",)).select_related("user", "district"))
    Designation.objects.filter(pk__in=[designation.pk for designation in flagged]).update(flagged_at=now)
    return flagged


def _people_of(districts):
    """The current contacts and administrators of the districts, by district."""
    concerned = [*AUTHORIZED_CONTACTS, Role.DISTRICT_ADMINISTRATOR]
    designations = Designation.objects.current().active().filter(district__in=districts, role__in=concerned)
    people = defaultdict(set)
    for designation in designations.select_related("user"):
        people[designation.district_id].add(designation.user)
    return people


def _flag_messages(flagged, people):
    by_district = defaultdict(list)
    for designation in flagged:
        by_district[designation.district].append(designation)
    days = settings.CONTACT_INACTIVE_AFTER.days
    return chain(
        chain.from_iterable(_to_the_contact(designation, days) for designation in flagged),
        chain.from_iterable(_to_the_district(*item, people, days) for item in by_district.items()),
        _to_support(flagged, days),
    )


def _to_the_contact(designation, days):
    return message_center.compose(
        "contacts/messages/flagged.txt",
        to=[designation.user],
        link=reverse("contacts:directory"),
        district=designation.district,
        designation=designation,
        days=days,
    )


def _to_the_district(district, flagged, people, days):
    """To the contacts and administrators, except someone who would only read about themselves."""
    about = {designation.user for designation in flagged}
    return message_center.compose(
        "contacts/messages/flagged_in_district.txt",
        to=people[district.pk] - about if len(about) == 1 else people[district.pk],
        link=reverse("contacts:directory"),
        district=district,
        flagged=flagged,
        days=days,
    )


def _to_support(flagged, days):
    return message_center.compose(
        "contacts/messages/flagged_for_support.txt",
        to=support_leads(),
        link=reverse("contacts:inactive"),
        flagged=flagged,
        days=days,
    )
