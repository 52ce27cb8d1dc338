"""My Credentials: /credentials/."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from credentials.models import CredentialRecord, renewal_of
from credentials.reports import time_line
from tests.factories import (
    AgentFactory,
    CredentialRecordFactory,
    CredentialRequestFactory,
    CredentialTypeFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
URL = "/credentials/"


@pytest.fixture
def person():
    return UserFactory()


@pytest.fixture
def page(sign_in, person):
    def page(**query):
        response = sign_in(person).get(URL, query)
        assert response.status_code == 200
        return response.text

    return page


def without_tokens(text):
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text)


def withhold(district):
    district.staff_may_request_changes = False
    district.save()


def test_records_stand_in_a_tree_by_type_as_real_links(page, person):
    first = CredentialRecordFactory(holder=person, type=CredentialTypeFactory(name="License", order=1), field="Art")
    second = CredentialRecordFactory(holder=person, type=CredentialTypeFactory(name="Degree", order=2))
    text = page()
    assert text.index("License") < text.index(f'href="?record={first.pk}#selected-record"') < text.index("Degree")
    assert text.index("Degree") < text.index(f'href="?record={second.pk}#selected-record"')
    assert f"Art · {first.identifier}" in text


def selected(text):
    return re.search(r'<h2 id="selected-record"[^>]*>([^<]*)</h2>', text)[1]


def test_the_newest_record_of_a_type_stands_first_and_the_endorsement_under_its_credential(page, person):
    type = CredentialTypeFactory(name="License")
    old = CredentialRecordFactory(holder=person, type=type, identifier="OLD", issued_on="2019-01-01")
    new = CredentialRecordFactory(holder=person, type=type, identifier="NEW", effective_on="2022-01-01")
    CredentialRecordFactory(holder=person, type=type, identifier="UNKNOWN")
    other_type = CredentialTypeFactory(name="Endorsement")
    CredentialRecordFactory(holder=person, type=other_type, identifier="E-OLD", parent=old, issued_on="2025-01-01")
    tree = page(record=new.pk)
    tree = tree[tree.index('class="tree"') : tree.index("</nav>", tree.index('class="tree"'))]
    assert re.findall(r"<span>([\w-]+)<", tree) == ["NEW", "OLD", "E-OLD", "UNKNOWN"]
    assert "Belongs to OLD" in tree
    assert "Endorsement" not in tree


def test_two_records_that_belong_to_each_other_are_both_there(page, person):
    first, second = CredentialRecordFactory.create_batch(2, holder=person)
    CredentialRecord.objects.filter(pk=first.pk).update(parent=second)
    CredentialRecord.objects.filter(pk=second.pk).update(parent=first)
    text = page()
    assert f'id="record-{first.pk}"' in text
    assert f'id="record-{second.pk}"' in text


def test_the_page_opens_on_what_waits_then_on_what_expires_then_on_the_newest(page, person):
    today = timezone.localdate()
    CredentialRecordFactory(holder=person, identifier="OLDER", issued_on="2020-01-01")
    newest = CredentialRecordFactory(holder=person, identifier="NEWEST", issued_on="2024-01-01")
    assert selected(page()) == "NEWEST"
    CredentialRecordFactory(holder=person, identifier="LATER", expires_on=today + timedelta(days=90))
    CredentialRecordFactory(holder=person, identifier="SOON", expires_on=today + timedelta(days=30))
    assert selected(page()) == "SOON"
    CredentialRequestFactory(requester=person, record=newest, is_new=False, type=newest.type)
    assert selected(page()) == "NEWEST"


def test_a_record_offers_its_update(page, person):
    records = CredentialRecordFactory.create_batch(2, holder=person)
    updates = [reverse("credentials:request_update", args=[record.pk]) for record in records]
    text = page(record=records[1].pk)
    assert '<h2 id="employment-credentials">Employment Credentials</h2>' in text
    assert [update in text for update in updates] == [False, True]
    assert "autofocus" in text
    assert "autofocus" not in page()


@pytest.mark.parametrize(
    ("dates", "words"),
    [
        ({}, "Valid"),
        ({"expires_on": "2026-11-21"}, "Expired Nov 21, 2026"),
        ({"expires_on": "2026-11-22"}, "Expires today"),
        ({"expires_on": "2026-11-23"}, "Expires tomorrow"),
        ({"expires_on": "2027-05-21"}, "Expires in 180 days"),
        ({"expires_on": "2027-07-01"}, "7 months left"),
        ({"expires_on": "2030-01-01"}, "3 years left"),
        ({"effective_on": "2026-12-02"}, "Starts in 10 days"),
        ({"effective_on": "2028-01-01"}, "Starts Jan 1, 2028"),
    ],
)
def test_validity_is_said_in_words_for_the_day_that_is_looked_at(page, person, dates, words):
    CredentialRecordFactory(holder=person, **dates)
    text = page(on="2026-11-22")
    assert f"{words}</span>" in text
    assert "The line is Nov 22, 2026" in text


def test_every_bar_lies_on_the_same_time_line(person):
    day = date(2026, 1, 1)
    past = CredentialRecordFactory(holder=person, issued_on=date(2021, 1, 1), expires_on=date(2025, 1, 1))
    current = CredentialRecordFactory(holder=person, issued_on=date(2025, 1, 2), expires_on=date(2031, 1, 1))
    for_good = CredentialRecordFactory(holder=person, issued_on=date(2021, 1, 1))
    line = time_line([past, current, for_good], day)
    ended, now, open_bar = (line.bars[record.pk] for record in (past, current, for_good))
    assert ended.start == open_bar.start
    assert ended.start + ended.width == pytest.approx(now.start, abs=0.05)
    assert now.start < line.mark < now.start + now.width < 100
    assert (open_bar.is_open, open_bar.start + open_bar.width) == (True, 100)
    assert [year for _, year in line.years] == [2022, 2024, 2026, 2028, 2030]


def test_a_day_that_is_none_says_so_and_shows_today(page, person):
    CredentialRecordFactory(holder=person)
    text = page(on="someday")
    assert "Enter the date as month, day, and year" in text
    assert "The line is today" in text


@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "2100-01-01", "9999-12-31"])
def test_a_day_out_of_any_life_says_so_and_shows_today(page, person, day):
    CredentialRecordFactory(holder=person)
    text = page(on=day)
    assert "Enter a day from 1900 to 2099." in text
    assert "The line is today" in text


@pytest.mark.parametrize("day", ["1900-01-01", "2099-12-31"])
def test_the_first_and_the_last_day_that_a_record_may_have_are_drawn_and_renewed(page, person, day):
    record = CredentialRecordFactory(holder=person, issued_on=day, expires_on="2099-12-31")
    assert "The line is" in page(on=day)
    record.refresh_from_db()
    assert renewal_of(record)


def test_what_is_pending_on_a_record_stands_there_value_by_value(page, person):
    record = CredentialRecordFactory(holder=person, identifier="A-1", expires_on=date(2027, 6, 30))
    record.type.fields.create(element="expires_on", label="Runs out")
    wanted = {**record.values, "expires_on": "2032-06-30"}
    about = {"original": record.values, "proposed": wanted, "brief_description": "Renewed in June"}
    CredentialRequestFactory(requester=person, record=record, is_new=False, type=record.type, **about)
    text = page(record=record.pk)
    assert "Renewed in June" in text
    assert "<del>Jun 30, 2027</del> <ins>Jun 30, 2032</ins>" in text


def test_a_new_record_that_waits_is_not_on_record_but_named(page, person):
    asked = CredentialRequestFactory(requester=person, brief_description="My first license")
    text = page()
    assert "Requested, not on record yet" in text
    assert reverse("credentials:request", args=[asked.pk]) in text


def test_request_new_credential_is_always_there(page, person):
    assert reverse("credentials:request_new") in page()
    record = CredentialRecordFactory(holder=person)
    assert reverse("credentials:request_new") in page(record=record.pk)


def test_the_selected_record_shows_its_details_by_the_names_of_its_type(page, person):
    record = CredentialRecordFactory(
        holder=person,
        identifier="X-1",
        issuing_state="MN",
        expires_on="2031-02-03",
        subjects=["Art", "Music"],
        extra={"met": True},
    )
    record.type.fields.create(element="identifier", label="License number")
    record.type.fields.create(key="met", label="Met HOUSSE", data_type="yes_no")
    text = page(record=record.pk)
    for words in [
        "License number",
        "X-1",
        "Minnesota (MN)",
        "Feb 3, 2031",
        "Art, Music",
        "Met HOUSSE",
        "Yes",
        'aria-current="true"',
    ]:
        assert words in text


def test_what_a_record_does_not_say_is_left_out(page, person):
    record = CredentialRecordFactory(holder=person, identifier="X-1")
    record.type.fields.create(element="identifier")
    record.type.fields.create(element="expires_on", label="Runs out")
    text = page(record=record.pk)
    assert "Credential identifier" in text
    assert "Runs out" not in text
    assert "Not given" not in text


def test_a_value_that_the_type_asks_for_no_more_is_still_shown_by_its_key(page, person):
    record = CredentialRecordFactory(holder=person, extra={"old_key": "kept"})
    text = page(record=record.pk)
    assert "old_key" in text
    assert "kept" in text


def test_a_record_with_a_pending_request_says_so_and_leads_to_it(page, person):
    record = CredentialRecordFactory(holder=person)
    credential_request = CredentialRequestFactory(requester=person, record=record, is_new=False, type=record.type)
    text = page(record=record.pk)
    assert "Change requested" in text
    assert reverse("credentials:request", args=[credential_request.pk]) in text
    assert reverse("credentials:request_update", args=[record.pk]) not in text


def test_validity_stands_beside_each_record(page, person):
    today = timezone.localdate()
    CredentialRecordFactory(holder=person, expires_on=today + timedelta(days=30))
    CredentialRecordFactory(holder=person, expires_on=today - timedelta(days=30))
    CredentialRecordFactory(holder=person, effective_on=today + timedelta(days=30))
    text = page()
    # The district's today may be a day behind the server's.
    assert "Expires in 30 days" in text or "Expires in 31 days" in text
    assert "Expired" in text
    assert "Starts in 30 days" in text or "Starts in 31 days" in text


def test_how_soon_a_record_warns_is_a_setting(person, settings):
    today = timezone.localdate()
    record = CredentialRecordFactory(holder=person, expires_on=today + timedelta(days=30))
    assert record.validity(today) == "expiring"
    settings.CREDENTIAL_EXPIRES_SOON = timedelta(days=29)
    assert record.validity(today) == "valid"
    assert not CredentialRecord.objects.expiring(today).exists()


def test_the_page_promises_no_more_than_it_does(page):
    text = page()
    assert "certifies nothing" in text
    assert "qualified to teach" not in text


def test_an_empty_page_says_what_to_do(page):
    assert "No credentials on record yet" in page()


@pytest.mark.parametrize("key", ["", "0", "x", "99999999999999999999999"])
def test_no_such_record_is_not_found(sign_in, person, key):
    assert sign_in(person).get(URL, {"record": key}).status_code == 404


def test_another_persons_record_does_not_exist_here(sign_in, person):
    foreign = CredentialRecordFactory(holder__district=person.district)
    client = sign_in(person)
    theirs, nobodys = (client.get(URL, {"record": key}).text for key in (foreign.pk, 0))
    assert without_tokens(theirs) == without_tokens(nobodys)
    assert client.get(reverse("credentials:request_update", args=[foreign.pk])).status_code == 404


def test_where_the_district_withholds_the_right_the_page_is_for_reading(page, person):
    withhold(person.district)
    record = CredentialRecordFactory(holder=person)
    text = page(record=record.pk)
    assert "staff do not request changes here" in text
    assert reverse("credentials:request_update", args=[record.pk]) not in text
    assert reverse("credentials:request_new") not in text
    assert record.identifier in text


def test_support_has_no_credentials_here(sign_in):
    assert sign_in(AgentFactory()).get(URL).status_code == 403


def test_the_queries_do_not_grow_with_the_records(sign_in, person, django_assert_num_queries):
    record = CredentialRecordFactory(holder=person)
    client = sign_in(person)
    # Session, person, designations, unread count; the records, the fields of their types, and the pending requests.
    with django_assert_num_queries(11):
        client.get(URL, {"record": record.pk})
    for _ in range(5):
        CredentialRecordFactory(holder=person, parent=record)
    with django_assert_num_queries(11):
        client.get(URL, {"record": record.pk})
