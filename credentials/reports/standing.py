"""How a request stands, in words that a teacher understands: with whom it is, since when, and for how long usually."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from credentials.models import CredentialRequest, approvers_of

Status = CredentialRequest.Status
NAMED = 3


@dataclass(frozen=True)
class Standing:
    heading: str
    text: str
    tone: str = "info"
    since: object = None
    usual: str = ""


def standing(credential_request):
    """None for what is decided or withdrawn."""
    match credential_request.status:
        case Status.DRAFT:
            return Standing("This is a draft", "Nobody else sees it until you submit it.")
        case Status.RETURNED:
            return Standing(
                "It is with you",
                f"{credential_request.returned_by} asks for a change before deciding: “{credential_request.comment}”",
                "waiting",
                credential_request.returned_at,
            )
        case Status.PENDING:
            return _pending(credential_request)


def _pending(credential_request):
    first = credential_request.first_approved_by
    approvers = list(approvers_of(credential_request)[: NAMED + 1])
    since = credential_request.first_approved_at or credential_request.pending_since
    if not approvers:
        return Standing("Nobody can decide it now", _why_nobody(first), "waiting", since)
    text = f"It is with {_named(approvers)}. The record does not change until the request is approved."
    if first:
        text = f"{first} approved it. This Credential Type needs a second approver: {text}"
    usual = usual_time(credential_request.district_id)
    return Standing("Waiting for a decision", text, "info", since, usual)


def _why_nobody(first):
    if first:
        return f"{first} approved it, and your district has no second approver. Its administrator was told."
    return (
        "This request waits until your district has a credential approver. "
        "Ask your district administrator to designate one."
    )


def _named(people):
    names = [str(person) for person in people[:NAMED]]
    if len(people) > NAMED:
        return f"{', '.join(names)} and other approvers of your district"
    return f"{', '.join(names[:-1])} or {names[-1]}" if len(names) > 1 else names[0]


def usual_time(district):
    """How long the district usually takes, in words; empty where it has decided nothing within a year."""
    median = CredentialRequest.objects.usual_time(district, timezone.now())
    if median is None:
        return ""
    days = round(median / timedelta(days=1))
    if days < 1:
        return "Your district usually decides within a day."
    return f"Your district usually decides within {days} day{'' if days == 1 else 's'}."
