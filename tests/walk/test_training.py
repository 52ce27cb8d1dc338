"""Training in a browser: a contact reports what they completed, and who chooses contacts sees who lacks what."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_a_contact_finds_what_is_expected_on_the_home_page_and_reports_it(person):
    contact = person("technical@demo.example")
    page = contact.page
    page.get_by_role("link", name="Introduction to Support").click()
    expect(page.get_by_role("row", name=re.compile("Introduction to Support"))).to_contain_text("Missing")
    expect(page.get_by_role("link", name="Introduction to Support", exact=True)).to_have_attribute(
        "href", re.compile("^https://learn.support.example/")
    )
    expect(page.get_by_role("link", name="Release notes")).to_be_visible()
    contact.look("training")
    page.get_by_role("link", name="I completed this Introduction to Support").click()
    expect(page.get_by_label("Introduction to Support")).to_be_checked()
    contact.look("training-completed")
    page.get_by_label("Completed on").fill("2099-01-01")
    page.get_by_role("button", name="Record").click()
    expect(page.get_by_role("alert")).to_contain_text("not in the future")
    contact.look("training-completed-refused")
    page.get_by_label("Completed on").fill("2026-01-15")
    page.get_by_role("button", name="Record").click()
    expect(page.get_by_text("It is recorded that you completed Introduction to Support.")).to_be_visible()
    expect(page.get_by_text("Missing", exact=True)).to_have_count(0)
    contact.look("training-done")
    page.goto("/")
    expect(page.get_by_text("Training that is expected of you")).to_have_count(0)


def test_an_administrator_sees_who_lacks_what_confirms_records_and_downloads(person):
    administrator = person("administrator@demo.example")
    page = administrator.page
    page.goto("/contacts/")
    page.get_by_role("link", name="Training", exact=True).click()
    first = page.get_by_role("table").get_by_role("row").nth(1)
    expect(first).to_contain_text("Missing")
    administrator.look("training-table")
    page.get_by_label("Show").select_option("Missing an expected training")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("rowheader", name=re.compile("Bianca"))).to_have_count(0)
    administrator.look("training-table-filtered")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download as CSV").click()
    assert re.fullmatch(r"training-demo-[\d-]+\.csv", download.value.suggested_filename)

    page.get_by_role("link", name="Clear").click()
    page.get_by_role("link", name="Maria Lopez").click()
    page.get_by_role("button", name="Confirm Introduction to Support").click()
    expect(page.get_by_text("You confirmed that Maria Lopez completed Introduction to Support.")).to_be_visible()
    administrator.look("training-of")
    page.get_by_label("Fundamentals").check()
    page.get_by_role("button", name="Record").click()
    expect(page.get_by_text("It is recorded that Maria Lopez completed Fundamentals.")).to_be_visible()
    page.get_by_role("button", name="Take back Fundamentals").click()
    expect(page.get_by_text("Fundamentals is taken back.")).to_be_visible()


def test_a_lead_chooses_a_district_and_reads_its_table_without_scripts(person):
    lead = person("lead@support.example", scripts=False)
    page = lead.page
    page.goto("/contacts/training/")
    page.get_by_role("link", name="Oak Valley Public Schools").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Training of Oak Valley Public Schools")
    expect(page.get_by_role("rowheader", name=re.compile("Marcus Doyle"))).to_be_visible()
    page.get_by_role("link", name="Yuki Sorensen").click()
    page.get_by_label("Introduction to Support").check()
    page.get_by_role("button", name="Record").click()
    expect(page.get_by_text("Recorded by Ruth Keller")).to_be_visible()
    page.get_by_role("link", name="Training", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Training of Oak Valley Public Schools")


def test_a_coach_reads_what_is_recommended(person):
    coach = person("coach@demo.example")
    coach.page.goto("/contacts/training/")
    expect(coach.page.get_by_role("rowheader", name=re.compile("Helping your colleagues"))).to_be_visible()
    coach.look("training-coach")
