"""Who may decide which request."""

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from contacts.models import Designation, Role, User
from credentials.models.delegations import ApprovalDelegation

OVERSEERS = [Role.CREDENTIAL_APPROVER, Role.DISTRICT_ADMINISTRATOR]


def staff_overseen_by(user):
    """For whose credentials an administrator or an approver is responsible: the district's people, or some schools'."""
    people = User.objects.filter(district=user.district_id, district__isnull=False)
    held = [each for each in user.current_designations if each.role in OVERSEERS]
    if any(each.school_id is None for each in held):
        return people
    return people.filter(school__in=[each.school_id for each in held])


def approvers_for(requester, *, but=()):
    """Who may decide the person's requests: the approvers of their district or school, and to whom those delegated.

    Never the requester, nor those with the keys in ``but``; and what these may not do, nobody does in their place.
    """
    excluded = [requester.pk, *filter(None, but)]
    now, district = timezone.now(), requester.district_id
    approving = Designation.objects.in_force(now).filter(role=Role.CREDENTIAL_APPROVER, district=district)
    here = approving.filter(Q(school=None) | Q(school=requester.school_id))
    delegated = ApprovalDelegation.objects.in_force(now).filter(
        delegate=OuterRef("pk"), approver__in=here.exclude(user__in=excluded).values("user")
    )
    people = User.objects.active().filter(
        Exists(here.filter(user=OuterRef("pk"))) | Exists(delegated) & Exists(approving.filter(user=OuterRef("pk"))),
        district=district,
    )
    return people.exclude(pk__in=excluded)


def approvers_of(credential_request):
    """Who may decide it: none of those who are involved in it."""
    return approvers_for(credential_request.requester, but=credential_request.involved)


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
    """A condition on requests: someone may decide it, as ``approvers_for`` says.

    A delegation does not matter here: who delegated could decide it themselves.
    """
    return Exists(_held_by_others(timezone.now()).filter(user__is_active=True, user__email__isnull=False))


def decided_by(approver):
    """A condition on requests: the approver may decide it, or someone not involved left such decisions to them."""
    now = timezone.now()
    left = ApprovalDelegation.objects.in_force(now).filter(delegate=approver).values("approver")
    return Exists(_held_by_others(now).filter(Q(user=approver) | Q(user__in=left)))


def _held_by_others(now):
    """The designations whose holders decide a request, without those of the people who are involved in it."""
    held = Designation.objects.in_force(now).filter(
        Q(school=None) | Q(school=OuterRef("requester__school")),
        role=Role.CREDENTIAL_APPROVER,
        district=OuterRef("district"),
    )
    for person in ["requester", "entered_by", "first_approved_by"]:
        held = held.exclude(user=Coalesce(OuterRef(person), 0))
    return held
