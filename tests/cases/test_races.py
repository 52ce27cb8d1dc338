"""Two people at once, against PostgreSQL: one has it, the other reads a sentence, nothing is half done."""

from uuid import uuid4

import pytest

from cases import actions
from cases.models import Case, TimelineEntry
from contacts import ActionRefused, DuplicateSubmission
from contacts.models import AuditEvent, Message, Role
from tests.contacts.races import at_once
from tests.factories import AgentFactory, CaseFactory, ProductAreaFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)
Action = TimelineEntry.Action


@pytest.mark.parametrize("_", range(4))
def test_of_eight_agents_who_take_a_case_at_once_one_has_it(_):
    case, agents = CaseFactory(), AgentFactory.create_batch(8)
    outcomes = at_once(*(lambda agent=agent: actions.take(case=case, by=agent) for agent in agents))
    case.refresh_from_db()
    refusals = [outcome for outcome in outcomes if isinstance(outcome, ActionRefused)]
    assert len(refusals) == 7
    assert {str(refusal) for refusal in refusals} == {f"{case.assignee} already has case {case.number}."}
    assert TimelineEntry.objects.count() == AuditEvent.objects.count() == 1


@pytest.mark.parametrize("_", range(4))
def test_a_contact_closes_while_the_agent_replies(_):
    agent = AgentFactory()
    case = CaseFactory(status=Case.Status.ASSIGNED, assignee=agent)
    closed, replied = at_once(
        lambda: actions.close(case=case, by=case.contact),
        lambda: actions.reply(case=case, by=agent, text="One more thing."),
    )
    case.refresh_from_db()
    steps = [entry.action for entry in TimelineEntry.objects.order_by("created_at")]
    assert not isinstance(closed, Exception)
    assert case.status == Case.Status.CLOSED
    if isinstance(replied, ActionRefused):
        assert steps == [Action.CLOSED]
        assert Message.objects.filter(title__contains="replied").count() == 0
    else:
        assert steps == [Action.REPLIED, Action.CLOSED]


@pytest.mark.parametrize("_", range(4))
def test_two_contacts_close_at_once_and_one_is_told_that_it_is_closed(_):
    case = CaseFactory(status=Case.Status.ASSIGNED, assignee=AgentFactory())
    colleague = UserFactory(district=case.district, roles=[Role.TECHNICAL_CONTACT])
    outcomes = at_once(
        lambda: actions.close(case=case, by=case.contact), lambda: actions.close(case=case, by=colleague)
    )
    (refusal,) = [outcome for outcome in outcomes if isinstance(outcome, ActionRefused)]
    assert str(refusal) == f"Case {case.number} is already closed."
    assert TimelineEntry.objects.count() == 1


@pytest.mark.parametrize("_", range(4))
def test_a_button_pressed_four_times_at_once_makes_one_case(_):
    contact, area, mark = UserFactory(roles=[Role.SUPPORT_CONTACT]), ProductAreaFactory(), uuid4()
    AgentFactory()

    def press():
        return actions.submit(
            by=contact,
            idempotency_key=mark,
            kind=Case.Kind.QUESTION,
            product_area=area,
            subject="One",
            description="One.",
        )

    outcomes = at_once(press, press, press, press)
    case = Case.objects.get()
    assert set(outcomes) == {case}
    assert Message.objects.count() == TimelineEntry.objects.count() == AuditEvent.objects.count() == 1


@pytest.mark.parametrize("_", range(4))
def test_a_reply_pressed_twice_at_once_is_one_reply(_):
    case, mark = CaseFactory(), uuid4()

    def press():
        return actions.reply(case=case, by=case.contact, text="Once.", idempotency_key=mark)

    at_once(press, press)
    assert TimelineEntry.objects.count() == 1


@pytest.mark.parametrize("_", range(4))
def test_one_mark_on_two_cases_at_once_is_one_reply_and_one_refusal(_):
    case, mark = CaseFactory(), uuid4()
    another = CaseFactory(contact=case.contact)
    outcomes = at_once(
        *(
            lambda each=each: actions.reply(case=each, by=case.contact, text="Once.", idempotency_key=mark)
            for each in (case, another)
        )
    )
    assert sum(isinstance(outcome, DuplicateSubmission) for outcome in outcomes) == 1
    assert TimelineEntry.objects.count() == 1


@pytest.mark.parametrize("_", range(4))
def test_two_agents_give_each_other_a_case_at_once(_):
    one, other = AgentFactory.create_batch(2)
    cases = [CaseFactory(status=Case.Status.ASSIGNED, assignee=agent) for agent in (one, other)]
    at_once(
        lambda: actions.assign(case=cases[0], by=one, agent=other, idempotency_key=uuid4()),
        lambda: actions.assign(case=cases[1], by=other, agent=one, idempotency_key=uuid4()),
    )
    assert [Case.objects.get(pk=case.pk).assignee for case in cases] == [other, one]


@pytest.mark.parametrize("_", range(4))
def test_two_agents_hand_an_exception_case_over_at_once_and_it_has_one_contact(_):
    agents = AgentFactory.create_batch(2)
    contacts = UserFactory.create_batch(2, district=UserFactory().district, roles=[Role.SUPPORT_CONTACT])
    case = CaseFactory(
        contact=None,
        district=contacts[0].district,
        is_exception=True,
        caller_name="A caller",
        caller_reach="555 0100",
        emergency="It stops everything.",
    )
    outcomes = at_once(
        *(
            lambda agent=agent, contact=contact: actions.hand_over(case=case, by=agent, contact=contact)
            for agent, contact in zip(agents, contacts, strict=True)
        )
    )
    case.refresh_from_db()
    (refusal,) = [outcome for outcome in outcomes if isinstance(outcome, ActionRefused)]
    assert str(refusal) == f"Case {case.number} is already with {case.contact}."
    assert AuditEvent.objects.count() == 1
