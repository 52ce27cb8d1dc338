"""Inactive contacts in a browser: the forecast by week, a decision about a flag, and a task that stands still."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from contacts.models import InactivityRun

pytestmark = pytest.mark.browser


def test_an_administrator_reads_the_forecast_and_keeps_a_contact(person):
    administrator = person("administrator@demo.example")
    page = administrator.page
    page.goto("/contacts/inactive/")
    administrator.look("inactive")
    page.get_by_role("link", name="Forecast").click()
    expect(page.get_by_role("img", name=re.compile("Contacts who reach 180 days"))).to_be_visible()
    expect(page.get_by_text("Short of contacts").first).to_be_visible()
    administrator.look("forecast")
    page.get_by_role("table", name=re.compile("by week")).get_by_role("link").first.click()
    expect(page.get_by_role("heading", name=re.compile("^Who, in the week of"))).to_be_visible()
    administrator.look("forecast-week")
    page.get_by_role("link", name="Flagged inactive").click()
    page.get_by_role("link", name="Keep Keith Ainsworth").click()
    page.get_by_label("Reason").fill("On leave until May.")
    page.get_by_role("button", name=re.compile("Keep")).click()
    expect(page.get_by_text("Keith Ainsworth stays a contact.")).to_be_visible()
    expect(page.get_by_text("Nobody is flagged")).to_be_visible()


def test_a_lead_reads_the_forecast_of_every_district(person):
    lead = person("lead@support.example")
    page = lead.page
    page.goto("/contacts/inactive/forecast/")
    expect(page.get_by_role("cell", name="Oak Valley Public Schools").first).to_be_visible()
    lead.look("forecast-lead")
    expect(page.get_by_text("has not looked for inactive contacts")).not_to_be_visible()


def test_the_page_says_that_the_task_stands_still(person, monkeypatch):
    lead = person("lead@support.example")
    monkeypatch.setattr(InactivityRun, "LATE_AFTER", timedelta(0))
    lead.page.goto("/contacts/inactive/")
    expect(lead.page.get_by_text("The portal has not looked for inactive contacts since")).to_be_visible()
    lead.look("inactive-late")
