"""What the role that the portal works as may not do to the database, whatever code says it."""

from uuid import uuid4

import psycopg
import pytest
from django.db import DatabaseError, ProgrammingError, connection, transaction
from psycopg.errors import CheckViolation, InsufficientPrivilege

from cases.models import (
    CalendarFeed,
    Call,
    CaseLink,
    Draft,
    NoticeCase,
    NoticeDismissal,
    Presence,
    Qualification,
    TimelineEntry,
    UpdateRecipient,
)
from contacts import audit, scope
from contacts.models import CoverageGap, Gap, Role
from portal import roles, walls
from tests.factories import (
    AgentFactory,
    AgreementFactory,
    ApprovalDelegationFactory,
    CallerCodeFactory,
    CaseFactory,
    ContactRequestFactory,
    CredentialRecordFactory,
    CredentialRequestFactory,
    DistrictHolidayFactory,
    MessageDeliveryFactory,
    MessageFactory,
    NominationFactory,
    NoticeFactory,
    NoticeReportFactory,
    ProductAreaFactory,
    RequestGrantFactory,
    RequestVersionFactory,
    RequirementFactory,
    SchoolFactory,
    StaffQuestionFactory,
    TrainingCompletionFactory,
    TypeRuleFactory,
    UpdateRequestFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

PROTECTED = {table: rule for table, rule in walls.TABLES.items() if isinstance(rule, walls.Rows)}
# For good: people, roles, what was said, and what was done.
KEPT = [table for table, rule in walls.TABLES.items() if "DELETE" not in rule.grant]
UNCHANGED = [table for table, rule in walls.TABLES.items() if "UPDATE" not in rule.grant]
NOT_ADDED_TO = [table for table, rule in walls.TABLES.items() if "INSERT" not in rule.grant]
EVENT = "action, actor_key, actor_label, object_type, object_key, object_label, district_key, detail"
AN_EVENT = (
    f"INSERT INTO contacts_auditevent ({EVENT}{{column}}) VALUES ('x', '', 'x', 'x', '1', 'x', '', '{{{{}}}}'{{value}})"
)

OF_EVERY_TABLE = [
    "TRUNCATE {table}",
    "ALTER TABLE {table} DISABLE TRIGGER ALL",
    "ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",
    "ALTER TABLE {table} ADD COLUMN mine text",
    "CREATE POLICY everything ON {table} USING (true)",
    "CREATE TRIGGER mine BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "DROP TABLE {table}",
]
NEVER = [
    f"SET ROLE {roles.OWNER}",
    "SET ROLE postgres",
    f"SET SESSION AUTHORIZATION {roles.OWNER}",
    f"ALTER ROLE {roles.WEB} BYPASSRLS",
    f"ALTER ROLE {roles.WEB} SUPERUSER",
    f"GRANT {roles.OWNER} TO {roles.WEB}",
    f"GRANT pg_read_all_data TO {roles.WEB}",
    "CREATE ROLE mine LOGIN",
    "SET session_replication_role = replica",
    "CREATE TABLE mine (id int)",
    "CREATE TEMPORARY TABLE mine (id int)",
    "CREATE SCHEMA mine",
    "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    "CREATE EXTENSION dblink",
    "DROP FUNCTION refuse() CASCADE",
    "DROP SCHEMA public CASCADE",
    "COPY (SELECT 1) TO PROGRAM 'true'",
    "COPY cases_productarea FROM PROGRAM 'true'",
    "COPY (SELECT 1) TO '/tmp/mine'",
    "COPY cases_productarea FROM '/etc/passwd'",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT lo_import('/etc/passwd')",
    "SELECT rolpassword FROM pg_authid",
    "SELECT pg_reload_conf()",
    AN_EVENT.format(column=", hash", value=", 'chosen'"),
    AN_EVENT.format(column=", previous_hash", value=", 'chosen'"),
    AN_EVENT.format(column=", position", value=", 1"),
    AN_EVENT.format(column=", happened_at", value=", '2001-01-01'"),
    AN_EVENT.format(column=", id", value=", 1"),
]


def execute(statement, params=None):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchall() if cursor.description else cursor.rowcount


def is_refused(statement, params=None):
    """For want of a right, and not because the statement makes no sense."""
    with pytest.raises(ProgrammingError) as refusal:
        execute(statement, params)
    assert isinstance(refusal.value.__cause__, InsufficientPrivilege), refusal.value


def policies():
    return execute("SELECT tablename, policyname FROM pg_policies")


def test_it_is_the_role_of_the_portal_that_these_tests_connect_as():
    able = "rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication"
    assert execute(f"SELECT rolname, {able} FROM pg_roles WHERE rolname = session_user") == [(roles.WEB, False)]
    assert execute("SELECT count(*) FROM pg_auth_members WHERE member = session_user::regrole") == [(0,)]


@pytest.mark.parametrize("statement", OF_EVERY_TABLE)
@pytest.mark.parametrize("table", walls.TABLES)
def test_no_table_is_emptied_altered_or_freed_of_its_walls(table, statement):
    is_refused(statement.format(table=table))


@pytest.mark.parametrize("statement", NEVER)
def test_nothing_is_made_or_taken_that_leads_past_the_walls(statement):
    is_refused(statement)


def test_the_server_keeps_its_settings():
    """Not in a transaction, where PostgreSQL takes this from nobody."""
    params = connection.get_connection_params() | {"cursor_factory": None}
    with psycopg.connect(**params, autocommit=True) as other, pytest.raises(InsufficientPrivilege):
        other.execute("ALTER SYSTEM SET row_security = off")


def test_no_policy_is_dropped_or_opened():
    for table, policy in policies():
        is_refused(f"DROP POLICY {policy} ON {table}")
        is_refused(f"ALTER POLICY {policy} ON {table} USING (true)")


def test_the_settings_of_the_server_do_not_turn_the_policies_off():
    """PostgreSQL then refuses what the policies would have kept back."""
    execute("SET LOCAL row_security = off")
    is_refused("SELECT count(*) FROM cases_case")


@pytest.mark.parametrize("table", KEPT)
def test_what_is_kept_for_good_is_not_deleted(table):
    is_refused(f"DELETE FROM {table}")


@pytest.mark.parametrize("table", UNCHANGED)
def test_what_stands_still_is_not_changed(table):
    """Each column, since a right may be for one of them."""
    for (column,) in execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped", [table]
    ):
        is_refused(f"UPDATE {table} SET {column} = DEFAULT")


@pytest.mark.parametrize("table", NOT_ADDED_TO)
def test_what_is_read_only_is_not_added_to(table):
    is_refused(f"INSERT INTO {table} DEFAULT VALUES")


def test_history_and_people_are_among_what_is_kept_and_what_stands_still():
    assert {
        "contacts_user",
        "contacts_agreement",
        "contacts_designation",
        "contacts_callercode",
        "contacts_message",
        "contacts_staffquestion",
        "contacts_trainingcompletion",
        "contacts_nomination",
        "contacts_contactrequest",
        "contacts_auditevent",
        "contacts_auditchain",
        "cases_case",
        "cases_timelineentry",
        "cases_updaterequest",
        "cases_updatestep",
        "cases_updaterecipient",
        "cases_notice",
        "cases_noticeupdate",
        "cases_noticereport",
        "credentials_credentialrecord",
        "credentials_credentialrequest",
        "credentials_course",
    } <= set(KEPT)
    assert {"contacts_auditevent", "contacts_auditchain", "cases_timelineentry", "cases_updatestep"} <= set(UNCHANGED)


@pytest.mark.parametrize("privilege", ["SELECT", "INSERT", "UPDATE", "DELETE"])
def test_a_table_that_the_portal_does_not_use_is_out_of_reach(privilege):
    """Django makes more of them than the portal needs."""
    reachable = f"""
        SELECT relname FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f')
          AND (has_table_privilege(oid, '{privilege}')
               {f"OR has_any_column_privilege(oid, '{privilege}')" if privilege != "DELETE" else ""})
    """
    granted = {table for table, rule in walls.TABLES.items() if privilege in rule.grant}
    assert {name for (name,) in execute(reachable)} == granted


@pytest.fixture
def rows():
    """One at least in every protected table."""
    school = SchoolFactory()
    teacher = UserFactory(school=school, district=school.district)
    contact = UserFactory(district=school.district, roles=[Role.SUPPORT_CONTACT])
    AgreementFactory(district=school.district)
    case = CaseFactory(contact=contact)
    TimelineEntry.objects.create(
        case=case, district=case.district, action="replied", by=contact, status=case.status, text="Any news?"
    )
    CaseLink.objects.create(district=case.district, first=case, second=CaseFactory(contact=contact))
    said = {"case": case, "district": case.district}
    Draft.objects.create(**said, person=contact, mode="reply", text="Any news?", form_key=uuid4())
    Qualification.objects.create(**said, happened="It is empty.")
    Presence.objects.create(**said, agent=AgentFactory())
    Call.objects.create(district=case.district, case=case, colleague="Kim Lee", host=contact)
    update = UpdateRequestFactory(site__district=school.district)
    UpdateRecipient.objects.create(district=school.district, request=update, person=teacher)
    CalendarFeed.objects.create(district=school.district, person=contact, digest="x")
    notice = NoticeFactory(districts=[school.district])
    notice.product_areas.add(ProductAreaFactory())
    NoticeReportFactory(notice=notice, reported_by=contact)
    about = {"notice": notice, "district": school.district}
    NoticeCase.objects.create(**about, case=case, tied_by=notice.posted_by)
    NoticeDismissal.objects.create(**about, person=teacher, number=1)
    DistrictHolidayFactory(district=school.district, first_on="2030-01-02")
    CoverageGap.objects.create(district=school.district, kind=Gap.NO_CONTACT)
    MessageFactory(recipient=teacher)
    MessageDeliveryFactory(person=teacher)
    StaffQuestionFactory(asker=teacher)
    TrainingCompletionFactory(person=teacher)
    CallerCodeFactory(person=contact)
    NominationFactory(nominee=teacher)
    ContactRequestFactory(person=teacher)
    CredentialRecordFactory(holder=teacher)
    RequestVersionFactory(request=CredentialRequestFactory(requester=teacher))
    CredentialRequestFactory(requester=teacher)
    RequirementFactory(course__district=school.district)
    ApprovalDelegationFactory(approver=UserFactory(district=school.district))
    RequestGrantFactory(granted_by=teacher)
    TypeRuleFactory(changed_by=teacher)
    audit.record("person.invite", by=None, on=teacher)


def columns(table, privilege):
    found = execute(
        """
        SELECT attname FROM pg_attribute
        WHERE attrelid = %(table)s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
          AND has_column_privilege(attrelid, attnum, %(privilege)s)
        """,
        {"table": table, "privilege": privilege},
    )
    return ", ".join(name for (name,) in found)


@pytest.mark.usefixtures("rows")
@pytest.mark.parametrize("table", PROTECTED)
def test_without_a_scope_there_are_no_rows_and_no_writes(table):
    (row,) = execute(f"SELECT to_jsonb(row)::text FROM {table} row LIMIT 1")[0]
    added, changed = columns(table, "INSERT"), columns(table, "UPDATE").partition(",")[0]
    with scope.using(scope.NONE):
        assert execute(f"SELECT count(*) FROM {table}") == [(0,)]
        with pytest.raises(DatabaseError) as refusal:
            execute(
                f"INSERT INTO {table} ({added}) SELECT {added} FROM jsonb_populate_record(NULL::{table}, %s)", [row]
            )
        # Where a rule asks first, it finds nobody.
        assert isinstance(refusal.value.__cause__, InsufficientPrivilege | CheckViolation), refusal.value
        if changed:
            assert execute(f"UPDATE {table} SET {changed} = {changed}") == 0
        if "DELETE" in PROTECTED[table].grant:
            assert execute(f"DELETE FROM {table}") == 0
