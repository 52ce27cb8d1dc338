from uuid import uuid4

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from contacts import ActionRefused
from contacts.models import District, User
from credentials.models.records import CredentialRecord, fingerprint, label_key
from credentials.models.request_lists import CredentialRequestQuerySet
from credentials.models.request_rules import RULES
from credentials.models.statuses import EDITABLE, OPEN, TRANSITIONS, RequestStatus
from credentials.models.types import CredentialType, Element


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
        default=dict,
        blank=True,
        help_text="What the fields, and the records named in them, were called at that time, in case that changes.",
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
        constraints = RULES
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
    def involved(self):
        """The keys of those who may not decide it: the requester, who entered it, and who approved it already."""
        return {self.requester_id, self.entered_by_id, self.first_approved_by_id}

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
    def standstill_url(self):
        """Its row among those that do not move, for the administrators."""
        return f"{reverse('credentials:standstill')}?request={self.pk}#request-{self.pk}"

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

    def keep_labels(self):
        """What the fields are called now, and the records to which this one belongs, in memory."""
        named = [values[Element.PARENT] for values in (self.original, self.proposed) if Element.PARENT in values]
        records = CredentialRecord.objects.filter(holder=self.requester_id, pk__in=named)
        records = records.select_related("type").prefetch_related("type__fields") if named else []
        self.labels = self.type.labels_in(self.district.state) | {label_key(each.pk): each.name for each in records}

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
