"""What asks the district or an agent is read by everyone whom it asked, once somebody did it."""

import pytest
from django.utils import timezone

from cases import actions
from cases.models import Case
from contacts.models import Kind, Message, Role
from tests.factories import AgentFactory, UserFactory

pytestmark = pytest.mark.django_db
Status = Case.Status


@pytest.fixture
def colleague(district):
    return UserFactory(district=district, roles=[Role.TECHNICAL_CONTACT])


def asked():
    return {message.recipient for message in Message.objects.unread().filter(kind=Kind.ANSWER)}


def ask(case, agent):
    actions.ask(case=case, by=agent, text="Which periods?")
    case.refresh_from_db()


def test_a_message_about_a_case_names_it(case_in, agent, contact):
    case = case_in(Status.ASSIGNED, subject="Roster is empty")
    actions.reply(case=case, by=agent, text="We look into it.")
    message = Message.objects.get(recipient=contact)
    assert (message.kind, message.about, message.link) == (Kind.CASE, case.get_absolute_url(), case.get_absolute_url())
    assert message.subject == f"Case {case.number} · Roster is empty"
    assert message.excerpt.startswith(f"{agent} of Support replied · Open the case")


def test_a_question_of_support_asks_the_district_and_is_news_to_support(case_in, agent, contact, colleague):
    other = AgentFactory()
    ask(case_in(Status.ASSIGNED, assignee=other), agent)
    assert asked() == {contact, colleague}
    assert Message.objects.get(recipient=other).kind == Kind.CASE


@pytest.mark.parametrize("answer", [actions.reply, actions.close])
def test_an_answer_or_closing_settles_what_support_asked(answer, case_in, agent, contact, colleague):
    case = case_in(Status.ASSIGNED)
    ask(case, agent)
    answer(case=case, by=colleague, text="All of them.")
    assert asked() == set()
    assert Message.objects.unread().filter(recipient=contact, kind=Kind.CASE).count() == 1


def test_what_support_takes_back_asks_nobody(case_in, agent, contact):
    case = case_in(Status.ASSIGNED)
    ask(case, agent)
    actions.resume(case=case, by=agent, text="Found it.")
    assert asked() == set()


def test_a_note_settles_nothing(case_in, agent, contact):
    case = case_in(Status.ASSIGNED)
    ask(case, agent)
    actions.note(case=case, by=agent, text="They will not know.")
    assert asked() == {contact}


def test_another_question_goes_on_asking(case_in, agent, contact):
    case = case_in(Status.ASSIGNED)
    ask(case, agent)
    actions.resolve(case=case, by=agent, text="Fixed anyway; please check.")
    assert Message.objects.unread().filter(recipient=contact, kind=Kind.ANSWER).count() == 2


def test_a_merge_settles_what_the_duplicate_asked(case_in, agent, contact):
    case, other = case_in(Status.ASSIGNED), case_in(Status.ASSIGNED)
    ask(case, agent)
    actions.merge(case=case, by=agent, other=other)
    assert asked() == set()


def test_the_assist_that_was_given_asks_no_agent(case_in, agent):
    case, other = case_in(Status.ASSIGNED), AgentFactory()
    actions.request_assist(case=case, by=agent, agent=other, text="Please look.")
    assert asked() == {other}
    case.refresh_from_db()
    actions.reply(case=case, by=other, text="It is the roster.")
    assert asked() == set()


def test_the_contact_who_accepts_settles_it_for_all(exception_case, agent, contact, colleague):
    actions.hand_over(case=exception_case, by=agent, contact=contact)
    assert asked() == {contact}
    exception_case.refresh_from_db()
    actions.accept(case=exception_case, by=colleague)
    assert asked() == set()


def test_the_call_that_was_awaited_asks_nobody_once_it_is_recorded(case_in, agent, contact, settings):
    settings.SUPPORT_PHONE = "555 0100"
    now = timezone.now()
    case = case_in(Status.ASSIGNED, priority=Case.Priority.CRITICAL, phone_due_at=now)
    actions.remind_of_calls()
    assert asked() == {contact}
    actions.record_phone_follow_up(case=case, by=contact)
    assert asked() == set()
