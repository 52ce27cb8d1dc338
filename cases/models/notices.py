"""Notices: what Support tells districts of incidents and of maintenance."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Prefetch, Q
from django.urls import reverse
from django.utils import timezone

from cases.models.affected import NoticeArea, NoticeCase, NoticeDismissal, NoticeDistrict, NoticeReport
from cases.models.product_areas import ProductArea
from cases.models.sites import SiteKind
from contacts.constraints import PersonOfSupport, Unchanging, choices_constraint
from contacts.models import District, User
from contacts.models.districts import validate_one_line


class NoticeKind(models.TextChoices):
    # In this order, which is that of the alphabet too, they are shown.
    INCIDENT = "incident", "Incident"
    MAINTENANCE = "maintenance", "Maintenance"


class NoticeStep(models.TextChoices):
    POSTED = "posted", "Posted"
    UPDATED = "updated", "Update"
    CHANGED = "changed", "Changed"
    RESOLVED = "resolved", "Resolved"


Kind, Step = NoticeKind, NoticeStep
# A moment past the year 9999 in another time zone could be stored, and never be read again.
FIRST_MOMENT, LAST_MOMENT = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


class NoticeQuerySet(models.QuerySet):
    def open(self):
        return self.filter(resolved_at=None)

    def closed(self):
        return self.filter(resolved_at__isnull=False)

    def announced(self):
        return self.filter(announced_at__isnull=False)

    def visible_to(self, user):
        """Support and Django admins see every notice, a person of a district those that affect it and public ones."""
        if user.is_support or user.is_staff:
            return self
        if not user.district_id:
            return self.none()
        return self.announced().filter(Q(is_public=True) | _affects(user.district_id))

    def affecting(self, user):
        """Those that a person reads on every page. Support answers for all districts."""
        if user.is_support:
            return self.announced()
        return self.announced().filter(_affects(user.district_id)) if user.district_id else self.none()

    def not_dismissed_by(self, user):
        seen = NoticeDismissal.objects.filter(person=user, notice=OuterRef("pk"), number__gte=OuterRef("number"))
        return self.filter(~Exists(seen))

    def to_announce(self, at):
        soon = at + settings.MAINTENANCE_ANNOUNCED_BEFORE
        return self.open().filter(announced_at=None, starts_at__lte=soon)

    def to_remind_of(self, at):
        """Maintenance that begins within a day, and of which districts heard earlier than that."""
        day = timedelta(days=1)
        coming = self.open().filter(kind=Kind.MAINTENANCE, reminded_at=None, announced_at__lt=at - day)
        return coming.filter(starts_at__gt=at, starts_at__lte=at + day)

    def rows(self):
        """With what a list shows of each."""
        updates = Prefetch("updates", NoticeUpdate.objects.select_related("by"))
        return self.prefetch_related(updates, "product_areas", "districts")


def _affects(district_id):
    named = NoticeDistrict.objects.filter(notice=OuterRef("pk"), district=district_id)
    reported = NoticeReport.objects.filter(notice=OuterRef("pk"), district=district_id)
    tied = NoticeCase.objects.filter(notice=OuterRef("pk"), district=district_id)
    return Q(everyone=True) | Exists(named) | Exists(reported) | Exists(tied)


class Notice(models.Model):
    """An incident or maintenance. Its districts are told when it is announced, and of each update."""

    Kind = NoticeKind
    kind = models.CharField(max_length=20, choices=NoticeKind)
    title = models.CharField(max_length=120, validators=[validate_one_line])
    instructions = models.TextField(blank=True, help_text="What people do meanwhile.")
    everyone = models.BooleanField("all districts", default=False)
    districts = models.ManyToManyField(District, through=NoticeDistrict, related_name="+")
    product_areas = models.ManyToManyField(ProductArea, through=NoticeArea, related_name="+")
    site_kinds = ArrayField(models.CharField(max_length=20, choices=SiteKind), verbose_name="sites", default=list)
    is_public = models.BooleanField("public", default=False, help_text="Shown on the public status page, to anyone.")
    starts_at = models.DateTimeField("start")
    expected_end = models.DateTimeField(null=True, blank=True)
    posted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    posted_at = models.DateTimeField(default=timezone.now)
    idempotency_key = models.UUIDField(null=True, blank=True, unique=True)
    number = models.PositiveIntegerField("updates so far", default=1)
    updated_at = models.DateTimeField(default=timezone.now)
    announced_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-posted_at", "-pk"]
        constraints = [
            choices_constraint("kind", NoticeKind, name="a_notice_has_one_of_the_kinds"),
            models.CheckConstraint(
                condition=~Q(title=""), name="a_notice_has_a_title", violation_error_message="Enter a title."
            ),
            models.CheckConstraint(
                condition=Q(site_kinds__contained_by=SiteKind.values),
                name="a_notice_is_about_sites_that_there_are",
                violation_error_message="Choose sites of the list.",
            ),
            models.CheckConstraint(
                condition=Q(expected_end=None) | Q(expected_end__gt=F("starts_at")),
                name="a_notice_ends_after_its_start",
                violation_error_message="The expected end is after the start.",
            ),
            models.CheckConstraint(
                condition=~Q(kind=Kind.MAINTENANCE) | Q(expected_end__isnull=False),
                name="maintenance_has_an_expected_end",
                violation_error_message="Enter when the maintenance is expected to end.",
            ),
            models.CheckConstraint(
                condition=~Q(kind=Kind.INCIDENT) | Q(announced_at__isnull=False, reminded_at=None),
                name="an_incident_is_announced_at_once",
                violation_error_message="An incident is announced at once, and nobody is reminded of it.",
            ),
            models.CheckConstraint(
                condition=Q(starts_at__gte=FIRST_MOMENT, starts_at__lt=LAST_MOMENT)
                & (Q(expected_end=None) | Q(expected_end__lt=LAST_MOMENT)),
                name="a_notice_is_of_this_century",
                violation_error_message="Enter a year of this century.",
            ),
            PersonOfSupport(
                field="posted_by", name="support_posts_notices", violation_error_message="Only Support posts notices."
            ),
            Unchanging(
                fields=["kind", "posted_by", "posted_at", "idempotency_key"],
                name="a_notice_stays_what_it_was_posted_as",
                violation_error_message="A notice keeps its kind, and who posted it when.",
            ),
            Unchanging(
                condition=Q(resolved_at__isnull=False),
                name="a_closed_notice_never_changes",
                violation_error_message="This notice is closed. Post a new one.",
            ),
        ]
        indexes = [
            models.Index(fields=["kind", "-posted_at", "-id"], condition=Q(resolved_at=None), name="notices_open"),
            models.Index(fields=["-resolved_at", "-id"], condition=Q(resolved_at__isnull=False), name="notices_closed"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.title}"

    def get_absolute_url(self):
        return reverse("notices:notice", args=[self.pk])

    @property
    def is_incident(self):
        return self.kind == Kind.INCIDENT

    @property
    def is_open(self):
        return self.resolved_at is None

    @property
    def has_begun(self):
        return self.starts_at <= timezone.now()

    @property
    def announced_on(self):
        """When the districts are told of it, where that is not done yet."""
        return self.starts_at - settings.MAINTENANCE_ANNOUNCED_BEFORE

    @property
    def sites(self):
        return [SiteKind(kind).label for kind in self.site_kinds]


class NoticeUpdate(models.Model):
    """One thing that was said about a notice; only ever added, and numbered so that two cannot be the next."""

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="updates")
    number = models.PositiveIntegerField()
    step = models.CharField(max_length=20, choices=NoticeStep)
    text = models.TextField(blank=True)
    expected_end = models.DateTimeField(null=True, blank=True, help_text="As it was expected then.")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["notice", "number"],
                name="the_updates_of_a_notice_follow_each_other",
                violation_error_message="Someone else wrote the next update. Read it first.",
            ),
            choices_constraint("step", NoticeStep, name="a_notice_update_has_one_of_the_steps"),
            models.CheckConstraint(
                condition=Q(step=Step.POSTED) | ~Q(text=""),
                name="an_update_of_a_notice_says_something",
                violation_error_message="Write the update.",
            ),
            models.CheckConstraint(
                condition=Q(expected_end=None) | Q(expected_end__lt=LAST_MOMENT),
                name="an_update_of_a_notice_is_of_this_century",
                violation_error_message="Enter a year of this century.",
            ),
            PersonOfSupport(
                field="by",
                name="support_updates_notices",
                violation_error_message="Only Support writes updates of notices.",
            ),
            Unchanging(
                name="an_update_of_a_notice_never_changes",
                violation_error_message="What was said about a notice stays as it was.",
            ),
        ]

    def __str__(self):
        return f"{self.get_step_display()}: notice {self.notice_id}"
