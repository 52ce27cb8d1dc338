"""Where a case stands while Support works on it: assist requests, schedules, development, levels."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cases.models import Case
from contacts.models import Message
from tests.cases.test_verbs import post
from tests.factories import AgentFactory

pytestmark = pytest.mark.django_db
Status = Case.Status
WORDS = {"text": "We look into it."}


@pytest.fixture
def assistant(agent, case_in, sign_in):
    """(the case, the agent who is asked to assist)"""
    case, other = case_in(Status.ASSIGNED), AgentFactory()
    post(sign_in(agent), case, "request_assist", agent=other.email, **WORDS)
    case.refresh_from_db()
    return case, other


def test_an_assist_request_names_the_agent_asked_and_stays_with_its_own(assistant, agent, contact, sign_in):
    case, other = assistant
    assert (case.status, case.assistant, case.assignee) == (Status.ASSIST_REQUEST, other, agent)
    (message,) = Message.objects.filter(recipient=other)
    assert message.title.startswith(f"{agent} asks you to assist")
    page = sign_in(contact).get(case.get_absolute_url()).text
    assert f"{other} is asked to assist." in page
    assert "changed the status to Assist Request" in page


def test_the_reply_of_the_agent_asked_gives_the_case_back(assistant, agent, sign_in):
    case, other = assistant
    post(sign_in(AgentFactory()), case, "reply", **WORDS)
    case.refresh_from_db()
    assert case.status == Status.ASSIST_REQUEST
    post(sign_in(other), case, "reply", **WORDS)
    case.refresh_from_db()
    assert (case.status, case.assignee) == (Status.ASSIGNED, agent)


@pytest.mark.parametrize("which", ["agent", "assistant"])
def test_assist_given_gives_the_case_back_whoever_says_so(which, assistant, agent, sign_in):
    case, other = assistant
    client = sign_in(agent if which == "agent" else other)
    assert "Finish assisting" in client.get(case.get_absolute_url()).text
    post(client, case, "resume", **WORDS)
    case.refresh_from_db()
    assert (case.status, case.assignee) == (Status.ASSIGNED, agent)


def test_one_asks_neither_oneself_nor_the_agent_who_has_the_case(agent, lead, case_in, sign_in):
    case = case_in(Status.ASSIGNED)
    for by, asked in [(agent, agent), (lead, lead), (lead, agent)]:
        page = post(sign_in(by), case, "request_assist", agent=asked.email, **WORDS)
        assert page.status_code == 409
        assert "Ask an agent other than yourself" in page.text


def test_work_on_a_new_case_is_not_continued_but_begun(agent, case_in, sign_in):
    case = case_in(Status.NEW)
    page = post(sign_in(agent), case, "resume", **WORDS)
    assert page.status_code == 409
    assert f"Case {case.number} is New. It cannot become Assigned before an agent takes it." in page.text


@pytest.mark.parametrize(("days", "allowed"), [(-1, False), (0, True), (30, True)])
def test_a_case_is_scheduled_for_today_or_later(days, allowed, agent, contact, case_in, sign_in):
    case, day = case_in(Status.ASSIGNED), timezone.localdate() + timedelta(days=days)
    page = post(sign_in(agent), case, "schedule", scheduled_on=day, **WORDS)
    case.refresh_from_db()
    assert (case.status == Status.SCHEDULED) == allowed
    assert ("Choose today or a later date." in page.text) != allowed
    if allowed:
        assert case.scheduled_on == day
        assert "Scheduled for" in sign_in(contact).get(case.get_absolute_url()).text


def test_development_gets_a_case_with_its_defect_reference_only(agent, contact, case_in, sign_in):
    case = case_in(Status.ASSIGNED)
    client = sign_in(agent)
    assert (
        "Enter the defect reference." in post(client, case, "send_to_development", defect_reference=" ", **WORDS).text
    )
    post(client, case, "send_to_development", defect_reference="DEV-4711", **WORDS)
    page = sign_in(contact).get(case.get_absolute_url()).text
    assert "Assigned to Development" in page
    assert "Defect reference: DEV-4711" in page  # the timeline
    assert "<dd>DEV-4711</dd>" in page  # the facts


def test_a_case_is_escalated_upward_only_and_the_contact_reads_why(agent, contact, case_in, sign_in):
    case = case_in(Status.ASSIGNED)
    client = sign_in(agent)
    post(client, case, "escalate", level=2, text="All schools are affected.")
    for level in (1, 2):
        page = post(client, case, "escalate", level=level, **WORDS)
        assert f"Case {case.number} is already escalated to level 2." in page.text
    post(client, case, "escalate", level=3, **WORDS)
    page = sign_in(contact).get(case.get_absolute_url()).text
    assert "All schools are affected." in page
    assert "Level 3" in page


def test_no_level_but_1_to_3_is_offered(agent, case_in, sign_in):
    case = case_in(Status.ASSIGNED)
    for level in (0, 4):
        post(sign_in(agent), case, "escalate", level=level, **WORDS)
    case.refresh_from_db()
    assert case.escalation_level is None
