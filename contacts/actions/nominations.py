"""The seat of technical contact changes hands: somebody is nominated and accepts, and then holds it at once."""

from django.urls import reverse
from django.utils import timezone

from contacts import ActionRefused, audit, message_center
from contacts.actions._common import action, lock_district, lock_manager, lock_user
from contacts.actions.designations import refuse_who_cannot_act
from contacts.actions.recipients import administrators_of, others_concerned
from contacts.actions.seats import begin, close, technical_contact
from contacts.actions.subjects import of_person, their_role
from contacts.actions.third_parties import refuse_without_agreement
from contacts.models import Kind, Nomination, Role

Status = Nomination.Status


@action
def nominate(person, *, by, acting_until=None, reason=""):
    """Ask the person to become their district's technical contact. The same form sent twice nominates once."""
    (person,) = lock_manager(by, person)
    district = lock_district(person.district_id)
    refuse_who_cannot_act(person)
    refuse_without_agreement(person, Role.TECHNICAL_CONTACT)
    asked = {"nominee": person, "acting_until": acting_until, "reason": reason}
    if same := Nomination.objects.open().filter(**asked).first():
        return same
    _withdraw_too_late(district, by)
    nomination = Nomination(district=district, nominated_by=by, **asked)
    _refuse_in_vain(nomination, technical_contact(district))
    nomination.save(force_insert=True)
    audit.record("contact.nominate", by=by, on=nomination, acting_until=str(acting_until or ""))
    _tell("nominated", nomination, to={person} - {by}, kind=Kind.ANSWER, by=by)
    return nomination


def _withdraw_too_late(district, by):
    """One that nobody can accept any more does not stand in the way of the next."""
    for nomination in Nomination.objects.open().filter(district=district).select_related("nominee", "district"):
        if nomination.is_too_late:
            withdraw_nomination(nomination, by=by)


def _refuse_in_vain(nomination, seat):
    """Where accepting would change nothing, or comes too late."""
    if nomination.is_too_late:
        raise ActionRefused("The last day of acting is over. Nominate again, with a later day or for good.")
    if not seat or (seat.is_acting and not nomination.acting_until):
        return
    if seat.user_id == nomination.nominee_id:
        change = " Change the end of the acting time instead." if seat.is_acting else ""
        raise ActionRefused(f"{seat.user} is the {seat.role_name.lower()} now.{change}")
    if seat.reverts_to_id == nomination.nominee_id:
        raise ActionRefused(f"The seat goes back to {nomination.nominee} anyway. End the acting designation instead.")


@action
def accept(nomination, *, by):
    """End the designation of who holds the seat and begin the nominee's. A second press changes nothing.

    The nomination stands as it was made, also if the nominator's role has ended since; until it is answered, any
    administrator may withdraw it.
    """
    by = lock_user(by)
    district = lock_district(nomination.district_id)
    seat = technical_contact(district)
    nomination = _lock(nomination)
    _refuse_somebody_else(nomination, by)
    if nomination.status == Status.ACCEPTED:
        return nomination
    refuse_who_cannot_act(by)
    _decide(nomination, Status.ACCEPTED, by=by)
    _refuse_in_vain(nomination, seat)
    if seat:
        close(seat, by=nomination.nominated_by, reason=f"Handed over to {by}.")
    new = _begin(nomination, seat)
    audit.record("contact.accept_nomination", by=by, on=nomination, ended=seat and seat.pk, began=new.pk)
    _tell_of_change(nomination, seat, new)
    return nomination


def _begin(nomination, seat):
    fields = {}
    if nomination.acting_until:
        holder = (seat.reverts_to_id if seat.is_acting else seat.user_id) if seat else None
        ends_at = nomination.district.end_of(nomination.acting_until)
        fields = {"is_acting": True, "ends_at": ends_at, "reverts_to_id": holder}
    return begin(nomination.nominee, role=Role.TECHNICAL_CONTACT, by=nomination.nominated_by, **fields)


@action
def decline(nomination, *, by, answer=""):
    by = lock_user(by)
    nomination = _lock(nomination)
    _refuse_somebody_else(nomination, by)
    if nomination.status == Status.DECLINED:
        return nomination
    nomination.answer = answer
    _decide(nomination, Status.DECLINED, by=by)
    audit.record("contact.decline_nomination", by=by, on=nomination)
    told = {nomination.nominated_by, *administrators_of(nomination.district)}
    _tell("nomination_declined", nomination, to=told - {by}, by=by)
    return nomination


@action
def withdraw_nomination(nomination, *, by):
    lock_manager(by)
    nomination = _lock(nomination)
    if nomination.status == Status.WITHDRAWN:
        return nomination
    _decide(nomination, Status.WITHDRAWN, by=by)
    audit.record("contact.withdraw_nomination", by=by, on=nomination)
    told = {nomination.nominee, nomination.nominated_by}
    _tell("nomination_withdrawn", nomination, to={each for each in told if each.can_sign_in} - {by}, by=by)
    return nomination


@action
def change_acting_end(designation, *, by, until):
    """Let the seat go back earlier or later; ``until`` is the last day."""
    lock_manager(by, designation.user)
    district = lock_district(designation.district_id)
    seat = technical_contact(district)
    if not seat or seat.pk != designation.pk or not seat.is_acting:
        raise ActionRefused("This acting designation has already ended. Nothing was changed.")
    if until < district.today:
        raise ActionRefused("Choose today or a later day. To give the seat back now, end the designation.")
    seat.ends_at = district.end_of(until)
    seat.save(update_fields=["ends_at"])
    audit.record("contact.change_acting_end", by=by, on=seat, until=str(until))
    about = {"district": district, "acting": seat, "by": by, "link": reverse("contacts:directory")}
    others = {*others_concerned(seat), *filter(None, [seat.reverts_to])}
    others = {each for each in others if each.can_sign_in} - {by, seat.user}
    theirs = {seat.user} - {by} if seat.user.can_sign_in else ()
    message_center.send("contacts/messages/acting_end_changed.txt", to=theirs, **their_role(seat), **about)
    message_center.send("contacts/messages/acting_end_changed.txt", to=others, **of_person(seat.user), **about)
    return seat


def _lock(nomination):
    found = Nomination.objects.select_related("district", "nominee", "nominated_by", "decided_by")
    return found.select_for_update(of=("self",)).get(pk=nomination.pk)


def _refuse_somebody_else(nomination, by):
    if nomination.nominee_id != by.pk:
        raise ActionRefused(f"Only {nomination.nominee} can answer this nomination.")


def _decide(nomination, status, *, by):
    nomination.become(status)
    nomination.decided_by, nomination.decided_at = by, timezone.now()
    nomination.save(update_fields=["status", "decided_by", "decided_at", "answer"])
    message_center.settle(nomination.get_absolute_url())


def _tell_of_change(nomination, old, new):
    """Everyone once: who has the seat, who had it, and the district's other contacts and administrators."""
    told = {new.user}
    _tell("seat_taken", nomination, to=[new.user], kind=Kind.ACCOUNT, new=new)
    if old and old.user not in told:
        told.add(old.user)
        left = [old.user] if old.user.can_sign_in else []
        _tell("seat_left", nomination, to=left, kind=Kind.ACCOUNT, new=new)
    others = {*others_concerned(new), nomination.nominated_by}
    _tell("seat_changed", nomination, to={each for each in others if each.can_sign_in} - told, old=old, new=new)


def _tell(template, nomination, *, to, kind=Kind.CONTACTS, **about):
    message_center.send(
        f"contacts/messages/{template}.txt",
        to=to,
        kind=kind,
        about=nomination.get_absolute_url(),
        subject=f"{nomination.nominee}, {nomination.role_name.lower()}",
        link=_link(nomination),
        district=nomination.district,
        nomination=nomination,
        **about,
    )


def _link(nomination):
    """Who is told of a change of the seat sees it in the directory, not the nomination."""
    if nomination.status != Status.ACCEPTED:
        return nomination.get_absolute_url()
    return f"{reverse('contacts:directory')}?district={nomination.district_id}"
