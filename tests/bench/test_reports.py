"""What the reports cost beside many cases of 500 districts: each table's queries, for a district and for Support.

Prints milliseconds, and with ``--explain`` the plans; asserts nothing about them.
"""

import time
from statistics import median

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases.reports import AROUND, Asked, last_days, tables
from contacts import scope
from contacts.models import User
from portal.management.commands.migrate import as_owner
from tests.bench.test_cases import world  # noqa: F401 - the fixture

pytestmark = [pytest.mark.bench, pytest.mark.django_db(transaction=True)]
ROUNDS = 3
# A first answer two hours after each case, a second a day later; nine tenths are closed after three days.
ANSWER = """
INSERT INTO cases_timelineentry (case_id, district_id, action, by_id, text, status, is_internal, created_at)
SELECT number, district_id, action, %s, 'Words.', 'assigned', false, created_at + after
FROM cases_case, (VALUES ('taken', interval '1 hour'), ('replied', interval '2 hours'), ('asked', interval '1 day'),
    ('resolved', interval '2 days'), ('closed', interval '3 days')) AS entry (action, after)
WHERE action <> 'closed' OR number %% 10 <> 0
ORDER BY created_at + after
"""
CLOSE = """
UPDATE cases_case SET status = 'closed', closed_at = created_at + interval '3 days', assignee_id = %s,
    settled_as = CASE WHEN number %% 3 = 0 THEN 'how_to' ELSE 'data' END
WHERE number %% 10 <> 0
"""


@pytest.fixture
def answered(world):  # noqa: F811
    contact, agent = world
    with as_owner(), scope.using(scope.NONE), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE cases_case DISABLE TRIGGER USER")
        cursor.execute(CLOSE, [agent.pk])
        cursor.execute("ALTER TABLE cases_case ENABLE TRIGGER USER")
        cursor.execute(ANSWER, [agent.pk])
        cursor.execute("VACUUM ANALYZE")
    return contact, agent


def test_the_tables_of_the_reports(answered, request):
    contact, agent = answered
    now, zone = timezone.now(), User.objects.get(pk=contact.pk).zone
    today = now.astimezone(zone).date()
    for who, reach in (
        (contact, scope.Scope("district", contact.district_id, contact.pk)),
        (agent, scope.Scope("support")),
    ):
        for period in (last_days(30, today, zone), AROUND["year"](today, zone)):
            print(f"\n{'a contact' if who.district_id else 'Support'}, {period}")
            for offered in tables.TABLES.values():
                for slug, make in offered.items():
                    with scope.using(reach):
                        report(slug, make, Asked(who.district, period, now, trained_on=period.first), request)


def report(slug, make, asked, request):
    taken = []
    for _ in range(ROUNDS):
        # Each time anew, as a page does.
        fresh = Asked(asked.district, asked.period, asked.at, asked.trained_on)
        start = time.perf_counter()
        rows, _ = make(fresh).shown()
        taken.append((time.perf_counter() - start) * 1000)
    print(f"{slug:22}{median(taken):9.1f} ms{len(rows):6} rows")
    if request.config.getoption("explain"):
        with CaptureQueriesContext(connection) as captured:
            make(asked).shown()
        for query in captured.captured_queries:
            with connection.cursor() as cursor:
                if query["sql"].lstrip().startswith(("SELECT", "WITH")):
                    cursor.execute("EXPLAIN (ANALYZE, BUFFERS) " + query["sql"])
                    print("\n".join(f"    {line[0][:200]}" for line in cursor.fetchall()))
