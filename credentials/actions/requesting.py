"""A person asks for a change to a record, or for a new one, and takes it back."""

from django.utils import timezone

from contacts import ActionRefused, DuplicateSubmission, message_center
from contacts.actions import action, lock_user
from credentials.actions.telling import record_event, tell_approvers
from credentials.models import CredentialRecord, CredentialRequest

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
        labels=type.labels_in(by.district.state),
        idempotency_key=idempotency_key,
        **content,
    )
    record_event("submit", credential_request, by=by)
    tell_approvers(credential_request)
    return credential_request


@action
def withdraw(credential_request, *, by):
    """Take back one's own request before it is decided. It stays on My Requests."""
    lock_requester(by)
    credential_request = by.credential_requests.select_for_update(of=("self",)).get(pk=credential_request.pk)
    credential_request.become(Status.WITHDRAWN)
    credential_request.withdrawn_at = timezone.now()
    credential_request.save(update_fields=["status", "withdrawn_at"])
    record_event(credential_request.status, credential_request, by=by)
    message_center.settle(credential_request.decision_url)
