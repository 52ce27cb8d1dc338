"""Whether districts have the contacts that they need, now and before."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db.models import (
    Case,
    Count,
    F,
    IntegerField,
    Max,
    OuterRef,
    Q,
    Subquery,
    Sum,
    When,
)
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThan

from contacts.models import AUTHORIZED_CONTACTS, CoverageGap, Designation, District, Gap, Role, with_contacts

HISTORY = timedelta(days=365)


@dataclass(frozen=True)
class Coverage:
    """How many of its authorized contacts a district can count on, against the recommended set."""

    support: int
    technical: int
    contacts: int

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
        return not self.contacts


def coverage(district):
    """The district's authorized contacts who can sign in, by kind."""
    counted = with_contacts(District.objects.filter(pk=district.pk))
    return Coverage(**counted.values("support", "technical", "contacts").get())


def with_recorded_gaps(districts, at):
    """With the ``severity`` that was recorded for the moment."""
    weight = Case(*(When(kind=gap, then=gap.weight) for gap in Gap), output_field=IntegerField())
    gaps = CoverageGap.objects.open_at(at).filter(district=OuterRef("pk")).order_by().values("district")
    return districts.annotate(severity=Coalesce(Subquery(gaps.annotate(sum=Sum(weight)).values("sum")), 0))


def with_gap(districts, gap):
    """Those whose ``severity`` has the gap."""
    return districts.filter(_has(gap))


def _has(gap):
    return GreaterThan(F("severity").bitand(gap.weight), 0)


def districts_by_gap(districts):
    """Each gap with how many of the districts have it."""
    found = districts.order_by().aggregate(**{str(gap): Count("pk", filter=_has(gap)) for gap in Gap})
    return [(gap, found[gap]) for gap in Gap]


def gaps(severity):
    """The gaps that make up the severity, the worst first."""
    return [gap for gap in Gap if severity & gap.weight]


def with_seat(districts):
    """With ``technical_since``, when the technical contact's seat was taken, and ``vacant_since``, when it was left."""
    seat = Designation.objects.filter(district=OuterRef("pk"), role=Role.TECHNICAL_CONTACT).order_by()
    left = seat.values("district").annotate(left=Max("ended_at")).values("left")
    return districts.annotate(
        technical_since=Subquery(seat.current().values("started_at")), vacant_since=Subquery(left)
    )


def contacts_at(district, moment):
    """The district's designations of authorized contacts, as they were then."""
    held = district.designations.filter(role__in=AUTHORIZED_CONTACTS, started_at__lte=moment)
    return held.filter(Q(ended_at__isnull=True) | Q(ended_at__gt=moment)).select_related("user")


@dataclass(frozen=True)
class Lane:
    """The gaps of one kind, each as (start, width) in days of the time that is drawn."""

    gap: Gap
    spells: list


def _days(duration):
    return round(duration / timedelta(days=1), 2)


def lanes(found, at):
    """The gaps over the last year, drawn by kind; those of which there was none are left out."""
    first = at - HISTORY
    drawn = {gap: [] for gap in Gap}
    for each in found:
        start, end = (_days(moment - first) for moment in (each.began_at, each.ended_at or at))
        # A day is the least that can be seen.
        start = min(max(start, 0), HISTORY.days - 1)
        drawn[each.kind].append((start, max(end - start, 1)))
    return [Lane(gap, spells) for gap, spells in drawn.items() if spells]
