"""The technical contact requests updates, the managed services work them, and everyone concerned reads of it."""

import re

import pytest
from playwright.sync_api import expect

from cases.models import UpdateRequest

pytestmark = pytest.mark.browser
WHY = "We rehearse the start of the school year there."


def test_a_version_update_from_the_request_to_the_end(person):
    technical = person("technical@demo.example")
    page = technical.page
    page.get_by_role("link", name="Updates", exact=True).click()
    technical.look("updates-sites")
    page.get_by_role("link", name="Version update of the production site").click()
    technical.look("updates-request-version")
    page.get_by_role("button", name="Send the request").click()
    expect(page.get_by_text("Choose a maintenance window.").first).to_be_visible()
    technical.look("updates-request-refused")
    page.get_by_role("combobox", name="Version").select_option(index=1)
    page.get_by_label("Preferred window").select_option(index=1)
    page.get_by_label("Reason").fill(WHY)
    page.get_by_label("Others to notify").fill("teacher@demo.example")
    page.get_by_role("button", name="Send the request").click()
    expect(page.get_by_text("is requested. Support and your colleagues were told.")).to_be_visible()
    technical.look("updates-requested")
    asked = page.url

    agent = person("agent@support.example")
    agent.page.goto("/updates/")
    agent.look("updates-queue")
    agent.page.goto(asked)
    agent.look("updates-to-schedule")
    agent.page.get_by_role("button", name="Schedule").click()
    expect(agent.page.get_by_text("is scheduled. Both sides were told.")).to_be_visible()
    agent.look("updates-scheduled")
    agent.page.get_by_text("Start", exact=True).first.click()
    agent.page.get_by_role("button", name="Start").click()
    expect(agent.page.get_by_text("is in progress. Both sides were told.")).to_be_visible()
    agent.page.get_by_label("Note").first.fill("All services are up again.")
    agent.page.get_by_role("button", name="Complete").click()
    expect(agent.page.get_by_text("is completed. Both sides were told.")).to_be_visible()
    agent.look("updates-completed")

    teacher = person("teacher@demo.example")
    teacher.page.goto("/messages/")
    expect(teacher.page.get_by_text(re.compile("Completed: Update of production to Suite 2611")).first).to_be_visible()

    page.goto("/updates/")
    expect(page.get_by_role("row", name=re.compile("^Production"))).to_contain_text("Suite 2611")
    page.goto("/updates/history/")
    technical.look("updates-history")


def test_a_refresh_is_confirmed_in_typed_words_also_without_javascript(person):
    for scripts in (True, False):
        technical = person("technical@demo.example", scripts=scripts)
        page = technical.page
        page.goto("/updates/")
        page.get_by_role("link", name="Refresh the staging site").click()
        technical.look("updates-request-refresh")
        page.get_by_label("Preferred window").select_option(index=1)
        page.get_by_label("Reason").fill(WHY)
        page.get_by_label("Type “overwrite staging” to confirm").fill("yes")
        page.get_by_role("button", name="Send the request").click()
        expect(page.get_by_text("Type “overwrite staging”, and nothing else.").first).to_be_visible()
        page.get_by_label("Type “overwrite staging” to confirm").fill("overwrite staging")
        page.get_by_role("button", name="Send the request").click()
        expect(page.get_by_text("is requested. Support and your colleagues were told.")).to_be_visible()
        page.get_by_text("Cancel the request").first.click()
        page.get_by_label("Reason").fill("Not needed any more.")
        page.get_by_role("button", name="Cancel the request").click()
        expect(page.get_by_text("is canceled. Both sides were told.")).to_be_visible()
    technical = person("technical@demo.example")
    technical.page.goto(page.url)
    technical.look("updates-canceled")


def test_the_calendar_and_its_private_address(person):
    technical = person("technical@demo.example")
    page = technical.page
    start = UpdateRequest.objects.get(status="scheduled").scheduled_start
    page.goto(f"/updates/calendar/?month={start:%Y-%m}")
    expect(page.get_by_role("link", name="Refresh of sandbox")).to_be_visible()
    technical.look("updates-calendar")
    page.get_by_role("button", name="Make a private address").click()
    address = page.get_by_label("Copy it into your calendar program").input_value()
    technical.look("updates-calendar-address")
    stranger = person.stranger()
    assert "BEGIN:VEVENT" in stranger.page.request.get(address).text()
    page.goto("/updates/calendar/")
    expect(page.get_by_role("button", name="Make a new address")).to_be_visible()


def test_a_support_contact_reads_and_a_district_of_a_group_is_told_the_rule(person):
    contact = person("support@demo.example")
    contact.page.goto("/updates/")
    expect(contact.page.get_by_text("Devon Park requests updates for your district.")).to_be_visible()
    contact.look("updates-read-only")
    other = person("technical@other.example")
    other.page.goto("/updates/")
    expect(other.page.get_by_text("is updated together with its state or consortium")).to_be_visible()
    other.look("updates-of-a-group")
    lead = person("lead@support.example")
    lead.page.goto("/updates/?status=scheduled")
    lead.look("updates-queue-scheduled")
    lead.page.get_by_role("link", name="Refresh of sandbox").click()
    lead.look("updates-of-the-lead")
    lead.page.get_by_role("link", name="Riverbend School District").click()
    lead.look("updates-sites-for-support")
    lead.page.goto("/updates/calendar/")
    lead.look("updates-calendar-of-all")
