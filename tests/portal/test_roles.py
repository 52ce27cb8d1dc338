"""The two roles of the database, made as the README and docker-compose.yml do, on servers of their own."""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
import pytest

from portal import roles
from portal.programs import postgres_programs
from tests.portal.test_embedded import erased

pytestmark = pytest.mark.starts
ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
BOTH = [roles.OWNER, roles.WEB]
OWNERS = """
SELECT pg_get_userbyid(relowner) FROM pg_class WHERE relnamespace = 'public'::regnamespace
UNION SELECT pg_get_userbyid(proowner) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
UNION SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()
"""


@pytest.fixture
def server():
    """PostgreSQL without the portal's roles and database."""
    with erased(tempfile.mkdtemp(prefix="portal-tests-")) as server:
        server.start({})
        with connect(server, "postgres", "postgres") as superuser:
            for what in ("DATABASE portal", *(f"ROLE {role}" for role in BOTH)):
                superuser.execute(f"DROP {what}")
        yield server


@pytest.fixture
def administrator(server):
    """As on a PostgreSQL that somebody else runs: may make roles and databases, and is no superuser."""
    with connect(server, "postgres", "postgres") as superuser:
        superuser.execute("CREATE ROLE administrator LOGIN CREATEROLE CREATEDB")
    return "administrator"


def connect(server, user, database="portal"):
    return psycopg.connect(server.database_url, user=user, dbname=database, autocommit=True)


def sql_of_the_readme(first_words):
    """The statements of the block that begins so."""
    block = re.search(rf"```sql\n({re.escape(first_words)}.*?)```", README, re.DOTALL)[1]
    return [statement for statement in block.split(";\n") if statement]


def say(server, user, database, first_words):
    with connect(server, user, database) as connection:
        for statement in sql_of_the_readme(first_words):
            connection.execute(statement)


def run(server, *arguments, **environ):
    own = {"PORTAL_DATA_DIR": str(server.data / "commands"), "SECRET_KEY": "x" * 50, "REDIS_URL": server.redis_url}
    own |= {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "portal.settings", **environ}
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=ROOT, env=own, capture_output=True, text=True, timeout=300, check=False)


def url(server, role):
    return server.database_url.replace(roles.WEB, role)


def migrate(server, command="migrate", **environ):
    return run(server, "manage.py", command, DATABASE_URL=url(server, roles.WEB), **environ)


def owners(server):
    with connect(server, roles.WEB) as web:
        return [owner for (owner,) in web.execute(OWNERS)]


def count_without_a_scope(server, table):
    with connect(server, roles.WEB) as web:
        return web.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608


def test_on_a_server_of_ones_own_the_readmes_lines_and_migrate_make_a_portal(server, administrator):
    say(server, administrator, "postgres", "CREATE ROLE portal_owner")
    migrated = migrate(server, DATABASE_OWNER_URL=url(server, roles.OWNER))
    assert migrated.returncode == 0, migrated.stderr
    assert owners(server) == [roles.OWNER]
    with pytest.raises(psycopg.errors.InsufficientPrivilege), connect(server, roles.WEB) as web:
        web.execute("CREATE TABLE mine ()")


def test_where_one_role_did_everything_the_readmes_lines_hand_its_tables_over(server, administrator):
    with connect(server, administrator, "postgres") as connection:
        connection.execute("CREATE ROLE portal LOGIN")
        connection.execute("GRANT portal TO CURRENT_USER")
        connection.execute("CREATE DATABASE portal OWNER portal")
    filled = run(server, "-m", "tests.portal.earlier", DATABASE_URL=url(server, "portal"))
    assert filled.returncode == 0, filled.stderr

    for statement in sql_of_the_readme("CREATE ROLE portal_owner"):
        if not statement.startswith("CREATE DATABASE"):
            with connect(server, administrator) as connection:
                connection.execute(statement)
    say(server, administrator, "portal", "GRANT portal TO")
    migrated = migrate(server, DATABASE_OWNER_URL=url(server, roles.OWNER))
    assert migrated.returncode == 0, migrated.stderr
    assert owners(server) == [roles.OWNER]
    assert count_without_a_scope(server, "cases_case") == 0
    assert "4 events in 3 chains hold" in migrate(server, "verify_audit").stdout


@pytest.mark.parametrize("command", ["migrate", "up"])
def test_who_may_not_change_the_tables_is_told_in_one_sentence_whose_they_are(server, administrator, command):
    say(server, administrator, "postgres", "CREATE ROLE portal_owner")
    migrate(server, DATABASE_OWNER_URL=url(server, roles.OWNER))
    refused = migrate(server, command, PORT="0")
    assert refused.returncode != 0
    assert refused.stderr == (
        "portal_web may not change the tables, which belong to portal_owner. Let DATABASE_OWNER_URL name that role, "
        "or hand the tables over (see “The database's roles” in README.md).\n"
    )


def test_the_script_of_the_containers_sets_the_passwords_and_may_run_again(server):
    command = [postgres_programs() / "psql", "--no-psqlrc", "--username=postgres", "--dbname=postgres"]
    command += [f"--host={server.sockets}", f"--file={roles.SCRIPT}"]
    for password in ("first", "second"):
        passwords = {"PORTAL_OWNER_PASSWORD": f"{password}-owner", "PORTAL_WEB_PASSWORD": f"{password}-web"}
        done = subprocess.run(command, env={**os.environ, **passwords}, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
    with connect(server, "postgres") as superuser:
        stored = superuser.execute("SELECT rolpassword FROM pg_authid WHERE rolname = ANY (%s)", [BOTH]).fetchall()
    assert [password.partition("$")[0] for (password,) in stored] == ["SCRAM-SHA-256"] * 2
    assert owners(server) == [roles.OWNER]
