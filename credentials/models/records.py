from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from contacts.models import District, User
from credentials.models.types import CredentialType


class CredentialRecordQuerySet(models.QuerySet):
    def visible_to(self, user):
        """A person's own records; approvers read others' on the request, not here."""
        return self.filter(holder=user)


class CredentialRecord(models.Model):
    """A credential that a person holds, as the district keeps it. It changes by an approved request or an import."""

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="credential_records")
    holder = models.ForeignKey(User, on_delete=models.PROTECT, related_name="credential_records")
    type = models.ForeignKey(CredentialType, on_delete=models.PROTECT, related_name="records")
    identifier = models.CharField(max_length=60, blank=True)
    issuing_state = models.CharField(max_length=2, blank=True)
    issued_on = models.DateField(null=True, blank=True)
    effective_on = models.DateField(null=True, blank=True)
    expires_on = models.DateField(null=True, blank=True)
    field = models.CharField(max_length=100, blank=True)
    subjects = ArrayField(models.CharField(max_length=100), default=list, blank=True)
    grade_levels = ArrayField(models.CharField(max_length=100), default=list, blank=True)
    extra = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder, help_text="The type's own fields.")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = CredentialRecordQuerySet.as_manager()

    class Meta:
        ordering = ["type__order", "type__name", "-issued_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_on__isnull=True) | Q(issued_on__isnull=True) | Q(expires_on__gte=F("issued_on")),
                name="a_credential_expires_after_it_was_issued",
                violation_error_message="The credential would expire before it was issued.",
            ),
            models.CheckConstraint(
                condition=Q(expires_on__isnull=True)
                | Q(effective_on__isnull=True)
                | Q(expires_on__gte=F("effective_on")),
                name="a_credential_expires_after_it_takes_effect",
                violation_error_message="The credential would expire before it takes effect.",
            ),
            models.UniqueConstraint(
                fields=["district", "identifier", "issuing_state"],
                condition=~Q(identifier=""),
                name="identifier_is_unique_per_state_in_a_district",
                violation_error_message="The district has a record with this identifier and state already.",
            ),
        ]
        indexes = [models.Index(fields=["holder", "type"], name="records_of_a_holder")]

    def __str__(self):
        return f"{self.type} {self.identifier}".strip()
