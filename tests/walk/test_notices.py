"""Support posts incidents and maintenance, those affected read of them, and anyone sees the status."""

import re

import pytest
from playwright.sync_api import expect

from cases import actions

pytestmark = pytest.mark.browser


def bar(page):
    return page.get_by_role("complementary", name=re.compile("Incident|Maintenance"))


def test_a_support_contact_and_a_teacher_read_and_anyone_sees_the_status(person, settings, tmp_path):
    settings.STATUS_FILE = tmp_path / "status.json"
    stranger = person.stranger()
    stranger.page.goto("/status/")
    stranger.look("status-unknown")
    actions.write_status()
    stranger.page.goto("/status/")
    expect(stranger.page.get_by_role("heading", name="Attendance is slow")).to_be_visible()
    stranger.look("status")
    contact = person("support@demo.example")
    contact.page.goto("/notices/")
    contact.look("notices-for-contact")
    contact.page.get_by_role("link", name="Attendance is slow").last.click()
    expect(contact.page.get_by_text("told Support")).to_be_visible()
    contact.look("notices-of-the-district")
    contact.page.get_by_role("button", name="Hide this incident until its next update").click()
    expect(bar(contact.page)).to_contain_text("New servers for production")
    contact.look("notices-banner-maintenance")
    teacher = person("teacher@other.example")
    teacher.page.goto("/notices/")
    teacher.look("notices-for-teacher")


@pytest.mark.parametrize("scripts", [True, False])
def test_an_incident_from_the_first_word_to_the_resolution(person, scripts):
    agent, lead = person("agent@support.example", scripts=scripts), person("lead@support.example", scripts=scripts)
    agent.page.goto("/notices/")
    agent.look("notices-for-agent")
    agent.page.get_by_role("link", name="Post a notice").click()
    agent.look("notices-post")
    agent.page.get_by_label("Incident: something does not work").check()
    agent.page.get_by_label("Title").fill("Grades do not save")
    agent.page.get_by_role("button", name="Post the notice").click()
    expect(agent.page.get_by_text("Type at least one district").first).to_be_visible()
    agent.look("notices-post-refused")
    agent.page.get_by_label("Districts", exact=True).fill("Riverbend")
    agent.page.get_by_role("button", name="Post the notice").click()
    expect(agent.page.get_by_text("Grades do not save is posted. Its districts were told.")).to_be_visible()
    posted = agent.page.url

    technical = person("technical@demo.example", scripts=scripts)
    expect(bar(technical.page)).to_contain_text("Grades do not save")
    technical.page.goto(posted)
    technical.look("notices-for-technical")
    technical.page.get_by_label("How many people does it affect?").fill("35")
    technical.page.get_by_role("button", name="This affects us too").click()
    expect(technical.page.get_by_text("Support sees that it affects your district.")).to_be_visible()

    lead.page.goto(posted)
    expect(lead.page.get_by_text("1 district, 35 people")).to_be_visible()
    lead.look("notices-for-lead")
    agent.page.goto(posted)
    agent.page.get_by_label("Update").fill("A server is restarted.")
    agent.page.get_by_role("button", name="Post the update").click()
    expect(agent.page.get_by_text("The update is posted, and those affected were told.")).to_be_visible()

    page = lead.page
    page.get_by_text("Resolve the incident").first.click()
    page.get_by_label("How did it end?").fill("Grades save again.")
    page.get_by_role("button", name="Resolve the incident").click()
    expect(page.get_by_text("New since you opened this page")).to_be_visible()
    lead.trouble.clear()  # the answer 409 is meant
    lead.look("notices-outdated")
    page.get_by_role("button", name="Resolve the incident").click()
    expect(page.get_by_text("The notice is closed, and those affected were told.")).to_be_visible()
    lead.look("notices-resolved")

    technical.page.goto("/notices/closed/")
    expect(technical.page.get_by_role("link", name="Grades do not save")).to_be_visible()
    technical.page.goto("/messages/")
    expect(technical.page.get_by_text(re.compile("Resolved · Grades save again")).first).to_be_visible()
    technical.look("notices-told")


def test_an_agent_changes_a_notice_and_answers_its_cases_together(person):
    agent = person("agent@support.example")
    page = agent.page
    page.goto("/notices/")
    page.get_by_role("link", name="Attendance is slow").last.click()
    agent.look("notices-with-cases")
    page.get_by_role("link", name="Answer the open cases together").click()
    agent.look("notices-answer")
    page.get_by_label("What each district reads").fill("The servers are faster now. Please enter the rest today.")
    page.get_by_role("button", name="Send to each case").click()
    expect(page.get_by_text(re.compile(r"\d cases? answered\."))).to_be_visible()
    page.get_by_role("link", name="Change the notice").click()
    page.get_by_label("Title").fill("Attendance was slow")
    page.get_by_label("What changed, and why?").fill("It is fast again, and we watch it.")
    page.get_by_role("button", name="Change the notice").click()
    expect(page.get_by_text("The notice is changed, and its districts were told.")).to_be_visible()
    agent.look("notices-changed")
