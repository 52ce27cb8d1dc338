"""Cases that belong together: duplicates merged into one, related cases linked, one reply that is a case of its own.

A merge and a link can be undone. Every timeline keeps what was said on it, and what was done to it.
"""

from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.formats import date_format

from cases.actions._common import (
    Action,
    Status,
    find_duplicate,
    lock_case,
    lock_cases,
    refuse_closed,
    save_and_log,
    support_of,
    tell,
    tell_both_sides,
)
from cases.actions.answering import keep_answer, resume_answer
from cases.models import Case, CaseLink, priority_by_table
from cases.models.priorities import ASKED
from contacts import ActionRefused, audit
from contacts.actions import action
from contacts.models import User


@action
def merge(*, case, by, other, idempotency_key=None):
    """Close the case into an open one of its district, where the conversation goes on."""
    case, other = lock_cases(case, other, by=by)
    text = f"The conversation goes on in case {other.number}."
    if entry := find_duplicate(idempotency_key, Action.MERGED, by=by, case=case, text=text):
        return entry
    refuse_closed(case)
    if other.is_closed:
        raise ActionRefused(f"Case {other.number} is closed. Choose an open case to merge into.")
    case.become(Status.CLOSED)
    case.closed_at, case.merged_into = timezone.now(), other
    entry = save_and_log(case, Action.MERGED, by=by, text=text, idempotency_key=idempotency_key)
    save_and_log(other, Action.MERGED, by=by, text=f"Case {case.number} was merged into this one.")
    audit.record("case.merge", by=by, on=case, into=other.pk)
    to = [User.objects.contacts_of(case.district), support_of(case), support_of(other)]
    tell("merged", case, by=by, to=to, other=other)
    return entry


@action
def unmerge(*, case, by, idempotency_key=None):
    """The case goes on by itself again, with its agent as if it were reopened; an answer that was due is due again."""
    other = Case.objects.get(pk=case.pk).merged_into or case
    case, other = lock_cases(case, other, by=by)
    text = "This case goes on by itself again."
    if entry := find_duplicate(idempotency_key, Action.UNMERGED, by=by, case=case, text=text):
        return entry
    if not case.merged_into_id or case.merged_into_id != other.pk:
        raise ActionRefused(f"Case {case.number} is no longer merged into another case.")
    case.become(Status.ASSIGNED if case.assignee_id else Status.NEW)
    case.closed_at = case.merged_into = None
    resume_answer(case)
    entry = save_and_log(case, Action.UNMERGED, by=by, text=text, idempotency_key=idempotency_key)
    save_and_log(other, Action.UNMERGED, by=by, text=f"Case {case.number} goes on by itself again.")
    audit.record("case.unmerge", by=by, on=case, former=other.pk)
    tell_both_sides("unmerged", case, by=by)
    return entry


@action
def relate(*, case, by, other, idempotency_key=None):
    """Link two cases of a district that have to do with each other. Both pages show it, and their agents are told."""
    case, other = lock_cases(case, other, by=by)
    text = f"Case {other.number}"
    if entry := find_duplicate(idempotency_key, Action.RELATED, by=by, case=case, text=text):
        return entry
    if other.pk in case.linked_numbers:
        raise ActionRefused(f"Cases {case.number} and {other.number} are linked already.")
    _link(case, other)
    audit.record("case.relate", by=by, on=case, other=other.pk)
    return _log_both(Action.RELATED, case, other, by=by, text=text, idempotency_key=idempotency_key)


@action
def unrelate(*, case, by, other, idempotency_key=None):
    """Undo a link."""
    case, other = lock_cases(case, other, by=by)
    text = f"Case {other.number}"
    if entry := find_duplicate(idempotency_key, Action.UNRELATED, by=by, case=case, text=text):
        return entry
    if other.pk not in case.linked_numbers:
        raise ActionRefused(f"Cases {case.number} and {other.number} are no longer linked.")
    CaseLink.objects.of(case).filter(pk__in=CaseLink.objects.of(other)).delete()
    audit.record("case.unrelate", by=by, on=case, other=other.pk)
    return _log_both(Action.UNRELATED, case, other, by=by, text=text, idempotency_key=idempotency_key)


@action
def split(*, case, by, entry, subject, idempotency_key=None):
    """Make a contact's reply a new case, which nobody has yet; the reply stays where it was written, too."""
    case = lock_case(case, by=by)
    at = date_format(entry.created_at.astimezone(ZoneInfo(case.district.time_zone)), "DATETIME_FORMAT")
    text = f"A reply of {entry.by} of {at} is now a case of its own: {subject}"
    if found := find_duplicate(idempotency_key, Action.SPLIT, by=by, case=case, text=text):
        return found
    refuse_closed(case)
    if made := Case.objects.filter(split_from=entry).first():
        raise ActionRefused(f"This reply is case {made.number} already.")
    new = _case_of(entry, case, subject)
    keep_answer(new, Action.SUBMITTED, by=entry.by)
    save_and_log(new, Action.SPLIT, by=by, text=f"It was a reply on case {case.number}.")
    _link(case, new)
    logged = save_and_log(case, Action.SPLIT, by=by, text=text, idempotency_key=idempotency_key)
    audit.record("case.split", by=by, on=case, new=new.pk)
    tell_both_sides("split", new, by=by)
    return logged


def _case_of(entry, case, subject):
    copied = ["district", "kind", "product_area", "steps_to_replicate", *ASKED]
    kept = {name: getattr(case, name) for name in copied}
    kind = {"kind": Case.Kind.QUESTION} if kept["kind"] == Case.Kind.ISSUE and not case.steps_to_replicate else {}
    said = {"contact": entry.by, "subject": subject, "description": entry.text, "split_from": entry}
    new = Case(**said, **kept | kind)
    new.priority = priority_by_table(new)
    new.save(force_insert=True)
    return new


def _link(case, other):
    first, second = sorted([case, other], key=lambda each: each.pk)
    CaseLink.objects.create(district=case.district, first=first, second=second)


def _log_both(action, case, other, *, by, text, idempotency_key):
    save_and_log(other, action, by=by, text=f"Case {case.number}")
    tell(action.value, case, by=by, to=[support_of(case), support_of(other)], other=other)
    return save_and_log(case, action, by=by, text=text, idempotency_key=idempotency_key)
