"""When records are valid, drawn: every bar on one time line, with a mark at the day that is looked at."""

from dataclasses import dataclass
from datetime import date, timedelta

MARGIN = timedelta(days=120)
MOST_YEARS_NAMED = 7
# Further to the right there is no room for a year on a phone.
LAST_PLACE = 88


@dataclass(frozen=True)
class Bar:
    """Where it lies, in percent of the time line. An end that no date says lies at the edge."""

    start: float
    width: float
    is_open: bool


@dataclass(frozen=True)
class TimeLine:
    """``mark`` is the day that is looked at; ``bars`` are by the key of their record."""

    day: date
    mark: float
    years: list
    bars: dict


def time_line(records, day):
    known = [each for record in records for each in (record.starts_on, record.expires_on) if each]
    first, last = min([day, *known]) - MARGIN, max([day, *known]) + MARGIN

    def place(when):
        return round(100 * (when - first).days / (last - first).days, 2)

    bars = {record.pk: _bar(record, place, first, last) for record in records}
    return TimeLine(day, place(day), _years(first, last, place), bars)


def _bar(record, place, first, last):
    start, end = record.starts_on or first, record.expires_on or last
    # It is valid through the day on which it expires.
    width = place(min(end + timedelta(days=1), last)) - place(start)
    return Bar(place(start), max(0.5, round(width, 2)), record.expires_on is None)


def _years(first, last, place):
    """(place, year) of each first of January, or of each of so many that they stand apart."""
    found = range(first.year + 1, last.year + 1)
    step = -(-len(found) // MOST_YEARS_NAMED) or 1
    named = [(place(date(year, 1, 1)), year) for year in found if year % step == 0]
    return [(where, year) for where, year in named if where <= LAST_PLACE]
