"""How many may hold a role: one person the seat of technical contact, and as many as the district's number be its
support contacts. What is here runs within an action that has locked the district.
"""

from django.urls import reverse
from django.utils import timezone

from contacts import ActionRefused, audit, message_center
from contacts.actions.recipients import others_concerned, support_leads
from contacts.actions.subjects import of_person, settle_flags, their_role
from contacts.actions.third_parties import lacks_agreement, put_under_agreement
from contacts.models import ContactRequest, Designation, Nomination, Role, User


def refuse_without_seat(person, role, district):
    """A technical contact is nominated where one is in office; an additional support contact is asked for."""
    if role == Role.TECHNICAL_CONTACT and (nomination := _open_nomination(district)):
        raise ActionRefused(f"{nomination.nominee} is nominated as technical contact. Withdraw that nomination first.")
    if role == Role.SUPPORT_CONTACT and district.support_contacts >= district.support_contacts_allowed:
        raise ActionRefused(beyond(district))


def beyond(district):
    """Why the district asks for one more support contact."""
    held, allowed = district.support_contacts, district.support_contacts_allowed
    return (
        f"{district} has {held} support contact{'' if held == 1 else 's'} and may have {allowed} without approval. "
        "Support approves each additional one."
    )


def _open_nomination(district):
    return Nomination.objects.open().filter(district=district).select_related("nominee").first()


def settle_request(person, *, by):
    """Who is designated without approval, since a place became free, is no longer asked for."""
    _withdraw(ContactRequest.objects.open().filter(person=person), "contact_request.withdraw", person, by=by)


def withdraw_what_is_asked(person, *, by):
    """Of someone who leaves: nobody decides about them any more, they answer nothing, and no seat goes back to them."""
    settle_request(person, by=by)
    for acting in Designation.objects.current().filter(reverts_to=person).select_for_update(of=("self",)):
        acting.reverts_to = None
        acting.save(update_fields=["reverts_to"])
        audit.record("contact.forget_heir", by=by, on=acting, person=person.pk)
    _withdraw(Nomination.objects.open().filter(nominee=person), "contact.withdraw_nomination", person, by=by)


def _withdraw(asked, event, person, *, by):
    """Where the portal itself does it, the person it is about stands as who decided."""
    for each in asked.select_for_update(of=("self",)):
        each.become(each.Status.WITHDRAWN)
        each.decided_by, each.decided_at = by or person, timezone.now()
        each.save(update_fields=["status", "decided_by", "decided_at"])
        message_center.settle(each.get_absolute_url())
        audit.record(event, by=by, on=each)


def technical_contact(district):
    """The designation of who holds the seat now, locked; or None."""
    held = Designation.objects.current().filter(district=district, role=Role.TECHNICAL_CONTACT)
    return held.select_related("user", "district").select_for_update(of=("self",)).first()


def heirs(people):
    """To whom the seat goes back when one of the people stops acting; they are locked together with them."""
    acting = Designation.objects.current().filter(user__in=people, reverts_to__isnull=False)
    return User.objects.filter(pk__in=acting.values("reverts_to"))


def begin(person, *, role, by, agreement=None, **fields):
    designation = Designation(user=person, district=person.district, role=role, started_by=by, **fields)
    designation.started_at = designation.inactive_since = timezone.now()
    put_under_agreement(designation, agreement)
    designation.save()
    return designation


def close(designation, *, by, reason):
    designation.end(timezone.now(), by=by, reason=reason)
    designation.save(update_fields=["ended_at", "ended_by", "end_reason"])
    if designation.flagged_at:
        settle_flags(designation.district_id)


def give_back(acting, *, by, reason):
    """After the end of an acting technical contact: who held the seat for good has it again, or it is vacant."""
    back = _give_back(acting, by)
    about = {
        "link": f"{reverse('contacts:directory')}?district={acting.district_id}",
        "district": acting.district,
        "acting": acting,
        "back": back,
        "by": by,
        "reason": reason,
    }
    told = {acting.user, back.user} if back else {acting.user}
    others = {*others_concerned(acting)} if back else {*others_concerned(acting), *support_leads()}
    message_center.send("contacts/messages/acting_ended.txt", to=[acting.user], **their_role(acting), **about)
    if back:
        message_center.send("contacts/messages/seat_yours_again.txt", to=[back.user], **their_role(back), **about)
    template = "seat_returned" if back else "seat_vacant"
    seen_by_others = of_person((back or acting).user)
    message_center.send(f"contacts/messages/{template}.txt", to=others - told - {by}, **seen_by_others, **about)


def _give_back(acting, by):
    """The new designation; or None where nobody is left who may hold the seat."""
    person = acting.reverts_to
    if person is None or not person.can_sign_in or lacks_agreement(person, Role.TECHNICAL_CONTACT):
        return None
    back = begin(person, role=Role.TECHNICAL_CONTACT, by=by)
    audit.record("contact.give_back", by=by, on=back, acting=acting.pk)
    return back
