"""The time that a report is about: whole days of the reader's calendar."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from django.utils.formats import date_format

ONE_DAY = timedelta(days=1)
# In days; the first one is the usual.
PERIODS = [30, 90, 365]
# School years are named by it and begin then.
FIRST_MONTH_OF_SCHOOL_YEAR = 7
# So many days are drawn one by one, and so many by the week.
MOST_SINGLE_DAYS, MOST_DAYS_BY_WEEK = 45, 200


@dataclass(frozen=True)
class Period:
    """``kind`` is days (up to today), month, quarter, year (a school year) or range; both days belong to it."""

    kind: str
    first: date
    last: date
    zone: tzinfo

    @property
    def start(self):
        return datetime.combine(self.first, time.min, self.zone)

    @property
    def end(self):
        """The first moment after it."""
        return datetime.combine(self.last + ONE_DAY, time.min, self.zone)

    @property
    def days(self):
        return (self.last - self.first).days + 1

    @property
    def before(self):
        """The month before a month; of the same length where the calendar has none."""
        if self.kind in AROUND:
            return AROUND[self.kind](self.first - ONE_DAY, self.zone)
        return Period("range", self.first - timedelta(days=self.days), self.first - ONE_DAY, self.zone)

    @property
    def after(self):
        return AROUND[self.kind](self.last + ONE_DAY, self.zone) if self.kind in AROUND else None

    @property
    def query(self):
        """What stands in the address."""
        if self.kind == "days":
            return {"days": self.days}
        if self.kind == "range":
            return {"period": "range", "first": self.first.isoformat(), "last": self.last.isoformat()}
        return {"period": self.kind, "on": self.first.isoformat()}

    def __str__(self):
        if self.kind == "days":
            return f"Last {self.days} days"
        if self.kind == "month":
            return date_format(self.first, "F Y")
        if self.kind == "quarter":
            return f"{date_format(self.first, 'F')} to {date_format(self.last, 'F Y')}"
        if self.kind == "year":
            return f"School year {self.first:%Y}-{self.last:%y}"
        return f"{date_format(self.first)} to {date_format(self.last)}"

    @property
    def unit(self):
        """By which it is drawn."""
        return "day" if self.days <= MOST_SINGLE_DAYS else "week" if self.days <= MOST_DAYS_BY_WEEK else "month"

    @property
    def steps(self):
        """The first day of each unit that it touches."""
        step, found = _begin(self.first, self.unit), []
        while step <= self.last:
            found.append(step)
            step = _begin(step + timedelta(days={"day": 1, "week": 7, "month": 31}[self.unit]), self.unit)
        return found


def _begin(day, unit):
    if unit == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if unit == "month" else day


def last_days(number, today, zone):
    return Period("days", today - timedelta(days=number - 1), today, zone)


def month_around(day, zone):
    return _months("month", day.replace(day=1), 1, zone)


def quarter_around(day, zone):
    return _months("quarter", day.replace(month=day.month - (day.month - 1) % 3, day=1), 3, zone)


def school_year_around(day, zone):
    year = day.year if day.month >= FIRST_MONTH_OF_SCHOOL_YEAR else day.year - 1
    return _months("year", date(year, FIRST_MONTH_OF_SCHOOL_YEAR, 1), 12, zone)


def _months(kind, first, number, zone):
    following = first.month - 1 + number
    end = date(first.year + following // 12, following % 12 + 1, 1)
    return Period(kind, first, end - ONE_DAY, zone)


AROUND = {"month": month_around, "quarter": quarter_around, "year": school_year_around}
