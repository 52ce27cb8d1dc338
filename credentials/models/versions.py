from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone

from contacts.constraints import SameDistrict, Unchanging
from contacts.models import District, User
from credentials.models.requests import CredentialRequest


class RequestVersion(models.Model):
    """What a request said each time that it was submitted, and what it answers; only ever added."""

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    request = models.ForeignKey(CredentialRequest, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    brief_description = models.CharField("Brief Description", max_length=300)
    original = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)
    proposed = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    labels = models.JSONField(default=dict, blank=True)
    submitted_at = models.DateTimeField(default=timezone.now)
    submitted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(
        null=True, blank=True, help_text="When an approver returned the version before; empty if nobody did."
    )
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    asked_for = models.TextField(blank=True, help_text="What the approver wrote.")

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["request", "number"],
                name="each_version_of_a_request_once",
                violation_error_message="Someone else just changed this request. Reload the page to see it.",
            ),
            models.CheckConstraint(
                condition=Q(asked_at=None, asked_by=None, asked_for="")
                | Q(asked_at__isnull=False, asked_by__isnull=False) & ~Q(asked_for=""),
                name="a_version_says_what_it_answers",
                violation_error_message="What was returned says what has to change.",
            ),
            SameDistrict(
                field="request",
                name="a_version_is_of_its_requests_district",
                violation_error_message="A version belongs to the district of its request.",
            ),
            SameDistrict(
                field="submitted_by",
                name="a_version_is_submitted_in_its_district",
                violation_error_message="Someone of the district submits a request.",
            ),
            SameDistrict(
                field="asked_by",
                name="a_version_is_asked_for_in_its_district",
                violation_error_message="An approver of the district returns a request.",
            ),
            Unchanging(
                name="a_version_never_changes",
                violation_error_message="What was requested stays as it was submitted.",
            ),
        ]

    def __str__(self):
        return f"Version {self.number} of request {self.request_id}"

    @property
    def is_new(self):
        """Read, as ``type`` is, by the comparison that is drawn of a request and of its versions."""
        return self.request.is_new

    @property
    def type(self):
        return self.request.type
