"""Who may decide which request."""

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from contacts.models import Designation, Role, User
from credentials.models.delegations import ApprovalDelegation


def approvers_for(requester, *, but=()):
    """Who may decide the person's requests: the approvers of their district or school, and to whom those delegated.

    Never the requester, nor those with the keys in ``but``.
    """
    now, district = timezone.now(), requester.district_id
    approving = Designation.objects.in_force(now).filter(role=Role.CREDENTIAL_APPROVER, district=district)
    here = approving.filter(Q(school=None) | Q(school=requester.school_id))
    delegated = ApprovalDelegation.objects.in_force(now).filter(
        delegate=OuterRef("pk"), approver__in=here.values("user")
    )
    people = User.objects.active().filter(
        Exists(here.filter(user=OuterRef("pk"))) | Exists(delegated) & Exists(approving.filter(user=OuterRef("pk"))),
        district=district,
    )
    return people.exclude(pk__in=[requester.pk, *filter(None, but)])


def schools_of(approver):
    """The keys of the schools whose staff the approver decides about, None among them for the whole district."""
    held = [each for each in approver.current_designations if each.role == Role.CREDENTIAL_APPROVER]
    schools = {each.school_id for each in held}
    if not held or None in schools:
        return schools
    now = timezone.now()
    given = ApprovalDelegation.objects.in_force(now).filter(delegate=approver).values("approver")
    others = Designation.objects.in_force(now).filter(
        role=Role.CREDENTIAL_APPROVER, district=approver.district_id, user__in=given
    )
    return schools | {*others.values_list("school", flat=True)}


def somebody_decides():
    """A condition on requests: someone may decide it, as ``approvers_for`` says."""
    now = timezone.now()
    held = Designation.objects.in_force(now).filter(
        Q(school=None) | Q(school=OuterRef("requester__school")),
        role=Role.CREDENTIAL_APPROVER,
        district=OuterRef("district"),
        user__is_active=True,
        user__email__isnull=False,
    )
    of_here = Q(approver__designations__school=None) | Q(approver__designations__school=OuterRef("requester__school"))
    delegated = ApprovalDelegation.objects.in_force(now).filter(
        of_here,
        approver__designations__role=Role.CREDENTIAL_APPROVER,
        approver__designations__ended_at=None,
        district=OuterRef("district"),
        delegate__is_active=True,
        delegate__email__isnull=False,
        delegate__in=User.objects.holding(Role.CREDENTIAL_APPROVER),
    )
    for person in ["requester", "entered_by", "first_approved_by"]:
        held = held.exclude(user=Coalesce(OuterRef(person), 0))
        delegated = delegated.exclude(delegate=Coalesce(OuterRef(person), 0))
    return Exists(held) | Exists(delegated)
