"""The seat of technical contact changes hands, somebody acts, and a district asks for one more support contact."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
scripts = pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])


@scripts
def test_the_seat_changes_hands_when_the_nominee_accepts(person, scripts):
    administrator = person("administrator@demo.example", scripts=scripts)
    page = administrator.page
    page.goto("/contacts/designate/?q=Lindqvist")
    page.get_by_role("link", name="Lindqvist, Greta").click()
    administrator.look("designate-with-a-technical-contact")
    page.get_by_label("Technical contact").check()
    page.get_by_role("button", name="Designate").click()
    expect(page.get_by_text("Devon Park is the technical contact now. Nominate Greta Lindqvist")).to_be_visible()
    administrator.look("nominate")
    page.get_by_label("Reason").fill("Devon moves to another office.")
    page.get_by_role("button", name="Nominate").click()
    expect(page.get_by_text("Nothing changes until they accept.")).to_be_visible()
    administrator.look("nomination-that-waits")
    page.goto("/contacts/")
    expect(page.get_by_text("has not answered yet")).to_be_visible()
    administrator.look("directory-with-a-nomination")

    nominee = person("g.lindqvist@demo.example", scripts=scripts)
    expect(nominee.page.get_by_role("link", name="to become the technical contact")).to_be_visible()
    nominee.look("home-of-the-nominee")
    nominee.page.get_by_role("link", name="Helen Brandt asks you").click()
    nominee.look("nomination-to-answer")
    nominee.page.get_by_role("button", name="Accept").click()
    expect(nominee.page.get_by_text("You are the technical contact of Riverbend School District now.")).to_be_visible()
    expect(nominee.page.locator(".person", has_text="Greta Lindqvist")).to_be_visible()
    assert not nominee.page.locator(".person", has_text="Devon Park").count()


@scripts
def test_somebody_acts_until_a_day_that_can_be_changed(person, scripts):
    administrator = person("administrator@demo.example", scripts=scripts)
    page = administrator.page
    page.goto("/contacts/designate/?q=Castellano")
    page.get_by_role("link", name="Castellano, Bianca").click()
    page.get_by_role("link", name="Nominate Bianca Castellano").click()
    last_day = timezone.localdate() + timedelta(days=30)
    page.get_by_label("Last day as acting technical contact").fill(last_day.isoformat())
    page.get_by_role("button", name="Nominate").click()

    nominee = person("b.castellano@demo.example", scripts=scripts)
    nominee.page.get_by_role("link", name="Helen Brandt asks you").click()
    nominee.look("nomination-to-act")
    nominee.page.get_by_role("button", name="Accept").click()
    expect(nominee.page.get_by_text("You are the acting technical contact of Riverbend")).to_be_visible()
    nominee.look("directory-with-an-acting-contact")
    nominee.page.goto("/")
    expect(nominee.page.get_by_text("Then the seat goes back to Devon Park.")).to_be_visible()
    nominee.look("home-of-the-acting-contact")
    nominee.page.goto("/contacts/card/")
    expect(nominee.page.get_by_text("acting until")).to_be_visible()

    page.goto("/contacts/")
    expect(page.get_by_text("Then back to Devon Park")).to_be_visible()
    administrator.look("directory-of-the-administrator-with-an-acting-contact")
    page.get_by_role("link", name="Change the last day").click()
    administrator.look("last-day")
    page.get_by_label("Last day").fill((last_day + timedelta(days=7)).isoformat())
    page.get_by_role("button", name="Change the last day").click()
    page.get_by_role("link", name="End technical contact of Bianca Castellano").click()
    expect(page.get_by_text("The seat goes back to Devon Park at once")).to_be_visible()
    administrator.look("end-of-acting")
    page.get_by_label("Reason").fill("Devon is back.")
    page.get_by_role("button", name="End the designation").click()
    expect(page.get_by_role("row", name=re.compile("Devon Park.*Technical contact"))).to_be_visible()


@scripts
def test_a_district_asks_for_one_more_support_contact_and_a_lead_decides(person, scripts):
    administrator = person("administrator@other.example", scripts=scripts)
    page = administrator.page
    page.goto("/contacts/designate/?q=Kowalski")
    page.get_by_role("link", name="Kowalski, Ivan").click()
    page.get_by_role("radio", name="Support contact").check()
    page.get_by_role("button", name="Designate").click()
    expect(page.get_by_role("link", name="Say why the district needs another support contact.")).to_be_visible()
    administrator.look("designate-beyond-the-number")
    page.get_by_label("Reason for another support contact").fill("The history department gets its own gradebook.")
    page.get_by_role("button", name="Designate").click()
    expect(page.get_by_text("Support was asked about Ivan Kowalski.")).to_be_visible()
    administrator.look("request-that-waits")
    page.goto("/contacts/requests/")
    expect(page.get_by_role("rowheader", name="Nia Achebe")).to_be_visible()
    administrator.look("requests-of-a-district")

    lead = person("lead@support.example", scripts=scripts)
    expect(lead.page.get_by_text("becomes a support contact").first).to_be_visible()
    lead.page.goto("/contacts/requests/")
    lead.look("requests-of-all-districts")
    lead.page.get_by_role("link", name="Nia Achebe").click()
    lead.look("request-to-decide")
    lead.page.get_by_label("Reason for your decision").fill("Three are enough for three schools.")
    lead.page.get_by_role("button", name="Deny").click()
    lead.page.get_by_role("link", name="Ivan Kowalski").click()
    lead.page.get_by_label("Reason for your decision").fill("Agreed for this school year.")
    lead.page.get_by_role("button", name="Approve and designate").click()
    expect(lead.page.get_by_text("Ivan Kowalski is now a support contact and was told.")).to_be_visible()

    page.goto("/contacts/requests/?decided=1")
    expect(page.get_by_text("Three are enough for three schools.")).to_be_visible()
    administrator.look("decided-requests")
    page.goto("/contacts/")
    expect(page.get_by_role("rowheader", name="Ivan Kowalski")).to_be_visible()
    administrator.look("directory-with-decisions")
