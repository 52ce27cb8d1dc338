from django.urls import reverse
from django.utils import timezone

from contacts import ActionRefused, audit, message_center
from contacts.actions._common import action, lock_district, lock_manager
from contacts.actions.recipients import others_concerned
from contacts.models import AUTHORIZED_CONTACTS, SUPPORT_SIDE, Designation, Role


@action
def designate(person, *, role, by, school=None):
    """Give the person the role, in their district or at Support."""
    (person,) = lock_manager(by, person)
    refuse_who_cannot_act(person)
    if role in SUPPORT_SIDE and person.district_id:
        raise ActionRefused(f"{person} belongs to a district. People of Support belong to none.")
    designation = Designation(user=person, district=person.district, role=role, school=school, started_by=by)
    designation.inactive_since = designation.started_at
    designation.save()
    audit.record("contact.designate", by=by, on=designation, role=role, person=person.pk)
    _tell("contacts/messages/designated.txt", "contacts/messages/contact_designated.txt", designation, by=by)
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
    designation.end(timezone.now(), by=by, reason=reason)
    designation.save(update_fields=["ended_at", "ended_by", "end_reason"])
    audit.record("contact.end_designation", by=by, on=designation, role=designation.role)
    _tell(
        "contacts/messages/designation_ended.txt",
        "contacts/messages/contact_designation_ended.txt",
        designation,
        by=by,
        reason=reason,
    )


def _lock_current(designation, by):
    lock_manager(by, designation.user)
    if designation.district_id:
        # Two administrators who end each other's designations at once must not both succeed.
        lock_district(designation.district_id)
    designations = Designation.objects.select_for_update(of=("self",)).select_related("user", "district", "school")
    designation = designations.get(pk=designation.pk)
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


def _tell(template, template_for_others, designation, *, by, reason=""):
    """The person, and, when an authorized contact comes or goes, the others in the district who work with them."""
    about = {
        "link": reverse("contacts:directory") if designation.district_id else reverse("home"),
        "district": designation.district,
        "designation": designation,
        "role": designation.get_role_display().lower(),
        "by": by,
        "reason": reason,
    }
    message_center.send(template, to=[designation.user], **about)
    if designation.role in AUTHORIZED_CONTACTS:
        others = others_concerned(designation).exclude(pk=by.pk if by else None)
        message_center.send(template_for_others, to=others, **about)
