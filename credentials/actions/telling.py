"""What is audited and who is told of a request."""

from contacts import audit, message_center
from contacts.actions import administrators_of
from contacts.models import Kind
from credentials.models import approvers_of


def record_event(verb, credential_request, *, by):
    audit.record(f"credential_request.{verb}", by=by, on=credential_request, record=credential_request.record_id)


def tell_approvers(credential_request):
    """Returns whether there is anybody who may decide it."""
    approvers = list(approvers_of(credential_request))
    _send("submitted", credential_request, to=approvers, **_to_decide(credential_request))
    return bool(approvers)


def tell_of_waiting(credential_request):
    _send("waiting", credential_request, to=approvers_of(credential_request), **_to_decide(credential_request))


def tell_administrators(template, credential_request):
    """Of what nobody can decide, or of what nobody decided for long."""
    about = _to_decide(credential_request) | {"about": credential_request.standstill_url}
    _send(template, credential_request, to=administrators_of(credential_request.district), **about)


def settle(credential_request):
    """Nobody is asked any more to decide it or to answer."""
    message_center.settle(
        credential_request.decision_url, credential_request.my_requests_url, credential_request.standstill_url
    )


def _to_decide(credential_request):
    subject = f"{credential_request.requester} · {credential_request.type}"
    return {"kind": Kind.TO_DECIDE, "about": credential_request.decision_url, "subject": subject}


def tell_requester(credential_request):
    _tell_keepers("decided", credential_request, Kind.DECIDED)


def tell_of_return(credential_request):
    _tell_keepers("returned", credential_request, Kind.ANSWER)


def tell_of_entry(credential_request):
    """The person for whom somebody else entered it."""
    _send(
        "entered", credential_request, to=[credential_request.requester], kind=Kind.DECIDED, **_own(credential_request)
    )


def _tell_keepers(template, credential_request, kind):
    """Who entered it is told as long as they are an administrator of the district."""
    entered_by = administrators_of(credential_request.district).filter(pk=credential_request.entered_by_id)
    people = [credential_request.requester, *(entered_by if credential_request.entered_by_id else [])]
    _send(template, credential_request, to=people, kind=kind, **_own(credential_request))


def _own(credential_request):
    subject = f"Your request · {credential_request.brief_description}"
    return {"about": credential_request.my_requests_url, "subject": subject}


def _send(template, credential_request, **to):
    message_center.send(
        f"credentials/messages/{template}.txt",
        district=credential_request.district,
        credential_request=credential_request,
        **to,
    )
