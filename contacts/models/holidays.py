from datetime import timedelta

from django.db import models
from django.db.models import F, Q

from contacts.constraints import Unchanging
from contacts.models.districts import District, validate_one_line


class DistrictHoliday(models.Model):
    """Days on which the district is closed, besides weekends and public holidays: one day, or a break of several."""

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="holidays")
    name = models.CharField(max_length=100, validators=[validate_one_line])
    first_on = models.DateField("first day")
    last_on = models.DateField("last day")

    class Meta:
        ordering = ["first_on", "last_on", "pk"]
        verbose_name = "holiday or break"
        verbose_name_plural = "holidays and breaks"
        constraints = [
            models.CheckConstraint(
                condition=Q(last_on__gte=F("first_on")),
                name="a_break_ends_after_it_starts",
                violation_error_message="The last day is the first day or a later one.",
            ),
            models.CheckConstraint(
                condition=Q(last_on__lte=F("first_on") + timedelta(days=100)),
                name="a_break_lasts_a_hundred_days_at_most",
                violation_error_message="A break lasts at most a hundred days.",
            ),
            models.UniqueConstraint(
                fields=["district", "first_on", "last_on"],
                name="a_district_names_a_break_once",
                violation_error_message="Your district already has a holiday or break on these days.",
            ),
            Unchanging(
                fields=["district"],
                name="a_break_never_changes_districts",
                violation_error_message="A holiday or break stays in its district.",
            ),
        ]

    def __str__(self):
        return self.name
