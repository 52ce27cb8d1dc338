"""Approvals: /credentials/approvals/ and the decision on one request."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from contacts.models import Message, Role
from credentials.models import CredentialRecord
from tests.factories import (
    CredentialRecordFactory,
    CredentialRequestFactory,
    DesignationFactory,
    SchoolFactory,
    UserFactory,
)

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
def request_update(teacher):
    """A request to change the identifier of a record that has these values; ``proposed`` is asked for as well."""

    def request_update(*, proposed=None, labels=None, **values):
        record = CredentialRecordFactory(holder=teacher, identifier="OLD-1", **values)
        return CredentialRequestFactory(
            requester=teacher,
            record=record,
            is_new=False,
            type=record.type,
            brief_description="Renewed.",
            original=record.values,
            proposed={**record.values, "identifier": "NEW-1", **(proposed or {})},
            labels=labels or {},
        )

    return request_update


@pytest.fixture
def credential_request(request_update):
    return request_update()


def page(credential_request, name="decide"):
    return reverse(f"credentials:{name}", args=[credential_request.pk])


# --- the list -----------------------------------------------------------------------------------------------------


def test_what_waits_longest_comes_first_and_decided_ones_are_left_out(browser, teacher, credential_request, approver):
    earlier = CredentialRequestFactory(requester=teacher, submitted_at=timezone.now() - timedelta(days=1))
    CredentialRequestFactory(
        requester=teacher, status="denied", comment="No.", decided_by=approver, decided_at=timezone.now()
    )
    assert browser.get(URL).context["page"].rows == [earlier, credential_request]


def test_the_list_is_filtered_by_status_and_type_in_the_address(browser, teacher, credential_request, approver):
    denied = CredentialRequestFactory(
        requester=teacher, status="denied", comment="No.", decided_by=approver, decided_at=timezone.now()
    )
    assert browser.get(URL, {"status": "denied"}).context["page"].rows == [denied]
    assert browser.get(URL, {"status": "all"}).context["page"].rows == [denied, credential_request]
    assert browser.get(URL, {"status": "all", "type": credential_request.type.pk}).context["page"].rows == [
        credential_request
    ]
    assert "No matching requests" in browser.get(URL, {"type": denied.type.pk}).text
    assert browser.get(URL, {"status": "x", "type": "9" * 30}).status_code == 200


def test_what_is_for_me_to_decide_leaves_my_own_requests_out(browser, credential_request, approver):
    own = CredentialRequestFactory(requester=approver)
    assert [each.pk for each in browser.get(URL).context["page"].rows] == [credential_request.pk, own.pk]
    assert browser.get(URL, {"status": "decide"}).context["page"].rows == [credential_request]


def test_pages_of_what_waits_turn_to_the_newer(browser, teacher):
    credential_requests = [CredentialRequestFactory(requester=teacher) for _ in range(30)]
    first = browser.get(URL, {"type": ""})
    assert first.context["page"].rows == credential_requests[:25]
    assert first.context["page"].previous == ""
    second = browser.get(URL, {"cursor": first.context["page"].next})
    assert second.context["page"].rows == credential_requests[25:]
    assert (
        browser.get(URL, {"cursor": second.context["page"].previous}).context["page"].rows == credential_requests[:25]
    )


def test_an_empty_list_says_when_it_fills(browser):
    assert "No requests to decide" in browser.get(URL).text


def test_the_queries_are_few_and_do_not_grow(browser, credential_request, teacher, django_assert_num_queries):
    # Session, person, designations, unread count; the page, which of it one decides, the usual time, and types,
    # schools and subjects to filter.
    with django_assert_num_queries(13):
        browser.get(URL)
    for _ in range(5):
        CredentialRequestFactory(requester=teacher)
    with django_assert_num_queries(13):
        browser.get(URL)
    # Among them the messages about it, which are read now, and two about the courses before and after.
    with django_assert_num_queries(15):
        browser.get(page(credential_request))


# --- one request --------------------------------------------------------------------------------------------------


def test_the_approver_sees_old_and_new_side_by_side(browser, credential_request):
    text = browser.get(page(credential_request)).text
    for words in ["<del>OLD-1</del>", "<ins>NEW-1</ins>", "Renewed.", "Demo Teacher", "Approve", "Deny"]:
        assert words in text


def test_of_a_list_what_is_added_and_removed_is_marked_and_nothing_else(browser, request_update):
    credential_request = request_update(
        subjects=["Science", "Reading"], proposed={"subjects": ["Science", "Mathematics"]}
    )
    text = browser.get(page(credential_request)).text
    assert "<del>Reading</del>" in text
    assert "<ins>Mathematics</ins>" in text
    assert not [mark for mark in ("<del>Science", "<ins>Science") if mark in text]


def test_the_approver_reads_who_asks_at_which_school_for_which_type(browser, credential_request):
    requester = credential_request.requester
    requester.school = SchoolFactory(district=requester.district, name="Cedar Hill Middle School")
    requester.save()
    text = browser.get(page(credential_request)).text
    for words in [str(requester), "Cedar Hill Middle School", escape(str(credential_request.type))]:
        assert words in text


def test_what_changes_comes_first_and_the_rest_is_folded(browser, request_update):
    credential_request = request_update(issued_on=date(2020, 1, 1), field="Art")
    text = browser.get(page(credential_request)).text
    assert text.index("<ins>NEW-1</ins>") < text.index("2 fields stay the same") < text.index("Credential field")


def test_old_values_are_called_what_they_are(browser, credential_request):
    assert 'scope="col">On record<' in browser.get(page(credential_request)).text
    CredentialRecord.objects.update(identifier="MOVED")
    text = browser.get(page(credential_request)).text
    assert 'scope="col">When requested<' in text
    assert 'scope="col">On record<' not in text


def test_approving_changes_the_record_and_tells_the_requester(browser, credential_request, teacher):
    response = browser.post(page(credential_request, "approve"), {"version": 1, "comment": "Paper seen."}, follow=True)
    assert response.redirect_chain[0][0] == URL
    assert "You approved the request of Demo Teacher, who was told." in response.text
    assert CredentialRecord.objects.get().identifier == "NEW-1"
    assert Message.objects.get(recipient=teacher).link == credential_request.my_requests_url


def test_a_comment_is_free_on_approval(browser, credential_request):
    browser.post(page(credential_request, "approve"), {"version": 1})
    credential_request.refresh_from_db()
    assert (credential_request.status, credential_request.comment) == ("approved", "")


def test_the_comment_is_not_called_optional(browser, credential_request):
    text = browser.get(page(credential_request)).text
    assert "Required if you deny or return the request" in text
    assert "data-conditional" in text


def test_a_denial_needs_a_comment(browser, credential_request):
    response = browser.post(page(credential_request, "deny"), {"version": 1, "comment": "  "})
    assert response.status_code == 200
    assert "Explain why you deny the request" in response.text
    credential_request.refresh_from_db()
    assert credential_request.status == "pending"
    browser.post(page(credential_request, "deny"), {"version": 1, "comment": "Bring the paper."})
    credential_request.refresh_from_db()
    assert (credential_request.status, credential_request.comment) == ("denied", "Bring the paper.")
    assert CredentialRecord.objects.get().identifier == "OLD-1"


@pytest.mark.parametrize("first", ["approve", "deny"])
def test_an_approver_who_comes_second_reads_who_decided_and_keeps_the_comment(
    sign_in, credential_request, approver, first
):
    sign_in(approver).post(page(credential_request, first), {"version": 1, "comment": "First."})
    second = UserFactory(district=approver.district, roles=[Role.CREDENTIAL_APPROVER])
    response = sign_in(second).post(page(credential_request, "approve"), {"version": 1, "comment": "I saw it too."})
    credential_request.refresh_from_db()
    assert response.status_code == 409
    assert f"This request was already {credential_request.status}." in response.text
    assert f"by {approver}" in response.text
    assert "I saw it too." in response.text
    assert page(credential_request, "deny") not in response.text
    assert credential_request.comment == "First."


@pytest.mark.parametrize("verb", ["approve", "deny"])
def test_own_requests_are_shown_and_left_to_others(browser, approver, verb):
    own = CredentialRequestFactory(requester=approver, brief_description="My own")
    queue = browser.get(URL).text
    assert f"{approver} (you)" in queue
    assert "Nobody can decide it yet" in queue
    DesignationFactory(user=UserFactory(district=approver.district), role="credential_approver")
    assert "Another approver decides" in browser.get(URL).text
    text = browser.get(page(own)).text
    assert "You cannot decide your own request" in text
    assert "</textarea>" not in text
    response = browser.post(page(own, verb), {"version": 1, "comment": "Fine."})
    assert response.status_code == 409
    assert "You cannot decide your own request" in response.text
    own.refresh_from_db()
    assert own.status == "pending"


def hidden(text, name):
    """What the form of the page carries along."""
    return re.search(rf'name="{name}" value="([^"]*)"', text)[1]


def test_a_record_that_moved_is_compared_three_ways_and_approved_only_when_that_was_seen(browser, credential_request):
    seen = hidden(browser.get(page(credential_request)).text, "record_state")
    CredentialRecord.objects.update(expires_on=date(2031, 2, 3))
    sent = {"version": 1, "record_state": seen, "comment": "I saw the paper."}
    response = browser.post(page(credential_request, "approve"), sent)
    assert response.status_code == 409
    assert "cannot be approved unseen" in response.text
    assert "I saw the paper.</textarea>" in response.text
    assert CredentialRecord.objects.get().identifier == "OLD-1"
    for words in ["When requested", "On record now", "Asked for", "<ins>Feb 3, 2031</ins>", "it stays as it is now"]:
        assert words in response.text
    browser.post(page(credential_request, "approve"), sent | {"record_state": hidden(response.text, "record_state")})
    record = CredentialRecord.objects.get()
    assert (record.identifier, record.expires_on) == ("NEW-1", date(2031, 2, 3))


def test_what_both_changed_is_marked_and_becomes_what_is_asked_for(browser, credential_request):
    CredentialRecord.objects.update(identifier="MOVED-1")
    text = browser.get(page(credential_request)).text
    assert "Both changed it" in text
    browser.post(page(credential_request, "approve"), {"version": 1, "record_state": hidden(text, "record_state")})
    assert CredentialRecord.objects.get().identifier == "NEW-1"


def test_fields_of_the_same_label_are_both_compared_three_ways(browser, request_update):
    asked = request_update(labels={"identifier": "Number", "extra_number": "Number"})
    CredentialRecord.objects.update(extra={"extra_number": "MOVED-2"})
    text = browser.get(page(asked)).text
    assert "<ins>NEW-1</ins>" in text
    assert "<ins>MOVED-2</ins>" in text


def test_the_effect_is_that_on_the_record_as_it_is_now(browser, request_update):
    asked = request_update(expires_on=date(2027, 6, 30))
    CredentialRecord.objects.update(expires_on=date(2031, 2, 3))
    assert "It would be valid" not in browser.get(page(asked)).text


def test_a_decision_that_says_not_what_it_saw_is_none(browser, credential_request):
    assert "Look at the request again" in browser.post(page(credential_request, "approve"), {}).text
    assert CredentialRecord.objects.get().identifier == "OLD-1"


def test_an_approval_that_a_constraint_forbids_is_refused_in_words(browser, credential_request, teacher):
    CredentialRecordFactory(holder=teacher, identifier="NEW-1")
    response = browser.post(page(credential_request, "approve"), {"version": 1, "comment": "I saw the paper."})
    assert response.status_code == 409
    assert "already has a record with this identifier and state" in response.text
    assert "I saw the paper.</textarea>" in response.text
    credential_request.refresh_from_db()
    assert credential_request.status == "pending"


@pytest.mark.parametrize(
    ("name", "value"),
    [("issuing_state", "Texas"), ("identifier", "N" * 61), ("field", "F" * 101), ("subjects", ["Art", "S" * 101])],
)
def test_approving_a_value_that_is_too_long_is_refused_in_words(browser, request_update, name, value):
    credential_request = request_update(proposed={name: value}, labels={name: "That field"})
    response = browser.post(page(credential_request, "approve"), {"version": 1})
    assert response.status_code == 409
    assert "The record cannot have these values. That field: " in response.text
    credential_request.refresh_from_db()
    assert credential_request.status == "pending"
    assert CredentialRecord.objects.get().identifier == "OLD-1"


def test_a_decided_request_shows_who_decided_and_no_buttons(browser, credential_request, approver):
    browser.post(page(credential_request, "approve"), {"version": 1, "comment": "Paper seen."})
    text = browser.get(page(credential_request)).text
    assert f"by {approver}" in text
    assert "Paper seen." in text
    assert page(credential_request, "deny") not in text


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
def test_a_former_approver_reaches_nothing(sign_in, teacher, credential_request, name):
    former = UserFactory(district=teacher.district)
    DesignationFactory(user=former, role=Role.CREDENTIAL_APPROVER, ended_at=timezone.now() + timedelta(seconds=1))
    client = sign_in(former)
    call = client.get if name == "decide" else client.post
    assert call(page(credential_request, name), {"comment": "Mine."}).status_code == 403
    assert client.get(URL).status_code == 403


@pytest.mark.parametrize("verb", ["approve", "deny"])
def test_opening_a_verbs_address_decides_nothing(browser, credential_request, verb):
    assert browser.get(page(credential_request, verb)).status_code == 405
