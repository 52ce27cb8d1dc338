"""Open cases of a former contact are offered to the others; whoever is first takes each over."""

from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from cases import actions, tasks
from cases.models import Case, TimelineEntry
from contacts import ActionRefused
from contacts.actions import designate, end_designation, leave
from contacts.models import AuditEvent, Message, Role
from tests.contacts.races import at_once
from tests.factories import CaseFactory, UserFactory

pytestmark = pytest.mark.django_db
Status = Case.Status


@pytest.fixture
def administrator(district):
    return UserFactory(district=district, roles=[Role.DISTRICT_ADMINISTRATOR])


@pytest.fixture
def left(contact):
    """The contact, with an open case, a closed one and one that waits for an answer, has left."""
    CaseFactory(contact=contact, subject="Roster is empty")
    CaseFactory(contact=contact, subject="Old", status=Status.CLOSED, closed_at=timezone.now())
    leave(contact)
    return contact


@pytest.fixture
def case(left):
    return Case.objects.get(subject="Roster is empty")


def offers_to(person):
    return Message.objects.filter(recipient=person, link="/cases/?status=offered")


# --- telling ------------------------------------------------------------------------------------------------------


def test_the_remaining_contacts_are_told_once_how_many_cases_are_offered(contact, technical_contact, administrator):
    CaseFactory.create_batch(3, contact=contact)
    leave(contact)
    tasks.offer_cases()
    tasks.offer_cases()
    assert offers_to(technical_contact).get().title == "3 open cases without a contact"
    assert not offers_to(administrator).exists()
    assert len(AuditEvent.objects.get(action="case.offer").detail["cases"]) == 3


def test_the_end_of_a_role_offers_them_as_well(contact, technical_contact, administrator):
    CaseFactory(contact=contact)
    end_designation(contact.designations.get(), by=administrator, reason="Another job.")
    tasks.offer_cases()
    assert offers_to(technical_contact).count() == 1


def test_where_no_contact_remains_the_administrators_are_told(left, administrator):
    tasks.offer_cases()
    message = Message.objects.filter(recipient=administrator).latest("pk")
    assert message.title == "1 open case that nobody can take over"
    assert message.link == reverse("contacts:choose_person")


def test_whoever_is_still_a_contact_in_another_role_keeps_their_cases(contact, administrator, technical_contact):
    CaseFactory(contact=contact)
    designate(contact, role=Role.BUILDING_COACH, by=administrator)
    tasks.offer_cases()
    assert not Case.objects.offered().exists()
    assert not offers_to(technical_contact).exists()


def test_who_comes_back_and_leaves_again_is_told_of_again(contact, technical_contact, administrator):
    CaseFactory(contact=contact)
    for _ in range(2):
        end_designation(contact.designations.current().get(), by=administrator, reason="Another job.")
        tasks.offer_cases()
        designate(contact, role=Role.SUPPORT_CONTACT, by=administrator)
        tasks.offer_cases()
    assert offers_to(technical_contact).count() == 2


# --- taking over --------------------------------------------------------------------------------------------------


def test_the_home_page_and_the_list_offer_the_case_and_its_page_takes_it_over(case, left, technical_contact, sign_in):
    client = sign_in(technical_contact)
    [need] = [each for each in client.get(reverse("home")).context["needs"] if each.verb == "Take over"]
    assert need.url == case.get_absolute_url()
    page = client.get(reverse("cases:list"), {"status": "offered"})
    assert page.context["page"].rows == [case]
    assert "Needs a contact" in page.text
    page = client.get(case.get_absolute_url()).text
    assert "This case needs a contact" in page
    answer = client.post(f"{case.get_absolute_url()}accept/", {"idempotency_key": uuid4()}, follow=True).text
    assert f"Case {case.number} is yours: you are its contact." in answer
    case = Case.objects.get(pk=case.pk)
    assert (case.contact, case.handed_over_at, case.is_offered) == (technical_contact, None, False)
    entry = case.timeline.latest("pk")
    assert entry.action == TimelineEntry.Action.ACCEPTED
    assert entry.text == f"{technical_contact} takes the case over from {left}."
    assert AuditEvent.objects.get(action="case.accept").detail == {"former": left.pk}
    assert "Take over" not in client.get(reverse("home")).text


def test_the_others_and_support_are_told_who_took_it_over(case, left, technical_contact, agent):
    other = UserFactory(district=case.district, roles=[Role.SUPPORT_CONTACT])
    actions.accept(case=case, by=technical_contact)
    told = Message.objects.filter(title__contains=f"{technical_contact} took the case over")
    assert {message.recipient for message in told} == {other, agent}
    assert f"{left} is no longer an authorized contact" in told[0].body


def test_the_same_form_sent_twice_takes_over_once(case, technical_contact):
    key = uuid4()
    first = actions.accept(case=case, by=technical_contact, idempotency_key=key)
    assert actions.accept(case=case, by=technical_contact, idempotency_key=key) == first


def test_the_case_of_a_current_contact_is_not_taken_over(contact, technical_contact, sign_in):
    case = CaseFactory(contact=contact)
    with pytest.raises(ActionRefused, match=f"is already with {contact}"):
        actions.accept(case=case, by=technical_contact)
    assert "Take the case over" not in sign_in(technical_contact).get(case.get_absolute_url()).text


def test_a_closed_case_is_not_taken_over(left, technical_contact):
    case = Case.objects.get(subject="Old")
    with pytest.raises(ActionRefused, match="is closed"):
        actions.accept(case=case, by=technical_contact)
    assert not Case.objects.offered().filter(pk=case.pk).exists()


def test_support_reads_that_the_contact_is_gone_and_cannot_take_over(case, agent, technical_contact, sign_in):
    page = sign_in(agent).get(case.get_absolute_url()).text
    assert "is no longer an authorized contact. It is offered to" in page
    assert sign_in(agent).post(f"{case.get_absolute_url()}accept/").status_code == 403


def test_an_accepted_exception_case_keeps_when_it_was_first_accepted(exception_case, contact, technical_contact):
    actions.accept(case=exception_case, by=contact)
    first = Case.objects.get(pk=exception_case.pk).handed_over_at
    leave(contact)
    actions.accept(case=exception_case, by=technical_contact)
    case = Case.objects.get(pk=exception_case.pk)
    assert (case.contact, case.handed_over_at) == (technical_contact, first)


# --- what stays ---------------------------------------------------------------------------------------------------


def test_nothing_that_they_wrote_changes(contact, technical_contact, agent):
    case = CaseFactory(contact=contact)
    actions.reply(case=case, by=contact, text="Any news?")
    actions.reply(case=case, by=agent, text="Soon.")
    timeline = list(TimelineEntry.objects.order_by("pk").values())
    audit = list(AuditEvent.objects.order_by("pk").values())
    messages = list(Message.objects.order_by("pk").values())
    before = Case.objects.filter(pk=case.pk).values().get()
    leave(contact)
    tasks.offer_cases()
    assert list(TimelineEntry.objects.order_by("pk").values()) == timeline
    assert list(AuditEvent.objects.order_by("pk").values())[: len(audit)] == audit
    assert list(Message.objects.order_by("pk").values())[: len(messages)] == messages
    after = Case.objects.filter(pk=case.pk).values().get()
    assert {name for name in after if after[name] != before[name]} == {"offered_at"}


# --- two at once --------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_over_at_once_one_does_and_the_other_is_told_who(case, technical_contact):
    other = UserFactory(district=case.district, roles=[Role.SUPPORT_CONTACT])
    found = at_once(*(lambda by=by: actions.accept(case=case, by=by) for by in (technical_contact, other)))
    (refusal,) = [each for each in found if isinstance(each, ActionRefused)]
    winner = Case.objects.get(pk=case.pk).contact
    assert winner in (technical_contact, other)
    assert str(refusal) == f"Case {case.number} is already with {winner}."
    assert case.timeline.filter(action=TimelineEntry.Action.ACCEPTED).count() == 1


@pytest.mark.django_db(transaction=True)
def test_who_leaves_while_taking_over_does_not_keep_the_case_unseen(case, technical_contact):
    at_once(
        lambda: actions.accept(case=case, by=technical_contact),
        lambda: leave(technical_contact),
    )
    # Whoever was first, it is offered to the others.
    assert Case.objects.offered().filter(pk=case.pk).exists()
