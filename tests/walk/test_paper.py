"""What the printer gets: the words of the case, from the first page on, and nothing that was for Support alone."""

import pytest
from playwright.sync_api import expect

from cases import actions
from cases.models import Case
from contacts.models import User

pytestmark = pytest.mark.browser


def test_a_printed_case_starts_on_page_one_and_carries_no_internal_note(person):
    case = Case.objects.filter(status="assigned", district__slug="demo", is_exception=False).latest("pk")
    author = User.objects.get(email="agent@support.example")
    actions.reply(case=case, text="A long answer. " * 600, by=author)
    actions.note(case=case, text="For Support alone.", by=author)
    page = person("agent@support.example").page
    page.goto(case.get_absolute_url())
    expect(page.get_by_text("For Support alone.")).to_be_visible()
    page.emulate_media(media="print")
    for words in ("For Support alone.", "Help and whom to ask", "Reply", "Menu"):
        expect(page.get_by_text(words, exact=True).first).to_be_hidden()
    expect(page.get_by_text("A long answer.").first).to_be_visible()
    # A box that may not break moves to the next page and leaves this one empty; a grid does the same to its column.
    for box in (".with-side", ".panel", ".timeline-entry:has(.timeline-text)", ".timeline-text"):
        style = page.locator(box).first.evaluate(
            "box => [getComputedStyle(box).display, getComputedStyle(box).breakInside]"
        )
        assert style in (["block", "auto"], ["list-item", "auto"]), box
