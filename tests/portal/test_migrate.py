"""`manage.py migrate` alone works as the owner of the tables."""

import os
import re
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.core.checks import run_checks
from django.core.management import call_command
from django.db import connection

from portal import roles

ROOT = Path(__file__).resolve().parents[2]


def ask(question):
    with connection.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchone()[0]


def manage(*arguments, **environ):
    """A command on the test's database."""
    address = os.environ["DATABASE_URL"].replace("/portal?", f"/{settings.DATABASES['default']['NAME']}?")
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": address, "DEBUG": "false", **environ},
        capture_output=True,
        text=True,
        check=False,
    )


def warnings_of_the_deploy_check():
    return [found.id for found in run_checks(include_deployment_checks=True) if found.id == "portal.W001"]


def test_where_the_portal_is_the_owner_the_deploy_check_warns(settings):
    settings.DATABASE_OWNER = {**settings.DATABASE_OWNER, "USER": roles.WEB}
    assert warnings_of_the_deploy_check() == ["portal.W001"]


def test_where_it_is_not_the_deploy_check_is_silent():
    assert warnings_of_the_deploy_check() == []


def test_without_an_address_of_the_owner_the_deploy_check_warns_at_the_terminal():
    warned = manage("check", "--deploy", DATABASE_OWNER_URL="")
    assert "(portal.W001) The portal connects to PostgreSQL as the owner of its tables" in warned.stderr
    assert "portal.W001" not in manage("check", "--deploy").stderr


@pytest.mark.django_db(transaction=True)
def test_migrate_puts_in_force_what_only_the_owner_can_and_leaves_the_portal_its_own_role():
    superuser = connection.get_connection_params() | {"user": "postgres", "cursor_factory": None}
    with psycopg.connect(**superuser) as other:
        other.execute("REVOKE SELECT ON cases_case FROM portal_web")
        other.execute("ALTER TABLE cases_case NO FORCE ROW LEVEL SECURITY")
    call_command("migrate", verbosity=0)
    assert ask("SELECT session_user") == roles.WEB
    assert ask("SELECT relforcerowsecurity FROM pg_class WHERE relname = 'cases_case'")
    assert ask("SELECT count(*) FROM cases_case") == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "command", [["verify_audit"], ["clearsessions"], ["shell", "-c", "import django"], ["createcachetable"]]
)
def test_no_other_command_connects_as_the_owner(command):
    nowhere = {"DATABASE_OWNER_URL": f"postgresql://{roles.OWNER}@/portal?host=/nowhere"}
    assert manage(*command, **nowhere).returncode == 0
    assert "/nowhere" in manage("migrate", **nowhere).stderr


def test_nothing_but_migrate_knows_how_to_connect_as_the_owner():
    code = [path for app in ("portal", "contacts", "cases", "credentials") for path in (ROOT / app).rglob("*.py")]
    knows = {str(path.relative_to(ROOT)) for path in code if re.search(r"DATABASE_OWNER\b|as_owner", path.read_text())}
    # The settings and the check of the walls only read who it is.
    assert knows == {"portal/settings.py", "portal/walls.py", "portal/management/commands/migrate.py"}
