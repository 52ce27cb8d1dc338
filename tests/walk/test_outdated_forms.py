"""A case changes while somebody writes on its page."""

import pytest
from playwright.sync_api import expect

from cases.models import Case
from contacts.models import User

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("email", ["support@demo.example", "agent@support.example"])
def test_what_is_new_stands_beside_what_was_typed_and_a_second_press_sends_it(email, person):
    somebody = person(email)
    page = somebody.page
    district = User.objects.get(email="support@demo.example").district
    case = Case.objects.filter(district=district, status=Case.Status.ASSIGNED).last()
    page.goto(case.get_absolute_url())
    page.get_by_label("Your reply").fill("What I was writing.")

    colleague = person("lead@support.example").page
    colleague.goto(case.get_absolute_url())
    colleague.get_by_label("Your reply").fill("What was said meanwhile.")
    colleague.get_by_role("button", name="Send reply").click()

    page.get_by_role("button", name="Send reply").click()
    expect(page.get_by_text("has changed since you opened this page")).to_be_visible()
    reply = page.locator("#reply")
    expect(reply.get_by_text("What was said meanwhile.")).to_be_visible()
    expect(page.get_by_label("Your reply")).to_have_value("What I was writing.")
    somebody.trouble.clear()  # the answer 409 is meant
    somebody.look(f"outdated-{email.partition('@')[0]}")
    page.get_by_role("button", name="Send reply").click()
    expect(page.locator("#latest").get_by_text("What I was writing.")).to_be_visible()
