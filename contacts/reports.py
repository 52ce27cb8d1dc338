"""Counts for pages and messages."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Count, Q

from contacts.models import Designation, InactivityRun, Role


@dataclass(frozen=True)
class Coverage:
    """How many contacts a district has, against the recommended set."""

    support: int
    technical: int

    @property
    def missing_support(self):
        return max(settings.RECOMMENDED_SUPPORT_CONTACTS - self.support, 0)

    @property
    def missing_technical(self):
        return max(settings.RECOMMENDED_TECHNICAL_CONTACTS - self.technical, 0)

    @property
    def complete(self):
        return not self.missing_support and not self.missing_technical

    @property
    def none(self):
        return not self.support and not self.technical


def coverage(district):
    """The district's authorized contacts who can sign in, by kind."""
    contacts = Designation.objects.authorized_contacts().active().filter(district=district)
    counted = contacts.aggregate(
        support=Count("user", filter=Q(role=Role.SUPPORT_CONTACT), distinct=True),
        technical=Count("user", filter=Q(role=Role.TECHNICAL_CONTACT), distinct=True),
    )
    return Coverage(**counted)


@dataclass(frozen=True)
class InactivityWatch:
    """When the portal last looked for inactive contacts and got to the end, and whether that is too long ago."""

    last: datetime | None
    is_late: bool


def inactivity_watch(at):
    last = InactivityRun.objects.succeeded().values_list("finished_at", flat=True).first()
    return InactivityWatch(last, is_late=last is None or at - last > InactivityRun.LATE_AFTER)
