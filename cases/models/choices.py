"""What a case and its timeline have to choose from, and where a case may go from each status."""

from django.db import models


class Kind(models.TextChoices):
    QUESTION = "question", "Question"
    ISSUE = "issue", "Issue"
    REQUEST = "request", "Request"


class Urgency(models.TextChoices):
    LOW = "low", "Low"
    NORMAL = "normal", "Normal"
    HIGH = "high", "High"
    CRITICAL = "critical", "Critical"


class Priority(models.TextChoices):
    LOW = "low", "Low"
    NORMAL = "normal", "Normal"
    HIGH = "high", "High"
    CRITICAL = "critical", "Critical"


# The extents go from small to large, so that a rule can say "at least".
class Users(models.IntegerChoices):
    ONE = 1, "One person"
    FEW = 2, "A few people, 2 to 10"
    MANY = 3, "Many people, more than 10"


class Schools(models.IntegerChoices):
    ONE = 1, "One school"
    SEVERAL = 2, "Several schools"
    ALL = 3, "The whole district"


class Status(models.TextChoices):
    NEW = "new", "New"
    ASSIGNED = "assigned", "Assigned"
    ASSIST_REQUEST = "assist_request", "Assist Request"
    PENDING_INPUT = "pending_input", "Pending Customer Input"
    PENDING_VERIFICATION = "pending_verification", "Pending Customer Verification"
    SCHEDULED = "scheduled", "Scheduled"
    DEVELOPMENT = "development", "Assigned to Development"
    CLOSED = "closed", "Closed"


class Settlement(models.TextChoices):
    """How Support settled a case: what training can spare the district is told apart from what it cannot."""

    HOW_TO = "how_to", "How-to: explained how it is done"
    DATA = "data", "Data or settings corrected"
    REQUEST = "request", "Request carried out"
    DEFECT = "defect", "Defect of the product"
    NO_FAULT = "no_fault", "No fault found"
    OTHER = "other", "Something else"


# Support sends a question or a resolution, and the case waits for the district.
WAITING_FOR_DISTRICT = {Status.PENDING_INPUT, Status.PENDING_VERIFICATION}

TRANSITIONS = {
    # Whoever works on a new case takes it first, so every other status is reached from Assigned.
    Status.NEW: {Status.ASSIGNED, Status.CLOSED},
    Status.ASSIGNED: {
        Status.ASSIST_REQUEST,
        *WAITING_FOR_DISTRICT,
        Status.SCHEDULED,
        Status.DEVELOPMENT,
        Status.CLOSED,
    },
    Status.ASSIST_REQUEST: {Status.ASSIGNED, *WAITING_FOR_DISTRICT, Status.CLOSED},
    # A second question may follow the first, and a better resolution too.
    Status.PENDING_INPUT: {Status.ASSIGNED, *WAITING_FOR_DISTRICT, Status.CLOSED},
    Status.PENDING_VERIFICATION: {Status.ASSIGNED, *WAITING_FOR_DISTRICT, Status.CLOSED},
    Status.SCHEDULED: {Status.ASSIGNED, *WAITING_FOR_DISTRICT, Status.CLOSED},
    Status.DEVELOPMENT: {Status.ASSIGNED, *WAITING_FOR_DISTRICT, Status.CLOSED},
    Status.CLOSED: {Status.ASSIGNED, Status.NEW},
}


class Action(models.TextChoices):
    SUBMITTED = "submitted", "submitted the case"
    OPENED_EXCEPTION = "opened_exception", "opened the exception case"
    REPLIED = "replied", "replied"
    NOTED = "noted", "added an internal note"
    TAKEN = "taken", "took the case"
    ASSIGNED = "assigned", "assigned the case"
    ASKED = "asked", "asked for input"
    RESOLVED = "resolved", "wrote a resolution"
    MOVED = "moved", "changed the status"
    ESCALATED = "escalated", "escalated the case"
    CORRECTED = "corrected", "corrected the case"
    PRIORITIZED = "prioritized", "set the priority"
    MERGED = "merged", "merged the case"
    UNMERGED = "unmerged", "undid the merge"
    RELATED = "related", "linked a related case"
    UNRELATED = "unrelated", "removed the link to a related case"
    SPLIT = "split", "split a reply into a new case"
    CALLED = "called", "recorded a call"
    CONFIRMED = "confirmed", "confirmed a call"
    PHONED = "phoned", "recorded the call to Support"
    HANDED_OVER = "handed_over", "handed the case over"
    ASKED_TO_ACCEPT = "asked_to_accept", "asked a contact to accept the case"
    ACCEPTED = "accepted", "accepted the case"
    CLOSED = "closed", "closed the case"
    REOPENED = "reopened", "reopened the case"
    REMINDED = "reminded", "sent a reminder"


# What people said in their own words; the other entries say what was done.
SPOKEN = [
    *(Action.REPLIED, Action.ASKED, Action.RESOLVED, Action.MOVED, Action.ESCALATED),
    *(Action.CALLED, Action.CLOSED, Action.REOPENED),
]


class Mode(models.TextChoices):
    """The verbs of the composer, by name."""

    REPLY = "reply", "Reply"
    ASK = "ask", "Ask for input"
    RESOLVE = "resolve", "Resolve"
    NOTE = "note", "Internal note"
    CLOSE = "close", "Close the case"
    REOPEN = "reopen", "Reopen"


# What Support answers the district; the caller of an exception case was spoken to. A note is within Support, and taking
# a case answers nothing.
ANSWERS = {Action.REPLIED, Action.ASKED, Action.RESOLVED, Action.MOVED, Action.ESCALATED, Action.OPENED_EXCEPTION}
