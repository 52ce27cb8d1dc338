"""Who is calling? An agent finds the caller, and checks the code that the caller reads from their own browser."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def find(page, words):
    page.get_by_label("Name, e-mail, phone or district").fill(words)
    page.get_by_role("button", name="Find the caller").click()


def caller(page, name):
    return page.locator(".caller-list .person", has=page.get_by_role("heading", name=name))


def type_code(page, name, code):
    caller(page, name).get_by_label("Code that the caller reads to you").fill(code)
    page.get_by_role("button", name=f"Check the code of {name}").click()


@pytest.mark.parametrize("scripts", [True, False])
def test_an_agent_checks_the_code_that_a_contact_reads_to_them(person, scripts):
    agent, contact = (person(f"{who}.example", scripts=scripts) for who in ("agent@support", "support@demo"))
    agent.look("home-of-an-agent")
    agent.page.get_by_role("link", name="Who is calling?").click()
    agent.look("callers")
    find(agent.page, "lopez mar")
    expect(caller(agent.page, "Maria Lopez")).to_contain_text(re.compile(r"Support contact since \w{3} \d+"))
    agent.look("caller-who-is-a-contact")

    contact.look("home-of-a-contact")
    contact.page.get_by_role("link", name="Code for a call with Support").click()
    contact.look("code-to-show")
    contact.page.get_by_role("button", name="Show a code for a call with Support").click()
    code = contact.page.locator(".one-time-code").inner_text()
    assert re.fullmatch(r"\d{3} \d{3}", code)
    expect(contact.page.get_by_text(re.compile(r"Valid until \d+:\d\d [AP]M, for one call"))).to_be_visible()
    contact.look("code-shown")

    type_code(agent.page, "Maria Lopez", f"{(int(code.replace(' ', '')) + 1) % 10**6:06}")
    expect(agent.page.get_by_role("alert")).to_contain_text("Tries left: 4.")
    agent.look("wrong-code")
    type_code(agent.page, "Maria Lopez", code)
    expect(agent.page.get_by_text("The code is right. You are speaking with Maria Lopez.")).to_be_visible()
    agent.look("right-code")
    expect(caller(agent.page, "Maria Lopez")).to_contain_text("Identity confirmed")
    expect(agent.page.get_by_label("Code that the caller reads to you")).to_have_count(0)

    contact.page.goto("/contacts/code/")
    expect(contact.page.locator(".one-time-code")).to_have_count(0)


def test_an_agent_refers_who_is_no_contact_to_the_contacts_of_the_district(person):
    agent = person("agent@support.example")
    agent.page.goto("/contacts/caller/")
    find(agent.page, "whitfield")
    expect(caller(agent.page, "Nora Whitfield")).to_contain_text("Not an authorized contact")
    expect(agent.page.get_by_role("link", name="support@demo.example")).to_be_visible()
    agent.look("caller-who-is-no-contact")
    agent.page.get_by_role("link", name="Open an exception case").click()
    expect(agent.page.get_by_label("Caller's district")).not_to_have_value("")
    agent.page.goto("/contacts/caller/?q=district")
    agent.look("callers-by-district")
    find(agent.page, "nobody at all")
    agent.look("caller-whom-nobody-knows")
