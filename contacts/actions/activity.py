"""What restarts the 180 days of a contact."""

from django.db.models.functions import Greatest
from django.urls import reverse
from django.utils import timezone

from contacts import audit, message_center
from contacts.actions._common import action
from contacts.actions.recipients import others_concerned, support_leads
from contacts.actions.subjects import of_person, settle_flags
from contacts.models import Designation


@action
def note_sign_in(user):
    note_activity(user)
    audit.record("person.sign_in", by=user, on=user)


@action
def note_activity(user):
    """Restart the 180 days of a person's contact designations and lift their flags, in the caller's transaction."""
    held = Designation.objects.authorized_contacts().filter(user=user).order_by("pk")
    locked = list(held.select_for_update(of=("self",)).select_related("user", "district"))
    if locked:
        # A clock may be behind the one that wrote started_at.
        restarted = Greatest("started_at", timezone.now())
        held.order_by().update(inactive_since=restarted, warned_days_before=None, flagged_at=None)
    for designation in locked:
        if designation.flagged_at:
            settle_flags(designation.district_id)
            _tell_lifted(designation)


def _tell_lifted(designation):
    audit.record("contact.flag_lifted", by=designation.user, on=designation, flagged_at=designation.flagged_at)
    message_center.send(
        "contacts/messages/flag_lifted.txt",
        to={*others_concerned(designation), *support_leads()},
        **of_person(designation.user),
        link=reverse("contacts:directory"),
        district=designation.district,
        designation=designation,
    )
