"""What is answered or decided asks nobody any more: its messages are read, for everyone whom they asked."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from contacts import actions, message_center
from contacts.models import Kind, Message, Role
from tests.contacts.races import locked
from tests.factories import (
    AgentFactory,
    ContactRequestFactory,
    DesignationFactory,
    DistrictFactory,
    MessageFactory,
    SchoolFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def district():
    return DistrictFactory()


@pytest.fixture
def administrator(district):
    return UserFactory(district=district, roles=[Role.DISTRICT_ADMINISTRATOR])


@pytest.fixture
def lead():
    return AgentFactory(roles=[Role.SUPPORT_LEAD])


def asks(*people):
    """Which of the people are asked for something that they have not read."""
    unread = Message.objects.unread().filter(kind__in=[Kind.ANSWER, Kind.TO_DECIDE])
    return {message.recipient for message in unread.select_related("recipient") if message.recipient in people}


def test_what_is_settled_is_read_by_everyone_whom_it_asked_and_nothing_else():
    asked = [MessageFactory(about="/cases/7/", kind=kind) for kind in (Kind.ANSWER, Kind.TO_DECIDE)]
    others = [MessageFactory(about="/cases/7/", kind=kind) for kind in set(Kind) - {Kind.ANSWER, Kind.TO_DECIDE}]
    elsewhere = MessageFactory(about="/cases/71/", kind=Kind.ANSWER)
    message_center.settle("/cases/7/")
    assert set(Message.objects.unread()) == {*others, elsewhere}
    assert set(Message.objects.exclude(read_at=None)) == set(asked)


def test_what_was_read_before_keeps_when(district):
    read_at = timezone.now()
    message = MessageFactory(about="/cases/7/", kind=Kind.ANSWER, read_at=read_at)
    message_center.settle("/cases/7/")
    message.refresh_from_db()
    assert message.read_at == read_at


@pytest.mark.django_db(transaction=True)
def test_settling_waits_for_no_message_that_is_being_mailed():
    held, other = MessageFactory.create_batch(2, about="/cases/7/", kind=Kind.ANSWER)
    with locked(Message, held), transaction.atomic():
        message_center.settle("/cases/7/")
    assert list(Message.objects.unread()) == [held]
    assert other.pk


@pytest.mark.parametrize("decide", [actions.approve_contact, actions.deny_contact])
def test_a_decided_contact_request_asks_no_lead_any_more(decide, district, lead, administrator):
    other_lead = AgentFactory(roles=[Role.SUPPORT_LEAD])
    UserFactory.create_batch(2, district=district, roles=[Role.SUPPORT_CONTACT])
    person = UserFactory(district=district)
    request = actions.request_contact(person, by=administrator, reason="We grow.")
    assert asks(lead, other_lead, administrator) == {lead, other_lead}
    decide(request, by=lead, reason="Seen.")
    assert asks(lead, other_lead) == set()
    decided = Message.objects.get(recipient=administrator, kind=Kind.DECIDED)
    assert decided.is_always_sent


def test_a_withdrawn_contact_request_asks_nobody(lead, administrator):
    request = ContactRequestFactory(district=administrator.district, person__district=administrator.district)
    MessageFactory(recipient=lead, about=request.get_absolute_url(), kind=Kind.TO_DECIDE)
    actions.withdraw_contact_request(request, by=administrator)
    assert asks(lead) == set()


@pytest.mark.parametrize("answer", [actions.accept, actions.decline, actions.withdraw_nomination])
def test_an_answered_nomination_asks_nobody(answer, district, administrator):
    person = UserFactory(district=district)
    nomination = actions.nominate(person, by=administrator)
    assert asks(person) == {person}
    answer(nomination, by=administrator if answer == actions.withdraw_nomination else person)
    assert asks(person) == set()


def test_a_nomination_of_who_leaves_asks_nobody(district, administrator):
    person = UserFactory(district=district)
    actions.nominate(person, by=administrator)
    actions.leave(person)
    assert asks(person) == set()


def test_an_answered_question_asks_no_other_contact(district):
    first, second = UserFactory.create_batch(2, district=district, roles=[Role.SUPPORT_CONTACT])
    asker = UserFactory(district=district)
    question = actions.ask(by=asker, text="How?", idempotency_key=uuid4())
    assert asks(first, second, asker) == {first, second}
    actions.answer(question, by=first, text="So.")
    assert asks(first, second, asker) == set()


def test_a_question_passed_on_asks_the_contacts_and_no_longer_the_coach(district):
    school = SchoolFactory(district=district)
    coach, contact = UserFactory(district=district, school=school), UserFactory(district=district)
    DesignationFactory(user=coach, district=district, school=school, role=Role.BUILDING_COACH)
    DesignationFactory(user=contact, district=district, role=Role.SUPPORT_CONTACT)
    question = actions.ask(by=UserFactory(district=district, school=school), text="How?", idempotency_key=uuid4())
    other_coach = UserFactory(district=district)
    MessageFactory(recipient=other_coach, about=question.get_absolute_url(), kind=Kind.ANSWER)
    assert asks(coach, other_coach, contact) == {coach, other_coach}
    actions.pass_on(question, by=coach)
    assert asks(coach, other_coach, contact) == {contact}


def flagged(district, **fields):
    long_ago = timezone.now() - settings.CONTACT_INACTIVE_AFTER
    return DesignationFactory(
        user__district=district,
        district=district,
        role=Role.SUPPORT_CONTACT,
        started_at=long_ago,
        inactive_since=long_ago,
        **fields,
    )


def test_the_last_contact_who_is_kept_or_deactivated_settles_the_flags(district, administrator, lead):
    first, second, elsewhere = flagged(district), flagged(district), flagged(DistrictFactory())
    other = UserFactory(district=district, roles=[Role.DISTRICT_ADMINISTRATOR])
    actions.flag_inactive()
    people = {administrator, other, lead}
    assert asks(*people) == people
    actions.keep(first, by=administrator, reason="On leave.")
    assert asks(*people) == people
    actions.deactivate(second, by=administrator, reason="Left.")
    assert asks(*people) == {lead}
    actions.keep(elsewhere, by=lead, reason="On leave.")
    assert asks(*people) == set()


def test_a_contact_who_signs_in_settles_their_flag(district, administrator):
    contact = flagged(district)
    actions.flag_inactive()
    assert asks(administrator) == {administrator}
    actions.note_sign_in(contact.user)
    assert asks(administrator) == set()


def test_whoever_is_deactivated_by_the_clock_is_no_longer_to_decide(district, administrator, settings):
    flagged(district)
    actions.flag_inactive()
    settings.DEACTIVATE_FLAGGED_AFTER_DAYS = 1
    district.designations.filter(role=Role.SUPPORT_CONTACT).update(flagged_at=timezone.now() - timedelta(days=2))
    actions.flag_inactive()
    assert asks(administrator) == set()


def test_only_who_decides_is_asked_to_decide_about_a_flag(district, administrator):
    colleague = UserFactory(district=district, roles=[Role.TECHNICAL_CONTACT])
    contact = flagged(district)
    actions.flag_inactive()
    kinds = dict(Message.objects.values_list("recipient", "kind"))
    assert kinds == {administrator.pk: "to_decide", colleague.pk: "contacts", contact.user.pk: "account"}
    links = dict(Message.objects.values_list("recipient", "link"))
    assert (links[administrator.pk], links[colleague.pk]) == ("/contacts/inactive/", "/contacts/")
    assert Message.objects.get(recipient=contact.user).is_always_sent
