from datetime import date


def months_from(day, count):
    """The first days of so many months, that of the day being the first."""
    first = day.year * 12 + day.month - 1
    return [date(number // 12, number % 12 + 1, 1) for number in range(first, first + count)]
