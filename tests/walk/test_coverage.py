"""Coverage in a browser: an administrator's own district, and a lead over all of them."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from contacts.models import Designation, Role

pytestmark = pytest.mark.browser


def test_an_administrator_reads_what_is_missing_and_designates_someone(person):
    administrator = person("administrator@demo.example")
    page = administrator.page
    page.goto("/contacts/")
    page.get_by_role("link", name="Coverage").click()
    expect(page.get_by_role("heading", name="Coverage of Riverbend School District")).to_be_visible()
    administrator.look("coverage")
    Designation.objects.filter(user__email="technical@demo.example").update(
        role=Role.TECHNICAL_CONTACT, ended_at=timezone.now() - timedelta(days=3)
    )
    page.reload()
    expect(page.get_by_text(re.compile("^Vacant since"))).to_be_visible()
    administrator.look("coverage-vacant")
    page.get_by_role("link", name="Designate a technical contact").click()
    expect(page.get_by_role("heading", name="Whom do you want to designate?")).to_be_visible()


def test_an_administrator_looks_back(person):
    administrator = person("administrator@demo.example")
    page = administrator.page
    page.goto("/contacts/coverage/")
    page.get_by_label("As it was at the end of").fill(f"{timezone.now() - timedelta(days=290):%Y-%m-%d}")
    page.get_by_role("button", name="Show this day").click()
    expect(page.get_by_role("heading", name=re.compile("^As it was at the end of"))).to_be_visible()
    administrator.look("coverage-then")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_lead_finds_the_district_that_lacks_most(person, scripts):
    lead = person("lead@support.example", scripts=scripts)
    page = lead.page
    page.goto("/contacts/coverage/")
    expect(page.get_by_role("heading", name="Coverage of the districts")).to_be_visible()
    lead.look("coverage-lead")
    page.get_by_role("link", name="Flagged contacts", exact=True).click()
    page.get_by_role("link", name="Oak Valley Public Schools").click()
    expect(page.get_by_role("heading", name="Coverage of Oak Valley Public Schools")).to_be_visible()
    lead.look("coverage-lead-district")
