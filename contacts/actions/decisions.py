"""What a district administrator or support lead decides about a flagged contact."""

from django.urls import reverse
from django.utils import timezone

from contacts import ActionRefused, audit, message_center
from contacts.actions._common import action, lock_district, lock_manager
from contacts.actions.recipients import others_concerned, support_leads
from contacts.actions.seats import close, give_back
from contacts.actions.subjects import of_person, settle_flags, their_role
from contacts.models import Designation


@action
def keep(designation, *, by, reason):
    """Lift the flag and restart the count; the person stays the district's contact."""
    designation = _lock_flagged(designation, by)
    designation.restart_inactivity(timezone.now())
    designation.save(update_fields=["inactive_since", "warned_days_before", "flagged_at"])
    # Nothing else keeps this reason; that of an end stays with the designation.
    audit.record("contact.keep", by=by, on=designation, reason=reason)
    settle_flags(designation.district_id)
    _tell("contacts/messages/kept.txt", designation, by=by, reason=reason)


@action
def deactivate(designation, *, by, reason):
    """End the designation of a flagged contact."""
    designation = _lock_flagged(designation, by)
    close(designation, by=by, reason=reason)
    audit.record("contact.deactivate", by=by, on=designation)
    if designation.is_acting:
        give_back(designation, by=by, reason=reason)
        return
    _tell("contacts/messages/deactivated.txt", designation, by=by, reason=reason)


def _lock_flagged(designation, by):
    lock_manager(by, *filter(None, [designation.reverts_to]))
    if designation.is_acting:
        lock_district(designation.district_id)
    designations = Designation.objects.select_related("user", "district", "reverts_to")
    designation = designations.select_for_update(of=("self",)).get(pk=designation.pk)
    if designation.ended_at:
        raise ActionRefused("This designation has already ended. Nothing was changed.")
    if not designation.flagged_at:
        raise ActionRefused("This contact is no longer flagged inactive. Nothing was changed.")
    return designation


def _tell(template, designation, *, by, reason):
    about = {
        "link": reverse("contacts:directory"),
        "district": designation.district,
        "designation": designation,
        "by": by,
        "reason": reason,
    }
    person, others = designation.user, {*others_concerned(designation), *support_leads()}
    message_center.send(template, to={person} - {by}, **their_role(designation), **about)
    message_center.send(template, to=others - {by, person}, **of_person(person), **about)
