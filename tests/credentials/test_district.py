"""What a district sets for its staff's requests, what an administrator enters for them, and what does not move."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from contacts import ActionRefused
from contacts.actions import end_designation
from contacts.models import AuditEvent, Message, Role, User
from credentials import actions, tasks
from credentials.models import CredentialRecord, CredentialRequest, RequestGrant, may_request
from tests.credentials.test_actions import request_new, request_update
from tests.credentials.test_versions import sent
from tests.factories import (
    CredentialRecordFactory,
    CredentialRequestFactory,
    DistrictFactory,
    RequestGrantFactory,
    SchoolFactory,
    TypeRuleFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
RIGHTS, WAYS = "/credentials/district/rights/", "/credentials/district/ways/"
STANDSTILL, STAFF = "/credentials/district/standstill/", "/credentials/staff/"


@pytest.fixture
def administrator():
    return UserFactory(roles=[Role.DISTRICT_ADMINISTRATOR])


@pytest.fixture
def approver(administrator):
    return UserFactory(district=administrator.district, roles=[Role.CREDENTIAL_APPROVER])


@pytest.fixture
def browser(sign_in, administrator):
    return sign_in(administrator)


@pytest.fixture
def record(administrator):
    record = CredentialRecordFactory(holder__district=administrator.district, identifier="OLD")
    record.type.fields.create(element="identifier")
    return record


# --- the right to request -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("may", [True, False])
def test_a_district_starts_with_what_the_setting_says(settings, may):
    settings.STAFF_MAY_REQUEST_CHANGES = may
    assert DistrictFactory().staff_may_request_changes is may


@pytest.fixture
def only_some(administrator):
    """A district in which not everybody may request."""
    administrator.district.staff_may_request_changes = False
    administrator.district.save()
    return administrator.district


def test_the_right_goes_to_a_school_a_position_or_a_person(only_some, administrator):
    school = SchoolFactory(district=only_some)
    there, librarian, one, other = (
        UserFactory(district=only_some, **about)
        for about in ({"school": school}, {"title": "Librarian"}, {}, {"title": "Teacher"})
    )
    RequestGrantFactory(granted_by=administrator, school=school)
    RequestGrantFactory(granted_by=administrator, position="librarian")
    grant = RequestGrantFactory(granted_by=administrator, person=one)
    assert [may_request(person) for person in (there, librarian, one, other)] == [True, True, True, False]
    actions.end_right(grant, by=administrator)
    del one._may_request
    assert not may_request(one)


def test_the_list_says_who_granted_it_when_and_ends_it(browser, only_some, administrator):
    assert "Nobody may request changes" in browser.get(RIGHTS).text
    person = UserFactory(district=only_some, first_name="Ada", last_name="Quill")
    answer = browser.post(RIGHTS, {"person": "ada quill"}, follow=True)
    assert "Ada Quill may request changes now." in answer.text
    assert f'<td data-label="Granted by">{administrator}</td>' in answer.text
    assert may_request(person)
    grant = RequestGrant.objects.get(person=person)
    answer = browser.post(reverse("credentials:end_right", args=[grant.pk]), follow=True)
    assert "may no longer request changes" in answer.text
    steps = AuditEvent.objects.filter(action__startswith="request_right.").values_list("action", flat=True)
    assert {*steps} == {"request_right.grant", "request_right.end"}


def test_whom_a_position_or_a_school_covers_is_seen_before_it_has_the_right(browser, only_some):
    school = SchoolFactory(district=only_some, name="West School")
    for last_name, about in {"Quill": {"title": "Librarian", "school": school}, "Reed": {"title": "librarian"}}.items():
        UserFactory(district=only_some, first_name="Ada", last_name=last_name, **about)
    UserFactory(district=only_some, last_name="Gone", title="Librarian", is_active=False)
    UserFactory(last_name="Stranger", title="Librarian")
    page = browser.post(RIGHTS, {"school": school.pk})
    assert [person.last_name for person in page.context["form"].covered] == ["Quill"]
    page = browser.post(RIGHTS, {"position": "Librarian"})
    assert "covers <strong>2</strong> people today, and later everybody who comes into this position." in page.text
    assert [person.last_name for person in page.context["form"].covered] == ["Quill", "Reed"]
    assert not RequestGrant.objects.exists()
    accepted = {"position": "Librarian", "accepted": page.context["form"].digest}
    UserFactory(district=only_some, last_name="Thorn", title="Librarian")
    page = browser.post(RIGHTS, accepted)
    assert "Somebody came or went while you looked at the list." in page.text
    assert not RequestGrant.objects.exists()
    page = browser.post(RIGHTS, accepted | {"accepted": page.context["form"].digest}, follow=True)
    assert "Librarian may request changes now." in page.text
    assert [may_request(person) for person in User.objects.filter(district=only_some, last_name="Thorn")] == [True]


def test_a_right_lists_those_whom_it_covers(only_some, administrator):
    school = SchoolFactory(district=only_some)
    one, there = UserFactory(district=only_some, title="Librarian"), UserFactory(district=only_some, school=school)
    for given, person in [({"position": "LIBRARIAN"}, one), ({"school": school}, there), ({"person": one}, one)]:
        grant = RequestGrantFactory(granted_by=administrator, **given)
        assert list(grant.people) == [person]
        assert grant in RequestGrant.objects.covering(person)
        assert grant not in RequestGrant.objects.covering(administrator)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "Choose a school, or a position"),
        ({"position": "Teacher", "person": "Ada Quill"}, "Choose a school, or a position"),
        ({"person": "Nobody Known"}, "Nobody here is called so"),
    ],
)
def test_the_right_is_given_to_exactly_one(browser, only_some, given, words):
    UserFactory(district=only_some, first_name="Ada", last_name="Quill", title="Teacher")
    assert words in browser.post(RIGHTS, given).text


def test_people_of_another_district_are_not_found(browser, only_some):
    stranger = UserFactory()
    assert "Nobody here is called so" in browser.post(RIGHTS, {"person": stranger.email}).text
    assert "Select a valid choice" in browser.post(RIGHTS, {"school": SchoolFactory().pk}).text


def test_everybody_is_on_the_list_with_who_chose_it(browser, administrator):
    assert "Set when the district was added" in browser.get(RIGHTS).text
    settings = {"time_zone": "America/Chicago"}
    browser.post("/contacts/settings/", settings)
    browser.post("/contacts/settings/", settings | {"staff_may_request_changes": "on"})
    assert f'<td data-label="Granted by">{administrator}</td>' in browser.get(RIGHTS).text


def test_who_has_the_right_asks_and_who_has_not_reads_and_is_told_whom_to_ask(sign_in, only_some, administrator):
    has, has_not = UserFactory.create_batch(2, district=only_some)
    RequestGrantFactory(granted_by=administrator, person=has)
    assert sign_in(has).get("/credentials/requests/new/").status_code == 200
    client = sign_in(has_not)
    assert client.get("/credentials/requests/new/").status_code == 403
    assert "ask your district administrator" in client.get("/credentials/").text


def test_a_right_that_has_just_ended_submits_nothing_and_takes_back_what_was_asked(only_some, administrator, record):
    grant = RequestGrantFactory(granted_by=administrator, person=record.holder)
    asked = request_update(record, identifier="NEW")
    actions.end_right(grant, by=administrator)
    with pytest.raises(ActionRefused, match="no longer lets you request changes"):
        request_new(record.holder)
    actions.withdraw(asked, by=record.holder)
    assert CredentialRequest.objects.get().status == "withdrawn"


def test_nobody_gives_themselves_a_right_by_entering_another_position(sign_in, only_some, administrator):
    RequestGrantFactory(granted_by=administrator, position="Librarian")
    person = UserFactory(district=only_some, title="Teacher")
    sign_in(person).post(reverse("contacts:profile"), {"title": "Librarian", "time_zone": ""})
    person.refresh_from_db()
    assert person.title == "Teacher"


# --- how a type is decided ----------------------------------------------------------------------------------------


def test_a_type_that_is_approved_automatically_says_so_on_the_request(
    sign_in, browser, administrator, record, approver
):
    name = f"type_{record.type.pk}"
    page = browser.get(WAYS)
    data = {field: page.context["form"][field].value() for field in page.context["form"].fields}
    browser.post(WAYS, data | {name: "automatic"})
    asked = request_update(record, identifier="NEW")
    asked.refresh_from_db()
    record.refresh_from_db()
    assert (asked.status, asked.decided_by, record.identifier) == ("approved", None, "NEW")
    assert not Message.objects.filter(recipient=approver).exists()
    message = Message.objects.get(recipient=record.holder)
    assert "approves requests of this Credential Type automatically" in message.body
    text = sign_in(record.holder).get(reverse("credentials:request", args=[asked.pk])).text
    assert "automatically, as your district chose" in text


def test_what_cannot_be_approved_automatically_waits_for_an_approver(administrator, record, approver):
    TypeRuleFactory(changed_by=administrator, type=record.type, way="automatic")
    CredentialRecordFactory(holder__district=record.district, identifier="TAKEN")
    asked = request_update(record, identifier="TAKEN")
    assert asked.status == "pending"
    assert Message.objects.get(recipient=approver)


def test_who_chose_that_a_type_is_approved_automatically_waits_for_an_approver_all_the_same(administrator, record):
    approver = UserFactory(district=record.district, roles=[Role.CREDENTIAL_APPROVER])
    TypeRuleFactory(changed_by=administrator, type=record.type, way="automatic")
    entered = actions.request_new(
        by=administrator,
        requester=record.holder,
        type=record.type,
        brief_description="For a friend.",
        proposed={"identifier": "FRIEND"},
        idempotency_key=uuid4(),
    )
    assert (request_new(administrator, record.type).status, entered.status) == ("pending", "pending")
    assert Message.objects.filter(recipient=approver, kind="to_decide").count() == 2
    assert request_update(record, identifier="NEW").status == "approved"


def test_the_other_administrators_are_told_how_a_type_is_decided_from_now_on(sign_in, browser, administrator, record):
    other = UserFactory(district=record.district, roles=[Role.DISTRICT_ADMINISTRATOR])
    page = browser.get(WAYS)
    data = {field: page.context["form"][field].value() for field in page.context["form"].fields}
    for _ in range(2):
        browser.post(WAYS, data | {f"type_{record.type.pk}": "automatic"})
    message = Message.objects.get()
    assert (message.recipient, message.link) == (other, WAYS)
    assert message.title == f"{administrator} changed how credential requests are decided"
    assert f"{record.type}: approved automatically" in message.body
    sign_in(other).get(WAYS)
    message.refresh_from_db()
    assert message.read_at


def test_a_rule_of_another_district_does_not_count(record, approver):
    TypeRuleFactory(type=record.type, way="automatic")
    assert request_update(record, identifier="NEW").status == "pending"


# --- on behalf of a person ----------------------------------------------------------------------------------------


def test_an_administrator_sees_all_records_of_the_district_and_no_others(browser, record):
    foreign = CredentialRecordFactory()
    assert browser.get(STAFF).context["page"].rows == [record]
    assert browser.get(STAFF, {"q": record.holder.last_name}).context["page"].rows == [record]
    assert browser.get(STAFF, {"q": "nobody-of-this-name"}).context["page"].rows == []
    assert browser.get(reverse("credentials:staff_member", args=[foreign.holder_id])).status_code == 404
    assert "OLD" in browser.get(reverse("credentials:staff_member", args=[record.holder_id])).text


def test_an_administrator_enters_a_request_for_a_person_who_is_told(browser, administrator, record, approver):
    url = reverse("credentials:request_update_for", args=[record.pk])
    page = browser.get(url)
    assert f"For {record.holder}" in page.text
    assert "Save draft" not in page.text
    browser.post(url, sent(page, brief_description="They asked me.", value_identifier="NEW"))
    asked = CredentialRequest.objects.get()
    assert (asked.requester, asked.entered_by, asked.status) == (record.holder, administrator, "pending")
    told = Message.objects.get(recipient=record.holder)
    assert told.title.startswith(f"{administrator} entered a")
    assert Message.objects.filter(recipient=approver).exists()


def test_an_administrator_enters_a_new_record_for_a_person(browser, record, approver):
    person = UserFactory(district=record.district)
    url = reverse("credentials:request_new_for", args=[person.pk])
    data = {
        "brief_description": "They asked me.",
        "type": record.type.pk,
        "value_identifier": "NEW",
        "shown_fields": "value_identifier",
        "idempotency_key": uuid4(),
    }
    browser.post(url, data)
    asked = CredentialRequest.objects.get()
    actions.approve(asked, by=approver)
    assert CredentialRecord.objects.get(identifier="NEW").holder == person
    assert Message.objects.filter(title__startswith="Approved", recipient__in=[person, asked.entered_by]).count() == 2


@pytest.mark.parametrize("verb", [actions.approve, actions.deny, actions.return_for_changes])
def test_nobody_decides_what_they_entered_for_another(sign_in, record, verb):
    both = UserFactory(district=record.district, roles=[Role.DISTRICT_ADMINISTRATOR, Role.CREDENTIAL_APPROVER])
    asked = actions.request_update(
        by=both, record=record, brief_description="For them.", proposed={"identifier": "NEW"}, idempotency_key=uuid4()
    )
    with pytest.raises(ActionRefused, match=f"You entered this request for {record.holder}"):
        verb(asked, by=both, comment="Fine.")
    assert not CredentialRequest.objects.waiting_for(both).exists()
    text = sign_in(both).get(asked.decision_url).text
    assert "You entered this request" in text
    assert "</textarea>" not in text


def test_only_an_administrator_of_the_district_enters_for_another(record):
    for by in (UserFactory(district=record.district), UserFactory(roles=[Role.DISTRICT_ADMINISTRATOR])):
        with pytest.raises(ActionRefused, match=r"Your role has ended|people of your district only"):
            actions.request_new(
                by=by,
                requester=record.holder,
                type=record.type,
                brief_description="X",
                proposed={"identifier": "N"},
                idempotency_key=uuid4(),
            )


def test_who_was_an_administrator_no_longer_reads_what_they_entered(sign_in, administrator, record, approver):
    asked = actions.request_update(
        by=administrator,
        record=record,
        brief_description="For them.",
        proposed={"identifier": "NEW"},
        idempotency_key=uuid4(),
    )
    pages = [reverse(f"credentials:{name}", args=[asked.pk]) for name in ("request", "edit")]
    assert [sign_in(administrator).get(page).status_code for page in pages] == [200, 200]
    UserFactory(district=record.district, roles=[Role.DISTRICT_ADMINISTRATOR])
    end_designation(administrator.designations.get(), by=None, reason="Another work.")
    former = User.objects.get(pk=administrator.pk)
    assert [sign_in(former).get(page).status_code for page in pages] in ([404, 404], [404, 403])
    actions.return_for_changes(asked, by=approver, comment="Which number?")
    assert Message.objects.get(title__startswith="Returned for changes").recipient == record.holder


# --- what does not move -------------------------------------------------------------------------------------------


def told(person, start):
    return Message.objects.filter(recipient=person, title__startswith=start)


def test_a_request_that_nobody_can_decide_is_shown_to_the_administrator_at_once(browser, administrator, record):
    request_update(record, identifier="NEW", brief_description="Renewed.")
    message = told(administrator, "Nobody can decide").get()
    assert message.link.startswith(STANDSTILL)
    text = browser.get(message.link).text
    assert "Renewed." in text
    assert f"There is no approver for {record.holder}" in text
    message.refresh_from_db()
    assert message.read_at


def test_the_only_approver_cannot_decide_their_own(browser, administrator, approver, record):
    request_update(record, identifier="NEW")
    request_new(approver, record.type)
    assert told(administrator, "Nobody can decide").count() == 1
    assert [row.requester for row in browser.get(STANDSTILL).context["page"].rows] == [approver]


def test_when_the_last_approver_leaves_the_administrator_is_told_once(administrator, approver, record):
    request_update(record, identifier="NEW")
    end_designation(approver.designations.get(), by=None, reason="Left.")
    for _ in range(2):
        tasks.follow_up_requests()
    assert told(administrator, "Nobody can decide").count() == 1


def test_who_becomes_an_approver_is_told_of_what_waited_for_one(administrator, record):
    asked = request_update(record, identifier="NEW")
    newcomer = UserFactory(district=record.district, roles=[Role.CREDENTIAL_APPROVER])
    for _ in range(2):
        tasks.follow_up_requests()
    assert Message.objects.get(recipient=newcomer).about == asked.decision_url
    assert not told(administrator, "Nobody can decide").unread().exists()


def waits(record, days):
    return CredentialRequestFactory(
        requester=record.holder, pending_since=timezone.now() - timedelta(days=days), type=record.type
    )


def test_approvers_are_reminded_after_business_days_and_then_administrators_told(administrator, approver, record):
    asked = waits(record, days=1)
    tasks.follow_up_requests()
    assert not Message.objects.exists()
    # A week has five business days, or less by a holiday.
    CredentialRequest.objects.update(pending_since=timezone.now() - timedelta(days=7))
    for _ in range(2):
        tasks.follow_up_requests()
    assert told(approver, "Still to decide").count() == 1
    CredentialRequest.objects.update(pending_since=timezone.now() - timedelta(days=20))
    for _ in range(2):
        tasks.follow_up_requests()
    assert told(administrator, "Nobody decided yet").count() == 1
    assert told(approver, "Still to decide").count() == 1
    actions.deny(asked, by=approver, comment="No.")
    assert not Message.objects.unread().filter(recipient__in=[approver, administrator]).exists()


def test_holidays_of_the_district_do_not_count(administrator, approver, record):
    today = administrator.district.today
    administrator.district.holidays.create(name="Break", first_on=today - timedelta(days=30), last_on=today)
    waits(record, days=20)
    tasks.follow_up_requests()
    assert not Message.objects.exists()


def test_a_request_that_was_escalated_is_on_the_page_until_it_is_decided(browser, administrator, approver, record):
    asked = waits(record, days=30)
    tasks.follow_up_requests()
    assert "Its approvers were reminded, and did not decide." in browser.get(STANDSTILL).text
    actions.deny(asked, by=approver, comment="No.")
    assert "Nothing is held up" in browser.get(STANDSTILL).text
