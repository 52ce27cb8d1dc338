"""The pages that designate a person and end a designation."""

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from contacts import actions
from contacts.models import DISTRICT_SIDE, Designation, Role
from tests.contacts.test_activity import flagged_contact
from tests.factories import AgentFactory, DesignationFactory, DistrictFactory, SchoolFactory, UserFactory

pytestmark = pytest.mark.django_db
CHOOSE = reverse("contacts:choose_person")


@pytest.fixture
def administrator():
    return UserFactory(roles=[Role.DISTRICT_ADMINISTRATOR])


@pytest.fixture
def lead():
    return AgentFactory(roles=[Role.SUPPORT_LEAD])


def designate(client, person, **data):
    return client.post(reverse("contacts:designate", args=[person.pk]), data, follow=True)


def errors(response):
    return str(response.context["form"].errors)


def test_the_person_is_found_among_the_districts_staff(sign_in, administrator):
    wanted = UserFactory(district=administrator.district, first_name="Ada", last_name="Wanted")
    UserFactory(district=administrator.district, first_name="Ada", last_name="Other")
    UserFactory(first_name="Ada", last_name="Wanted")
    found = sign_in(administrator).get(CHOOSE, {"q": "want ada"}).context["people"]
    assert found == [wanted]


def test_five_thousand_staff_are_cut_with_a_hint_to_search(sign_in, administrator):
    UserFactory.create_batch(51, district=administrator.district)
    assert "These are the first 50" in sign_in(administrator).get(CHOOSE).content.decode()


def test_a_lead_chooses_the_district_first_and_keeps_it_while_searching(sign_in, lead):
    person = UserFactory()
    client = sign_in(lead)
    assert f"?district={person.district_id}" in client.get(CHOOSE).content.decode()
    page = client.get(CHOOSE, {"district": person.district_id, "q": person.last_name})
    assert page.context["people"] == [person]
    assert f'name="district" value="{person.district_id}"' in page.content.decode()
    assert page.context["clear_url"] == f"{CHOOSE}?district={person.district_id}"


@pytest.mark.parametrize("role", [Role.SUPPORT_CONTACT, Role.CREDENTIAL_APPROVER, Role.DISTRICT_ADMINISTRATOR])
def test_an_administrator_designates_a_person_of_the_district(sign_in, administrator, role):
    person = UserFactory(district=administrator.district)
    page = designate(sign_in(administrator), person, role=role)
    assert f"{person} is now a {role.label.lower()} and was told." in page.content.decode()
    assert person.designations.current().get().started_by == administrator


def test_a_lead_designates_for_any_district(sign_in, lead):
    person = UserFactory()
    page = designate(sign_in(lead), person, role=Role.SUPPORT_CONTACT)
    assert page.redirect_chain[-1][0] == f"{reverse('contacts:directory')}?district={person.district_id}"
    assert person.designations.get().district == person.district


@pytest.mark.parametrize("role", [Role.SUPPORT_AGENT, Role.SUPPORT_LEAD, "king", ""])
def test_roles_of_support_are_not_given_on_a_districts_page(sign_in, administrator, role):
    page = designate(sign_in(administrator), UserFactory(district=administrator.district), role=role)
    assert "role" in page.context["form"].errors
    assert Designation.objects.count() == 1


def test_a_coach_is_designated_for_a_school(sign_in, administrator):
    person, school = UserFactory(district=administrator.district), SchoolFactory(district=administrator.district)
    client = sign_in(administrator)
    assert "Choose the school" in errors(designate(client, person, role=Role.BUILDING_COACH))
    designate(client, person, role=Role.BUILDING_COACH, school=school.pk)
    assert person.designations.get().school == school


def test_a_school_of_another_district_is_no_choice(sign_in, administrator):
    person = UserFactory(district=administrator.district)
    page = designate(sign_in(administrator), person, role=Role.BUILDING_COACH, school=SchoolFactory().pk)
    assert "school" in page.context["form"].errors


def test_only_a_coach_gets_a_school(sign_in, administrator):
    person, school = UserFactory(district=administrator.district), SchoolFactory(district=administrator.district)
    designate(sign_in(administrator), person, role=Role.SUPPORT_CONTACT, school=school.pk)
    assert person.designations.get().school is None


def test_where_the_seat_is_held_a_second_technical_contact_is_nominated_instead(sign_in, administrator):
    holder = UserFactory(district=administrator.district, roles=[Role.TECHNICAL_CONTACT])
    person, client = UserFactory(district=administrator.district), sign_in(administrator)
    nominate = reverse("contacts:nominate", args=[person.pk])
    assert nominate in client.get(reverse("contacts:designate", args=[person.pk])).text
    page = designate(client, person, role=Role.TECHNICAL_CONTACT)
    assert page.redirect_chain[-1][0] == nominate
    assert f"{holder} is the technical contact now. Nominate {person} instead." in page.text
    assert not person.designations.exists()


def test_each_role_is_named_before_it_is_explained(sign_in, administrator):
    person = UserFactory(district=administrator.district)
    page = sign_in(administrator).get(reverse("contacts:designate", args=[person.pk])).content.decode()
    for role in DISTRICT_SIDE:
        assert f"<strong>{role.label}</strong>" in page
        assert escape(role.purpose) in page


def test_a_double_press_designates_once(sign_in, administrator):
    person, client = UserFactory(district=administrator.district), sign_in(administrator)
    designate(client, person, role=Role.SUPPORT_CONTACT)
    assert "This person already holds this role" in errors(designate(client, person, role=Role.SUPPORT_CONTACT))
    assert person.designations.count() == 1


def test_a_person_of_another_district_or_of_support_is_not_found(sign_in, administrator, lead):
    address = reverse("contacts:designate", args=[UserFactory().pk])
    assert sign_in(administrator).post(address, {"role": Role.SUPPORT_CONTACT}).status_code == 404
    assert sign_in(lead).get(reverse("contacts:designate", args=[lead.pk])).status_code == 404


@pytest.mark.parametrize(
    ("fields", "hint", "refusal"),
    [
        ({"email": None}, "No e-mail address", "has no e-mail address, so the portal could not reach them. Add one"),
        ({"is_active": False}, "Cannot sign in", "cannot sign in, so the role would stay empty. Restore"),
    ],
)
def test_who_cannot_act_is_found_and_refused_in_words_with_what_to_do(sign_in, administrator, fields, hint, refusal):
    person, client = UserFactory(district=administrator.district, **fields), sign_in(administrator)
    assert hint in client.get(CHOOSE, {"q": person.last_name}).text
    page = client.get(reverse("contacts:designate", args=[person.pk])).text
    assert "This person cannot hold a role yet" in page
    assert reverse("contacts:person", args=[person.pk]) in page
    assert 'name="role"' not in page
    answer = designate(client, person, role=Role.SUPPORT_CONTACT)
    assert (answer.status_code, refusal in answer.text) == (409, True)
    assert not person.designations.exists()


@pytest.mark.parametrize("page", ["end_designation", "keep", "deactivate"])
@pytest.mark.parametrize("fields", [{}, {"email": None}])
def test_nobody_is_said_to_be_told_who_is_not(sign_in, administrator, page, fields):
    designation = flagged_contact(user=UserFactory(district=administrator.district, **fields))
    shown = sign_in(administrator).get(reverse(f"contacts:{page}", args=[designation.pk])).text
    assert ("The person is told." in shown) is not bool(fields)
    assert ("The portal cannot reach the person." in shown) is bool(fields)


def test_before_a_contact_ends_the_page_says_what_the_district_then_cannot_do(sign_in, administrator):
    district, client = administrator.district, sign_in(administrator)
    seat = DesignationFactory(user=UserFactory(district=district), role=Role.TECHNICAL_CONTACT)
    support = DesignationFactory(user=UserFactory(district=district))

    def page(designation):
        return client.get(reverse("contacts:end_designation", args=[designation.pk])).text

    assert "The district will have no technical contact." in page(seat)
    assert f'href="{reverse("contacts:choose_person")}"' in page(seat)
    assert "Nobody will be able to submit cases." not in page(seat) + page(support)
    seat.end(timezone.now(), by=administrator, reason="Left.")
    seat.save()
    assert "Nobody will be able to submit cases." in page(support)
    assert "The district will have no technical contact." not in page(support)
    assert "Nobody will be able" not in page(administrator.designations.get())


def test_a_new_contact_reads_what_they_can_do_and_how_they_stay_one(sign_in, administrator):
    contact, coach = UserFactory.create_batch(2, district=administrator.district)
    actions.designate(contact, role=Role.SUPPORT_CONTACT, by=administrator)
    actions.designate(coach, role=Role.CREDENTIAL_APPROVER, by=administrator)
    said = "You can submit cases now. Sign in at least once every 180 days to stay active."
    assert said in contact.messages.get().body
    assert said not in coach.messages.get().body


def test_the_role_of_technical_contact_is_handed_over_from_the_directory(sign_in, administrator):
    UserFactory(district=administrator.district, roles=[Role.SUPPORT_CONTACT])
    client, address = sign_in(administrator), reverse("contacts:directory")
    assert "Hand over" not in client.get(address).text
    UserFactory(district=administrator.district, roles=[Role.TECHNICAL_CONTACT])
    assert client.get(address).text.count("Hand over") == 1


def test_ending_needs_a_reason(sign_in, administrator):
    designation = DesignationFactory(user__district=administrator.district)
    address = reverse("contacts:end_designation", args=[designation.pk])
    client = sign_in(administrator)
    assert "Enter the reason." in errors(client.post(address, {"reason": "  "}))
    client.post(address, {"reason": "Left."})
    designation.refresh_from_db()
    assert (designation.end_reason, designation.ended_by) == ("Left.", administrator)


def test_ending_twice_says_that_it_has_ended(sign_in, administrator):
    designation = DesignationFactory(user__district=administrator.district)
    address, client = reverse("contacts:end_designation", args=[designation.pk]), sign_in(administrator)
    client.post(address, {"reason": "Left."})
    refused = client.post(address, {"reason": "Moved to another district."})
    assert refused.status_code == 409
    assert "already ended" in refused.text
    assert "Moved to another district." in refused.text
    assert "already ended" in client.get(address, follow=True).content.decode()


def test_the_only_administrator_cannot_lock_the_district_out(sign_in, administrator):
    address = reverse("contacts:end_designation", args=[administrator.designations.get().pk])
    page = sign_in(administrator).post(address, {"reason": "Enough."}, follow=True)
    assert "is the only district administrator" in page.content.decode()
    assert administrator.designations.current().exists()


def test_a_lead_ends_designations_of_any_district_but_none_of_support(sign_in, lead):
    designation, client = DesignationFactory(user__district=DistrictFactory()), sign_in(lead)
    client.post(reverse("contacts:end_designation", args=[designation.pk]), {"reason": "Asked for."})
    designation.refresh_from_db()
    assert designation.ended_at
    of_support = reverse("contacts:end_designation", args=[lead.designations.get().pk])
    assert client.post(of_support, {"reason": "x"}).status_code == 404
