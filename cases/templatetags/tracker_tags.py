"""The tracker of a case, for its district: how far it is, and what Support does with it."""

from django import template
from django.utils import timezone
from django.utils.formats import date_format

from cases.models import Case

register = template.Library()
Status = Case.Status

STEPS = ["Submitted", "With Support", "Your input", "Verify", "Closed"]
# Every other open status is with Support.
STEP_OF = {Status.NEW: 0, Status.PENDING_INPUT: 2, Status.PENDING_VERIFICATION: 3, Status.CLOSED: 4}


@register.filter
def tracker_steps(case):
    """(label, "done", "now" or "next") of each step."""
    now = STEP_OF.get(case.status, 1)
    states = ["done"] * now + ["now"] + ["next"] * (len(STEPS) - now - 1)
    return list(zip(STEPS, states, strict=True))


@register.filter
def turn_of_support(case):
    """What Support does next, in a sentence."""
    if case.status == Status.NEW:
        return "it has your case, and an agent takes it next."
    if case.status == Status.SCHEDULED:
        return f"the work is scheduled for {date_format(case.scheduled_on)}."
    if case.status == Status.DEVELOPMENT:
        return f"its developers look into it as {case.defect_reference}. Support writes here when there is news."
    if case.status == Status.ASSIST_REQUEST:
        return f"{case.assignee} has your case and asked {case.assistant} to assist."
    return f"{case.assignee} works on your case."


@register.filter
def answer_is_missed(case):
    return case.answer_state(timezone.now()) == "missed"
