"""A contact asks well: guided by the kind, warned, led to a case that exists, and asked before a second one."""

import re

import pytest
from playwright.sync_api import expect

from cases.models import Case
from contacts.models import AuditEvent

pytestmark = pytest.mark.browser
CONTACT = "support@demo.example"


def begin(somebody, kind, subject):
    page = somebody.page
    page.goto("/cases/new/")
    page.get_by_label(re.compile(f"^{kind}:")).check()
    page.get_by_label("Product area").select_option("Attendance")
    page.get_by_label("Subject").fill(subject)
    return page


def submit(page):
    page.get_by_role("button", name="Submit case").last.click()


def test_an_issue_is_asked_about_at_length_and_the_meter_follows(person):
    somebody = person(CONTACT)
    somebody.page.goto("/cases/new/")
    expect(somebody.page.get_by_label("What happened?")).to_be_hidden()
    expect(somebody.page.get_by_label("Description")).to_be_visible()
    somebody.look("ask-first")
    page = begin(somebody, "Issue", "Lockers of grade 7 have no numbers")
    words = page.locator("#completeness [data-words]")
    expect(words).to_have_text("0 of 14 answered. What would help most: a description.")
    page.get_by_label("Description").fill("Every locker is called 0 since the import.")
    expect(words).to_have_text("1 of 14 answered. What would help most: the exact steps.")
    page.get_by_label("Steps to replicate").fill("Open Lockers.\nChoose Hillside.")
    page.get_by_label("What happened?").fill("All numbers are 0.")
    page.get_by_label("How often does it happen?").select_option("Every time")
    page.get_by_label("On which site?").select_option("Production")
    expect(words).to_have_text("5 of 14 answered. What would help most: what was attempted.")
    assert page.locator("meter").evaluate("meter => [meter.value, meter.max]") == [11, 22]
    somebody.look("ask-issue")
    submit(page)
    expect(page.get_by_text("was sent to Support.")).to_be_visible()
    expect(page.get_by_text("All numbers are 0.")).to_be_visible()
    somebody.look("ask-issue-case")


def test_switching_the_kind_hides_its_questions_and_keeps_what_was_typed(person):
    somebody = person(CONTACT)
    page = begin(somebody, "Issue", "Bus lists in another order")
    page.get_by_label("What happened?").fill("They are by name.")
    page.get_by_label(re.compile("^Request:")).check()
    expect(page.get_by_label("What happened?")).to_be_hidden()
    expect(page.get_by_label("What is it needed for?")).to_be_visible()
    expect(page.locator("#completeness [data-words]")).to_contain_text("0 of 4 answered.")
    somebody.look("ask-request")
    page.get_by_label(re.compile("^Issue:")).check()
    expect(page.get_by_label("What happened?")).to_have_value("They are by name.")
    page.get_by_label(re.compile("^Request:")).check()
    page.get_by_label("Description").fill("By stop, please.")
    page.get_by_label("What is it needed for?").fill("The drivers read them at each stop.")
    submit(page)
    expect(page.get_by_text("was sent to Support.")).to_be_visible()
    assert Case.objects.latest("pk").qualification.answers == {"purpose": "The drivers read them at each stop."}


def test_a_reload_keeps_the_questions_of_the_kind(person):
    somebody = person(CONTACT)
    page = begin(somebody, "Question", "May two people share a locker?")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_label("What were you trying to do?").fill("Assign one twice.")
    page.goto("/cases/new/")
    expect(page.get_by_label("What were you trying to do?")).to_have_value("Assign one twice.")
    expect(page.get_by_label("What happened?")).to_be_hidden()
    expect(page.locator("#completeness [data-words]")).to_contain_text("1 of 4 answered.")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_contact_is_warned_and_decides(person, scripts):
    somebody = person(CONTACT, scripts=scripts)
    page = begin(somebody, "Question", "Who may see this number?")
    page.get_by_label("Description").fill("Her number is 219-09-9999.")
    submit(page)
    expect(page.get_by_role("alert")).to_contain_text("“Description” seems to contain a social security number.")
    somebody.look("ask-warned")
    page.get_by_label("Send it anyway: it is needed").check()
    submit(page)
    expect(page.get_by_text("was sent to Support.")).to_be_visible()
    assert AuditEvent.objects.get(action="case.send_sensitive").detail == {
        "what": "Description: a social security number"
    }
    page.get_by_label("Your reply").fill("The password is Tulip#19.")
    page.get_by_role("button", name="Send reply").click()
    expect(page.get_by_text("seems to contain a password.").first).to_be_visible()
    expect(page.get_by_label("Your reply")).to_have_value("The password is Tulip#19.")
    somebody.look("reply-warned")
    page.get_by_label("Send it anyway: it is needed").check()
    page.get_by_role("button", name="Send reply").click()
    expect(page.get_by_text("Your reply was sent.")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_contact_finds_their_case_and_joins_it(person, scripts):
    somebody = person(CONTACT, scripts=scripts)
    before = Case.objects.count()
    page = begin(somebody, "Issue", "Period attendance of Friday is missing again")
    page.get_by_label("Description").fill("Now it is period 4.")
    if not scripts:
        page.get_by_role("button", name="Look for similar cases").click()
    similar = page.get_by_role("region", name="Is it one of these?")
    expect(similar).to_be_visible()
    somebody.look("ask-similar")
    similar.get_by_role("button", name="It is this one").first.click()
    expect(page.get_by_text("Nothing is sent yet")).to_be_visible()
    words = "Period attendance of Friday is missing again\n\nNow it is period 4."
    expect(page.get_by_role("textbox", name=re.compile("reply|work", re.IGNORECASE)).first).to_have_value(words)
    somebody.look("ask-joined")
    assert Case.objects.count() == before
    page.get_by_role("button", name=re.compile("Send reply|Reopen the case")).last.click()
    expect(page.get_by_text(re.compile("Your reply was sent|is open again"))).to_be_visible()
    page.goto("/cases/new/")
    expect(page.get_by_label("Subject")).to_have_value("")


@pytest.mark.parametrize("scripts", [True, False])
def test_back_and_the_same_again_shows_the_case_that_there_is(person, scripts):
    somebody = person(CONTACT, scripts=scripts)
    page = begin(somebody, "Question", "How do I rename a homeroom?")
    page.get_by_label("Description").fill("It is called 7B twice.")
    submit(page)
    expect(page.get_by_text("was sent to Support.")).to_be_visible()
    first = Case.objects.latest("pk")
    page.go_back()
    if not page.get_by_label("Subject").input_value():
        begin(somebody, "Question", "How do I rename a homeroom?")
        page.get_by_label("Description").fill("It is called 7B twice.")
    submit(page)
    said = f"You submitted the same a moment ago: it is case {first.number}."
    expect(page.get_by_role("heading", name=said)).to_be_visible()
    expect(page.get_by_role("link", name=f"Go to case {first.number}")).to_be_visible()
    somebody.trouble.clear()  # The browser calls an answer of 409 an error.
    somebody.look("ask-again")
    page.get_by_role("button", name="Submit it again anyway").click()
    expect(page.get_by_text("was sent to Support.")).to_be_visible()
    assert Case.objects.filter(subject=first.subject).count() == 2


def test_without_scripts_each_kind_shows_its_own_questions(person):
    page = begin(person(CONTACT, scripts=False), "Issue", "Lockers of grade 7 have no numbers")
    expect(page.get_by_label("What happened?")).to_be_hidden()
    page.get_by_role("button", name="Show the questions for this kind").click()
    expect(page.get_by_label("What happened?")).to_be_visible()
    expect(page.get_by_label("What is it needed for?")).to_be_hidden()
    expect(page.get_by_label("Subject")).to_have_value("Lockers of grade 7 have no numbers")
    page.get_by_label("Description").fill("Every locker is called 0.")
    page.get_by_label("Steps to replicate").fill("Open Lockers.")
    page.get_by_label("What happened?").fill("All numbers are 0.")
    submit(page)
    expect(page.get_by_text("was sent to Support.")).to_be_visible()
    expect(page.get_by_text("All numbers are 0.")).to_be_visible()


def test_an_agent_reads_the_answers_and_how_complete_they_are(person):
    somebody = person("agent@support.example")
    case = Case.objects.filter(qualification__isnull=False, kind="issue").latest("pk")
    somebody.page.goto(case.get_absolute_url())
    expect(somebody.page.get_by_text(re.compile(r"\d+ of 14 answered"))).to_be_visible()
    somebody.look("answers-agent")
