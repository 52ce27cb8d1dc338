from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.validators import URLValidator
from django.db import models
from django.db.models import Case, Count, DateTimeField, Exists, F, Func, OuterRef, Q, When
from django.urls import reverse
from django.utils import timezone

from contacts.constraints import DistrictKey, PersonOfDistrictOrSupport, Unchanging
from contacts.models.districts import LAST_DAY, District, validate_one_line, validate_this_century
from contacts.models.people import User


def midnight(field, *, days=0):
    """In SQL: when the day in ``field``, or the one so many days later, begins in the district."""
    return Func(
        F(field),
        F("district__time_zone"),
        template="((%(expressions)s)",
        arg_joiner=f" + {days})::timestamp AT TIME ZONE ",
        output_field=DateTimeField(),
    )


class AgreementQuerySet(models.QuerySet):
    def with_times(self):
        """With ``begins`` and ``expires``, the moments between which the agreement holds."""
        return self.alias(begins=midnight("signed_on"), expires=midnight("expires_on", days=1))

    def not_over(self, at):
        return self.with_times().filter(ended_at__isnull=True, expires__gt=at)

    def over(self, at):
        return self.with_times().filter(Q(ended_at__isnull=False) | Q(expires__lte=at))

    def in_force(self, at):
        return self.not_over(at).filter(begins__lte=at)

    def resting_on(self, agreement, at):
        """The agreement, and the renewals of it that have not begun: until then a role rests on the earlier one."""
        later = self.with_times().filter(begins__gt=at, district=agreement.district_id)
        later = later.filter(organization__iexact=agreement.organization).values("pk")
        return self.filter(Q(pk=agreement.pk) | Q(pk__in=later))

    def with_people(self):
        """With ``people``, how many are contacts under it now."""
        held = Q(designations__isnull=False, designations__ended_at__isnull=True)
        return self.annotate(people=Count("designations__user", filter=held, distinct=True))

    def covering(self, person):
        """Those with the organization that the person works for."""
        return self.filter(district=person.district_id, organization__iexact=person.organization)

    def due_to_be_warned(self, at):
        """With ``nearest``, how many days before the expiry is warned of now; what was missed is passed over."""
        days_before = sorted(settings.AGREEMENT_WARN_DAYS_BEFORE)
        nearest = [When(expires__lte=at + timedelta(days=days), then=days) for days in days_before]
        held = self.model._meta.get_field("designations").related_model.objects.current()
        coming = self.not_over(at).filter(Exists(held.filter(agreement=OuterRef("pk"))))
        coming = coming.filter(expires__lte=at + timedelta(days=days_before[-1]))
        coming = coming.annotate(nearest=Case(*nearest, output_field=models.IntegerField()))
        return coming.filter(Q(warned_days_before__isnull=True) | Q(warned_days_before__gt=F("nearest")))

    def visible_to(self, user):
        if user.is_support or user.is_staff:
            return self
        return self.filter(district_id=user.district_id)


class Agreement(models.Model):
    """What a district and an organization signed, so that people of the organization may be the district's contacts."""

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="agreements")
    organization = models.CharField(max_length=200, validators=[validate_one_line])
    document = models.CharField(
        max_length=200,
        validators=[validate_one_line],
        help_text="Its title, or the number under which your district keeps it.",
    )
    link = models.CharField(
        "link to the document",
        max_length=500,
        blank=True,
        validators=[URLValidator(schemes=["https"])],
        help_text="Where your district keeps it. Starts with https://.",
    )
    signed_on = models.DateField("signed on", help_text="Nobody is a contact under it before this day.")
    expires_on = models.DateField(
        "expires on", validators=[validate_this_century], help_text="The last day on which it holds."
    )
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True, help_text="When it was ended before its expiry.")
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    end_reason = models.CharField(max_length=500, blank=True)
    warned_days_before = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="The last warning came so many days before the expiry."
    )

    objects = AgreementQuerySet.as_manager()

    class Meta:
        ordering = ["expires_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_on__lte=LAST_DAY),
                name="an_agreement_expires_within_this_century",
                violation_error_message="Enter a day of this century.",
            ),
            models.CheckConstraint(
                condition=Q(expires_on__gt=F("signed_on")),
                name="an_agreement_expires_after_it_is_signed",
                violation_error_message="The agreement expires on a later day than it is signed.",
            ),
            models.CheckConstraint(
                condition=Q(link="") | Q(link__startswith="https://"),
                name="the_document_of_an_agreement_is_behind_https",
                violation_error_message="Enter an address that starts with https://.",
            ),
            models.UniqueConstraint(
                fields=["district", "organization", "document", "signed_on", "expires_on"],
                condition=Q(ended_at__isnull=True),
                name="an_agreement_is_recorded_once",
                violation_error_message="This agreement is recorded already.",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True, end_reason="")
                | Q(ended_at__gte=F("recorded_at"), ended_by__isnull=False) & ~Q(end_reason=""),
                name="an_agreement_that_ended_early_says_when_by_whom_and_why",
                violation_error_message="An agreement that was ended says when, by whom and why.",
            ),
            DistrictKey(fields=["district", "id"], name="an_agreement_is_of_one_district"),
            PersonOfDistrictOrSupport(
                field="recorded_by",
                name="who_records_an_agreement_is_of_the_district_or_support",
                violation_error_message="Someone of the district or of Support records its agreements.",
            ),
            PersonOfDistrictOrSupport(
                field="ended_by",
                name="who_ends_an_agreement_is_of_the_district_or_support",
                violation_error_message="Someone of the district or of Support ends its agreements.",
            ),
            Unchanging(
                fields=[
                    *("district", "organization", "document", "link", "signed_on", "expires_on"),
                    *("recorded_at", "recorded_by"),
                ],
                name="an_agreement_never_changes",
                violation_error_message="An agreement stays as it was recorded. End it and record another one.",
            ),
            Unchanging(
                condition=Q(ended_at__isnull=False),
                name="an_ended_agreement_never_changes",
                violation_error_message="This agreement was ended. It stays as it was.",
            ),
        ]
        indexes = [models.Index(fields=["district", "expires_on", "id"], name="agreements_of_a_district")]

    def __str__(self):
        return f"{self.organization}, {self.document}"

    def get_absolute_url(self):
        return reverse("contacts:agreement", args=[self.pk])

    @property
    def begins_at(self):
        return datetime.combine(self.signed_on, time.min, tzinfo=ZoneInfo(self.district.time_zone))

    @property
    def expires_at(self):
        """The end of the last day, in the district's time zone."""
        return self.expires_in(self.district.time_zone)

    def expires_in(self, zone):
        return datetime.combine(self.expires_on + timedelta(days=1), time.min, tzinfo=ZoneInfo(zone))

    def is_over(self, at):
        return bool(self.ended_at) or self.expires_at <= at

    def may_renew(self, earlier):
        """Whether roles under the earlier one may go on under this: without a day between, and for longer."""
        return (
            self.organization.upper() == earlier.organization.upper()
            and self.begins_at <= earlier.expires_at < self.expires_at
        )
