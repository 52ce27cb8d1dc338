"""What the calendar promises, in a browser: a break is added, an answer is due, a resolution is followed up."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from cases import actions
from cases.models import Case, ProductArea
from contacts.models import User

pytestmark = pytest.mark.browser


@pytest.fixture
def case(portal):
    contact = User.objects.get(email="support@demo.example")
    area = ProductArea.objects.first()
    return actions.submit(
        by=contact, kind=Case.Kind.QUESTION, product_area=area, subject="When is it due?", description="I wonder."
    )


def test_an_administrator_adds_a_break_and_removes_it(person):
    administrator = person("administrator@demo.example")
    page = administrator.page
    page.goto("/contacts/settings/")
    page.get_by_role("link", name="Add a holiday or break").click()
    administrator.look("add-holiday")
    page.get_by_label("Name").fill("Winter break")
    page.get_by_label("First day").fill("2030-12-23")
    page.get_by_label("Last day").fill("2031-01-03")
    page.get_by_role("button", name="Add").click()
    row = page.get_by_role("row", name="Winter break")
    expect(row).to_contain_text("Jan 3, 2031")
    administrator.look("settings-with-holidays")
    row.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("No holidays or breaks ahead.")).to_be_visible()


def test_an_agent_reads_by_when_an_answer_is_due_and_why(case, person):
    agent = person("agent@support.example")
    page = agent.page
    page.goto("/cases/?q=when+due")
    expect(page.get_by_role("row", name="When is it due?").get_by_title("Answer due")).to_be_visible()
    agent.look("list-with-answers-due")
    page.goto(case.get_absolute_url())
    page.get_by_text("How this is worked out").click()
    expect(page.locator("#answer-due")).to_contain_text("hour")
    agent.look("case-with-answer-due")
    Case.objects.filter(pk=case.pk).update(answer_soon_at=timezone.now(), answer_due_at=timezone.now())
    page.goto("/")
    expect(page.get_by_role("link", name="When is it due?")).to_be_visible()
    agent.look("home-with-answers-due")


def test_a_contact_reads_when_support_closes_the_case(case, person):
    actions.resolve(case=case, by=User.objects.get(email="agent@support.example"), text="In time.")
    contact = person("support@demo.example")
    contact.page.goto(case.get_absolute_url())
    expect(contact.page.get_by_text("Support closes this case on")).to_contain_text("reminders go out on")
    contact.look("case-with-follow-up")
