"""An administrator adds, completes and invites the people of their own district."""

import re

import pytest
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from contacts import ActionRefused, actions, message_center
from contacts.forms import ProfileForm
from contacts.models import AuditEvent, Message, Role, User
from tests.conftest import every_page
from tests.contacts.races import at_once
from tests.factories import AgentFactory, SchoolFactory, UserFactory

pytestmark = pytest.mark.django_db
PEOPLE = reverse("contacts:people")
ADD = reverse("contacts:add_person")


@pytest.fixture
def administrator():
    return UserFactory(first_name="Aaron", last_name="Aaronson", roles=[Role.DISTRICT_ADMINISTRATOR])


def names(page):
    return [person.last_name for person in page.context["page"].rows]


def test_people_are_listed_by_the_alphabet_and_only_of_the_district(sign_in, administrator):
    for name in ("Young", "Baker"):
        UserFactory(district=administrator.district, last_name=name)
    UserFactory(last_name="Stranger")
    assert names(sign_in(administrator).get(PEOPLE)) == ["Aaronson", "Baker", "Young"]


def test_people_are_found_by_parts_of_name_address_and_position(sign_in, administrator):
    UserFactory(district=administrator.district, last_name="Nurse", title="School nurse", email="n1@example.org")
    client = sign_in(administrator)
    for words in ("nur", "N1@", "school nurse", "sam nurse"):
        assert names(client.get(PEOPLE, {"q": words})) == ["Nurse"]
    assert "Nobody found" in client.get(PEOPLE, {"q": "nurse doctor"}).content.decode()


def test_the_list_pages_by_key_without_gaps_or_repeats(sign_in, administrator):
    UserFactory.create_batch(60, district=administrator.district, last_name="Same", first_name="Name")
    seen = [person for page in every_page(sign_in(administrator), PEOPLE) for person in page.context["page"].rows]
    assert seen == list(User.objects.filter(district=administrator.district))


def test_the_list_takes_one_query_however_long(sign_in, administrator, django_assert_num_queries):
    UserFactory.create_batch(30, district=administrator.district, school=SchoolFactory(district=administrator.district))
    client = sign_in(administrator)
    with django_assert_num_queries(1 + 7):
        client.get(PEOPLE)


def changed(person, **values):
    """What the form of a person's page sends."""
    fields = {name: getattr(person, name) or "" for name in ("first_name", "last_name", "email", "title", "phone")}
    return fields | values


def new_person(**changes):
    return {"first_name": "New", "last_name": "Person", "email": "New@Example.org", "title": "Clerk"} | changes


def test_an_added_person_belongs_to_the_district_and_has_no_password(sign_in, administrator):
    sign_in(administrator).post(ADD, new_person())
    person = User.objects.get(email="new@example.org")
    assert person.district == administrator.district
    assert not person.has_chosen_password
    assert AuditEvent.objects.filter(action="person.add", object_key=str(person.pk)).exists()


@pytest.mark.parametrize("missing", ["first_name", "last_name", "email"])
def test_name_and_address_are_needed_and_what_was_typed_is_kept(sign_in, administrator, missing):
    page = sign_in(administrator).post(ADD, new_person(**{missing: ""}))
    assert list(page.context["form"].errors) == [missing]
    assert "Enter the" in str(page.context["form"].errors)
    assert "Clerk" in page.content.decode()


def test_an_address_in_use_is_refused_whatever_its_letters(sign_in, administrator):
    UserFactory(email="new@example.org")
    page = sign_in(administrator).post(ADD, new_person(email="NEW@example.org"))
    assert "Another person signs in with this address" in str(page.context["form"].errors)


def test_a_school_of_another_district_is_no_choice(sign_in, administrator):
    page = sign_in(administrator).post(ADD, new_person(school=SchoolFactory().pk))
    assert "school" in page.context["form"].errors


@pytest.mark.parametrize("field", ["first_name", "last_name", "title"])
@pytest.mark.parametrize("break_", ["\r\n", "\x85", "\u2028", "\u202e", "\x07"])
def test_a_name_is_written_on_one_line(sign_in, administrator, field, break_):
    page = sign_in(administrator).post(ADD, new_person(**{field: f"Eve{break_}Bcc: x"}))
    assert "Enter it on one line" in str(page.context["form"].errors[field])


@pytest.mark.django_db(transaction=True)
def test_of_two_people_added_at_once_with_one_address_one_is_refused_in_words():
    administrator = UserFactory(roles=[Role.DISTRICT_ADMINISTRATOR])
    district = administrator.district
    outcomes = at_once(
        *[
            lambda: actions.add_person(
                User(first_name="A", last_name="B", email="twin@example.org", district=district), by=administrator
            )
        ]
        * 2
    )
    (refused,) = [outcome for outcome in outcomes if isinstance(outcome, ActionRefused)]
    assert "Another person signs in with this address" in str(refused)


def test_an_imported_person_without_an_address_gets_one_and_is_invited(sign_in, administrator):
    person = UserFactory(district=administrator.district, email=None)
    client, address = sign_in(administrator), reverse("contacts:person", args=[person.pk])
    client.post(address, changed(person, email="First@example.org", title="Teacher"))
    client.post(reverse("contacts:invite", args=[person.pk]))
    person.refresh_from_db()
    assert (person.email, person.title) == ("first@example.org", "Teacher")
    assert person.invited_at
    assert Message.objects.get(recipient=person).title.startswith(f"{administrator} invited you")
    assert AuditEvent.objects.filter(action="person.invite", actor_key=str(administrator.pk)).exists()


@pytest.mark.parametrize("sign_in_fields", [{"password": make_password("secret")}, {"last_login": timezone.now()}])
def test_an_address_that_someone_signs_in_with_stays(sign_in, administrator, sign_in_fields):
    person = UserFactory(district=administrator.district, email="old@example.org", **sign_in_fields)
    sign_in(administrator).post(
        reverse("contacts:person", args=[person.pk]), changed(person, email="thief@example.org")
    )
    person.refresh_from_db()
    assert person.email == "old@example.org"


def test_a_mistyped_address_is_corrected_before_the_first_sign_in_and_its_link_dies(sign_in, administrator, client):
    person = UserFactory(district=administrator.district, email="mistyped@example.org")
    actions.invite(person, by=administrator)
    message_center.email_unsent()
    link = re.search(rf"{re.escape(settings.PORTAL_URL)}(\S+)", mail.outbox[0].body).group(1)
    page = sign_in(administrator).post(
        reverse("contacts:person", args=[person.pk]), changed(person, email="Right@example.org"), follow=True
    )
    assert "Invite them again: the old link no longer works." in page.content.decode()
    person.refresh_from_db()
    assert person.email == "right@example.org"
    client.logout()
    assert "password1" not in client.get(link, follow=True).content.decode()


def test_an_address_is_corrected_but_not_taken_away(sign_in, administrator):
    person = UserFactory(district=administrator.district)
    page = sign_in(administrator).post(reverse("contacts:person", args=[person.pk]), changed(person, email=""))
    assert "email" in page.context["form"].errors


def test_a_save_without_a_change_records_nothing_and_says_so(sign_in, administrator):
    person = UserFactory(district=administrator.district, title="Clerk")
    data = changed(person, email=person.email.upper())
    page = sign_in(administrator).post(reverse("contacts:person", args=[person.pk]), data, follow=True)
    assert "You changed nothing" in page.content.decode()
    assert not AuditEvent.objects.filter(action="person.change").exists()


@pytest.mark.parametrize(
    ("fields", "sentence"), [({"email": None}, "has no e-mail address yet"), ({"is_active": False}, "cannot sign in")]
)
def test_a_person_who_cannot_sign_in_is_not_invited(sign_in, administrator, fields, sentence):
    person = UserFactory(district=administrator.district, **fields)
    page = sign_in(administrator).post(reverse("contacts:invite", args=[person.pk]), follow=True)
    assert sentence in page.content.decode()
    assert not Message.objects.exists()


def test_people_of_another_district_are_not_found(sign_in, administrator):
    client, stranger = sign_in(administrator), UserFactory()
    assert client.get(reverse("contacts:person", args=[stranger.pk])).status_code == 404
    assert client.post(reverse("contacts:invite", args=[stranger.pk])).status_code == 404


def test_an_administrator_corrects_a_name(sign_in, administrator):
    person = UserFactory(district=administrator.district, first_name="Sma")
    client = sign_in(administrator)
    client.post(reverse("contacts:person", args=[person.pk]), changed(person, first_name="Sam"))
    person.refresh_from_db()
    assert person.first_name == "Sam"
    assert AuditEvent.objects.get(action="person.change").detail == {"changed": ["first_name"]}


def test_an_administrator_stops_and_restores_sign_in(sign_in, administrator):
    person = UserFactory(district=administrator.district, roles=[Role.BUILDING_COACH])
    client = sign_in(administrator)
    assert "Ends now: " in client.get(reverse("contacts:stop_sign_in", args=[person.pk])).text
    client.post(reverse("contacts:stop_sign_in", args=[person.pk]))
    person.refresh_from_db()
    assert not person.is_active
    page = client.get(reverse("contacts:person", args=[person.pk])).text
    assert "Building coach" not in page
    assert reverse("contacts:designate", args=[person.pk]) not in page
    client.post(reverse("contacts:restore_sign_in", args=[person.pk]))
    person.refresh_from_db()
    assert person.is_active
    assert [event.detail for event in AuditEvent.objects.filter(action="person.change")] == [
        {"changed": ["is_active"]}
    ] * 2


def test_the_sign_in_of_the_only_district_administrator_is_not_stopped(sign_in, administrator):
    address = reverse("contacts:stop_sign_in", args=[administrator.pk])
    page = sign_in(administrator).post(address)
    assert page.status_code == 409
    assert "is the only district administrator" in page.text
    administrator.refresh_from_db()
    assert administrator.is_active


@pytest.mark.parametrize("role", [None, Role.SUPPORT_AGENT])
def test_people_keep_their_profile_current_and_their_district_sees_it(sign_in, role):
    person = AgentFactory() if role else UserFactory(roles=[Role.SUPPORT_CONTACT])
    data = {"title": "Registrar", "phone": "555-0123", "time_zone": "America/Denver", "uses_shortcuts": "on"}
    page = sign_in(person).post(reverse("contacts:profile"), data, follow=True)
    assert "Your profile is saved." in page.text
    person = User.objects.get(pk=person.pk)
    assert (person.title, person.phone, str(person.zone)) == ("Registrar", "555-0123", "America/Denver")
    event = AuditEvent.objects.get(action="person.change_profile")
    assert event.actor_key == str(person.pk)
    assert event.detail == {"changed": ["phone", "time_zone", "title"]}
    if not role:
        colleague = UserFactory(district=person.district)
        assert "555-0123" in sign_in(colleague).get(reverse("contacts:directory")).text


def test_a_profile_changes_nothing_but_its_own_fields(sign_in):
    person = UserFactory()
    sign_in(person).post(reverse("contacts:profile"), {"email": "x@example.org", "is_staff": "on", "first_name": "Eve"})
    stored = User.objects.get(pk=person.pk)
    assert (stored.email, stored.is_staff, stored.first_name) == (person.email, False, person.first_name)


def test_the_time_zones_of_the_united_states_come_first_and_only_real_places_follow(sign_in):
    (_, empty), (first, usual), (_, others) = [
        (name, choices) for name, choices in ProfileForm(instance=UserFactory()).fields["time_zone"].choices
    ]
    assert empty == "My district's time zone"
    assert first == "United States"
    assert usual[0] == ("America/New_York", "Eastern (New York)")
    assert ("America/Argentina/Buenos_Aires", "America/Argentina/Buenos Aires") in others
    assert not [name for name, _ in others if name.startswith(("Etc/", "US/", "SystemV/")) or "/" not in name]


def test_a_stored_zone_of_another_name_stays_when_the_profile_is_saved(sign_in):
    person = UserFactory(time_zone="US/Central")
    page = sign_in(person).post(
        reverse("contacts:profile"), {"time_zone": "US/Central", "phone": "555-0111"}, follow=True
    )
    assert "Your profile is saved." in page.text
    assert User.objects.get(pk=person.pk).time_zone == "US/Central"
