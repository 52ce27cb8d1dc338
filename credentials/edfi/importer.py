from django.db import connection, transaction
from django.utils import timezone

from contacts import audit, scope
from credentials.edfi.courses import load_courses
from credentials.edfi.credentials import load_credentials
from credentials.edfi.district import load_district
from credentials.edfi.interchange import ParsedInterchange
from credentials.edfi.leavers import end_roles_of_leavers
from credentials.edfi.moves import bring_over
from credentials.edfi.organizations import load_schools
from credentials.edfi.staff import load_staff
from credentials.edfi.summary import Summary

# The number is arbitrary. Every import asks for the same lock, so that two imports never create the same rows.
ADVISORY_LOCK = 5_200_000


def load(paths, *, district="", moved=(), on_read=lambda size: None, today=None):
    """Import the files, in any order, into the one district that they describe, in one transaction.

    ``district`` is its state identifier, needed once it has people. ``moved`` has the e-mail addresses of people who
    move there from another district. ``on_read`` is called with the size of each chunk read.

    Raises InterchangeError if a file cannot be read, or if it is not clear which district it is for. An element with
    errors, or of another district, is left out and listed in the summary.
    """
    interchange, summary = ParsedInterchange(), Summary()
    interchange.parse(paths, on_read)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ADVISORY_LOCK])
        # Which district it is, and who moves there, are all that an import looks up beyond the district.
        district = load_district(interchange, district, summary)
        elsewhere = bring_over(interchange, district, {address.lower() for address in moved}, summary)
        with scope.of_district(district):
            _load_into(district, interchange, elsewhere, summary, today or timezone.localdate())
    return summary


def _load_into(district, interchange, elsewhere, summary, today):
    """The rest of the import, which reads and writes rows of this district only."""
    workplaces = load_schools(interchange, district, summary)
    load_courses(interchange, district, workplaces, summary)
    staff = load_staff(interchange, district, workplaces, elsewhere, summary, today)
    load_credentials(interchange, district, staff, summary)
    end_roles_of_leavers(interchange, staff, summary, today)
    if summary.changed:
        counts = {kind: dict(outcomes) for kind, outcomes in summary.counts.items()}
        audit.record("district.import_edfi", by=None, on=district, counts=counts)
