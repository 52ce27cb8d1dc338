"""My Credentials: /credentials/."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from credentials.models import CredentialRecord
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


def test_the_tree_opens_with_the_first_record_and_offers_its_update(page, person):
    second = CredentialRecordFactory(holder=person, type=CredentialTypeFactory(order=2))
    first = CredentialRecordFactory(holder=person, type=CredentialTypeFactory(order=1))
    updates = [reverse("credentials:request_update", args=[record.pk]) for record in (first, second)]
    text = page()
    assert '<h2 id="employment-credentials">Employment Credentials</h2>' in text
    assert [update in text for update in updates] == [True, False]
    assert "autofocus" not in text
    assert [update in page(record=second.pk) for update in updates] == [False, True]


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
    assert "Not valid yet" in text


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
    # Session, person, designations, unread count; the records and the fields of their types.
    with django_assert_num_queries(9):
        client.get(URL, {"record": record.pk})
    for _ in range(5):
        CredentialRecordFactory(holder=person)
    with django_assert_num_queries(9):
        client.get(URL, {"record": record.pk})
