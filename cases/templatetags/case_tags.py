"""How the statuses, priorities and timeline entries of cases look."""

from datetime import timedelta

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.text import get_text_list

from cases.models import Case, TimelineEntry

register = template.Library()
Action, Status, Priority = TimelineEntry.Action, Case.Status, Case.Priority

# What waits for the district stands out.
STATUS_TONES = {Status.PENDING_INPUT: "waiting", Status.PENDING_VERIFICATION: "waiting", Status.CLOSED: "good"}
PRIORITY_TONES = {Priority.HIGH: "waiting", Priority.CRITICAL: "bad"}
ENTRY_LOOKS = {
    Action.SUBMITTED: ("send", "info"),
    Action.OPENED_EXCEPTION: ("siren", "waiting"),
    Action.REPLIED: ("message-square", "neutral"),
    Action.NOTED: ("lock", "internal"),
    Action.TAKEN: ("hand", "info"),
    Action.ASSIGNED: ("user-round-check", "info"),
    Action.ASKED: ("circle-question-mark", "waiting"),
    Action.RESOLVED: ("lightbulb", "good"),
    Action.MOVED: ("arrow-right", "neutral"),
    Action.ESCALATED: ("triangle-alert", "waiting"),
    Action.CORRECTED: ("pencil", "neutral"),
    Action.PRIORITIZED: ("flag", "waiting"),
    Action.MERGED: ("merge", "info"),
    Action.UNMERGED: ("rotate-ccw", "waiting"),
    Action.RELATED: ("link", "info"),
    Action.UNRELATED: ("unlink", "neutral"),
    Action.SPLIT: ("split", "info"),
    Action.CALLED: ("phone", "info"),
    Action.CONFIRMED: ("circle-check", "good"),
    Action.PHONED: ("phone", "good"),
    Action.HANDED_OVER: ("handshake", "info"),
    Action.ASKED_TO_ACCEPT: ("handshake", "waiting"),
    Action.ACCEPTED: ("handshake", "good"),
    Action.CLOSED: ("circle-check", "good"),
    Action.REMINDED: ("bell", "waiting"),
    Action.REOPENED: ("rotate-ccw", "waiting"),
}


# What the status says of the side whose turn it is.
TURNS = {
    Status.NEW: ": new",
    Status.ASSIST_REQUEST: ": assist",
    Status.PENDING_INPUT: ": input",
    Status.PENDING_VERIFICATION: ": verify",
    Status.SCHEDULED: ": scheduled",
    Status.DEVELOPMENT: ": development",
}
ANSWER_LOOKS = {
    "missed": ("Answer missed, due", "bad"),
    "soon": ("Answer due soon,", "waiting"),
    "due": ("Answer due", "info"),
}


@register.simple_tag
def open_cases_of(person):
    """Of how many open cases the person is the contact."""
    return Case.objects.open().filter(contact=person).count()


@register.simple_tag
def turn(case, reader):
    """(whose turn it is in a few words, the tone): ``You: verify`` for a contact, ``District: verify`` for Support.

    Only the reader's own turn has a color.
    """
    if case.is_closed:
        return "Closed", "neutral"
    more = TURNS.get(case.status, "")
    if case.waits_for_district:
        return (f"District{more}", "neutral") if reader.is_support else (f"You{more}", "waiting")
    return (f"Us{more}", "info") if reader.is_support else (f"Support{more}", "neutral")


@register.simple_tag
def age(at):
    """``3 days`` since the moment, which stands on hover."""
    local = timezone.localtime(at)
    said = date_format(local, "DATETIME_FORMAT")
    length = in_short(timezone.now() - at)
    return format_html('<time datetime="{}" title="{}">{}</time>', local.isoformat(timespec="minutes"), said, length)


@register.simple_tag
def due(at):
    """``in 3 h``, ``2 d late``, or the day where it is further away; the moment stands on hover."""
    local, left = timezone.localtime(at), at - timezone.now()
    if left > timedelta(days=2):
        # What ends at midnight is due on the day before.
        words = date_format(local - timedelta(microseconds=1))
    else:
        words = f"in {in_short(left)}" if left > timedelta() else f"{in_short(-left)} late"
    said = date_format(local, "DATETIME_FORMAT")
    return format_html('<time datetime="{}" title="{}">{}</time>', local.isoformat(timespec="minutes"), said, words)


@register.filter
def answer_in_short(case):
    """``2 h`` until the answer is due, or ``2 h late``."""
    return _left(case.answer_due_at)


@register.filter
def handover_in_short(case):
    return f"Accept: {_left(case.handover_due_at)}"


def _left(due_at):
    left = due_at - timezone.now()
    return in_short(left) if left > timedelta() else f"{in_short(-left)} late"


def in_short(length):
    """``45 min``, ``5 h`` or ``3 d``: the largest unit alone."""
    minutes = int(length.total_seconds() // 60)
    if minutes < 60:
        return f"{max(minutes, 1)} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // (24 * 60):,} d"


@register.filter
def due_has_passed(case):
    return not case.is_closed and case.due_on < timezone.localdate()


@register.filter
def answer_label(case):
    """``Answer due Nov 24, 2026, 3:00 PM``, or nothing while Support owes none."""
    if state := case.answer_state(timezone.now()):
        return f"{ANSWER_LOOKS[state][0]} {date_format(timezone.localtime(case.answer_due_at), 'DATETIME_FORMAT')}"
    return ""


@register.filter
def answer_tone(case):
    return ANSWER_LOOKS[case.answer_state(timezone.now())][1]


@register.filter
def handover_label(case):
    """``Accept by Nov 24, 2026, 3:00 PM`` of an exception case that no contact has accepted."""
    said = "Not accepted by" if case.is_handover_overdue(timezone.now()) else "Accept by"
    return f"{said} {date_format(timezone.localtime(case.handover_due_at), 'DATETIME_FORMAT')}"


@register.filter
def handover_tone(case):
    return "bad" if case.is_handover_overdue(timezone.now()) else "waiting"


@register.filter
def in_hours(length):
    """``1 hour 30 minutes`` of a timedelta."""
    minutes = round(length.total_seconds() / 60)
    parts = [(minutes // 60, "hour"), (minutes % 60, "minute")]
    return " ".join(f"{n} {unit}{'' if n == 1 else 's'}" for n, unit in parts if n) or "less than a minute"


@register.filter
def status_tone(status):
    return STATUS_TONES.get(status, "info")


@register.filter
def priority_tone(priority):
    """Empty for a priority that asks nothing special of anybody."""
    return PRIORITY_TONES.get(priority, "")


@register.filter
def call_is_overdue(case):
    return case.is_phone_overdue(timezone.now())


@register.filter
def impact(case):
    """``Keeps people from their work, and there is no workaround. One person; one school.``"""
    work = "Keeps nobody from their work"
    if case.blocks_work:
        workaround = "there is a workaround" if case.has_workaround else "there is no workaround"
        work = f"Keeps people from their work, and {workaround}"
    schools = case.get_schools_affected_display()
    return f"{work}. {case.get_users_affected_display()}; {schools[0].lower()}{schools[1:]}."


@register.filter
def entry_icon(entry):
    return ENTRY_LOOKS[entry.action][0]


@register.filter
def entry_tone(entry):
    return ENTRY_LOOKS[entry.action][1]


@register.filter
def follow_up_sentence(planned, who):
    """What happens when; ``who`` is "you answer" or "the district answers"."""
    sentence = f"Support closes this case on {date_format(planned.closing_day)} unless {who}"
    if planned.days_to_come:
        days = get_text_list([date_format(day) for day in planned.days_to_come], "and")
        sentence = f"{sentence}; reminders go out on {days}"
    return f"{sentence}. {_not_counted(planned)}"


def _not_counted(planned):
    days = [
        f"{why} ({' to '.join(dict.fromkeys(map(date_format, (first, last))))})" for first, last, why in planned.skipped
    ]
    return f"Not among the ten business days: {', '.join(days)}."
