"""Who must not be told of a case, and what nobody of a district learns."""

from functools import partial

import pytest
from django.utils import timezone

from cases import actions
from cases.models import Case
from contacts import scope
from contacts.actions import change_person
from contacts.models import AuditEvent, Message, Role, User
from tests.contacts.races import at_once
from tests.factories import AgentFactory, UserFactory


@pytest.mark.django_db
def test_an_agent_whose_role_ended_is_told_of_no_case_any_more(lead, agent, case_in):
    case, successor = case_in(Case.Status.ASSIGNED), AgentFactory()
    agent.designations.update(ended_at=timezone.now(), end_reason="Left.")
    actions.assign(case=case, by=lead, agent=successor)
    assert not Message.objects.filter(recipient=agent).exists()
    assert Message.objects.filter(recipient=successor).count() == 1


@pytest.mark.django_db
def test_no_row_that_the_district_may_read_says_that_there_is_a_note(lead, agent, contact, case_in):
    case = case_in(Case.Status.ASSIGNED)
    actions.note(case=case, by=lead, text="Hm.")
    assert Message.objects.get().recipient == agent
    assert AuditEvent.objects.filter(action="case.note").exists()
    with scope.of_district(contact.district):
        assert not Message.objects.exists()
        assert not AuditEvent.objects.filter(action="case.note").exists()


@pytest.mark.django_db(transaction=True)
def test_a_person_whose_address_changes_can_be_told_of_a_reply(agent, contact, case_in):
    case = case_in(Case.Status.ASSIGNED)
    administrator = UserFactory(district=contact.district, roles=[Role.DISTRICT_ADMINISTRATOR])
    for number in range(20):
        person = User.objects.get(pk=contact.pk)
        person.email = f"new{number}@example.org"
        outcomes = at_once(
            partial(change_person, person, by=administrator, changed=["email"]),
            partial(actions.reply, case=case, by=agent, text=f"Words {number}."),
        )
        assert not [each for each in outcomes if isinstance(each, Exception)]
