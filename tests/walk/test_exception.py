"""An exception case in a browser: an agent asks, a contact accepts it, a lead sees what is late and the report."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from cases.models import Case
from tests.walk.test_jobs import section

pytestmark = pytest.mark.browser


def open_case(page):
    page.goto("/cases/exception/")
    page.get_by_label("Caller's district").fill("Riverbend School District")
    page.get_by_label("Who called?").fill("The front office")
    page.get_by_label("How to reach the caller").fill("555-0199")
    page.get_by_label("Why is it an emergency?").fill("Nobody can take attendance and no contact answers.")
    page.get_by_label("Issue:").check()
    page.get_by_label("Product area").select_option(label="Attendance")
    page.get_by_label("Subject").fill("The bell schedule is gone")
    page.get_by_label("Description").fill("Every page of attendance shows an error.")
    page.get_by_label("Does it stop people from working?").select_option(label="Yes")
    page.get_by_label("Can they get the work done another way").select_option(label="No")
    page.get_by_label("How many people does it affect?").select_option(label="Many people, more than 10")
    page.get_by_label("How many schools does it affect?").select_option(label="One school")
    page.get_by_role("button", name="Open exception case").click()


def ask(page, name):
    page.get_by_label("Authorized contact").select_option(label=name)
    page.get_by_role("button", name="Ask to accept").click()


def test_from_the_call_to_the_end_of_the_case(person):
    agent = person("agent@support.example")
    open_case(agent.page)
    expect(agent.page.get_by_text("Ask a contact to accept this case")).to_be_visible()
    agent.look("exception-nobody-asked")
    ask(agent.page, "Maria Lopez")
    expect(agent.page.get_by_text("Maria Lopez is asked to accept this case.")).to_be_visible()
    agent.look("exception-asked")

    contact = person("support@demo.example")
    page = contact.page
    expect(page.get_by_role("link", name="Accept The bell schedule is gone")).to_be_visible()
    contact.look("home-asked-to-accept")
    page.get_by_role("link", name=re.compile("The bell schedule is gone")).first.click()
    expect(page.get_by_text("Support asks you to accept this case")).to_be_visible()
    contact.look("exception-to-accept")
    page.get_by_role("button", name="Accept the case").click()
    expect(page.get_by_text("is yours: you are its contact.")).to_be_visible()
    contact.look("exception-accepted")
    section(page, "close").get_by_role("button", name="Close the case").click()
    expect(page.get_by_text("This case is closed")).to_be_visible()


def test_a_lead_sees_what_is_overdue_and_reads_the_report(person):
    lead = person("lead@support.example")
    page = lead.page
    overdue = page.get_by_role("listitem").filter(has_text="Find a contact for")
    expect(overdue).to_contain_text("late")
    page.goto("/cases/?status=overdue")
    expect(page.get_by_role("row", name="Oak Valley High School")).to_contain_text("Accept: ")
    lead.look("list-overdue")
    page.get_by_role("link", name=re.compile("Oak Valley High School")).click()
    lead.look("exception-overdue")
    page.get_by_role("link", name="Reports", exact=True).first.click()
    page.get_by_role("link", name="Exception cases", exact=True).click()
    page.get_by_role("link", name="Last 365 days").click()
    expect(page.get_by_role("row", name="Riverbend School District")).to_be_visible()
    lead.look("reports")
    page.emulate_media(media="print")
    expect(page.get_by_role("row", name="Riverbend School District")).to_be_visible()


def test_without_javascript_a_contact_is_asked_and_accepts(portal, browser):
    def sign_in(email, address):
        page = browser.new_context(base_url=portal.url, java_script_enabled=False).new_page()
        page.goto(f"/accounts/login/?next={address}")
        page.get_by_label("E-mail").fill(email)
        page.get_by_label("Password").fill("portal-demo")
        page.get_by_role("button", name="Sign in").click()
        return page

    page = sign_in("agent@support.example", "/cases/exception/")
    open_case(page)
    ask(page, "Maria Lopez")
    case = Case.objects.get(subject="The bell schedule is gone")
    assert timezone.now() < case.handover_due_at < timezone.now() + timedelta(days=7)
    page.context.close()
    page = sign_in("technical@demo.example", case.get_absolute_url())
    assert page.get_by_text("Maria Lopez is asked to accept it, but you may do so as well").is_visible()
    page.get_by_role("button", name="Accept the case").click()
    assert page.get_by_text("is yours: you are its contact.").is_visible()
    page.context.close()
