"""The public status page, from a file that the worker rewrites on each change."""

import json
import os
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from cases import actions, tasks
from cases.models import Notice
from tests.contacts.races import at_once
from tests.factories import DistrictFactory, MaintenanceFactory, NoticeFactory, ProductAreaFactory


@pytest.fixture(autouse=True)
def status_file(settings, tmp_path):
    settings.STATUS_FILE = tmp_path / "made" / "status.json"
    return settings.STATUS_FILE


def page():
    return Client().get("/status/").content.decode()


@pytest.fixture
def notice(db):
    notice = NoticeFactory(is_public=True, districts=[DistrictFactory(name="Faraway Unified")], site_kinds=["sandbox"])
    notice.product_areas.add(ProductAreaFactory(name="Bell schedules"))
    return notice


def test_it_shows_public_notices_and_names_no_district_and_nobody_of_support(notice, agent):
    NoticeFactory(everyone=True, title="Not for everyone")
    MaintenanceFactory(is_public=True, announced_at=None, title="Not yet")
    agent.last_name = "Okonkwo"
    agent.save()
    actions.update_notice(notice, by=agent, text="We found the cause.", expected_end=None)
    tasks.write_status()
    text = page()
    for words in (notice.title, "Bell schedules", "Sandbox", "We found the cause.", notice.instructions):
        assert words in text
    for words in ("Not for everyone", "Not yet", "Faraway", "Okonkwo"):
        assert words not in text


def test_what_is_over_stays_for_seven_days(notice, agent):
    actions.resolve_notice(notice, by=agent, text="It is quick again.")
    tasks.write_status()
    assert "Over in the last seven days" in page()
    assert "It is quick again." in page()
    over = NoticeFactory(is_public=True, resolved_at=timezone.now() - timedelta(days=8), title="Long over")
    tasks.write_status()
    assert over.title not in page()


def test_the_file_is_rewritten_on_a_change_and_else_only_dated_anew(notice, agent, status_file):
    assert actions.write_status() is True
    os.utime(status_file, (0, 0))
    inode = status_file.stat().st_ino
    assert actions.write_status() is False
    assert (status_file.stat().st_ino, status_file.stat().st_mtime > 0) == (inode, True)
    actions.update_notice(notice, by=agent, text="News.", expected_end=None)
    assert actions.write_status() is True
    assert "News." in page()
    Notice.objects.filter(pk=notice.pk).update(is_public=False)
    assert actions.write_status() is True
    assert notice.title not in page()


@pytest.mark.django_db(transaction=True)
def test_two_writers_at_once_leave_a_whole_file_and_nothing_else(status_file):
    NoticeFactory(is_public=True)
    for _ in range(5):
        assert not [each for each in at_once(*[actions.write_status] * 3) if isinstance(each, Exception)]
        json.loads(status_file.read_text())
    assert list(status_file.parent.iterdir()) == [status_file]


def test_it_asks_neither_session_nor_database(notice, sign_in, teacher, django_assert_num_queries):
    actions.write_status()
    client = sign_in(teacher)
    with django_assert_num_queries(0):
        answer = client.get("/status/")
    assert answer.status_code == 200
    assert notice.title in answer.content.decode()
    assert answer.headers["Content-Security-Policy"]
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("written", [None, "", "{"])
def test_without_a_file_it_says_that_it_knows_nothing_yet(status_file, written):
    if written is not None:
        status_file.parent.mkdir()
        status_file.write_text(written)
    assert "The status is not available yet" in page()


@pytest.mark.django_db
def test_it_says_when_nobody_looked_for_long(status_file):
    actions.write_status()
    assert "This may be out of date" not in page()
    assert "Nothing is open" in page()
    os.utime(status_file, (0, 0))
    assert "This may be out of date" in page()


@pytest.mark.django_db
def test_words_are_shown_as_they_are(notice, status_file):
    Notice.objects.update(title="<script>alert(1)</script>")
    actions.write_status()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page()
    assert "<script>alert" not in page()


def test_it_only_shows():
    assert Client().post("/status/").status_code == 405
