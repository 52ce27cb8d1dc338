from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from contacts.constraints import SameDistrict, Unchanging
from contacts.models import District, User


class DelegationQuerySet(models.QuerySet):
    def in_force(self, at):
        return self.filter(starts_at__lte=at, ends_at__gt=at, ended_at__isnull=True)

    def to_come_or_in_force(self, at):
        return self.filter(ends_at__gt=at, ended_at__isnull=True)


class ApprovalDelegation(models.Model):
    """For a time, another approver also decides what an approver decides."""

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    approver = models.ForeignKey(User, on_delete=models.PROTECT, related_name="delegations_given")
    delegate = models.ForeignKey(User, on_delete=models.PROTECT, related_name="delegations_taken")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    made_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True, help_text="When it was taken back before its end.")

    objects = DelegationQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(approver=F("delegate")),
                name="nobody_delegates_to_themselves",
                violation_error_message="Choose another approver.",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="a_delegation_ends_after_it_starts",
                violation_error_message="The last day is not before the first.",
            ),
            SameDistrict(
                field="approver",
                name="a_delegation_is_of_an_approver_of_its_district",
                violation_error_message="An approver delegates within the district.",
            ),
            SameDistrict(
                field="delegate",
                name="a_delegation_is_to_an_approver_of_its_district",
                violation_error_message="Choose an approver of your district.",
            ),
            Unchanging(
                fields=["district", "approver", "delegate", "starts_at", "ends_at", "made_at"],
                name="a_delegation_stays_as_it_was_made",
                violation_error_message="A delegation stays as it was made. Take it back, and make another one.",
            ),
            Unchanging(
                condition=Q(ended_at__isnull=False),
                name="a_delegation_that_was_taken_back_never_changes",
                violation_error_message="This delegation was taken back already.",
            ),
        ]
        indexes = [models.Index(fields=["delegate", "ends_at"], name="delegations_to_an_approver")]

    def __str__(self):
        return f"{self.approver} to {self.delegate}"

    @property
    def first_day(self):
        return timezone.localdate(self.starts_at, self.district.zone)

    @property
    def last_day(self):
        return self.district.day_before(self.ends_at)
