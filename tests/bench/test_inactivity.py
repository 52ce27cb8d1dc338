"""What a sweep for inactive contacts costs when a hundredth of them is due, beside the bare UPDATE, and the forecast.

Prints medians in milliseconds and asserts nothing about them. Everything is rolled back, so each round finds the same.
A million contacts take some minutes to load: ``make bench ARGS="--contacts 1000000"``.
"""

import time
from collections import defaultdict
from statistics import median

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Value
from django.utils import timezone

from contacts import actions, reports, scope
from contacts.models import Designation, Role
from portal.management.commands.migrate import as_owner
from tests.factories import AgentFactory

pytestmark = [pytest.mark.bench, pytest.mark.django_db(transaction=True)]
LEADS = 5
# Two support contacts, a technical contact and an administrator in each district.
LOAD = [
    """
    INSERT INTO contacts_district (name, slug, identifier, time_zone, help_phone, help_email, help_text,
        hosted_by_vendor, in_state_edition, staff_may_request_changes, state)
    SELECT 'District ' || n, 'bench-' || n, '', 'America/Chicago', '', '', '', false, false, true, ''
    FROM generate_series(1, %(districts)s) n
    """,
    """
    INSERT INTO contacts_user (password, email, first_name, last_name, district_id, title, phone, staff_identifier,
        time_zone, is_active, is_staff, date_joined)
    SELECT '', 'p' || district.id || '.' || n || '@example.org', 'Sam', 'Person ' || n, district.id, '', '', '', '',
        true, false, now()
    FROM contacts_district AS district, generate_series(1, 4) n
    """,
    """
    INSERT INTO contacts_designation (user_id, district_id, role, started_at, end_reason, inactive_since)
    SELECT id, district_id,
        (ARRAY['support_contact', 'support_contact', 'technical_contact', 'district_administrator'])[place],
        '2000-01-01', '',
        now() - CASE WHEN id %% 100 = 0 THEN 181 ELSE id %% 149 END * interval '1 day'
    FROM (
        SELECT id, district_id, row_number() OVER (PARTITION BY district_id ORDER BY id) AS place
        FROM contacts_user WHERE district_id IS NOT NULL
    ) AS person
    """,
    # Each district has a past. The triggers would chain it one by one.
    "ALTER TABLE contacts_auditevent DISABLE TRIGGER USER",
    """
    INSERT INTO contacts_auditevent
        (action, actor_key, actor_label, object_type, object_key, object_label, district_key, detail, position)
    SELECT 'district.add', '', 'The portal', 'contacts.District', id, name, id, '{}', 1 FROM contacts_district
    """,
    "INSERT INTO contacts_auditchain (key, position, hash) SELECT id, 1, '' FROM contacts_district",
    "ALTER TABLE contacts_auditevent ENABLE TRIGGER USER",
]
BARE = """
UPDATE contacts_designation SET flagged_at = %s
WHERE ended_at IS NULL AND flagged_at IS NULL AND role IN ('support_contact', 'technical_contact')
    AND inactive_since <= %s
"""


def maintain(statement):
    """Without a scope, so that the statement is no transaction: VACUUM refuses that."""
    with as_owner(), scope.using(scope.NONE), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture
def contacts(request):
    """A lead, who sees them all."""
    count, started = request.config.getoption("contacts"), time.perf_counter()
    lead, *_ = AgentFactory.create_batch(LEADS, roles=[Role.SUPPORT_LEAD])
    with as_owner(), connection.cursor() as cursor:
        for statement in LOAD:
            cursor.execute(statement, {"districts": count // 3})
            # What the foreign keys defer would stand in the way of ALTER TABLE.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    maintain("VACUUM ANALYZE")
    print(f"\n{count:,} contacts in {count // 3:,} districts, loaded in {time.perf_counter() - started:.0f} s")
    return lead


def rolled_back(run):
    """What one run takes, in milliseconds, on tables without what the run before it left."""
    with transaction.atomic():
        start = time.perf_counter()
        run()
        taken = (time.perf_counter() - start) * 1000
        transaction.set_rollback(True)
    maintain("VACUUM contacts_designation, contacts_message, contacts_auditevent, contacts_auditchain")
    return taken


def bare_update():
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(BARE, [now, now - settings.CONTACT_INACTIVE_AFTER])
        assert cursor.rowcount


def flag():
    now = timezone.now()
    assert Designation.objects.due_to_be_flagged(now).update_free(flagged_at=Value(now))


def sweep(spent):
    def clocked(execute, statement, *rest):
        start = time.perf_counter()
        try:
            return execute(statement, *rest)
        finally:
            spent[" ".join(statement.split())[:70]].append((time.perf_counter() - start) * 1000)

    with connection.execute_wrapper(clocked):
        actions.flag_inactive()


def test_the_sweep(contacts, request):
    rounds, spent = request.config.getoption("sweeps"), defaultdict(list)
    runs = {"bare UPDATE": bare_update, "flag step": flag, "whole sweep": lambda: sweep(spent)}
    runs["forecast of a lead"] = lambda: reports.inactivity_forecast(contacts, timezone.now())
    # In turns, so that what else the machine does falls on all of them.
    taken = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            taken[name].append(rolled_back(run))
    bare = median(taken["bare UPDATE"])
    print(f"{'':72}{'ms':>9}{'x bare':>8}")
    for name, each in taken.items():
        print(f"{name:72}{median(each):9.1f}{median(each) / bare:8.2f}")
    print("of the whole sweep, by statement:")
    for name, each in spent.items():
        print(f"{name:72}{sum(each) / rounds:9.1f}{sum(each) / rounds / bare:8.2f}")
