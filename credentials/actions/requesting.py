"""A person asks for a change to a record, or for a new one, changes what they asked for, and takes it back."""

from django.utils import timezone

from contacts import ActionRefused, DuplicateSubmission
from contacts.actions import action, lock_actor, lock_user
from contacts.models import Role
from credentials.actions.submitting import submit
from credentials.actions.telling import record_event, settle
from credentials.models import EDITABLE, CredentialRecord, CredentialRequest

Status = CredentialRequest.Status
RECORD_CHANGED = "Someone just changed this record. Open it again to see what it says now."
WAITING = "A request to change this record is already waiting for a decision."
# So many drafts and requests that are not decided yet a person has at most.
MOST_UNDECIDED = 50
TOO_MANY = f"There are {MOST_UNDECIDED} drafts and requests that wait already. Withdraw one, or wait for a decision."


@action
def request_update(*, by, record, brief_description, proposed, idempotency_key, is_draft=False):
    """Request a change to a record of one's own, or, as an administrator, of another person.

    ``record`` is how it stood when the form was opened. A draft waits until it is submitted.
    """
    lock_requester(by, record.holder)
    current = CredentialRecord.objects.select_for_update(of=("self",)).get(pk=record.pk)
    content = {"type": record.type, "record": record, "brief_description": brief_description, "proposed": proposed}
    if existing := find_duplicate(record.holder, idempotency_key, content):
        return existing
    if current.values != record.values:
        raise ActionRefused(RECORD_CHANGED)
    if current.requests.open().exists():
        raise ActionRefused(WAITING)
    return _make(by, record.holder, idempotency_key, is_draft=is_draft, original=current.values, **content)


@action
def request_new(*, by, type, brief_description, proposed, idempotency_key, requester=None, is_draft=False):
    """Request a new record of one's own, or, as an administrator, of ``requester``."""
    requester = requester or by
    lock_requester(by, requester)
    content = {"type": type, "brief_description": brief_description, "proposed": proposed, "is_new": True}
    if existing := find_duplicate(requester, idempotency_key, content):
        return existing
    return _make(by, requester, idempotency_key, is_draft=is_draft, **content)


@action
def change_request(credential_request, *, by, seen, brief_description, proposed, type=None, is_draft=False):
    """Change one's draft, or make a new version of what is not decided yet; ``seen`` is the version on the form.

    The request that is passed has the record as it stood when the form was opened.
    """
    known = None if credential_request.is_new else credential_request.record.values
    credential_request = _lock_kept(credential_request, by)
    content = {"type": type or credential_request.type, "brief_description": brief_description, "proposed": proposed}
    is_same = all(getattr(credential_request, name) == value for name, value in content.items())
    if is_same and credential_request.version == seen + 1:
        return credential_request
    _refuse_what_is_settled(credential_request, seen)
    for name, value in content.items():
        setattr(credential_request, name, value)
    if not credential_request.is_new:
        credential_request.original = _lock_free_record(credential_request).values
        if credential_request.original != known:
            raise ActionRefused(RECORD_CHANGED)
    if is_draft and credential_request.status == Status.DRAFT:
        credential_request.keep_labels()
        credential_request.save(update_fields=[*content, "original", "labels"])
        record_event("save_draft", credential_request, by=by)
        return credential_request
    if is_same and credential_request.status == Status.PENDING:
        raise ActionRefused("You have not changed anything. The request waits as it is.")
    return submit(credential_request, by=by)


@action
def withdraw(credential_request, *, by):
    """Take back what is not decided yet. It stays on My Requests; a draft is gone from there."""
    credential_request = _lock_kept(credential_request, by)
    credential_request.become(Status.WITHDRAWN)
    credential_request.withdrawn_at = timezone.now()
    credential_request.save(update_fields=["status", "withdrawn_at"])
    verb = credential_request.status if credential_request.version else "discard_draft"
    record_event(verb, credential_request, by=by)
    settle(credential_request)
    return credential_request


def lock_requester(by, requester=None):
    """One request after the other per person. Raises ActionRefused if the person can no longer sign in.

    Who enters a request for somebody else is an administrator of their district.
    """
    if requester and requester.pk != by.pk:
        lock_actor(by, [Role.DISTRICT_ADMINISTRATOR])
        if requester.district_id != by.district_id:
            raise ActionRefused("You can enter requests for people of your district only.")
    elif not lock_user(by).can_sign_in:
        raise ActionRefused("You can no longer sign in. Nothing was saved.")


def find_duplicate(requester, idempotency_key, content):
    """The request that the same form already made, or None. Raises DuplicateSubmission if its content differs."""
    existing = requester.credential_requests.filter(idempotency_key=idempotency_key).first()
    if existing and any(getattr(existing, name) != value for name, value in content.items()):
        raise DuplicateSubmission
    return existing


def _make(by, requester, idempotency_key, *, is_draft, type, **content):
    if requester.credential_requests.filter(status__in=EDITABLE).count() >= MOST_UNDECIDED:
        raise ActionRefused(TOO_MANY)
    credential_request = CredentialRequest(
        district=requester.district,
        requester=requester,
        entered_by=None if requester.pk == by.pk else by,
        type=type,
        idempotency_key=idempotency_key,
        status=Status.DRAFT,
        version=0,
        **content,
    )
    credential_request.keep_labels()
    credential_request.save(force_insert=True)
    if is_draft:
        record_event("save_draft", credential_request, by=by)
        return credential_request
    return submit(credential_request, by=by)


def _lock_kept(credential_request, by):
    """The request as it is now, of somebody who may change it still."""
    if credential_request.entered_by_id == by.pk:
        lock_actor(by, [Role.DISTRICT_ADMINISTRATOR])
    else:
        lock_requester(by)
    kept = CredentialRequest.objects.kept_by(by).select_for_update(of=("self",)).select_related("requester", "type")
    return kept.get(pk=credential_request.pk)


def _refuse_what_is_settled(credential_request, seen):
    if not credential_request.is_editable:
        raise ActionRefused(f"This request was already {credential_request.get_status_display().lower()}.")
    if credential_request.version != seen:
        raise ActionRefused("This request was changed on another page. Open it again to see what it says now.")


def _lock_free_record(credential_request):
    """The record to update, for which nothing else is asked."""
    record = CredentialRecord.objects.select_for_update(of=("self",)).get(pk=credential_request.record_id)
    if record.requests.open().exclude(pk=credential_request.pk).exists():
        raise ActionRefused(WAITING)
    return record
