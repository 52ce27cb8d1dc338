"""What the messages about a case are called."""

import pytest
from django.conf import settings
from django.utils import timezone

from cases.models import Case
from contacts import message_center
from contacts.models import Kind
from tests.factories import AgentFactory, CaseFactory

pytestmark = pytest.mark.django_db
# About a person's cases, an update request or a notice, and not about one case.
OF_OTHERS = {
    *("offered.txt", "offered_to_nobody.txt", "update_moved.txt", "update_tomorrow.txt"),
    *("notice_posted.txt", "notice_updated.txt", "notice_resolved.txt", "notice_tomorrow.txt"),
}
NAMES = sorted({path.name for path in settings.BASE_DIR.glob("templates/cases/messages/*.txt")} - OF_OTHERS)


def title(name, priority):
    agent, now = AgentFactory(), timezone.now()
    case = CaseFactory(
        subject="Roster is empty", priority=priority, assignee=agent, status=Case.Status.CLOSED, closed_at=now
    )
    named = {"kind": Kind.CASE, "about": case.get_absolute_url(), "subject": "Roster"}
    (message,) = message_center.compose(f"cases/messages/{name}", to=[agent], case=case, by=agent, **named)
    return message.title.replace(str(case.number), "NUMBER")


@pytest.mark.parametrize("name", NAMES)
def test_a_title_says_what_it_is_about_and_marks_what_is_critical(name):
    ordinary = title(name, Case.Priority.HIGH)
    assert ordinary.endswith(": Roster is empty (case NUMBER)")
    assert not ordinary.startswith("Critical")
    assert title(name, Case.Priority.CRITICAL).startswith("Critical: ")
