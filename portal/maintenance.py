"""Reads the maintenance windows that the environment names."""

from datetime import time

from django.core.exceptions import ImproperlyConfigured

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def weekly_windows(text):
    """``production Thu 00:30-03:30; sandbox Tue 20:00-22:00, Thu 20:00-22:00`` as {kind: [(weekday, start, end)]}.

    Monday is 0. A window that ends no later than it starts ends on the next day.
    """
    try:
        return {kind: list(map(_window, times.split(","))) for kind, times in _by_kind(text)}
    except ValueError as wrong:
        raise ImproperlyConfigured(f"MAINTENANCE_WINDOWS cannot be read: {text!r}") from wrong


def _by_kind(text):
    for part in filter(str.strip, text.split(";")):
        kind, _, times = part.strip().partition(" ")
        yield kind.lower(), times


def _window(text):
    weekday, hours = text.split()
    start, end = map(time.fromisoformat, hours.split("-"))
    return WEEKDAYS.index(weekday.lower()), start, end
