from django.db import connection, transaction
from django.utils import timezone

from contacts import audit
from credentials.edfi.credentials import load_credentials
from credentials.edfi.findings import Findings
from credentials.edfi.organizations import load_organizations
from credentials.edfi.staff import load_staff
from credentials.edfi.summary import Summary

# Any number will do, so long as every import asks for the same lock.
ONE_IMPORT_AT_A_TIME = 5_200_000


def load(paths, *, on_read=lambda size: None, today=None):
    """Load the files, in any order, all or nothing. Raises Unreadable. ``on_read`` hears how many bytes were read."""
    findings, summary = Findings(), Summary()
    findings.read(paths, on_read)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_IMPORT_AT_A_TIME])
        organizations = load_organizations(findings, summary)
        staff = load_staff(findings, organizations, summary, today or timezone.localdate())
        load_credentials(findings, staff, summary)
        if summary.changed:
            for district in {district for district, _ in organizations.values()}:
                counts = {kind: dict(outcomes) for kind, outcomes in summary.counts.items()}
                audit.record("district.import_edfi", by=None, on=district, counts=counts)
    return summary
