from django.utils import timezone
from django.utils.formats import date_format

from cases.actions._common import Action, find_duplicate, lock_row, refuse_merged, save_and_log, tell_both_sides
from cases.models import Case, priority_by_table
from contacts import ActionRefused, DuplicateSubmission, audit
from contacts.actions import action, bring_to_support, hold_question, lock_actor
from contacts.models import AUTHORIZED_CONTACTS


@action
def submit(*, by, idempotency_key=None, follows=None, question=None, **fields):
    """A contact brings a case of their district to Support, or goes on with a case that can no longer be reopened.

    ``question`` is a colleague's, which this case is made of; they are told, and see nothing of the case.
    """
    lock_actor(by, AUTHORIZED_CONTACTS)
    fields |= {"follows": follows, "question": question}
    if case := existing_case(idempotency_key, Action.SUBMITTED, by=by, fields=fields):
        return case
    if follows:
        _refuse_to_follow(follows)
    if question:
        hold_question(question, by=by)
    case = Case(district=by.district, contact=by, **fields)
    case.priority = priority_by_table(case)
    case.save(force_insert=True)
    save_and_log(case, Action.SUBMITTED, by=by, idempotency_key=idempotency_key)
    audit.record("case.submit", by=by, on=case, kind=case.kind, priority=case.priority)
    tell_both_sides("submitted", case, by=by)
    if question:
        bring_to_support(question, by=by, reference=f"case {case.number}")
    return case


def _refuse_to_follow(case):
    case = lock_row(case)
    refuse_merged(case)
    if not case.is_closed:
        raise ActionRefused(f"Case {case.number} is open. Reply there.")
    if not case.may_be_followed(timezone.now()):
        raise ActionRefused(f"Case {case.number} can still be reopened, until {date_format(case.reopen_until)}.")


def existing_case(idempotency_key, action, *, by, fields):
    """The case that the same form already opened, or None. Raises DuplicateSubmission where it said something else."""
    entry = find_duplicate(idempotency_key, action, by=by)
    if entry and any(getattr(entry.case, name) != value for name, value in fields.items()):
        raise DuplicateSubmission
    return entry and entry.case
