"""Support contacts beyond the number that a district has without approval: it says why, and a support lead decides."""

from django.urls import reverse
from django.utils import timezone

from contacts import ActionRefused, audit, message_center
from contacts.actions._common import action, lock_actor, lock_district, lock_manager, lock_users
from contacts.actions.designations import refuse_who_cannot_act
from contacts.actions.recipients import administrators_of, others_concerned, support_leads
from contacts.actions.seats import begin
from contacts.models import ContactRequest, Designation, Kind, Role

Status = ContactRequest.Status


@action
def request_contact(person, *, by, reason):
    """Ask Support for the person as one more support contact. The same form sent twice asks once."""
    (person,) = lock_manager(by, person)
    district = lock_district(person.district_id)
    _refuse_to_designate(person)
    if district.support_contacts < district.support_contacts_allowed:
        raise ActionRefused("A place has become free, so nobody needs to be asked. Press the button again.")
    asked = {"person": person, "requested_by": by, "reason": reason}
    if same := ContactRequest.objects.open().filter(**asked).first():
        return same
    request = ContactRequest(district=district, **asked)
    request.save(force_insert=True)
    audit.record("contact_request.submit", by=by, on=request, reason=reason)
    _tell("contact_requested", request, to={*support_leads()} - {by}, kind=Kind.TO_DECIDE)
    _tell("contact_requested", request, to={*administrators_of(district)} - {by})
    return request


def _refuse_to_designate(person):
    refuse_who_cannot_act(person)
    if Designation.objects.current().filter(user=person, role=Role.SUPPORT_CONTACT).exists():
        raise ActionRefused(f"{person} is a support contact already.")


@action
def approve_contact(request, *, by, reason):
    """Designate the person who was asked for. A second press changes nothing."""
    (person,) = _lock_lead(by, request.person)
    lock_district(person.district_id)
    request = _lock(request)
    if (request.status, request.decided_by_id) == (Status.APPROVED, by.pk):
        return request
    return _approve(request, person, by=by, reason=reason)


@action
def designate_beyond(person, *, by, reason, agreement=None):
    """A support lead's own approval, in one step; what was asked about the person is decided along."""
    (person,) = _lock_lead(by, person)
    district = lock_district(person.district_id)
    open_request = ContactRequest.objects.open().filter(person=person).first()
    request = _lock(open_request) if open_request else None
    request = request or ContactRequest(district=district, person=person, requested_by=by, reason=reason)
    return _approve(request, person, by=by, reason=reason, agreement=agreement).designation


def _approve(request, person, *, by, reason, agreement=None):
    request.become(Status.APPROVED)
    _refuse_to_designate(person)
    request.designation = begin(person, role=Role.SUPPORT_CONTACT, by=by, agreement=agreement)
    _decide(request, by=by, reason=reason)
    audit.record("contact_request.approve", by=by, on=request, designation=request.designation.pk, reason=reason)
    others = {*others_concerned(request.designation), request.requested_by} - {by, person}
    directory = f"{reverse('contacts:directory')}?district={request.district_id}"
    _tell("contact_approved", request, to=[person], kind=Kind.ACCOUNT, link=directory, is_theirs=True)
    _tell_of_decision("contact_approved", request, others, link=directory)
    return request


@action
def deny_contact(request, *, by, reason):
    _lock_lead(by)
    request = _lock(request)
    if (request.status, request.decided_by_id) == (Status.DENIED, by.pk):
        return request
    request.become(Status.DENIED)
    _decide(request, by=by, reason=reason)
    audit.record("contact_request.deny", by=by, on=request, reason=reason)
    person = request.person
    others = {*administrators_of(request.district), request.requested_by} - {by, person}
    directory = reverse("contacts:directory")
    theirs = [person] if person.can_sign_in else []
    _tell("contact_denied", request, to=theirs, kind=Kind.ACCOUNT, link=directory, is_theirs=True)
    _tell_of_decision("contact_denied", request, others)
    return request


@action
def withdraw_contact_request(request, *, by):
    lock_manager(by)
    request = _lock(request)
    if request.status == Status.WITHDRAWN:
        return request
    request.become(Status.WITHDRAWN)
    _decide(request, by=by)
    audit.record("contact_request.withdraw", by=by, on=request)
    told = {*support_leads(), *administrators_of(request.district)}
    _tell("contact_request_withdrawn", request, to=told - {by})
    return request


def _lock_lead(by, *people):
    _, *locked = lock_users(by, *people)
    lock_actor(by, [Role.SUPPORT_LEAD])
    return locked


def _lock(request):
    found = ContactRequest.objects.select_related("district", "person", "requested_by", "decided_by")
    return found.select_for_update(of=("self",)).get(pk=request.pk)


def _decide(request, *, by, reason=""):
    request.decided_by, request.decided_at, request.decision_reason = by, timezone.now(), reason
    request.save()
    message_center.settle(request.get_absolute_url())


def _tell_of_decision(template, request, others, **link):
    """Who asked is told in any case."""
    others = {each for each in others if each.can_sign_in}
    asked = {request.requested_by} & others
    _tell(template, request, to=asked, kind=Kind.DECIDED, **link)
    _tell(template, request, to=others - asked, **link)


def _tell(template, request, *, to, kind=Kind.CONTACTS, link=None, is_theirs=False):
    """``is_theirs``: to the person whom the request is about, who cannot open it."""
    message_center.send(
        f"contacts/messages/{template}.txt",
        to=to,
        kind=kind,
        about=request.get_absolute_url(),
        subject=f"{request.person}, additional support contact",
        link=link,
        district=request.district,
        request=request,
        is_theirs=is_theirs,
    )
