"""Who may decide which request."""

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from contacts.models import Designation, Role, User


def approvers_for(requester, *, but=()):
    """The approvers of the person's district or school, never the requester, nor those with the keys in ``but``."""
    held = Designation.objects.in_force(timezone.now()).filter(
        Q(school=None) | Q(school=requester.school_id),
        role=Role.CREDENTIAL_APPROVER,
        district=requester.district_id,
        user=OuterRef("pk"),
    )
    people = User.objects.active().filter(Exists(held), district=requester.district_id)
    return people.exclude(pk__in=[requester.pk, *filter(None, but)])


def somebody_decides():
    """A condition on requests: there is an approver of the requester's district or school who may decide it."""
    held = Designation.objects.in_force(timezone.now()).filter(
        Q(school=None) | Q(school=OuterRef("requester__school")),
        role=Role.CREDENTIAL_APPROVER,
        district=OuterRef("district"),
        user__is_active=True,
        user__email__isnull=False,
    )
    involved = ["requester", "entered_by", "first_approved_by"]
    for person in involved:
        held = held.exclude(user=Coalesce(OuterRef(person), 0))
    return Exists(held)
