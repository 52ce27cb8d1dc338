"""Home, as each role finds it, with and without JavaScript: each number and each row leads on."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
# By name: the person, what they have figures of, and whether a picture of cases.
PEOPLE = {
    "contact": ("support@demo.example", ["Waiting for us", "With Support"], True),
    "agent": ("agent@support.example", ["Unassigned", "Mine", "Due today", "Overdue"], True),
    "lead": ("lead@support.example", ["Unassigned", "Mine", "Due today", "Overdue", "Inactive contacts"], True),
    "approver": ("approver@demo.example", ["Requests to decide"], False),
    "administrator": ("administrator@demo.example", ["Inactive contacts"], False),
    "teacher": ("teacher@demo.example", [], False),
    "colleague": ("s.rosales@demo.example", [], False),
}


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("who", PEOPLE)
def test_home_shows_figures_a_picture_and_what_needs_the_person(who, scripts, person):
    email, figures, has_picture = PEOPLE[who]
    somebody = person(email, scripts=scripts)
    page = somebody.page
    expect(page.get_by_role("heading", level=1)).to_contain_text("Good ")
    expect(page.get_by_role("heading", name="What needs you now")).to_be_visible()
    expect(page.get_by_role("heading", name="open cases by age")).to_have_count(int(has_picture))
    expect(page.get_by_role("heading", name="By team")).to_have_count(int(who == "lead"))
    expect(page.get_by_text("Nothing needs you now")).to_have_count(int(who == "colleague"))
    somebody.look(f"home-of-{who}")
    for label in figures:
        figure = page.locator(".figure-row a").filter(has=page.locator(".figure-label", has_text=label))
        number = int(re.match(r"\d+", figure.inner_text())[0])
        figure.click()
        expect(page.get_by_role("heading", level=1)).not_to_contain_text("Good ")
        if "/cases/" in page.url:
            expect(page.locator("main tbody tr")).to_have_count(min(number, 25))
        page.go_back()
    if has_picture:
        page.locator(".ages td a").first.click()
        expect(page.locator("main tbody tr").first).to_be_visible()


def test_a_row_of_home_leads_to_the_thing_itself(person):
    page = person("support@demo.example").page
    row = page.get_by_role("link", name=re.compile("^Answer ")).first
    subject = row.inner_text().removeprefix("Answer ").strip()
    row.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(subject[:20])
