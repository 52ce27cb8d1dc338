"""A district's settings, kept by its administrators."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from contacts import ActionRefused, actions
from contacts.business_time import business_days_after
from contacts.models import AuditEvent, DistrictHoliday, Role, User
from tests.contacts.races import locked
from tests.factories import DistrictHolidayFactory, UserFactory

pytestmark = pytest.mark.django_db
SETTINGS = reverse("contacts:settings")
RIGHT = "credentials.request_change"


@pytest.fixture
def administrator():
    return UserFactory(roles=[Role.DISTRICT_ADMINISTRATOR])


def save(client, **changes):
    data = {"time_zone": "America/Chicago", "staff_may_request_changes": "on"} | changes
    return client.post(SETTINGS, data, follow=True)


def test_the_help_block_is_saved_and_public_at_once(sign_in, administrator, client):
    save(sign_in(administrator), help_text="Ask the office.", help_phone="555 0100", help_email="it@example.org")
    client.logout()
    page = client.get(reverse("contacts:district_help", args=[administrator.district.slug])).content.decode()
    for said in ("Ask the office.", "555 0100", "it@example.org"):
        assert said in page


def test_an_administrator_decides_whether_staff_may_request_changes(sign_in, administrator):
    teacher = UserFactory(district=administrator.district)
    assert teacher.has_perm(RIGHT)
    save(sign_in(administrator), staff_may_request_changes="")
    teacher.district.refresh_from_db()
    assert not teacher.has_perm(RIGHT)
    assert AuditEvent.objects.get(action="district.change_settings").detail == {"staff_may_request_changes": False}


@pytest.mark.parametrize(
    ("field", "value"),
    [("time_zone", "Mars/Olympus"), ("help_email", "nobody")],
)
def test_what_cannot_be_is_refused_beside_its_field(sign_in, administrator, field, value):
    page = save(sign_in(administrator), **{field: value})
    assert list(page.context["form"].errors) == [field]


def test_only_what_was_changed_is_written(sign_in, administrator):
    client = sign_in(administrator)
    save(client)
    assert not AuditEvent.objects.filter(action="district.change_settings").exists()
    save(client, time_zone="America/Denver")
    administrator.district.refresh_from_db()
    assert administrator.district.time_zone == "America/Denver"
    assert AuditEvent.objects.get(action="district.change_settings").detail == {"time_zone": "America/Denver"}


def add(client, **said):
    return client.post(reverse("contacts:add_holiday"), {"name": "Winter break"} | said, follow=True)


def test_a_break_is_added_shown_counted_and_removed_again(sign_in, administrator):
    client, district = sign_in(administrator), administrator.district
    page = add(client, first_on="2030-03-11", last_on="2030-03-15")
    assert page.redirect_chain == [(SETTINGS, 302)]
    for said in ("Winter break", "Mar 11, 2030", "Mar 15, 2030"):
        assert said in page.text
    assert business_days_after(date(2030, 3, 8), 1, district.calendar) == date(2030, 3, 18)
    page = client.post(reverse("contacts:remove_holiday", args=[district.holidays.get().pk]), follow=True)
    assert "No holidays or breaks ahead." in page.text
    assert business_days_after(date(2030, 3, 8), 1, district.calendar) == date(2030, 3, 11)
    details = AuditEvent.objects.filter(action__endswith="_holiday").values_list("detail__days", flat=True)
    assert set(details) == {"2030-03-11 to 2030-03-15"}
    assert len(details) == 2


def test_one_day_needs_no_last_day(sign_in, administrator):
    add(sign_in(administrator), first_on="2030-03-11", last_on="")
    assert DistrictHoliday.objects.get().last_on == date(2030, 3, 11)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"first_on": "2030-03-11", "last_on": "2030-03-10"}, "The last day is the first day or a later one."),
        ({"first_on": "2030-03-11", "last_on": "2031-03-11"}, "A break lasts at most a hundred days."),
        ({"first_on": "2030-05-01"}, "Your district already has a holiday or break on these days."),
        ({"first_on": ""}, "Enter the first day."),
        ({"first_on": "2030-03-11", "name": ""}, "Enter what the days are called."),
    ],
)
def test_a_break_that_cannot_be_is_refused_in_words(sign_in, administrator, said, sentence):
    DistrictHolidayFactory(district=administrator.district, first_on=date(2030, 5, 1))
    page = add(sign_in(administrator), **said)
    assert sentence in page.text
    assert "Winter break" in page.text or "name" in said
    assert DistrictHoliday.objects.count() == 1


def test_a_district_is_never_closed_for_more_than_a_year(administrator):
    district, day = administrator.district, date(2030, 1, 1)
    for _ in range(3):
        last = day + timedelta(days=100)
        DistrictHolidayFactory(district=district, first_on=day, last_on=last)
        day = last + timedelta(days=1)
    too_much = DistrictHoliday(district=district, name="Closed", first_on=day, last_on=day + timedelta(days=100))
    with pytest.raises(ActionRefused, match="closed for more than a year"):
        actions.add_holiday(too_much, by=administrator)
    assert business_days_after(date(2029, 12, 31), 1, district.calendar) == day


def test_breaks_that_are_over_are_not_shown(sign_in, administrator):
    DistrictHolidayFactory(district=administrator.district, name="Long ago", first_on=date(2020, 1, 1))
    assert "Long ago" not in sign_in(administrator).get(SETTINGS).text


def test_the_states_public_holidays_count_once_it_is_chosen(sign_in, administrator):
    friday_after_thanksgiving = date(2026, 11, 27)
    district = administrator.district
    assert not district.calendar.why_closed(friday_after_thanksgiving)
    save(sign_in(administrator), state="TX")
    district.refresh_from_db()
    assert district.calendar.why_closed(friday_after_thanksgiving)
    assert list(save(sign_in(administrator), state="ZZ").context["form"].errors) == ["state"]


def test_an_admin_adds_changes_and_removes_the_breaks_of_a_district(sign_in, administrator):
    client = sign_in(UserFactory(district=None, is_staff=True))
    said = {"district": administrator.district_id, "name": "Break", "first_on": "2030-03-11", "last_on": "2030-03-12"}
    client.post(reverse("admin:contacts_districtholiday_add"), said)
    holiday = DistrictHoliday.objects.get()
    client.post(reverse("admin:contacts_districtholiday_change", args=[holiday.pk]), said | {"last_on": "2030-03-13"})
    holiday.refresh_from_db()
    assert holiday.last_on == date(2030, 3, 13)
    client.post(reverse("admin:contacts_districtholiday_delete", args=[holiday.pk]), {"post": "yes"})
    assert not DistrictHoliday.objects.exists()
    assert [event.action.partition(".")[2] for event in AuditEvent.objects.order_by("pk")] == [
        "add_holiday",
        "change_holiday",
        "remove_holiday",
    ]


@pytest.mark.django_db(transaction=True)
def test_a_removal_that_is_refused_says_why_and_removes_nothing(sign_in, administrator):
    holiday = DistrictHolidayFactory(district=administrator.district, first_on=date(2030, 1, 2))
    client = sign_in(administrator)
    with locked(User, administrator):
        page = client.post(reverse("contacts:remove_holiday", args=[holiday.pk]))
    assert page.status_code == 409
    assert "Someone else is changing this right now." in page.text
    assert DistrictHoliday.objects.exists()
