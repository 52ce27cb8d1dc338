from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from contacts import ActionRefused
from contacts.constraints import (
    PersonOfDistrictOrSupport,
    PersonOfSupport,
    SameDistrict,
    Unchanging,
    choices_constraint,
)
from contacts.models.designations import Designation
from contacts.models.districts import District
from contacts.models.people import User
from contacts.models.roles import Role


class Status(models.TextChoices):
    OPEN = "open", "Waiting for Support"
    APPROVED = "approved", "Approved"
    DENIED = "denied", "Denied"
    WITHDRAWN = "withdrawn", "Withdrawn"


# A support lead decides, with a reason.
BY_SUPPORT = [Status.APPROVED, Status.DENIED]


class ContactRequestQuerySet(models.QuerySet):
    def open(self):
        return self.filter(status=Status.OPEN)

    def decided(self):
        return self.filter(decided_at__isnull=False)

    def with_held(self):
        """With how many support contacts the district has now, as ``District.support_contacts``."""
        current = Designation.objects.current().filter(district=OuterRef("district"), role=Role.SUPPORT_CONTACT)
        counted = current.order_by().values("district").annotate(count=Count("pk")).values("count")
        return self.annotate(held=Coalesce(Subquery(counted), 0))

    def visible_to(self, user):
        """Administrators see those of their district, Support those of all."""
        if user.is_support or user.is_staff:
            return self
        if Role.DISTRICT_ADMINISTRATOR not in user.roles:
            return self.none()
        return self.filter(district_id=user.district_id, district__isnull=False)


class ContactRequest(models.Model):
    """A district asks Support for a support contact beyond the number that it has without approval."""

    Status = Status
    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="contact_requests")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(default=timezone.now)
    reason = models.CharField(max_length=500, help_text="Why the district needs more support contacts.")
    status = models.CharField(max_length=20, choices=Status, default=Status.OPEN)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decision_reason = models.CharField(max_length=500, blank=True)
    designation = models.OneToOneField(
        Designation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="request",
        help_text="What began with the approval.",
    )

    objects = ContactRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-requested_at", "-pk"]
        verbose_name = "request for a support contact"
        verbose_name_plural = "requests for support contacts"
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(status=Status.OPEN),
                name="one_open_contact_request_per_person",
                violation_error_message="Support was already asked about this person and has not decided yet.",
            ),
            choices_constraint("status", Status, name="a_contact_request_has_one_of_the_statuses"),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="a_contact_request_has_a_reason",
                violation_error_message="Say why the district needs another support contact.",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.OPEN, decided_at=None, decided_by=None)
                | ~Q(status=Status.OPEN) & Q(decided_at__isnull=False, decided_by__isnull=False),
                name="a_decided_contact_request_says_when_and_by_whom",
                violation_error_message="A request that is decided says when and by whom.",
            ),
            models.CheckConstraint(
                condition=Q(status__in=BY_SUPPORT) & ~Q(decision_reason="")
                | ~Q(status__in=BY_SUPPORT) & Q(decision_reason=""),
                name="supports_decision_has_a_reason",
                violation_error_message="Enter the reason of the decision.",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.APPROVED, designation__isnull=False)
                | ~Q(status=Status.APPROVED) & Q(designation=None),
                name="an_approval_designates",
                violation_error_message="An approved request has the designation that began with it, and no other has.",
            ),
            SameDistrict(
                field="person",
                name="a_contact_is_requested_within_the_district",
                violation_error_message="A district asks for someone of its own.",
            ),
            SameDistrict(
                field="designation",
                also={"person": "user"},
                name="a_contact_request_designates_its_person",
                violation_error_message="An approval designates the person who was asked for.",
            ),
            PersonOfDistrictOrSupport(
                field="requested_by",
                name="who_requests_a_contact_is_of_the_district_or_support",
                violation_error_message="Someone of the district or of Support asks for a contact of it.",
            ),
            PersonOfDistrictOrSupport(
                field="decided_by",
                name="who_withdraws_a_contact_request_is_of_the_district_or_support",
                violation_error_message="Someone of the district or of Support withdraws its request.",
            ),
            PersonOfSupport(
                field="decided_by",
                condition=Q(status__in=BY_SUPPORT),
                name="a_contact_request_is_decided_by_support",
                violation_error_message="Support decides about further support contacts.",
            ),
            Unchanging(
                fields=["district", "person", "requested_by", "requested_at", "reason"],
                name="a_contact_request_stays_as_it_was_made",
                violation_error_message="A request stays as it was made.",
            ),
            Unchanging(
                condition=~Q(status=Status.OPEN),
                name="a_decided_contact_request_never_changes",
                violation_error_message="This request is decided. It stays as it is.",
            ),
        ]
        indexes = [
            models.Index(
                fields=["requested_at", "id"], condition=Q(status=Status.OPEN), name="contact_requests_that_wait"
            ),
            models.Index(fields=["district", "-decided_at", "-id"], name="contact_requests_decided"),
        ]

    def __str__(self):
        return f"{self.person}, requested as support contact"

    def get_absolute_url(self):
        return reverse("contacts:contact_request", args=[self.pk])

    @property
    def is_open(self):
        return self.status == Status.OPEN

    def become(self, status):
        """Change memory only. What is decided stays so: raises ActionRefused, in words that say who was first."""
        if not self.is_open:
            became = self.get_status_display().lower()
            raise ActionRefused(f"This request was already {became} by {self.decided_by}. Nothing was changed.")
        self.status = status
