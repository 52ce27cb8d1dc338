from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from cases.models.product_areas import ProductArea
from contacts.models import District, User


class Kind(models.TextChoices):
    QUESTION = "question", "Question"
    ISSUE = "issue", "Issue"
    REQUEST = "request", "Request"


class Urgency(models.TextChoices):
    LOW = "low", "Low"
    NORMAL = "normal", "Normal"
    HIGH = "high", "High"
    CRITICAL = "critical", "Critical"


class Status(models.TextChoices):
    NEW = "new", "New"
    ASSIGNED = "assigned", "Assigned"
    ASSIST_REQUEST = "assist_request", "Assist Request"
    PENDING_INPUT = "pending_input", "Pending Customer Input"
    PENDING_VERIFICATION = "pending_verification", "Pending Customer Verification"
    SCHEDULED = "scheduled", "Scheduled"
    DEVELOPMENT = "development", "Assigned to Development"
    CLOSED = "closed", "Closed"


class TransitionRefused(Exception):
    """The case's status does not allow this step; the text is a sentence for the person who tried."""


class CaseQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Every case for Support, all cases of their district for its current contacts, nothing for anyone else."""
        if user.is_support:
            return self
        if user.is_authorized_contact:
            return self.filter(district_id=user.district_id)
        return self.none()

    def open(self):
        return self.exclude(status=Status.CLOSED)


class CaseManager(models.Manager.from_queryset(CaseQuerySet)):
    def get_queryset(self):
        return super().get_queryset().defer("search")


class Case(models.Model):
    """A question, an issue or a request of a district; its number is what people say on the phone."""

    TRANSITIONS = {
        Status.NEW: {Status.ASSIGNED, Status.PENDING_VERIFICATION, Status.CLOSED},
        Status.ASSIGNED: {
            Status.ASSIST_REQUEST,
            Status.PENDING_INPUT,
            Status.PENDING_VERIFICATION,
            Status.SCHEDULED,
            Status.DEVELOPMENT,
            Status.CLOSED,
        },
        Status.ASSIST_REQUEST: {Status.ASSIGNED, Status.PENDING_VERIFICATION, Status.CLOSED},
        Status.PENDING_INPUT: {Status.ASSIGNED, Status.PENDING_VERIFICATION, Status.CLOSED},
        Status.PENDING_VERIFICATION: {Status.ASSIGNED, Status.CLOSED},
        Status.SCHEDULED: {Status.ASSIGNED, Status.PENDING_VERIFICATION, Status.CLOSED},
        Status.DEVELOPMENT: {Status.ASSIGNED, Status.PENDING_VERIFICATION, Status.CLOSED},
        Status.CLOSED: {Status.ASSIGNED, Status.NEW},
    }

    number = models.BigAutoField(primary_key=True)
    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="cases")
    contact = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="cases",
        help_text="The authorized contact of the case; empty only while an exception case waits to be handed over.",
    )
    assignee = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="assigned_cases",
        help_text="The support agent.",
    )
    kind = models.CharField(max_length=20, choices=Kind)
    product_area = models.ForeignKey(ProductArea, on_delete=models.PROTECT, related_name="cases")
    subject = models.CharField(max_length=200)
    description = models.TextField()
    steps = models.TextField("steps to replicate", blank=True)
    urgency = models.CharField(max_length=20, choices=Urgency, default=Urgency.NORMAL)
    due_on = models.DateField("due date", null=True, blank=True)
    status = models.CharField(max_length=30, choices=Status, default=Status.NEW)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)

    # An exception case: Support opened it in an emergency for someone who is not an authorized contact.
    is_exception = models.BooleanField(default=False)
    caller_name = models.CharField(max_length=200, blank=True)
    caller_reach = models.CharField("how to reach the caller", max_length=200, blank=True)
    emergency = models.TextField("why it is an emergency", blank=True)
    handed_over_at = models.DateTimeField(null=True, blank=True)

    # The district is a lexeme of its own (~d<id>), so that one index finds a word within a district.
    search = models.GeneratedField(
        expression=models.Func(
            F("number"), F("subject"), F("description"), F("steps"), F("district_id"), function="case_search_vector"
        ),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = CaseManager()

    class Meta:
        ordering = ["-updated_at", "-number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(contact__isnull=False) | Q(is_exception=True),
                name="a_case_has_a_contact_or_is_an_exception",
                violation_error_message="A case has an authorized contact or is an exception case.",
            ),
            models.CheckConstraint(
                condition=~Q(kind=Kind.ISSUE) | ~Q(steps="") | Q(is_exception=True),
                name="an_issue_has_steps_to_replicate",
                violation_error_message="Write the steps that replicate the issue.",
            ),
            models.CheckConstraint(
                condition=Q(is_exception=False) | (~Q(caller_name="") & ~Q(caller_reach="") & ~Q(emergency="")),
                name="an_exception_says_who_called_and_why",
                violation_error_message="Write who called, how to reach them and why it is an emergency.",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.CLOSED) | Q(contact__isnull=False),
                name="an_exception_is_handed_over_before_it_is_closed",
                violation_error_message="Hand the case over to an authorized contact before it is closed.",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.CLOSED, closed_at__isnull=False)
                | (~Q(status=Status.CLOSED) & Q(closed_at__isnull=True)),
                name="a_closed_case_says_when",
                violation_error_message="A closed case has the moment of its closing, an open one has none.",
            ),
            models.CheckConstraint(
                condition=Q(handed_over_at__isnull=True) | Q(is_exception=True, contact__isnull=False),
                name="only_an_exception_is_handed_over",
                violation_error_message="Only an exception case is handed over, and to a contact.",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[Status.NEW, Status.CLOSED]) | Q(assignee__isnull=False),
                name="a_case_in_work_has_an_assignee",
                violation_error_message="A case in work is assigned to a support agent.",
            ),
        ]
        indexes = [
            models.Index(fields=["district", "-updated_at", "-number"], name="cases_of_a_district"),
            models.Index(fields=["-updated_at", "-number"], name="cases_newest_change_first"),
            GinIndex(fields=["search"], name="cases_search"),
        ]

    def __str__(self):
        return f"Case {self.number}"

    def get_absolute_url(self):
        return reverse("cases:detail", args=[self.number])

    @property
    def is_closed(self):
        return self.status == Status.CLOSED

    def become(self, status):
        """Change the status in memory. Raises TransitionRefused where the case may not go there."""
        if status not in self.TRANSITIONS[self.status]:
            raise TransitionRefused(
                f"Case {self.number} is {self.get_status_display()}: it cannot become {Status(status).label}."
            )
        self.status = status
