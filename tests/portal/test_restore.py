"""A drill: the README's backup of the portal, restored beside it, is the portal again."""

import re
import subprocess
from collections import Counter
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from cases import actions as cases
from cases.models import (
    CalendarFeed,
    Call,
    CannedReply,
    CaseLink,
    Draft,
    NoticeCase,
    NoticeDismissal,
    Presence,
    Qualification,
    UpdateRecipient,
)
from contacts.models import CoverageGap, Gap, InactivityRun, Role
from credentials import actions as credentials
from portal import roles, walls
from portal.programs import postgres_programs
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
    UserFactory,
    VersionUpdateFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)

README = (Path(__file__).resolve().parents[2] / "README.md").read_text()
# What keeps districts apart and history true: who owns what, who may do what, and every rule.
WALLS = """
SELECT concat_ws(' | ', 'relation', oid::regclass, relkind, pg_get_userbyid(relowner), relrowsecurity,
    relforcerowsecurity, coalesce(relacl, acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", relowner)))
FROM pg_class WHERE relnamespace = 'public'::regnamespace
UNION ALL
SELECT concat_ws(' | ', 'column', attrelid::regclass, attname, attacl, attnotnull, format_type(atttypid, atttypmod))
FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
WHERE relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped
UNION ALL
SELECT concat_ws(' | ', 'policy', polrelid::regclass, polname, polcmd, polroles::regrole[],
    pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid))
FROM pg_policy
UNION ALL
SELECT concat_ws(' | ', 'trigger', tgrelid::regclass, tgname, tgenabled, pg_get_triggerdef(oid))
FROM pg_trigger WHERE NOT tgisinternal
UNION ALL
SELECT concat_ws(' | ', 'constraint', conrelid::regclass, conname, convalidated, pg_get_constraintdef(oid))
FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL
SELECT concat_ws(' | ', 'index', indrelid::regclass, indexrelid::regclass, indisvalid, pg_get_indexdef(indexrelid))
FROM pg_index JOIN pg_class ON pg_class.oid = indrelid WHERE relnamespace = 'public'::regnamespace
UNION ALL
SELECT concat_ws(' | ', 'function', oid::regprocedure, pg_get_userbyid(proowner),
    coalesce(proacl, acldefault('f', proowner)), pg_get_functiondef(oid))
FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prokind = 'f'
UNION ALL
SELECT concat_ws(' | ', 'schema', nspname, pg_get_userbyid(nspowner), nspacl)
FROM pg_namespace WHERE nspname = 'public'
"""
# PostgreSQL reads a list of choices back with its casts in other places.
WRITTEN_DIFFERENTLY = re.compile(r"::(?:text|character varying)(?:\[\])?|[()]")


def connect(user, database, **options):
    return psycopg.connect(host=settings.DATABASES["default"]["HOST"], user=user, dbname=database, **options)


def as_superuser(*statements):
    with connect("postgres", "postgres", autocommit=True) as server:
        for statement in statements:
            server.execute(statement)


def run(program, *arguments):
    command = [postgres_programs() / program, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def address(user, database):
    return f"postgresql://{user}@/{database}?host={settings.DATABASES['default']['HOST']}"


def promised(program):
    """The options of a program as the README gives them, without files and addresses."""
    line = re.search(rf"^{program} (.*)$", README, re.MULTILINE)[1]
    return re.findall(r"--(?!dbname|file)\S+", line)


@pytest.fixture
def backup_role():
    """One of this name is the server's, which the workers of a run share."""
    role = f"portal_backup_{settings.DATABASES['default']['NAME']}"
    lines = re.findall(r"^(?:CREATE ROLE|GRANT \w+ TO) portal_backup\b.*;", README, re.MULTILINE)
    assert len(lines) == 2
    as_superuser(*[re.sub(r"\bportal_backup\b", role, line) for line in lines])
    yield role
    as_superuser(f"DROP ROLE {role}")


@pytest.fixture
def restored():
    """The name of a new database, for the owner to fill."""
    name = f"restored_{settings.DATABASES['default']['NAME']}"
    as_superuser(f"CREATE DATABASE {name} OWNER {roles.OWNER}")
    yield name
    as_superuser(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def source():
    """At least one row in every table of districts."""
    school = SchoolFactory()
    teacher = UserFactory(school=school, district=school.district)
    approver = UserFactory(district=teacher.district, roles=[Role.CREDENTIAL_APPROVER])
    case = CaseFactory(contact=UserFactory(district=teacher.district, roles=[Role.SUPPORT_CONTACT]))
    cases.reply(case=case, by=case.contact, text="Any news?")
    CaseLink.objects.create(district=case.district, first=case, second=CaseFactory(contact=case.contact))
    said = {"case": case, "district": case.district}
    Draft.objects.create(**said, person=case.contact, mode="reply", text="Any news?", form_key=uuid4())
    Qualification.objects.create(**said, happened="It is empty.")
    Presence.objects.create(**said, agent=AgentFactory())
    CannedReply.objects.create(title="Thanks", text="Thank you, {contact}.")
    Call.objects.create(district=case.district, case=case, colleague="Kim Lee", host=case.contact)
    update = VersionUpdateFactory(site__district=school.district)
    UpdateRecipient.objects.create(district=school.district, request=update, person=teacher)
    CalendarFeed.objects.create(district=school.district, person=case.contact, digest="x")
    notice = NoticeFactory(districts=[school.district])
    notice.product_areas.add(ProductAreaFactory())
    NoticeReportFactory(notice=notice, reported_by=case.contact)
    about = {"notice": notice, "district": school.district}
    NoticeCase.objects.create(**about, case=case, tied_by=notice.posted_by)
    NoticeDismissal.objects.create(**about, person=teacher, number=1)
    AgreementFactory(district=school.district)
    DistrictHolidayFactory(district=school.district, first_on="2030-01-02")
    CoverageGap.objects.create(district=school.district, kind=Gap.NO_CONTACT)
    MessageFactory(recipient=teacher)
    MessageDeliveryFactory(person=teacher)
    StaffQuestionFactory(asker=teacher)
    TrainingCompletionFactory(person=teacher)
    CallerCodeFactory(person=case.contact)
    NominationFactory(nominee=teacher)
    ContactRequestFactory(person=teacher)
    CredentialRecordFactory.create_batch(2, holder=teacher)
    RequestVersionFactory(request__requester=teacher)
    ApprovalDelegationFactory(approver=UserFactory(district=school.district))
    RequestGrantFactory(granted_by=teacher)
    TypeRuleFactory(changed_by=teacher)
    credentials.deny(CredentialRequestFactory(requester=teacher), by=approver, comment="Not yet.")
    RequirementFactory(course__district=school.district)
    CaseFactory()
    InactivityRun.objects.create(started_at=timezone.now(), finished_at=timezone.now(), looked_at=3, flagged=1)
    connection.close()
    return settings.DATABASES["default"]["NAME"]


def listed(numbers):
    return ", ".join(f"{number} {name}" for name, number in numbers.items())


def counts(database):
    with connect("postgres", database) as server:
        return {table: server.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in walls.TABLES}  # noqa: S608


def standing(database):
    with connect("postgres", database) as server:
        return sorted(WRITTEN_DIFFERENTLY.sub("", row) for (row,) in server.execute(WALLS))


def test_a_backup_restored_as_the_readme_says_has_every_row_and_every_wall(
    source, backup_role, restored, tmp_path, record_property
):
    file = tmp_path / "portal.dump"
    dumped = run("pg_dump", *promised("pg_dump"), f"--file={file}", address(backup_role, source))
    assert (dumped.returncode, dumped.stderr) == (0, "")
    loaded = run("pg_restore", *promised("pg_restore"), f"--dbname={address(roles.OWNER, restored)}", file)
    assert (loaded.returncode, loaded.stderr) == (0, "")

    there = counts(restored)
    assert there == counts(source)
    assert all(there[table] for table, rule in walls.TABLES.items() if isinstance(rule, walls.Rows))
    assert standing(restored) == standing(source)
    kinds = Counter(row.partition(" ")[0] for row in standing(restored))
    filled = {table: number for table, number in there.items() if number}
    record_property(
        "Rows that a restored backup has", f"{sum(there.values())} in {len(there)} tables, {listed(filled)}"
    )
    record_property("Walls that a restored backup has", listed(kinds))


def test_who_connects_without_a_scope_sees_nothing_in_what_was_restored(source, backup_role, restored, tmp_path):
    run("pg_dump", *promised("pg_dump"), f"--file={tmp_path}/portal.dump", address(backup_role, source))
    run("pg_restore", f"--dbname={address(roles.OWNER, restored)}", tmp_path / "portal.dump")
    with connect(roles.WEB, restored) as web:
        for table, rule in walls.TABLES.items():
            if isinstance(rule, walls.Rows):
                assert web.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table  # noqa: S608


@pytest.mark.parametrize("role", [roles.OWNER, roles.WEB])
def test_a_backup_by_a_role_that_the_policies_hold_back_is_refused_and_not_partial(role, source, tmp_path):
    dumped = run("pg_dump", *promised("pg_dump"), f"--file={tmp_path}/portal.dump", address(role, source))
    assert dumped.returncode != 0
    assert re.search("row-level security policy|permission denied", dumped.stderr)
