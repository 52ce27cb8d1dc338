"""What a request brings about when it is submitted, for the first time or as a new version."""

from django.utils import timezone

from contacts import ActionRefused
from contacts.actions import lock_user
from credentials.actions.deciding import approve_automatically
from credentials.actions.following_up import say_stuck
from credentials.actions.telling import record_event, settle, tell_approvers, tell_of_entry
from credentials.models import CredentialRequest, RequestVersion, is_automatic, may_request

Status = CredentialRequest.Status
MOST_VERSIONS = 50
TOO_MANY = f"This request has {MOST_VERSIONS} versions already. Wait for a decision, or withdraw it and begin anew."
CONTENT = ["type", "brief_description", "original", "proposed", "labels"]


def submit(credential_request, *, by):
    """Bring what is saved or locked already before the approvers, in the caller's transaction."""
    if credential_request.proposed == credential_request.original:
        raise ActionRefused("This would change nothing. Change at least one value.")
    if credential_request.version >= MOST_VERSIONS:
        raise ActionRefused(TOO_MANY)
    if not (credential_request.entered_by_id or may_request(lock_user(by))):
        raise ActionRefused("Your district no longer lets you request changes. Ask a district administrator.")
    is_first = credential_request.status == Status.DRAFT
    now = timezone.now()
    if credential_request.status != Status.PENDING:
        credential_request.become(Status.PENDING)
    credential_request.version += 1
    credential_request.keep_labels()
    credential_request.pending_since = now
    if is_first:
        credential_request.submitted_at = now
    _add_version(credential_request, by, now)
    _begin_anew(credential_request)
    record_event("submit" if is_first else "resubmit", credential_request, by=by)
    settle(credential_request)
    if is_first and credential_request.entered_by_id:
        tell_of_entry(credential_request)
    if is_automatic(credential_request) and approve_automatically(credential_request):
        return credential_request
    if not tell_approvers(credential_request):
        say_stuck(credential_request)
    return credential_request


def _add_version(credential_request, by, now):
    answered = {}
    if credential_request.returned_at:
        answered = {
            "asked_at": credential_request.returned_at,
            "asked_by_id": credential_request.returned_by_id,
            "asked_for": credential_request.comment,
        }
    RequestVersion.objects.create(
        request=credential_request,
        district=credential_request.district,
        number=credential_request.version,
        submitted_at=now,
        submitted_by=by,
        **{name: getattr(credential_request, name) for name in CONTENT if name != "type"},
        **answered,
    )


def _begin_anew(credential_request):
    """An approver looks at the new version as if nobody had seen the one before."""
    cleared = ["returned_at", "returned_by", "first_approved_at", "first_approved_by"]
    cleared += ["reminded_at", "escalated_at", "stuck_since"]
    for name in cleared:
        setattr(credential_request, name, None)
    credential_request.comment = ""
    saved = [*CONTENT, *cleared, "comment", "status", "version", "submitted_at", "pending_since"]
    credential_request.save(update_fields=saved)
