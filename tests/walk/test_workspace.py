"""A case's page as people live in it: one composer, a panel beside the thread, and nothing typed is ever lost."""

import pytest
from playwright.sync_api import expect

from cases.models import Case, Draft

pytestmark = pytest.mark.browser


@pytest.fixture
def case(portal):
    """Of the first demo district, with a question of Support, a note, and an agent's draft of another one."""
    found = Case.objects.filter(district__slug="demo", status=Case.Status.PENDING_INPUT)
    return found.filter(contact__email="support@demo.example").latest("pk")


def at(person, case, email, **how):
    somebody = person(email, **how)
    somebody.page.goto(case.get_absolute_url())
    return somebody


def mode(page, name):
    return page.get_by_role("group", name="How to send it").get_by_role("button", name=name)


def saved(page):
    """Until the draft is on the server."""
    expect(page.locator("[data-saved]:visible")).to_contain_text("Draft saved")


def test_the_modes_share_one_text_which_is_kept_until_it_is_sent(person, case):
    agent = at(person, case, "agent@support.example")
    page = agent.page
    expect(page.get_by_label("Internal note")).to_have_value(Draft.objects.get(case=case).text)
    expect(page.get_by_text("Only Support sees this. No one in the district ever does.")).to_be_visible()
    agent.look("workspace-note")
    mode(page, "Reply").click()
    expect(page.get_by_label("Your reply")).to_have_value(Draft.objects.get(case=case).text)
    expect(page.get_by_label("Your reply")).to_be_focused()
    page.get_by_label("Your reply").fill("One text in every mode.")
    saved(page)
    agent.look("workspace-reply")
    mode(page, "Resolve").click()
    expect(page.get_by_label("Resolution")).to_have_value("One text in every mode.")
    saved(page)
    page.context.clear_cookies()
    page.close()

    again = at(person, case, "agent@support.example").page
    expect(again.get_by_label("Resolution")).to_have_value("One text in every mode.")
    again.get_by_label("How is it settled?").select_option("how_to")
    again.get_by_role("button", name="Send resolution").click()
    expect(again.locator("#latest")).to_contain_text("One text in every mode.")
    expect(again.get_by_text("The resolution was sent.")).to_be_in_viewport()
    expect(again.locator("textarea:visible")).to_have_value("")
    assert not Draft.objects.filter(case=case).exists()


def test_leaving_before_the_draft_is_saved_asks_first_and_afterwards_does_not(person, case):
    page = at(person, case, "support@demo.example").page
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.route("**/draft/", lambda route: route.abort())
    page.get_by_label("Your reply").fill("Not saved.")
    expect(page.get_by_text("The draft could not be saved. Your text is only on this page.")).to_be_visible()
    page.goto("/messages/")
    assert asked == ["beforeunload"]
    page.unroute("**/draft/")
    page.goto(case.get_absolute_url())
    page.get_by_label("Your reply").fill("Saved.")
    saved(page)
    page.goto("/messages/")
    assert asked == ["beforeunload"]


def test_a_value_is_changed_in_place_while_the_text_stays(person, case):
    agent = at(person, case, "agent@support.example")
    page = agent.page
    page.locator("textarea:visible").fill("What I am writing.")
    page.locator("#change-kind > summary").click()
    page.get_by_label("Question:").check()
    agent.look("workspace-kind")
    page.locator("#change-kind").get_by_role("button", name="Save").click()
    panel = page.get_by_role("complementary", name="About this case")
    expect(panel.get_by_text(f"Case {case.number} is corrected.")).to_be_in_viewport()
    expect(page.locator("#latest")).to_contain_text("Kind: Issue → Question")
    expect(page.locator("textarea:visible")).to_have_value("What I am writing.")
    page.locator("#change-agent > summary").click()
    page.locator("#change-agent").get_by_label("Agent").fill("nobody of this name")
    page.locator("#change-agent").get_by_role("button").click()
    expect(panel.get_by_text("There is no match for this name.").first).to_be_visible()
    agent.look("workspace-refused")
    expect(page.locator("textarea:visible")).to_have_value("What I am writing.")
    assert page.url.endswith(case.get_absolute_url())


def test_two_agents_see_each_other(person, case):
    agent, lead = (at(person, case, email) for email in ("agent@support.example", "lead@support.example"))
    expect(lead.page.get_by_text("Dana Ortiz has this case open, too")).to_be_visible()
    agent.page.locator("textarea:visible").fill("I am writing.")
    saved(agent.page)
    lead.page.evaluate("document.getElementById('here').dispatchEvent(new Event('refresh'))")
    expect(lead.page.get_by_text("Dana Ortiz is writing on this case")).to_be_visible()
    lead.look("workspace-two-agents")


def test_canned_replies_and_single_keys(person, case):
    agent = person("agent@support.example")
    page = agent.page
    page.goto("/cases/")
    links = page.locator("main a[href^='/cases/1']")
    first, second, last = (links.nth(number).get_attribute("href") for number in (0, 1, 24))
    page.goto(first)
    expect(page.get_by_text("1 of 25")).to_be_visible()
    page.keyboard.press("j")
    page.wait_for_url(f"**{second}")
    page.keyboard.press("k")
    page.wait_for_url(f"**{first}")
    page.goto(last)
    page.keyboard.press("j")
    page.wait_for_url("**cursor**")
    expect(page.get_by_text("1 of 25 on this page")).to_be_visible()
    page.get_by_role("link", name="Cases", exact=True).last.click()
    assert "cursor=" in page.url
    page.go_back()
    page.keyboard.press("k")
    page.wait_for_url(f"**{last.split('?')[0]}**")
    page.goto(case.get_absolute_url())
    page.keyboard.press("r")
    expect(page.get_by_label("Your reply")).to_be_focused()
    page.get_by_label("Your reply").fill("")
    page.keyboard.type("jkna?")
    expect(page.get_by_label("Your reply")).to_have_value("jkna?")
    page.get_by_label("Your reply").fill("")
    page.locator(".canned:visible summary").click()
    page.get_by_role("link", name="Check the calendar first").locator("visible=true").click()
    expect(page.get_by_label("Your reply")).to_have_value(f"{CANNED}{case.number} and we go on.")
    saved(page)
    page.locator("h1").click()
    page.keyboard.press("n")
    expect(page.get_by_label("Internal note")).to_be_focused()
    page.locator("h1").click()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    agent.look("workspace-keys")
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.wait_for_url("**/cases/#search")
    expect(page.locator("input[name=q]")).to_be_focused()


CANNED = (
    "Hello Maria Lopez,\n\nplease check under Calendar, Periods, whether the period is an attendance period on that "
    "day. If it is, answer here on case "
)


def test_the_contact_sees_whose_turn_it_is_and_answers_with_a_thumb(person, case):
    contact = at(person, case, "support@demo.example")
    page = contact.page
    expect(page.get_by_text("It is your turn: Support needs your input.")).to_be_visible()
    contact.look("workspace-contact")
    page.set_viewport_size({"width": 390, "height": 800})
    page.evaluate("scrollTo(0, 0)")
    page.get_by_role("navigation", name="Write").get_by_role("link", name="Reply").click()
    expect(page.get_by_label("Your reply")).to_be_focused()
    page.keyboard.type("See https://docs.example.org/roster.")
    page.get_by_role("button", name="Send reply").click()
    expect(page.get_by_text("Your reply was sent.")).to_be_in_viewport()
    expect(page.locator("#latest").get_by_role("link")).to_have_attribute("href", "https://docs.example.org/roster")
    expect(page.locator("[aria-current=step]")).to_have_text("With Support")


def test_without_javascript_modes_drafts_and_the_panel_work(person, case):
    page = at(person, case, "lead@support.example", scripts=False).page
    page.get_by_label("Your reply").fill("Half a thought.")
    mode(page, "Internal note").click()
    expect(page.get_by_label("Internal note")).to_have_value("Half a thought.")
    page.get_by_label("Internal note").fill("A whole thought.")
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text("Draft saved")).to_be_visible()
    page.locator("#change-due_on > summary").click()
    page.get_by_label("Due date").fill("2030-01-02")
    page.locator("#change-due_on").get_by_role("button", name="Save").click()
    expect(page.get_by_text(f"Case {case.number} is corrected.")).to_be_in_viewport()
    expect(page.get_by_label("Internal note")).to_have_value("A whole thought.")
    page.locator(".canned:visible summary").click()
    page.get_by_role("link", name="We are looking into it").locator("visible=true").click()
    expect(page.locator("textarea:visible").last).to_contain_text("A whole thought.")
    expect(page.locator("textarea:visible").last).to_contain_text("Hello Maria Lopez,")
