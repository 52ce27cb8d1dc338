from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from contacts.constraints import Unchanging


class InactivityRunQuerySet(models.QuerySet):
    def succeeded(self):
        return self.filter(finished_at__isnull=False).order_by("-finished_at")


class InactivityRun(models.Model):
    """One look at all contacts for who is inactive. A run that failed has a start and no end."""

    # The task runs every hour; whoever looks once a day should see a day on which it did not.
    LATE_AFTER = timedelta(hours=26)

    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    looked_at = models.PositiveIntegerField(default=0, help_text="How many contacts there were.")
    warned = models.PositiveIntegerField(default=0)
    flagged = models.PositiveIntegerField(default=0)
    deactivated = models.PositiveIntegerField(default=0, help_text="Because nobody decided in time.")

    objects = InactivityRunQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at", "-pk"]
        verbose_name = "look for inactive contacts"
        verbose_name_plural = "looks for inactive contacts"
        constraints = [
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True) | Q(finished_at__gte=F("started_at")),
                name="a_run_ends_after_it_starts",
                violation_error_message="A run cannot end before it starts.",
            ),
            models.CheckConstraint(
                condition=Q(finished_at__isnull=False) | Q(looked_at=0, warned=0, flagged=0, deactivated=0),
                name="only_a_finished_run_has_counts",
                violation_error_message="What a run did is known when it has finished.",
            ),
            Unchanging(
                condition=Q(finished_at__isnull=False),
                name="a_finished_run_never_changes",
                violation_error_message="This run has finished. It stays as it was.",
            ),
        ]
        indexes = [
            models.Index(fields=["-finished_at"], condition=Q(finished_at__isnull=False), name="runs_that_succeeded")
        ]

    def __str__(self):
        return f"{self.flagged} flagged, {self.warned} warned" if self.finished_at else "not finished"
