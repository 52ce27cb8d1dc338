"""My Requests: /credentials/requests/ and one request."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from contacts.models import Role
from tests.conftest import every_page
from tests.factories import (
    CredentialRecordFactory,
    CredentialRequestFactory,
    MessageFactory,
    SchoolFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
URL = "/credentials/requests/"


@pytest.fixture
def person():
    return UserFactory()


@pytest.fixture
def browser(sign_in, person):
    return sign_in(person)


def decided(request, **values):
    approver = UserFactory(district=request.district, roles=[Role.CREDENTIAL_APPROVER])
    values = {"status": "denied", "comment": "Bring the paper.", **values}
    for name, value in {**values, "decided_by": approver, "decided_at": timezone.now()}.items():
        setattr(request, name, value)
    request.save()
    return request


def test_all_own_requests_are_listed_pending_and_decided(browser, person):
    CredentialRequestFactory(requester=person, brief_description="First request")
    decided(CredentialRequestFactory(requester=person, brief_description="Second request"))
    CredentialRequestFactory(requester__district=person.district, brief_description="A colleague's")
    text = browser.get(URL).text
    for words in ["First request", "Second request", "Pending", "Denied", "Bring the paper."]:
        assert words in text
    assert "A colleague" not in text


def test_each_row_notes_when_changes_were_requested_in_the_readers_zone(browser, person):
    person.time_zone = "Pacific/Auckland"
    person.save()
    at = timezone.datetime(2026, 11, 21, 23, 0, tzinfo=timezone.get_default_timezone())
    CredentialRequestFactory(requester=person, submitted_at=at)
    assert "Nov 22, 2026, 12:00 PM" in browser.get(URL).text


def test_each_row_is_known_by_its_brief_description(browser, person):
    credential_request = CredentialRequestFactory(requester=person, brief_description="My request")
    url = reverse("credentials:request", args=[credential_request.pk])
    assert f'<a class="row-link" href="{url}">My request</a>' in browser.get(URL).text


def test_newest_first_by_pages_that_meet_without_gap_or_repetition(browser, person):
    now = timezone.now()
    # Several of the same moment, to see that the key settles them.
    for number in range(60):
        at = now - timedelta(minutes=number // 4)
        CredentialRequestFactory(requester=person, brief_description=f"Request {number:02}.", submitted_at=at)
    pages = every_page(browser, URL)
    assert len(pages) == 3
    assert [each for page in pages for each in page.context["page"].rows] == list(person.credential_requests.all())
    middle = browser.get(URL, {"cursor": pages[2].context["page"].previous})
    assert middle.context["page"].rows == pages[1].context["page"].rows
    assert not pages[0].context["page"].previous


@pytest.mark.parametrize("cursor", ["x", "_", "2026-01-01T00:00:00+00:00_1", "9" * 5000])
def test_a_made_up_cursor_gives_the_first_page(browser, person, cursor):
    own = CredentialRequestFactory(requester=person)
    assert browser.get(URL, {"cursor": cursor}).context["page"].rows == [own]


def test_a_message_leads_to_the_page_with_its_request_and_marks_the_row(browser, person):
    old = CredentialRequestFactory(requester=person, submitted_at=timezone.now() - timedelta(days=9))
    for _ in range(25):
        CredentialRequestFactory(requester=person)
    message = MessageFactory(recipient=person, link=old.my_requests_url)
    response = browser.get(reverse("contacts:open_message", args=[message.pk]), follow=True)
    assert response.redirect_chain[-1][0] == old.my_requests_url
    assert f'<tr id="request-{old.pk}" class="is-current" aria-current="true">' in response.text
    assert response.text.count('aria-current="true"') == 1


def test_the_page_of_an_old_request_is_found_at_once_however_many_are_newer(browser, person):
    def queries(days):
        own = CredentialRequestFactory(requester=person, submitted_at=timezone.now() - timedelta(days=days))
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(own.my_requests_url).context["page"].rows[0] == own
        return len(captured)

    CredentialRequestFactory.create_batch(30, requester=person)
    few = queries(days=1)
    CredentialRequestFactory.create_batch(60, requester=person)
    assert queries(days=2) == few


def test_reading_the_decision_on_my_requests_marks_its_message_read(browser, person):
    own = CredentialRequestFactory(requester=person)
    for url in (own.my_requests_url, reverse("credentials:request", args=[own.pk])):
        message = MessageFactory(recipient=person, about=own.my_requests_url)
        browser.get(url)
        message.refresh_from_db()
        assert message.read_at


def test_a_request_that_is_not_ones_own_marks_no_row(browser, person):
    CredentialRequestFactory(requester=person)
    foreign = CredentialRequestFactory(requester__district=person.district)
    for key in (foreign.pk, "x", "9" * 30):
        assert 'aria-current="true"' not in browser.get(URL, {"request": key}).text


def test_a_pending_request_is_withdrawn_and_stays_on_my_requests(browser, person):
    own = CredentialRequestFactory(requester=person, brief_description="By mistake")
    url = reverse("credentials:request", args=[own.pk])
    assert "Withdraw request" in browser.get(url).text
    response = browser.post(reverse("credentials:withdraw", args=[own.pk]), follow=True)
    assert response.redirect_chain[0][0] == url
    assert "You withdrew your request." in response.text
    assert "Withdraw request" not in response.text
    text = browser.get(URL).text
    assert "By mistake" in text
    assert "Withdrawn" in text


def test_a_request_that_was_decided_meanwhile_is_not_withdrawn(browser, person):
    own = decided(CredentialRequestFactory(requester=person))
    response = browser.post(reverse("credentials:withdraw", args=[own.pk]))
    assert response.status_code == 409
    assert "This request was already denied." in response.text
    assert "<title>Error: " in response.text
    assert "Bring the paper." in response.text


@pytest.mark.parametrize("is_new", [True, False])
def test_a_denied_request_can_be_made_again(browser, person, is_new):
    record = CredentialRecordFactory(holder=person)
    about = {"is_new": True} if is_new else {"is_new": False, "record": record, "original": record.values}
    own = decided(CredentialRequestFactory(requester=person, type=record.type, **about))
    text = browser.get(reverse("credentials:request", args=[own.pk])).text
    url = reverse("credentials:request_new") if is_new else reverse("credentials:request_update", args=[record.pk])
    assert f'href="{url}?again={own.pk}"' in text
    person.district.staff_may_request_changes = False
    person.district.save()
    assert "?again=" not in browser.get(reverse("credentials:request", args=[own.pk])).text


def test_the_page_of_a_request_names_the_person_the_school_and_the_type(browser, person):
    person.school = SchoolFactory(district=person.district, name="Lakewood High School")
    person.save()
    own = CredentialRequestFactory(requester=person, type__name="Coaching permit")
    text = browser.get(reverse("credentials:request", args=[own.pk])).text
    assert all(words in text for words in (str(person), "Lakewood High School", "Coaching permit"))


def test_an_empty_list_says_what_to_do(browser):
    assert "No requests yet" in browser.get(URL).text


def test_without_the_right_the_list_is_for_reading(browser, person):
    person.district.staff_may_request_changes = False
    person.district.save()
    CredentialRequestFactory(requester=person, brief_description="Earlier request")
    text = browser.get(URL).text
    assert "staff do not request changes here" in text
    assert "Earlier request" in text
    assert reverse("credentials:request_new") not in text


def test_one_request_shows_old_and_new_and_the_decision(browser, person):
    record = CredentialRecordFactory(holder=person, identifier="OLD-1")
    record.type.fields.create(element="identifier", label="Number")
    credential_request = CredentialRequestFactory(
        requester=person,
        record=record,
        is_new=False,
        type=record.type,
        original={"identifier": "OLD-1", "expires_on": "2026-01-02"},
        proposed={"identifier": "NEW-1", "expires_on": "2026-01-02"},
    )
    decided(credential_request)
    text = browser.get(reverse("credentials:request", args=[credential_request.pk])).text
    for words in ["<del>OLD-1</del>", "<ins>NEW-1</ins>", "Number", "Jan 2, 2026", "Denied", "Bring the paper."]:
        assert words in text
    assert text.count("Changed</span>") == 1


def test_a_waiting_request_says_who_decides_or_that_nobody_can(browser, person):
    credential_request = CredentialRequestFactory(requester=person)
    url = reverse("credentials:request", args=[credential_request.pk])
    assert "This request waits until your district has a credential approver." in browser.get(url).text
    approver = UserFactory(district=person.district, roles=[Role.CREDENTIAL_APPROVER])
    assert f"It is with {approver}. The record does not change until the request is approved." in browser.get(url).text


def test_the_labels_of_a_request_outlive_its_types_fields(browser, person):
    credential_request = CredentialRequestFactory(
        requester=person, proposed={"gone": "kept", "never_named": "too"}, labels={"gone": "Gone field"}
    )
    text = browser.get(reverse("credentials:request", args=[credential_request.pk])).text
    for words in ["Gone field", "kept", "never_named", "too"]:
        assert words in text


def test_a_field_that_became_a_date_does_not_break_an_old_request(browser, person):
    credential_request = CredentialRequestFactory(requester=person, proposed={"when": "last spring"})
    credential_request.type.fields.create(key="when", label="When", data_type="date")
    assert "last spring" in browser.get(reverse("credentials:request", args=[credential_request.pk])).text


def test_another_persons_request_does_not_exist_here(browser, person):
    foreign = CredentialRequestFactory(requester__district=person.district)
    assert browser.get(reverse("credentials:request", args=[foreign.pk])).status_code == 404


def test_the_queries_are_few_and_do_not_grow(browser, person, django_assert_num_queries):
    credential_request = CredentialRequestFactory(requester=person)
    # Session, person, designations, unread count, and the page itself.
    with django_assert_num_queries(8):
        browser.get(URL)
    for _ in range(5):
        CredentialRequestFactory(requester=person)
    with django_assert_num_queries(8):
        browser.get(URL)
    with django_assert_num_queries(11):
        browser.get(reverse("credentials:request", args=[credential_request.pk]))
