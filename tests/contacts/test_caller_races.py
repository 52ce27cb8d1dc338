"""Two agents who check one code at once, and a contact who makes one meanwhile."""

import pytest
from django.utils import timezone

from contacts import ActionRefused, actions
from contacts.models import AuditEvent, CallerCode, Message, Role
from tests.contacts.races import at_once, locked
from tests.factories import AgentFactory, CallerCodeFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)
RIGHT, WRONG = "123456", "654321"


@pytest.fixture
def contact():
    return UserFactory(roles=[Role.SUPPORT_CONTACT])


@pytest.fixture
def agents():
    return AgentFactory.create_batch(2)


def check(person, agent, digits):
    return lambda: actions.check_caller_code(person, by=agent, digits=digits)


def test_of_two_agents_with_the_right_code_exactly_one_reads_that_it_is_right(contact, agents):
    for _ in range(50):
        CallerCodeFactory(person=contact)
        outcomes = sorted(found.outcome for found in at_once(*(check(contact, agent, RIGHT) for agent in agents)))
        assert outcomes == ["right", "used"]
    assert CallerCode.objects.filter(used_at__isnull=False).count() == 50
    assert AuditEvent.objects.filter(action="caller.check", detail__outcome="right").count() == 50


def test_wrong_codes_at_once_are_all_counted_and_five_are_the_end(contact, agents):
    for _ in range(10):
        CallerCode.objects.filter(replaced_at=None).update(replaced_at=timezone.now())
        CallerCodeFactory(person=contact)
        found = at_once(*(check(contact, agents[each % 2], WRONG) for each in range(7)))
        assert sorted(each.outcome for each in found) == ["tried too often"] * 2 + ["wrong"] * 5
        assert CallerCode.objects.get(replaced_at=None).wrong_tries == 5
    assert Message.objects.filter(recipient=contact).count() == 10


def test_two_codes_made_at_once_leave_one_that_counts(contact):
    for _ in range(20):
        made = at_once(*[lambda: actions.make_caller_code(by=contact)] * 2)
        code = CallerCode.objects.get(used_at=None, replaced_at=None)
        (digits,) = [digits for each, digits in made if each.pk == code.pk]
        assert code.is_made_of(digits)


def test_a_code_is_used_or_replaced_and_never_both(contact, agents):
    for _ in range(20):
        CallerCodeFactory(person=contact)
        found, made = at_once(check(contact, agents[0], RIGHT), lambda: actions.make_caller_code(by=contact))
        assert found.outcome in ("right", "wrong")
        code, digits = made
        assert check(contact, agents[0], digits)().is_right
        code.refresh_from_db()
        assert code.used_by == agents[0]


@pytest.mark.parametrize("whose", ["contact", "agent", "code"])
def test_neither_a_role_nor_the_code_changes_in_the_middle_of_a_check(contact, agents, whose):
    code = CallerCodeFactory(person=contact)
    held = {"contact": contact.designations.get(), "agent": agents[0].designations.get(), "code": code}[whose]
    with locked(type(held), held), pytest.raises(ActionRefused, match="changing this right now"):
        check(contact, agents[0], RIGHT)()
    code.refresh_from_db()
    assert code.used_at is None
    assert check(contact, agents[0], RIGHT)().is_right


def test_a_contact_whose_sign_in_was_just_stopped_is_confirmed_by_no_code(contact, agents):
    CallerCodeFactory(person=contact)
    actions.leave(contact)
    with pytest.raises(ActionRefused, match="is not an authorized contact now"):
        check(contact, agents[0], RIGHT)()
