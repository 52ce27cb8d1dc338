from django.utils import timezone
from django.utils.formats import date_format

from cases.actions._common import (
    Action,
    Status,
    audit_sensitive,
    find_duplicate,
    lock_case,
    refuse_merged,
    refuse_outdated,
    save_and_log,
    tell_both_sides,
)
from contacts import ActionRefused, audit
from contacts.actions import action


@action
def close(*, case, by, text="", sensitive="", newest=None, idempotency_key=None):
    """A contact says that the case is done."""
    case = lock_case(case, by=by)
    if entry := find_duplicate(idempotency_key, Action.CLOSED, by=by, case=case, text=text):
        return entry
    if case.is_closed:
        refuse_merged(case)
        raise ActionRefused(f"Case {case.number} is already closed.")
    refuse_outdated(case, newest, by=by)
    case.become(Status.CLOSED)
    case.closed_at = timezone.now()
    entry = save_and_log(case, Action.CLOSED, by=by, text=text, idempotency_key=idempotency_key)
    audit.record("case.close", by=by, on=case)
    audit_sensitive(sensitive, case, by=by)
    tell_both_sides("closed", case, by=by)
    return entry


@action
def reopen(*, case, by, text, sensitive="", idempotency_key=None):
    """Give a closed case back to its agent, through the last day of settings.CASE_REOPEN_WITHIN."""
    case = lock_case(case, by=by)
    if entry := find_duplicate(idempotency_key, Action.REOPENED, by=by, case=case, text=text):
        return entry
    if not case.is_closed:
        raise ActionRefused(f"Case {case.number} is already open.")
    refuse_merged(case)
    if not case.may_reopen(timezone.now()):
        raise ActionRefused(
            f"Case {case.number} could be reopened until {date_format(case.reopen_until)}. "
            "Submit a new case from its page; both will show the link."
        )
    case.become(Status.ASSIGNED if case.assignee_id else Status.NEW)
    case.closed_at = None
    entry = save_and_log(case, Action.REOPENED, by=by, text=text, idempotency_key=idempotency_key)
    audit.record("case.reopen", by=by, on=case)
    audit_sensitive(sensitive, case, by=by)
    tell_both_sides("reopened", case, by=by)
    return entry
