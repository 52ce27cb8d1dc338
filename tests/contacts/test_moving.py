"""Who changes districts leaves one and joins the other as a new person; only the e-mail address may go along."""

import re
from urllib.parse import urlsplit

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.core import mail
from django.test import Client
from django.urls import reverse

from contacts import ActionRefused, actions, message_center
from contacts.models import AuditEvent, Designation, Message, Role, User
from tests.contacts.races import at_once
from tests.contacts.test_activity import titles_to
from tests.factories import (
    AgentFactory,
    CaseFactory,
    CredentialRecordFactory,
    CredentialRequestFactory,
    DesignationFactory,
    DistrictFactory,
    MessageFactory,
    SchoolFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough phrase"
ADDRESS = "sam@example.org"


@pytest.fixture(autouse=True)
def _no_second_factor(settings):
    settings.MFA_REQUIRED_ROLES = frozenset()


@pytest.fixture
def admin():
    return UserFactory(district=None, is_staff=True, last_name="Admin")


@pytest.fixture
def person():
    """A support contact with everything that one can have."""
    district = DistrictFactory(name="Riverbend")
    person = UserFactory(
        district=district,
        school=SchoolFactory(district=district),
        email=ADDRESS,
        password=make_password(PASSWORD),
        phone="555-0100",
        title="Registrar",
        staff_identifier="7",
        time_zone="America/Denver",
        roles=[Role.SUPPORT_CONTACT],
    )
    EmailAddress.objects.create(user=person, email=ADDRESS, verified=True, primary=True)
    Authenticator.objects.create(user=person, type="totp", data={"secret": "x"})
    return person


@pytest.fixture
def other():
    return DistrictFactory(name="Oak Valley")


def stored(person):
    return User.objects.get(pk=person.pk)


# --- what stays and what goes along -------------------------------------------------------------------------------


def test_a_new_person_of_the_same_name_and_address_joins_and_nothing_else_comes_along(person, other, admin):
    joined = stored(actions.move_to_district(person, to=other, by=admin))
    assert (str(joined), joined.email, joined.district) == (str(person), ADDRESS, other)
    assert (joined.school, joined.title, joined.phone) == (None, "", "")
    assert (joined.staff_identifier, joined.time_zone, joined.invited_at) == ("", "", None)
    assert not joined.has_chosen_password
    assert not joined.authenticator_set.exists()
    assert not EmailAddress.objects.exists()
    assert not joined.designations.exists()


def test_the_old_account_keeps_what_it_was_but_its_address(person, other, admin):
    actions.move_to_district(person, to=other, by=admin)
    left = stored(person)
    assert (left.district, left.school, left.phone) == (person.district, person.school, "555-0100")
    assert (left.email, left.is_active) == (None, False)
    assert left.authenticator_set.exists()


def test_the_address_may_stay_behind(person, other, admin):
    joined = actions.move_to_district(person, to=other, by=admin, with_email=False)
    assert (stored(joined).email, stored(person).email) == (None, ADDRESS)
    assert EmailAddress.objects.get().user == person
    assert not stored(person).is_active


def test_a_person_without_an_address_moves_by_name_alone(other, admin):
    joined = actions.move_to_district(UserFactory(email=None), to=other, by=admin)
    assert stored(joined).email is None


def test_a_person_of_no_district_joins_one_in_the_same_way(other, admin):
    agent = AgentFactory()
    joined = actions.move_to_district(agent, to=other, by=admin)
    assert (stored(joined).district, stored(agent).district) == (other, None)
    assert not Designation.objects.current().exists()


def test_the_old_password_and_the_old_sessions_open_nothing(person, other, admin):
    browser = Client()
    browser.force_login(person)
    actions.move_to_district(person, to=other, by=admin)
    assert browser.get(reverse("home")).status_code == 302
    browser = Client()
    browser.post(reverse("account_login"), {"login": ADDRESS, "password": PASSWORD})
    assert "_auth_user_id" not in browser.session


@pytest.mark.parametrize("with_email", [True, False])
def test_a_pending_invitation_is_void(other, admin, with_email):
    person = UserFactory(email=ADDRESS)
    actions.invite(person, by=admin)
    message_center.email_unsent()
    link = urlsplit(re.search(r"https?://\S+/reset/key/\S+", mail.outbox[0].body)[0]).path
    actions.move_to_district(stored(person), to=other, by=admin, with_email=with_email)
    assert "This link no longer works" in Client().get(link, follow=True).text


def test_an_invitation_that_has_not_gone_out_never_does(other, admin):
    person = UserFactory(email=ADDRESS)
    actions.invite(person, by=admin)
    actions.move_to_district(stored(person), to=other, by=admin)
    message_center.email_unsent()
    assert [sent.subject for sent in mail.outbox if "invited you" in sent.subject] == []


# --- what the new person reaches ----------------------------------------------------------------------------------


def test_the_new_person_reads_no_message_of_the_old_district(person, other, admin, sign_in):
    message = MessageFactory(recipient=person, title="About Riverbend", body="Canary")
    client = sign_in(actions.move_to_district(person, to=other, by=admin))
    assert "About Riverbend" not in client.get(reverse("contacts:messages")).text
    assert client.get(reverse("contacts:open_message", args=[message.pk])).status_code == 404


def test_the_new_person_files_no_request_on_a_record_of_the_old_district(person, other, admin, sign_in):
    record = CredentialRecordFactory(holder=person)
    request = CredentialRequestFactory(requester=person)
    client = sign_in(actions.move_to_district(person, to=other, by=admin))
    editor = reverse("credentials:request_update", args=[record.pk])
    assert client.get(editor).status_code == 404
    assert client.post(editor, {"brief_description": "Mine."}).status_code == 404
    assert record.identifier not in client.get(reverse("credentials:records")).text
    assert client.get(reverse("credentials:request", args=[request.pk])).status_code == 404


def test_a_case_of_the_old_district_shows_the_phone_number_of_the_old_account(person, other, admin, sign_in):
    case = CaseFactory(contact=person)
    colleague = UserFactory(district=person.district, roles=[Role.SUPPORT_CONTACT])
    joined = actions.move_to_district(person, to=other, by=admin)
    sign_in(joined).post(reverse("contacts:profile"), {"phone": "555-0199"})
    for reader in (colleague, AgentFactory()):
        page = sign_in(reader).get(case.get_absolute_url()).text
        assert "555-0199" not in page
        assert str(person) in page
    assert stored(joined).phone == "555-0199"
    case.refresh_from_db()
    assert (case.contact, case.contact.phone) == (person, "555-0100")


# --- roles --------------------------------------------------------------------------------------------------------


def test_every_role_ends_and_each_end_is_audited(person, other, admin):
    DesignationFactory(user=person, role=Role.CREDENTIAL_APPROVER)
    actions.move_to_district(person, to=other, by=admin)
    ended = person.designations.all()
    assert {(each.ended_by, each.end_reason) for each in ended} == {(admin, "Left the district.")}
    keys = AuditEvent.objects.filter(action="contact.end_designation").values_list("object_key", flat=True)
    assert set(keys) == {str(each.pk) for each in ended}


def test_the_only_district_administrator_stays_until_there_is_another(other, admin):
    person = UserFactory(roles=[Role.SUPPORT_CONTACT, Role.DISTRICT_ADMINISTRATOR])
    with pytest.raises(ActionRefused, match="is the only district administrator"):
        actions.move_to_district(person, to=other, by=admin)
    assert stored(person).is_active
    assert person.designations.current().count() == 2
    assert User.objects.filter(district=other).count() == 0
    UserFactory(district=person.district, roles=[Role.DISTRICT_ADMINISTRATOR])
    assert actions.move_to_district(person, to=other, by=admin)


# --- who is told --------------------------------------------------------------------------------------------------


def test_each_district_has_an_event_that_points_at_the_other_person_by_key_alone(person, other, admin):
    joined = actions.move_to_district(person, to=other, by=admin)
    left_event = AuditEvent.objects.get(action="person.leave_district")
    join_event = AuditEvent.objects.get(action="person.join_district")
    assert (left_event.object_key, left_event.district_key) == (str(person.pk), str(person.district_id))
    assert (join_event.object_key, join_event.district_key) == (str(joined.pk), str(other.pk))
    assert (left_event.detail, join_event.detail) == ({"joined": joined.pk}, {"left": person.pk})
    assert {left_event.actor_key, join_event.actor_key} == {str(admin.pk)}


def test_the_administrators_of_both_districts_are_told_and_neither_reads_which_the_other_is(person, other, admin):
    old = UserFactory(district=person.district, roles=[Role.DISTRICT_ADMINISTRATOR])
    new = UserFactory(district=other, roles=[Role.DISTRICT_ADMINISTRATOR])
    stranger = UserFactory(roles=[Role.DISTRICT_ADMINISTRATOR])
    joined = actions.move_to_district(person, to=other, by=admin)
    assert f"{person} left Riverbend" in titles_to(old)
    assert titles_to(new) == [f"{person} joined Oak Valley"]
    assert titles_to(stranger) == []
    told = Message.objects.get(recipient=new)
    assert (told.link, told.district) == (reverse("contacts:person", args=[joined.pk]), other)
    assert "Riverbend" not in told.body
    assert not [message for message in Message.objects.filter(recipient=old) if "Oak Valley" in message.body]
    assert not Message.objects.exclude(district=other).filter(recipient__district=other).exists()


def test_the_person_is_told_at_the_address_they_had(person, other, admin):
    actions.move_to_district(person, to=other, by=admin)
    message_center.email_unsent()
    (sent,) = [each for each in mail.outbox if each.to == [ADDRESS]]
    assert sent.subject.startswith(f"{admin} moved your account")
    assert "reset/key" not in sent.body


def test_nobody_is_told_of_a_person_who_joins_from_no_district_but_the_new_administrators(other, admin):
    UserFactory(roles=[Role.DISTRICT_ADMINISTRATOR])
    new = UserFactory(district=other, roles=[Role.DISTRICT_ADMINISTRATOR])
    actions.move_to_district(UserFactory(district=None, email=None), to=other, by=admin)
    assert [message.recipient for message in Message.objects.all()] == [new]


# --- what is refused ----------------------------------------------------------------------------------------------


def test_nobody_moves_to_the_district_they_belong_to(person, admin):
    with pytest.raises(ActionRefused, match="belongs to Riverbend already"):
        actions.move_to_district(person, to=person.district, by=admin)


def test_a_django_admin_does_not_move(other, admin):
    with pytest.raises(ActionRefused, match="Django admins belong to no district"):
        actions.move_to_district(admin, to=other, by=admin)


def test_whoever_was_switched_off_moves_only_with_their_address(other, admin):
    person = UserFactory(is_active=False)
    with pytest.raises(ActionRefused, match="nothing would move"):
        actions.move_to_district(person, to=other, by=admin, with_email=False)
    assert stored(actions.move_to_district(person, to=other, by=admin)).email == person.email


def test_a_person_leaves_once(person, other, admin):
    actions.move_to_district(person, to=other, by=admin)
    with pytest.raises(ActionRefused, match="nothing would move"):
        actions.move_to_district(stored(person), to=DistrictFactory(), by=admin)


def test_a_district_administrator_whose_role_has_ended_moves_nobody(person, other):
    with pytest.raises(ActionRefused, match="Your role has ended"):
        actions.move_to_district(person, to=other, by=UserFactory(district=other))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("with_email", [(True, True), (True, False), (False, False)])
def test_of_two_moves_at_once_one_wins_and_the_other_is_refused(with_email):
    admin, districts = UserFactory(district=None, is_staff=True), [DistrictFactory(), DistrictFactory()]
    for number in range(10):
        person = UserFactory(last_name=f"Mover {number}", roles=[Role.SUPPORT_CONTACT])
        outcomes = at_once(
            *[
                lambda person=person, to=to, along=along: actions.move_to_district(
                    person, to=to, by=admin, with_email=along
                )
                for to, along in zip(districts, with_email, strict=True)
            ]
        )
        (refused,) = [outcome for outcome in outcomes if isinstance(outcome, ActionRefused)]
        assert "Someone else just saved the same thing" in str(refused)
        assert User.objects.filter(last_name=person.last_name).count() == 2
        assert AuditEvent.objects.filter(action="person.leave_district", object_key=str(person.pk)).count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_a_move_and_a_new_role_at_once_no_role_outlives_the_account():
    admin, old, new = UserFactory(district=None, is_staff=True), DistrictFactory(), DistrictFactory()
    for _ in range(20):
        person = UserFactory(district=old)
        at_once(
            lambda person=person: actions.move_to_district(person, to=new, by=admin),
            lambda person=person: actions.designate(person, role=Role.SUPPORT_CONTACT, by=admin),
        )
        assert not stored(person).is_active
        assert not person.designations.current().exists()


# --- the admin ----------------------------------------------------------------------------------------------------


def move_page(person):
    return reverse("admin:contacts_user_move", args=[person.pk])


def test_the_admin_offers_the_move_on_the_page_of_a_person(person, admin, sign_in):
    page = sign_in(admin).get(reverse("admin:contacts_user_change", args=[person.pk])).text
    assert f'<a href="{move_page(person)}">Moves to another district</a>' in page
    assert 'name="district"' not in page
    page = sign_in(admin).get(reverse("admin:contacts_user_add")).text
    assert 'name="district"' in page
    assert "Moves to another district" not in page


def test_the_admin_never_changes_the_district_itself(person, other, admin, sign_in):
    change = {"first_name": "New", "last_name": "Name", "email": ADDRESS, "is_active": "on", "district": other.pk}
    sign_in(admin).post(reverse("admin:contacts_user_change", args=[person.pk]), change)
    assert (stored(person).first_name, stored(person).district) == ("New", person.district)


def test_an_admin_reads_what_ends_and_moves_the_person(person, other, admin, sign_in):
    client = sign_in(admin)
    page = client.get(move_page(person)).text
    assert "support contact" in page
    assert "<script>" not in page
    assert "style=" not in page
    page = client.post(move_page(person), {"district": other.pk, "with_email": "on"}, follow=True).text
    assert f"{person} moved to Oak Valley. Invite them" in page
    assert User.objects.get(email=ADDRESS).district == other


def test_an_admin_leaves_the_address_behind(person, other, admin, sign_in):
    page = sign_in(admin).post(move_page(person), {"district": other.pk}, follow=True).text
    assert "Add an e-mail address, then invite them" in page
    assert User.objects.get(district=other).email is None


def test_a_person_without_an_address_is_asked_for_none(admin, other, sign_in):
    person = UserFactory(email=None)
    assert "with_email" not in sign_in(admin).get(move_page(person)).text
    sign_in(admin).post(move_page(person), {"district": other.pk})
    assert User.objects.filter(district=other).exists()


def test_a_move_without_a_district_and_a_refused_one_say_why(admin, other, sign_in):
    person = UserFactory(roles=[Role.DISTRICT_ADMINISTRATOR])
    client = sign_in(admin)
    assert "Choose the district." in client.post(move_page(person), {}).text
    page = client.post(move_page(person), {"district": other.pk})
    assert page.status_code == 409
    assert "is the only district administrator" in page.text


def test_the_admin_page_of_nobody_leads_back(admin, sign_in):
    assert sign_in(admin).get(reverse("admin:contacts_user_move", args=[10**9])).status_code == 302


@pytest.mark.parametrize("role", [Role.DISTRICT_ADMINISTRATOR, Role.SUPPORT_LEAD])
def test_only_a_django_admin_reaches_the_move(person, other, sign_in, role):
    by = AgentFactory(roles=[role]) if role == Role.SUPPORT_LEAD else UserFactory(district=other, roles=[role])
    assert sign_in(by).post(move_page(person), {"district": other.pk}).status_code in (302, 403)
    assert stored(person).is_active
