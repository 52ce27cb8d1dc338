"""Who are my district's authorized contacts?"""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from contacts.models import Role
from tests.factories import AgentFactory, DesignationFactory, DistrictFactory, SchoolFactory, UserFactory

pytestmark = pytest.mark.django_db
DIRECTORY = reverse("contacts:directory")
INCOMPLETE = "The recommended set of contacts is not complete"


def contact(district, role=Role.SUPPORT_CONTACT, **fields):
    return DesignationFactory(user__district=district, role=role, **fields).user


def page(client, address=DIRECTORY):
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_every_person_of_the_district_sees_the_contacts_and_how_to_reach_them(sign_in):
    reader = UserFactory()
    support = contact(reader.district, user__phone="555 0101")
    technical = contact(reader.district, Role.TECHNICAL_CONTACT)
    school = SchoolFactory(district=reader.district)
    coach = contact(reader.district, Role.BUILDING_COACH, school=school)
    text = page(sign_in(reader))
    for person in (support, technical, coach):
        assert person.display_name in text
        assert f"mailto:{person.email}" in text
    assert "tel:555 0101" in text
    assert school.name in text


def test_people_of_other_districts_and_ended_designations_are_not_shown(sign_in):
    reader = UserFactory()
    stranger = contact(DistrictFactory())
    former = contact(reader.district, started_at=timezone.now() - timedelta(days=1), ended_at=timezone.now())
    text = page(sign_in(reader))
    for person in (stranger, former):
        assert person.email not in text


def test_each_role_is_explained_in_a_sentence(sign_in):
    text = page(sign_in(UserFactory()))
    assert "brings the district&#x27;s questions, issues and requests to Support" in text
    assert "servers, networks, connections and updates" in text
    assert "is the person that a school&#x27;s staff ask first" in text


def test_without_contacts_the_page_says_what_to_do(sign_in):
    text = page(sign_in(UserFactory()))
    assert "This district has no authorized contact yet" in text
    assert "Ask the person you usually turn to" in text


@pytest.mark.parametrize(
    ("support", "technical", "complete"), [(1, 1, False), (2, 0, False), (2, 1, True), (3, 1, True), (0, 1, False)]
)
def test_the_recommended_set_is_two_support_contacts_and_one_technical_contact(sign_in, support, technical, complete):
    reader = UserFactory()
    for _ in range(support):
        contact(reader.district)
    for _ in range(technical):
        contact(reader.district, Role.TECHNICAL_CONTACT)
    assert (INCOMPLETE not in page(sign_in(reader))) is complete


def test_a_contact_who_may_not_sign_in_does_not_complete_the_set(sign_in):
    reader = UserFactory()
    contact(reader.district)
    contact(reader.district, user__email=None)
    contact(reader.district, Role.TECHNICAL_CONTACT)
    assert INCOMPLETE in page(sign_in(reader))


@pytest.mark.parametrize("role", [None, Role.SUPPORT_CONTACT, Role.BUILDING_COACH])
def test_flags_and_verbs_are_not_for_everyone(sign_in, role):
    reader = UserFactory(roles=[role] if role else [])
    contact(reader.district, flagged_at=timezone.now())
    text = page(sign_in(reader))
    assert "Flagged inactive" not in text
    assert reverse("contacts:choose_person") not in text
    assert "/end/" not in text


def test_an_administrator_sees_flags_dates_authors_and_verbs(sign_in):
    administrator = UserFactory(roles=[Role.DISTRICT_ADMINISTRATOR])
    flagged = DesignationFactory(
        user__district=administrator.district, started_by=administrator, flagged_at=timezone.now()
    )
    text = page(sign_in(administrator))
    assert "Flagged inactive" in text
    for verb in ("keep", "deactivate", "end_designation"):
        assert reverse(f"contacts:{verb}", args=[flagged.pk]) in text
    assert administrator.display_name in text


@pytest.mark.parametrize("reader", [lambda district: UserFactory(district=district), lambda district: AgentFactory()])
def test_a_contact_who_is_not_active_comes_last_with_a_hint(sign_in, reader):
    idle = contact(DistrictFactory(), user__last_name="Aaronson", flagged_at=timezone.now())
    address = f"{DIRECTORY}?district={idle.district_id}"
    client = sign_in(reader(idle.district))
    alone = page(client, address)
    assert "Not active lately" in alone
    assert "Try another contact first" not in alone
    active = contact(idle.district, user__last_name="Zimmer")
    text = page(client, address)
    assert text.index(active.display_name) < text.index(idle.display_name) < text.index("Try another contact first")


def test_whoever_chooses_the_contacts_sees_the_roles_that_nobody_holds(sign_in):
    administrator = UserFactory(roles=[Role.DISTRICT_ADMINISTRATOR])
    contact(administrator.district)
    contact(administrator.district, Role.BUILDING_COACH, user__email=None)
    response = sign_in(administrator).get(DIRECTORY)
    assert response.context["vacant"] == [Role.TECHNICAL_CONTACT, Role.BUILDING_COACH, Role.CREDENTIAL_APPROVER]
    assert "Roles that nobody holds" in response.content.decode()
    assert "Roles that nobody holds" not in page(sign_in(UserFactory(district=administrator.district)))


def test_an_administrator_sees_and_can_end_the_designation_of_a_person_without_an_address(sign_in):
    administrator = UserFactory(roles=[Role.DISTRICT_ADMINISTRATOR])
    gone = DesignationFactory(user__district=administrator.district, user__email=None, role=Role.TECHNICAL_CONTACT)
    text = page(sign_in(administrator))
    assert "No e-mail address" in text
    assert reverse("contacts:end_designation", args=[gone.pk]) in text


def test_support_chooses_the_district_by_its_name(sign_in):
    district, other = DistrictFactory(name="Grand Bend"), DistrictFactory(name="Small Valley")
    person = contact(district)
    client = sign_in(AgentFactory())
    choice = page(client, f"{DIRECTORY}?q=bend")
    assert f"?district={district.pk}" in choice
    assert other.name not in choice
    assert person.email in page(client, f"{DIRECTORY}?district={district.pk}")


@pytest.mark.parametrize("district", ["999999999", "x", "²", "9" * 40])
def test_a_district_that_does_not_exist_is_not_found(sign_in, district):
    assert sign_in(AgentFactory()).get(DIRECTORY, {"district": district}).status_code == 404


def test_another_district_is_not_found_for_people_of_a_district(sign_in):
    reader, other = UserFactory(), DistrictFactory()
    assert sign_in(reader).get(DIRECTORY, {"district": other.pk}).status_code == 404
    assert sign_in(reader).get(DIRECTORY, {"district": reader.district_id}).status_code == 200


def test_the_directory_takes_six_queries_however_many_contacts(sign_in, django_assert_num_queries):
    reader = UserFactory(roles=[Role.DISTRICT_ADMINISTRATOR])
    for _ in range(10):
        contact(reader.district, started_by=reader)
    client = sign_in(reader)
    with django_assert_num_queries(6 + 7):  # beside session, scope, savepoint (twice), person, designations and badge
        client.get(DIRECTORY)


def shown_by_school(response):
    return [(school, [held.user for held in coaches]) for school, coaches in response.context["coaches_by_school"]]


def test_the_readers_own_school_and_its_coach_come_first_and_schools_without_a_coach_are_shown(sign_in):
    district = DistrictFactory()
    first, own, last = (SchoolFactory(district=district, name=name) for name in ("Adams", "Monroe", "Young"))
    reader = UserFactory(district=district, school=own)
    mine, other = (contact(district, Role.BUILDING_COACH, school=school) for school in (own, last))
    support = contact(district)
    response = sign_in(reader).get(DIRECTORY)
    assert shown_by_school(response) == [(first, []), (last, [other])]
    text = response.text
    assert text.index("Your school: Monroe") < text.index(mine.email) < text.index(support.email)
    assert text.count("No coach") == 1


def test_whose_own_school_has_no_coach_reads_so(sign_in):
    own = SchoolFactory(name="Monroe")
    assert "Monroe has no coach. Ask a support contact." in page(
        sign_in(UserFactory(district=own.district, school=own))
    )


def test_a_school_in_the_address_shows_its_coach_and_the_contacts_there_first(sign_in):
    district = DistrictFactory()
    own, other = (SchoolFactory(district=district, name=name) for name in ("Adams", "Young"))
    coaches = [contact(district, Role.BUILDING_COACH, school=school) for school in (own, other)]
    far = contact(district, user__last_name="Aaronson", user__school=own)
    near = contact(district, user__last_name="Zimmer", user__school=other)
    idle = contact(district, user__school=other, flagged_at=timezone.now())
    response = sign_in(UserFactory(district=district, school=own)).get(DIRECTORY, {"school": other.pk})
    text = response.text
    assert coaches[0].email not in text
    assert shown_by_school(response) == []
    assert text.index(coaches[1].email) < text.index(near.email) < text.index(far.email) < text.index(idle.email)
    assert f'value="{other.pk}" selected' in text


@pytest.mark.parametrize("of", [SchoolFactory, None])
def test_a_school_that_is_none_of_the_districts_is_explained(sign_in, of):
    response = sign_in(UserFactory(school=None, district=SchoolFactory().district)).get(
        DIRECTORY, {"school": of().pk if of else "x"}
    )
    assert response.status_code == 200
    assert "Nothing was searched." in response.text


@pytest.mark.parametrize("manager", [Role.DISTRICT_ADMINISTRATOR, Role.SUPPORT_LEAD])
def test_whoever_chooses_the_contacts_sees_each_person_once_with_what_can_be_done(sign_in, settings, manager):
    settings.MFA_REQUIRED_ROLES = frozenset()
    district = DistrictFactory()
    school = SchoolFactory(district=district)
    person = UserFactory(district=district, school=school, first_name="Maria", last_name="Lopez")
    held = [
        DesignationFactory(user=person),
        DesignationFactory(user=person, role=Role.BUILDING_COACH, school=school),
        DesignationFactory(user=person, role=Role.CREDENTIAL_APPROVER),
    ]
    gone = DesignationFactory(user__district=district, user__email=None, user__first_name="Ann").user
    is_lead = manager == Role.SUPPORT_LEAD
    reader = AgentFactory(roles=[manager]) if is_lead else UserFactory(district=district, roles=[manager])
    text = page(sign_in(reader), f"{DIRECTORY}?district={district.pk}")
    visible = re.sub(r'<span class="visually-hidden">.*?</span>', "", text)
    assert visible.count("Maria Lopez") == visible.count(gone.display_name) == 1
    assert text.count(f"mailto:{person.email}") == 1
    for designation in held:
        assert reverse("contacts:end_designation", args=[designation.pk]) in text
    assert reverse("contacts:designate", args=[person.pk]) in text
    assert reverse("contacts:designate", args=[gone.pk]) not in text


def test_whoever_chooses_the_contacts_sees_the_schools_without_a_coach_and_the_people_of_one(sign_in):
    district = DistrictFactory()
    coached, alone, left = (SchoolFactory(district=district) for _ in range(3))
    coach = contact(district, Role.BUILDING_COACH, school=coached)
    contact(district, Role.BUILDING_COACH, school=left, user__email=None)
    support = contact(district, user__school=alone)
    client = sign_in(UserFactory(district=district, roles=[Role.DISTRICT_ADMINISTRATOR]))
    response = client.get(DIRECTORY)
    assert response.context["uncoached"] == [alone, left]
    assert "Schools without a coach" in response.text
    for school, person in [(coached, coach), (alone, support)]:
        response = client.get(DIRECTORY, {"school": school.pk})
        assert [each for each, _ in response.context["people"]] == [person]


def test_a_person_who_cannot_be_reached_is_shown_as_such(sign_in):
    reader = UserFactory()
    contact(reader.district, user__email=None, user__phone="")
    assert "No e-mail address or phone number on file" in page(sign_in(reader))


def test_a_role_of_someone_without_an_address_does_not_count_and_is_listed_for_the_administrator(sign_in):
    administrator = UserFactory(roles=[Role.DISTRICT_ADMINISTRATOR])
    contact(administrator.district)
    unfilled = DesignationFactory(user__district=administrator.district, user__email=None)
    response = sign_in(administrator).get(DIRECTORY)
    assert response.context["unfilled"] == [unfilled]
    assert "Roles held by people without an e-mail address" in response.text
    assert response.context["coverage"].support == 1
    assert "Roles held by people" not in page(sign_in(UserFactory(district=administrator.district)))


def test_the_initials_are_of_both_names(sign_in):
    reader = UserFactory()
    contact(reader.district, user__first_name="maria", user__last_name="lopez")
    assert ">ML</span>" in page(sign_in(reader))


def test_on_paper_the_page_says_as_of_when(sign_in):
    printed = r'<p class="print-only">As of <time [^>]+>\w{3} \d{1,2}, \d{4}, \d{1,2}:\d\d [AP]M</time></p>'
    assert re.search(printed, page(sign_in(UserFactory())))
