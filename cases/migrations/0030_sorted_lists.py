"""The orders of Support's list, as indexes."""

from datetime import UTC, date, datetime

from django.db import migrations, models
from django.db.models import Case, F, Value, When
from django.db.models.functions import Coalesce, Lower

TURN = Case(
    When(status="closed", then=2), When(status__in=["pending_input", "pending_verification"], then=1), default=0
)
PRIORITY = Case(*(When(priority=each, then=rank) for each, rank in [("critical", 3), ("high", 2), ("normal", 1), ("low", 0)]))
DUE = [Case(When(due_on__isnull=True, then=1), default=0), Coalesce("due_on", Value(date.max)), F("number")]
ANSWER = [
    Case(When(answer_due_at__isnull=True, then=1), default=0),
    Coalesce("answer_due_at", Value(datetime(9999, 1, 1, tzinfo=UTC))),
    F("number"),
]
INDEXES = {
    "subject": [Lower("subject"), F("number")],
    "turn": [TURN, F("updated_at").desc(), F("number").desc()],
    "priority": [PRIORITY, F("updated_at"), F("number")],
    "due": DUE,
    "answer": ANSWER,
}


class Migration(migrations.Migration):
    dependencies = [("cases", "0029_sites_and_updates")]

    operations = [
        migrations.AddIndex("case", models.Index(*order, name=f"cases_sorted_by_{name}"))
        for name, order in INDEXES.items()
    ]
