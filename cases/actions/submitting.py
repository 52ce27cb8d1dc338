from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format

from cases.actions._common import (
    Action,
    audit_sensitive,
    find_duplicate,
    lock_row,
    refuse_merged,
    save_and_log,
    tell_both_sides,
)
from cases.models import Case, Qualification, TimelineEntry, priority_by_table
from contacts import ActionRefused, DuplicateSubmission, audit
from contacts.actions import action, bring_to_support, hold_question, lock_actor
from contacts.models import AUTHORIZED_CONTACTS

# What is the same where a person submits the same again.
SAME = ["kind", "product_area", "subject", "description"]
# The very same form that comes again later than this was found by Back, in a browser that kept the page.
PRESSED_TWICE = timedelta(seconds=10)


class SubmittedBefore(DuplicateSubmission):
    """``case`` is what the same person made of the same words a moment ago."""

    def __init__(self, case):
        ActionRefused.__init__(self, f"You submitted the same a moment ago: it is case {case.number}.")
        self.case = case


@action
def submit(
    *, by, idempotency_key=None, follows=None, question=None, qualification=None, sensitive="", again=False, **fields
):
    """A contact brings a case of their district to Support, or goes on with a case that can no longer be reopened.

    ``qualification`` is what they answered beside the description, by the names of the model's fields.
    ``question`` is a colleague's, which this case is made of; they are told, and see nothing of the case.
    ``again`` submits what the same person submitted a moment ago.
    """
    lock_actor(by, AUTHORIZED_CONTACTS)
    fields |= {"follows": follows, "question": question}
    if case := existing_case(idempotency_key, Action.SUBMITTED, by=by, fields=fields):
        if _answers(case) != (qualification or {}):
            raise DuplicateSubmission
        if timezone.now() - case.created_at > PRESSED_TWICE:
            raise SubmittedBefore(case)
        return case
    if follows:
        _refuse_to_follow(follows)
    if question:
        hold_question(question, by=by)
    if not again:
        _refuse_the_same(fields, by=by)
    case = Case(district=by.district, contact=by, **fields)
    case.priority = priority_by_table(case)
    case.save(force_insert=True)
    if qualification:
        Qualification.objects.create(case=case, district_id=case.district_id, **qualification)
    save_and_log(case, Action.SUBMITTED, by=by, idempotency_key=idempotency_key)
    audit.record("case.submit", by=by, on=case, kind=case.kind, priority=case.priority)
    audit_sensitive(sensitive, case, by=by)
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


def _refuse_the_same(fields, *, by):
    """The person is locked, so that of two such forms at once the second finds the case of the first."""
    same = {f"case__{name}": fields.get(name, "") for name in SAME}
    since = timezone.now() - settings.CASE_SAME_WITHIN
    submitted = TimelineEntry.objects.filter(by=by, action=Action.SUBMITTED, created_at__gt=since, **same)
    if entry := submitted.select_related("case").last():
        raise SubmittedBefore(entry.case)


def _answers(case):
    return case.qualification.answers if hasattr(case, "qualification") else {}


def existing_case(idempotency_key, action, *, by, fields):
    """The case that the same form already opened, or None. Raises DuplicateSubmission where it said something else."""
    entry = find_duplicate(idempotency_key, action, by=by)
    if entry and any(getattr(entry.case, name) != value for name, value in fields.items()):
        raise DuplicateSubmission
    return entry and entry.case
