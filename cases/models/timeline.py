from django.contrib.postgres.indexes import BrinIndex, GinIndex
from django.db import models
from django.db.models import Q
from django.utils import timezone

from cases.models import choices, search
from cases.models.cases import Case
from contacts.constraints import (
    DistrictKey,
    PersonOfDistrictOrSupport,
    PersonOfSupport,
    SameDistrict,
    Unchanging,
    choices_constraint,
)
from contacts.models import District, User


class TimelineQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Internal notes are for Support alone. Whoever asks has already been shown the case."""
        return self if user.is_support else self.public()

    def replies_of_district(self):
        return self.filter(action=choices.Action.REPLIED, by__district__isnull=False)

    def answers(self):
        """What Support answered the district."""
        return self.filter(action__in=choices.ANSWERS, by__isnull=False, by__district__isnull=True)

    def public(self):
        return self.filter(is_internal=False)

    def spoken(self):
        """What people said in their own words, and the notes."""
        return self.filter(Q(action__in=choices.SPOKEN) | Q(is_internal=True))


class TimelineEntry(models.Model):
    """One thing that happened on a case: who did what, when, in which words."""

    Action = choices.Action

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="timeline")
    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=20, choices=Action)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    text = models.TextField(blank=True)
    status = models.CharField(max_length=30, choices=Case.Status, help_text="The status of the case afterwards.")
    is_internal = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    idempotency_key = models.UUIDField(
        null=True, blank=True, editable=False, help_text="Of the form that was sent; sent twice, it counts once."
    )

    objects = TimelineQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "pk"]
        verbose_name_plural = "timeline entries"
        constraints = [
            models.UniqueConstraint(
                fields=["by", "idempotency_key"],
                condition=Q(idempotency_key__isnull=False),
                name="a_timeline_idempotency_key_is_used_once",
                violation_error_message="You already sent this form.",
            ),
            models.UniqueConstraint(
                fields=["idempotency_key"],
                condition=Q(by__isnull=True),
                name="the_portal_does_each_thing_once",
                violation_error_message="The portal already did this.",
            ),
            models.CheckConstraint(
                condition=Q(action="noted", is_internal=True) | (~Q(action="noted") & Q(is_internal=False)),
                name="a_note_and_only_a_note_is_internal",
                violation_error_message="Only notes are internal; the district sees everything else.",
            ),
            models.CheckConstraint(
                condition=~Q(action__in=["replied", "noted", "asked", "resolved", "reopened"]) | ~Q(text=""),
                name="what_is_said_has_words",
                violation_error_message="Write something.",
            ),
            choices_constraint("action", choices.Action, name="a_timeline_entry_has_one_of_the_actions"),
            choices_constraint("status", choices.Status, name="a_timeline_entry_has_one_of_the_statuses"),
            DistrictKey(fields=["district", "id"], name="a_timeline_entry_is_of_one_district"),
            SameDistrict(
                field="case",
                name="a_timeline_entry_is_of_its_cases_district",
                violation_error_message="What happened on a case belongs to the district of the case.",
            ),
            PersonOfDistrictOrSupport(
                field="by",
                name="a_timeline_entry_is_by_its_district_or_support",
                violation_error_message="Only people of the district and of Support act on its cases.",
            ),
            PersonOfSupport(
                field="by",
                condition=Q(is_internal=True),
                name="an_internal_note_is_by_support",
                violation_error_message="Only Support writes internal notes.",
            ),
            Unchanging(
                name="a_timeline_entry_never_changes",
                violation_error_message="What happened on a case is never changed or deleted.",
            ),
        ]
        indexes = [
            models.Index(fields=["case", "created_at", "id"], name="timeline_of_a_case"),
            # One of what everyone reads and one of what Support alone reads.
            GinIndex(
                search.entry_vector(),
                condition=Q(is_internal=False, action__in=choices.SPOKEN),
                name="timeline_search",
            ),
            GinIndex(search.entry_vector(), condition=Q(is_internal=True), name="timeline_search_of_notes"),
            models.Index(fields=["by", "created_at"], condition=Q(action="submitted"), name="submissions_of_a_person"),
            # Entries are stored in the order of their time, so that this is next to nothing.
            BrinIndex(fields=["created_at"], name="timeline_by_time"),
        ]

    def __str__(self):
        return f"{self.case}: {self.get_action_display()}"

    @property
    def author(self):
        """The name, and the side that it speaks for."""
        if not self.by:
            return "The portal"
        return self.by.display_name if self.by.district_id else f"{self.by.display_name} (Support)"

    @property
    def is_reply_of_district(self):
        return self.action == self.Action.REPLIED and self.by is not None and self.by.district_id is not None

    @property
    def what(self):
        if self.action == self.Action.MOVED:
            return f"changed the status to {self.get_status_display()}"
        return self.get_action_display()
