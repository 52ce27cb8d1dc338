"""Approvals: /credentials/approvals/ and the decision on one request."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from contacts.models import Message, Role
from credentials.models import CredentialRecord
from tests.factories import CredentialRecordFactory, CredentialRequestFactory, DesignationFactory, UserFactory

pytestmark = pytest.mark.django_db
URL = "/credentials/approvals/"


@pytest.fixture
def approver():
    return UserFactory(roles=[Role.CREDENTIAL_APPROVER])


@pytest.fixture
def browser(sign_in, approver):
    return sign_in(approver)


@pytest.fixture
def teacher(approver):
    return UserFactory(district=approver.district, first_name="Demo", last_name="Teacher")


@pytest.fixture
def wish(teacher):
    record = CredentialRecordFactory(holder=teacher, identifier="OLD-1")
    return CredentialRequestFactory(
        requester=teacher,
        record=record,
        is_new=False,
        type=record.type,
        brief_description="Renewed.",
        original=record.values,
        proposed={"identifier": "NEW-1"},
    )


def page(wish, name="decide"):
    return reverse(f"credentials:{name}", args=[wish.pk])


# --- the list -----------------------------------------------------------------------------------------------------


def test_what_waits_longest_comes_first_and_decided_ones_are_left_out(browser, teacher, wish, approver):
    earlier = CredentialRequestFactory(requester=teacher, submitted_at=timezone.now() - timedelta(days=1))
    CredentialRequestFactory(
        requester=teacher, status="denied", comment="No.", decided_by=approver, decided_at=timezone.now()
    )
    assert browser.get(URL).context["page"].rows == [earlier, wish]


def test_the_list_is_filtered_by_status_and_type_in_the_address(browser, teacher, wish, approver):
    denied = CredentialRequestFactory(
        requester=teacher, status="denied", comment="No.", decided_by=approver, decided_at=timezone.now()
    )
    assert browser.get(URL, {"status": "denied"}).context["page"].rows == [denied]
    assert browser.get(URL, {"status": "all"}).context["page"].rows == [denied, wish]
    assert browser.get(URL, {"status": "all", "type": wish.type.pk}).context["page"].rows == [wish]
    assert "Nothing matches" in browser.get(URL, {"type": denied.type.pk}).text
    assert browser.get(URL, {"status": "x", "type": "9" * 30}).status_code == 200


def test_pages_of_what_waits_turn_to_the_newer(browser, teacher):
    wishes = [CredentialRequestFactory(requester=teacher) for _ in range(30)]
    first = browser.get(URL, {"type": ""})
    assert first.context["page"].rows == wishes[:25]
    assert first.context["page"].previous == ""
    second = browser.get(URL, {"cursor": first.context["page"].next})
    assert second.context["page"].rows == wishes[25:]
    assert browser.get(URL, {"cursor": second.context["page"].previous}).context["page"].rows == wishes[:25]


def test_an_empty_list_says_when_it_fills(browser):
    assert "Nothing waits for you" in browser.get(URL).text


def test_the_queries_are_few_and_do_not_grow(browser, wish, teacher, django_assert_num_queries):
    # Session, person, designations, unread count; the page and the types of the filter.
    with django_assert_num_queries(6):
        browser.get(URL)
    for _ in range(5):
        CredentialRequestFactory(requester=teacher)
    with django_assert_num_queries(6):
        browser.get(URL)
    with django_assert_num_queries(6):
        browser.get(page(wish))


# --- one request --------------------------------------------------------------------------------------------------


def test_the_approver_sees_old_and_new_side_by_side(browser, wish):
    text = browser.get(page(wish)).text
    for words in ["<del>OLD-1</del>", "<ins>NEW-1</ins>", "Renewed.", "Demo Teacher", "Approve", "Deny"]:
        assert words in text


def test_what_changes_comes_first_and_the_rest_is_folded(browser, wish):
    same = {"issued_on": "2020-01-01", "field": "Art"}
    CredentialRecord.objects.update(**same)
    wish.original, wish.proposed = {**wish.original, **same}, {**wish.proposed, **same}
    wish.save()
    text = browser.get(page(wish)).text
    assert text.index("<ins>NEW-1</ins>") < text.index("2 fields stay the same") < text.index("Credential field")


def test_old_values_are_called_what_they_are(browser, wish):
    assert 'scope="col">On record<' in browser.get(page(wish)).text
    CredentialRecord.objects.update(identifier="MOVED")
    text = browser.get(page(wish)).text
    assert 'scope="col">When requested<' in text
    assert 'scope="col">On record<' not in text


def test_approving_changes_the_record_and_tells_the_requester(browser, wish, teacher):
    response = browser.post(page(wish, "approve"), {"comment": "Paper seen."}, follow=True)
    assert response.redirect_chain[0][0] == URL
    assert "The request of Demo Teacher is approved, and they are told." in response.text
    assert CredentialRecord.objects.get().identifier == "NEW-1"
    assert Message.objects.get(recipient=teacher).link == "/credentials/requests/"


def test_a_comment_is_free_on_approval(browser, wish):
    browser.post(page(wish, "approve"))
    wish.refresh_from_db()
    assert (wish.status, wish.comment) == ("approved", "")


def test_the_comment_is_not_called_optional(browser, wish):
    text = browser.get(page(wish)).text
    assert "Needed when you deny" in text
    assert "data-conditional" in text


def test_a_denial_needs_a_comment(browser, wish):
    response = browser.post(page(wish, "deny"), {"comment": "  "})
    assert response.status_code == 200
    assert "Say why the request is denied" in response.text
    wish.refresh_from_db()
    assert wish.status == "pending"
    browser.post(page(wish, "deny"), {"comment": "Bring the paper."})
    wish.refresh_from_db()
    assert (wish.status, wish.comment) == ("denied", "Bring the paper.")
    assert CredentialRecord.objects.get().identifier == "OLD-1"


@pytest.mark.parametrize("first", ["approve", "deny"])
def test_who_decides_second_reads_a_sentence(sign_in, wish, approver, first):
    sign_in(approver).post(page(wish, first), {"comment": "First."})
    second = UserFactory(district=approver.district, roles=[Role.CREDENTIAL_APPROVER])
    response = sign_in(second).post(page(wish, "approve"), {"comment": "Second."}, follow=True)
    wish.refresh_from_db()
    assert f"This request was {wish.status} already." in response.text
    assert f"by {approver}" in response.text
    assert wish.comment == "First."


@pytest.mark.parametrize("verb", ["approve", "deny"])
def test_own_requests_are_shown_and_left_to_others(browser, approver, verb):
    own = CredentialRequestFactory(requester=approver, brief_description="My own")
    assert "you: another approver decides" in browser.get(URL).text
    text = browser.get(page(own)).text
    assert "Nobody decides their own request" in text
    assert "</textarea>" not in text
    response = browser.post(page(own, verb), {"comment": "Fine."}, follow=True)
    assert "Nobody decides their own request" in response.text
    own.refresh_from_db()
    assert own.status == "pending"


def test_a_record_that_moved_shows_what_moved_and_cannot_be_approved(browser, wish):
    CredentialRecord.objects.update(expires_on=date(2031, 2, 3))
    text = browser.get(page(wish)).text
    assert "The record changed after this was requested" in text
    assert "<ins>3 Feb 2031</ins>" in text
    assert page(wish, "approve") not in text
    response = browser.post(page(wish, "approve"), follow=True)
    assert "so it cannot be approved" in response.text
    assert CredentialRecord.objects.get().identifier == "OLD-1"


def test_an_approval_that_the_records_rules_forbid_is_a_sentence(browser, wish, teacher):
    CredentialRecordFactory(holder=teacher, identifier="NEW-1")
    response = browser.post(page(wish, "approve"), follow=True)
    assert response.status_code == 200
    assert "a record with this identifier and state already" in response.text
    wish.refresh_from_db()
    assert wish.status == "pending"


@pytest.mark.parametrize(
    ("name", "value"),
    [("issuing_state", "Texas"), ("identifier", "N" * 61), ("field", "F" * 101), ("subjects", ["Art", "S" * 101])],
)
def test_approving_a_value_that_the_record_has_no_room_for_is_a_sentence(browser, wish, name, value):
    wish.proposed, wish.labels = {**wish.proposed, name: value}, {name: "That field"}
    wish.save()
    response = browser.post(page(wish, "approve"), follow=True)
    assert response.status_code == 200
    assert "Nothing was changed. That field: " in response.text
    wish.refresh_from_db()
    assert wish.status == "pending"
    assert CredentialRecord.objects.get().identifier == "OLD-1"


def test_a_decided_request_shows_who_decided_and_no_buttons(browser, wish, approver):
    browser.post(page(wish, "approve"), {"comment": "Paper seen."})
    text = browser.get(page(wish)).text
    assert f"by {approver}" in text
    assert "Paper seen." in text
    assert page(wish, "deny") not in text


# --- who may ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["decide", "approve", "deny"])
def test_requests_of_another_district_do_not_exist_here(browser, name):
    foreign = CredentialRequestFactory()
    call = browser.get if name == "decide" else browser.post
    assert call(page(foreign, name), {"comment": "Mine."}).status_code == 404
    foreign.refresh_from_db()
    assert foreign.status == "pending"
    assert browser.get(URL, {"status": "all"}).context["page"].rows == []


@pytest.mark.parametrize("name", ["decide", "approve", "deny"])
def test_a_former_approver_reaches_nothing(sign_in, teacher, wish, name):
    former = UserFactory(district=teacher.district)
    DesignationFactory(user=former, role=Role.CREDENTIAL_APPROVER, ended_at=timezone.now() + timedelta(seconds=1))
    client = sign_in(former)
    call = client.get if name == "decide" else client.post
    assert call(page(wish, name), {"comment": "Mine."}).status_code == 403
    assert client.get(URL).status_code == 403


@pytest.mark.parametrize("verb", ["approve", "deny"])
def test_opening_a_verbs_address_decides_nothing(browser, wish, verb):
    assert browser.get(page(wish, verb)).status_code == 405
