"""Reports in a browser: a contact's district, an agent's queues, a lead's comparison, with and without JavaScript."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def open_reports(somebody):
    somebody.page.get_by_role("link", name="Reports", exact=True).first.click()
    return somebody.page


@pytest.mark.parametrize("scripts", [True, False])
def test_a_contact_reads_how_their_district_does(person, scripts):
    contact = person("support@demo.example", scripts=scripts)
    page = open_reports(contact)
    expect(page.get_by_role("heading", name="Reports of Riverbend School District")).to_be_visible()
    contact.look("reports-district")
    page.get_by_role("link", name="School year").click()
    expect(page.get_by_role("heading", name=re.compile("^.*School year 20"))).to_be_visible()
    contact.look("reports-district-year")
    page.get_by_role("link", name=re.compile("^Earlier: School year")).click()
    page.get_by_text("From and to").click()
    page.get_by_label("From", exact=True).fill("2026-03-01")
    page.get_by_label("To", exact=True).fill("2026-02-01")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("The last day is the first day or one after it.").first).to_be_visible()
    contact.look("reports-refused")
    page.get_by_label("To", exact=True).fill("2026-04-30")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("heading", name="Mar 1, 2026 to Apr 30, 2026")).to_be_visible()
    page.get_by_role("link", name="Schools and contacts").click()
    expect(page.get_by_role("heading", name="Mar 1, 2026 to Apr 30, 2026")).to_be_visible()
    page.get_by_role("link", name="Last 365 days").click()
    expect(page.get_by_role("region", name="By contact").get_by_role("row", name="Maria Lopez")).to_be_visible()
    contact.look("reports-people")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_contact_finds_what_training_would_help_and_takes_it_along(person, scripts):
    contact = person("support@demo.example", scripts=scripts)
    page = open_reports(contact)
    page.get_by_role("link", name="Training needs").click()
    page.get_by_role("link", name="Last 365 days").click()
    row = page.get_by_role("region", name="What comes up again").get_by_role("row", name="Scheduling")
    expect(row.get_by_role("link", name="Building a schedule, step by step")).to_be_visible()
    contact.look("reports-training")
    page.get_by_label("Compare before and after a training on").fill("2026-08-01")
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_text("Training on Aug 1, 2026")).to_be_visible()
    contact.look("reports-training-compared")
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV of What comes up again").click()
    assert download.value.suggested_filename.startswith("riverbend-school-district-recurring-")
    page.emulate_media(media="print")
    expect(page.get_by_role("link", name="CSV of What comes up again")).to_be_hidden()
    expect(page.get_by_role("region", name="What comes up again")).to_be_visible()


def test_an_agent_sees_the_load_and_what_stands_out(person):
    agent = person("agent@support.example")
    page = open_reports(agent)
    expect(page.get_by_role("heading", name="Load by queue")).to_be_visible()
    agent.look("reports-support")
    page.get_by_role("link", name="Districts", exact=True).click()
    page.get_by_role("link", name="Last 365 days").click()
    agent.look("reports-districts")
    page.get_by_role("link", name="Read the reports of another district").click()
    page.get_by_role("link", name="Riverbend School District").click()
    expect(page.get_by_role("heading", name="Schools and contacts")).to_be_visible()
    page.get_by_role("link", name="Overview", exact=True).click()
    expect(page.get_by_role("heading", name="Reports of Riverbend School District")).to_be_visible()
    agent.look("reports-of-a-district-for-support")
    page.goto("/reports/exceptions/?days=365")
    expect(page.get_by_role("heading", name="Exception cases by agent")).to_have_count(0)


def test_a_lead_compares_agents(person):
    lead = person("lead@support.example")
    page = open_reports(lead)
    page.get_by_role("link", name="Exception cases", exact=True).click()
    page.get_by_role("link", name="Last 365 days").click()
    expect(page.get_by_role("heading", name="Exception cases by agent")).to_be_visible()
    lead.look("reports-exceptions")
    page.get_by_role("link", name="Training needs").click()
    expect(page.get_by_role("heading", name="In which districts")).to_be_visible()
    lead.look("reports-training-of-all")
