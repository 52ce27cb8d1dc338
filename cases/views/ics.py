"""Calendars as files (RFC 5545)."""

from datetime import UTC

from django.conf import settings
from django.http import HttpResponse

MOST_OCTETS = 75
# What a reader takes for the end of a value or of a line.
ESCAPED = {"\\": "\\\\", ";": "\\;", ",": "\\,", "\r\n": "\\n", "\n": "\\n", "\r": "\\n"}


class CalendarResponse(HttpResponse):
    """The update requests as events, each in its maintenance window."""

    def __init__(self, updates):
        lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:-//{text(settings.PORTAL_NAME)}//Updates//EN"]
        lines += [
            "METHOD:PUBLISH",
            f"X-WR-CALNAME:{text(settings.PORTAL_NAME)}: updates",
            "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        ]
        for update in updates:
            lines += event(update)
        lines += ["END:VCALENDAR", ""]
        super().__init__(
            "\r\n".join(map(folded, lines)),
            content_type="text/calendar; charset=utf-8",
            headers={"Cache-Control": "private, no-store", "Content-Disposition": 'inline; filename="updates.ics"'},
        )


def event(update):
    address = f"{settings.PORTAL_URL}{update.get_absolute_url()}"
    about = f"{update.get_status_display()}. The site cannot be used in that time.\n{address}"
    changed = max(filter(None, [update.requested_at, update.changed_at]))
    return [
        "BEGIN:VEVENT",
        f"UID:update-{update.pk}@{settings.PORTAL_URL.partition('://')[2]}",
        f"DTSTAMP:{moment(changed)}",
        f"LAST-MODIFIED:{moment(changed)}",
        f"DTSTART:{moment(update.scheduled_start)}",
        f"DTEND:{moment(update.scheduled_end)}",
        f"SUMMARY:{text(f'{update.what}, {update.district}')}",
        f"DESCRIPTION:{text(about)}",
        f"URL:{address}",
        "STATUS:CONFIRMED",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def moment(at):
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def text(value):
    for character, escaped in ESCAPED.items():
        value = value.replace(character, escaped)
    return value


def folded(line):
    """In lines of 75 octets at most; what goes on begins with a space. No character is cut apart."""
    parts, octets = [""], 0
    for character in line:
        size = len(character.encode())
        if octets + size > MOST_OCTETS:
            parts.append(" ")
            octets = 1
        parts[-1] += character
        octets += size
    return "\r\n".join(parts)
