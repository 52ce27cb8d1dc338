from django.core.exceptions import ValidationError
from django.utils import timezone

from contacts import ActionRefused, DuplicateSubmission, audit, message_center
from contacts.actions import action, lock_actor, lock_user
from contacts.models import Kind, Role
from credentials.models import CredentialRecord, CredentialRequest, Element, approvers_for

Status = CredentialRequest.Status


@action
def request_update(*, by, record, brief_description, proposed, idempotency_key):
    """Request a change to one's own record; ``record`` is how it stood when the form was opened."""
    lock_requester(by)
    current = CredentialRecord.objects.select_for_update(of=("self",)).get(pk=record.pk)
    content = {"type": record.type, "record": record, "brief_description": brief_description, "proposed": proposed}
    if existing := find_duplicate(by, idempotency_key, content):
        return existing
    if current.values != record.values:
        raise ActionRefused("Someone just changed this record. Open it again to see what it says now.")
    if current.requests.pending().exists():
        raise ActionRefused("A request to change this record is already waiting for a decision.")
    return _submit(by, idempotency_key, original=current.values, **content)


@action
def request_new(*, by, type, brief_description, proposed, idempotency_key):
    """Request a new record of one's own."""
    lock_requester(by)
    content = {"type": type, "brief_description": brief_description, "proposed": proposed, "is_new": True}
    if existing := find_duplicate(by, idempotency_key, content):
        return existing
    return _submit(by, idempotency_key, **content)


def lock_requester(by):
    """One request after the other per person. Raises ActionRefused if the person can no longer sign in."""
    if not lock_user(by).can_sign_in:
        raise ActionRefused("You can no longer sign in. Nothing was saved.")


def find_duplicate(by, idempotency_key, content):
    """The request that the same form already made, or None. Raises DuplicateSubmission if its content differs."""
    existing = by.credential_requests.filter(idempotency_key=idempotency_key).first()
    if existing and any(getattr(existing, name) != value for name, value in content.items()):
        raise DuplicateSubmission
    return existing


def _submit(by, idempotency_key, *, type, **content):
    credential_request = CredentialRequest.objects.create(
        district=by.district,
        requester=by,
        type=type,
        labels=type.labels,
        idempotency_key=idempotency_key,
        **content,
    )
    _record("submit", credential_request, by=by)
    message_center.send(
        "credentials/messages/submitted.txt",
        to=approvers_for(by),
        kind=Kind.TO_DECIDE,
        about=credential_request.decision_url,
        subject=f"{credential_request.requester} · {credential_request.type}",
        district=credential_request.district,
        credential_request=credential_request,
    )
    return credential_request


@action
def withdraw(credential_request, *, by):
    """Take back one's own request before it is decided. It stays on My Requests."""
    lock_requester(by)
    credential_request = by.credential_requests.select_for_update(of=("self",)).get(pk=credential_request.pk)
    credential_request.become(Status.WITHDRAWN)
    credential_request.withdrawn_at = timezone.now()
    credential_request.save(update_fields=["status", "withdrawn_at"])
    _record(credential_request.status, credential_request, by=by)
    message_center.settle(credential_request.decision_url)


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
    _record(credential_request.status, credential_request, by=by)
    message_center.settle(credential_request.decision_url)
    message_center.send(
        "credentials/messages/decided.txt",
        to=[credential_request.requester],
        kind=Kind.DECIDED,
        about=credential_request.my_requests_url,
        subject=f"Your request · {credential_request.brief_description}",
        district=credential_request.district,
        credential_request=credential_request,
    )


def _record(verb, credential_request, *, by):
    audit.record(f"credential_request.{verb}", by=by, on=credential_request, record=credential_request.record_id)
