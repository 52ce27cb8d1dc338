from django.core.validators import URLValidator
from django.db import models
from django.db.models import Q

from cases.models.teams import Team
from contacts.models.districts import validate_one_line


class ProductArea(models.Model):
    """An area of the product that a case is about; some are only for the technical contact."""

    name = models.CharField(max_length=100, unique=True)
    team = models.ForeignKey(
        Team,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="product_areas",
        help_text="Its agents are told of new cases; without one, all of Support is.",
    )
    training = models.CharField(
        "training that fits",
        max_length=200,
        blank=True,
        default="",
        db_default="",
        validators=[validate_one_line],
        help_text="What helps people who often ask about this area; reports name it.",
    )
    training_url = models.URLField(
        "address of the training",
        blank=True,
        default="",
        db_default="",
        validators=[URLValidator(["https"])],
    )
    technical_only = models.BooleanField("for the technical contact only", default=False)
    is_active = models.BooleanField("offered on new cases", default=True)
    order = models.PositiveSmallIntegerField(default=100)

    class Meta:
        ordering = ["order", "name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(training_url="") | (Q(training_url__startswith="https://") & ~Q(training="")),
                name="an_address_of_training_has_a_name_and_https",
                violation_error_message="Name the training, and let its address begin with https://.",
            ),
        ]

    def __str__(self):
        return self.name
