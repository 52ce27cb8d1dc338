"""What the reports count: what is open, what happened in a period, how long it took, and where."""

from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils import timezone

from cases import actions
from cases.models import Case, SupportHoliday, SupportHours, TimelineEntry, support_calendar
from cases.reports import Asked, Period, tables
from cases.reports.hours import HOURS, between, hours_of
from contacts.business_time import Calendar, business_hours_between
from contacts.models import Role
from tests.factories import AgentFactory, CaseFactory, DistrictFactory, ProductAreaFactory, SchoolFactory, UserFactory

pytestmark = pytest.mark.django_db
Action, Status = TimelineEntry.Action, Case.Status
CHICAGO = ZoneInfo("America/Chicago")
OCTOBER = Period("month", date(2026, 10, 1), date(2026, 10, 31), CHICAGO)
NOW = datetime(2026, 11, 24, 18, tzinfo=UTC)


def at(day, clock="9:00", month=10):
    """A moment in Chicago; October 5, 2026 is a Monday."""
    hour, minute = map(int, clock.split(":"))
    return datetime(2026, month, day, hour, minute, tzinfo=CHICAGO)


def asked(district=None, period=OCTOBER, **more):
    return Asked(district, period, more.pop("at", NOW), **more)


def rows_of(table, district=None, **more):
    return list(table(asked(district, **more)).rows(None))


def october(district=None):
    return rows_of(tables.compared, district)[0]


def happened(case, action, by, moment, **fields):
    said = {"text": "Words.", "status": case.status, "district": case.district}
    return TimelineEntry.objects.create(case=case, action=action, by=by, created_at=moment, **said | fields)


def submitted(contact, moment, **fields):
    return CaseFactory(contact=contact, created_at=moment, **fields)


def minutes(spread):
    return spread and tuple(round(each / 60) for each in spread)


# --- business hours


def in_sql(start, end, calendar, first):
    arrays = hours_of(calendar, first, max(end, first))
    with connection.cursor() as cursor:
        query = (
            f"SELECT {between('t.a', 't.b')} FROM (SELECT %s::timestamptz AS a, %s::timestamptz AS b) t, ({HOURS}) h"
        )
        cursor.execute(query, [start, end, *arrays.params])
        return timedelta(seconds=cursor.fetchone()[0])


def test_postgresql_counts_the_same_business_hours_as_the_calendar():
    random, first = Random(7), datetime(2026, 2, 27, tzinfo=CHICAGO)  # noqa: S311 - the same moments each time
    hours = {day: (time(7 + day), time(16)) for day in range(4)} | {5: (time(22), time.max)}
    calendar = Calendar(CHICAGO, hours, ((date(2026, 3, 10), date(2026, 3, 11), "Inventory"),))
    for _ in range(200):
        # Over the change of the clocks in March and some of the holidays.
        start = first + timedelta(minutes=random.randrange(150_000))
        end = start + timedelta(minutes=random.choice([0, 1, 45, 900, 9_000, 90_000]))
        wanted = business_hours_between(start, end, calendar)
        assert abs(in_sql(start, end, calendar, first) - wanted) < timedelta(milliseconds=1), (start, end)


def test_without_hours_of_support_every_hour_counts():
    assert in_sql(at(3), at(4), None, at(1)) == timedelta(days=1)
    assert in_sql(at(3), at(4), Calendar(CHICAGO, {0: (time(8), time(9))}), at(3)) == timedelta()


# --- what happened


def test_a_first_answer_is_supports_first_public_word(contact, agent, district):
    case = submitted(contact, at(5, "9:00"))
    happened(case, Action.TAKEN, agent, at(5, "9:05"), text="")
    happened(case, Action.NOTED, agent, at(5, "9:10"), is_internal=True)
    happened(case, Action.REPLIED, contact, at(5, "9:15"))
    happened(case, Action.REMINDED, None, at(5, "9:20"))
    assert october(district)["answered"] == 0
    happened(case, Action.ASKED, agent, at(5, "11:00"))
    happened(case, Action.RESOLVED, agent, at(6, "11:00"))
    found = october(district)
    assert (found["opened"], found["answered"], minutes(found["answer"])) == (1, 1, (120, 120))


def test_an_answer_in_the_period_to_a_case_answered_before_it_is_not_its_first(contact, agent, district):
    case = submitted(contact, at(28, month=9))
    happened(case, Action.REPLIED, agent, at(29, month=9))
    happened(case, Action.REPLIED, agent, at(5))
    this, before = rows_of(tables.compared, district)
    assert (this["answered"], before["answered"]) == (0, 1)


def test_an_exception_case_has_no_first_answer_to_wait_for(contact, agent, district):
    said = {"is_exception": True, "caller_name": "A caller", "caller_reach": "555", "emergency": "Fire."}
    case = submitted(contact, at(5), **said)
    happened(case, Action.OPENED_EXCEPTION, agent, at(5))
    assert october(district)["answered"] == 0


def test_the_median_and_the_ninetieth_percentile_count_business_hours_alone(contact, agent, district):
    for hours in range(1, 10):  # 1 to 9 hours after 8 AM
        happened(submitted(contact, at(5, "8:00")), Action.REPLIED, agent, at(5, f"{8 + hours}:00"))
    # Over the night and the weekend: an hour on Friday, one on Monday.
    happened(submitted(contact, at(9, "16:00")), Action.REPLIED, agent, at(12, "9:00"))
    # 1, 2, 2, 3 ... 9 hours: the median is between the fifth and the sixth.
    assert minutes(october(district)["answer"]) == (270, 486)
    SupportHoliday.objects.create(name="Inventory", first_on=date(2026, 10, 12), last_on=date(2026, 10, 12))
    assert minutes(october(district)["answer"])[0] == 270  # one hour instead of two
    SupportHours.objects.all().delete()
    assert support_calendar() is None
    assert minutes(october(district)["answer"])[0] == 330


def test_closings_count_when_they_happened_and_tell_what_was_reopened_since(contact, agent, district):
    once, twice, merged = (submitted(contact, at(5, "8:00")) for _ in range(3))
    happened(once, Action.CLOSED, contact, at(5, "12:00"))
    happened(twice, Action.CLOSED, None, at(5, "10:00"))
    happened(merged, Action.MERGED, agent, at(5, "10:00"))
    assert (october(district)["closed"], october(district)["reopen_rate"]) == (2, 0)
    happened(twice, Action.REOPENED, contact, at(2, month=11))
    happened(twice, Action.CLOSED, contact, at(3, month=11))
    found = october(district)
    assert (found["closed"], found["reopened"], found["reopen_rate"]) == (2, 1, 0.5)
    assert minutes(found["closing"])[0] == 180
    november = Period("month", date(2026, 11, 1), date(2026, 11, 30), CHICAGO)
    assert (rows_of(tables.compared, district, period=november)[0]["reopened"], october()["closed"]) == (0, 2)


def test_a_period_begins_and_ends_at_midnight_of_the_readers_calendar(contact, district):
    for moment in (at(30, "23:59", month=9), at(1, "0:00"), at(31, "23:59"), at(1, "0:00", month=11)):
        submitted(contact, moment)
    assert [row["opened"] for row in rows_of(tables.compared, district)] == [2, 1]
    days = {row["name"]: row["opened"] for row in rows_of(tables.by_date, district)}
    assert (len(days), days[date(2026, 10, 1)], days[date(2026, 10, 31)], sum(days.values())) == (31, 1, 1, 2)


@pytest.mark.parametrize(
    ("first", "last", "unit", "steps"),
    [
        (date(2026, 10, 1), date(2026, 11, 14), "day", 45),
        (date(2026, 10, 1), date(2026, 12, 31), "week", 14),
        (date(2025, 7, 1), date(2026, 6, 30), "month", 12),
    ],
)
def test_a_long_period_is_drawn_by_week_or_month(contact, district, first, last, unit, steps):
    submitted(contact, datetime.combine(last, time(20), CHICAGO))
    period = Period("range", first, last, CHICAGO)
    found = rows_of(tables.by_date, district, period=period)
    assert (period.unit, len(found), found[-1]["opened"]) == (unit, steps, 1)


def test_schools_and_contacts_have_their_own_figures(agent, district):
    school = SchoolFactory(district=district, name="Cedar Hill")
    one = UserFactory(district=district, school=school, first_name="Ann", last_name="One", roles=[Role.SUPPORT_CONTACT])
    other = UserFactory(district=district, first_name="Bo", last_name="Two", roles=[Role.SUPPORT_CONTACT])
    case = submitted(one, at(5, "9:00"))
    happened(case, Action.REPLIED, agent, at(5, "10:00"))
    submitted(one, at(6), status=Status.CLOSED, closed_at=at(7))
    happened(submitted(other, at(2, month=9)), Action.CLOSED, other, at(8))
    CaseFactory(created_at=at(5))  # of another district
    schools, contacts = (
        [(row["name"], row["opened"], row["answered"], row["closed"], row["open"]) for row in rows_of(table, district)]
        for table in (tables.schools, tables.contacts)
    )
    assert schools == [("Cedar Hill", 2, 1, 0, 1), ("Not at a school", 0, 0, 1, 1)]
    assert contacts == [("Ann One", 2, 1, 0, 1), ("Bo Two", 0, 0, 1, 1)]


# --- what is open


def test_open_cases_by_status_product_area_and_age(contact, case_in, district):
    area, other = ProductAreaFactory(name="Roll call"), ProductAreaFactory(name="Charges")
    for hours, status in [(23, Status.NEW), (25, Status.NEW), (24 * 7 + 1, Status.ASSIGNED), (24 * 31, Status.NEW)]:
        case_in(status, created_at=NOW - timedelta(hours=hours), product_area=area)
    case_in(Status.CLOSED, created_at=NOW - timedelta(hours=1), product_area=area)
    case_in(Status.PENDING_INPUT, created_at=NOW - timedelta(days=30), product_area=other)
    ages = ["open", "today", "week", "month", "older"]
    assert [(row["name"], *(row[age] for age in ages)) for row in rows_of(tables.open_by_status, district)] == [
        ("New", 3, 1, 1, 0, 1),
        ("Assigned", 1, 0, 0, 1, 0),
        ("Pending Customer Input", 1, 0, 0, 0, 1),
    ]
    assert [(row["name"], *(row[age] for age in ages)) for row in rows_of(tables.open_by_area, district)] == [
        ("Roll call", 4, 1, 1, 1, 1),
        ("Charges", 1, 0, 0, 0, 1),
    ]


# --- what training would help


@pytest.fixture
def attendance():
    return ProductAreaFactory(name="Roll call", training="Attendance for offices", training_url="https://t.example/a")


def test_what_comes_up_again_is_counted_with_its_how_to_part_and_its_schools(district, attendance):
    schools = SchoolFactory.create_batch(2, district=district)
    people = [UserFactory(district=district, school=school, roles=[Role.SUPPORT_CONTACT]) for school in schools]
    for person, settled_as in [(people[0], "how_to"), (people[0], "defect"), (people[1], "how_to")]:
        submitted(person, at(5), product_area=attendance, settled_as=settled_as)
    submitted(people[0], at(5), product_area=attendance, kind="request")  # once is no pattern
    submitted(people[0], at(5, month=9), product_area=attendance, kind="request")
    (row,) = rows_of(tables.recurring, district)
    assert (row["name"], row["kind"], row["cases"], row["how_to"], row["schools"]) == (
        *("Roll call", "Question", 3, 2, 2),
    )
    assert (row["training"], row["training_url"]) == ("Attendance for offices", "https://t.example/a")
    (place,) = rows_of(tables.recurring_schools, district)
    assert (place["name"], place["area"], place["cases"], place["how_to"]) == (schools[0].name, "Roll call", 3, 1)
    assert [row["cases"] for row in rows_of(tables.recurring_contacts, district)] == [3]
    assert [row["name"] for row in rows_of(tables.recurring_districts)] == [district.name]


def test_before_and_after_a_training_are_the_same_number_of_days_without_the_day_itself(contact, district, attendance):
    trained_on = date(2026, 11, 4)  # 20 days before NOW
    moments = [at(14, month=10), at(15, month=10), at(3, "23:59", month=11), at(4, month=11), at(5, "0:00", month=11)]
    for moment in moments:
        submitted(contact, moment, product_area=attendance, settled_as="how_to")
    (row,) = rows_of(tables.recurring, district, trained_on=trained_on)
    assert [row[name] for name in ("cases", "before", "how_to_before", "after", "how_to_after")] == [2, 2, 2, 1, 1]
    labels = [column.label for column in tables.recurring(asked(trained_on=trained_on)).columns]
    assert {"20 days before", "20 days after"} <= set(labels)


def test_a_training_of_today_has_nothing_after_it_yet(contact, district, attendance):
    submitted(contact, at(5), product_area=attendance)
    submitted(contact, at(6), product_area=attendance)
    (row,) = rows_of(tables.recurring, district, trained_on=date(2026, 11, 24))
    assert (row["before"], row["after"]) == (0, 0)
    assert "before" not in [column.name for column in tables.recurring(asked(trained_on=date(2026, 11, 24))).columns]


# --- Support


def test_the_load_of_queues_and_agents_tells_what_waits_and_what_is_late(contact, agent, case_in):
    other, late = AgentFactory(), NOW - timedelta(minutes=1)
    case_in(Status.NEW)
    case_in(Status.ASSIGNED, answer_since=late, answer_soon_at=late, answer_due_at=late, created_at=at(5))
    case_in(Status.ASSIGNED, due_on=date(2026, 11, 23), priority="critical")
    case_in(Status.PENDING_INPUT, due_on=date(2026, 11, 23))  # late, but not Support's turn
    case_in(Status.ASSIGNED, due_on=date(2026, 11, 24), assignee=other)
    case_in(Status.CLOSED)
    names = ["open", "ours", "theirs", "overdue", "critical"]
    (queue,) = rows_of(tables.queues)
    assert [queue[name] for name in (*names, "unassigned")] == [5, 4, 1, 2, 1, 1]
    assert queue["oldest"] == at(5)
    found = {row["name"]: [row[name] for name in names] for row in rows_of(tables.agents)}
    assert found == {agent.display_name: [3, 2, 1, 2, 1], other.display_name: [1, 1, 0, 0, 0]}


def test_a_district_stands_out_with_twice_what_is_usual_and_never_with_a_few(agent):
    areas = ProductAreaFactory()

    def cases(district, number, **fields):
        contact = UserFactory(district=district, roles=[Role.SUPPORT_CONTACT])
        return [submitted(contact, at(5), product_area=areas, **fields) for _ in range(number)]

    usual, busy, asking, small = (DistrictFactory(name=name) for name in ("Usual", "Busy", "Asking", "Small"))
    cases(usual, 4), cases(small, 2, settled_as="how_to"), cases(busy, 20), cases(asking, 4, settled_as="how_to")
    again = cases(usual, 0)
    assert again == []
    found = {row["name"]: row["stands_out"] for row in rows_of(tables.compared_districts)}
    assert found == {"Busy": "Cases", "Asking": "How-to", "Usual": "", "Small": ""}
    assert list(found)[:2] == ["Busy", "Asking"]


# --- how it is settled


def test_support_says_how_a_case_is_settled_and_the_newest_word_counts(contact, agent, case_in, sign_in):
    case = case_in(Status.ASSIGNED)
    client = sign_in(agent)
    address = f"{case.get_absolute_url()}resolve/"
    refused = client.post(address, {"text": "Press both."})
    assert "Choose how it is settled." in refused.text
    client.post(address, {"text": "Press both.", "settled_as": "defect"})
    client.post(address, {"text": "Press one.", "settled_as": "how_to"})
    case.refresh_from_db()
    assert case.settled_as == "how_to"
    assert [entry.text.split("\n\n")[1] for entry in case.timeline.filter(action=Action.RESOLVED)] == [
        "Defect of the product",
        "How-to: explained how it is done",
    ]
    page = sign_in(contact).get(case.get_absolute_url()).text
    assert "<dt>Settled as</dt><dd>How-to: explained how it is done</dd>" in page


def test_a_case_that_goes_on_keeps_how_it_was_settled_until_the_next_resolution(contact, agent, case_in):
    case = case_in(Status.ASSIGNED)
    actions.resolve(case=case, by=agent, text="Press it.", settled_as="how_to")
    actions.reply(case=case, by=contact, text="It does not help.")
    actions.resolve(case=case, by=agent, text="It is broken.", settled_as="defect")
    case.refresh_from_db()
    assert case.settled_as == "defect"


def test_times_are_those_of_now(contact, district):
    submitted(contact, timezone.now() - timedelta(hours=1))
    (row,) = rows_of(tables.open_by_status, district, at=timezone.now())
    assert row["today"] == 1
