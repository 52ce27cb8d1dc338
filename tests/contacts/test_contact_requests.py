"""Support contacts beyond a district's number: the district says why, a support lead decides, and both see it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from contacts import ActionRefused, actions
from contacts.models import AuditEvent, ContactRequest, Designation, Role, User
from tests.conftest import every_page
from tests.contacts.races import at_once
from tests.contacts.test_activity import titles_to
from tests.factories import AgentFactory, ContactRequestFactory, DesignationFactory, DistrictFactory, UserFactory

pytestmark = pytest.mark.django_db
LIST = reverse("contacts:contact_requests")
CONTACT = Role.SUPPORT_CONTACT
WHY = "Our second high school opens."


@pytest.fixture
def district():
    """One that has as many support contacts as it may have without approval."""
    district = DistrictFactory()
    UserFactory.create_batch(2, district=district, roles=[CONTACT])
    return district


@pytest.fixture
def administrator(district):
    return UserFactory(district=district, roles=[Role.DISTRICT_ADMINISTRATOR])


@pytest.fixture
def person(district):
    return UserFactory(district=district)


@pytest.fixture
def lead():
    return AgentFactory(roles=[Role.SUPPORT_LEAD])


def address(name, row):
    return reverse(f"contacts:{name}", args=[row.pk])


def designate(client, person, **data):
    return client.post(address("designate", person), {"role": CONTACT, **data}, follow=True)


def held(district):
    return list(district.designations.filter(role=CONTACT))


def ask(person, administrator):
    return actions.request_contact(person, by=administrator, reason=WHY)


# --- the number ------------------------------------------------------------------------------------------------------


def test_a_district_may_have_two_support_contacts_without_asking_unless_its_field_says_more(district, administrator):
    first, second = UserFactory.create_batch(2, district=district)
    with pytest.raises(ActionRefused, match="has 2 support contacts and may have 2 without approval"):
        actions.designate(first, role=CONTACT, by=administrator)
    district.support_contacts_allowed = 3
    district.save()
    actions.designate(first, role=CONTACT, by=administrator)
    with pytest.raises(ActionRefused, match="has 3 support contacts and may have 3"):
        actions.designate(second, role=CONTACT, by=administrator)


def test_a_contact_who_cannot_be_reached_or_is_flagged_takes_a_place(district, administrator, person):
    contact = held(district)[0]
    User.objects.filter(pk=contact.user_id).update(email=None)
    district.designations.filter(role=CONTACT).update(flagged_at=timezone.now())
    with pytest.raises(ActionRefused, match="has 2 support contacts"):
        actions.designate(person, role=CONTACT, by=administrator)
    actions.end_designation(contact, by=administrator, reason="Left.")
    assert actions.designate(person, role=CONTACT, by=administrator)


def test_other_roles_need_no_approval(district, administrator, person):
    for role in (Role.TECHNICAL_CONTACT, Role.CREDENTIAL_APPROVER, Role.DISTRICT_ADMINISTRATOR):
        assert actions.designate(person, role=role, by=administrator)


# --- asking ----------------------------------------------------------------------------------------------------------


def test_designating_beyond_the_number_asks_why_and_then_support(sign_in, administrator, person, lead):
    client = sign_in(administrator)
    shown = client.get(address("designate", person)).text
    assert "Required for a support contact: your district already has 2. Support decides" in shown
    assert "The person is told when the role begins." in shown
    page = designate(client, person, reason=" ")
    assert "Say why the district needs another support contact." in page.text
    assert not ContactRequest.objects.exists()
    page = designate(client, person, reason=WHY)
    request = ContactRequest.objects.get()
    assert (request.person, request.requested_by, request.reason, request.status) == (
        person,
        administrator,
        WHY,
        "open",
    )
    assert page.redirect_chain[-1][0] == request.get_absolute_url()
    assert not person.designations.exists()
    assert titles_to(lead) == [f"{person.district} asks for another support contact"]
    assert AuditEvent.objects.get(action="contact_request.submit").detail == {"reason": WHY}


def test_within_the_number_nobody_is_asked_for_a_reason(sign_in, administrator, person, district):
    Designation.objects.filter(pk=held(district)[0].pk).update(ended_at=timezone.now())
    client = sign_in(administrator)
    assert 'name="reason"' not in client.get(address("designate", person)).text
    designate(client, person)
    assert person.designations.current().get().role == CONTACT


def test_another_role_needs_no_reason_on_the_same_form(sign_in, administrator, person):
    designate(sign_in(administrator), person, role=Role.CREDENTIAL_APPROVER, reason="")
    assert person.designations.current().get().role == Role.CREDENTIAL_APPROVER


def test_the_same_request_sent_twice_is_one_and_another_about_the_person_is_refused(administrator, person, lead):
    assert ask(person, administrator) == ask(person, administrator)
    assert len(titles_to(lead)) == 1
    with pytest.raises(ActionRefused, match="already asked about this person"):
        actions.request_contact(person, by=administrator, reason="Another reason.")


def test_nobody_is_asked_for_who_cannot_act_or_is_a_support_contact(district, administrator):
    with pytest.raises(ActionRefused, match="is a support contact already"):
        ask(held(district)[0].user, administrator)
    with pytest.raises(ActionRefused, match="cannot sign in"):
        ask(UserFactory(district=district, is_active=False), administrator)


def test_who_is_designated_in_a_place_that_became_free_is_no_longer_asked_for(district, administrator, person):
    request = ask(person, administrator)
    contact = held(district)[0]
    actions.end_designation(contact, by=administrator, reason="Left.")
    with pytest.raises(ActionRefused, match="A place has become free"):
        ask(UserFactory(district=district), administrator)
    actions.designate(person, role=CONTACT, by=administrator)
    request.refresh_from_db()
    assert (request.status, request.decided_by) == ("withdrawn", administrator)


# --- deciding --------------------------------------------------------------------------------------------------------


def test_an_approval_designates_the_person_and_says_who_why_and_when(administrator, person, lead, district):
    request = ask(person, administrator)
    actions.approve_contact(request, by=lead, reason="Two high schools.")
    request.refresh_from_db()
    began = person.designations.current().get()
    assert (began.role, began.started_by) == (CONTACT, lead)
    assert (request.status, request.decided_by, request.decision_reason) == ("approved", lead, "Two high schools.")
    assert request.designation == began
    assert began.started_at <= request.decided_at
    colleague = held(district)[0].user
    assert titles_to(person) == ["You are now a support contact"]
    for told in (administrator, colleague):
        assert titles_to(told) == [f"{person} is now a support contact"]


def test_a_denial_has_a_reason_and_designates_nobody(administrator, person, lead):
    request = ask(person, administrator)
    with pytest.raises(ActionRefused, match="Enter the reason of the decision"):
        actions.deny_contact(request, by=lead, reason="")
    actions.deny_contact(request, by=lead, reason="Two are enough for one school.")
    assert not person.designations.exists()
    assert titles_to(person) == ["You were not approved as a support contact"]
    assert titles_to(administrator) == [f"{person} was not approved as a support contact"]


def test_what_is_decided_stays_decided(administrator, person, lead):
    request, other = ask(person, administrator), AgentFactory(roles=[Role.SUPPORT_LEAD])
    actions.deny_contact(request, by=lead, reason="No.")
    with pytest.raises(ActionRefused, match=f"already denied by {lead}"):
        actions.approve_contact(request, by=other, reason="Yes.")
    with pytest.raises(ActionRefused, match=f"already denied by {lead}"):
        actions.withdraw_contact_request(request, by=administrator)
    assert actions.deny_contact(request, by=lead, reason="No.").status == "denied"
    assert ask(person, administrator).status == "open"


@pytest.mark.parametrize("decide", [actions.approve_contact, actions.deny_contact])
def test_only_a_support_lead_decides(administrator, person, decide):
    request = ask(person, administrator)
    for by in (administrator, AgentFactory()):
        with pytest.raises(ActionRefused, match="Your role has ended"):
            decide(request, by=by, reason="Yes.")
    assert not person.designations.exists()


def test_nobody_is_approved_who_can_no_longer_act(administrator, person, lead):
    request = ask(person, administrator)
    User.objects.filter(pk=person.pk).update(is_active=False)
    with pytest.raises(ActionRefused, match="cannot sign in"):
        actions.approve_contact(request, by=lead, reason="Yes.")
    request.refresh_from_db()
    assert request.is_open


def test_an_administrator_withdraws_what_is_no_longer_needed(administrator, person, lead):
    request = ask(person, administrator)
    actions.withdraw_contact_request(request, by=administrator)
    request.refresh_from_db()
    assert (request.status, request.decided_by) == ("withdrawn", administrator)
    assert titles_to(lead)[0].startswith(f"{person} is no longer asked for")


def test_a_lead_who_designates_beyond_the_number_gives_a_reason_which_is_recorded(sign_in, person, lead):
    client = sign_in(lead)
    page = designate(client, person, reason="").text
    assert "Say why" in page
    assert f"Required for a support contact: {person.district} already has 2.</" in page
    designate(client, person, reason="Agreed by phone.")
    request = ContactRequest.objects.get()
    assert (request.status, request.requested_by, request.decided_by) == ("approved", lead, lead)
    assert request.decision_reason == "Agreed by phone."
    assert request.designation == person.designations.current().get()


def test_a_lead_reads_who_the_support_contacts_are_and_whether_they_are_active(sign_in, administrator, person, lead):
    request = actions.request_contact(person, reason=WHY, by=administrator)
    (held, _) = Designation.objects.current().filter(district=person.district, role=Role.SUPPORT_CONTACT)
    assert f"{held.user}, last active" in sign_in(lead).get(request.get_absolute_url()).text
    assert "last active" not in sign_in(administrator).get(request.get_absolute_url()).text


def test_a_lead_who_designates_whom_the_district_asked_for_decides_the_request(administrator, person, lead):
    request = ask(person, administrator)
    actions.designate_beyond(person, by=lead, reason="Agreed by phone.")
    request.refresh_from_db()
    assert (ContactRequest.objects.get(), request.status, request.reason) == (request, "approved", WHY)


# --- pages -----------------------------------------------------------------------------------------------------------


def test_the_district_sees_what_waits_and_since_when_and_what_was_decided_by_whom_and_why(
    sign_in, administrator, person, lead
):
    request = ask(person, administrator)
    client, directory = sign_in(administrator), reverse("contacts:directory")
    for page in (
        client.get(directory).text,
        client.get(LIST).text,
        client.get(address("contact_request", request)).text,
    ):
        assert str(person) in page
        assert "Waiting for Support" in page
        assert "has 2 support contacts. Up to 2 need no approval; Support approves each additional one." in page
    actions.deny_contact(request, by=lead, reason="Two are enough.")
    assert str(person) not in client.get(LIST).text
    decided = client.get(LIST, {"decided": "1"}).text
    for page in (client.get(directory).text, decided, client.get(address("contact_request", request)).text):
        assert f"by {lead}" in page
        assert "Two are enough." in page


def test_the_number_stands_on_the_districts_settings(sign_in, administrator):
    assert "Up to 2 need no approval" in sign_in(administrator).get(reverse("contacts:settings")).text


def test_a_lead_has_the_longest_waiting_first_of_every_district_and_at_home(sign_in, lead):
    now = timezone.now()
    asked = [ContactRequestFactory(requested_at=now - timedelta(days=days)) for days in (3, 9, 1)]
    client = sign_in(lead)
    rows = client.get(LIST).context["page"].rows
    assert rows == [asked[1], asked[0], asked[2]]
    DesignationFactory(user=asked[0].person)
    assert "1 (2 allowed without approval)" in client.get(LIST).text
    needs = [each for each in client.get(reverse("home")).context["needs"] if each.verb == "Decide"]
    assert [each.url for each in needs] == [asked[n].get_absolute_url() for n in (1, 0, 2)]
    assert needs[0].what == f"whether {asked[1].person} becomes a support contact"


def test_a_lead_decides_on_the_page_and_must_say_why(sign_in, administrator, person, lead):
    request, client = ask(person, administrator), sign_in(lead)
    page = client.post(address("approve_contact", request), {"reason": " "})
    assert "Enter the reason." in page.text
    page = client.post(address("approve_contact", request), {"reason": "Two high schools."}, follow=True)
    assert f"{person} is now a support contact and was told." in page.text
    again = client.post(address("approve_contact", request), {"reason": "Two high schools."}, follow=True)
    assert again.status_code == 200
    assert person.designations.count() == 1
    refused = client.post(address("deny_contact", request), {"reason": "Changed my mind."})
    assert refused.status_code == 409
    assert "Changed my mind." in refused.text


def test_another_district_sees_no_request(sign_in, administrator, person):
    request, stranger = ask(person, administrator), UserFactory(roles=[Role.DISTRICT_ADMINISTRATOR])
    client = sign_in(stranger)
    assert client.get(address("contact_request", request)).status_code == 404
    assert str(person) not in client.get(LIST).text


def test_the_lists_page_by_key_in_as_many_queries_however_long(sign_in, lead, django_assert_num_queries):
    asked = ContactRequestFactory.create_batch(30)
    denied = {"status": "denied", "decided_by": lead, "decision_reason": "No.", "decided_at": timezone.now()}
    ContactRequestFactory.create_batch(30, **denied)
    client = sign_in(lead)
    pages = every_page(client, LIST)
    assert [row for page in pages for row in page.context["page"].rows] == asked
    assert len([row for page in every_page(client, LIST, decided="1") for row in page.context["page"].rows]) == 30
    for query in ({}, {"decided": "1"}):
        with django_assert_num_queries(1 + 7):
            client.get(LIST, query)


def test_a_place_that_is_taken_meanwhile_makes_the_form_ask_why(sign_in, administrator, person, district, monkeypatch):
    designate_now = actions.designate
    Designation.objects.filter(pk=held(district)[0].pk).update(ended_at=timezone.now())

    def somebody_is_faster(*args, **kwargs):
        DesignationFactory(user=UserFactory(district=district))
        return designate_now(*args, **kwargs)

    monkeypatch.setattr(actions, "designate", somebody_is_faster)
    page = designate(sign_in(administrator), person)
    assert page.status_code == 409
    assert "Support approves each additional one." in page.text
    assert 'name="reason"' in page.text
    assert not person.designations.exists()


# --- at once ---------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_eight_who_are_designated_at_once_into_one_place_one_goes_in():
    for _ in range(10):
        district = DistrictFactory()
        UserFactory(district=district, roles=[CONTACT])
        administrators = UserFactory.create_batch(8, district=district, roles=[Role.DISTRICT_ADMINISTRATOR])
        people = UserFactory.create_batch(8, district=district)
        outcomes = at_once(
            *[
                lambda a=person, b=by: actions.designate(a, role=CONTACT, by=b)
                for person, by in zip(people, administrators, strict=True)
            ]
        )
        assert sorted(type(each).__name__ for each in outcomes) == ["ActionRefused"] * 7 + ["Designation"]
        assert {str(each) for each in outcomes if isinstance(each, ActionRefused)} == {
            f"{district} has 2 support contacts and may have 2 without approval. Support approves each additional one."
        }
        assert district.support_contacts == 2


@pytest.mark.django_db(transaction=True)
def test_two_leads_who_decide_at_once_decide_once():
    for _ in range(50):
        one, other = AgentFactory.create_batch(2, roles=[Role.SUPPORT_LEAD])
        request = ContactRequestFactory()
        outcomes = at_once(
            lambda a=request, b=one: actions.approve_contact(a, by=b, reason="Yes."),
            lambda a=request, b=other: actions.deny_contact(a, by=b, reason="No."),
        )
        assert sorted(type(each).__name__ for each in outcomes) == ["ActionRefused", "ContactRequest"]
        assert any("was already" in str(each) for each in outcomes)
        request.refresh_from_db()
        assert request.person.designations.count() == (request.status == "approved")


@pytest.mark.django_db(transaction=True)
def test_two_requests_about_a_person_at_once_are_one():
    for _ in range(50):
        district = DistrictFactory(support_contacts_allowed=0)
        one, other = UserFactory.create_batch(2, district=district, roles=[Role.DISTRICT_ADMINISTRATOR])
        person = UserFactory(district=district)
        outcomes = at_once(*[lambda a=person, b=by: ask(a, b) for by in (one, other)])
        assert sorted(type(each).__name__ for each in outcomes) == ["ActionRefused", "ContactRequest"]
        assert ContactRequest.objects.filter(person=person).count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_approval_and_a_direct_designation_at_once_designate_once():
    for _ in range(50):
        district = DistrictFactory(support_contacts_allowed=1)
        administrator = UserFactory(district=district, roles=[Role.DISTRICT_ADMINISTRATOR])
        lead = AgentFactory(roles=[Role.SUPPORT_LEAD])
        request = ContactRequestFactory(person=UserFactory(district=district))
        outcomes = at_once(
            lambda a=request, b=lead: actions.approve_contact(a, by=b, reason="Yes."),
            lambda a=request.person, b=administrator: actions.designate(a, role=CONTACT, by=b),
        )
        assert len([each for each in outcomes if isinstance(each, ActionRefused)]) == 1
        request.refresh_from_db()
        assert not request.is_open
        assert request.person.designations.current().count() == 1
