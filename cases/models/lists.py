"""What lists, counts and searches of cases find their rows by."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from cases.models import sorting

UNTAKEN = Q(status="new", assignee__isnull=True)
INDEXES = [
    models.Index(fields=["district", "-updated_at", "-number"], name="cases_of_a_district"),
    models.Index(fields=["-updated_at", "-number"], name="cases_newest_change_first"),
    # In the order of the queue, from which the home page takes the first few.
    models.Index(*sorting.index("queue"), condition=UNTAKEN, name="cases_nobody_has_taken"),
    # The tabs of the list count these.
    models.Index(fields=["status", "district"], condition=~Q(status="closed"), name="cases_open"),
    models.Index(fields=["created_at"], name="cases_by_time"),
    # The open cases, and those that were closed lately, are what a new case may be about.
    models.Index(fields=["district", "closed_at", "number"], name="cases_of_a_district_by_closing"),
    # Support's list in these orders; a district has too few cases to need them.
    *(models.Index(*sorting.index(name), name=f"cases_sorted_by_{name}") for name in sorting.INDEXED),
    # What is overdue and due today is found by these two, and by the answers that are due.
    models.Index(
        fields=["due_on"], condition=Q(due_on__isnull=False) & ~Q(status="closed"), name="open_cases_with_a_due_date"
    ),
    models.Index(fields=["handover_due_at"], condition=Q(contact__isnull=True), name="cases_without_a_contact"),
    GinIndex(fields=["search"], name="cases_search"),
]
