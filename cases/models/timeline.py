from django.db import models
from django.db.models import Q
from django.utils import timezone

from cases.models.cases import Case, Status
from contacts.models import District, User


class Step(models.TextChoices):
    SUBMITTED = "submitted", "submitted the case"
    OPENED_EXCEPTION = "opened_exception", "opened the exception case"
    REPLIED = "replied", "replied"
    NOTED = "noted", "added an internal note"
    TAKEN = "taken", "took the case"
    ASSIGNED = "assigned", "gave the case to another agent"
    ASKED = "asked", "asked for input"
    RESOLVED = "resolved", "wrote a resolution"
    MOVED = "moved", "changed the status"
    HANDED_OVER = "handed_over", "handed the case over"
    CLOSED = "closed", "closed the case"
    REOPENED = "reopened", "reopened the case"


class TimelineQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Internal notes are for Support alone; whoever asks has already been shown the case."""
        return self if user.is_support else self.filter(is_internal=False)


class TimelineEntry(models.Model):
    """One step of a case: who did what, when, in which words."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="timeline")
    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    step = models.CharField(max_length=20, choices=Step)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    text = models.TextField(blank=True)
    status = models.CharField(max_length=30, help_text="The status of the case after this step.")
    is_internal = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    submission = models.UUIDField(
        null=True, blank=True, editable=False, help_text="The form that was sent; sent twice, it counts once."
    )

    # Where a link to the entry leads; a page names the newest one.
    anchor = ""

    objects = TimelineQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "pk"]
        verbose_name_plural = "timeline entries"
        constraints = [
            models.UniqueConstraint(
                fields=["by", "submission"],
                condition=Q(submission__isnull=False),
                name="a_form_is_sent_once",
                violation_error_message="This form was sent already.",
            ),
            models.CheckConstraint(
                condition=Q(step="noted", is_internal=True) | (~Q(step="noted") & Q(is_internal=False)),
                name="a_note_and_only_a_note_is_internal",
                violation_error_message="Notes are internal; everything else is for the district too.",
            ),
            models.CheckConstraint(
                condition=~Q(step__in=["replied", "noted", "asked", "resolved", "reopened"]) | ~Q(text=""),
                name="what_is_said_has_words",
                violation_error_message="Write a text.",
            ),
        ]
        indexes = [models.Index(fields=["case", "created_at", "id"], name="timeline_of_a_case")]

    def __str__(self):
        return f"{self.case}: {self.get_step_display()}"

    @property
    def at(self):
        return self.created_at

    @property
    def who(self):
        """The name, and the side for which it speaks."""
        if not self.by:
            return "The portal"
        return self.by.display_name if self.by.district_id else f"{self.by.display_name} (Support)"

    @property
    def what(self):
        if self.step == Step.MOVED:
            return f"changed the status to {Status(self.status).label}"
        return self.get_step_display()

    @property
    def icon(self):
        return LOOKS[self.step][0]

    @property
    def tone(self):
        return LOOKS[self.step][1]


# The icon and the tone of each step, in the words of the timeline partial.
LOOKS = {
    Step.SUBMITTED: ("send", "info"),
    Step.OPENED_EXCEPTION: ("siren", "waiting"),
    Step.REPLIED: ("message-square", "neutral"),
    Step.NOTED: ("lock", "neutral"),
    Step.TAKEN: ("hand", "info"),
    Step.ASSIGNED: ("user-round-check", "info"),
    Step.ASKED: ("circle-question-mark", "waiting"),
    Step.RESOLVED: ("lightbulb", "good"),
    Step.MOVED: ("arrow-right", "neutral"),
    Step.HANDED_OVER: ("handshake", "info"),
    Step.CLOSED: ("circle-check", "good"),
    Step.REOPENED: ("rotate-ccw", "waiting"),
}
