from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from contacts import audit, message_center
from contacts.actions.audience import other_contacts
from contacts.actions.people import hold_person
from contacts.actions.refusals import Refused, explained
from contacts.models import AUTHORIZED_CONTACTS, SUPPORT_SIDE, Designation, District, Role


@transaction.atomic
def designate(person, *, role, by, school=None):
    """Give the person the role, in their district or at Support; ``Refused`` says why it cannot be."""
    person = hold_person(person)
    if not person.is_active:
        raise Refused(f"{person} may not sign in, so the role would stay empty.")
    if role in SUPPORT_SIDE and person.district_id:
        raise Refused(f"{person} belongs to a district; people of Support belong to none.")
    designation = Designation(user=person, district=person.district, role=role, school=school, started_by=by)
    designation.inactive_since = designation.started_at
    with explained(Designation):
        designation.save()
    audit.record("contact.designate", by=by, on=designation, role=role, person=person.pk)
    _tell(
        "contacts/messages/designated.txt",
        "contacts/messages/contact_designated.txt",
        designation,
        by=by,
    )
    return designation


@transaction.atomic
def end_designation(designation, *, by, reason):
    """End it from now on; it stays as history."""
    designation = _lock_current(designation)
    if designation.role == Role.DISTRICT_ADMINISTRATOR:
        _refuse_the_last_administrator(designation)
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


def _lock_current(designation):
    # The district is locked first: two administrators who end each other's designations at once must not both succeed.
    # Without its key, so that rows of the district that are added meanwhile do not wait.
    District.objects.select_for_update(no_key=True).filter(pk=designation.district_id).first()
    designations = Designation.objects.select_for_update(of=("self",)).select_related("user", "district", "school")
    designation = designations.get(pk=designation.pk)
    if designation.ended_at:
        raise Refused("This designation has ended already; nothing was changed.")
    return designation


def _refuse_the_last_administrator(designation):
    administrators = Designation.objects.current().able_to_sign_in().filter(role=Role.DISTRICT_ADMINISTRATOR)
    if not administrators.filter(district=designation.district).exclude(pk=designation.pk).exists():
        raise Refused(
            f"{designation.user} is the only district administrator of {designation.district}. "
            "Designate another one first, or nobody there could choose its contacts."
        )


def _tell(template, template_for_others, designation, *, by, reason=""):
    """The person, and, when an authorized contact comes or goes, the district's other contacts."""
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
        others = other_contacts(designation).exclude(pk=by.pk if by else None)
        message_center.send(template_for_others, to=others, **about)
