"""Whether the audit still says what was written into it."""

from django.urls import reverse

from contacts import audit, message_center
from contacts.actions._common import action
from contacts.models import AuditCheck, Kind, User


@action
def check_audit():
    """Walk along every chain, note what was found, and tell the Django admins of a broken one."""
    chains = audit.chains()
    broken = [chain for chain in chains if chain.fault]
    if broken:
        message_center.send(
            "contacts/messages/audit_broken.txt",
            to=User.objects.active().filter(is_staff=True),
            kind=Kind.ACCOUNT,
            subject="The audit",
            about=reverse("admin:contacts_auditevent_changelist"),
            broken=broken,
        )
    return AuditCheck.objects.create(
        chains=len(chains),
        events=sum(chain.events for chain in chains),
        faults="\n".join(f"{chain}." for chain in broken),
    )
