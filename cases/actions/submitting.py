from cases.actions._common import Action, find_duplicate, save_and_log, tell_both_sides
from cases.models import Case
from contacts import DuplicateSubmission, audit
from contacts.actions import action, lock_actor
from contacts.models import AUTHORIZED_CONTACTS


@action
def submit(*, by, idempotency_key=None, **fields):
    """A contact brings a case of their district to Support."""
    lock_actor(by, AUTHORIZED_CONTACTS)
    if case := existing_case(idempotency_key, Action.SUBMITTED, by=by, fields=fields):
        return case
    case = Case.objects.create(district=by.district, contact=by, **fields)
    save_and_log(case, Action.SUBMITTED, by=by, idempotency_key=idempotency_key)
    audit.record("case.submit", by=by, on=case, kind=case.kind, urgency=case.urgency)
    tell_both_sides("submitted", case, by=by)
    return case


def existing_case(idempotency_key, action, *, by, fields):
    """The case that the same form already opened, or None. Raises DuplicateSubmission where it said something else."""
    entry = find_duplicate(idempotency_key, action, by=by)
    if entry and any(getattr(entry.case, name) != value for name, value in fields.items()):
        raise DuplicateSubmission
    return entry and entry.case
