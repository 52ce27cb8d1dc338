"""Who is told of a notice: the contacts of the districts that it affects, in one statement however many they are."""

from contacts import message_center
from contacts.models import AUTHORIZED_CONTACTS, Kind

# The moments are in the reader's own zone, or the district's.
READERS = """
SELECT DISTINCT person.id AS recipient_id, person.district_id,
    %(kind)s::text AS kind, %(address)s::text AS about, %(subject)s::text AS subject, %(address)s::text AS link,
    to_char(notice.starts_at AT TIME ZONE zone.name, 'Mon FMDD, YYYY, FMHH12:MI AM') AS start,
    to_char(notice.expected_end AT TIME ZONE zone.name, 'Mon FMDD, YYYY, FMHH12:MI AM') AS expected_end
FROM cases_notice AS notice
JOIN contacts_designation AS held ON held.role = ANY(%(roles)s) AND held.ended_at IS NULL
    AND (held.ends_at IS NULL OR held.ends_at > now())
JOIN contacts_user AS person ON person.id = held.user_id AND person.district_id = held.district_id
    AND person.is_active AND person.email IS NOT NULL
JOIN contacts_district AS district ON district.id = held.district_id
CROSS JOIN LATERAL (SELECT coalesce(nullif(person.time_zone, ''), district.time_zone) AS name) AS zone
WHERE notice.id = %(notice)s AND (
    notice.everyone
    OR EXISTS (
        SELECT FROM cases_noticedistrict AS named
        WHERE named.notice_id = notice.id AND named.district_id = held.district_id
    )
    OR EXISTS (
        SELECT FROM cases_noticecase AS tie
        WHERE tie.notice_id = notice.id AND tie.district_id = held.district_id
    )
    OR EXISTS (
        SELECT FROM cases_noticereport AS report
        WHERE report.notice_id = notice.id AND report.district_id = held.district_id
    )
)
"""


def tell_of_posting(notice):
    _tell("notice_posted", notice)


def tell_of_update(notice, text):
    _tell("notice_updated", notice, text=text)


def tell_of_end(notice, text):
    _tell("notice_resolved", notice, text=text)


def tell_of_reminder(notice):
    _tell("notice_tomorrow", notice)


def _tell(message, notice, **context):
    """Every message about a notice goes out here."""
    values = {
        "notice": notice.pk,
        "roles": [role.value for role in AUTHORIZED_CONTACTS],
        "kind": Kind.NOTICE.value,
        "address": notice.get_absolute_url(),
        "subject": f"{notice.get_kind_display()} · {notice.title}",
    }
    message_center.send_rows(
        f"cases/messages/{message}.txt",
        READERS,
        values,
        words=["start", "expected_end"],
        notice=notice,
        **context,
    )
