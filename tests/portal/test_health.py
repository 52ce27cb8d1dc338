import pytest

from portal.celery import app

pytestmark = pytest.mark.django_db


def test_the_process_says_that_it_lives(client):
    assert client.get("/livez").content == b"ok\n"


def test_ready_means_that_the_database_answers(client):
    assert client.get("/readyz").json() == {"database": "ok", "broker": "ok"}


def test_without_redis_the_portal_stays_ready_and_says_that_the_broker_is_away(client, monkeypatch, tmp_path):
    monkeypatch.setattr(app.conf, "broker_write_url", f"redis+socket://{tmp_path}/nobody.sock")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["broker"]) == (200, "away")


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
