"""What people were told: the contact, the approver and the agent, with and without JavaScript."""

import re

import pytest
from playwright.sync_api import expect

from cases import actions
from cases.models import Case
from contacts.models import Kind, User

pytestmark = pytest.mark.browser


def user(email):
    return User.objects.get(email=email)


@pytest.fixture
def case(portal):
    """One on which Support asks the contacts something."""
    agent, contact = user("agent@support.example"), user("support@demo.example")
    open_cases = Case.objects.filter(district=contact.district, status=Case.Status.ASSIGNED, contact__isnull=False)
    case = open_cases.order_by("-pk").first()
    actions.reply(case=case, by=agent, text="We look into it.")
    actions.ask(case=case, by=agent, text="Which periods are missing?")
    return case


@pytest.mark.parametrize("scripts", [True, False])
def test_a_contact_finds_what_waits_for_them_and_an_answer_settles_it(scripts, person, case):
    support = person("support@demo.example", scripts=scripts)
    page = support.page
    page.goto("/messages/")
    expect(page.get_by_role("heading", level=1, name="Message Center")).to_be_visible()
    row = page.locator(".messages > li", has_text=f"Case {case.number} ·")
    expect(row).to_have_count(1)
    expect(row.get_by_text("Support needs your input")).to_be_visible()
    expect(row.get_by_text(re.compile(r"^\d+ new$"))).to_be_visible()
    support.look("messages")

    page.get_by_role("navigation", name="Kinds of messages").get_by_role("link", name=Kind.ANSWER.label).click()
    page.wait_for_url("**/messages/?kind=answer")
    expect(row).to_have_count(1)
    support.look("messages-to-answer")

    row.get_by_role("link", name="Read in full").click()
    expect(page.get_by_role("heading", level=1, name=f"Case {case.number} ·")).to_be_visible()
    expect(page.get_by_text("asked a question. Your reply")).to_be_visible()
    support.look("messages-in-full")
    page.get_by_role("main").get_by_role("link", name="Open").click()
    page.wait_for_url(f"**{case.get_absolute_url()}")

    colleague = user("technical@demo.example")
    assert colleague.messages.unread().filter(about=case.get_absolute_url(), kind=Kind.ANSWER).exists()
    page.get_by_label("Your reply").first.fill("Periods 3 and 4.")
    page.get_by_role("button", name=re.compile("^Send")).first.click()
    expect(page.get_by_text("Periods 3 and 4.").last).to_be_visible()
    assert not colleague.messages.unread().filter(about=case.get_absolute_url(), kind=Kind.ANSWER).exists()


@pytest.mark.parametrize("scripts", [True, False])
def test_the_whole_row_opens_the_thing_itself(scripts, person, case):
    page = person("support@demo.example", scripts=scripts).page
    page.goto("/messages/")
    row = page.locator(".messages > li", has_text=f"Case {case.number} ·")
    row.click()
    page.wait_for_url(f"**{case.get_absolute_url()}")
    page.goto("/messages/")
    expect(page.locator(".messages > .is-unread", has_text=f"Case {case.number} ·")).to_have_count(0)


@pytest.mark.parametrize("scripts", [True, False])
def test_an_approver_marks_one_as_read_and_then_all(scripts, person):
    approver = person("approver@demo.example", scripts=scripts)
    page = approver.page
    page.goto("/messages/?kind=to_decide")
    unread = page.locator(".messages > .is-unread")
    before = unread.count()
    assert before
    approver.look("messages-approver")
    unread.first.get_by_role("button", name="Mark as read").click()
    expect(unread).to_have_count(before - 1)
    assert page.url.endswith("?kind=to_decide")
    page.goto("/messages/")
    page.get_by_role("button", name="Mark all as read").click()
    expect(page.get_by_text("Everything you saw is marked as read.")).to_be_visible()
    expect(unread).to_have_count(0)


@pytest.mark.parametrize("scripts", [True, False])
def test_an_agent_chooses_how_they_are_told(scripts, person):
    agent = person("agent@support.example", scripts=scripts)
    page = agent.page
    page.goto("/messages/")
    agent.look("messages-agent")
    page.get_by_role("link", name="How you are told").click()
    expect(page.get_by_role("heading", level=1, name="How you are told")).to_be_visible()
    expect(page.get_by_text("Always by e-mail, at once")).to_have_count(2)
    agent.look("how-you-are-told")
    updates = page.get_by_role("group", name="Updates")
    updates.get_by_label("By e-mail, once a day").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("How you are told is saved.")).to_be_visible()
    assert user("agent@support.example").message_deliveries.get(kind=Kind.UPDATE).delivery == "digest"
    page.goto("/profile/")
    page.get_by_role("link", name="Choose how you are told").click()
    expect(page.get_by_role("group", name="Updates").get_by_label("By e-mail, once a day")).to_be_checked()
