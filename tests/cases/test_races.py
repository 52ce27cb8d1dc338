"""Two people at once, against PostgreSQL: one has it, the other reads a sentence, nothing is half done."""

from datetime import date
from uuid import uuid4

import pytest
from django.utils import timezone

from cases import actions
from cases.models import Case, CaseLink, Draft, Presence, TimelineEntry
from contacts import ActionRefused, DuplicateSubmission
from contacts.actions import end_designation
from contacts.models import AuditEvent, Designation, Message, Role, User
from tests.contacts.races import at_once, locked
from tests.factories import AgentFactory, CaseFactory, ProductAreaFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)
Action = TimelineEntry.Action
CALLED = {"caller_name": "A caller", "caller_reach": "555-0100", "emergency": "Fire."}


@pytest.mark.parametrize("_", range(4))
def test_of_eight_agents_who_take_a_case_at_once_one_has_it(_):
    case, agents = CaseFactory(), AgentFactory.create_batch(8)
    outcomes = at_once(*(lambda agent=agent: actions.take(case=case, by=agent) for agent in agents))
    case.refresh_from_db()
    refusals = [outcome for outcome in outcomes if isinstance(outcome, ActionRefused)]
    assert len(refusals) == 7
    assert {str(refusal) for refusal in refusals} == {f"{case.assignee} already has case {case.number}."}
    assert TimelineEntry.objects.count() == AuditEvent.objects.filter(action="case.take").count() == 1
    assert AuditEvent.objects.filter(action="action.refused").count() == 7


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
def test_a_draft_that_is_saved_while_its_form_is_sent_does_not_come_back(_):
    agent, key = AgentFactory(), uuid4()
    case = CaseFactory(status=Case.Status.ASSIGNED, assignee=agent)
    at_once(
        lambda: actions.save_draft(case=case, by=agent, mode="reply", text="All", idempotency_key=key),
        lambda: actions.reply(case=case, by=agent, text="All of it.", idempotency_key=key),
    )
    assert TimelineEntry.objects.count() == 1
    assert not Draft.objects.exists()


@pytest.mark.parametrize("_", range(4))
def test_two_windows_that_save_at_once_leave_one_draft(_):
    case = CaseFactory()

    def save(text):
        return actions.save_draft(case=case, by=case.contact, mode="reply", text=text, idempotency_key=uuid4())

    outcomes = at_once(lambda: save("One"), lambda: save("Two"))
    assert all(isinstance(outcome, Draft) for outcome in outcomes)
    assert Draft.objects.get().text in ("One", "Two")


def test_two_windows_of_an_agent_are_one_presence():
    case, agent = CaseFactory(), AgentFactory()
    outcomes = at_once(*[lambda: actions.attend(case=case, by=agent)] * 4)
    assert outcomes == [None] * 4
    assert Presence.objects.count() == 1


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
    contact, area, key = UserFactory(roles=[Role.SUPPORT_CONTACT]), ProductAreaFactory(), uuid4()
    AgentFactory()

    def press():
        return actions.submit(
            by=contact,
            idempotency_key=key,
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
def test_the_same_words_in_two_forms_at_once_make_one_case_and_one_question(_):
    contact, area = UserFactory(roles=[Role.SUPPORT_CONTACT]), ProductAreaFactory()
    said = {"kind": Case.Kind.QUESTION, "product_area": area, "subject": "One", "description": "One."}

    def send():
        return actions.submit(by=contact, idempotency_key=uuid4(), **said)

    outcomes = at_once(send, send)
    (question,) = [outcome for outcome in outcomes if isinstance(outcome, actions.SubmittedBefore)]
    assert question.case == Case.objects.get()
    assert question.case in outcomes
    assert TimelineEntry.objects.count() == 1


@pytest.mark.parametrize("_", range(4))
def test_a_reply_pressed_twice_at_once_is_one_reply(_):
    case, key = CaseFactory(), uuid4()

    def press():
        return actions.reply(case=case, by=case.contact, text="Once.", idempotency_key=key)

    at_once(press, press)
    assert TimelineEntry.objects.count() == 1


@pytest.mark.parametrize("_", range(4))
def test_one_idempotency_key_on_two_cases_at_once_is_one_reply_and_one_refusal(_):
    case, key = CaseFactory(), uuid4()
    another = CaseFactory(contact=case.contact)
    outcomes = at_once(
        *(
            lambda each=each: actions.reply(case=each, by=case.contact, text="Once.", idempotency_key=key)
            for each in (case, another)
        )
    )
    assert sum(isinstance(outcome, DuplicateSubmission) for outcome in outcomes) == 1
    assert TimelineEntry.objects.count() == 1


@pytest.mark.parametrize("_", range(20))
def test_two_agents_give_each_other_a_case_at_once(_):
    one, other = AgentFactory.create_batch(2)
    cases = [CaseFactory(status=Case.Status.ASSIGNED, assignee=agent) for agent in (one, other)]
    at_once(
        lambda: actions.assign(case=cases[0], by=one, agent=other, idempotency_key=uuid4()),
        lambda: actions.assign(case=cases[1], by=other, agent=one, idempotency_key=uuid4()),
    )
    assert [Case.objects.get(pk=case.pk).assignee for case in cases] == [other, one]


@pytest.mark.parametrize("_", range(4))
def test_two_agents_ask_two_contacts_at_once_and_the_later_one_is_asked(_):
    agents = AgentFactory.create_batch(2)
    contacts = UserFactory.create_batch(2, district=UserFactory().district, roles=[Role.SUPPORT_CONTACT])
    case = CaseFactory(contact=None, district=contacts[0].district, is_exception=True, **CALLED)
    outcomes = at_once(
        *(
            lambda agent=agent, contact=contact: actions.hand_over(case=case, by=agent, contact=contact)
            for agent, contact in zip(agents, contacts, strict=True)
        )
    )
    case.refresh_from_db()
    assert not any(isinstance(outcome, Exception) for outcome in outcomes)
    assert case.timeline.last().text == f"{case.handover_to} is asked to accept this case."
    assert case.timeline.count() == AuditEvent.objects.filter(action="case.hand_over").count() == 2


SUPPORT_VERBS = {
    "take": {},
    "reply": {"text": "Words."},
    "note": {"text": "Words."},
    "ask": {"text": "Words."},
    "resolve": {"text": "Words."},
    "request_assist": {"text": "Words.", "agent": None},
    "schedule": {"text": "Words.", "scheduled_on": date(2030, 1, 2)},
    "send_to_development": {"text": "Words.", "defect_reference": "D-1"},
    "escalate": {"text": "Words.", "level": 1},
    "correct": {"urgency": Case.Urgency.HIGH},
    "merge": {"other": None},
    "relate": {"other": None},
    "record_call": {"colleague": "Kim", "present_throughout": True, "host": None},
    "assign": {"agent": None},
    "hand_over": {"contact": None},
    "open_exception": CALLED,
}


@pytest.fixture
def support_verb(request):
    """(agent, what runs the verb on a case where it is possible)."""
    agent, contact = AgentFactory(), UserFactory(roles=[Role.SUPPORT_CONTACT])
    case, said = CaseFactory(contact=contact), dict(SUPPORT_VERBS[request.param])
    if "agent" in said:
        said["agent"] = AgentFactory()
    if "other" in said:
        said["other"] = CaseFactory(contact=contact)
    if "host" in said:
        said["host"] = contact
    if "contact" in said:
        case = CaseFactory(contact=None, district=contact.district, is_exception=True, **CALLED)
        said["contact"] = contact
    about = {"case": case}
    if request.param == "open_exception":
        about = {"district": contact.district, "product_area": case.product_area, "kind": Case.Kind.QUESTION}
    assert agent.is_support  # as the view read it
    return agent, lambda: getattr(actions, request.param)(by=agent, **about | said)


@pytest.mark.parametrize("support_verb", SUPPORT_VERBS, indirect=True)
def test_an_agent_whose_role_has_just_ended_does_nothing(support_verb):
    agent, run = support_verb
    agent.designations.update(ended_at=timezone.now())
    with pytest.raises(ActionRefused, match="Your role has ended"):
        run()
    assert not TimelineEntry.objects.exists()


@pytest.mark.parametrize("support_verb", SUPPORT_VERBS, indirect=True)
def test_an_agent_who_just_lost_the_address_does_nothing(support_verb):
    agent, run = support_verb
    User.objects.filter(pk=agent.pk).update(email=None)
    with pytest.raises(ActionRefused, match="Your role has ended"):
        run()
    assert not TimelineEntry.objects.exists()


@pytest.mark.parametrize("support_verb", SUPPORT_VERBS, indirect=True)
def test_an_agents_role_cannot_end_while_they_act(support_verb):
    agent, run = support_verb
    with locked(Designation, agent.designations.get()), pytest.raises(ActionRefused, match="changing this right now"):
        run()
    run()
    assert TimelineEntry.objects.exists()


@pytest.fixture(params=["submit", "reply", "close", "reopen", "accept"])
def contact_verb(request):
    """(contact, what runs the verb where it is possible)."""
    contact = UserFactory(roles=[Role.SUPPORT_CONTACT])
    assert contact.roles  # as the view read them
    if request.param == "submit":
        question = {"kind": Case.Kind.QUESTION, "product_area": ProductAreaFactory(), "subject": "One"}
        return contact, lambda: actions.submit(by=contact, **question)
    if request.param == "accept":
        called = CaseFactory(contact=None, district=contact.district, is_exception=True, **CALLED)
        return contact, lambda: actions.accept(case=called, by=contact)
    closed = {"status": Case.Status.CLOSED, "closed_at": timezone.now()} if request.param == "reopen" else {}
    case = CaseFactory(contact=contact, **closed)
    return contact, lambda: getattr(actions, request.param)(case=case, by=contact, text="Words.")


def test_a_contact_who_just_lost_the_address_does_nothing(contact_verb):
    contact, run = contact_verb
    User.objects.filter(pk=contact.pk).update(email=None)
    with pytest.raises(ActionRefused, match="Your role has ended"):
        run()
    assert not TimelineEntry.objects.exists()


def test_a_contacts_role_cannot_end_while_they_act(contact_verb):
    contact, run = contact_verb
    with locked(Designation, contact.designations.get()), pytest.raises(ActionRefused, match="changing this right now"):
        run()
    run()
    assert TimelineEntry.objects.exists()


@pytest.mark.parametrize("_", range(10))
def test_a_role_that_ends_while_its_agent_takes_a_case_ends_before_or_after(_):
    agent, case = AgentFactory(), CaseFactory()
    taken, ended = at_once(
        lambda: actions.take(case=case, by=agent),
        lambda: end_designation(agent.designations.get(), by=None, reason="Left."),
    )
    assert ended is None
    case.refresh_from_db()
    assert (case.assignee == agent) is not isinstance(taken, ActionRefused)


@pytest.mark.parametrize(
    "elsewhere",
    [
        lambda district: UserFactory(roles=[Role.SUPPORT_CONTACT]),
        lambda district: UserFactory(district=district, roles=[Role.BUILDING_COACH]),
        lambda district: UserFactory(district=district, roles=[Role.SUPPORT_CONTACT], email=None),
    ],
)
def test_an_exception_case_goes_only_to_a_contact_of_its_district_who_can_act(elsewhere):
    district = UserFactory().district
    case = CaseFactory(contact=None, district=district, is_exception=True, **CALLED)
    with pytest.raises(ActionRefused, match="is not a current authorized contact"):
        actions.hand_over(case=case, by=AgentFactory(), contact=elsewhere(district))


def test_a_case_is_assigned_only_to_a_current_agent_who_can_act():
    case, agent = CaseFactory(), AgentFactory()
    former, unreachable = AgentFactory(), AgentFactory(email=None)
    former.designations.update(ended_at=timezone.now())
    for person in (former, unreachable, case.contact):
        with pytest.raises(ActionRefused, match="is no longer a support agent"):
            actions.assign(case=case, by=agent, agent=person)


def test_people_who_cannot_act_are_not_told():
    case = CaseFactory()
    UserFactory(district=case.district, roles=[Role.TECHNICAL_CONTACT], email=None)
    agent, former = AgentFactory(), AgentFactory(email=None)
    actions.reply(case=case, by=case.contact, text="Words.")
    assert {message.recipient for message in Message.objects.all()} == {agent}
    Case.objects.filter(pk=case.pk).update(status=Case.Status.ASSIGNED, assignee=former)
    actions.assign(case=case, by=agent, agent=AgentFactory())
    assert not Message.objects.filter(recipient=former).exists()


@pytest.mark.parametrize("_", range(4))
def test_two_agents_link_the_same_cases_at_once_and_there_is_one_link(_):
    one = CaseFactory()
    other, agents = CaseFactory(contact=one.contact), AgentFactory.create_batch(2)
    outcomes = at_once(
        lambda: actions.relate(case=one, by=agents[0], other=other),
        lambda: actions.relate(case=other, by=agents[1], other=one),
    )
    (refusal,) = [outcome for outcome in outcomes if isinstance(outcome, ActionRefused)]
    assert "are linked already" in str(refusal)
    assert CaseLink.objects.count() == 1
