"""Ask my contact: a question is asked once, goes to the right person, and is answered once."""

from datetime import timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from contacts import ActionRefused, DuplicateSubmission, actions, scope
from contacts.models import AuditEvent, Message, Role, StaffQuestion, User
from tests.conftest import every_page
from tests.contacts.races import at_once
from tests.factories import AgentFactory, DesignationFactory, DistrictFactory, SchoolFactory, StaffQuestionFactory
from tests.factories import UserFactory as Person

# Where the people of the tests are; the date there is not always that of UTC.
CHICAGO = ZoneInfo("America/Chicago")

pytestmark = pytest.mark.django_db
ASK, QUESTIONS, HOME = reverse("contacts:ask"), reverse("contacts:questions"), reverse("home")
WORDS = "How do I print a seating chart?"


@pytest.fixture(autouse=True)
def _no_second_factor(settings):
    settings.MFA_REQUIRED_ROLES = frozenset()


@pytest.fixture
def district():
    return DistrictFactory()


@pytest.fixture
def school(district):
    return SchoolFactory(district=district, name="Lakeside")


@pytest.fixture
def teacher(school):
    return Person(district=school.district, school=school, first_name="Nora", last_name="Whitfield")


@pytest.fixture
def contact(district):
    return Person(district=district, roles=[Role.SUPPORT_CONTACT], first_name="Maria", last_name="Lopez")


@pytest.fixture
def coach(school):
    return coach_of(school, first_name="Sam", last_name="Okafor")


def coach_of(school, **fields):
    person = Person(district=school.district, **fields)
    DesignationFactory(user=person, role=Role.BUILDING_COACH, school=school)
    return person


def told(question):
    return {message.recipient for message in Message.objects.filter(link=question.get_absolute_url())}


def answer_address(question):
    return reverse("contacts:answer", args=[question.pk])


def test_a_question_goes_to_the_coach_of_the_askers_school_as_a_message_and_a_row(sign_in, teacher, coach, contact):
    other = coach_of(SchoolFactory(district=teacher.district))
    page = sign_in(teacher).post(ASK, {"text": WORDS, "idempotency_key": uuid4()}, follow=True)
    question = StaffQuestion.objects.get()
    assert page.redirect_chain == [(question.get_absolute_url(), 302)]
    assert told(question) == {coach}
    message = Message.objects.get()
    assert message.title == "A question from Nora Whitfield"
    assert WORDS in message.body
    assert AuditEvent.objects.get().action == "question.ask"
    assert WORDS in sign_in(coach).get(HOME).text
    assert WORDS in sign_in(coach).get(QUESTIONS).text
    for person in (other, contact):
        assert WORDS not in sign_in(person).get(HOME).text


@pytest.mark.parametrize("coached", [False, True])
def test_without_a_coach_who_can_act_it_goes_to_the_support_contacts(teacher, contact, school, coached):
    technical = Person(district=teacher.district, roles=[Role.TECHNICAL_CONTACT])
    if coached:
        coach_of(school, email=None)
    question = actions.ask(by=teacher, text=WORDS)
    assert told(question) == {contact}
    assert question in StaffQuestion.objects.waiting_for(contact)
    assert question in StaffQuestion.objects.waiting_for(technical)


def test_without_a_support_contact_it_goes_to_the_technical_contact(teacher):
    technical = Person(district=teacher.district, roles=[Role.TECHNICAL_CONTACT])
    assert told(actions.ask(by=teacher, text=WORDS)) == {technical}


def test_without_anyone_who_could_answer_the_words_are_kept_and_the_asker_told(sign_in, teacher):
    page = sign_in(teacher).post(ASK, {"text": WORDS})
    assert page.status_code == 409
    assert "Your district has no contact yet who could answer." in page.text
    assert WORDS in page.text


def test_a_coachs_own_question_goes_to_the_contacts(coach, contact):
    question = actions.ask(by=coach, text=WORDS)
    assert told(question) == {contact}
    assert question not in StaffQuestion.objects.answerable_by(coach)


def test_a_contact_brings_questions_to_support_and_asks_nobody(sign_in, contact):
    assert sign_in(contact).get(ASK).status_code == 403
    with pytest.raises(ActionRefused, match="You are an authorized contact yourself"):
        actions.ask(by=contact, text=WORDS)


def test_while_the_coach_is_away_their_cover_is_told_and_may_answer(teacher, school, coach):
    cover = coach_of(SchoolFactory(district=teacher.district))
    coach.away_until, coach.cover = timezone.localdate(timezone=CHICAGO) + timedelta(days=2), cover
    coach.save()
    question = actions.ask(by=teacher, text=WORDS)
    assert told(question) == {coach, cover}
    assert question in StaffQuestion.objects.waiting_for(cover)
    User.objects.filter(pk=coach.pk).update(away_until=timezone.localdate(timezone=CHICAGO))
    assert question not in StaffQuestion.objects.visible_to(cover)


def test_a_question_whose_coach_left_waits_for_the_contacts(teacher, coach, contact):
    question = actions.ask(by=teacher, text=WORDS)
    assert question not in StaffQuestion.objects.waiting_for(contact)
    coach.designations.update(ended_at=timezone.now() + timedelta(days=1))
    assert question in StaffQuestion.objects.waiting_for(contact)


def test_the_same_form_asks_once_and_other_words_are_a_question_back(teacher, contact):
    key = uuid4()
    assert actions.ask(by=teacher, text=WORDS, idempotency_key=key) == actions.ask(
        by=teacher, text=WORDS, idempotency_key=key
    )
    with pytest.raises(DuplicateSubmission):
        actions.ask(by=teacher, text="Something else.", idempotency_key=key)
    assert Message.objects.count() == AuditEvent.objects.count() == 1


def test_the_asker_reads_the_answer_and_was_told(sign_in, teacher, coach):
    question = actions.ask(by=teacher, text=WORDS)
    page = sign_in(coach).post(answer_address(question), {"text": "Under Attendance."}, follow=True)
    assert "Nora Whitfield reads your answer here and was told." in page.text
    message = Message.objects.get(recipient=teacher)
    assert message.title == "Your question was answered"
    assert "Under Attendance." not in message.title
    page = sign_in(teacher).get(question.get_absolute_url()).text
    assert "Under Attendance." in page
    assert "Sam Okafor" in page
    assert AuditEvent.objects.filter(action="question.answer", actor_key=str(coach.pk)).count() == 1
    assert not StaffQuestion.objects.waiting_for(coach).exists()
    assert not Message.objects.filter(recipient=teacher, read_at=None).exists()


def test_the_same_answer_twice_is_one_and_another_answer_is_refused_with_its_words(sign_in, teacher, coach, contact):
    question = actions.ask(by=teacher, text=WORDS)
    for _ in range(2):
        actions.answer(question, by=coach, text="Under Attendance.")
    assert Message.objects.filter(recipient=teacher).count() == 1
    page = sign_in(contact).post(answer_address(question), {"text": "Under Reports, I think."})
    assert page.status_code == 409
    assert "Sam Okafor already answered this question." in page.text
    assert "Under Attendance." in page.text
    assert "Under Reports, I think." in page.text


def test_a_coach_passes_a_question_on_to_the_support_contacts(sign_in, teacher, coach, contact):
    question = actions.ask(by=teacher, text=WORDS)
    pass_on = reverse("contacts:pass_on", args=[question.pk])
    for _ in range(2):
        page = sign_in(coach).post(pass_on, follow=True)
    assert "passed on by Sam Okafor" in " ".join(page.text.split())
    assert told(question) == {coach, contact}
    assert question in StaffQuestion.objects.waiting_for(contact)
    assert sign_in(coach).get(question.get_absolute_url()).context["answer_form"] is None
    with pytest.raises(ActionRefused, match="no longer with you"):
        actions.answer(question, by=coach, text="Too late.")
    assert AuditEvent.objects.filter(action="question.pass_on").count() == 1
    actions.answer(question, by=contact, text="Under Attendance.")
    assert StaffQuestion.objects.get().answered_by == contact


def test_a_coach_whose_colleague_passed_it_on_meanwhile_keeps_what_they_typed(sign_in, teacher, school, coach, contact):
    question, other = actions.ask(by=teacher, text=WORDS), coach_of(school)
    actions.pass_on(question, by=coach)
    page = sign_in(other).post(answer_address(question), {"text": "Under Attendance."})
    assert page.status_code == 409
    assert "This question is no longer with you." in page.text
    assert "Under Attendance." in page.text
    page = sign_in(other).post(reverse("contacts:pass_on", args=[question.pk]))
    assert page.status_code == 409
    assert "Somebody else took care of this question meanwhile." in page.text


def test_what_is_answered_is_not_passed_on(teacher, coach, contact):
    question = actions.ask(by=teacher, text=WORDS)
    actions.answer(question, by=contact, text="Under Attendance.")
    with pytest.raises(ActionRefused, match="Somebody else took care"):
        actions.pass_on(question, by=coach)


def test_a_coach_in_a_district_without_contacts_keeps_the_question(teacher, coach):
    with pytest.raises(ActionRefused, match="no authorized contact"):
        actions.pass_on(actions.ask(by=teacher, text=WORDS), by=coach)
    assert StaffQuestion.objects.get().went_to == "coach"


def test_nobody_else_reads_a_question(sign_in, teacher, coach):
    question = actions.ask(by=teacher, text=WORDS)
    others = [
        Person(district=teacher.district),
        Person(district=teacher.district, roles=[Role.DISTRICT_ADMINISTRATOR]),
        coach_of(SchoolFactory(district=teacher.district)),
        Person(roles=[Role.SUPPORT_CONTACT]),
    ]
    for person in others:
        assert sign_in(person).get(question.get_absolute_url()).status_code == 404, person
        assert WORDS not in sign_in(person).get(QUESTIONS).text
    assert sign_in(AgentFactory()).get(question.get_absolute_url()).status_code == 403


def test_support_reaches_in_the_database_only_what_was_brought_to_it(teacher, contact):
    StaffQuestionFactory(asker=teacher)
    brought = StaffQuestionFactory(
        asker=teacher, status="brought", brought_by=contact, brought_at=timezone.now(), reference="request 1"
    )
    with scope.using(scope.Scope("support")):
        assert list(StaffQuestion.objects.all()) == [brought]
        assert StaffQuestion.objects.filter(pk=brought.pk).update(reference="request 2") == 0


@pytest.mark.parametrize("role", [Role.BUILDING_COACH, Role.SUPPORT_CONTACT])
def test_whoever_just_lost_the_role_answers_nothing(teacher, role):
    person = Person(district=teacher.district, roles=[role])
    question = actions.ask(by=teacher, text=WORDS)
    assert person.roles == {role}
    person.designations.update(ended_at=timezone.now() + timedelta(days=1))
    with pytest.raises(ActionRefused, match="Your role has ended"):
        actions.answer(question, by=person, text="Under Attendance.")


def test_what_waits_comes_first_on_every_page(sign_in, teacher, contact):
    answered = {"status": "answered", "answered_by": contact, "answered_at": timezone.now(), "answer": "Yes."}
    brought = {"status": "brought", "brought_by": contact, "brought_at": timezone.now(), "reference": "request 1"}
    for number in range(20):
        StaffQuestionFactory(asker=teacher, **(answered if number % 2 else brought))
        StaffQuestionFactory(asker=teacher)
    for person in (teacher, contact):
        rows = [row for page in every_page(sign_in(person), QUESTIONS) for row in page.context["page"].rows]
        assert [row.status for row in rows] == ["new"] * 20 + ["answered", "brought"] * 10
        assert len(set(rows)) == 40


def test_the_list_takes_one_query_however_many_questions(sign_in, teacher, contact, django_assert_num_queries):
    StaffQuestionFactory.create_batch(20, asker=teacher)
    client = sign_in(contact)
    client.get(QUESTIONS)
    with django_assert_num_queries(1 + 7):
        client.get(QUESTIONS)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_answer_at_once_one_wins_and_the_other_reads_who(teacher, contact):
    other = Person(district=teacher.district, roles=[Role.TECHNICAL_CONTACT], first_name="Devon", last_name="Park")
    question = actions.ask(by=teacher, text=WORDS)

    def says(person, words):
        return lambda: actions.answer(StaffQuestion.objects.get(pk=question.pk), by=person, text=words)

    outcomes = at_once(says(contact, "Yes."), says(other, "No."))
    (refusal,) = [outcome for outcome in outcomes if isinstance(outcome, ActionRefused)]
    stored = StaffQuestion.objects.get()
    assert str(refusal) == f"{stored.answered_by} already answered this question. Nothing was changed."
    assert Message.objects.filter(recipient=teacher).count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_form_sent_twice_at_once_asks_once(teacher, contact):
    key = uuid4()
    verb = lambda: actions.ask(by=teacher, text=WORDS, idempotency_key=key)  # noqa: E731
    assert len({question.pk for question in at_once(verb, verb)}) == 1
    assert Message.objects.count() == 1
