"""Who are my contacts? A teacher looks, asks, and reads what became of it; a district's administrator manages them."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
WORDS = "How do I see last year's grades of a student who moved here?"


def test_a_teacher_finds_their_contact_asks_and_reads_the_answer(person):
    teacher = person("teacher@demo.example")
    page = teacher.page
    page.goto("/contacts/")
    expect(page.get_by_role("heading", level=2).first).to_have_text("Your school: Riverbend High School")
    expect(page.get_by_text("covers for them")).to_be_visible()
    teacher.look("directory")
    page.get_by_label("School").select_option("Prairie View Elementary School")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_text("Prairie View Elementary School has no coach. Ask a support contact.")).to_be_visible()
    page.get_by_role("link", name="Ask my contact").click()
    teacher.look("ask")
    page.get_by_label("Your question").fill(WORDS)
    page.get_by_role("button", name="Send question").click()
    expect(page.get_by_text("Your question was sent.")).to_be_visible()
    asked = page.url
    teacher.look("my-question")

    coach = person("coach@demo.example")
    coach.page.get_by_role("link", name=re.compile("Nora Whitfield: How do I see")).click()
    coach.look("question-to-answer")
    coach.page.get_by_role("button", name="Pass on to the support contacts").click()
    expect(coach.page.get_by_text("The question is with your authorized contacts now")).to_be_visible()

    contact = person("support@demo.example")
    contact.page.goto("/contacts/questions/")
    contact.look("questions")
    contact.page.get_by_role("link", name=re.compile("How do I see last")).click()
    contact.page.get_by_role("link", name="Turn into a case").click()
    expect(contact.page.get_by_label("Description")).to_have_value(f"Asked by Nora Whitfield:\n\n{WORDS}")
    contact.look("case-of-a-question")
    contact.page.get_by_label("Product area").select_option("Grading and standards")
    contact.page.get_by_role("button", name="Submit case").click()
    expect(contact.page.get_by_role("link", name="Nora Whitfield")).to_be_visible()

    page.goto(asked)
    expect(page.get_by_text("You cannot open it there. Maria Lopez will tell you")).to_be_visible()
    teacher.look("question-at-support")


def test_a_contact_says_that_they_are_away(person):
    contact = person("support@demo.example")
    page = contact.page
    page.goto("/profile/")
    page.get_by_label("Away until").fill("2099-01-02")
    page.get_by_label("Who covers for you").select_option("Devon Park")
    contact.look("profile-of-a-contact")
    page.get_by_role("button", name="Save profile").click()
    page.goto("/contacts/")
    card = page.locator(".person", has_text="Maria Lopez").first
    expect(card).to_contain_text("Devon Park covers for them")


def test_an_administrator_manages_each_person_in_one_place_and_copies_the_snippet(person):
    administrator = person("administrator@demo.example")
    page = administrator.page
    page.goto("/contacts/")
    for name in ("Maria Lopez", "Keith Ainsworth"):
        expect(page.get_by_role("rowheader", name=name)).to_have_count(1)
    administrator.look("directory-of-the-administrator")
    page.get_by_role("link", name="District settings").click()
    page.get_by_role("link", name="Put a link to it on your own login page").click()
    expect(page.get_by_label("Paste this HTML")).to_have_value(
        re.compile(r'^<div>.*/help/demo/code\.svg".*</div>$', re.S)
    )
    administrator.look("help-snippet")


def test_the_card_prints_with_its_code_and_without_the_page_around_it(person):
    teacher = person("teacher@demo.example")
    page = teacher.page
    page.goto("/contacts/card/")
    expect(page.get_by_text("Samuel Okafor")).to_be_visible()
    teacher.look("contact-card")
    page.emulate_media(media="print")
    for words in ("Menu", "Help and whom to ask"):
        expect(page.get_by_text(words, exact=True).first).to_be_hidden()
    assert page.get_by_role("img", name="QR code of the public help page").evaluate("image => image.naturalWidth") > 0
