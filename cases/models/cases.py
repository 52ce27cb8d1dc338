from zoneinfo import ZoneInfo

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from cases.models import choices, clocks, connected, exceptions, lists, phone_step, priorities, statuses
from cases.models.follow_ups import follow_up_of
from cases.models.product_areas import ProductArea
from cases.models.querysets import CaseManager
from cases.models.search import case_column
from contacts import ActionRefused
from contacts.constraints import DistrictKey, PersonOfSupport, SameDistrict, Unchanging, choices_constraint
from contacts.models import District, StaffQuestion, User


class Case(models.Model):
    """A question, an issue or a request of a district; its number is what people say on the phone."""

    Kind, Urgency, Status, TRANSITIONS = choices.Kind, choices.Urgency, choices.Status, choices.TRANSITIONS
    Priority, Users, Schools = choices.Priority, choices.Users, choices.Schools
    Settlement = choices.Settlement
    ESCALATION_LEVELS = [1, 2, 3]
    WAITING_FOR_DISTRICT = choices.WAITING_FOR_DISTRICT
    number = models.BigAutoField(primary_key=True)
    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="cases")
    contact = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="cases",
        help_text="The authorized contact of the case; empty only until one accepts an exception case.",
    )
    offered_at = models.DateTimeField(
        null=True, blank=True, help_text="When the other contacts were told that its contact is none any more."
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
    steps_to_replicate = models.TextField(blank=True)
    # What the district says: how soon it is needed, and whom it keeps from what.
    urgency = models.CharField(max_length=20, choices=Urgency, default=Urgency.NORMAL)
    blocks_work = models.BooleanField("keeps people from their work", default=False, db_default=False)
    has_workaround = models.BooleanField("there is a workaround", default=False, db_default=False)
    users_affected = models.PositiveSmallIntegerField(choices=Users, default=Users.ONE, db_default=Users.ONE)
    schools_affected = models.PositiveSmallIntegerField(choices=Schools, default=Schools.ONE, db_default=Schools.ONE)
    priority = models.CharField(max_length=20, choices=Priority, default=Priority.NORMAL, db_default=Priority.NORMAL)
    priority_reason = models.TextField(
        blank=True,
        default="",
        db_default="",
        help_text="Why Support overruled the table; empty: the table decides.",
    )
    due_on = models.DateField("due date", null=True, blank=True)
    status = models.CharField(max_length=30, choices=Status, default=Status.NEW)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)

    # What the statuses Assist Request, Scheduled and Assigned to Development say more, kept when the case goes on.
    assistant = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="The agent who was last asked to assist.",
    )
    scheduled_on = models.DateField("scheduled for", null=True, blank=True)
    defect_reference = models.CharField(max_length=200, blank=True)
    escalation_level = models.PositiveSmallIntegerField(null=True, blank=True)

    follows = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="followed_by",
        help_text="The closed case that this one goes on with, when it could no longer be reopened.",
    )
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="merged",
        help_text="The case where the conversation goes on.",
    )
    split_from = models.OneToOneField(
        "TimelineEntry",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="case_made_of_it",
        help_text="The reply on another case that became this one.",
    )

    question = models.OneToOneField(
        StaffQuestion,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="case",
        help_text="What a colleague asked the contact, who made this case of it.",
    )

    # An answer that Support owes the district: since when, and, where one is promised, when it is due soon and due.
    answer_since = models.DateTimeField(null=True, blank=True)
    answer_soon_at = models.DateTimeField(null=True, blank=True)
    answer_due_at = models.DateTimeField(null=True, blank=True)

    # A resolution that the district has not answered yet, and what it was reminded of since.
    resolved_at = models.DateTimeField(null=True, blank=True)
    settled_as = models.CharField(
        "how it was settled",
        max_length=20,
        choices=choices.Settlement,
        blank=True,
        default="",
        db_default="",
        help_text="As Support said with its latest resolution.",
    )
    reminders_sent = models.PositiveSmallIntegerField(default=0, db_default=0)
    reminded_at = models.DateTimeField(null=True, blank=True)

    # A critical case is followed up by phone: by when, when both sides were reminded, and when a contact called.
    phone_due_at = models.DateTimeField(null=True, blank=True)
    phone_reminded_at = models.DateTimeField(null=True, blank=True)
    phoned_at = models.DateTimeField(null=True, blank=True)

    # An exception case: Support opened it in an emergency for someone who is not an authorized contact.
    is_exception = models.BooleanField(default=False)
    caller_name = models.CharField(max_length=200, blank=True)
    caller_reach = models.CharField("how to reach the caller", max_length=200, blank=True)
    emergency = models.TextField("why it is an emergency", blank=True)
    handover_to = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="The contact who is asked to accept the case; empty once one accepted it.",
    )
    handover_due_at = models.DateTimeField("to be accepted by", null=True, blank=True)
    handover_reminded_at = models.DateTimeField(null=True, blank=True)
    handed_over_at = models.DateTimeField("accepted at", null=True, blank=True)

    search = case_column()

    objects = CaseManager()

    class Meta:
        ordering = ["-updated_at", "-number"]
        constraints = [
            *clocks.CONSTRAINTS,
            *connected.CONSTRAINTS,
            *exceptions.CONSTRAINTS,
            *phone_step.CONSTRAINTS,
            *priorities.CONSTRAINTS,
            *statuses.CONSTRAINTS,
            models.CheckConstraint(
                condition=~Q(kind="issue") | ~Q(steps_to_replicate="") | Q(is_exception=True),
                name="an_issue_has_steps_to_replicate",
                violation_error_message="Enter the steps that replicate the issue.",
            ),
            choices_constraint("kind", choices.Kind, name="a_case_has_one_of_the_kinds"),
            DistrictKey(fields=["district", "number"], name="a_case_is_of_one_district"),
            SameDistrict(
                field="contact",
                name="a_case_has_a_contact_of_its_district",
                violation_error_message="The contact of a case must be in its district.",
            ),
            PersonOfSupport(
                field="assignee",
                name="a_case_is_assigned_to_support",
                violation_error_message="A case is assigned to someone of Support.",
            ),
            Unchanging(
                fields=["district", "number"],
                name="a_case_never_changes_districts",
                violation_error_message="A case stays in its district and keeps its number.",
            ),
        ]
        indexes = [
            *lists.INDEXES,
            *clocks.INDEXES,
            *exceptions.INDEXES,
            *phone_step.INDEXES,
        ]

    def __str__(self):
        return f"Case {self.number}"

    def get_absolute_url(self):
        return reverse("cases:detail", args=[self.number])

    @cached_property
    def linked_numbers(self):
        """The numbers of the related cases."""
        links = apps.get_model("cases", "CaseLink").objects.of(self).values_list("first", "second")
        return {number for pair in links for number in pair} - {self.pk}

    @property
    def is_closed(self):
        return self.status == self.Status.CLOSED

    @property
    def waits_for_district(self):
        return self.status in self.WAITING_FOR_DISTRICT

    def waits_for(self, agent):
        """Whether the agent is the one who is asked to assist."""
        return self.status == self.Status.ASSIST_REQUEST and self.assistant_id == agent.pk

    @property
    def awaits_handover(self):
        return self.contact_id is None

    @cached_property
    def is_offered(self):
        """Whether its contact is no contact of the district any more, so that another one may take it over."""
        if self.is_closed or self.awaits_handover:
            return False
        return not User.objects.contacts_of(self.district_id).filter(pk=self.contact_id).exists()

    @property
    def awaits_call(self):
        return bool(self.phone_due_at and settings.SUPPORT_PHONE)

    def is_phone_overdue(self, at):
        return self.awaits_call and self.phone_due_at < at

    def is_handover_overdue(self, at):
        return self.awaits_handover and self.handover_due_at < at

    @cached_property
    def asked_contact(self):
        """Who is asked to accept the case; None where that person is no longer a contact."""
        if not self.handover_to_id:
            return None
        return User.objects.contacts_of(self.district_id).filter(pk=self.handover_to_id).first()

    def answer_state(self, at):
        """Whether the answer that Support owes is missed, due soon or just due; empty while it owes none."""
        if not self.answer_due_at:
            return ""
        if self.answer_due_at < at:
            return "missed"
        return "soon" if self.answer_soon_at <= at else "due"

    @property
    def follow_up(self):
        """The reminders and the closing that follow a resolution without an answer; None without a resolution."""
        return follow_up_of(self) if self.resolved_at else None

    @property
    def reachable(self):
        """The statuses that Support can bring the case to; whoever works on a new case takes it first."""
        return self.TRANSITIONS[self.Status.ASSIGNED if self.status == self.Status.NEW else self.status]

    @property
    def reopen_until(self):
        """The last day, in the district's time zone, on which the closed case can be reopened."""
        return self._local_date(self.closed_at) + settings.CASE_REOPEN_WITHIN

    def may_reopen(self, at):
        return self.is_closed and not self.merged_into_id and self._local_date(at) <= self.reopen_until

    def may_be_followed(self, at):
        """Whether a new case goes on with this one, since it can no longer be reopened."""
        return self.is_closed and not self.merged_into_id and not self.may_reopen(at)

    def _local_date(self, at):
        return at.astimezone(ZoneInfo(self.district.time_zone)).date()

    def become(self, status):
        """Change the status in memory. Raises ActionRefused where the case may not go there."""
        if status not in self.TRANSITIONS[self.status]:
            raise ActionRefused(
                f"Case {self.number} is {self.get_status_display()}. It cannot become {self.Status(status).label}."
            )
        if status == self.Status.CLOSED and self.awaits_handover:
            raise ActionRefused(
                f"Case {self.number} is an exception case. A contact of the district accepts it before it is closed."
            )
        self.status = status
