"""Business days and hours: which days and hours count, in whose time zone, and why the others do not.

Nothing here reads the database. Moments are aware datetimes; days are dates in the calendar's time zone. Hours are
hours that pass, so the day on which the clocks change is an hour shorter or longer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from holidays import US, country_holidays

from contacts import ActionRefused

ONE_DAY = timedelta(days=1)
# The name of each state or territory whose public holidays are known, by its two letters.
STATES = {code: name for name, code in US.subdivisions_aliases.items()}
MONDAY_TO_FRIDAY = dict.fromkeys(range(5), (time.min, time.max))
# A calendar without a single business day in so many days has a mistake in it.
MOST_CLOSED_DAYS = 1100


@dataclass(frozen=True)
class Calendar:
    """``hours`` are when each weekday (Monday is 0) opens and closes; ``breaks`` are (first day, last day, name).

    ``state`` adds that state's public holidays to the federal ones; without ``public`` there are neither.
    """

    zone: ZoneInfo
    hours: Mapping
    breaks: tuple = ()
    state: str = ""
    public: bool = True

    def why_closed(self, on):
        """The name of the holiday or break, "weekend", or nothing on a business day."""
        if on.weekday() not in self.hours:
            return "weekend"
        names = (name for first, last, name in self.breaks if first <= on <= last)
        return next(names, "") or (self.public and public_holidays(self.state, on.year).get(on)) or ""

    def day_of(self, moment):
        return moment.astimezone(self.zone).date()

    def at(self, on, clock_time):
        """The moment when the calendar's clock shows that time of the day."""
        return datetime.combine(on, clock_time, self.zone).astimezone(UTC)

    def opening(self, on):
        """(opens, closes), or None on a day that is closed."""
        if self.why_closed(on):
            return None
        opens, closes = self.hours[on.weekday()]
        midnight = self.at(on + ONE_DAY, time.min)
        return self.at(on, opens), midnight if closes == time.max else self.at(on, closes)


@dataclass(frozen=True)
class Stretch:
    """A part of the time between two moments; one that does not count says why."""

    start: datetime
    end: datetime
    why_skipped: str = ""

    @property
    def length(self):
        return self.end - self.start


# By year: the dictionaries of the library grow while they are read, which threads must not share.
@lru_cache(maxsize=1000)
def public_holidays(state, year):
    """The names of the federal holidays, and of the state's if one is given, by date."""
    return dict(country_holidays("US", subdiv=state or None, years=year))


def business_days_after(day, n, calendar):
    """The date of the n-th business day after ``day``, which is day 0 whether or not it is one itself."""
    closed = 0
    while n > 0:
        day += ONE_DAY
        if calendar.why_closed(day):
            closed = _count_closed(closed)
        else:
            n, closed = n - 1, 0
    return day


def add_business_hours(moment, hours, calendar):
    """The moment at which so many business hours have passed; at the end of a day, that day's closing."""
    remaining, closed = timedelta(hours=hours), 0
    day = calendar.day_of(moment) - ONE_DAY
    while True:
        day += ONE_DAY
        opening = calendar.opening(day)
        if not opening:
            closed = _count_closed(closed)
            continue
        start, end = max(opening[0], moment), opening[1]
        if start <= end and remaining <= end - start:
            return start + remaining
        remaining, closed = remaining - max(end - start, timedelta()), 0


def business_hours_between(start, end, calendar):
    """How much business time, as a timedelta, lies between the two moments."""
    return sum((each.length for each in stretches(start, end, calendar) if not each.why_skipped), timedelta())


def stretches(start, end, calendar):
    """The time from start to end in its parts, without a gap: those that count, and those that do not and why."""
    found, at, day = [], start.astimezone(UTC), calendar.day_of(start)
    while at < end:
        midnight = calendar.at(day + ONE_DAY, time.min)
        for until, why in _parts_of_day(day, midnight, calendar):
            until = min(until, end)
            if until > at:
                _append(found, Stretch(at, until, why))
                at = until
        day += ONE_DAY
    return found


def _parts_of_day(day, midnight, calendar):
    """(until, why it does not count) in order."""
    if why := calendar.why_closed(day):
        return [(midnight, why)]
    opens, closes = calendar.opening(day)
    outside = "outside business hours"
    return [(opens, outside), (closes, ""), (midnight, outside)]


def _append(found, stretch):
    """What goes on for the same reason is one stretch."""
    if found and found[-1].why_skipped == stretch.why_skipped:
        stretch = Stretch(found.pop().start, stretch.end, stretch.why_skipped)
    found.append(stretch)


def _count_closed(closed):
    if closed >= MOST_CLOSED_DAYS:
        raise ActionRefused("The calendar has no business day for years. Correct its holidays and breaks first.")
    return closed + 1
