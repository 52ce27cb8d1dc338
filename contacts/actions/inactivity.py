"""The 180-day rule by the clock: who is warned, who is flagged, and who is deactivated because nobody decided.

Each of the three is one statement, however many contacts it is about, and so is each kind of message about it.
"""

from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.db.models import F, Value
from django.db.models.functions import Greatest
from django.urls import reverse
from django.utils import timezone
from psycopg.types.json import Jsonb

from contacts import audit, message_center
from contacts.actions._common import action
from contacts.actions.recipients import support_leads
from contacts.actions.subjects import settle_flags
from contacts.models import AUTHORIZED_CONTACTS, Designation, InactivityRun, Kind, Role

# The contacts of a step, by the keys of their designations, in the words of the messages.
CONTACTS = """
SELECT held.id, held.user_id, held.user_id AS recipient_id, held.district_id, district.name AS district,
    roles.name AS role, who.name AS person, who.name || ', ' || roles.name AS label, days.remaining,
    %(account)s AS kind, %(profile)s || '?role=' || held.role AS about, 'Your role: ' || roles.name AS subject,
    %(directory)s AS link,
    CASE days.remaining WHEN 1 THEN '1 day' ELSE days.remaining || ' days' END AS days_left,
    to_char(days.until AT TIME ZONE coalesce(nullif(person.time_zone, ''), district.time_zone), 'Mon FMDD, YYYY') AS day
FROM contacts_designation AS held
JOIN contacts_user AS person ON person.id = held.user_id
JOIN contacts_district AS district ON district.id = held.district_id
CROSS JOIN LATERAL (
    SELECT regexp_replace(trim(person.first_name || ' ' || person.last_name), '\\s+', ' ', 'g') AS name
) AS who
CROSS JOIN LATERAL (SELECT %(roles)s::jsonb ->> held.role AS name) AS roles
CROSS JOIN LATERAL (SELECT held.inactive_since + %(inactive_after)s AS until) AS due
CROSS JOIN LATERAL (
    SELECT due.until, ceil(extract(epoch FROM due.until - %(now)s) / 86400)::int AS remaining
) AS days
WHERE held.id = ANY(%(keys)s)
"""
# Their districts' current contacts and administrators, without someone who would only read about themselves.
COLLEAGUES = f"""
WITH contact AS MATERIALIZED ({CONTACTS}), concerned AS (
    SELECT district_id, district, string_agg(label, E'\\n' ORDER BY label, id) AS names,
        CASE count(*) WHEN 1 THEN '1 contact' ELSE count(*) || ' contacts' END AS how_many,
        CASE WHEN count(DISTINCT user_id) = 1 THEN min(user_id) END AS only_person
    FROM contact GROUP BY district_id, district
)
SELECT held.user_id AS recipient_id, concerned.district_id, district, names, how_many,
    %(inactive)s || '?district=' || concerned.district_id AS about, 'Inactive contacts of ' || district AS subject,
    CASE WHEN bool_or(held.role = %(decides)s) THEN %(for_managers)s ELSE %(contacts)s END AS kind,
    CASE WHEN bool_or(held.role = %(decides)s) THEN %(inactive)s ELSE %(directory)s END AS link
FROM concerned
JOIN contacts_designation AS held ON held.district_id = concerned.district_id
    AND held.ended_at IS NULL AND held.role = ANY(%(told)s)
JOIN contacts_user AS person ON person.id = held.user_id AND person.is_active AND person.email IS NOT NULL
WHERE held.user_id IS DISTINCT FROM concerned.only_person
GROUP BY held.user_id, concerned.district_id, district, names, how_many
"""  # noqa: S608 - made of constants
# What a message to Support lists.
MOST_NAMES = 50
FIRST_NAMES = f"""
SELECT label || ', ' || district FROM ({CONTACTS}) AS contact ORDER BY district, label, id LIMIT {MOST_NAMES}
"""  # noqa: S608 - made of constants


def flag_inactive():
    """Warn, flag and deactivate whom the clock says, and return how many were flagged.

    Each step is a transaction of its own, so that none holds the chains of the audit while it waits for another's. A
    run that fails leaves a record without an end, and the next one goes on from there.
    """
    now = timezone.now()
    run = InactivityRun.objects.create(started_at=now)
    run.looked_at = Designation.objects.authorized_contacts().count()
    run.deactivated = _deactivate_undecided(now)
    run.flagged = _flag(now)
    run.warned = _warn(now)
    run.finished_at = max(timezone.now(), run.started_at)
    run.save(update_fields=["looked_at", "deactivated", "flagged", "warned", "finished_at"])
    return run.flagged


@action
def _flag(now):
    """A locked row is left out: its person is signing in or acting right now, or another sweep has it. The next sweep
    looks again, so no sweep ever waits.
    """
    keys = Designation.objects.due_to_be_flagged(now).update_free(flagged_at=Value(now))
    templates = ["flagged", "flagged_in_district", "flagged_for_support"]
    _note_and_tell("contact.flag", templates, keys, now, kind=Kind.TO_DECIDE)
    return len(keys)


@action
def _warn(now):
    due = Designation.objects.due_to_be_warned(now)
    keys = due.update_free(warned_days_before=F("nearest"))
    if keys:
        audit.record_rows("contact.warn", CONTACTS, _values(keys, now), model=Designation)
        _tell_contacts("warned", keys, now)
    return len(keys)


@action
def _deactivate_undecided(now):
    """Those who were flagged settings.DEACTIVATE_FLAGGED_AFTER_DAYS ago, where the portal has that setting.

    An acting technical contact ends on their own day, when the seat goes back.
    """
    days = settings.DEACTIVATE_FLAGGED_AFTER_DAYS
    if days <= 0:
        return 0
    reason = f"Nobody decided within {days} day{'' if days == 1 else 's'} of the flag."
    due = Designation.objects.flagged().filter(flagged_at__lte=now - timedelta(days=days), is_acting=False)
    keys = due.update_free(ended_at=Greatest("started_at", Value(now)), end_reason=Value(reason))
    templates = ["undecided", "undecided_in_district", "undecided_for_support"]
    _note_and_tell("contact.deactivate_undecided", templates, keys, now, kind=Kind.CONTACTS)
    settle_flags(*set(Designation.objects.filter(pk__in=keys).values_list("district", flat=True)))
    return len(keys)


def _note_and_tell(event, templates, keys, now, *, kind):
    """The contacts themselves, their colleagues and Support, each by a template of their own; ``kind`` is what it is
    for who chooses contacts.
    """
    if keys:
        audit.record_rows(event, CONTACTS, _values(keys, now), model=Designation)
        to_contacts, to_colleagues, to_support = templates
        _tell_contacts(to_contacts, keys, now)
        _tell_colleagues(to_colleagues, keys, now, kind)
        _tell_support(to_support, keys, now, kind)


def _tell_contacts(template, keys, now):
    message_center.send_rows(
        f"contacts/messages/{template}.txt",
        CONTACTS,
        _values(keys, now),
        words=["role", "district", "days_left", "day"],
        **_days(),
    )


def _tell_colleagues(template, keys, now, kind):
    message_center.send_rows(
        f"contacts/messages/{template}.txt",
        COLLEAGUES,
        {**_values(keys, now), "for_managers": kind.value, "contacts": Kind.CONTACTS.value},
        words=["district", "names", "how_many"],
        **_days(),
    )


def _tell_support(template, keys, now, kind):
    with connection.cursor() as cursor:
        cursor.execute(FIRST_NAMES, _values(keys, now))
        names = [name for (name,) in cursor]
    message_center.send(
        f"contacts/messages/{template}.txt",
        to=support_leads(),
        kind=kind,
        about=reverse("contacts:inactive"),
        subject="Inactive contacts",
        names=names,
        count=len(keys),
        **_days(),
    )


def _values(keys, now):
    return {
        "keys": keys,
        "now": now,
        "inactive_after": settings.CONTACT_INACTIVE_AFTER,
        "roles": Jsonb({role: role.label.lower() for role in AUTHORIZED_CONTACTS}),
        "told": [role.value for role in (*AUTHORIZED_CONTACTS, Role.DISTRICT_ADMINISTRATOR)],
        "decides": Role.DISTRICT_ADMINISTRATOR.value,
        "account": Kind.ACCOUNT.value,
        "profile": reverse("contacts:profile"),
        "directory": reverse("contacts:directory"),
        "inactive": reverse("contacts:inactive"),
    }


def _days():
    return {"days": settings.CONTACT_INACTIVE_AFTER.days, "decide_within": settings.DEACTIVATE_FLAGGED_AFTER_DAYS}
