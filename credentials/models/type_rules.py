from django.db import models
from django.utils import timezone

from contacts.constraints import SameDistrict, Unchanging, choices_constraint
from contacts.models import District, User
from credentials.models.types import CredentialType


class Way(models.TextChoices):
    ONE = "one", "One approver decides"
    TWO = "two", "A second approver decides, too"
    AUTOMATIC = "automatic", "Approved automatically"


class TypeRule(models.Model):
    """How a district decides the requests of a type; without one, an approver decides."""

    Way = Way
    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    type = models.ForeignKey(CredentialType, on_delete=models.PROTECT, related_name="+")
    way = models.CharField(max_length=20, choices=Way)
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["type__order", "type__name"]
        constraints = [
            models.UniqueConstraint(
                fields=["district", "type"],
                name="one_rule_per_type_and_district",
                violation_error_message="Someone else just chose how this Credential Type is decided.",
            ),
            choices_constraint("way", Way, name="a_type_is_decided_in_one_of_the_ways"),
            SameDistrict(
                field="changed_by",
                name="a_district_chooses_how_it_decides",
                violation_error_message="An administrator of the district chooses how it decides.",
            ),
            Unchanging(
                fields=["district", "type"],
                name="a_rule_stays_with_its_type",
                violation_error_message="A rule stays with its district and its Credential Type.",
            ),
        ]

    def __str__(self):
        return f"{self.type}: {self.get_way_display().lower()}"


def is_automatic(credential_request):
    """Whether the portal approves it, as somebody chose who takes no part in it."""
    about = {"district": credential_request.district, "type": credential_request.type, "way": Way.AUTOMATIC}
    involved = [key for key in credential_request.involved if key]
    return TypeRule.objects.filter(**about).exclude(changed_by__in=involved).exists()


def way_of(district, type):
    found = TypeRule.objects.filter(district=district, type=type).values_list("way", flat=True).first()
    return Way(found or Way.ONE)
