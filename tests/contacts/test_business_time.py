"""Business days and hours, against a count that is made another way: day by day, and quarter hour by quarter hour."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from holidays import country_holidays
from hypothesis import event, given, settings
from hypothesis import strategies as some

from contacts import ActionRefused
from contacts.business_time import (
    MONDAY_TO_FRIDAY,
    Calendar,
    add_business_hours,
    business_days_after,
    business_hours_between,
    public_holidays,
    stretches,
)

CALENDARS = 5000
ONE_DAY, QUARTER = timedelta(days=1), timedelta(minutes=15)
CHICAGO = ZoneInfo("America/Chicago")
OFFICE = Calendar(CHICAGO, dict.fromkeys(range(5), (time(8), time(17))))
ZONES = ["America/New_York", "America/Chicago", "America/Phoenix", "America/Anchorage", "Pacific/Honolulu"]
# On the other side of the date line, with half an hour of daylight saving, and with quarters of an hour.
ZONES += ["Pacific/Auckland", "Australia/Lord_Howe", "Asia/Kathmandu"]
PUBLIC = {
    state: country_holidays("US", subdiv=state or None, years=range(2026, 2029)) for state in ("", "TX", "CA", "HI")
}


@some.composite
def calendars(draw):
    """Any zone, weekdays and hours. Days open at midnight or after 3, when no clock in these zones changes."""
    days = draw(some.sets(some.integers(0, 6), min_size=1))
    opens = some.sampled_from([time(0), time(3, 15), time(7, 30), time(9)])
    closes = some.sampled_from([time(10, 45), time(12), time(17), time(23, 45)])
    return Calendar(
        zone=ZoneInfo(draw(some.sampled_from(ZONES))),
        hours={day: (draw(opens), draw(closes)) for day in days},
        breaks=tuple(draw(some.lists(breaks(), max_size=4))),
        state=draw(some.sampled_from(list(PUBLIC))),
        public=draw(some.booleans()),
    )


@some.composite
def breaks(draw):
    first = draw(days())
    return first, first + ONE_DAY * draw(some.integers(0, 16)), "A break"


def days():
    """Of a year and a half with four changes of the clocks, so that breaks and moments meet."""
    return some.dates(date(2026, 2, 1), date(2027, 8, 1))


def moments():
    quarters = some.integers(0, 95)
    return some.builds(lambda day, quarter: datetime.combine(day, time.min, UTC) + QUARTER * quarter, days(), quarters)


def is_open(calendar, day):
    if day.weekday() not in calendar.hours or any(first <= day <= last for first, last, _ in calendar.breaks):
        return False
    return not (calendar.public and day in PUBLIC[calendar.state])


def counts(calendar, moment):
    """Whether the quarter of an hour from this moment on is business time, by what the clock on the wall shows."""
    local = moment.astimezone(calendar.zone)
    if not is_open(calendar, local.date()):
        return False
    opens, closes = calendar.hours[local.weekday()]
    return opens <= local.time() < closes


@pytest.fixture(scope="module")
def checked():
    numbers = {}
    yield numbers
    print(f"\nChecked against the other count: {numbers}")


@settings(max_examples=CALENDARS, deadline=None, derandomize=True, database=None)
@given(calendars(), days(), some.integers(0, 15))
def test_business_days_agree_with_a_count_day_by_day(checked, calendar, day, n):
    expected, left = day, n
    while left:
        expected += ONE_DAY
        left -= is_open(calendar, expected)
    assert business_days_after(day, n, calendar) == expected
    checked["days"] = checked.get("days", 0) + 1


@settings(max_examples=CALENDARS, deadline=None, derandomize=True, database=None)
@given(calendars(), moments(), some.integers(1, 48))
def test_business_hours_agree_with_a_count_quarter_by_quarter(checked, calendar, start, quarters):
    end, left = start, quarters
    while left:
        left -= counts(calendar, end)
        end += QUARTER
    assert add_business_hours(start, quarters / 4, calendar) == end
    assert business_hours_between(start, end, calendar) == QUARTER * quarters
    event("over a change of the clocks" if _changes(start, end, calendar) else "without one")
    checked["hours"] = checked.get("hours", 0) + 1


def _changes(start, end, calendar):
    return start.astimezone(calendar.zone).utcoffset() != end.astimezone(calendar.zone).utcoffset()


@settings(max_examples=500, deadline=None, derandomize=True, database=None)
@given(calendars(), moments(), some.integers(1, 300))
def test_an_explanation_covers_the_time_without_a_gap_and_says_of_each_part_what_is_true(calendar, start, quarters):
    end = start + QUARTER * quarters
    parts = stretches(start, end, calendar)
    assert (parts[0].start, parts[-1].end) == (start, end)
    for part, following in pairwise(parts):
        assert part.end == following.start
        assert part.why_skipped != following.why_skipped
    for part in parts:
        at = part.start
        while at < part.end:
            assert counts(calendar, at) is (not part.why_skipped)
            at += QUARTER


@settings(max_examples=CALENDARS, deadline=None, derandomize=True, database=None)
@given(calendars(), breaks(), moments(), some.integers(1, 12))
def test_adding_a_holiday_never_brings_a_date_forward(checked, calendar, another, moment, n):
    fuller = Calendar(calendar.zone, calendar.hours, (*calendar.breaks, another), calendar.state, calendar.public)
    day = moment.date()
    assert business_days_after(day, n, fuller) >= business_days_after(day, n, calendar)
    assert add_business_hours(moment, n, fuller) >= add_business_hours(moment, n, calendar)
    checked["a holiday more"] = checked.get("a holiday more", 0) + 1


def local(*numbers):
    return datetime(*numbers, tzinfo=CHICAGO)


def test_thanksgiving_is_a_holiday_and_the_friday_after_it_only_where_the_state_says_so():
    assert business_days_after(date(2026, 11, 25), 1, OFFICE) == date(2026, 11, 27)
    texas = Calendar(CHICAGO, MONDAY_TO_FRIDAY, state="TX")
    assert business_days_after(date(2026, 11, 25), 1, texas) == date(2026, 11, 30)
    assert texas.why_closed(date(2026, 11, 26)) == "Thanksgiving Day"


def test_a_holiday_on_a_saturday_is_kept_on_the_friday_even_in_the_year_before():
    assert public_holidays("", 2027)[date(2027, 12, 31)] == "New Year's Day (observed)"


def test_hours_go_on_after_the_night_the_weekend_and_the_holiday():
    wednesday = local(2026, 11, 25, 15, 30)
    assert add_business_hours(wednesday, 1.5, OFFICE) == local(2026, 11, 25, 17)
    assert add_business_hours(wednesday, 4, OFFICE) == local(2026, 11, 27, 10, 30)
    assert add_business_hours(wednesday, 11, OFFICE) == local(2026, 11, 30, 8, 30)


def test_the_day_on_which_the_clocks_change_has_the_hours_that_pass():
    always = Calendar(CHICAGO, dict.fromkeys(range(7), (time.min, time.max)), public=False)
    assert add_business_hours(local(2026, 3, 8, 0), 3, always) == local(2026, 3, 8, 4)
    assert add_business_hours(local(2026, 11, 1, 0), 3, always) == local(2026, 11, 1, 2)


def test_what_was_skipped_is_named():
    parts = stretches(local(2026, 11, 25, 16), local(2026, 11, 30, 9), OFFICE)
    assert [(part.length / timedelta(hours=1), part.why_skipped) for part in parts] == [
        (1, ""),
        (7, "outside business hours"),
        (24, "Thanksgiving Day"),
        (8, "outside business hours"),
        (9, ""),
        (7, "outside business hours"),
        (48, "weekend"),
        (8, "outside business hours"),
        (1, ""),
    ]


def test_a_calendar_that_is_always_closed_is_refused_in_words():
    closed = Calendar(CHICAGO, MONDAY_TO_FRIDAY, ((date(2026, 1, 1), date(2036, 1, 1), "Closed"),))
    with pytest.raises(ActionRefused, match="no business day"):
        business_days_after(date(2026, 1, 1), 1, closed)
    with pytest.raises(ActionRefused, match="no business day"):
        add_business_hours(local(2026, 1, 1, 9), 1, Calendar(CHICAGO, {}))
