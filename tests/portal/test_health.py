import os
import socket
import subprocess
import sys
import time

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from portal.celery import app

pytestmark = pytest.mark.django_db


def test_the_process_says_that_it_lives(client):
    assert client.get("/livez").content == b"ok\n"


def test_ready_means_that_the_database_answers(client):
    assert client.get("/readyz").json() == {
        "database": "ok",
        "broker": "ok",
        "audit": "not checked yet",
        "audit_last_held": None,
        "inactivity": "not run yet",
        "inactivity_last_run": None,
    }


def test_without_redis_the_portal_stays_ready_and_says_that_the_broker_is_away(client, monkeypatch, tmp_path):
    monkeypatch.setattr(app.conf, "broker_write_url", f"redis+socket://{tmp_path}/nobody.sock")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["broker"]) == (200, "away")


@pytest.mark.parametrize("scheme", ["redis", "redis+socket"])
def test_a_redis_that_takes_connections_and_never_answers_is_away(client, monkeypatch, tmp_path, scheme):
    with socket.socket(socket.AF_INET if scheme == "redis" else socket.AF_UNIX) as hung:
        hung.bind(("127.0.0.1", 0) if scheme == "redis" else str(tmp_path / "redis.sock"))
        hung.listen()
        place = f"127.0.0.1:{hung.getsockname()[1]}/0" if scheme == "redis" else hung.getsockname()
        monkeypatch.setattr(app.conf, "broker_write_url", f"{scheme}://{place}")
        asked = time.monotonic()
        answer = client.get("/readyz")
        # It gives up; on a slow machine that takes longer than its second.
        assert time.monotonic() - asked < 30
    assert (answer.status_code, answer.json()["database"], answer.json()["broker"]) == (200, "ok", "away")


@pytest.fixture
def database_is_away(transactional_db, tmp_path):
    connection.close()
    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(connection.settings_dict, "HOST", str(tmp_path))
        yield
        connection.close()


@pytest.fixture
def answers(client):
    """A browser's view of a page that fails: the answer, not the exception."""
    client.raise_request_exception = False
    return client


def test_without_the_database_the_portal_is_not_ready(answers, database_is_away):
    answer = answers.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"database": "away", "broker": "ok"})


@pytest.mark.parametrize("path", ["/", "/accounts/login/", "/admin/", "/cases/", "/livez"])
def test_without_the_database_every_page_says_that_the_portal_is_down(answers, database_is_away, settings, path):
    answers.cookies[settings.SESSION_COOKIE_NAME] = "a" * 32
    answer = answers.get(path)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert "The portal is down for a moment" in answer.content.decode()
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_the_database_ended_is_a_page_too(answers, settings):
    with psycopg.connect(os.environ["DATABASE_URL"]) as other, connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        other.execute("SELECT pg_terminate_backend(%s, 5000)", cursor.fetchone())
    answers.cookies[settings.SESSION_COOKIE_NAME] = "a" * 32
    assert answers.get("/").status_code == 503
    connection.close()
    assert answers.get("/accounts/login/").status_code == 200


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("timeout", ["lock_timeout", "statement_timeout"])
def test_a_page_that_waits_too_long_for_the_database_says_so(answers, settings, timeout):
    connection.ensure_connection()
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None}) as other:
        other.execute("LOCK TABLE django_session")
        with connection.cursor() as cursor:
            cursor.execute(f"SET {timeout} = '100ms'")
        answers.cookies[settings.SESSION_COOKIE_NAME] = "a" * 32
        answer = answers.get("/")
    connection.close()
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert "That took too long" in answer.content.decode()


def test_any_other_error_is_the_page_of_a_broken_portal(answers, monkeypatch):
    monkeypatch.setattr("portal.views.pages._broker_answers", lambda: 1 / 0)
    answer = answers.get("/readyz")
    assert answer.status_code == 500
    assert "went wrong on our side" in answer.content.decode()


SHOW = """
import django; from django.db import connection
django.setup()
with connection.cursor() as cursor:
    for name in ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout"):
        cursor.execute(f"SHOW {name}"); print(cursor.fetchone()[0])
"""


@pytest.mark.parametrize(
    ("program", "waits"),
    [
        (["-c", "import portal.wsgi" + SHOW], ["5s", "7s", "4min"]),
        (["-c", "import portal.celery" + SHOW], ["5s", "7s", "4min"]),
        (["manage.py", "shell", "-v0", "-c", SHOW], ["0", "0", "0"]),
    ],
)
def test_the_site_and_the_worker_wait_only_so_long_and_a_command_as_long_as_it_takes(program, waits):
    asked = subprocess.run(
        [sys.executable, *program],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DATABASE_STATEMENT_TIMEOUT": "7"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert asked.stdout.split() == waits


def test_every_page_carries_the_security_headers(client):
    headers = client.get("/accounts/login/").headers
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_a_refused_host_gets_the_headers_too(client):
    answer = client.get("/accounts/login/", headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_a_form_that_claims_another_charset_is_read_as_utf_8(client):
    answer = client.post("/accounts/login/", b"login=a&password=b", "application/x-www-form-urlencoded; charset=utf-16")
    assert answer.status_code == 200


def test_without_the_database_the_status_page_is_served_also_to_who_is_signed_in(
    answers, database_is_away, settings, tmp_path
):
    settings.STATUS_FILE = tmp_path / "status.json"
    settings.STATUS_FILE.write_text('{"open": [], "over": []}')
    answers.cookies[settings.SESSION_COOKIE_NAME] = "a" * 32
    answer = answers.get("/status/")
    assert answer.status_code == 200
    assert "Nothing is open" in answer.content.decode()
