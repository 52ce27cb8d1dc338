"""The calendar, and the private address at which a calendar program reads it."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from cases import actions
from cases.models import CalendarFeed
from cases.views import ics
from contacts.models import Role
from tests.factories import AgentFactory, DesignationFactory, UpdateRequestFactory, UserFactory, VersionUpdateFactory

pytestmark = pytest.mark.django_db


def scheduled(district, **fields):
    return UpdateRequestFactory(site__district=district, status="scheduled", **fields)


def secret_of(person):
    _, secret = actions.reset_calendar_feed(by=person)
    return f"/updates/calendar/{person.pk}-{secret}.ics"


def unfolded(response):
    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    text = response.content.decode()
    lines = text.split("\r\n")
    assert "\n" not in "".join(lines)
    assert all(len(line.encode()) <= 75 for line in lines)
    return text.replace("\r\n ", "").split("\r\n")


def test_the_month_shows_what_is_scheduled_and_what_was_done_on_its_day(district, contact, sign_in):
    update = scheduled(district)
    past = VersionUpdateFactory(site__district=district, site__kind="staging", status="completed")
    waiting = VersionUpdateFactory(site=update.site)
    client = sign_in(contact)
    month = timezone.localtime(update.scheduled_start, contact.zone)
    page = client.get(f"/updates/calendar/?month={month:%Y-%m}")
    shown = {each: day for week in page.context["weeks"] for day, updates in week for each in updates}
    assert shown[update] == month.date()
    assert past in shown
    assert waiting not in shown
    assert client.get("/updates/calendar/?month=2001-02").context["has_entries"] is False
    for strange in ("x", "2026-13", "0000-01", "99999-01"):
        assert client.get(f"/updates/calendar/?month={strange}").status_code == 200


def test_the_address_is_shown_once_and_opens_the_calendar_without_a_sign_in(district, contact, sign_in):
    update = scheduled(district)
    client = sign_in(contact)
    page = client.post("/updates/calendar/address/")
    address = re.search(r'value="http://testserver(\S+\.ics)"', page.text)[1]
    assert "no-store" in page.headers["Cache-Control"]
    secret = address.partition("-")[2].removesuffix(".ics")
    assert secret not in client.get("/updates/calendar/").text
    assert secret not in CalendarFeed.objects.get().digest
    response = Client().get(address)
    assert f"UID:update-{update.pk}@" in response.content.decode()
    assert response.headers["Cache-Control"] == "private, no-store"


def test_an_event_has_its_window_in_utc_its_words_escaped_and_its_lines_folded(district, contact, settings):
    district.name = "Õak; Valley, Schools\\" + " é" * 60
    district.save()
    update = scheduled(district)
    lines = unfolded(Client().get(secret_of(contact)))
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]
    assert f"DTSTART:{update.scheduled_start.astimezone(UTC):%Y%m%dT%H%M%SZ}" in lines
    assert f"DTEND:{update.scheduled_end.astimezone(UTC):%Y%m%dT%H%M%SZ}" in lines
    summary = next(line for line in lines if line.startswith("SUMMARY:"))
    assert summary == "SUMMARY:Refresh of sandbox\\, Õak\\; Valley\\, Schools\\\\" + " é" * 60
    assert f"URL:{settings.PORTAL_URL}{update.get_absolute_url()}" in lines
    description = next(line for line in lines if line.startswith("DESCRIPTION:"))
    assert "in that time.\\n" in description
    assert {"UID", "DTSTAMP"} <= {line.partition(":")[0] for line in lines}


@pytest.mark.parametrize("length", [74, 75, 76, 149, 150, 400])
@pytest.mark.parametrize("character", ["x", "é", "😀"])
def test_folding_loses_nothing_and_cuts_no_character(length, character):
    line = "x" + character * length
    folded = ics.folded(line).split("\r\n")
    assert all(len(part.encode()) <= 75 for part in folded)
    assert all(part.startswith(" ") for part in folded[1:])
    assert folded[0] + "".join(part[1:] for part in folded[1:]) == line


def test_a_text_cannot_begin_a_line_of_its_own():
    assert ics.text("a\r\nBEGIN:VEVENT\nb\rc") == "a\\nBEGIN:VEVENT\\nb\\nc"


def test_it_has_what_the_person_may_see_and_nothing_of_another_district(district, contact):
    own, other = scheduled(district), UpdateRequestFactory(status="scheduled")
    agent = AgentFactory()

    def uids(address):
        return {line for line in unfolded(Client().get(address)) if line.startswith("UID:")}

    assert uids(secret_of(contact)) == {f"UID:update-{own.pk}@localhost:8000"}
    assert uids(secret_of(agent)) == {f"UID:update-{each.pk}@localhost:8000" for each in (own, other)}


def test_whoever_is_signed_in_reads_by_the_secret_alone(district, contact, sign_in):
    scheduled(district)
    stranger = UserFactory(roles=[Role.SUPPORT_CONTACT])
    assert b"UID:" in sign_in(stranger).get(secret_of(contact)).content


@pytest.mark.parametrize("strange", ["", "x", "-", "{pk}", "{pk}-", "{pk}-x", "999999999999999999999-x", "0-{secret}"])
def test_another_secret_is_not_found(strange, contact):
    right = secret_of(contact)
    secret = right.partition("-")[2].removesuffix(".ics")
    address = f"/updates/calendar/{strange.format(pk=contact.pk, secret=secret)}.ics"
    assert Client().get(address).status_code == 404
    assert Client().get(right).status_code == 200
    assert Client().post(right).status_code == 405


def test_the_secret_of_one_person_opens_nothing_of_another(district, contact):
    colleague = UserFactory(district=district, roles=[Role.SUPPORT_CONTACT])
    theirs = secret_of(colleague).partition("-")[2]
    secret_of(contact)
    assert Client().get(f"/updates/calendar/{contact.pk}-{theirs}").status_code == 404


def test_a_reset_ends_the_address_before(contact):
    first, second = secret_of(contact), secret_of(contact)
    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 200
    assert CalendarFeed.objects.count() == 1


def test_it_ends_with_the_role_and_comes_back_with_no_other(district, contact):
    address = secret_of(contact)
    contact.designations.update(ended_at=timezone.now() + timedelta(seconds=1))
    assert Client().get(address).status_code == 404
    later = timezone.now() + timedelta(seconds=2)
    DesignationFactory(user=contact, role=Role.TECHNICAL_CONTACT, started_at=later, inactive_since=later)
    assert Client().get(address).status_code == 404
    CalendarFeed.objects.update(made_at=timezone.now() + timedelta(seconds=3))
    assert Client().get(address).status_code == 200


@pytest.mark.parametrize("month", ["9999-12", "0001-01", "2026-13", "x"])
def test_a_month_that_is_none_of_this_century_is_the_present_one(month, contact, sign_in):
    client = sign_in(contact)
    assert client.get(f"/updates/calendar/?month={month}").context["month"] == timezone.localdate().replace(day=1)


def test_the_calendar_of_a_month_is_the_readers(district, contact, sign_in):
    """8 PM in Chicago on the last of the month is the first of the next one in Auckland."""
    start = datetime(2030, 2, 1, 2, tzinfo=UTC)
    window = {"scheduled_start": start, "scheduled_end": start + timedelta(hours=2)}
    update = scheduled(district, **window)
    client = sign_in(contact)
    assert update.what in client.get("/updates/calendar/?month=2030-01").text
    contact.time_zone = "Pacific/Auckland"
    contact.save()
    assert update.what not in client.get("/updates/calendar/?month=2030-01").text
    assert update.what in client.get("/updates/calendar/?month=2030-02").text
