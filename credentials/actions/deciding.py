"""An approver decides a request, and the record changes with the approval."""

from django.core.exceptions import ValidationError
from django.utils import timezone

from contacts import ActionRefused
from contacts.actions import action, lock_actor
from contacts.models import Role
from credentials.actions.following_up import say_stuck
from credentials.actions.telling import record_event, settle, tell_approvers, tell_of_return, tell_requester
from credentials.models import CredentialRecord, CredentialRequest, Element, Way, approvers_for, way_of

Status = CredentialRequest.Status
RECORD_CHANGED = (
    "The record changed after this was requested, so the request cannot be approved unseen. "
    "Look at what it says now, then decide again."
)


@action
def approve(credential_request, *, by, comment="", version=None, record_state=None):
    """Give the record the requested values, or add it.

    ``version`` and ``record_state`` are what the approver saw; left out, the request as it was loaded, and a record
    that is still what it was when the request was submitted.
    """
    credential_request = _lock_to_decide(credential_request, by, version)
    credential_request.become(Status.APPROVED)
    credential_request.record = record = _lock_record(credential_request)
    if credential_request.record_has_changed and record_state != credential_request.record_state:
        raise ActionRefused(RECORD_CHANGED)
    if _needs_second(credential_request):
        return _approve_first(credential_request, by=by, comment=comment)
    change_record(credential_request, record)
    _save_decision(credential_request, by=by, comment=comment)
    return credential_request


def _needs_second(credential_request):
    is_first = credential_request.first_approved_by_id is None
    return is_first and way_of(credential_request.district, credential_request.type) == Way.TWO


def _approve_first(credential_request, *, by, comment):
    """The request waits on, for somebody else."""
    credential_request.refresh_from_db(fields=["status", "record"])
    credential_request.first_approved_by, credential_request.first_approved_at = by, timezone.now()
    credential_request.comment = comment
    credential_request.save(update_fields=["first_approved_by", "first_approved_at", "comment"])
    record_event("approve_first", credential_request, by=by)
    settle(credential_request)
    if not tell_approvers(credential_request):
        say_stuck(credential_request)
    return credential_request


def approve_automatically(credential_request):
    """As the district chose for the type; what cannot be approved so waits for an approver. Returns whether it was."""
    record = _lock_record(credential_request)
    record.values = credential_request.approved_values
    try:
        _validate(record, credential_request.labels)
    except ActionRefused:
        return False
    credential_request.become(Status.APPROVED)
    credential_request.record, credential_request.is_automatic = record, True
    change_record(credential_request, record)
    _save_decision(credential_request, by=None, comment="")
    return True


@action
def deny(credential_request, *, by, comment, version=None):
    credential_request = _lock_to_decide(credential_request, by, version)
    credential_request.become(Status.DENIED)
    _save_decision(credential_request, by=by, comment=comment)
    return credential_request


@action
def return_for_changes(credential_request, *, by, comment, version=None):
    """Ask the requester to change what they requested, and to submit it again."""
    credential_request = _lock_to_decide(credential_request, by, version)
    credential_request.become(Status.RETURNED)
    credential_request.returned_at, credential_request.returned_by = timezone.now(), by
    credential_request.comment = comment
    credential_request.save(update_fields=["status", "returned_at", "returned_by", "comment"])
    record_event("return", credential_request, by=by)
    settle(credential_request)
    tell_of_return(credential_request)
    return credential_request


def _lock_to_decide(credential_request, by, version):
    """The request as it is now, locked together with the role of the person who decides."""
    seen = credential_request.version if version is None else version
    lock_actor(by, [Role.CREDENTIAL_APPROVER])
    locked = CredentialRequest.objects.select_for_update(of=("self",)).select_related("requester", "type", "district")
    credential_request = locked.get(pk=credential_request.pk)
    _refuse_who_may_not(credential_request, by)
    if credential_request.version != seen and credential_request.is_pending:
        raise ActionRefused(
            f"{credential_request.requester} changed this request while you were looking at it. "
            "Look at what it says now, then decide again."
        )
    return credential_request


def _refuse_who_may_not(credential_request, by):
    if credential_request.district_id != by.district_id:
        raise ActionRefused("Only an approver of the requester's district can decide this request.")
    if credential_request.requester_id == by.pk:
        raise ActionRefused("You cannot decide your own request. Another approver of your district decides it.")
    if credential_request.first_approved_by_id == by.pk and credential_request.is_pending:
        raise ActionRefused("You approved this already. Another approver has to approve it, too.")
    if credential_request.entered_by_id == by.pk:
        raise ActionRefused(
            f"You entered this request for {credential_request.requester}, so another approver decides it."
        )
    others = credential_request.involved - {by.pk}
    if not approvers_for(credential_request.requester, but=others).filter(pk=by.pk).exists():
        raise ActionRefused("You decide the requests of other schools. An approver of this school decides it.")


def _lock_record(credential_request):
    if credential_request.is_new:
        return CredentialRecord(
            district=credential_request.district, holder=credential_request.requester, type=credential_request.type
        )
    return CredentialRecord.objects.select_for_update(of=("self",)).get(pk=credential_request.record_id)


def change_record(credential_request, record):
    """Save the record, which is locked already, with the values that the approval gives it."""
    record.values = credential_request.approved_values
    record.updated_at = timezone.now()
    _validate(record, credential_request.labels)
    record.save(update_fields=None if credential_request.is_new else [*Element.values, "extra", "updated_at"])


def _validate(record, labels):
    try:
        record.validate_values()
    except ValidationError as error:
        reasons = [
            f"{labels[name]}: {reason}" if name in labels else reason
            for name, messages in error.message_dict.items()
            for reason in messages
        ]
        raise ActionRefused(f"The record cannot have these values. {' '.join(reasons)}") from error


def _with_first(credential_request, by, comment):
    """What both approvers wrote, each after their name, where two decide."""
    if not (first := credential_request.first_approved_by):
        return comment
    written = [(first, credential_request.comment), (by, comment)]
    return "\n\n".join(f"{person}: {text}" for person, text in written if text)


def _save_decision(credential_request, *, by, comment):
    credential_request.decided_at, credential_request.decided_by = timezone.now(), by
    credential_request.comment = _with_first(credential_request, by, comment)
    credential_request.save(update_fields=["status", "record", "decided_at", "decided_by", "is_automatic", "comment"])
    record_event(credential_request.status, credential_request, by=by)
    settle(credential_request)
    tell_requester(credential_request)
