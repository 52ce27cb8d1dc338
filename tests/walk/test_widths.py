"""However long the words that people write, no page of theirs scrolls sideways and no choice is cut."""

import pytest
from playwright.sync_api import expect

from cases import actions
from cases.models import Case, ProductArea
from contacts.models import User

pytestmark = pytest.mark.browser
WIDTHS = (320, 390, 640, 700, 800, 1024, 1280, 1440)
WORD = "Rosterimportconfiguration" * 8
CUT = """select => {
    const style = getComputedStyle(select);
    const pen = document.createElement("canvas").getContext("2d");
    pen.font = style.font;
    const room = select.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    return pen.measureText(select.selectedOptions[0].text).width > room + 1;
}"""


def too_wide(page):
    """Each width at which the page scrolls sideways, with by how much."""
    found = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            found[width] = wide
    return found


@pytest.fixture
def case(portal):
    """A case of the demo in which everything that people type is one word of 200 letters."""
    contact, agent = (User.objects.get(email=f"{who}.example") for who in ("support@demo", "agent@support"))
    User.objects.filter(pk__in=[contact.pk, agent.pk]).update(last_name=WORD[:150])
    type(contact.district).objects.filter(pk=contact.district_id).update(name=WORD)
    case = actions.submit(
        by=contact,
        kind=Case.Kind.ISSUE,
        product_area=ProductArea.objects.first(),
        urgency=Case.Urgency.CRITICAL,
        blocks_work=True,
        subject=WORD,
        description=WORD * 3,
        steps_to_replicate=WORD * 3,
    )
    actions.take(case=case, by=agent)
    actions.resolve(case=case, by=agent, text=WORD * 3)
    return case


@pytest.mark.parametrize("email", ["technical@demo.example", "lead@support.example"])
def test_a_long_word_widens_no_page(email, case, person):
    page = person(email).page
    found = {}
    for address in ("/", "/cases/", "/cases/?q=nothing-at-all", case.get_absolute_url(), "/messages/"):
        page.goto(address)
        if widths := too_wide(page):
            found[address] = widths
    assert found == {}
    page.goto("/messages/")
    expect(page.get_by_text(WORD[:99]).first).to_be_visible()


@pytest.mark.parametrize("email", ["technical@demo.example", "lead@support.example"])
def test_the_chosen_status_is_never_cut(email, person):
    page = person(email).page
    page.goto("/cases/?status=pending_verification")
    page.locator("summary", has_text="Filter").click()
    select = page.get_by_label("Status")
    cut = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        if select.evaluate(CUT):
            cut.append(width)
    assert cut == []
