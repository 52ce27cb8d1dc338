"""What people typed is theirs until it is sent: nothing of the page, and no other form on it, throws it away."""

import re

import pytest
from playwright.sync_api import expect

from cases.models import Case
from tests.walk.test_jobs import section

pytestmark = pytest.mark.browser


@pytest.fixture
def case(portal):
    return Case.objects.open().filter(contact__isnull=False, assignee__isnull=False).earliest("pk")


def leaving(page):
    """The questions that the browser asks before it leaves the page; each is answered with yes."""
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    return asked


def test_what_stands_in_the_other_forms_survives_sending_one(person, case):
    page = person("agent@support.example").page
    asked = leaving(page)
    page.goto(case.get_absolute_url())
    section(page, "reply").get_by_label("Your reply").fill("A long and careful reply.")
    escalation = section(page, "escalate")
    escalation.get_by_label("What the district should know").fill("A lead looks at it.")
    merge = section(page, "merge")
    merge.get_by_label("Number of the other case").fill("1")
    merge.get_by_role("button").click()
    expect(page).to_have_title(re.compile("^Error: "))
    expect(page.get_by_label("Your reply")).to_have_value("A long and careful reply.")
    expect(section(page, "escalate").get_by_label("What the district")).to_have_value("A lead looks at it.")
    expect(page.get_by_text("You typed this earlier. It is not sent yet.")).to_be_visible()
    section(page, "reply").get_by_role("button").click()
    expect(page.get_by_text("Your reply was sent.")).to_be_in_viewport()
    expect(page.get_by_label("Your reply")).to_have_value("")
    expect(section(page, "escalate").get_by_label("What the district")).to_have_value("A lead looks at it.")
    assert asked == []


def test_reply_at_the_top_leads_into_the_field(person, case):
    page = person("agent@support.example").page
    page.goto(case.get_absolute_url())
    page.get_by_role("link", name="Reply", exact=True).click()
    field = page.get_by_label("Your reply")
    expect(field).to_be_focused()
    expect(field).to_be_in_viewport()


def test_a_refused_form_keeps_its_text_in_every_mode(person, case):
    page = person("agent@support.example").page
    page.goto(case.get_absolute_url())
    section(page, "note").get_by_role("button").click()
    expect(page).to_have_title(re.compile("^Error: "))
    page.get_by_label("Internal note").fill("x" * 20_001)
    section(page, "note").get_by_role("button").click()
    expect(page.get_by_text("You typed 20001.").first).to_be_visible()
    expect(page.get_by_label("Internal note")).to_have_value("x" * 20_001)
    section(page, "reply")
    expect(page.get_by_label("Your reply")).to_have_value("x" * 20_001)


def test_leaving_a_page_asks_first_and_coming_back_finds_the_text(person):
    page = person("support@demo.example").page
    asked = leaving(page)
    page.goto("/cases/new/")
    page.get_by_label("Question:").check()
    page.get_by_label("Subject").fill("The roster of period 3 is empty")
    page.get_by_role("link", name="Message Center").first.click()
    page.wait_for_url("**/messages/")
    assert asked == ["beforeunload"]
    page.goto("/cases/new/")
    expect(page.get_by_label("Question:")).to_be_checked()
    expect(page.get_by_label("Subject")).to_have_value("The roster of period 3 is empty")
    page.get_by_label("Subject").fill("")
    page.get_by_role("link", name="Message Center").first.click()
    page.wait_for_url("**/messages/")
    assert asked == ["beforeunload"]


def test_a_text_is_not_kept_for_the_next_person_at_the_computer(person):
    somebody = person("support@demo.example")
    page = somebody.page
    leaving(page)
    page.goto("/cases/new/")
    page.get_by_label("Subject").fill("The roster of period 3 is empty")
    page.context.clear_cookies()
    page.goto("/accounts/login/")
    somebody.sign_in("technical@demo.example")
    page.goto("/cases/new/")
    expect(page.get_by_label("Subject")).to_have_value("")
    assert "roster" not in page.evaluate("JSON.stringify(sessionStorage)")


def test_signing_out_leaves_no_list_in_the_tab(person):
    page = person("agent@support.example").page
    leaving(page)
    page.goto("/cases/")
    assert page.evaluate("sessionStorage.getItem('list')")
    page.locator(".sign-out button").first.click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert page.evaluate("sessionStorage.getItem('list')") is None


def test_a_counter_appears_near_the_limit_and_a_paste_is_not_cut(person):
    page = person("support@demo.example").page
    leaving(page)
    page.goto("/cases/new/")
    subject = page.get_by_label("Subject")
    subject.fill("x" * 150)
    expect(page.get_by_text("characters left")).to_have_count(0)
    subject.fill("x" * 199)
    expect(page.get_by_text("1 character left")).to_be_visible()
    subject.fill("é" * 199 + "😀" * 3)
    expect(page.get_by_text("2 characters too many")).to_be_visible()
    expect(subject).to_have_value("é" * 199 + "😀" * 3)
    page.get_by_label("Description").fill("x" * 19_980 + "\na" * 10)  # sent, the end of a line is two characters
    expect(page.get_by_text("10 characters too many")).to_be_visible()
