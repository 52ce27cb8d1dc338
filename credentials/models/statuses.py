"""The statuses of a request, and what leads from one to another."""

from django.db import models


class RequestStatus(models.TextChoices):
    DRAFT = "draft", "Draft"
    PENDING = "pending", "Pending"
    RETURNED = "returned", "Returned for changes"
    APPROVED = "approved", "Approved"
    DENIED = "denied", "Denied"
    WITHDRAWN = "withdrawn", "Withdrawn"


Status = RequestStatus
TRANSITIONS = {
    Status.DRAFT: {Status.PENDING, Status.WITHDRAWN},
    Status.PENDING: {Status.APPROVED, Status.DENIED, Status.RETURNED, Status.WITHDRAWN},
    Status.RETURNED: {Status.PENDING, Status.WITHDRAWN},
    Status.APPROVED: set(),
    Status.DENIED: set(),
    Status.WITHDRAWN: set(),
}
SETTLED = [status for status in TRANSITIONS if not TRANSITIONS[status]]
# Submitted, and not yet decided or withdrawn.
OPEN = [Status.PENDING, Status.RETURNED]
# What the requester may still change.
EDITABLE = [Status.DRAFT, *OPEN]
