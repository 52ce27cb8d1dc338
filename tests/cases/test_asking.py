"""A form that asks by kind what Support needs to know, and says how much of it there is."""

import re
from uuid import uuid4

import pytest

from cases import actions
from cases.models import Case, Qualification, completeness
from cases.models.choices import Kind
from cases.models.qualification import ANSWERS, QUESTIONS, questions_for
from contacts import DuplicateSubmission
from tests.cases.conftest import NO_IMPACT
from tests.factories import CaseFactory, ProductAreaFactory

pytestmark = pytest.mark.django_db
URL = "/cases/new/"
SAID = {
    "attempted": "Take attendance.",
    "happened": "The roster is empty.",
    "expected": "It lists my students.",
    "documented_at": "Taking period attendance",
    "example": "Grade 9, enrolled in August.",
    "frequency": "always",
    "menu_path": "Attendance, Period attendance",
    "url": "https://sis.example.org/attendance",
    "setting": "2026-27, Hillside High",
    "environment": "production",
    "version": "Suite 12",
    "workaround": "On paper.",
}


@pytest.fixture
def answers():
    def answers(**changed):
        return {
            "kind": "issue",
            "product_area": ProductAreaFactory().pk,
            "subject": "The roster is empty",
            "description": "Nobody is there.",
            "steps_to_replicate": "Open period 3.",
            "urgency": "normal",
            **NO_IMPACT,
            "idempotency_key": uuid4(),
            **SAID,
        } | changed

    return answers


def parts(page):
    """(the name of a question, whether the page shows it)."""
    found = re.findall(r'<div class="asked[^"]*" data-weight[^>]*?( hidden)?>.*?name="(\w+)"', page.text, re.DOTALL)
    return {name: not hidden for hidden, name in found}


@pytest.mark.parametrize("kind", Kind)
def test_the_page_shows_the_questions_of_the_kind_and_of_no_other(kind, contact, sign_in):
    shown = parts(sign_in(contact).get(URL, {"kind": kind}))
    assert shown.keys() == QUESTIONS.keys()
    assert {name for name, is_shown in shown.items() if is_shown} == questions_for(kind).keys()


def test_before_a_kind_is_chosen_only_the_description_is_asked(contact, sign_in):
    for query in ({}, {"kind": "riddle"}):
        page = sign_in(contact).get(URL, query)
        assert {name for name, is_shown in parts(page).items() if is_shown} == {"description"}
        assert re.search(r'id="completeness" hidden', page.text)


def test_a_question_and_a_request_ask_less_than_an_issue():
    asked = {kind: set(questions_for(kind)) for kind in Kind}
    assert len(asked["question"]) == len(asked["request"]) == 4
    assert asked["issue"] == {"steps_to_replicate", "description", *ANSWERS} - {"purpose"}


def test_all_answers_of_an_issue_are_stored_with_their_district(contact, sign_in, answers):
    assert sign_in(contact).post(URL, answers()).status_code == 302
    case = Case.objects.get()
    assert case.qualification.answers == SAID
    assert case.qualification.district == contact.district
    assert case.steps_to_replicate == "Open period 3."


def test_only_the_description_and_the_steps_of_an_issue_are_compulsory(contact, sign_in, answers):
    client, nothing = sign_in(contact), dict.fromkeys(SAID, "")
    for kind in Kind:
        steps = "Open it." if kind == Kind.ISSUE else ""
        sent = answers(kind=kind, steps_to_replicate=steps, **nothing)
        assert client.post(URL, sent).status_code == 302, kind
    assert not Qualification.objects.exists()
    page = client.post(URL, answers(description="", steps_to_replicate="", **nothing))
    assert page.context["form"].errors.keys() == {"description", "steps_to_replicate"}


def test_what_stands_in_the_fields_of_other_kinds_is_not_stored(contact, sign_in, answers):
    sent = answers(kind="request", purpose="The report is due.")
    assert sign_in(contact).post(URL, sent).status_code == 302
    case = Case.objects.get()
    assert case.steps_to_replicate == ""
    kept = {"purpose": "The report is due.", "environment": "production", "setting": "2026-27, Hillside High"}
    assert case.qualification.answers == kept


def test_what_stands_there_is_neither_refused_nor_asked_about(contact, sign_in, answers):
    hidden = {"version": "x" * 300, "frequency": "never", "happened": "The password is Tulip#19."}
    assert sign_in(contact).post(URL, answers(kind="question", **hidden)).status_code == 302


def test_a_refused_form_keeps_it_for_a_change_of_mind(contact, sign_in, answers):
    page = sign_in(contact).post(URL, answers(kind="question", subject=""))
    assert not parts(page)["happened"]
    assert "The roster is empty." in page.text


def test_without_scripts_a_button_shows_the_questions_of_the_kind(contact, sign_in, answers):
    page = sign_in(contact).post(URL, answers(kind="request", subject="", look="kind"))
    assert {name for name, is_shown in parts(page).items() if is_shown} == questions_for("request").keys()
    assert "There is a problem" not in page.text
    assert "No open or recently closed case" not in page.text
    assert "Show the questions for this kind" in page.text


def test_an_answer_that_is_too_long_comes_back_whole(contact, sign_in, answers):
    page = sign_in(contact).post(URL, answers(version="x" * 207, happened="y" * 20_003))
    errors = page.context["form"].errors
    assert errors["version"] == ["Use at most 200 characters. You typed 207."]
    assert errors["happened"] == ["Use at most 20000 characters. You typed 20003."]
    assert "x" * 207 in page.text
    assert "y" * 20_003 in page.text
    assert " maxlength=" not in page.text


def test_an_answer_that_looks_sensitive_is_asked_about_by_its_question(contact, sign_in, answers):
    page = sign_in(contact).post(URL, answers(example="SSN 219-09-9999"))
    assert "“Example conditions” seems to contain a social security number." in page.text


def test_the_same_form_with_other_answers_is_a_question_to_the_person(contact, sign_in, answers):
    client, sent = sign_in(contact), answers()
    assert client.post(URL, sent).url == client.post(URL, sent).url
    page = client.post(URL, sent | {"happened": "It is full."})
    assert page.status_code == 409
    assert Case.objects.count() == 1
    fields = {"kind": "question", "product_area": ProductAreaFactory(), "subject": "One", "description": "One."}
    key = uuid4()
    actions.submit(by=contact, idempotency_key=key, **fields)
    with pytest.raises(DuplicateSubmission):
        actions.submit(by=contact, idempotency_key=key, qualification={"setting": "2026-27"}, **fields)


def test_what_was_answered_goes_along_into_another_case(contact, sign_in, answers):
    case = CaseFactory(contact=contact)
    page = sign_in(contact).post(f"/cases/{case.pk}/join/", answers(kind="question"), follow=True)
    (text,) = [form["text"].value() for verb, form, _ in page.context["composer"].modes if verb.name == "reply"]
    assert text == (
        "The roster is empty\n\nNobody is there.\n\nWhat were you trying to do?\nTake attendance.\n\n"
        "Menu path\nAttendance, Period attendance\n\nSchool year, school and calendar\n2026-27, Hillside High"
    )


def test_the_meter_counts_what_an_answer_weighs_and_names_what_would_help_most():
    empty = completeness("issue", {})
    assert (empty.answered, empty.asked, empty.weight) == (0, 14, 0)
    assert str(empty) == "0 of 14 answered. What would help most: a description."
    said = {"description": "Gone.", "frequency": "always", "version": " "}
    some = completeness("issue", said)
    assert (some.answered, some.weight) == (2, 5)
    assert str(some) == "2 of 14 answered. What would help most: the exact steps."
    full = completeness("issue", SAID | {"description": "Gone.", "steps_to_replicate": "Open it."})
    assert full.weight == full.most
    assert str(full) == "All 14 answered."
    assert str(completeness("request", {"description": "Please."})).endswith("help most: what it is needed for.")


def test_the_page_of_the_form_has_the_meter_and_what_a_script_needs(contact, sign_in, answers):
    page = sign_in(contact).post(URL, answers(subject="", happened=""))
    assert re.search(r'<meter [^>]*max="22" value="20"', page.text)
    assert "13 of 14 answered. What would help most: what exactly happened." in page.text
    assert 'data-weight="2" data-called="what exactly happened" data-kinds="issue"' in page.text
    assert re.search(r'<p [^>]*data-words role="status"', page.text)


def test_both_sides_read_the_answers_under_the_description(contact, agent, sign_in, answers):
    sign_in(contact).post(URL, answers())
    case = Case.objects.get()
    for person in (contact, agent):
        page = " ".join(sign_in(person).get(case.get_absolute_url()).text.split())
        assert "<dt>What happened?</dt><dd>The roster is empty.</dd>" in page
        assert "<dt>How often does it happen?</dt><dd>Every time</dd>" in page
        assert 'href="https://sis.example.org/attendance" rel="noopener noreferrer nofollow"' in page
        assert "All 14 answered." in page
        assert page.index("Steps to replicate") < page.index("What happened?") < page.index("What happened so far")


def test_support_reads_how_complete_a_case_is_that_answers_nothing(contact, agent, sign_in):
    case = CaseFactory(contact=contact)
    words = "1 of 4 answered. What would help most: what was attempted."
    assert words in sign_in(agent).get(case.get_absolute_url()).text
    assert words not in sign_in(contact).get(case.get_absolute_url()).text


def test_a_corrected_kind_keeps_the_answers(contact, agent, sign_in, answers):
    sign_in(contact).post(URL, answers())
    case = Case.objects.get()
    Case.objects.update(kind="question")
    page = sign_in(agent).get(case.get_absolute_url()).text
    assert "The roster is empty." in page
    assert "All 4 answered." in page
