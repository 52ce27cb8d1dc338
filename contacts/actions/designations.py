from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from contacts import ActionRefused, audit, message_center
from contacts.actions._common import action, lock_district, lock_manager
from contacts.actions.recipients import others_concerned
from contacts.actions.seats import begin, close, give_back, refuse_without_seat, settle_request
from contacts.actions.subjects import of_person, their_role
from contacts.actions.sweeping import sweep
from contacts.models import AUTHORIZED_CONTACTS, SUPPORT_SIDE, Designation, Role, TrainingNeed


@action
def designate(person, *, role, by, school=None, agreement=None):
    """Give the person the role, in their district or at Support; someone of another organization under an agreement."""
    (person,) = lock_manager(by, person)
    refuse_who_cannot_act(person)
    if role in SUPPORT_SIDE and person.district_id:
        raise ActionRefused(f"{person} belongs to a district. People of Support belong to none.")
    if role in AUTHORIZED_CONTACTS:
        refuse_without_seat(person, role, lock_district(person.district_id))
    if role == Role.SUPPORT_CONTACT:
        settle_request(person, by=by)
    designation = begin(person, role=role, by=by, school=school, agreement=agreement)
    audit.record("contact.designate", by=by, on=designation, role=role, person=person.pk)
    training = TrainingNeed.objects.names_expected(person, role)
    templates = "contacts/messages/designated.txt", "contacts/messages/contact_designated.txt"
    _tell(*templates, designation, by=by, training=training)
    return designation


def refuse_who_cannot_act(person):
    """A role is for people who can be reached and who can act."""
    if not person.email:
        raise ActionRefused(f"{person} has no e-mail address, so the portal could not reach them. Add one first.")
    if not person.is_active:
        raise ActionRefused(f"{person} cannot sign in, so the role would stay empty. Restore their sign-in first.")


@action
def end_designation(designation, *, by, reason):
    """End it from now on; it stays as history."""
    designation = _lock_current(designation, by)
    if designation.role == Role.DISTRICT_ADMINISTRATOR:
        refuse_last_administrator(designation)
    close_designation(designation, by=by, reason=reason)


def end_due():
    """End the designations whose planned end has come, each in a transaction of its own; returns how many."""
    return sweep(Designation.objects.due_to_end(timezone.now()), _end_due)


@action
def _end_due(designation):
    designation = _lock_current(designation, None)
    # Someone may have put it off meanwhile.
    if not designation.ends_at or designation.ends_at > timezone.now():
        return False
    close_designation(designation, by=None, reason=_why_due(designation))
    return True


def _why_due(designation):
    agreement = designation.agreement
    if designation.ends_with_agreement:
        return f"The agreement with {agreement.organization} expired on {date_format(agreement.expires_on)}."
    return "It was to end on this day."


def close_designation(designation, *, by, reason):
    """End what is locked already, in the caller's transaction."""
    close(designation, by=by, reason=reason)
    audit.record("contact.end_designation", by=by, on=designation, role=designation.role)
    if designation.is_acting:
        give_back(designation, by=by, reason=reason)
        return
    _tell(
        "contacts/messages/designation_ended.txt",
        "contacts/messages/contact_designation_ended.txt",
        designation,
        by=by,
        reason=reason,
    )


def _lock_current(designation, by):
    lock_manager(by, *filter(None, [designation.user, designation.reverts_to]))
    if designation.district_id:
        # Two administrators who end each other's designations at once must not both succeed.
        lock_district(designation.district_id)
    designations = Designation.objects.select_related("user", "district", "school", "reverts_to", "agreement__district")
    designation = designations.select_for_update(of=("self",)).get(pk=designation.pk)
    if designation.ended_at:
        raise ActionRefused("This designation has already ended. Nothing was changed.")
    return designation


def refuse_last_administrator(designation):
    administrators = Designation.objects.current().active().filter(role=Role.DISTRICT_ADMINISTRATOR)
    if not administrators.filter(district=designation.district).exclude(pk=designation.pk).exists():
        raise ActionRefused(
            f"{designation.user} is the only district administrator of {designation.district}. "
            "Designate another one first, so that someone can choose its contacts."
        )


def _tell(template, template_for_others, designation, *, by, reason="", training=()):
    """The person, and, when an authorized contact comes or goes, the others in the district who work with them.

    Where training is expected, the person's message leads to it.
    """
    about = {
        "link": reverse("contacts:directory") if designation.district_id else reverse("home"),
        "district": designation.district,
        "designation": designation,
        "role": designation.get_role_display().lower(),
        "by": by,
        "reason": reason,
        "is_contact": designation.role in AUTHORIZED_CONTACTS,
        "days": settings.CONTACT_INACTIVE_AFTER.days,
    }
    to_training = {"training": training, "link": reverse("contacts:training")} if training else {}
    message_center.send(template, to=[designation.user], **their_role(designation), **about | to_training)
    if designation.role in AUTHORIZED_CONTACTS:
        others = others_concerned(designation).exclude(pk=by.pk if by else None)
        message_center.send(template_for_others, to=others, **of_person(designation.user), **about)
