from django.db import models

from cases.models.teams import Team


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
    technical_only = models.BooleanField("for the technical contact only", default=False)
    is_active = models.BooleanField("offered on new cases", default=True)
    order = models.PositiveSmallIntegerField(default=100)

    class Meta:
        ordering = ["order", "name"]

    def __str__(self):
        return self.name
