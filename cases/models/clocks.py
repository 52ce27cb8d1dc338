"""What holds of the two clocks of a case: of the answer that Support owes, and of the one that the district owes."""

from django.db import models
from django.db.models import Q

CONSTRAINTS = [
    models.CheckConstraint(
        condition=Q(status="pending_verification", resolved_at__isnull=False)
        | (~Q(status="pending_verification") & Q(resolved_at__isnull=True)),
        name="a_case_to_verify_says_since_when",
        violation_error_message="Only a case that waits to be verified has a date of its resolution.",
    ),
    models.CheckConstraint(
        condition=Q(reminders_sent=0, reminded_at__isnull=True)
        | Q(reminders_sent__range=(1, 3), reminded_at__isnull=False, resolved_at__isnull=False),
        name="a_resolution_has_three_reminders_at_most",
        violation_error_message="A resolution is followed by three reminders at most.",
    ),
    models.CheckConstraint(
        condition=Q(answer_soon_at__isnull=True, answer_due_at__isnull=True)
        | Q(answer_since__isnull=False, answer_soon_at__isnull=False, answer_due_at__isnull=False),
        name="an_answer_that_is_due_says_since_when",
        violation_error_message="An answer that is due has a start, and a time from which it is due soon.",
    ),
    models.CheckConstraint(
        condition=Q(answer_since__isnull=True) | ~Q(status__in=["closed", "pending_input", "pending_verification"]),
        name="no_answer_is_due_while_the_district_is_awaited",
        violation_error_message="While a case waits for the district, or is closed, Support owes no answer.",
    ),
]
INDEXES = [
    models.Index(fields=["resolved_at"], condition=Q(resolved_at__isnull=False), name="cases_to_follow_up"),
    models.Index(fields=["answer_due_at"], condition=Q(answer_due_at__isnull=False), name="cases_to_answer"),
]
