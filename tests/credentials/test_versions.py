"""A request before it is decided: a draft, another version, returned for changes; and every version for ever."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from contacts import ActionRefused
from contacts.models import Kind, Message, Role
from credentials import actions
from credentials.models import CredentialRecord, CredentialRequest, next_period, renewal_of
from tests.credentials.test_actions import request_new, request_update
from tests.factories import CredentialRecordFactory, CredentialRequestFactory, CredentialTypeFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def approver():
    return UserFactory(roles=[Role.CREDENTIAL_APPROVER])


@pytest.fixture
def record(approver):
    record = CredentialRecordFactory(holder__district=approver.district, identifier="OLD")
    for element in ("identifier", "effective_on", "expires_on"):
        record.type.fields.create(element=element)
    return record


@pytest.fixture
def browser(sign_in, record):
    return sign_in(record.holder)


def address(credential_request, name="request"):
    return reverse(f"credentials:{name}", args=[credential_request.pk])


def change(credential_request, brief_description="Renewed.", seen=None, **values):
    return actions.change_request(
        credential_request,
        by=credential_request.requester,
        seen=credential_request.version if seen is None else seen,
        brief_description=brief_description,
        proposed={**credential_request.original, **values},
    )


def sent(response, **values):
    """What the editor of the page sends back, with these values."""
    form = response.context["form"]
    data = {name: form[name].value() for name in form.fields}
    data = {name: "" if value is None else value for name, value in data.items()}
    shown = " ".join(form.value_fields.values())
    return {**data, "shown_fields": shown, **values}


# --- drafts -------------------------------------------------------------------------------------------------------


def test_a_draft_is_saved_incomplete_and_nobody_else_sees_it(browser, record, approver):
    editor = reverse("credentials:request_update", args=[record.pk])
    page = browser.get(editor)
    assert "Save draft" in page.text
    data = sent(page, brief_description="", value_identifier="NEW", save_draft="1")
    answer = browser.post(editor, data, follow=True)
    draft = CredentialRequest.objects.get()
    assert (draft.status, draft.version, draft.proposed["identifier"]) == ("draft", 0, "NEW")
    assert "Nobody else sees it until you submit it." in answer.text
    assert not Message.objects.exists()
    assert not CredentialRequest.objects.decidable_by(approver).exists()


def test_a_draft_is_completed_and_submitted(browser, record, approver):
    draft = request_update(record, is_draft=True, brief_description="", identifier="NEW")
    answer = browser.get(reverse("credentials:request_update", args=[record.pk]), follow=True)
    assert answer.redirect_chain[-1][0] == address(draft, "edit")
    browser.post(address(draft, "edit"), sent(answer, brief_description="It was renewed."))
    draft.refresh_from_db()
    assert (draft.status, draft.version, draft.brief_description) == ("pending", 1, "It was renewed.")
    assert Message.objects.get(recipient=approver).about == draft.decision_url
    assert [version.proposed["identifier"] for version in draft.versions.all()] == ["NEW"]


def test_a_draft_is_discarded_and_gone_from_my_requests(browser, record):
    draft = request_update(record, is_draft=True, brief_description="My plan", identifier="NEW")
    assert "My plan" in browser.get("/credentials/requests/").text
    browser.post(address(draft, "withdraw"))
    assert "My plan" not in browser.get("/credentials/requests/").text
    assert request_update(record, identifier="NEW").status == "pending"


def test_a_draft_does_not_hold_up_a_request(record):
    request_update(record, is_draft=True, identifier="NEW")
    request_update(record, identifier="NEWER")


def test_a_draft_of_a_new_record_may_become_one_of_another_type(browser, record):
    first, second = CredentialTypeFactory.create_batch(2)
    second.fields.create(element="identifier")
    draft = request_new(record.holder, first, is_draft=True, identifier="NEW")
    page = browser.get(address(draft, "edit"))
    data = sent(page, type=second.pk, value_identifier="N-7", shown_fields="value_identifier")
    browser.post(address(draft, "edit"), data)
    draft.refresh_from_db()
    assert (draft.type, draft.status, draft.proposed) == (second, "pending", {"identifier": "N-7"})


# --- versions -----------------------------------------------------------------------------------------------------


def test_a_change_while_it_waits_is_a_new_version_that_approvers_are_told_of(browser, record, approver):
    credential_request = request_update(record, identifier="NEW")
    page = browser.get(address(credential_request, "edit"))
    browser.post(address(credential_request, "edit"), sent(page, value_identifier="NEWER"))
    credential_request.refresh_from_db()
    assert (credential_request.status, credential_request.version) == ("pending", 2)
    assert [version.proposed["identifier"] for version in credential_request.versions.all()] == ["NEW", "NEWER"]
    first, second = Message.objects.filter(recipient=approver).order_by("pk")
    assert first.read_at
    assert not second.read_at
    assert second.title.startswith(f"{record.holder} changed the request for an update")


@pytest.mark.parametrize("verb", ["approve", "deny", "return"])
def test_an_approver_who_saw_an_earlier_version_looks_again(sign_in, record, approver, verb):
    credential_request = request_update(record, identifier="NEW")
    change(credential_request, identifier="NEWER")
    client = sign_in(approver)
    answer = client.post(address(credential_request, verb), {"version": 1, "comment": "I saw it."})
    credential_request.refresh_from_db()
    assert (answer.status_code, credential_request.status) == (409, "pending")
    assert f"{record.holder} changed this request while you were looking at it" in answer.text
    assert "Changed since version 1" in answer.text
    assert "<del>NEW</del>" in answer.text
    assert "<ins>NEWER</ins>" in answer.text
    assert 'name="version" value="2"' in answer.text
    client.post(address(credential_request, "approve"), {"version": 2})
    record.refresh_from_db()
    assert record.identifier == "NEWER"


def test_every_version_stays_on_my_requests_after_the_decision(browser, record, approver):
    credential_request = request_update(record, identifier="NEW")
    actions.return_for_changes(credential_request, by=approver, comment="Which number?")
    credential_request = change(CredentialRequest.objects.get(), identifier="NEWER")
    actions.deny(credential_request, by=approver, comment="It is not yours.")
    text = browser.get(address(credential_request)).text
    for words in [
        "Version 1, submitted",
        "Version 2, submitted",
        "<ins>NEW</ins>",
        "<ins>NEWER</ins>",
        "Which number?",
    ]:
        assert words in text


def test_the_same_change_sent_twice_makes_one_version(record):
    credential_request = request_update(record, identifier="NEW")
    change(credential_request, identifier="NEWER", seen=1)
    change(credential_request, identifier="NEWER", seen=1)
    assert credential_request.versions.count() == 2


def test_a_change_on_an_older_page_is_refused(record):
    credential_request = request_update(record, identifier="NEW")
    change(credential_request, identifier="NEWER")
    with pytest.raises(ActionRefused, match="changed on another page"):
        change(credential_request, identifier="NEWEST", seen=1)


@pytest.mark.parametrize("values", [{}, {"identifier": "NEW"}])
def test_a_version_changes_something(record, values):
    credential_request = request_update(record, identifier="NEW")
    with pytest.raises(ActionRefused, match=r"You have not changed anything|would change nothing"):
        change(credential_request, **values)
    assert credential_request.versions.count() == 1


def test_a_request_that_would_change_nothing_is_refused_past_the_form(record):
    with pytest.raises(ActionRefused, match="would change nothing"):
        request_update(record)
    assert not CredentialRequest.objects.exists()


def test_a_new_version_begins_from_what_the_record_says_now(record, approver):
    credential_request = request_update(record, identifier="NEW")
    CredentialRecord.objects.filter(pk=record.pk).update(expires_on=date(2031, 1, 1))
    record.refresh_from_db()
    change(credential_request, **{**record.values, "identifier": "NEWER"})
    credential_request.refresh_from_db()
    actions.approve(credential_request, by=approver)
    record.refresh_from_db()
    assert (record.identifier, record.expires_on) == ("NEWER", date(2031, 1, 1))


def test_a_version_does_not_undo_what_changed_on_the_record_meanwhile(record):
    credential_request = request_update(record, identifier="NEW")
    proposed = {**credential_request.record.values, "identifier": "NEWER"}
    CredentialRecord.objects.filter(pk=record.pk).update(expires_on=date(2031, 1, 1))
    about = {"by": record.holder, "seen": 1, "brief_description": "Renewed.", "proposed": proposed}
    with pytest.raises(ActionRefused, match="Someone just changed this record"):
        actions.change_request(credential_request, **about)
    assert credential_request.versions.count() == 1


def test_a_request_has_so_many_versions_at_most(record):
    asked = request_update(record, identifier="NEW")
    CredentialRequest.objects.update(version=50)
    asked.refresh_from_db()
    with pytest.raises(ActionRefused, match="50 versions already"):
        change(asked, identifier="NEWER")
    assert CredentialRequest.objects.get().proposed["identifier"] == "NEW"


@pytest.mark.parametrize("is_draft", [True, False])
def test_a_person_has_so_many_undecided_requests_and_drafts_at_most(record, is_draft):
    asked = CredentialRequestFactory.create_batch(49, requester=record.holder)
    CredentialRequestFactory(requester=record.holder, status="draft")
    with pytest.raises(ActionRefused, match="50 drafts and requests that wait already"):
        request_new(record.holder, is_draft=is_draft)
    actions.withdraw(asked[0], by=record.holder)
    assert request_new(record.holder, is_draft=is_draft).pk


def test_the_queries_do_not_grow_with_the_versions(sign_in, record, approver, django_assert_max_num_queries):
    asked = request_update(record, identifier="NEW")

    def queries(person, page):
        client = sign_in(person)
        client.get(address(asked, page))
        with django_assert_max_num_queries(30) as found:
            assert client.get(address(asked, page)).status_code == 200
        return len(found)

    def of_both_pages(identifier):
        change(asked, identifier=identifier)
        asked.refresh_from_db()
        return queries(record.holder, "request"), queries(approver, "decide")

    assert len({of_both_pages(f"NEW-{number}") for number in range(3)}) == 1


def test_what_is_decided_is_not_changed(browser, record, approver):
    credential_request = request_update(record, identifier="NEW")
    page = browser.get(address(credential_request, "edit"))
    actions.approve(credential_request, by=approver)
    answer = browser.post(address(credential_request, "edit"), sent(page, value_identifier="NEWER"))
    assert "Someone changed this record while you were typing" in answer.text
    with pytest.raises(ActionRefused, match="already approved"):
        change(credential_request, identifier="NEWER")
    assert browser.get(address(credential_request, "edit")).url == address(credential_request)


def test_without_the_right_to_request_nothing_is_changed(browser, record):
    credential_request = request_update(record, identifier="NEW")
    record.district.staff_may_request_changes = False
    record.district.save()
    assert browser.get(address(credential_request, "edit")).status_code == 403
    assert address(credential_request, "edit") not in browser.get(address(credential_request)).text


# --- returned for changes -----------------------------------------------------------------------------------------


def test_a_returned_request_is_with_the_requester_and_comes_back_changed(browser, sign_in, record, approver):
    credential_request = request_update(record, identifier="NEW")
    client = sign_in(approver)
    answer = client.post(address(credential_request, "return"), {"version": 1, "comment": ""})
    assert "Say what the requester should change" in answer.text
    answer = client.post(address(credential_request, "return"), {"version": 1, "comment": "Which number?"}, follow=True)
    assert "You returned the request" in answer.text
    message = Message.objects.get(recipient=record.holder)
    assert (message.kind, message.link) == (Kind.ANSWER, credential_request.my_requests_url)
    assert message.title.startswith("Returned for changes: ")
    browser = sign_in(record.holder)
    text = browser.get(address(credential_request)).text
    assert "It is with you" in text
    assert "asks for a change before deciding: “Which number?”" in text
    page = browser.get(address(credential_request, "edit"))
    browser.post(address(credential_request, "edit"), sent(page, value_identifier="NEWER"))
    credential_request.refresh_from_db()
    assert (credential_request.status, credential_request.version, credential_request.comment) == ("pending", 2, "")
    version = credential_request.versions.get(number=2)
    assert (version.asked_by, version.asked_for) == (approver, "Which number?")
    message.refresh_from_db()
    assert message.read_at


def test_a_returned_request_may_come_back_as_it_was(record, approver):
    credential_request = request_update(record, identifier="NEW")
    actions.return_for_changes(credential_request, by=approver, comment="Are you sure?")
    assert change(CredentialRequest.objects.get(), identifier="NEW", brief_description="Yes, I am.").status == "pending"


@pytest.mark.parametrize("verb", [actions.approve, actions.deny, actions.return_for_changes])
def test_a_returned_request_is_decided_when_it_comes_back(record, approver, verb):
    credential_request = request_update(record, identifier="NEW")
    actions.return_for_changes(credential_request, by=approver, comment="Which number?")
    with pytest.raises(ActionRefused, match="returned for changes"):
        verb(credential_request, by=approver, comment="Fine.")


def test_a_returned_request_can_be_withdrawn_and_holds_its_record_until_then(record, approver):
    credential_request = request_update(record, identifier="NEW")
    actions.return_for_changes(credential_request, by=approver, comment="Which number?")
    with pytest.raises(ActionRefused, match="already waiting"):
        request_update(record, identifier="OTHER")
    actions.withdraw(credential_request, by=record.holder)
    request_update(record, identifier="OTHER")


# --- how it stands ------------------------------------------------------------------------------------------------


def test_a_waiting_request_says_with_whom_it_is_and_how_long_it_usually_takes(browser, record, approver):
    now = timezone.now()
    for days in (1, 4, 30):
        CredentialRequestFactory(
            requester=UserFactory(district=record.district),
            status="denied",
            comment="No.",
            decided_by=approver,
            decided_at=now,
            submitted_at=now - timedelta(days=days),
        )
    credential_request = request_update(record, identifier="NEW")
    text = browser.get(address(credential_request)).text
    assert f"It is with {approver}." in text
    assert "Your district usually decides within 4 days." in text


# --- renewals -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "first", "last"),
    [
        (date(2022, 7, 1), date(2027, 6, 30), date(2027, 7, 1), date(2032, 6, 30)),
        (date(2024, 3, 1), date(2025, 2, 28), date(2025, 3, 1), date(2026, 2, 28)),
        (date(2023, 9, 15), date(2024, 3, 14), date(2024, 3, 15), date(2024, 9, 14)),
        (date(2024, 1, 10), date(2024, 2, 1), date(2024, 2, 2), date(2024, 2, 24)),
        (date(2023, 8, 31), date(2024, 8, 30), date(2024, 8, 31), date(2025, 8, 30)),
        (date(2004, 8, 27), date(2005, 8, 27), date(2005, 8, 28), date(2006, 8, 27)),
        (date(2024, 2, 29), date(2024, 2, 29), date(2024, 3, 1), date(2024, 3, 1)),
    ],
)
def test_the_next_period_is_as_long_and_begins_the_day_after(start, end, first, last):
    assert next_period(start, end) == (first, last)


def test_a_renewal_is_an_update_filled_with_the_next_period(browser, record):
    record.effective_on, record.expires_on = date(2022, 7, 1), date(2027, 6, 30)
    record.save()
    assert "?renew=1" in browser.get(reverse("credentials:records")).text
    page = browser.get(reverse("credentials:request_update", args=[record.pk]), {"renew": "1"})
    form = page.context["form"]
    assert (form["value_effective_on"].value(), form["value_expires_on"].value()) == ("2022-07-01", "2032-06-30")
    assert form["brief_description"].value() == f"Renewal of {record.name}"
    assert "The dates of the next period are filled in." in page.text
    browser.post(reverse("credentials:request_update", args=[record.pk]), sent(page))
    assert CredentialRequest.objects.get().proposed["expires_on"] == "2032-06-30"


def test_who_renews_in_time_might_teach_until_then_and_renews_for_as_long_the_next_time(record, approver):
    today = record.district.today
    record.effective_on, record.expires_on = today - timedelta(days=364), today
    record.save()
    for years in (1, 2):
        credential_request = request_update(record, **renewal_of(record))
        actions.approve(credential_request, by=approver)
        record.refresh_from_db()
        assert record.effective_on == today - timedelta(days=364)
        assert abs(record.expires_on - today - timedelta(days=365 * years)) <= timedelta(days=1)


def test_what_expired_long_ago_is_renewed_for_a_period_that_is_not_over(record):
    today = record.district.today
    record.effective_on, record.expires_on = date(2004, 7, 1), date(2005, 6, 30)
    renewed = renewal_of(record)
    assert date.fromisoformat(renewed["effective_on"]) <= today <= date.fromisoformat(renewed["expires_on"])
    assert (renewed["effective_on"][4:], renewed["expires_on"][4:]) == ("-07-01", "-06-30")


def test_what_never_expires_is_not_renewed(browser, record):
    assert "?renew=1" not in browser.get(reverse("credentials:records")).text
    page = browser.get(reverse("credentials:request_update", args=[record.pk]), {"renew": "1"})
    assert page.context["form"]["value_expires_on"].value() is None


def test_a_key_of_an_earlier_draft_is_not_used_for_another_request(record):
    key = uuid4()
    request_new(record.holder, record.type, key, is_draft=True, identifier="A")
    with pytest.raises(ActionRefused, match="already sent this form"):
        request_new(record.holder, record.type, key, identifier="B")
