"""Data of the version in which one role, the superuser, owned the database and did everything."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
import pytest

from portal import roles, walls
from tests.portal.test_embedded import erased

pytestmark = pytest.mark.starts
ROOT = Path(__file__).resolve().parents[2]
OWNERS = """
SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class WHERE relnamespace = 'public'::regnamespace
UNION SELECT pg_get_userbyid(proowner) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
UNION SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()
"""


def run(environ, *arguments):
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=300, check=False)


def environment(embedded, **extra):
    own = {"PORTAL_DATA_DIR": str(embedded.data), "DJANGO_SETTINGS_MODULE": "portal.settings", "SECRET_KEY": "x" * 50}
    return {"PATH": os.environ["PATH"], **own, **extra}


def connect(embedded, user, database="portal"):
    return psycopg.connect(embedded.database_url, user=user, dbname=database, autocommit=True)


def counts(embedded):
    with connect(embedded, "postgres") as server:
        there = {name for (name,) in server.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
        return {
            table: server.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608
            for table in there.intersection(walls.TABLES)
        }


@pytest.fixture(scope="module")
def embedded():
    """The servers run, with the database as the earlier version left it."""
    with erased(tempfile.mkdtemp(prefix="portal-tests-")) as embedded:
        embedded.start({})
        with connect(embedded, "postgres", "postgres") as server:
            for what in ("DATABASE portal", f"ROLE {roles.OWNER}", f"ROLE {roles.WEB}"):
                server.execute(f"DROP {what}")
            server.execute("CREATE DATABASE portal")
        only_role = embedded.database_url.replace(roles.WEB, "postgres")
        filled = run(environment(embedded, DATABASE_URL=only_role), "-m", "tests.portal.earlier")
        assert filled.returncode == 0, filled.stderr
        yield embedded


@pytest.fixture(scope="module")
def before(embedded):
    return counts(embedded)


@pytest.fixture(scope="module")
def taken_over(embedded, before):
    """As the next start does it."""
    embedded.stop()
    embedded.start({})
    migrated = run(environment(embedded), "manage.py", "migrate", "-v0")
    assert (migrated.returncode, migrated.stderr) == (0, "")
    return embedded


def test_every_row_is_still_there_and_who_moved_left_a_former_self(before, taken_over):
    after = counts(taken_over)
    grown = {table: after[table] - before[table] for table in before if after[table] != before[table]}
    assert grown.pop("contacts_user") == 1
    # What an endorsement belongs to is asked in two types.
    assert grown.pop("credentials_credentialfield") == 2
    assert set(grown) <= {"django_migrations", "auth_permission", "django_content_type"}
    assert all(rows for table, rows in before.items() if isinstance(walls.TABLES.get(table), walls.Rows))


def test_everything_is_the_owners_who_is_no_superuser(taken_over):
    with connect(taken_over, roles.WEB) as web:
        assert web.execute(OWNERS).fetchall() == [(roles.OWNER,)]
        able = "SELECT bool_or(rolsuper OR rolbypassrls OR rolcreaterole) FROM pg_roles WHERE rolname = ANY (%s)"
        assert web.execute(able, [[roles.OWNER, roles.WEB]]).fetchone() == (False,)


def test_the_policies_are_in_force(taken_over):
    with connect(taken_over, roles.WEB) as web, web.transaction():
        assert web.execute("SELECT count(*) FROM cases_case").fetchone() == (0,)
        web.execute("SELECT set_config('portal.scope', 'support', true)")
        assert web.execute("SELECT count(*) FROM cases_case").fetchone() == (2,)


def test_the_audit_of_that_time_is_chained_and_holds(taken_over):
    checked = run(environment(taken_over), "manage.py", "verify_audit")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "4 events in 3 chains hold" in checked.stdout


def test_a_hand_over_that_was_cut_short_is_finished_by_the_next_start(taken_over):
    with connect(taken_over, "postgres") as server:
        server.execute("ALTER DATABASE portal OWNER TO postgres")
        server.execute("ALTER TABLE cases_case OWNER TO postgres")
    taken_over.stop()
    taken_over.start({})
    with connect(taken_over, roles.WEB) as web:
        assert web.execute(OWNERS).fetchall() == [(roles.OWNER,)]
