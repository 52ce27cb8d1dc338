"""What the portal notes about the coverage of districts, and whom it tells before a gap."""

from zoneinfo import ZoneInfo

from django.db import connection
from django.urls import reverse
from django.utils import timezone

from contacts import audit, message_center
from contacts.actions._common import action
from contacts.actions.recipients import others_concerned, support_leads
from contacts.actions.subjects import of_person
from contacts.actions.sweeping import lock_if_free, sweep
from contacts.models import Designation, District, Gap, with_coverage

# The severity of a district is the sum of the weights of its gaps.
RECORD_GAPS = """
WITH found AS ({query}), gap AS (
    SELECT found.id AS district_id, gap.kind
    FROM found JOIN unnest(%s::text[], %s::int[]) AS gap(kind, weight) ON found.severity & gap.weight > 0
), closed AS (
    UPDATE contacts_coveragegap AS stored SET ended_at = greatest(stored.began_at, %s)
    WHERE stored.ended_at IS NULL
    AND NOT EXISTS (SELECT FROM gap WHERE (gap.district_id, gap.kind) = (stored.district_id, stored.kind))
)
INSERT INTO contacts_coveragegap (district_id, kind, began_at)
SELECT district_id, kind, %s FROM gap WHERE NOT EXISTS (
    SELECT FROM contacts_coveragegap AS stored
    WHERE stored.ended_at IS NULL AND (gap.district_id, gap.kind) = (stored.district_id, stored.kind)
)
ON CONFLICT DO NOTHING
"""


@action
def record_gaps():
    """Open and close the gaps of every district, in one statement."""
    now = timezone.now()
    query, params = with_coverage(District.objects.all(), now).values("id", "severity").query.sql_with_params()
    kinds = list(Gap)
    with connection.cursor() as cursor:
        weights = [kind.weight for kind in kinds]
        cursor.execute(RECORD_GAPS.format(query=query), [*params, [str(kind) for kind in kinds], weights, now, now])


def alert_of_gaps():
    """Tell districts before a contact whom they need is lost, once each; returns how often."""
    return sweep(Designation.objects.due_to_be_alerted(timezone.now()), _alert)


@action
def _alert(designation):
    due = Designation.objects.due_to_be_alerted(timezone.now()).select_related("user", "district")
    if not (designation := lock_if_free(due, designation)):
        return False
    designation.alerted_of = designation.next_date
    designation.save(update_fields=["alerted_of"])
    audit.record("contact.alert_of_gap", by=None, on=designation, next_date=designation.next_date.isoformat())
    message_center.send(
        "contacts/messages/gap_ahead.txt",
        to=others_concerned(designation) or support_leads(),
        **of_person(designation.user),
        link=reverse("contacts:directory"),
        district=designation.district,
        designation=designation,
        role=designation.get_role_display().lower(),
        day=designation.next_date.astimezone(ZoneInfo(designation.district.time_zone)).date(),
        ends=designation.next_date == designation.ends_at,
    )
    return True
