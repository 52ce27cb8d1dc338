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
    """The values of the record for its next period that is not over, by name; none without an end or a beginning.

    What is renewed in time stays valid since it was; what has expired is valid again from the next period on.
    """
    end, today = record.expires_on, record.district.today
    if not record.starts_on or not end:
        return {}
    first, last = next_period(_start_of_period(record), end)
    while last < today:
        first, last = next_period(first, last)
    renewed = {Element.EXPIRES_ON.value: last.isoformat()}
    if record.effective_on and end < today:
        renewed[Element.EFFECTIVE_ON.value] = first.isoformat()
    return renewed


def _start_of_period(record):
    """The day after the end that the last renewal moved, or else the record's first day."""
    renewals = record.requests.filter(status="approved", is_new=False, proposed__expires_on=str(record.expires_on))
    moved = renewals.exclude(original__expires_on=str(record.expires_on)).order_by("-decided_at")
    end_before = moved.values_list("original__expires_on", flat=True).first()
    if not end_before or end_before > str(record.expires_on):
        return record.starts_on
    return max(record.starts_on, date.fromisoformat(end_before) + ONE_DAY)
