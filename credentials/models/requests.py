from uuid import uuid4

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from contacts import ActionRefused
from contacts.constraints import SameDistrict, Transitions, Unchanging, choices_constraint
from contacts.models import District, Role, User
from credentials.models.records import CredentialRecord
from credentials.models.types import CredentialType


def approvers_for(requester):
    """The people who may decide the person's requests: the approvers of their district, never the requester."""
    district = requester.district_id
    approvers = User.objects.active().holding(Role.CREDENTIAL_APPROVER, district=district)
    return approvers.filter(district=district).exclude(pk=requester.pk)


class RequestStatus(models.TextChoices):
    PENDING = "pending", "Pending"
    APPROVED = "approved", "Approved"
    DENIED = "denied", "Denied"
    WITHDRAWN = "withdrawn", "Withdrawn"


TRANSITIONS = {
    RequestStatus.PENDING: {RequestStatus.APPROVED, RequestStatus.DENIED, RequestStatus.WITHDRAWN},
    RequestStatus.APPROVED: set(),
    RequestStatus.DENIED: set(),
    RequestStatus.WITHDRAWN: set(),
}
SETTLED = [status for status in TRANSITIONS if not TRANSITIONS[status]]


class CredentialRequestQuerySet(models.QuerySet):
    def pending(self):
        return self.filter(status=CredentialRequest.Status.PENDING)

    def visible_to(self, user):
        """One's own requests."""
        return self.filter(requester=user)

    def decidable_by(self, user):
        """What a credential approver sees: the requests of their district, including their own."""
        districts = [held.district_id for held in user.current_designations if held.role == Role.CREDENTIAL_APPROVER]
        return self.filter(district__in=districts)

    def unsuccessful(self):
        """What one may request again."""
        return self.filter(status__in=[CredentialRequest.Status.DENIED, CredentialRequest.Status.WITHDRAWN])

    def waiting_for(self, user):
        """What this approver can decide now: nobody decides their own request."""
        return self.decidable_by(user).pending().exclude(requester=user)


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
    status = models.CharField(max_length=20, choices=Status, default=Status.PENDING)
    submitted_at = models.DateTimeField(default=timezone.now)
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
                condition=Q(status="pending"),
                name="one_pending_request_per_record",
                violation_error_message="A request to change this record is already waiting for a decision.",
            ),
            models.UniqueConstraint(
                fields=["requester", "idempotency_key"],
                name="a_request_idempotency_key_is_used_once",
                violation_error_message="You already sent this request.",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["pending", "withdrawn"], decided_at__isnull=True, decided_by__isnull=True)
                | Q(status__in=["approved", "denied"], decided_at__isnull=False, decided_by__isnull=False),
                name="a_decided_request_says_when_and_by_whom",
                violation_error_message="A decided request has a date and a person who decided it.",
            ),
            models.CheckConstraint(
                condition=Q(status="withdrawn", withdrawn_at__isnull=False)
                | (~Q(status="withdrawn") & Q(withdrawn_at__isnull=True)),
                name="a_withdrawn_request_says_when",
                violation_error_message="A withdrawn request has the date on which it was withdrawn.",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("requester")),
                name="nobody_decides_their_own_request",
                violation_error_message="You cannot decide your own request.",
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
                condition=~Q(brief_description=""),
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
                fields=[
                    "district",
                    "requester",
                    "type",
                    "is_new",
                    "brief_description",
                    "original",
                    "proposed",
                    "labels",
                    "idempotency_key",
                    "submitted_at",
                ],
                name="a_submitted_request_says_what_it_said",
                violation_error_message="What was requested stays as it was submitted.",
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
            SameDistrict(
                field="decided_by",
                name="a_request_is_decided_in_its_district",
                violation_error_message="Only an approver of the requester's district can decide this request.",
            ),
        ]
        indexes = [
            models.Index(fields=["requester", "-submitted_at", "-id"], name="requests_of_a_person"),
            models.Index(
                fields=["district", "submitted_at", "id"], condition=Q(status="pending"), name="requests_to_decide"
            ),
            models.Index(fields=["district", "-submitted_at", "-id"], name="requests_of_a_district"),
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

    def become(self, status):
        """Change the status in memory. Raises ActionRefused for a request that is no longer pending."""
        if status not in self.TRANSITIONS[self.status]:
            raise ActionRefused(f"This request was already {self.get_status_display().lower()}.")
        self.status = status
