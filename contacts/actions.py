from django.db import transaction
from django.utils import timezone

from contacts import audit
from contacts.models import Designation


@transaction.atomic
def note_sign_in(user):
    note_activity(user)
    audit.record("person.sign_in", by=user, on=user)


def note_activity(user):
    """Restart the 180 days of a person's contact designations, and lift a flag, in the caller's transaction."""
    Designation.objects.authorized_contacts().filter(user=user).update(inactive_since=timezone.now(), flagged_at=None)
