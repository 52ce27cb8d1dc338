from datetime import timedelta

from django.db import models
from django.utils import timezone

from cases.models.cases import Case
from contacts.constraints import PersonOfSupport, SameDistrict
from contacts.models import District, User

# Longer than an open page takes to report again.
IS_HERE_FOR = timedelta(seconds=70)


class PresenceQuerySet(models.QuerySet):
    def at(self, moment):
        """Those who have their page open then."""
        return self.filter(seen_at__gt=moment - IS_HERE_FOR)


class Presence(models.Model):
    """An agent who has the page of a case open. It is for Support alone, and forgotten after a while."""

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="presences")
    agent = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    is_writing = models.BooleanField(default=False)
    seen_at = models.DateTimeField(default=timezone.now)

    objects = PresenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "agent"],
                name="an_agent_is_at_a_case_once",
                violation_error_message="This agent has the case open already.",
            ),
            SameDistrict(
                field="case",
                name="a_presence_is_of_its_cases_district",
                violation_error_message="Who is at a case is noted in the district of the case.",
            ),
            PersonOfSupport(
                field="agent",
                name="only_support_is_seen_at_a_case",
                violation_error_message="Only people of Support are seen at a case.",
            ),
        ]
        indexes = [models.Index(fields=["seen_at"], name="presences_by_time")]

    def __str__(self):
        return f"{self.agent} at {self.case}"
