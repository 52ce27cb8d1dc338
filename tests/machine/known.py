"""What the rules speak of: statuses, people, what can come of a verb, and what is known of a case."""

from dataclasses import dataclass, field

NEW, ASSIGNED, ASSIST, CLOSED = "new", "assigned", "assist_request", "closed"
INPUT, VERIFICATION = "pending_input", "pending_verification"
SCHEDULED, DEVELOPMENT = "scheduled", "development"
STATUSES = [NEW, ASSIGNED, ASSIST, INPUT, VERIFICATION, SCHEDULED, DEVELOPMENT, CLOSED]
OPEN = [status for status in STATUSES if status != CLOSED]
LABELS = {
    NEW: "New",
    ASSIGNED: "Assigned",
    ASSIST: "Assist Request",
    INPUT: "Pending Customer Input",
    VERIFICATION: "Pending Customer Verification",
    SCHEDULED: "Scheduled",
    DEVELOPMENT: "Assigned to Development",
    CLOSED: "Closed",
}
LAST_LEVEL, REOPEN_DAYS = 3, 60

CONTACTS = ["contact", "technical"]
SUPPORT = ["ann", "ben", "lead"]
BOTH = [*CONTACTS, *SUPPORT]
STRANGER = "stranger"
NEVER_TOLD = ["teacher", "coach", "administrator", "approver", "former", "admin", STRANGER]
PEOPLE = [*BOTH, *NEVER_TOLD]
HAS_IT = "agent who has the case"
ROLES = {
    "contact": "support contact",
    "technical": "technical contact",
    "ann": "another agent",
    "ben": "another agent",
    "lead": "support lead",
    "teacher": "teacher",
    "coach": "building coach",
    "administrator": "district administrator",
    "approver": "credential approver",
    "former": "former contact",
    "admin": "Django admin",
    STRANGER: "contact of another district",
}

LOW, NORMAL, HIGH, CRITICAL = "low", "normal", "high", "critical"
IMPACT = {"blocks_work": False, "has_workaround": False, "users_affected": 1, "schools_affected": 1}
USUAL, GRAVE, CALM, EMERGENCY = "usual", "grave", "calm", "emergency"
# What a district says of urgency and impact, and the priority that the table makes of it.
ANSWERS = {
    USUAL: ({"urgency": NORMAL, **IMPACT}, NORMAL),
    GRAVE: ({"urgency": CRITICAL, **IMPACT, "blocks_work": True}, CRITICAL),
    CALM: ({"urgency": LOW, **IMPACT}, LOW),
    EMERGENCY: ({"urgency": CRITICAL, **IMPACT}, HIGH),
}

# What can come of a verb: it is done; there is nothing left to do; a sentence refuses it as the case stands (the
# action, or already the form, which offers nothing to choose); the role does not include it; there is no such case.
DONE, NOTHING, REFUSED, EMPTY, ROLE, MISSING = "done", "nothing to do", "refused", "empty", "role", "not found"


@dataclass
class Now:
    """A case as the rules say that it must be. Days are counted from the first of the walk."""

    number: int
    contact: str | None
    status: str = NEW
    agent: str | None = None
    answers: str = USUAL
    # The priority that Support chose instead of the table.
    overruled: str | None = None
    assistant: str | None = None
    level: int = 0
    is_merged: bool = False
    links: list = field(default_factory=list)
    # The newest reply of the district, and the cases that replies became.
    reply: int | None = None
    became: dict = field(default_factory=dict)
    # The (call, host) that Support recorded and the host has not confirmed.
    calls: list = field(default_factory=list)
    # The day on which it was opened; on which it was last resolved, reminded or closed.
    opened: int = 0
    since: int = 0
    # The day of the district's first word that Support did not answer.
    unanswered: int | None = None
    # An exception case: the contact who is asked to accept it, and whether it was told that nobody did.
    is_exception: bool = False
    asked: str | None = None
    is_told_late: bool = False
    # Whether the district called about the critical case, and whether both sides were reminded to.
    is_phoned: bool = False
    is_call_told: bool = False
    reminders: int = 0

    @property
    def priority(self):
        return self.overruled or ANSWERS[self.answers][1]

    @property
    def awaits_call(self):
        return self.priority == CRITICAL and self.status != CLOSED and not self.is_phoned and not self.is_exception

    @property
    def owed_since(self):
        """Since when Support owes an answer; None while it owes none."""
        return None if self.status in (INPUT, VERIFICATION, CLOSED) else self.unanswered
