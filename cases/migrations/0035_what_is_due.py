"""Indexes: of the untaken cases in the order of their queue, and of what is due, for the home page and the tabs."""

from datetime import UTC, datetime

from django.db import migrations, models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Coalesce

NEVER = datetime(9999, 1, 1, tzinfo=UTC)


class Migration(migrations.Migration):
    dependencies = [("cases", "0034_similar_cases_among_the_current")]

    operations = [
        migrations.RemoveIndex("case", "cases_nobody_has_taken"),
        migrations.AddIndex(
            "case",
            models.Index(
                Case(When(priority="critical", then=0), default=1),
                Case(When(answer_due_at__isnull=True, then=1), default=0),
                Coalesce("answer_due_at", Value(NEVER)),
                F("number"),
                condition=Q(status="new", assignee__isnull=True),
                name="cases_nobody_has_taken",
            ),
        ),
        migrations.AddIndex(
            "case",
            models.Index(
                fields=["due_on"],
                condition=Q(due_on__isnull=False) & ~Q(status="closed"),
                name="open_cases_with_a_due_date",
            ),
        ),
        migrations.AddIndex(
            "case",
            models.Index(
                fields=["handover_due_at"], condition=Q(contact__isnull=True), name="cases_without_a_contact"
            ),
        ),
    ]
