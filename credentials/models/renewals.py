"""The next period of a credential that is valid for a time."""

from datetime import date, timedelta

from credentials.models.types import Element

ONE_DAY = timedelta(days=1)


def next_period(start, end):
    """(first day, last day) of the period after this one, as long as it; whole months stay whole months.

    Some end on the day on which they began, a year later.
    """
    first = end + ONE_DAY
    months = (first.year - start.year) * 12 + first.month - start.month
    if first.day == start.day and months > 0:
        return first, _months_later(first, months) - ONE_DAY
    months = (end.year - start.year) * 12 + end.month - start.month
    if end.day == start.day and months > 0:
        return first, _months_later(end, months)
    return first, first + (end - start)


def _months_later(day, months):
    """The same day of a later month; for the last days of a month, the first of the month after."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    try:
        return date(year, month + 1, day.day)
    except ValueError:
        return date(year + (month == 11), (month + 1) % 12 + 1, 1)


def renewal_of(record):
    """The values of the record for its next period that is not over, by name; none without an end or a beginning."""
    start, end = record.starts_on, record.expires_on
    if not start or not end:
        return {}
    first, last = next_period(start, end)
    while last < record.district.today:
        first, last = next_period(first, last)
    renewed = {Element.EXPIRES_ON.value: last.isoformat()}
    if record.effective_on:
        renewed[Element.EFFECTIVE_ON.value] = first.isoformat()
    return renewed
