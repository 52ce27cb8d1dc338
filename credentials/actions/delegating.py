"""An approver leaves what they decide to another approver for a time."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from contacts import ActionRefused, audit, message_center
from contacts.actions import action, administrators_of, lock_actor
from contacts.models import Kind, Role
from credentials.models import ApprovalDelegation


@action
def delegate(to, *, by, first_day, last_day):
    """From the beginning of the first day to the end of the last, as the district counts days."""
    (may_decide,) = lock_actor(by, [Role.CREDENTIAL_APPROVER], (to, [Role.CREDENTIAL_APPROVER]))
    if not may_decide or to.district_id != by.district_id:
        raise ActionRefused(f"{to} is no approver of your district. Choose another one.")
    district = by.district
    span = {"starts_at": district.end_of(first_day - timedelta(days=1)), "ends_at": district.end_of(last_day)}
    if same := ApprovalDelegation.objects.filter(approver=by, delegate=to, ended_at=None, **span).first():
        return same
    made = ApprovalDelegation(district=district, approver=by, delegate=to, **span)
    made.save(force_insert=True)
    audit.record("delegation.make", by=by, on=made)
    _tell("delegated", made)
    _tell_administrators(made)
    return made


@action
def end_delegation(delegation, *, by):
    """Take it back before its end."""
    lock_actor(by, [Role.CREDENTIAL_APPROVER])
    own = ApprovalDelegation.objects.select_for_update(of=("self",)).filter(approver=by)
    delegation = own.select_related("delegate", "approver", "district").get(pk=delegation.pk)
    if delegation.ended_at or delegation.ends_at <= timezone.now():
        raise ActionRefused("This delegation has ended already.")
    delegation.ended_at = timezone.now()
    delegation.save(update_fields=["ended_at"])
    audit.record("delegation.end", by=by, on=delegation)
    _tell("delegation_ended", delegation)


def _tell(template, delegation):
    message_center.send(
        f"credentials/messages/{template}.txt",
        to=[delegation.delegate],
        kind=Kind.ACCOUNT,
        about=reverse("credentials:approvals"),
        subject="Approvals",
        district=delegation.district,
        delegation=delegation,
    )


def _tell_administrators(delegation):
    """Who may decide in their district is theirs to know."""
    message_center.send(
        "credentials/messages/delegation_made.txt",
        to=administrators_of(delegation.district).exclude(pk__in=[delegation.approver_id, delegation.delegate_id]),
        kind=Kind.ACCOUNT,
        about=reverse("credentials:delegations"),
        subject="Approvals",
        link="",
        district=delegation.district,
        delegation=delegation,
    )
