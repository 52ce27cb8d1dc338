"""The 180-day rule: what restarts the count, and the sweep that flags those for whom it ran out."""

from collections import defaultdict
from itertools import chain

from django.conf import settings
from django.db import connection, transaction
from django.db.models.functions import Greatest
from django.urls import reverse
from django.utils import timezone

from contacts import audit, message_center
from contacts.actions.audience import other_contacts, support_leads
from contacts.models import AUTHORIZED_CONTACTS, Designation, Role, User

# Rows that are locked belong to someone who signs in, acts or decides at this moment: they are left to the next sweep,
# so that sweeps never wait, neither for people nor for each other. The conditions are those of the partial index
# contacts_not_yet_flagged.
FLAG = """
WITH due AS (
    SELECT id FROM contacts_designation
    WHERE ended_at IS NULL AND flagged_at IS NULL AND role IN ('support_contact', 'technical_contact')
    AND inactive_since <= %(inactive_since)s
    FOR UPDATE SKIP LOCKED
)
UPDATE contacts_designation SET flagged_at = %(now)s FROM due WHERE contacts_designation.id = due.id
RETURNING contacts_designation.id
"""


@transaction.atomic
def note_sign_in(user):
    note_activity(user)
    audit.record("person.sign_in", by=user, on=user)


@transaction.atomic
def note_activity(user):
    """Restart the 180 days of a person's contact designations and lift their flags, in the caller's transaction."""
    held = Designation.objects.authorized_contacts().filter(user=user)
    locked = list(held.select_for_update(of=("self",)).select_related("user", "district"))
    if locked:
        # A clock may be behind the one that wrote started_at.
        held.update(inactive_since=Greatest("started_at", timezone.now()), flagged_at=None)
    for designation in locked:
        if designation.flagged_at:
            _tell_lifted(designation)


def _tell_lifted(designation):
    audit.record("contact.flag_lifted", by=designation.user, on=designation, flagged_at=designation.flagged_at)
    message_center.send(
        "contacts/messages/flag_lifted.txt",
        to=other_contacts(designation) | support_leads(),
        link=reverse("contacts:directory"),
        district=designation.district,
        designation=designation,
    )


@transaction.atomic
def flag_inactive():
    """Flag every contact without activity for settings.CONTACT_INACTIVE_AFTER, and give how many there were.

    One statement flags; the messages and events of all of them follow in a fixed number of queries.
    """
    now = timezone.now()
    flagged = _flag(now)
    if flagged:
        people = _people_of({designation.district_id for designation in flagged})
        audit.record_all(audit.event("contact.flag", by=None, on=contact) for contact in flagged)
        message_center.send_all(_flag_messages(flagged, people))
    return len(flagged)


def _flag(now):
    with connection.cursor() as cursor:
        cursor.execute(FLAG, {"now": now, "inactive_since": now - settings.CONTACT_INACTIVE_AFTER})
        keys = [key for (key,) in cursor]
    return list(Designation.objects.filter(pk__in=keys).select_related("user", "district")) if keys else []


def _people_of(districts):
    """The current contacts and administrators of the districts, by district."""
    concerned = [*AUTHORIZED_CONTACTS, Role.DISTRICT_ADMINISTRATOR]
    designations = Designation.objects.current().able_to_sign_in().filter(district__in=districts, role__in=concerned)
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
    """To the contacts and administrators, but not to the one whom the message would only be about."""
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
        to=list(User.objects.active().holding(Role.SUPPORT_LEAD)),
        link=reverse("contacts:inactive"),
        flagged=flagged,
        days=days,
    )
