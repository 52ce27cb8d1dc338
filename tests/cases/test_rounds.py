"""A hundred rounds of two people who do the same at once: one outcome each, and the other reads a sentence."""

from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from cases import actions
from cases.models import Case
from contacts import ActionRefused
from contacts.actions import end_designation
from contacts.models import AuditEvent, Role
from tests.contacts.races import at_once
from tests.factories import AgentFactory, CaseFactory, ProductAreaFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = range(100)


@pytest.fixture
def people():
    """(a contact, two agents)"""
    return UserFactory(roles=[Role.SUPPORT_CONTACT]), *AgentFactory.create_batch(2)


@pytest.fixture
def colleague(people):
    return UserFactory(district=people[0].district, roles=[Role.TECHNICAL_CONTACT])


@pytest.fixture
def new_case(people):
    return partial(CaseFactory, contact=people[0], product_area=ProductAreaFactory())


def race(*verbs):
    """The one refusal of two."""
    outcomes = at_once(*verbs)
    (refusal,) = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert isinstance(refusal, ActionRefused)
    return refusal


def audited(action, *cases):
    keys = [str(case.pk) for case in cases]
    return AuditEvent.objects.filter(action=f"case.{action}", object_key__in=keys).count()


def test_two_agents_take(people, new_case):
    for _ in ROUNDS:
        case = new_case()
        refusal = race(*(partial(actions.take, case=case, by=agent) for agent in people[1:]))
        case.refresh_from_db()
        assert str(refusal) == f"{case.assignee} already has case {case.number}."
        assert case.timeline.count() == audited("take", case) == 1


def test_two_agents_escalate_to_one_level(people, new_case):
    for _ in ROUNDS:
        case = new_case()
        said = {"case": case, "level": 2, "text": "Look."}
        refusal = race(*(partial(actions.escalate, by=agent, **said) for agent in people[1:]))
        assert str(refusal) == f"Case {case.number} is already escalated to level 2."
        assert audited("escalate", case) == 1


def test_a_call_is_recorded_or_confirmed_while_the_case_is_closed(people, new_case, colleague):
    for number in ROUNDS:
        case = new_case()
        said = {"case": case, "by": people[0], "present_throughout": True}
        if number % 2:
            actions.record_call(case=case, by=people[1], colleague="Kim", host=people[0])
            told = partial(actions.confirm_call, **said, call=case.calls.get())
        else:
            told = partial(actions.record_call, **said, colleague="Kim")
        outcome, closed = at_once(told, partial(actions.close, case=Case.objects.get(pk=case.pk), by=colleague))
        case.refresh_from_db()
        assert case.is_closed
        assert not isinstance(closed, Exception)
        assert case.calls.filter(confirmed_at__isnull=False).exists() is not isinstance(outcome, Exception)


def test_two_agents_merge_two_cases_into_each_other_and_one_stays_open(people, new_case):
    for _ in ROUNDS:
        one, other = new_case(), new_case()
        race(
            partial(actions.merge, case=one, by=people[1], other=other),
            partial(actions.merge, case=other, by=people[2], other=one),
        )
        one.refresh_from_db()
        other.refresh_from_db()
        closed, still_open = (one, other) if one.is_closed else (other, one)
        assert closed.merged_into == still_open
        assert not still_open.is_closed
        assert audited("merge", one, other) == 1


def test_two_agents_undo_a_merge(people, new_case):
    for _ in ROUNDS:
        one, other = new_case(), new_case()
        actions.merge(case=one, by=people[1], other=other)
        race(*(partial(actions.unmerge, case=one, by=agent) for agent in people[1:]))
        assert Case.objects.get(pk=one.pk).status == Case.Status.NEW
        assert audited("unmerge", one) == 1


def test_an_agent_merges_while_the_contact_closes(people, new_case):
    for _ in ROUNDS:
        case, other = new_case(), new_case()
        race(
            partial(actions.merge, case=case, by=people[1], other=other),
            partial(actions.close, case=case, by=people[0]),
        )
        case.refresh_from_db()
        assert case.is_closed
        assert case.timeline.count() == 1


def test_two_contacts_close(people, new_case):
    colleague = UserFactory(district=people[0].district, roles=[Role.TECHNICAL_CONTACT])
    for _ in ROUNDS:
        case = new_case()
        refusal = race(*(partial(actions.close, case=case, by=contact) for contact in (people[0], colleague)))
        assert str(refusal) == f"Case {case.number} is already closed."
        assert case.timeline.count() == 1


def test_two_agents_correct_and_the_second_reads_what_the_first_did(people, new_case):
    for _ in ROUNDS:
        case = new_case()
        urgencies = zip(people[1:], (Case.Urgency.HIGH, Case.Urgency.LOW), strict=True)
        refusal = race(
            *(partial(actions.correct, case=case, by=agent, newest=0, urgency=urgency) for agent, urgency in urgencies)
        )
        assert refusal.news == [case.timeline.get()]


def test_two_agents_prioritize_and_the_second_reads_what_the_first_did(people, new_case):
    for _ in ROUNDS:
        case = new_case()
        said = {"case": case, "newest": 0, "reason": "I know it."}
        levels = zip(people[1:], (Case.Priority.HIGH, Case.Priority.LOW), strict=True)
        refusal = race(*(partial(actions.prioritize, by=agent, priority=level, **said) for agent, level in levels))
        assert refusal.news == [case.timeline.get()]
        assert audited("prioritize", case) == 1


def test_a_contact_records_the_call_while_the_sweep_reminds_of_it(people, new_case, settings):
    settings.SUPPORT_PHONE = "555 0199"
    for _ in ROUNDS:
        overdue = {"priority": Case.Priority.CRITICAL, "phone_due_at": timezone.now() - timedelta(minutes=1)}
        case = new_case(**overdue)
        recorded, reminded = at_once(
            partial(actions.record_phone_follow_up, case=case, by=people[0]), actions.remind_of_calls
        )
        case.refresh_from_db()
        assert not isinstance(recorded, Exception)
        assert (case.phone_due_at, bool(case.phoned_at)) == (None, True)
        # The reminder came first or not at all.
        steps = [entry.action for entry in case.timeline.all()]
        assert steps == [*["reminded"] * reminded, "phoned"]
        assert audited("remind_of_call", case) == reminded


@pytest.fixture
def called(people, new_case):
    """A new exception case, to be accepted by now."""
    said = {"caller_name": "A caller", "caller_reach": "555-0100", "emergency": "Fire.", "is_exception": True}
    worked = {"status": Case.Status.ASSIGNED, "assignee": people[1]}
    return lambda: new_case(contact=None, district=people[0].district, handover_due_at=timezone.now(), **said, **worked)


def test_two_contacts_accept(people, colleague, called):
    for _ in ROUNDS:
        case = called()
        refusal = race(*(partial(actions.accept, case=case, by=contact) for contact in (people[0], colleague)))
        case.refresh_from_db()
        assert str(refusal) == f"Case {case.number} is already with {case.contact}."
        assert case.timeline.count() == audited("accept", case) == 1


def test_a_contact_accepts_while_support_asks_another(people, colleague, called):
    for _ in ROUNDS:
        case = called()
        accepted, asked = at_once(
            partial(actions.accept, case=case, by=people[0]),
            partial(actions.hand_over, case=case, by=people[1], contact=colleague),
        )
        case.refresh_from_db()
        assert not isinstance(accepted, Exception)
        assert (case.contact, case.handover_to) == (people[0], None)
        if isinstance(asked, Exception):
            assert str(asked) == f"Case {case.number} is already with {people[0]}."
        assert case.timeline.count() == (1 if isinstance(asked, Exception) else 2)


def test_a_contact_accepts_while_their_role_ends(people, called):
    for _ in ROUNDS:
        case, leaving = called(), UserFactory(district=people[0].district, roles=[Role.SUPPORT_CONTACT])
        accepted, ended = at_once(
            partial(actions.accept, case=case, by=leaving),
            partial(end_designation, leaving.designations.get(), by=None, reason="Left."),
        )
        case.refresh_from_db()
        assert ended is None
        assert (case.contact == leaving) is not isinstance(accepted, Exception)
        if isinstance(accepted, Exception):
            assert str(accepted).startswith("Your role has ended")


def test_a_contact_accepts_while_the_sweep_reminds(people, called):
    for _ in ROUNDS:
        case = called()
        accepted, reminded = at_once(partial(actions.accept, case=case, by=people[0]), actions.remind_of_handovers)
        case.refresh_from_db()
        assert not isinstance(accepted, Exception)
        assert case.contact == people[0]
        assert case.timeline.count() == 1 + reminded
        assert bool(case.handover_reminded_at) == bool(reminded)
        assert actions.remind_of_handovers() == 0


def test_two_sweeps_remind(people, called):
    for _ in ROUNDS:
        case = called()
        assert sorted(at_once(actions.remind_of_handovers, actions.remind_of_handovers)) == [0, 1]
        assert case.timeline.count() == audited("remind_of_handover", case) == 1
        assert people[0].messages.filter(link=case.get_absolute_url()).count() == 1
