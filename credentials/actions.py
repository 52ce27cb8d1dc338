from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from contacts import ActionRefused, audit, message_center
from contacts.models import Designation, Role, User
from credentials.models import (
    CredentialRecord,
    CredentialRequest,
    Element,
    RequestStatus,
    approvers_for,
)


class RecordMoved(ActionRefused):
    """The record says something else now than when the request was submitted."""


@transaction.atomic
def request_update(*, by, record, brief_description, proposed, token):
    """Ask for a change of one's own record. Gives the request, and whether it is new: an editor saves once.

    ``record`` is as it was read when ``proposed`` was made of it; raises RecordMoved where it has changed since.
    """
    _queue_up(by)
    read, record = record, CredentialRecord.objects.select_for_update(of=("self",)).get(pk=record.pk)
    if saved := by.credential_requests.filter(token=token).first():
        return saved, False
    if record.values != read.values:
        raise RecordMoved("This record changed at the same moment. Open the editor again to see what it says now.")
    if record.requests.pending().exists():
        raise ActionRefused("A change of this record is waiting for a decision already.")
    return _submit(
        CredentialRequest(
            district=record.district,
            requester=by,
            type=record.type,
            record=record,
            brief_description=brief_description,
            original=record.values,
            proposed=proposed,
            token=token,
        )
    ), True


@transaction.atomic
def request_new(*, by, type, brief_description, proposed, token):
    """Ask for a new record of one's own. Gives the request, and whether it is new: an editor saves once."""
    _queue_up(by)
    if saved := by.credential_requests.filter(token=token).first():
        return saved, False
    return _submit(
        CredentialRequest(
            district=by.district,
            requester=by,
            type=type,
            is_new=True,
            brief_description=brief_description,
            proposed=proposed,
            token=token,
        )
    ), True


def _queue_up(person):
    """One after the other per person, so that a double press finds the first press's request."""
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)


def _submit(request):
    request.labels = request.type.labels
    request.save()
    audit.record("credential_request.submit", by=request.requester, on=request, record=request.record_id)
    message_center.send(
        "credentials/messages/submitted.txt",
        to=approvers_for(request.requester),
        link=reverse("credentials:decide", args=[request.pk]),
        district=request.district,
        request=request,
    )
    return request


@transaction.atomic
def approve(*, request, by, comment=""):
    """Make the record say what was asked for. Raises ValidationError where the record may not say that."""
    request = _locked(request, by)
    request.become(RequestStatus.APPROVED)
    request.record = _locked_record(request)
    if request.record_has_moved:
        raise RecordMoved("The record changed after this was requested, so it cannot be approved.")
    request.record.take(request.proposed)
    request.record.updated_at = timezone.now()
    request.record.check_values()
    _save_record(request)
    _decide(request, by, comment)


@transaction.atomic
def deny(*, request, by, comment):
    request = _locked(request, by)
    request.become(RequestStatus.DENIED)
    _decide(request, by, comment)


def _locked(request, by):
    """The request, and with it the role of who decides, so that it cannot end before the decision is saved."""
    request = CredentialRequest.objects.select_for_update(of=("self",)).select_related("requester").get(pk=request.pk)
    if request.requester_id == by.pk:
        raise ActionRefused("Nobody decides their own request: another approver of your district does.")
    roles = Designation.objects.current().filter(user=by, district=request.district_id, role=Role.CREDENTIAL_APPROVER)
    if not roles.select_for_update(of=("self",)).exists():
        raise ActionRefused("You are no credential approver of this district any more; nothing was decided.")
    return request


def _locked_record(request):
    if request.is_new:
        return CredentialRecord(district_id=request.district_id, holder=request.requester, type_id=request.type_id)
    return CredentialRecord.objects.select_for_update(of=("self",)).get(pk=request.record_id)


def _save_record(request):
    if request.is_new:
        request.record.save(force_insert=True)
    else:
        request.record.save(update_fields=[*Element.values, "extra", "updated_at"])


def _decide(request, by, comment):
    request.decided_at, request.decided_by, request.comment = timezone.now(), by, comment
    request.save(update_fields=["status", "record", "decided_at", "decided_by", "comment"])
    audit.record(f"credential_request.{request.status}", by=by, on=request, record=request.record_id)
    message_center.send(
        "credentials/messages/decided.txt",
        to=[request.requester],
        link=reverse("credentials:requests"),
        district=request.district,
        request=request,
    )
