"""What was done about a request for an update, and who else is told of it."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from cases.models.updates import Status, UpdateRequest, UpdateStatus
from cases.models.windows import Window
from contacts.constraints import PersonOfDistrictOrSupport, SameDistrict, Unchanging, choices_constraint
from contacts.models import District, User


class UpdateStep(models.Model):
    """Who brought a request to which status, when and why; only ever added."""

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    request = models.ForeignKey(UpdateRequest, on_delete=models.PROTECT, related_name="steps")
    status = models.CharField(max_length=20, choices=UpdateStatus)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    reason = models.TextField(blank=True)
    window_start = models.DateTimeField(null=True, blank=True)
    window_end = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            choices_constraint("status", UpdateStatus, name="an_update_step_has_one_of_the_statuses"),
            models.CheckConstraint(
                condition=~Q(reason="") | ~Q(status__in=[Status.REQUESTED, Status.DECLINED, Status.CANCELED]),
                name="what_is_requested_declined_or_canceled_has_a_reason",
                violation_error_message="Enter the reason.",
            ),
            SameDistrict(
                field="request",
                name="an_update_step_is_of_its_requests_district",
                violation_error_message="A step belongs to the district of its request.",
            ),
            PersonOfDistrictOrSupport(
                field="by",
                name="an_update_step_is_by_the_district_or_support",
                violation_error_message="The district and Support work on a request.",
            ),
            Unchanging(
                name="an_update_step_never_changes",
                violation_error_message="What was done about a request stays as it was.",
            ),
        ]

    def __str__(self):
        return f"{self.get_status_display()}: {self.request_id}"

    @property
    def window(self):
        return Window(self.window_start, self.window_end) if self.window_start else None


class UpdateRecipient(models.Model):
    """Someone of the district who is told of a request, besides its contacts."""

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    request = models.ForeignKey(UpdateRequest, on_delete=models.PROTECT, related_name="recipients")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["person"]
        constraints = [
            models.UniqueConstraint(
                fields=["request", "person"],
                name="a_person_is_told_of_an_update_once",
                violation_error_message="This person is told already.",
            ),
            SameDistrict(
                field="request",
                name="who_is_told_of_an_update_is_of_its_district",
                violation_error_message="Who is told is of the district of the request.",
            ),
            SameDistrict(
                field="person",
                name="an_update_is_told_to_people_of_the_district",
                violation_error_message="Choose people of the district.",
            ),
            Unchanging(
                fields=["district", "request", "person"],
                name="who_is_told_of_an_update_never_changes",
                violation_error_message="Who is told of a request stays as it was.",
            ),
        ]

    def __str__(self):
        return str(self.person)
