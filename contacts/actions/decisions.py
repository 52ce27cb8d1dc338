"""What a district administrator or support lead decides about a flagged contact."""

from django.urls import reverse
from django.utils import timezone

from contacts import ActionRefused, audit, message_center
from contacts.actions._common import action, lock_manager
from contacts.actions.recipients import others_concerned, support_leads
from contacts.models import Designation


@action
def keep(designation, *, by, reason):
    """Lift the flag and restart the count; the person stays the district's contact."""
    designation = _lock_flagged(designation, by)
    designation.restart_inactivity(timezone.now())
    designation.save(update_fields=["inactive_since", "warned_days_before", "flagged_at"])
    # Nothing else keeps this reason; that of an end stays with the designation.
    audit.record("contact.keep", by=by, on=designation, reason=reason)
    _tell("contacts/messages/kept.txt", designation, by=by, reason=reason)


@action
def deactivate(designation, *, by, reason):
    """End the designation of a flagged contact."""
    designation = _lock_flagged(designation, by)
    designation.end(timezone.now(), by=by, reason=reason)
    designation.save(update_fields=["ended_at", "ended_by", "end_reason"])
    audit.record("contact.deactivate", by=by, on=designation)
    _tell("contacts/messages/deactivated.txt", designation, by=by, reason=reason)


def _lock_flagged(designation, by):
    lock_manager(by)
    designations = Designation.objects.select_for_update(of=("self",)).select_related("user", "district")
    designation = designations.get(pk=designation.pk)
    if designation.ended_at:
        raise ActionRefused("This designation has already ended. Nothing was changed.")
    if not designation.flagged_at:
        raise ActionRefused("This contact is no longer flagged inactive. Nothing was changed.")
    return designation


def _tell(template, designation, *, by, reason):
    message_center.send(
        template,
        to={designation.user, *others_concerned(designation), *support_leads()} - {by},
        link=reverse("contacts:directory"),
        district=designation.district,
        designation=designation,
        by=by,
        reason=reason,
    )
