"""Somebody types a reply while their session ends: nothing is lost, and they come back to where they were."""

import pytest
from playwright.sync_api import expect

from cases.models import Case

pytestmark = pytest.mark.browser
REPLY = "The nightly job failed again.\nIt says <b>no roster</b>."


def test_a_reply_that_came_too_late_is_copied_and_sent_again(person):
    contact = person("support@demo.example")
    page = contact.page
    case = Case.objects.filter(status="assigned", district__slug="demo", is_exception=False).latest("pk")
    page.goto(case.get_absolute_url())
    page.get_by_label("Your reply").fill(REPLY)
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Send reply").click()
    expect(page.get_by_role("heading", level=1, name="You were signed out before this was sent")).to_be_visible()
    contact.trouble.clear()  # the browser itself notes the 401 in its console
    contact.look("signed-out")
    kept = page.get_by_label("Your text").input_value()
    page.get_by_role("link", name="Sign in").last.click()
    page.get_by_label("E-mail").fill("support@demo.example")
    page.get_by_label("Password").fill("portal-demo")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("Your reply").fill(kept)
    page.get_by_role("button", name="Send reply").click()
    expect(page.locator(".timeline")).to_contain_text("It says <b>no roster</b>.")
    page.goto(f"{case.get_absolute_url()}reply/")
    expect(page).to_have_url(f"{page.url.split('/cases/')[0]}{case.get_absolute_url()}")
