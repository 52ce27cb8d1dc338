"""What PostgreSQL itself knows of the walls: each table has a decision, and the portal's role no more than it needs."""

import re

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction

from cases.models import Notice
from contacts import audit, scope
from contacts.constraints import PersonOfDistrictOrSupport, SameDistrict
from contacts.models import AuditEvent, District, User
from portal import roles, walls
from portal.management.commands.migrate import as_owner
from tests.isolation.world import THEIRS, world

pytestmark = pytest.mark.django_db

ROWS = {table: rule for table, rule in walls.TABLES.items() if isinstance(rule, walls.Rows)}
WITHOUT_A_DISTRICT_ID = {
    "contacts_district": "It is the district: its id.",
    "contacts_auditevent": "It refers to nothing, so that it outlives everything; district_key says whose it is.",
    "cases_notice": "It is for several districts, or for all.",
    "cases_noticeupdate": "It is for the districts of its notice.",
    "cases_noticearea": "It is for the districts of its notice.",
}
DISTRICT_MAY_BE_EMPTY = {
    "cases_calendarfeed": "The calendars of Support are of no district.",
    "cases_noticedismissal": "The people of Support dismiss notices too.",
    "contacts_user": "The people of Support, and Django admins, belong to no district.",
    "contacts_designation": "A role at Support is for no district.",
    "contacts_messagedelivery": "The people of Support choose how they are told, too.",
    "contacts_message": "Some messages to Support are about no district.",
}
RIGHTS = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")


def rows_of(statement, *arguments):
    with connection.cursor() as cursor:
        cursor.execute(statement, arguments)
        return cursor.fetchall()


def tables():
    found = rows_of("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    return {table for (table,) in found}


def undecided():
    """A sentence for each table without a decision, and each decision without a table."""
    for table in sorted(tables() - walls.TABLES.keys()):
        yield (
            f"{table} has no line in TABLES of portal/walls.py. Rows of districts: give it a district_id and a line "
            "Rows(...). The same for every district: a line Shared(...) with the reason."
        )
    for table in sorted(walls.TABLES.keys() - tables()):
        yield f"{table} has a line in TABLES of portal/walls.py, but there is no such table. Take the line out."


def test_tests_connect_as_the_portal_does():
    assert rows_of("SELECT current_user, session_user") == [(roles.WEB, roles.WEB)]


def test_every_table_has_a_decision():
    assert list(undecided()) == []
    assert all(len(rule.reason) > 10 for rule in walls.TABLES.values() if isinstance(rule, walls.Shared))


@pytest.mark.django_db(transaction=True)
def test_a_new_table_without_a_decision_is_named_with_what_to_do():
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE contacts_newcomer (id bigint)")
    try:
        (sentence,) = undecided()
        assert "contacts_newcomer has no line in TABLES of portal/walls.py" in sentence
        with pytest.raises(DatabaseError, match="permission denied"):
            rows_of("SELECT * FROM contacts_newcomer")
    finally:
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("DROP TABLE contacts_newcomer")


@pytest.mark.parametrize("table", sorted(ROWS.keys() - WITHOUT_A_DISTRICT_ID.keys()))
def test_every_row_of_a_district_says_whose_it_is(table):
    ((is_nullable,),) = rows_of(
        "SELECT is_nullable FROM information_schema.columns WHERE table_name = %s AND column_name = 'district_id'",
        table,
    )
    assert is_nullable == ("YES" if table in DISTRICT_MAY_BE_EMPTY else "NO")


@pytest.mark.parametrize("table", sorted(ROWS))
def test_a_table_of_districts_has_its_policies_and_no_others(table):
    assert rows_of("SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = %s::regclass", table) == [
        (True, True)
    ]
    found = rows_of(
        "SELECT policyname, permissive, roles::text[], cmd, qual, with_check FROM pg_policies WHERE tablename = %s",
        table,
    )
    policies = {name: rest for name, *rest in found}
    assert policies.pop("rows_for_the_owner") == ["PERMISSIVE", [roles.OWNER], "ALL", "true", "true"]
    expected = {name for name, _ in ROWS[table].policies}
    assert policies.keys() == expected
    _, to, command, using, check = policies["rows_of_the_scope"]
    assert (to, command) == (["public"], "ALL")
    assert using == check
    assert set(re.findall(r"'(\w+)'::text", using)) >= set(ROWS[table].across)
    for name in expected - {"rows_of_the_scope"}:
        assert policies[name][2] == "SELECT", "what every scope reads, it may not change"


@pytest.mark.parametrize("table", sorted(walls.TABLES.keys() - ROWS.keys()))
def test_a_table_without_rows_of_districts_has_no_policy(table):
    assert rows_of("SELECT relrowsecurity FROM pg_class WHERE oid = %s::regclass", table) == [(False,)]


def references():
    """(model, field) of each foreign key from a row of a district to another. A notice is of no district."""
    for model in apps.get_models():
        for field in model._meta.local_fields:
            if isinstance(field, models.ForeignKey) and field.related_model is not District:
                tables = {model._meta.db_table, field.related_model._meta.db_table}
                if tables <= ROWS.keys() and field.related_model is not Notice:
                    yield pytest.param(model, field, id=f"{model._meta.db_table}.{field.column}")


@pytest.mark.parametrize(("model", "field"), list(references()))
def test_a_reference_cannot_cross_districts(model, field):
    """By a composite key, which the catalog knows; or, to people who may be of Support, by a trigger."""
    rules = [rule for rule in model._meta.constraints if getattr(rule, "field", None) == field.name]
    keys = [rule.name for rule in rules if isinstance(rule, SameDistrict)]
    triggers = [rule.name for rule in rules if isinstance(rule, PersonOfDistrictOrSupport)]
    found = rows_of(
        "SELECT conname, confupdtype, confdeltype, condeferrable FROM pg_constraint "
        "WHERE contype = 'f' AND conrelid = %s::regclass AND cardinality(conkey) > 1 "
        "AND (SELECT attnum FROM pg_attribute WHERE attrelid = conrelid AND attname = %s) = ANY (conkey) "
        "AND (SELECT attnum FROM pg_attribute WHERE attrelid = conrelid AND attname = 'district_id') = ANY (conkey) "
        "AND conname = ANY (%s)",
        model._meta.db_table,
        field.column,
        keys,
    )
    assert found == [(name, "r", "r", False) for name in keys]
    enabled = rows_of(
        "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname = ANY (%s) AND tgenabled = 'O'",
        model._meta.db_table,
        triggers,
    )
    assert {name for (name,) in enabled} == set(triggers)
    assert keys or triggers, f"{field} may refer to another district: add SameDistrict to {model.__name__}."
    assert keys or field.related_model is User


@pytest.mark.parametrize("table", sorted(walls.TABLES))
def test_the_portals_role_has_no_more_than_the_listed_rights(table):
    # What is granted for some columns is none of the whole table.
    whole = re.sub(r", \w+ \([^)]*\)", "", walls.TABLES[table].grant)
    granted = {
        right for right in RIGHTS if rows_of("SELECT has_table_privilege(%s, %s, %s)", roles.WEB, table, right)[0][0]
    }
    assert granted == set(filter(None, whole.split(", ")))


def test_an_audit_event_is_added_through_the_columns_that_say_what_happened():
    found = rows_of(
        "SELECT column_name FROM information_schema.column_privileges "
        "WHERE grantee = %s AND table_name = 'contacts_auditevent' AND privilege_type = 'INSERT'",
        roles.WEB,
    )
    listed = re.search(r"INSERT \((.*)\)", walls.TABLES["contacts_auditevent"].grant)[1].split(", ")
    assert {column for (column,) in found} == set(listed)
    assert not {"id", "happened_at", "position", "previous_hash", "hash"} & set(listed)


def test_the_portals_role_can_do_nothing_else():
    assert rows_of(
        "SELECT rolsuper, rolcreatedb, rolcreaterole, rolbypassrls, rolreplication FROM pg_roles WHERE rolname = %s",
        roles.WEB,
    ) == [(False,) * 5]
    assert rows_of("SELECT roleid FROM pg_auth_members WHERE member = %s::regrole", roles.WEB) == []
    assert rows_of("SELECT relname FROM pg_class WHERE relowner = %s::regrole", roles.WEB) == []
    assert rows_of("SELECT proname FROM pg_proc WHERE proowner = %s::regrole", roles.WEB) == []
    assert (
        rows_of(
            "SELECT nspname FROM pg_namespace WHERE nspowner = %s::regrole OR (nspname !~ '^pg_' "
            "AND has_schema_privilege(%s, oid, 'CREATE'))",
            roles.WEB,
            roles.WEB,
        )
        == []
    )
    assert rows_of("SELECT has_database_privilege(%s, current_database(), 'CREATE')", roles.WEB) == [(False,)]


def test_functions_that_run_as_their_owner_look_nothing_up_elsewhere():
    found = rows_of(
        "SELECT proname, proconfig::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef"
    )
    assert {name for name, _ in found} >= {"scope_of_person", "chain_audit_event", "move_audit_heads"}
    for name, config in found:
        assert re.search(r'"?search_path=pg_catalog, (public, )?pg_temp"?', config or ""), name


def test_only_the_listed_functions_are_for_the_portals_role_and_none_is_for_everyone():
    callable_ = (
        "SELECT DISTINCT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prorettype <> 2279"
    )
    own = rows_of(f"{callable_} AND has_function_privilege(%s, oid, 'EXECUTE')", roles.WEB)
    assert {name for (name,) in own} == set(walls.FUNCTIONS)
    public = rows_of(
        "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace "
        "AND EXISTS (SELECT FROM aclexplode(coalesce(proacl, acldefault('f', proowner))) WHERE grantee = 0)"
    )
    assert public == []


@pytest.fixture
def filled(db):
    return world()


def test_without_a_scope_there_are_no_rows(filled):
    for table in ROWS:
        assert rows_of(f"SELECT count(*) FROM {table}")[0][0] > 0, table
        with scope.using(scope.NONE):
            assert rows_of(f"SELECT count(*) FROM {table}") == [(0,)], table


def theirs(table):
    """A row of the other district as it would be added: its columns and values."""
    columns = rows_of(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND is_generated = 'NEVER' "
        "AND has_column_privilege(%s, table_name::regclass, column_name, 'INSERT')",
        table,
        roles.WEB,
    )
    columns = ", ".join(column for (column,) in columns)
    whose = {"contacts_district": "id", "contacts_auditevent": "district_key", "cases_notice": "id"}
    whose |= dict.fromkeys(["cases_noticeupdate", "cases_noticearea"], "notice_id")
    whose = whose.get(table, "district_id")
    (values, *_) = rows_of(f"SELECT {columns} FROM {table} WHERE {whose}::text = %s", str(THEIRS + 1))
    return whose, columns, values


@pytest.mark.parametrize("table", sorted(ROWS))
@pytest.mark.parametrize("district", [None, "ours"])
def test_nothing_of_a_district_is_written_from_outside(table, district, filled):
    whose, columns, values = theirs(table)
    statements = {"UPDATE": f"UPDATE {table} SET {whose} = {whose} WHERE {whose}::text = %s"}
    statements["DELETE"] = f"DELETE FROM {table} WHERE {whose}::text = %s"
    marks = ", ".join(["%s"] * len(values))
    outside = scope.Scope("district", filled.ours.row.pk) if district else scope.NONE
    with scope.using(outside), connection.cursor() as cursor:
        for verb in statements.keys() & set(ROWS[table].grant.split(", ")):
            cursor.execute(statements[verb], [str(THEIRS + 1)])
            assert cursor.rowcount == 0
        with pytest.raises(DatabaseError, match=r"row-level security|The rule is"), transaction.atomic():
            cursor.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", values)


def test_an_event_about_a_case_is_not_that_of_a_person_with_its_number(filled):
    case, teacher = filled.theirs.cases[0], filled.ours.people["teacher"]
    with scope.using(scope.Scope("district", filled.ours.row.pk, case.pk)):
        assert not AuditEvent.objects.filter(object_key=case.pk).exists()
    with scope.using(scope.Scope("person", None, teacher.pk)):
        audit.record("person.sign_in", by=teacher, on=teacher)
        assert AuditEvent.objects.get().object_key == str(teacher.pk)
