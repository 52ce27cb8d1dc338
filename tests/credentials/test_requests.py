"""My Requests: /credentials/requests/ and one request."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from contacts.models import Role
from tests.conftest import every_page
from tests.factories import CredentialRecordFactory, CredentialRequestFactory, UserFactory

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


@pytest.mark.parametrize(
    "mark",
    [
        "x",
        "_",
        "2026-01-01_1",
        "2026-01-01T00:00:00+00:00_x",
        "2026-01-01T00:00Z_" + "9" * 30,
        "2026-01-01T00:00Z_" + "9" * 5000,
        "2026-01-01T00:00:00+23:59:59_1",
        "2026-01-01T00:00:00-23:59:59.999999_1",
        "0001-01-01T00:00+12:00_1",
        "9999-12-31T23:59-12:00_1",
        "0001-01-01T00:00Z_-1",
        "99999-01-01T00:00Z_1",
    ],
)
def test_a_made_up_page_mark_does_no_harm(browser, person, mark):
    CredentialRequestFactory(requester=person)
    assert browser.get(URL, {"after": mark}).status_code == 200
    assert browser.get(URL, {"before": mark}).status_code == 200


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
    UserFactory(district=person.district, roles=[Role.CREDENTIAL_APPROVER])
    assert "An approver of your district decides." in browser.get(url).text


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
    with django_assert_num_queries(5):
        browser.get(URL)
    for _ in range(5):
        CredentialRequestFactory(requester=person)
    with django_assert_num_queries(5):
        browser.get(URL)
    with django_assert_num_queries(7):
        browser.get(reverse("credentials:request", args=[credential_request.pk]))
