"""Maintenance windows: when sites of a kind are refreshed and updated."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format

WEEKS_AHEAD = 12


@dataclass(frozen=True, order=True)
class Window:
    start: datetime
    end: datetime

    def __str__(self):
        """In the reader's time zone, whose abbreviation follows."""
        start, end = timezone.localtime(self.start), timezone.localtime(self.end)
        last = date_format(end, "TIME_FORMAT" if start.date() == end.date() else "D g:i A")
        return f"{date_format(start, 'D, M j, Y, g:i A')} to {last} {end:%Z}"


def coming_windows(kind, at):
    """Those of the next weeks that begin after the moment, in order."""
    zone = ZoneInfo(settings.MAINTENANCE_TIME_ZONE)
    today = timezone.localdate(at, zone)
    found = [
        _window(today + timedelta(days=(weekday - today.weekday()) % 7, weeks=week), start, end, zone)
        for weekday, start, end in settings.MAINTENANCE_WINDOWS.get(kind, [])
        for week in range(WEEKS_AHEAD)
    ]
    return sorted(window for window in found if window.start > at)


def possible_windows(kind, at):
    """Those that are not too early for a request that is made at the moment."""
    return coming_windows(kind, at + settings.UPDATE_LEAD_TIME)


def _window(day, start, end, zone):
    last = day if end > start else day + timedelta(days=1)
    return Window(datetime.combine(day, start, zone), datetime.combine(last, end, zone))
