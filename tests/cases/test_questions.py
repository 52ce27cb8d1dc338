"""A colleague's question becomes a case: their words and name go along, and they see nothing of the case."""

from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from cases import actions
from cases.models import Case
from contacts import ActionRefused, scope
from contacts.actions import answer
from contacts.models import AuditEvent, Message, Role, StaffQuestion
from tests.contacts.races import at_once
from tests.factories import ProductAreaFactory, SchoolFactory, StaffQuestionFactory, UserFactory

pytestmark = pytest.mark.django_db
WORDS = "How do I print a seating chart?\n\nIt comes out empty."


@pytest.fixture
def asker(district):
    school = SchoolFactory(district=district)
    return UserFactory(district=district, school=school, first_name="Nora", last_name="Whitfield")


@pytest.fixture
def question(asker):
    return StaffQuestionFactory(asker=asker, text=WORDS)


def address(question):
    return f"{reverse('cases:new')}?question={question.pk}"


def sent(form, **changed):
    """The form as it opened, with the one choice that it leaves to the contact."""
    fields = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in fields.items() if value is not None} | {
        "product_area": ProductAreaFactory().pk,
        **changed,
    }


def fields(**changed):
    return {
        "kind": Case.Kind.QUESTION,
        "product_area": ProductAreaFactory(),
        "subject": "Seating charts",
        "description": WORDS,
    } | changed


def test_a_contact_turns_a_question_into_a_case_with_its_words_and_the_askers_name(sign_in, contact, asker, question):
    client = sign_in(contact)
    assert address(question) in client.get(question.get_absolute_url()).text
    form = client.get(address(question)).context["form"]
    page = client.post(address(question), sent(form), follow=True)
    case = Case.objects.get()
    assert page.redirect_chain == [(case.get_absolute_url(), 302)]
    assert (case.contact, case.question, case.kind) == (contact, question, Case.Kind.QUESTION)
    assert case.subject == "How do I print a seating chart? It comes out empty."
    assert case.description.replace("\r", "") == f"Asked by Nora Whitfield:\n\n{WORDS}"
    assert AuditEvent.objects.filter(action="question.bring_to_support").count() == 1


def test_the_asker_reads_what_became_of_it_and_cannot_open_the_case(sign_in, contact, asker, question):
    case = actions.submit(by=contact, question=question, **fields())
    message = Message.objects.get(recipient=asker)
    assert message.title == "Your question was brought to Support"
    assert message.link == question.get_absolute_url()
    client = sign_in(asker)
    page = " ".join(client.get(question.get_absolute_url()).text.split())
    assert f"{contact} brought it to Support as case {case.number}" in page
    assert f"You cannot open it there. {contact} will tell you what comes of it." in page
    assert case.get_absolute_url() not in page
    assert client.get(case.get_absolute_url()).status_code == 403
    assert not Case.objects.visible_to(asker).exists()


def test_both_sides_read_who_asked(sign_in, contact, agent, question):
    case = actions.submit(by=contact, question=question, **fields())
    page = sign_in(contact).get(case.get_absolute_url()).text
    assert f'<a href="{question.get_absolute_url()}">Nora Whitfield</a>' in page
    page = sign_in(agent).get(case.get_absolute_url()).text
    assert "Nora Whitfield" in page
    assert question.get_absolute_url() not in page


def test_once_support_has_answered_the_contact_tells_the_asker(contact, asker, question):
    case = actions.submit(by=contact, question=question, **fields())
    answer(question, by=contact, text="It is mended.")
    question.refresh_from_db()
    assert (question.status, question.answer, question.reference) == (
        "answered",
        "It is mended.",
        f"case {case.number}",
    )


def test_the_same_form_twice_makes_one_case(contact, question):
    content = fields(idempotency_key=uuid4())
    assert actions.submit(by=contact, question=question, **content) == actions.submit(
        by=contact, question=question, **content
    )
    assert Case.objects.count() == 1


def test_a_question_that_somebody_took_care_of_is_refused_in_words_that_say_who(sign_in, contact, question):
    other = UserFactory(district=contact.district, roles=[Role.TECHNICAL_CONTACT])
    client = sign_in(contact)
    form = client.get(address(question)).context["form"]
    case = actions.submit(by=other, question=question, **fields())
    page = client.post(address(question), sent(form, subject="My own words"))
    assert page.status_code == 409
    assert f"{other} already brought this to Support as case {case.number}." in page.text
    assert "My own words" in page.text
    assert client.get(address(question)).url == question.get_absolute_url()


def test_an_answered_question_becomes_no_case(contact, question):
    answer(question, by=contact, text="Under Attendance.")
    with pytest.raises(ActionRefused, match="already answered"):
        actions.submit(by=contact, question=question, **fields())
    assert not Case.objects.exists()


def test_a_coach_turns_nothing_into_a_case(sign_in, asker, district):
    question = StaffQuestionFactory(asker=asker, went_to="coach")
    coach = UserFactory(district=district, roles=[Role.BUILDING_COACH])
    client = sign_in(coach)
    assert "Turn into a case" not in client.get(question.get_absolute_url()).text
    assert client.post(address(question), {}).status_code == 403
    with pytest.raises(ActionRefused):
        actions.submit(by=coach, question=question, **fields())


@pytest.mark.parametrize("key", ["999999999", "x", "²", "9" * 40])
def test_a_question_that_does_not_exist_is_not_found(sign_in, contact, key):
    assert sign_in(contact).get(reverse("cases:new"), {"question": key}).status_code == 404


def test_another_districts_question_is_not_found(sign_in, contact):
    assert sign_in(contact).get(address(StaffQuestionFactory())).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_of_two_who_turn_it_into_a_case_at_once_one_wins(contact, question):
    other = UserFactory(district=contact.district, roles=[Role.TECHNICAL_CONTACT])
    first, second = fields(), fields()
    outcomes = at_once(
        lambda: actions.submit(by=contact, question=question, **first),
        lambda: actions.submit(by=other, question=question, **second),
    )
    case = Case.objects.get()
    (refusal,) = [outcome for outcome in outcomes if isinstance(outcome, ActionRefused)]
    assert str(refusal) == f"{case.contact} already brought this to Support as case {case.number}."
    assert StaffQuestion.objects.get().brought_by == case.contact


def test_support_reads_the_question_of_a_case_within_its_own_scope(contact, question):
    case = actions.submit(by=contact, question=question, **fields())
    with scope.using(scope.Scope("support")):
        assert Case.objects.select_related("question__asker").get().question.asker == question.asker
    assert case.created_at <= timezone.now()
