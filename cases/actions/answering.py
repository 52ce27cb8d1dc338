"""The answer that Support owes, and by when: what the district says starts the clock, what Support says stops it."""

from cases.models import Case, ResponseTarget, TimelineEntry, handover_due, support_calendar
from contacts import audit
from contacts.actions import action
from contacts.business_time import add_business_hours

Action = TimelineEntry.Action
# What the district says, and what Support answers; the caller of an exception case was spoken to. A note is within
# Support, and taking a case answers nothing.
ASKS = {Action.SUBMITTED, Action.REPLIED, Action.REOPENED}
ANSWERS = {Action.REPLIED, Action.ASKED, Action.RESOLVED, Action.MOVED, Action.ESCALATED, Action.OPENED_EXCEPTION}
CLOCKS = ["answer_since", "answer_due_at", "handover_due_at"]


def keep_answer(case, action, *, by):
    """Start or stop the clock of the case, in memory. A second word of the district leaves the first one's time."""
    is_answered = by and by.is_support and action in ANSWERS
    if is_answered or case.is_closed or case.waits_for_district:
        case.answer_since = case.answer_due_at = None
    elif by and not by.is_support and action in ASKS and not case.answer_since:
        _start(case, case.created_at if action == Action.SUBMITTED else case.updated_at)
    elif action in {Action.CORRECTED, Action.PRIORITIZED} and case.answer_since:
        _start(case, case.answer_since)


def resume_answer(case):
    """Start the clock of a case that opens again, from the district's first word that Support did not answer."""
    said = case.timeline.public()
    if not (answer := said.filter(action__in=ANSWERS, by__district=None).last()):
        _start(case, case.created_at)
    elif asked := said.filter(action__in=ASKS, by__district__isnull=False, pk__gt=answer.pk).first():
        _start(case, asked.created_at)


@action
def recount_answers(what, *, by):
    """An admin changed the targets or Support's hours (``what``): every answer and handover that is due follows."""
    audit.record("support.change_targets", by=by, on=what)
    running = list(Case.objects.with_time_running().select_for_update(of=("self",)).order_by("pk").defer("description"))
    targets, calendar = _targets(), support_calendar()
    for case in running:
        if case.answer_since:
            _start(case, case.answer_since, targets, calendar)
        if case.awaits_hand_over:
            case.handover_due_at = handover_due(case.created_at, calendar)
    Case.objects.bulk_update(running, CLOCKS, batch_size=500)


def _start(case, since, targets=None, calendar=None):
    """Without a target for the priority or without hours, nothing is promised."""
    target = (targets or _targets()).get(case.priority)
    calendar = calendar or support_calendar()
    case.answer_since = case.answer_due_at = None
    if target and calendar:
        hours = target.first_answer_hours if since == case.created_at else target.next_answer_hours
        case.answer_since, case.answer_due_at = since, add_business_hours(since, hours, calendar)


def _targets():
    return {target.priority: target for target in ResponseTarget.objects.all()}
