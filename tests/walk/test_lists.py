"""The list of cases: tabs, filters, sorting, a search, the way back, and several cases at once."""

import re

import pytest
from playwright.sync_api import expect

from cases import actions
from cases.models import Case
from contacts.models import User

pytestmark = pytest.mark.browser


def rows(page):
    return page.locator("tr[id^=case-]")


def test_an_agent_works_through_the_tabs_and_returns_to_the_same_row(person):
    agent = person("agent@support.example")
    page = agent.page
    page.goto("/cases/")
    agent.look("cases-all")
    page.get_by_role("navigation", name="Cases").get_by_role("link", name=re.compile("Waiting for us")).click()
    agent.look("cases-waiting-for-us")
    page.get_by_role("link", name="Priority", exact=True).click()
    expect(page.get_by_role("columnheader", name="Priority")).to_have_attribute("aria-sort", "descending")
    page.locator("summary", has_text="Filter").click()
    page.get_by_label("District's name").press_sequentially("river")
    expect(page.locator("datalist option[value='Riverbend School District']")).to_have_count(1)
    page.get_by_label("District's name").fill("Riverbend School District")
    agent.look("cases-filter")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_role("list", name="Filters in use")).to_contain_text("Riverbend School District")
    agent.look("cases-filtered")
    before, row = page.url, rows(page).nth(3)
    anchor = row.get_attribute("id")
    row.get_by_role("link").click()
    page.get_by_role("link", name="Cases", exact=True).last.click()
    assert page.url == f"{before}#{anchor}"
    page.get_by_role("link", name=re.compile("Riverbend School District.*remove this filter")).click()
    expect(page.get_by_role("list", name="Filters in use")).to_have_count(0)
    expect(page.get_by_role("columnheader", name="Priority")).to_have_attribute("aria-sort", "descending")
    page.locator(".sort summary").click()
    agent.look("cases-sort")
    page.get_by_role("link", name="Most pressing").click()
    for tab in ("Unassigned", "Mine", "Waiting for the district", "Overdue"):
        page.get_by_role("navigation", name="Cases").get_by_role("link", name=re.compile(f"^{tab}")).click()
        expect(page.get_by_role("link", name=re.compile(f"^{tab}"))).to_have_attribute("aria-current", "page")
    agent.look("cases-overdue")


def test_a_search_shows_where_the_words_stand(person):
    agent = person("agent@support.example")
    page = agent.page
    page.goto("/cases/")
    page.get_by_label("Words, number or name").fill("another district")
    page.get_by_role("button", name="Search").click()
    expect(page.locator(".hit mark").first).to_be_visible()
    expect(page.locator(".hit.is-internal").first).to_contain_text("Internal note: ")
    agent.look("cases-search")
    contact = person("support@demo.example")
    contact.page.goto("/cases/?q=another+district")
    expect(contact.page.get_by_text("No cases found")).to_be_visible()
    contact.page.goto("/cases/?q=calendar")
    expect(contact.page.locator(".hit mark").first).to_be_visible()
    contact.look("cases-search-of-a-contact")


def test_a_contact_sees_whose_turn_it_is(person):
    contact = person("support@demo.example")
    page = contact.page
    page.goto("/cases/")
    contact.look("cases-of-a-contact")
    page.get_by_role("navigation", name="Cases").get_by_role("link", name=re.compile("Waiting for us")).click()
    for row in rows(page).all():
        expect(row).to_contain_text("You: ")
    assert page.get_by_role("checkbox").count() == 0


@pytest.mark.parametrize("scripts", [True, False])
def test_an_agent_closes_duplicates_and_reads_which_were_not_done(person, scripts):
    maria = User.objects.get(email="support@demo.example")
    area = Case.objects.first().product_area
    said = {"kind": "question", "product_area": area, "description": "One.", "urgency": "normal"}
    one, two, three = (actions.submit(by=maria, subject=f"Duplicate {n}", **said) for n in "123")
    agent = person("agent@support.example", scripts=scripts)
    page = agent.page
    page.goto("/cases/?q=duplicate")
    if scripts:
        expect(page.get_by_role("button", name="Close as duplicates")).to_be_hidden()
        page.get_by_label("Choose all cases of this page").check()
        expect(page.get_by_text("3 chosen")).to_be_visible()
        agent.look("cases-chosen")
    else:
        for case in (one, two, three):
            page.get_by_label(f"Choose case {case.number}").check()
    page.get_by_role("button", name="Close as duplicates").click()
    agent.look("cases-merge")
    actions.close(case=two, by=maria, text="")
    page.get_by_label(f"{one.number} Duplicate 1").check()
    page.get_by_role("button", name="Close as duplicates").click()
    expect(page.get_by_text(f"Case {two.number} is closed")).to_be_visible()
    agent.look("cases-not-all-merged")
    page.get_by_role("link", name="Back to the list").click()
    assert page.url.endswith("/cases/?q=duplicate")
    page.get_by_label(f"Choose case {one.number}").check()
    page.get_by_role("button", name="Assign").click()
    agent.look("cases-assign")
    page.get_by_role("button", name="Assign").click()
    expect(page.get_by_text("1 case assigned.")).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("Duplicate 1"))).to_contain_text("Me")


def test_without_javascript_a_name_is_searched_on_a_page_of_its_own(person):
    agent = person("lead@support.example", scripts=False)
    page = agent.page
    page.goto("/cases/?view=us&kind=issue")
    page.locator("summary", has_text="Filter").click()
    page.get_by_role("link", name="districts", exact=True).click()
    page.get_by_label("Name of the district").fill("river")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Riverbend School District").click()
    chips = page.get_by_role("list", name="Filters in use")
    expect(chips).to_contain_text("Riverbend School District")
    expect(chips).to_contain_text("Issue")
    expect(page.get_by_role("link", name=re.compile("^Waiting for us"))).to_have_attribute("aria-current", "page")
