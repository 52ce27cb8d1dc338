"""Support's business hours for PostgreSQL, so that it counts the hours between two moments for any number of cases."""

from dataclasses import dataclass
from datetime import timedelta

# How many business seconds have passed at the moment, since the first opening of the arrays: the openings before it are
# counted already, and of the last one what has passed of it. width_bucket() finds that one by bisection.
PASSED = """coalesce(
    before[width_bucket(extract(epoch FROM {moment})::float8, opens)] + least(
        extract(epoch FROM {moment})::float8 - opens[width_bucket(extract(epoch FROM {moment})::float8, opens)],
        lengths[width_bucket(extract(epoch FROM {moment})::float8, opens)]
    ), 0)"""
HOURS = "SELECT %s::float8[] AS opens, %s::float8[] AS lengths, %s::float8[] AS before"


def between(start, end):
    """The business seconds from one column to another, of rows that are joined to HOURS."""
    return f"{PASSED.format(moment=end)} - {PASSED.format(moment=start)}"


@dataclass(frozen=True)
class Hours:
    """For each opening: when it begins, how long it is, and how much of business time was before it; in seconds."""

    opens: list
    lengths: list
    before: list

    @property
    def params(self):
        # As text, so that each is one literal.
        return [f"{{{','.join(map(str, values))}}}" for values in (self.opens, self.lengths, self.before)]


# Where Support has no hours, every hour counts.
EVERY_HOUR = Hours([0.0], ["infinity"], [0.0])


def hours_of(calendar, start, end):
    """Of the days from one moment to another."""
    if not calendar:
        return EVERY_HOUR
    opens, lengths, before, passed = [], [], [], 0.0
    day, last = calendar.day_of(start), calendar.day_of(end)
    while day <= last:
        if opening := calendar.opening(day):
            length = (opening[1] - opening[0]).total_seconds()
            opens.append(opening[0].timestamp())
            lengths.append(length)
            before.append(passed)
            passed += length
        day += timedelta(days=1)
    return Hours(opens, lengths, before)
