"""Who is flagged in which coming week if nothing happens, and which districts are then short of contacts."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from contacts.models import Role
from contacts.reports import inactivity_forecast
from tests.contacts.test_activity import HALF_A_YEAR, MICROSECOND, flagged_contact, idle_contact
from tests.factories import AgentFactory, DistrictFactory, UserFactory

pytestmark = pytest.mark.django_db
FORECAST = reverse("contacts:forecast")
DAY = timedelta(days=1)
SUPPORT, TECHNICAL = Role.SUPPORT_CONTACT, Role.TECHNICAL_CONTACT
# A Wednesday evening in Chicago, where it is still Wednesday, and Thursday in UTC.
NOW = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)


@pytest.fixture
def district():
    return DistrictFactory(time_zone="America/Chicago")


@pytest.fixture
def administrator(district):
    return UserFactory(district=district, roles=[Role.DISTRICT_ADMINISTRATOR])


@pytest.fixture
def lead():
    return AgentFactory(roles=[Role.SUPPORT_LEAD], time_zone="America/Chicago")


def due_in(days, district, *, at=None, **fields):
    """A contact who reaches the 180 days so many days from then."""
    return idle_contact(HALF_A_YEAR - days * DAY, now=at or timezone.now(), user__district=district, **fields)


def weeks(user, at=NOW):
    forecast = inactivity_forecast(user, at)
    return [(week.monday, week.contacts, week.districts) for week in forecast.weeks if week.contacts]


def test_each_contact_is_in_the_week_of_their_180th_day(administrator, district):
    for days in (1, 30, 31, 100):
        due_in(days, district, at=NOW)
    assert [(monday, contacts) for monday, contacts, _ in weeks(administrator)] == [
        (date(2026, 11, 23), 1),
        (date(2026, 12, 21), 2),
        (date(2027, 3, 1), 1),
    ]


def test_a_week_begins_on_monday_at_midnight_by_the_readers_clock(administrator, district):
    midnight = datetime(2026, 11, 30, 6, 0, tzinfo=UTC)
    for due in (midnight - MICROSECOND, midnight):
        idle_contact(HALF_A_YEAR, now=due, user__district=district)
    assert [(monday, contacts) for monday, contacts, _ in weeks(administrator)] == [
        (date(2026, 11, 23), 1),
        (date(2026, 11, 30), 1),
    ]


def test_who_is_overdue_counts_in_this_week(administrator, district):
    due_in(-3, district, at=NOW)
    assert weeks(administrator)[0][:2] == (date(2026, 11, 23), 1)


def test_the_weeks_reach_as_far_as_anybodys_180th_day(administrator, district):
    due_in(180, district, at=NOW)
    assert len(inactivity_forecast(administrator, NOW).weeks) == 27
    assert weeks(administrator) == [(date(2027, 5, 24), 1, 0)]


def test_a_district_is_short_as_soon_as_the_last_contact_that_it_needs_is_gone(administrator, lead, district):
    for days in (10, 20, 60):
        due_in(days, district, at=NOW)
    due_in(90, district, at=NOW, role=TECHNICAL)
    short = [monday for monday, _, districts in weeks(administrator) if districts]
    assert short == [date(2026, 12, 14), date(2027, 2, 22)]
    assert weeks(lead) == weeks(administrator)


def test_who_cannot_act_does_not_save_a_district_from_being_short(administrator, district):
    due_in(10, district, at=NOW)
    due_in(20, district, at=NOW)
    due_in(60, district, at=NOW, user__email=None)
    assert [districts for *_, districts in weeks(administrator)] == [1, 0, 0]


def test_a_district_that_is_short_already_is_not_counted_again(administrator, district):
    due_in(20, district, at=NOW)
    assert [districts for *_, districts in weeks(administrator)] == [0]


def test_a_lead_counts_each_district_once_a_week(lead):
    for _ in range(3):
        district = DistrictFactory()
        for days in (30, 31):
            due_in(days, district, at=NOW)
        due_in(31, district, at=NOW, role=TECHNICAL)
    assert weeks(lead) == [(date(2026, 12, 21), 9, 3)]


def test_flagged_ended_and_other_roles_are_not_in_the_forecast(administrator, district):
    flagged_contact(user__district=district)
    due_in(30, district, ended_at=timezone.now())
    due_in(30, district, role=Role.BUILDING_COACH)
    assert weeks(administrator, timezone.now()) == []


def test_an_administrator_sees_their_own_district_alone(sign_in, administrator, district):
    own = due_in(30, district)
    stranger = due_in(30, DistrictFactory())
    page = sign_in(administrator).get(FORECAST)
    assert page.context["page"].rows == [own]
    assert page.context["forecast"].contacts == 1
    assert str(stranger.district) not in page.text


def test_a_lead_sees_every_district(sign_in, lead):
    found = [due_in(30, DistrictFactory()), due_in(40, DistrictFactory())]
    page = sign_in(lead).get(FORECAST)
    assert page.context["page"].rows == found
    assert all(str(each.district) in page.text for each in found)


def test_the_address_chooses_the_week_and_the_list_agrees_with_the_chart(sign_in, lead, district):
    for days in range(1, 180, 4):
        due_in(days, district)
    due_in(-1, district)
    client = sign_in(lead)
    for week in client.get(FORECAST).context["forecast"].weeks:
        shown = client.get(FORECAST, {"week": week.monday}).context["page"].rows
        assert len(shown) == week.contacts


@pytest.mark.parametrize("week", ["2026-11-24", "yesterday", "\0", "9999-99-99"])
def test_a_week_that_is_none_shows_everyone(sign_in, administrator, district, week):
    due_in(30, district)
    page = sign_in(administrator).get(f"{FORECAST}?week={week.replace(chr(0), '%EF%BF%BD')}")
    assert len(page.context["page"].rows) == 1


def test_each_row_says_how_many_are_left_and_whether_that_is_too_few(sign_in, administrator, district):
    for days in (10, 20, 30):
        due_in(days, district)
    due_in(40, district, role=TECHNICAL)
    page = sign_in(administrator).get(FORECAST)
    assert [(row.left, row.needed) for row in page.context["page"].rows] == [(2, 2), (1, 2), (0, 2), (0, 1)]
    assert page.text.count("Too few") == 3
    assert page.text.count("Short of contacts") == 2


def test_without_contacts_the_page_says_what_comes(sign_in, administrator):
    assert "No contacts to watch" in sign_in(administrator).get(FORECAST).text


def test_the_page_costs_the_same_for_many(sign_in, lead, django_assert_num_queries):
    client = sign_in(lead)
    for number in (1, 40):
        for days in range(number):
            due_in(3 * days + 1, DistrictFactory())
        with django_assert_num_queries(3 + 7):
            client.get(FORECAST)
