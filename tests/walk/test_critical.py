"""A critical case from the form to the recorded call, and an agent who knows better than the table."""

import re

import pytest
from playwright.sync_api import expect

from cases.models import Case
from tests.walk.test_jobs import section

pytestmark = pytest.mark.browser


def submit_critical(page):
    page.get_by_label("Issue:").check()
    if (show := page.get_by_role("button", name="Show the questions for this kind")).count():
        show.click()  # What a script does by itself.
    page.get_by_label("Product area").select_option(label="Attendance")
    page.get_by_label("Subject").fill("Nobody can take attendance")
    page.get_by_label("Description").fill("Since 8 AM every page of attendance is white.")
    page.get_by_label("Steps to replicate").fill("Open Attendance.")
    page.get_by_label("Critical:").check()
    page.get_by_label("Does it stop people from working?").select_option(label="Yes")
    page.get_by_label("How many people does it affect?").select_option(label="Many people, more than 10")
    page.get_by_label("How many schools does it affect?").select_option(label="The whole district")


def test_a_contact_submits_a_critical_case_calls_and_records_it_and_an_agent_overrules(person):
    support, agent = person("support@demo.example"), person("agent@support.example")
    page, desk = support.page, agent.page
    page.goto("/cases/new/")
    support.look("submit")
    submit_critical(page)
    page.get_by_role("button", name="Submit case").click()
    step = page.get_by_role("region", name="Call Support now")
    expect(step).to_be_in_viewport()
    expect(step.get_by_role("link", name="555-0199")).to_have_attribute("href", "tel:555-0199")
    support.look("critical-awaits-call")
    number = re.search(r"/cases/(\d+)/", page.url)[1]

    desk.goto("/cases/?priority=critical")
    expect(desk.get_by_role("row", name="Nobody can take attendance")).to_contain_text("Call awaited")
    agent.look("list-with-calls-awaited")
    desk.goto(f"/cases/{number}/")
    expect(desk.get_by_text("The district is asked to call")).to_be_visible()
    agent.look("critical-agent")

    step.get_by_role("button", name="I have called Support").click()
    expect(page.get_by_text("Maria Lopez called Support.")).to_be_visible()
    expect(step).to_have_count(0)
    support.look("critical-called")

    desk.reload()
    expect(desk.get_by_text("The district is asked to call")).to_have_count(0)
    box = section(desk, "prioritize")
    box.get_by_label("High", exact=True).check()
    box.get_by_role("button").click()
    expect(desk.get_by_text("Explain why it is not what urgency and impact say.").first).to_be_visible()
    agent.look("prioritize-refused")
    box = section(desk, "prioritize")
    box.get_by_label("Reason").fill("The paper form takes its place until noon.")
    box.get_by_role("button").click()
    expect(desk.locator("#latest")).to_contain_text("Priority: Critical → High")
    page.reload()
    expect(page.get_by_label("About this case")).to_contain_text("Set by Support: The paper form takes its place")
    support.look("overruled")


def test_the_phone_step_works_without_javascript_and_on_a_phone(portal, browser):
    size = {"width": 390, "height": 800}
    page = browser.new_context(base_url=portal.url, java_script_enabled=False, viewport=size).new_page()
    page.goto("/accounts/login/?next=/cases/new/")
    page.get_by_label("E-mail").fill("support@demo.example")
    page.get_by_label("Password").fill("portal-demo")
    page.get_by_role("button", name="Sign in").click()
    submit_critical(page)
    page.get_by_role("button", name="Submit case").click()
    expect(page.get_by_role("region", name="Call Support now")).to_be_in_viewport()
    page.get_by_role("button", name="I have called Support").click()
    expect(page.get_by_text("The call to Support is recorded.")).to_be_in_viewport()
    assert Case.objects.get(subject="Nobody can take attendance").phoned_at
    page.context.close()
