from django.db import connection, transaction
from django.utils import timezone

from contacts import audit
from credentials.edfi.credentials import load_credentials
from credentials.edfi.interchange import ParsedInterchange
from credentials.edfi.organizations import load_organizations
from credentials.edfi.staff import load_staff
from credentials.edfi.summary import Summary

# The number is arbitrary. Every import asks for the same lock, so that two imports never create the same rows.
ADVISORY_LOCK = 5_200_000


def load(paths, *, on_read=lambda size: None, today=None):
    """Import the files, in any order, in one transaction. ``on_read`` is called with the size of each chunk read.

    Raises InterchangeError if a file cannot be read. An element with errors is left out and listed in the summary.
    """
    interchange, summary = ParsedInterchange(), Summary()
    interchange.parse(paths, on_read)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ADVISORY_LOCK])
        organizations = load_organizations(interchange, summary)
        staff = load_staff(interchange, organizations, summary, today or timezone.localdate())
        load_credentials(interchange, staff, summary)
        if summary.changed:
            counts = {kind: dict(outcomes) for kind, outcomes in summary.counts.items()}
            for district in {district for district, _ in organizations.values()}:
                audit.record("district.import_edfi", by=None, on=district, counts=counts)
    return summary
