"""Update requests: a district's technical contact asks Support to refresh or to update one of its sites."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from cases.models.sites import REFRESHED, OfDistrictQuerySet, Site, SiteKind, Version
from cases.models.windows import Window
from contacts import ActionRefused
from contacts.constraints import (
    DistrictKey,
    SameDistrict,
    Transitions,
    Unchanging,
    choices_constraint,
)
from contacts.models import District, User


class UpdateKind(models.TextChoices):
    REFRESH = "refresh", "Refresh"
    VERSION = "version", "Version update"


class UpdateStatus(models.TextChoices):
    REQUESTED = "requested", "Requested"
    SCHEDULED = "scheduled", "Scheduled"
    IN_PROGRESS = "in_progress", "In progress"
    COMPLETED = "completed", "Completed"
    DECLINED = "declined", "Declined"
    CANCELED = "canceled", "Canceled"


Status, Kind = UpdateStatus, UpdateKind
OPEN = [Status.REQUESTED, Status.SCHEDULED, Status.IN_PROGRESS]
# In a maintenance window that Support set.
IN_A_WINDOW = [Status.SCHEDULED, Status.IN_PROGRESS, Status.COMPLETED]
TRANSITIONS = {
    Status.REQUESTED: {Status.SCHEDULED, Status.DECLINED, Status.CANCELED},
    Status.SCHEDULED: {Status.SCHEDULED, Status.IN_PROGRESS, Status.DECLINED, Status.CANCELED},
    # What did not work out is done in another window, or not at all.
    Status.IN_PROGRESS: {Status.COMPLETED, Status.SCHEDULED, Status.CANCELED},
    **dict.fromkeys([Status.COMPLETED, Status.DECLINED, Status.CANCELED], frozenset()),
}


def why_no_version_update(district):
    """Which rule keeps the district from asking for a version of its own, and whom to ask; empty where none does."""
    if district.in_state_edition:
        return (
            f"{district} is updated together with its state or consortium, so it cannot request a version update of "
            "its own. Ask your state or consortium when the next update comes."
        )
    if not district.hosted_by_vendor:
        return (
            f"Only districts with “{settings.HOSTED_BY_VENDOR_LABEL}” request version updates, and {district} is not "
            "one of them. Ask whoever runs your servers, or submit a case to Support."
        )
    return ""


class UpdateRequestQuerySet(OfDistrictQuerySet):
    def open(self):
        return self.filter(status__in=OPEN)

    def ended(self):
        return self.filter(ended_at__isnull=False)

    def in_windows(self, start, end):
        """Scheduled or done in windows that begin between the two moments."""
        return self.filter(status__in=IN_A_WINDOW, scheduled_start__gte=start, scheduled_start__lt=end)

    def to_remind_of(self, at):
        """Those that begin within a day, and of which nobody was reminded yet."""
        soon = at + timedelta(days=1)
        return self.filter(status=Status.SCHEDULED, reminded_at=None, scheduled_start__gt=at, scheduled_start__lte=soon)

    def rows(self):
        """With what a list shows of each."""
        return self.select_related("district", "target", "requested_by")


class UpdateRequest(models.Model):
    """A refresh of a site from production, or its update to another version."""

    Kind, Status, TRANSITIONS = UpdateKind, UpdateStatus, TRANSITIONS
    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="update_requests")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="update_requests")
    # The site's own, so that the database can hold what is asked for against it.
    site_kind = models.CharField("site", max_length=20, choices=SiteKind)
    kind = models.CharField(max_length=20, choices=UpdateKind)
    target = models.ForeignKey(
        Version, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="target version"
    )
    window_start = models.DateTimeField("preferred start")
    window_end = models.DateTimeField("preferred end")
    reason = models.TextField()
    acknowledgement = models.CharField(
        max_length=100, blank=True, help_text="What the contact typed, knowing that the site's data is overwritten."
    )
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(default=timezone.now)
    status = models.CharField(max_length=20, choices=UpdateStatus, default=UpdateStatus.REQUESTED)
    scheduled_start = models.DateTimeField(null=True, blank=True)
    scheduled_end = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    notified = models.ManyToManyField(User, through="UpdateRecipient", related_name="+")

    objects = UpdateRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-requested_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "kind"],
                condition=Q(status__in=OPEN),
                name="one_open_update_request_per_site_and_kind",
                violation_error_message="This was already requested for the site, and is not done yet.",
            ),
            choices_constraint("site_kind", SiteKind, name="an_update_is_of_one_of_the_sites"),
            choices_constraint("kind", UpdateKind, name="an_update_request_has_one_of_the_kinds"),
            choices_constraint("status", UpdateStatus, name="an_update_request_has_one_of_the_statuses"),
            models.CheckConstraint(
                condition=Q(kind=Kind.VERSION, target__isnull=False, acknowledgement="")
                | Q(kind=Kind.REFRESH, target=None, site_kind__in=REFRESHED) & ~Q(acknowledgement=""),
                name="a_refresh_is_acknowledged_and_an_update_has_a_version",
                violation_error_message="A refresh of the sandbox or the staging site is acknowledged, and a version "
                "update names the version.",
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="an_update_request_has_a_reason",
                violation_error_message="Say why it is needed.",
            ),
            models.CheckConstraint(
                condition=Q(window_end__gt=models.F("window_start")),
                name="a_preferred_window_ends_after_its_start",
                violation_error_message="The window ends after it starts.",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.REQUESTED, scheduled_start=None, scheduled_end=None)
                | Q(
                    status__in=IN_A_WINDOW,
                    scheduled_start__isnull=False,
                    scheduled_end__isnull=False,
                    scheduled_end__gt=models.F("scheduled_start"),
                )
                | Q(status__in=[Status.DECLINED, Status.CANCELED]),
                name="a_scheduled_update_has_its_window",
                violation_error_message="Choose the maintenance window.",
            ),
            models.CheckConstraint(
                condition=Q(status__in=OPEN, ended_at=None) | ~Q(status__in=OPEN) & Q(ended_at__isnull=False),
                name="an_update_request_that_is_over_says_since_when",
                violation_error_message="A request that is over says since when.",
            ),
            DistrictKey(fields=["district", "id"], name="an_update_request_is_of_one_district"),
            SameDistrict(
                field="site",
                also={"site_kind": "kind"},
                name="an_update_request_is_for_a_site_of_the_district",
                violation_error_message="Choose a site of the district.",
            ),
            SameDistrict(
                field="requested_by",
                name="an_update_is_requested_by_the_district",
                violation_error_message="Someone of the district requests an update.",
            ),
            Transitions(
                allowed=TRANSITIONS,
                name="an_update_request_goes_its_way",
                violation_error_message="From its status the request cannot go there.",
            ),
            Unchanging(
                fields=[
                    *("district", "site", "site_kind", "kind", "target", "window_start", "window_end"),
                    *("reason", "acknowledgement", "requested_by", "requested_at"),
                ],
                name="an_update_request_stays_as_it_was_made",
                violation_error_message="A request stays as it was made.",
            ),
            Unchanging(
                condition=~Q(status__in=OPEN),
                name="an_update_request_that_is_over_never_changes",
                violation_error_message="This request is over. It stays as it is.",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "requested_at", "id"], name="update_requests_waiting"),
            models.Index(fields=["status", "scheduled_start", "id"], name="update_requests_scheduled"),
            models.Index(fields=["district", "scheduled_start"], name="update_requests_by_window"),
            models.Index(fields=["-ended_at", "-id"], condition=Q(ended_at__isnull=False), name="update_requests_over"),
            models.Index(
                fields=["district", "-ended_at", "-id"],
                condition=Q(ended_at__isnull=False),
                name="district_update_requests_over",
            ),
        ]

    def __str__(self):
        return f"{self.what} (request {self.pk})"

    def get_absolute_url(self):
        return reverse("updates:request", args=[self.pk])

    @property
    def what(self):
        site = self.get_site_kind_display().lower()
        return f"Refresh of {site}" if self.kind == Kind.REFRESH else f"Update of {site} to {self.target}"

    @property
    def is_open(self):
        return self.status in OPEN

    @property
    def preferred(self):
        return Window(self.window_start, self.window_end)

    @property
    def scheduled(self):
        return Window(self.scheduled_start, self.scheduled_end) if self.scheduled_start else None

    def become(self, status):
        """Change memory only. Raises ActionRefused where the request may not go there."""
        if status not in TRANSITIONS[self.status]:
            now = self.get_status_display().lower()
            raise ActionRefused(f"{self} is {now}. It cannot become {Status(status).label.lower()}.")
        self.status = status
