"""The answer that Support owes, and by when: what the district says starts the clock, what Support says stops it."""

from django.conf import settings
from django.db.models import Q

from cases.models import Case, ResponseTarget, TimelineEntry, handover_due, support_calendar
from cases.models.choices import ANSWERS
from contacts import audit
from contacts.actions import action
from contacts.business_time import add_business_hours

Action = TimelineEntry.Action
# What the district says, which Support answers.
ASKS = {Action.SUBMITTED, Action.REPLIED, Action.REOPENED}
ANSWER = ["answer_since", "answer_soon_at", "answer_due_at"]


def keep_answer(case, action, *, by):
    """Start or stop the clock of the case, in memory. A second word of the district leaves the first one's time."""
    is_answered = by and by.is_support and action in ANSWERS
    if is_answered or case.is_closed or case.waits_for_district:
        _stop(case)
    elif by and not by.is_support and action in ASKS and not case.answer_since:
        _begin(case, case.created_at if action == Action.SUBMITTED else case.updated_at)
    elif action in {Action.CORRECTED, Action.PRIORITIZED} and case.answer_since:
        _begin(case, case.answer_since)


def resume_answer(case):
    """Start the clock of a case that opens again, from the district's first word since an answer or the closing."""
    said = case.timeline.public()
    if not (end := said.filter(Q(action__in=ANSWERS, by__district=None) | Q(action=Action.CLOSED)).last()):
        _begin(case, case.created_at)
    elif asked := said.filter(action__in=ASKS, by__district__isnull=False, pk__gt=end.pk).first():
        _begin(case, asked.created_at)


@action
def recount_answers(what, *, by):
    """An admin changed the targets or Support's hours (``what``): every answer and handover that is due follows."""
    running = list(Case.objects.with_time_running().select_for_update(of=("self",)).order_by("pk").defer("description"))
    targets, calendar = _targets(), support_calendar()
    for case in running:
        if case.answer_since:
            _start(case, case.answer_since, targets, calendar)
        if case.awaits_handover:
            case.handover_due_at = handover_due(case.created_at, calendar)
    Case.objects.bulk_update(running, [*ANSWER, "handover_due_at"], batch_size=500)
    audit.record("support.change_targets", by=by, on=what)


def _begin(case, since):
    _start(case, since, _targets(), support_calendar())


def _start(case, since, targets, calendar):
    """Without a target for the priority or without hours, nothing is promised, but it is still known since when."""
    target = targets.get(case.priority)
    case.answer_since, case.answer_soon_at, case.answer_due_at = since, None, None
    if not (target and calendar):
        return
    hours = target.first_answer_hours if since == case.created_at else target.next_answer_hours
    soon = max(hours - settings.CASE_ANSWER_DUE_SOON_HOURS, 0)
    case.answer_soon_at, case.answer_due_at = (add_business_hours(since, each, calendar) for each in (soon, hours))


def _stop(case):
    case.answer_since = case.answer_soon_at = case.answer_due_at = None


def _targets():
    return {target.priority: target for target in ResponseTarget.objects.all()}
