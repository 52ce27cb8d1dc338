"""Who leaves loses every role at once; the others are told once, and nothing that they wrote changes."""

import pytest
from django.urls import reverse

from contacts import ActionRefused, actions
from contacts.models import AuditEvent, Designation, Message, Role, User
from tests.contacts.races import at_once
from tests.factories import AgentFactory, CaseFactory, DesignationFactory, DistrictFactory, UserFactory

pytestmark = pytest.mark.django_db
ROLES = [Role.SUPPORT_CONTACT, Role.TECHNICAL_CONTACT, Role.BUILDING_COACH, Role.CREDENTIAL_APPROVER]


@pytest.fixture
def administrator():
    return UserFactory(roles=[Role.DISTRICT_ADMINISTRATOR])


@pytest.fixture
def person(administrator):
    return UserFactory(district=administrator.district, first_name="Dana", last_name="Lee", roles=ROLES)


def stop(person, by):
    person = User.objects.get(pk=person.pk)
    person.is_active = False
    actions.change_person(person, by=by, changed=["is_active"])


def move(person, by):
    actions.move_to_district(User.objects.get(pk=person.pk), to=DistrictFactory(), by=by)


WAYS = {
    "stopped": (stop, "Can no longer sign in."),
    "moved": (move, "Left the district."),
    "imported": (lambda person, by: actions.leave(person), "Left the district."),
}


@pytest.fixture(params=WAYS)
def way(request):
    return WAYS[request.param]


def test_every_role_ends_at_once_and_each_end_is_audited(person, administrator, way):
    leaves, reason = way
    leaves(person, administrator)
    assert not person.designations.current().exists()
    ended = list(person.designations.all())
    assert {each.role for each in ended} == set(ROLES)
    assert {each.end_reason for each in ended} == {reason}
    events = AuditEvent.objects.filter(action="contact.end_designation")
    assert {event.object_key for event in events} == {str(each.pk) for each in ended}
    assert not User.objects.get(pk=person.pk).is_active


def test_the_other_contacts_and_the_administrators_are_told_in_one_message(person, administrator, way):
    other = UserFactory(district=person.district, roles=[Role.SUPPORT_CONTACT, Role.DISTRICT_ADMINISTRATOR])
    UserFactory(district=person.district)
    UserFactory(roles=[Role.SUPPORT_CONTACT])
    way[0](person, other)
    told = [message.recipient for message in Message.objects.exclude(recipient=person).order_by("recipient")]
    # Who did it knows.
    assert told == sorted(
        {administrator, other} if way is WAYS["imported"] else {administrator}, key=lambda who: who.pk
    )
    assert "support contact, technical contact" in Message.objects.get(recipient=administrator).body


def test_a_remaining_contact_is_told_and_a_colleague_of_a_coach_is_not(administrator):
    contact = UserFactory(district=administrator.district, roles=[Role.SUPPORT_CONTACT])
    coach = UserFactory(district=administrator.district, roles=[Role.BUILDING_COACH])
    other = UserFactory(district=administrator.district, roles=[Role.SUPPORT_CONTACT])
    stop(coach, administrator)
    assert not Message.objects.filter(recipient=contact).exists()
    stop(other, administrator)
    assert Message.objects.get(recipient=contact).title == f"The roles of {other} have ended"


def test_restoring_the_sign_in_gives_no_role_back(person, administrator, sign_in):
    stop(person, administrator)
    sign_in(administrator).post(reverse("contacts:restore_sign_in", args=[person.pk]))
    assert User.objects.get(pk=person.pk).is_active
    assert not person.designations.current().exists()


def test_the_page_says_which_roles_end_and_how_many_open_cases_are_offered(person, administrator, sign_in):
    CaseFactory.create_batch(2, contact=person)
    page = sign_in(administrator).get(reverse("contacts:stop_sign_in", args=[person.pk])).text
    assert "Ends now: building coach, credential approver, support contact, technical contact." in page
    assert "The district's other contacts and administrators are told." in page
    assert "Dana is the contact of 2 open cases. They are offered to the other contacts." in page
    CaseFactory.create_batch(1, contact=administrator)
    assert (
        "open case"
        not in sign_in(administrator)
        .get(reverse("contacts:stop_sign_in", args=[UserFactory(district=person.district).pk]))
        .text
    )


def test_after_the_stop_the_page_says_what_ended_and_what_comes_of_the_cases(person, administrator, sign_in):
    client = sign_in(administrator)
    page = client.post(reverse("contacts:stop_sign_in", args=[person.pk]), follow=True).text
    assert "Dana Lee can no longer sign in. Ended: " in page
    assert "Their open cases are offered to the other contacts." in page
    coach = UserFactory(district=person.district, roles=[Role.BUILDING_COACH])
    assert (
        "The district's administrators are told." in client.get(reverse("contacts:stop_sign_in", args=[coach.pk])).text
    )
    page = client.post(reverse("contacts:stop_sign_in", args=[coach.pk]), follow=True).text
    assert "Ended: building coach." in page
    assert "open cases are offered" not in page


def test_the_only_administrator_reads_why_they_stay_and_one_of_two_that_they_are_signed_out(administrator, sign_in):
    client, address = sign_in(administrator), reverse("contacts:stop_sign_in", args=[administrator.pk])
    page = client.get(address).text
    assert f"{administrator} is the only district administrator" in page
    assert "You will be signed out now." not in page
    assert 'method="post" novalidate' not in page
    UserFactory(district=administrator.district, roles=[Role.DISTRICT_ADMINISTRATOR])
    page = client.get(address).text
    assert "is the only district administrator" not in page
    assert "You will be signed out now." in page


def test_an_agent_of_support_loses_every_role_too():
    agent, admin = AgentFactory(), UserFactory(district=None, is_staff=True)
    stop(agent, admin)
    assert not agent.designations.current().exists()


@pytest.mark.parametrize("leaves", [stop, move])
def test_nobody_stops_the_last_administrator_of_a_district(administrator, leaves):
    with pytest.raises(ActionRefused, match="is the only district administrator"):
        leaves(administrator, UserFactory(district=None, is_staff=True))
    assert administrator.designations.current().exists()


def test_an_import_is_not_held_up_by_the_last_administrator_and_support_is_told(administrator):
    lead = AgentFactory(roles=[Role.SUPPORT_LEAD])
    assert actions.leave(administrator)
    assert not administrator.designations.current().exists()
    message = Message.objects.get(recipient=lead)
    assert message.title == f"{administrator.district} has no district administrator"
    assert message.link == f"/contacts/?district={administrator.district_id}"


def test_leaving_twice_is_leaving_once(person):
    assert actions.leave(person)
    events, messages = AuditEvent.objects.count(), Message.objects.count()
    assert not actions.leave(person)
    assert (AuditEvent.objects.count(), Message.objects.count()) == (events, messages)


@pytest.mark.django_db(transaction=True)
def test_nobody_is_designated_who_leaves_at_the_same_moment():
    for _ in range(8):
        administrator = UserFactory(roles=[Role.DISTRICT_ADMINISTRATOR])
        person = UserFactory(district=administrator.district)
        DesignationFactory(user=person, role=Role.CREDENTIAL_APPROVER)
        at_once(
            lambda by=administrator, who=person: actions.designate(who, role=Role.SUPPORT_CONTACT, by=by),
            lambda who=person: actions.leave(who),
        )
        assert not Designation.objects.current().filter(user=person).exists()
