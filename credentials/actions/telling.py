"""What is audited and who is told of a request."""

from contacts import audit, message_center
from contacts.models import Kind
from credentials.models import approvers_for


def record_event(verb, credential_request, *, by):
    audit.record(f"credential_request.{verb}", by=by, on=credential_request, record=credential_request.record_id)


def tell_approvers(credential_request):
    message_center.send(
        "credentials/messages/submitted.txt",
        to=approvers_for(credential_request.requester),
        kind=Kind.TO_DECIDE,
        about=credential_request.decision_url,
        subject=f"{credential_request.requester} · {credential_request.type}",
        district=credential_request.district,
        credential_request=credential_request,
    )


def tell_requester(credential_request):
    message_center.send(
        "credentials/messages/decided.txt",
        to=[credential_request.requester],
        kind=Kind.DECIDED,
        about=credential_request.my_requests_url,
        subject=f"Your request · {credential_request.brief_description}",
        district=credential_request.district,
        credential_request=credential_request,
    )
