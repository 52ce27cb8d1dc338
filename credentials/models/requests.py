from uuid import uuid4

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from contacts import ActionRefused
from contacts.constraints import ChangesWith, DistrictKey, SameDistrict, Transitions, Unchanging, choices_constraint
from contacts.models import District, User
from credentials.models.records import CredentialRecord, fingerprint
from credentials.models.request_lists import CredentialRequestQuerySet
from credentials.models.statuses import EDITABLE, OPEN, SETTLED, TRANSITIONS, RequestStatus
from credentials.models.types import CredentialType


class CredentialRequest(models.Model):
    """A request to change a record or to add one. The record does not change until the request is approved."""

    Status, TRANSITIONS = RequestStatus, TRANSITIONS

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="credential_requests")
    requester = models.ForeignKey(User, on_delete=models.PROTECT, related_name="credential_requests")
    type = models.ForeignKey(CredentialType, on_delete=models.PROTECT, related_name="requests")
    record = models.ForeignKey(
        CredentialRecord,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="requests",
        help_text="The record to update. For a new record: empty until the request is approved.",
    )
    is_new = models.BooleanField("new record request", default=False)
    brief_description = models.CharField("Brief Description", max_length=300)
    original = models.JSONField(
        default=dict, blank=True, encoder=DjangoJSONEncoder, help_text="The record's values when this was submitted."
    )
    proposed = models.JSONField(default=dict, encoder=DjangoJSONEncoder, help_text="The requested values.")
    labels = models.JSONField(
        default=dict, blank=True, help_text="The labels of the fields at that time, in case the type changes."
    )
    idempotency_key = models.UUIDField(
        default=uuid4, editable=False, help_text="Of the form that was sent; sent twice, it counts once."
    )
    entered_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="entered_credential_requests",
        help_text="The administrator who entered it for the requester.",
    )
    version = models.PositiveSmallIntegerField(default=1, db_default=1, help_text="0 for a draft.")
    status = models.CharField(max_length=20, choices=Status, default=Status.PENDING)
    submitted_at = models.DateTimeField(default=timezone.now)
    pending_since = models.DateTimeField(default=timezone.now, help_text="When its newest version was submitted.")
    returned_at = models.DateTimeField(null=True, blank=True)
    returned_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    first_approved_at = models.DateTimeField(null=True, blank=True)
    first_approved_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="The first of two approvers, where the type needs two.",
    )
    is_automatic = models.BooleanField(
        "approved automatically", default=False, db_default=False, help_text="By the portal, as the district chose."
    )
    reminded_at = models.DateTimeField(null=True, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)
    stuck_since = models.DateTimeField(
        null=True, blank=True, help_text="When the administrators were told that nobody can decide it."
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="decided_credential_requests"
    )
    comment = models.TextField("approver's comment", blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = CredentialRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-submitted_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["record"],
                condition=Q(status__in=OPEN),
                name="one_open_request_per_record",
                violation_error_message="A request to change this record is already waiting for a decision.",
            ),
            models.UniqueConstraint(
                fields=["requester", "idempotency_key"],
                name="a_request_idempotency_key_is_used_once",
                violation_error_message="You already sent this request.",
            ),
            models.CheckConstraint(
                condition=Q(
                    ~Q(status__in=["approved", "denied"]),
                    decided_at__isnull=True,
                    decided_by__isnull=True,
                    is_automatic=False,
                )
                | Q(status__in=["approved", "denied"], decided_at__isnull=False, decided_by__isnull=False)
                & Q(is_automatic=False)
                | Q(status="approved", decided_at__isnull=False, decided_by__isnull=True, is_automatic=True),
                name="a_decided_request_says_when_and_by_whom",
                violation_error_message="A decided request has a date and a person who decided it.",
            ),
            models.CheckConstraint(
                condition=~Q(status="returned")
                | Q(returned_at__isnull=False, returned_by__isnull=False) & ~Q(comment=""),
                name="a_returned_request_says_what_to_change",
                violation_error_message="Say what has to change.",
            ),
            models.CheckConstraint(
                condition=Q(status="draft", version=0) | ~Q(status="draft") & Q(version__gt=0) | Q(status="withdrawn"),
                name="only_a_draft_has_no_version",
                violation_error_message="A submitted request has a version.",
            ),
            models.CheckConstraint(
                condition=Q(status="withdrawn", withdrawn_at__isnull=False)
                | (~Q(status="withdrawn") & Q(withdrawn_at__isnull=True)),
                name="a_withdrawn_request_says_when",
                violation_error_message="A withdrawn request has the date on which it was withdrawn.",
            ),
            models.CheckConstraint(
                condition=(Q(decided_by__isnull=True) | ~Q(decided_by=F("requester")))
                & (Q(first_approved_by__isnull=True) | ~Q(first_approved_by=F("requester"))),
                name="nobody_decides_their_own_request",
                violation_error_message="You cannot decide your own request.",
            ),
            models.CheckConstraint(
                condition=Q(entered_by__isnull=True)
                | (
                    ~Q(entered_by=F("requester"))
                    & (Q(decided_by__isnull=True) | ~Q(decided_by=F("entered_by")))
                    & (Q(first_approved_by__isnull=True) | ~Q(first_approved_by=F("entered_by")))
                ),
                name="nobody_decides_what_they_entered_for_another",
                violation_error_message="You entered this request, so another approver decides it.",
            ),
            models.CheckConstraint(
                condition=Q(first_approved_by__isnull=True)
                | Q(first_approved_at__isnull=False) & (~Q(status="approved") | ~Q(decided_by=F("first_approved_by"))),
                name="a_second_approver_is_somebody_else",
                violation_error_message="You approved this already. Another approver has to approve it, too.",
            ),
            models.CheckConstraint(
                condition=~Q(status="denied") | ~Q(comment=""),
                name="a_denial_has_a_comment",
                violation_error_message="Explain why the request is denied.",
            ),
            models.CheckConstraint(
                condition=Q(is_new=True) | Q(record__isnull=False),
                name="an_update_has_a_record",
                violation_error_message="A request for an update has a record to update.",
            ),
            models.CheckConstraint(
                condition=~Q(status="approved") | Q(record__isnull=False),
                name="an_approved_request_has_its_record",
                violation_error_message="An approved request has a record.",
            ),
            models.CheckConstraint(
                condition=~Q(brief_description="") | Q(status="draft"),
                name="a_request_has_a_brief_description",
                violation_error_message="Enter a Brief Description.",
            ),
            models.CheckConstraint(
                condition=Q(is_new=False) | Q(record__isnull=True) | Q(status="approved"),
                name="a_new_record_comes_with_the_approval",
                violation_error_message="A request for a new record has its record when it is approved.",
            ),
            choices_constraint("status", RequestStatus, name="a_request_has_one_of_the_statuses"),
            Transitions(
                allowed=TRANSITIONS,
                name="a_request_is_decided_or_withdrawn_once",
                violation_error_message="This request was already decided or withdrawn.",
            ),
            Unchanging(
                condition=Q(status__in=SETTLED),
                name="a_decided_or_withdrawn_request_never_changes",
                violation_error_message="This request was already decided or withdrawn. It stays as it was.",
            ),
            Unchanging(
                fields=["district", "requester", "entered_by", "is_new", "idempotency_key"],
                name="a_request_stays_with_its_requester",
                violation_error_message="A request stays with the person for whom it was made.",
            ),
            ChangesWith(
                field="version",
                fields=["type", "brief_description", "original", "proposed", "labels", "submitted_at"],
                condition=~Q(status="draft"),
                name="a_submitted_request_says_what_it_said",
                violation_error_message="What was submitted stays as it was. A change of it is a new version.",
            ),
            Unchanging(
                fields=["record"],
                condition=Q(record__isnull=False),
                name="a_request_never_changes_records",
                violation_error_message="A request stays with the record that it is about.",
            ),
            SameDistrict(
                field="requester",
                name="a_request_is_of_a_requester_of_its_district",
                violation_error_message="The requester belongs to the district of the request.",
            ),
            SameDistrict(
                field="record",
                also={"requester": "holder"},
                name="a_request_is_about_the_requesters_record",
                violation_error_message="You can request changes to your own records only.",
            ),
            *(
                SameDistrict(
                    field=field,
                    name=f"a_request_is_{done}_in_its_district",
                    violation_error_message="Only an approver of the requester's district can decide this request.",
                )
                for field, done in [
                    ("decided_by", "decided"),
                    ("first_approved_by", "approved_first"),
                    ("returned_by", "returned"),
                ]
            ),
            SameDistrict(
                field="entered_by",
                name="a_request_is_entered_in_its_district",
                violation_error_message="Only an administrator of the person's district enters a request for them.",
            ),
            DistrictKey(fields=["district", "id"], name="a_request_is_of_one_district"),
        ]
        indexes = [
            models.Index(fields=["requester", "-submitted_at", "-id"], name="requests_of_a_person"),
            models.Index(
                fields=["district", "submitted_at", "id"], condition=Q(status="pending"), name="requests_to_decide"
            ),
            models.Index(fields=["district", "-submitted_at", "-id"], name="requests_of_a_district"),
            models.Index(
                fields=["entered_by", "-submitted_at", "-id"],
                condition=Q(entered_by__isnull=False),
                name="requests_entered_by_a_person",
            ),
        ]

    def __str__(self):
        return f"{'New' if self.is_new else 'Update'} record request {self.pk}"

    @property
    def kind(self):
        return "New record" if self.is_new else "Update"

    @property
    def is_pending(self):
        return self.status == self.Status.PENDING

    @property
    def is_open(self):
        return self.status in OPEN

    @property
    def is_editable(self):
        return self.status in EDITABLE

    @property
    def is_unsuccessful(self):
        return self.status in {self.Status.DENIED, self.Status.WITHDRAWN}

    @property
    def decision_url(self):
        """The page on which an approver decides."""
        return reverse("credentials:decide", args=[self.pk])

    @property
    def my_requests_url(self):
        """Its row on the requester's list."""
        return f"{reverse('credentials:requests')}?request={self.pk}#request-{self.pk}"

    @property
    def record_has_changed(self):
        """Whether the record to update has changed since this was submitted."""
        return not self.is_new and self.record.values != self.original

    @property
    def record_state(self):
        """What the record says now, in short, by which a form knows what was seen; empty for a new record."""
        return "" if self.is_new or not self.record else fingerprint(self.record.values)

    @property
    def approved_values(self):
        """The record's values after an approval: what was asked for, and otherwise what it says now."""
        if self.is_new:
            return self.proposed
        old, new = self.original, self.proposed
        changed = {name for name in {*old, *new} if old.get(name) != new.get(name)}
        values = {name: value for name, value in self.record.values.items() if name not in changed}
        return values | {name: new[name] for name in changed if name in new}

    def become(self, status):
        """Change the status in memory. Raises ActionRefused where the request cannot go there."""
        if status not in self.TRANSITIONS[self.status]:
            raise ActionRefused(self._why_not())
        self.status = status

    def _why_not(self):
        if self.status == self.Status.DRAFT:
            return "This request is a draft. It was not submitted yet."
        if self.status == self.Status.PENDING:
            return "This request is already waiting for a decision."
        if self.status == self.Status.RETURNED:
            return "This request was returned for changes. It is decided when it comes back."
        return f"This request was already {self.get_status_display().lower()}."
