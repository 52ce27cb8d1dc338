"""How the statuses, priorities and timeline entries of cases look."""

from django import template
from django.utils import timezone
from django.utils.formats import date_format
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


ANSWER_LOOKS = {
    "missed": ("Answer missed, due", "bad"),
    "soon": ("Answer due soon,", "waiting"),
    "due": ("Answer due", "info"),
}


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
