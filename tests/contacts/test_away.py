"""When people are reached, and who covers for them while they are away."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from contacts import ActionRefused
from contacts.actions import change_profile
from contacts.models import AuditEvent, Role, User
from tests.contacts.races import at_once
from tests.factories import DesignationFactory, DistrictFactory, SchoolFactory, UserFactory

# Where the people of the tests are; the date there is not always that of UTC.
CHICAGO = ZoneInfo("America/Chicago")

pytestmark = pytest.mark.django_db
PROFILE, DIRECTORY = reverse("contacts:profile"), reverse("contacts:directory")


def in_days(days):
    return timezone.localdate(timezone=CHICAGO) + timedelta(days=days)


@pytest.fixture
def district():
    return DistrictFactory()


@pytest.fixture
def contact(district):
    return UserFactory(district=district, roles=[Role.SUPPORT_CONTACT], first_name="Maria", last_name="Lopez")


@pytest.fixture
def coach(district):
    person = UserFactory(district=district, first_name="Sam", last_name="Okafor", phone="555-0150")
    DesignationFactory(user=person, role=Role.BUILDING_COACH, school=SchoolFactory(district=district))
    return person


def save(client, **fields):
    return client.post(PROFILE, fields, follow=True)


def test_a_contact_says_when_to_reach_them_until_when_they_are_away_and_who_covers(sign_in, contact, coach):
    page = save(
        sign_in(contact),
        reach_hours="Weekdays until 3 PM",
        away_until=in_days(4),
        cover=coach.pk,
        uses_shortcuts="on",
    )
    assert "Your profile is saved." in page.text
    assert AuditEvent.objects.get().detail == {"changed": ["away_until", "cover", "reach_hours"]}
    shown = " ".join(sign_in(UserFactory(district=contact.district)).get(DIRECTORY).text.split())
    assert "Weekdays until 3 PM" in shown
    assert "Sam Okafor</strong> covers for them" in shown
    assert shown.count("tel:555-0150") == 2  # As the coach of a school, and as the cover.


def test_the_page_that_says_whom_to_ask_names_the_cover(sign_in, contact, coach):
    User.objects.filter(pk=contact.pk).update(away_until=in_days(1), cover=coach)
    page = sign_in(UserFactory(district=contact.district)).get(reverse("cases:new")).text
    assert "Sam Okafor</strong> covers for them" in page


def test_whoever_is_back_is_no_longer_away(sign_in, contact, coach):
    User.objects.filter(pk=contact.pk).update(away_until=in_days(0), cover=coach)
    assert "covers for them" not in sign_in(coach).get(DIRECTORY).text
    form = sign_in(contact).get(PROFILE).context["form"]
    assert (form["away_until"].value(), form["cover"].value()) == (None, None)
    save(sign_in(contact), phone="555-0111")
    assert User.objects.filter(pk=contact.pk, away_until=None, cover=None).exists()


def test_a_new_absence_does_not_bring_back_the_cover_of_the_last_one(sign_in, contact, coach):
    User.objects.filter(pk=contact.pk).update(away_until=in_days(-30), cover=coach)
    save(sign_in(contact), away_until=in_days(3), cover="")
    contact.refresh_from_db()
    assert (contact.away_until, contact.cover) == (in_days(3), None)


@pytest.mark.parametrize("why", ["the role ended", "no address"])
def test_a_cover_who_is_no_longer_a_contact_or_cannot_act_is_not_named(sign_in, contact, coach, why):
    User.objects.filter(pk=contact.pk).update(away_until=in_days(4), cover=coach)
    if why == "no address":
        User.objects.filter(pk=coach.pk).update(email=None)
    else:
        coach.designations.update(ended_at=timezone.now() + timedelta(days=1))
    text = sign_in(contact).get(DIRECTORY).text
    assert "Nobody covers for them." in text
    assert "</strong> covers" not in text


def test_a_cover_who_is_away_too_is_shown_as_such(sign_in, contact, coach):
    User.objects.filter(pk=contact.pk).update(away_until=in_days(4), cover=coach)
    User.objects.filter(pk=coach.pk).update(away_until=in_days(2))
    assert "covers for them, but is away too" in sign_in(contact).get(DIRECTORY).text


@pytest.mark.parametrize("days", [0, -1])
def test_one_is_away_until_a_day_to_come(sign_in, contact, days):
    assert "Enter a day after today" in save(sign_in(contact), away_until=in_days(days)).text


def test_a_cover_needs_a_day_of_return(sign_in, contact, coach):
    assert "Enter the day you are back" in save(sign_in(contact), cover=coach.pk).text


def test_only_another_contact_or_coach_of_the_district_can_be_chosen(sign_in, contact, coach):
    teacher = UserFactory(district=contact.district)
    stranger = UserFactory(roles=[Role.SUPPORT_CONTACT])
    client = sign_in(contact)
    assert list(client.get(PROFILE).context["form"].fields["cover"].queryset) == [coach]
    for person in (contact, teacher, stranger):
        assert "Select a valid choice" in save(client, away_until=in_days(4), cover=person.pk).text


def test_who_is_not_asked_by_staff_is_not_asked_for_it(sign_in):
    fields = sign_in(UserFactory(roles=[Role.CREDENTIAL_APPROVER])).get(PROFILE).context["form"].fields
    assert list(fields) == ["title", "phone", "time_zone", "uses_shortcuts"]


def test_someone_whose_role_just_ended_is_refused_as_cover(contact, coach):
    contact.away_until, contact.cover = in_days(4), coach
    coach.designations.update(ended_at=timezone.now() + timedelta(days=1))
    with pytest.raises(ActionRefused, match="Sam Okafor is no longer a contact or coach"):
        change_profile(contact, changed=["away_until", "cover"])
    assert User.objects.filter(pk=contact.pk, cover=None, away_until=None).exists()


@pytest.mark.django_db(transaction=True)
def test_two_who_cover_for_each_other_at_once_do_not_wait_for_each_other(contact, coach):
    def save_cover(person, cover):
        person.away_until, person.cover = in_days(4), cover
        return lambda: change_profile(person, changed=["away_until", "cover"])

    assert at_once(save_cover(contact, coach), save_cover(coach, contact)) == [["away_until", "cover"]] * 2


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"cover": "coach"}, "who_has_a_cover_is_away"),
        ({"cover": "contact", "away_until": in_days(1)}, "a_cover_is_somebody_else_of_a_district"),
    ],
)
def test_the_database_refuses_a_cover_of_nobody_who_is_away_and_oneself(contact, coach, fields, rule):
    people = {"contact": contact, "coach": coach}
    fields = {name: people.get(value, value) for name, value in fields.items()}
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        User.objects.filter(pk=contact.pk).update(**fields)


def test_covers_take_the_directory_one_query_more_however_many_are_away(
    sign_in, contact, coach, django_assert_num_queries
):
    client = sign_in(UserFactory(district=contact.district))
    for person in UserFactory.create_batch(5, district=contact.district, away_until=in_days(4), cover=coach):
        DesignationFactory(user=person)
    client.get(DIRECTORY)
    with django_assert_num_queries(4 + 7):
        client.get(DIRECTORY)
