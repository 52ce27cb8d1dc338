"""An approver decides a request, and the record changes with the approval."""

from django.core.exceptions import ValidationError
from django.utils import timezone

from contacts import ActionRefused, message_center
from contacts.actions import action, lock_actor
from contacts.models import Role
from credentials.actions.telling import record_event, tell_requester
from credentials.models import CredentialRecord, CredentialRequest, Element

Status = CredentialRequest.Status


@action
def approve(credential_request, *, by, comment=""):
    """Give the record the requested values, or add it."""
    credential_request = _lock_to_decide(credential_request, by)
    credential_request.become(Status.APPROVED)
    credential_request.record = record = _lock_record(credential_request)
    if credential_request.record_has_changed:
        raise ActionRefused("The record changed after this was requested, so the request cannot be approved.")
    record.values = credential_request.proposed
    record.updated_at = timezone.now()
    _validate(record, credential_request.labels)
    record.save(update_fields=None if credential_request.is_new else [*Element.values, "extra", "updated_at"])
    _save_decision(credential_request, by=by, comment=comment)


@action
def deny(credential_request, *, by, comment):
    credential_request = _lock_to_decide(credential_request, by)
    credential_request.become(Status.DENIED)
    _save_decision(credential_request, by=by, comment=comment)


def _lock_to_decide(credential_request, by):
    """The request as it is now, locked together with the role of the person who decides."""
    lock_actor(by, [Role.CREDENTIAL_APPROVER])
    locked = CredentialRequest.objects.select_for_update(of=("self",)).select_related("requester", "type", "district")
    credential_request = locked.get(pk=credential_request.pk)
    if credential_request.district_id != by.district_id:
        raise ActionRefused("Only an approver of the requester's district can decide this request.")
    if credential_request.requester_id == by.pk:
        raise ActionRefused("You cannot decide your own request. Another approver of your district decides it.")
    return credential_request


def _lock_record(credential_request):
    if credential_request.is_new:
        return CredentialRecord(
            district=credential_request.district, holder=credential_request.requester, type=credential_request.type
        )
    return CredentialRecord.objects.select_for_update(of=("self",)).get(pk=credential_request.record_id)


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


def _save_decision(credential_request, *, by, comment):
    credential_request.decided_at, credential_request.decided_by = timezone.now(), by
    credential_request.comment = comment
    credential_request.save(update_fields=["status", "record", "decided_at", "decided_by", "comment"])
    record_event(credential_request.status, credential_request, by=by)
    message_center.settle(credential_request.decision_url)
    tell_requester(credential_request)
