"""What holds of the call that a district makes to Support about a critical case."""

from django.db import models
from django.db.models import Q

CONSTRAINTS = [
    models.CheckConstraint(
        condition=Q(phone_due_at__isnull=True) | (Q(priority="critical", is_exception=False) & ~Q(status="closed")),
        name="a_call_is_awaited_about_an_open_critical_case",
        violation_error_message="Only about an open critical case that a contact submitted is a call awaited.",
    ),
    models.CheckConstraint(
        condition=Q(phone_due_at__isnull=True) | Q(phoned_at__isnull=True),
        name="no_call_is_awaited_once_it_is_recorded",
        violation_error_message="Once a call is recorded, none is awaited.",
    ),
]
INDEXES = [
    models.Index(fields=["phone_due_at"], condition=Q(phone_due_at__isnull=False), name="cases_that_await_a_call"),
]
