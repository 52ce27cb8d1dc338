from django.conf import settings
from django.db import models
from django.db.models import Case, Count, F, FilteredRelation, Func, Q, Value, When
from django.db.models.functions import Cast
from django.utils import timezone

from contacts.constraints import Unchanging, choices_constraint
from contacts.models.designations import Designation
from contacts.models.districts import District
from contacts.models.roles import AUTHORIZED_CONTACTS, Role


class Gap(models.TextChoices):
    """What a district lacks among its authorized contacts, the worst first."""

    NO_CONTACT = "no_contact", "No authorized contact"
    NO_TECHNICAL_CONTACT = "no_technical_contact", "No technical contact"
    TOO_FEW_SUPPORT_CONTACTS = "too_few_support_contacts", "Too few support contacts"
    ONE_PERSON_HERE = "one_person_here", "Only one person available"
    UNTRAINED_CONTACTS = "untrained_contacts", "Untrained contacts"
    FLAGGED_CONTACTS = "flagged_contacts", "Flagged contacts"

    @property
    def weight(self):
        """More than all less bad gaps together."""
        return 2 ** (len(Gap) - 1 - list(Gap).index(self))


# When each gap is open, in the counts of ``with_coverage``.
IS_OPEN = {
    Gap.NO_CONTACT: Q(contacts=0),
    Gap.NO_TECHNICAL_CONTACT: Q(technical__lt=settings.RECOMMENDED_TECHNICAL_CONTACTS),
    Gap.TOO_FEW_SUPPORT_CONTACTS: Q(support__lt=settings.RECOMMENDED_SUPPORT_CONTACTS),
    Gap.ONE_PERSON_HERE: Q(contacts__gt=0, here__lte=1),
    Gap.UNTRAINED_CONTACTS: Q(untrained__gt=0),
    Gap.FLAGGED_CONTACTS: Q(flagged__gt=0),
}


def with_contacts(districts):
    """With the numbers of authorized contacts who can sign in, by kind; people count once, whatever they hold."""
    held = Q(designations__ended_at__isnull=True, designations__role__in=AUTHORIZED_CONTACTS)
    return districts.alias(held=FilteredRelation("designations", condition=held)).annotate(
        support=_people(held__role=Role.SUPPORT_CONTACT),
        technical=_people(held__role=Role.TECHNICAL_CONTACT),
        contacts=_people(),
    )


def _people(*conditions, **fields):
    who_can_act = Q(held__user__is_active=True, held__user__email__isnull=False)
    return Count("held__user", filter=Q(who_can_act, *conditions, **fields), distinct=True)


def with_coverage(districts, at):
    """With how many contacts there are, are not away by the district's calendar, lack training and are flagged; and
    ``severity``, the weights of the open gaps together.
    """
    local = Func(F("time_zone"), Value(at), function="timezone", output_field=models.DateTimeField())
    today = Cast(local, models.DateField())
    counted = with_contacts(districts).annotate(
        here=_people(Q(held__user__away_until__isnull=True) | Q(held__user__away_until__lte=today)),
        untrained=_people(held__in=Designation.objects.untrained()),
        flagged=_people(held__flagged_at__isnull=False),
    )
    weights = [Case(When(IS_OPEN[gap], then=gap.weight), default=0) for gap in Gap]
    return counted.annotate(severity=sum(weights, start=Value(0, models.IntegerField())))


class CoverageGapQuerySet(models.QuerySet):
    def open(self):
        return self.filter(ended_at__isnull=True)

    def open_at(self, moment):
        return self.filter(Q(ended_at__isnull=True) | Q(ended_at__gt=moment), began_at__lte=moment)

    def since(self, moment):
        """Open then, or begun later."""
        return self.filter(Q(ended_at__isnull=True) | Q(ended_at__gt=moment))


class CoverageGap(models.Model):
    """From when to when a district had a gap, to within five minutes: the portal looks that often."""

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="gaps")
    kind = models.CharField(max_length=30, choices=Gap)
    began_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = CoverageGapQuerySet.as_manager()

    class Meta:
        ordering = ["-began_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["district", "kind"],
                condition=Q(ended_at__isnull=True),
                name="one_open_gap_per_district_and_kind",
                violation_error_message="This gap is open already.",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("began_at")),
                name="a_gap_ends_after_it_began",
                violation_error_message="A gap cannot end before it began.",
            ),
            choices_constraint("kind", Gap, name="a_gap_is_of_one_of_the_kinds"),
            Unchanging(
                fields=["district", "kind", "began_at"],
                name="a_gap_never_changes_its_start",
                violation_error_message="Which gap a district had, and since when, never changes.",
            ),
            Unchanging(
                condition=Q(ended_at__isnull=False),
                name="a_closed_gap_never_changes",
                violation_error_message="This gap has ended. It stays as it was.",
            ),
        ]
        indexes = [models.Index(fields=["district", "-began_at"], name="gaps_of_a_district")]

    def __str__(self):
        return f"{self.district}: {self.get_kind_display().lower()}"
