"""When Support answers: how soon for each priority, in which hours, and on which days not."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q

from cases.models import choices
from contacts.business_time import Calendar
from contacts.constraints import choices_constraint
from contacts.models.districts import validate_one_line


class Weekday(models.IntegerChoices):
    MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = range(7)


class ResponseTarget(models.Model):
    """Within how many business hours Support answers a case of a priority."""

    priority = models.CharField(max_length=20, choices=choices.Priority, unique=True)
    first_answer_hours = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1)], help_text="Business hours from the submission to Support's first answer."
    )
    next_answer_hours = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1)], help_text="Business hours from the district's reply to Support's answer."
    )

    class Meta:
        ordering = ["first_answer_hours"]
        constraints = [choices_constraint("priority", choices.Priority, name="a_target_has_one_of_the_priorities")]

    def __str__(self):
        return f"Response target: {self.get_priority_display()}"


class SupportHours(models.Model):
    """When Support works on a weekday; a weekday without a row is closed."""

    weekday = models.PositiveSmallIntegerField(choices=Weekday, unique=True)
    opens_at = models.TimeField()
    closes_at = models.TimeField(help_text="On the same day, at 11:59 PM at the latest.")

    class Meta:
        ordering = ["weekday"]
        verbose_name = verbose_name_plural = "Support's hours"
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")),
                name="support_closes_after_it_opens",
                violation_error_message="The closing time is later than the opening time.",
            ),
            choices_constraint("weekday", Weekday, name="support_works_on_one_of_the_weekdays"),
        ]

    def __str__(self):
        return self.get_weekday_display()


class SupportHoliday(models.Model):
    """Days on which Support is closed, besides the federal holidays."""

    name = models.CharField(max_length=100, validators=[validate_one_line])
    first_on = models.DateField("first day")
    last_on = models.DateField("last day")

    class Meta:
        ordering = ["first_on", "last_on", "pk"]
        verbose_name = "holiday of Support"
        verbose_name_plural = "holidays of Support"
        constraints = [
            models.CheckConstraint(
                condition=Q(last_on__gte=F("first_on")) & Q(last_on__lte=F("first_on") + timedelta(days=30)),
                name="support_is_closed_for_a_month_at_most",
                violation_error_message="The last day is the first day or one of the thirty after it.",
            ),
        ]

    def __str__(self):
        return self.name


def support_calendar():
    """Support's business hours. Without any hours nothing can be promised: None."""
    hours = {each.weekday: (each.opens_at, each.closes_at) for each in SupportHours.objects.all()}
    breaks = tuple(SupportHoliday.objects.values_list("first_on", "last_on", "name"))
    return Calendar(ZoneInfo(settings.SUPPORT_TIME_ZONE), hours, breaks) if hours else None
