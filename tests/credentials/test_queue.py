"""The queue of approvers: narrowed, one after the other, several at once, by two, and by whom of them."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from contacts import ActionRefused
from contacts.models import AuditEvent, Message, Role
from credentials import actions
from credentials.models import CredentialRecord, CredentialRequest, Descriptor, Vocabulary, approvers_for
from tests.credentials.test_actions import request_new, request_update
from tests.factories import (
    ApprovalDelegationFactory,
    CredentialRecordFactory,
    CredentialRequestFactory,
    CredentialTypeFactory,
    DesignationFactory,
    SchoolFactory,
    TypeRuleFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
URL = "/credentials/approvals/"
SEVERAL = "/credentials/approvals/several/"


@pytest.fixture
def approver():
    return UserFactory(roles=[Role.CREDENTIAL_APPROVER])


@pytest.fixture
def browser(sign_in, approver):
    return sign_in(approver)


def teacher(approver, **about):
    return UserFactory(district=approver.district, **about)


def waiting(approver, days=0, **about):
    person = about.pop("requester", None) or teacher(approver)
    return CredentialRequestFactory(requester=person, submitted_at=timezone.now() - timedelta(days=days), **about)


def rows(browser, **query):
    return browser.get(URL, query).context["page"].rows


def address(credential_request, name="decide"):
    return reverse(f"credentials:{name}", args=[credential_request.pk])


def approver_of(school):
    person = UserFactory(district=school.district)
    DesignationFactory(user=person, role=Role.CREDENTIAL_APPROVER, school=school)
    return person


# --- narrowed, and one after the other ----------------------------------------------------------------------------


def test_the_queue_is_narrowed_by_school_subject_and_requester(browser, approver):
    Descriptor.objects.get_or_create(
        vocabulary=Vocabulary.SUBJECT, code_value="Art", defaults={"uri": Vocabulary.SUBJECT.uri("Art")}
    )
    school = SchoolFactory(district=approver.district)
    there = waiting(approver, requester=teacher(approver, school=school, last_name="Quill"))
    art = waiting(approver, proposed={"subjects": ["Art"]})
    assert rows(browser, school=school.pk) == [there]
    assert rows(browser, requester="quill") == [there]
    assert rows(browser, subject="Art") == [art]
    assert rows(browser, school=school.pk, subject="Art") == []
    assert len(rows(browser, school="x", subject="none")) == 2


def test_the_school_of_another_district_narrows_nothing(browser, approver):
    own = waiting(approver)
    assert rows(browser, school=SchoolFactory().pk) == [own]


def test_a_decision_has_the_one_before_and_after_of_the_list_beside_it(browser, approver):
    school = SchoolFactory(district=approver.district)
    people = [teacher(approver, school=each) for each in (school, None, school, school)]
    first, _, second, third = (waiting(approver, days=9 - n, requester=person) for n, person in enumerate(people))
    query = f"?school={school.pk}"
    text = browser.get(address(second) + query).text
    assert f'rel="prev" href="{address(first)}{query}"' in text
    assert f'rel="next" href="{address(third)}{query}"' in text
    assert f'href="{URL}{query}"' in text
    assert 'rel="next"' not in browser.get(address(third) + query).text


def test_after_a_decision_comes_the_next_request_of_the_list(browser, approver):
    first, second = waiting(approver, days=2), waiting(approver, days=1)
    answer = browser.post(address(first, "deny"), {"version": 1, "comment": "No."})
    assert answer.url == address(second)
    assert browser.post(address(second, "deny"), {"version": 1, "comment": "No."}).url == URL


# --- several at once ----------------------------------------------------------------------------------------------


def renewals(approver, count, **more):
    type, found = CredentialTypeFactory(), []
    for number in range(count):
        record = CredentialRecordFactory(holder=teacher(approver), type=type, identifier=f"R-{type.pk}-{number}")
        found.append(request_update(record, expires_on="2031-06-30", **more))
    return found


def versions(text):
    return dict(re.findall(r'name="(version_\d+)" value="(\d+)"', text))


def test_several_of_a_kind_are_approved_after_all_differences_were_shown(browser, approver):
    asked = renewals(approver, 3)
    keys = [each.pk for each in asked]
    page = browser.get(SEVERAL, {"request": keys})
    assert page.text.count("<ins>Jun 30, 2031</ins>") == 3
    answer = browser.post(SEVERAL, {"request": keys, **versions(page.text)}, follow=True)
    assert "You approved 3 requests. Each requester was told." in answer.text
    assert {record.expires_on for record in CredentialRecord.objects.all()} == {date(2031, 6, 30)}
    assert Message.objects.filter(title__startswith="Approved: ").count() == 3


def test_of_several_first_approvals_are_counted_apart(browser, approver):
    asked = renewals(approver, 2)
    TypeRuleFactory(changed_by=approver, type=asked[0].type)
    keys = [each.pk for each in asked]
    sent = {"request": keys, **versions(browser.get(SEVERAL, {"request": keys}).text)}
    text = browser.post(SEVERAL, sent, follow=True).text
    assert "2 requests now need a second approver." in text
    assert "You approved" not in text
    assert "Each requester was told" not in text


def test_what_differs_in_kind_is_not_approved_together(browser, approver):
    (first,), (second,) = renewals(approver, 1), renewals(approver, 1)
    answer = browser.get(SEVERAL, {"request": [first.pk, second.pk]}, follow=True)
    assert "Choose requests of one kind" in answer.text
    assert "Choose at least one request" in browser.get(SEVERAL, follow=True).text


def test_of_several_what_changed_meanwhile_or_was_not_seen_waits_and_says_so(browser, approver):
    asked = renewals(approver, 3)
    keys = [each.pk for each in asked]
    seen = versions(browser.get(SEVERAL, {"request": keys}).text)
    del seen[f"version_{asked[2].pk}"]
    proposed = {**asked[1].original, "expires_on": "2035-06-30"}
    actions.change_request(asked[1], by=asked[1].requester, seen=1, brief_description="Longer.", proposed=proposed)
    answer = browser.post(SEVERAL, {"request": keys, **seen})
    assert "You approved 1 request. Each requester was told." in answer.text
    assert answer.text.count("changed this request while you were looking at it") == 2
    assert [each.status for each in CredentialRequest.objects.order_by("pk")] == ["approved", "pending", "pending"]


def test_own_requests_and_those_of_other_districts_are_not_among_several(browser, approver):
    own = CredentialRequestFactory(requester=approver)
    foreign = CredentialRequestFactory()
    browser.post(SEVERAL, {"request": [own.pk, foreign.pk], f"version_{own.pk}": 1, f"version_{foreign.pk}": 1})
    assert set(CredentialRequest.objects.values_list("status", flat=True)) == {"pending"}


# --- whose requests -----------------------------------------------------------------------------------------------


def test_an_approver_of_schools_sees_and_decides_for_their_staff_only(sign_in):
    school = SchoolFactory()
    other = SchoolFactory(district=school.district)
    approver = approver_of(school)
    here, there = (
        CredentialRequestFactory(requester__district=s.district, requester__school=s) for s in (school, other)
    )
    client = sign_in(approver)
    assert rows(client) == [here]
    assert client.get(address(there)).status_code == 404
    with pytest.raises(ActionRefused, match="other schools"):
        actions.approve(there, by=approver)
    DesignationFactory(user=approver, role=Role.CREDENTIAL_APPROVER, school=other)
    assert rows(sign_in(approver)) == [here, there]


def test_what_else_an_approver_of_schools_is_shows_them_no_other_requests(sign_in):
    school = SchoolFactory()
    approver = approver_of(school)
    DesignationFactory(user=approver, role=Role.DISTRICT_ADMINISTRATOR)
    asked = CredentialRequestFactory(requester__district=school.district, requester__school=school)
    elsewhere = CredentialRequestFactory(requester__district=school.district)
    assert rows(sign_in(approver)) == [asked]
    assert sign_in(approver).get(elsewhere.decision_url).status_code == 404


def test_approvers_of_a_school_and_of_the_district_are_told_of_a_request_and_those_of_other_schools_not():
    school = SchoolFactory()
    of_school, of_other = approver_of(school), approver_of(SchoolFactory(district=school.district))
    of_district = UserFactory(district=school.district, roles=[Role.CREDENTIAL_APPROVER])
    request_new(UserFactory(district=school.district, school=school))
    assert {message.recipient for message in Message.objects.all()} == {of_school, of_district}
    assert of_other not in {message.recipient for message in Message.objects.all()}


# --- delegation ---------------------------------------------------------------------------------------------------


def test_a_delegate_decides_what_the_approver_decides_for_as_long_as_it_lasts(sign_in):
    school = SchoolFactory()
    approver, delegate = approver_of(school), approver_of(SchoolFactory(district=school.district))
    asked = CredentialRequestFactory(requester__district=school.district, requester__school=school)
    assert rows(sign_in(delegate)) == []
    delegation = ApprovalDelegationFactory(approver=approver, delegate=delegate)
    assert rows(sign_in(delegate)) == [asked]
    assert set(approvers_for(asked.requester)) == {approver, delegate}
    actions.end_delegation(delegation, by=approver)
    assert rows(sign_in(delegate)) == []


@pytest.mark.parametrize("days", [(-9, -1), (1, 9)])
def test_a_delegation_that_is_over_or_to_come_gives_nothing(days):
    school = SchoolFactory()
    approver, delegate = approver_of(school), approver_of(SchoolFactory(district=school.district))
    start, end = (timezone.now() + timedelta(days=day) for day in days)
    ApprovalDelegationFactory(approver=approver, delegate=delegate, starts_at=start, ends_at=end)
    assert set(approvers_for(UserFactory(district=school.district, school=school))) == {approver}


def test_a_delegate_who_is_no_approver_any_more_is_none_for_another_either():
    school = SchoolFactory()
    approver, delegate = approver_of(school), approver_of(SchoolFactory(district=school.district))
    ApprovalDelegationFactory(approver=approver, delegate=delegate)
    delegate.designations.update(ended_at=timezone.now())
    asked = CredentialRequestFactory(requester__district=school.district, requester__school=school)
    assert set(approvers_for(asked.requester)) == {approver}
    assert CredentialRequest.objects.decidable_by(approver).get() == asked
    assert not CredentialRequest.objects.decidable_by(delegate).exists()


def test_an_approver_delegates_on_a_page_and_takes_it_back(browser, approver):
    other = UserFactory(district=approver.district, roles=[Role.CREDENTIAL_APPROVER])
    today = approver.district.today
    url = reverse("credentials:delegations")
    administrator = UserFactory(district=approver.district, roles=[Role.DISTRICT_ADMINISTRATOR])
    sent = {"to": other.pk, "first_day": today, "last_day": today + timedelta(days=3)}
    assert "not before the first" in browser.post(url, sent | {"first_day": today + timedelta(days=9)}).text
    assert "Choose an approver" in browser.post(url, sent | {"to": UserFactory().pk}).text
    answer = browser.post(url, sent, follow=True)
    assert "also decides your requests in that time" in answer.text
    assert str(other) in answer.text
    message = Message.objects.get(recipient=other)
    assert message.title.startswith(f"{approver} leaves credential requests to you")
    told = Message.objects.get(recipient=administrator)
    assert told.title.startswith(f"{approver} leaves credential requests to {other}")
    browser.post(reverse("credentials:end_delegation", args=[approver.delegations_given.get().pk]))
    assert approver.delegations_given.get().ended_at


def test_the_only_approver_is_told_that_there_is_no_other(browser):
    text = browser.get(reverse("credentials:delegations")).text
    assert "No other approver" in text
    assert "First day" not in text


def test_nobody_decides_in_the_place_of_the_requester_or_of_the_first_approver():
    school = SchoolFactory()
    approver, delegate = approver_of(school), approver_of(SchoolFactory(district=school.district))
    about = {"requester__district": school.district, "requester__school": school}
    ApprovalDelegationFactory(approver=approver, delegate=delegate)
    approver.school = school
    approver.save()
    own, entered = CredentialRequestFactory(requester=approver), CredentialRequestFactory(**about, entered_by=approver)
    other = CredentialRequestFactory(**about)
    TypeRuleFactory(changed_by__district=school.district, type=other.type)
    actions.approve(other, by=approver)
    for asked in (own, entered, other):
        with pytest.raises(ActionRefused, match="other schools"):
            actions.approve(asked, by=delegate)
    assert {*CredentialRequest.objects.that_nobody_decides()} == {own, entered, other}
    assert Message.objects.filter(recipient=delegate).count() == 0
    assert not CredentialRequest.objects.waiting_for(delegate).exists()


def test_a_delegate_reads_which_requests_they_cannot_decide_and_who_can(sign_in):
    school = SchoolFactory()
    approver, delegate = approver_of(school), approver_of(SchoolFactory(district=school.district))
    ApprovalDelegationFactory(approver=approver, delegate=delegate)
    approver.school = school
    approver.save()
    own = CredentialRequestFactory(requester=approver)
    browser = sign_in(delegate)
    queue = browser.get(URL)
    assert "Nobody can decide it yet" in queue.text
    assert 'type="checkbox"' not in queue.text
    text = browser.get(address(own)).text
    assert "cannot decide it, so you cannot in their place. This request waits" in text
    assert "</textarea>" not in text
    other = approver_of(school)
    assert f"in their place. It is with {other}." in browser.get(address(own)).text
    assert own in CredentialRequest.objects.waiting_for(other)


@pytest.mark.parametrize(
    ("first", "last", "sentence"),
    [
        ("0001-01-01", None, "Enter a day that is not past."),
        (-1, 3, "Enter a day that is not past."),
        (0, "9999-12-31", "Enter a day of this century."),
        ("9999-12-31", "9999-12-31", "Enter a day of this century."),
        (0, 367, "Enter a day within a year of the first."),
    ],
)
def test_decisions_are_left_from_today_on_for_a_year_at_most(browser, approver, first, last, sentence):
    other = UserFactory(district=approver.district, roles=[Role.CREDENTIAL_APPROVER])
    today = approver.district.today
    first, last = (today + timedelta(days=day or 0) if not isinstance(day, str) else day for day in (first, last))
    sent = {"to": other.pk, "first_day": first, "last_day": last}
    assert sentence in browser.post(reverse("credentials:delegations"), sent).text
    assert not approver.delegations_given.exists()


# --- two approvers ------------------------------------------------------------------------------------------------


def asked_to_decide(credential_request):
    return [each.recipient for each in Message.objects.unread().filter(about=credential_request.decision_url)]


def test_after_the_first_approval_only_the_others_are_asked_to_decide(approver):
    second, administrator = (
        UserFactory(district=approver.district, roles=[role])
        for role in (Role.CREDENTIAL_APPROVER, Role.DISTRICT_ADMINISTRATOR)
    )
    record = CredentialRecordFactory(holder=teacher(approver))
    TypeRuleFactory(changed_by=approver, type=record.type)
    asked = request_update(record, identifier="NEW")
    actions.approve(asked, by=approver)
    assert asked_to_decide(asked) == [second]
    assert not Message.objects.filter(recipient=administrator).exists()
    assert AuditEvent.objects.get(action="credential_request.approve_first").actor_key == str(approver.pk)


def test_nobody_is_asked_to_decide_what_was_returned(approver):
    asked = request_update(CredentialRecordFactory(holder=teacher(approver)), identifier="NEW")
    assert asked_to_decide(asked) == [approver]
    actions.return_for_changes(asked, by=approver, comment="Say more.")
    assert asked_to_decide(asked) == []
    assert AuditEvent.objects.get(action="credential_request.return").actor_key == str(approver.pk)


def test_a_chosen_type_needs_a_second_approver_who_is_somebody_else(sign_in, approver):
    second = UserFactory(district=approver.district, roles=[Role.CREDENTIAL_APPROVER])
    record = CredentialRecordFactory(holder=teacher(approver), identifier="OLD")
    TypeRuleFactory(changed_by=approver, type=record.type)
    asked = request_update(record, identifier="NEW")
    answer = sign_in(approver).post(address(asked, "approve"), {"version": 1}, follow=True)
    assert "It now needs a second approver." in answer.text
    record.refresh_from_db()
    assert record.identifier == "OLD"
    assert "You approved this request" in sign_in(approver).get(address(asked)).text
    with pytest.raises(ActionRefused, match="You approved this already"):
        actions.approve(asked, by=approver)
    assert asked not in CredentialRequest.objects.waiting_for(approver)
    actions.approve(asked, by=second)
    record.refresh_from_db()
    asked.refresh_from_db()
    assert (record.identifier, asked.first_approved_by, asked.decided_by) == ("NEW", approver, second)


def test_what_both_approvers_wrote_reaches_the_second_and_the_requester(sign_in, approver):
    second = UserFactory(district=approver.district, roles=[Role.CREDENTIAL_APPROVER])
    record = CredentialRecordFactory(holder=teacher(approver))
    TypeRuleFactory(changed_by=approver, type=record.type)
    asked = request_update(record, identifier="NEW")
    actions.approve(asked, by=approver, comment="I saw the number.")
    assert "I saw the number." in sign_in(second).get(address(asked)).text
    actions.approve(asked, by=second, comment="So did I.")
    said = f"{approver}: I saw the number.\n\n{second}: So did I."
    assert CredentialRequest.objects.get().comment == said
    assert f"The approvers wrote:\n{said}" in Message.objects.get(recipient=record.holder).body


def test_a_new_version_needs_both_approvers_again(approver):
    record = CredentialRecordFactory(holder=teacher(approver), identifier="OLD")
    TypeRuleFactory(changed_by=approver, type=record.type)
    asked = request_update(record, identifier="NEW")
    actions.approve(asked, by=approver)
    proposed = {**asked.original, "identifier": "NEWER"}
    actions.change_request(asked, by=record.holder, seen=1, brief_description="Better.", proposed=proposed)
    asked.refresh_from_db()
    assert asked.first_approved_by is None
    assert asked in CredentialRequest.objects.waiting_for(approver)


def test_a_request_without_a_second_approver_says_so_to_the_requester_and_the_administrator(sign_in, approver):
    administrator = UserFactory(district=approver.district, roles=[Role.DISTRICT_ADMINISTRATOR])
    record = CredentialRecordFactory(holder=teacher(approver))
    TypeRuleFactory(changed_by=approver, type=record.type)
    asked = request_update(record, identifier="NEW")
    actions.approve(asked, by=approver)
    assert "no second approver" in sign_in(record.holder).get(address(asked, "request")).text
    message = Message.objects.get(recipient=administrator)
    assert "It needs a second approver, and there is none." in message.body


# --- the effect ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (date(2027, 6, 30), "2032-06-30", "valid through Jun 30, 2032, 5 years longer"),
        (date(2027, 6, 30), "2027-03-30", "valid through Mar 30, 2027, 3 months shorter"),
        (None, "2032-06-30", "valid through Jun 30, 2032."),
        (date(2027, 6, 30), "", "valid without an end"),
    ],
)
def test_a_decision_says_how_long_the_credential_would_be_valid(browser, approver, before, after, words):
    record = CredentialRecordFactory(holder=teacher(approver), expires_on=before)
    values = {**record.values, "expires_on": after}
    asked = CredentialRequestFactory(
        requester=record.holder,
        record=record,
        is_new=False,
        type=record.type,
        original=record.values,
        proposed={name: value for name, value in values.items() if value},
    )
    assert words in browser.get(address(asked)).text


def test_a_request_that_leaves_the_dates_says_nothing_of_them(browser, approver):
    assert "If it is approved" not in browser.get(address(waiting(approver))).text
