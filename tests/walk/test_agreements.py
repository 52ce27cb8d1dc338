"""An administrator renews an agreement with another organization, and a contact who leaves loses roles and cases."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from cases import tasks
from cases.models import Case
from contacts.models import User

pytestmark = pytest.mark.browser


def in_days(days):
    return f"{timezone.localdate() + timedelta(days=days):%Y-%m-%d}"


def test_an_administrator_designates_a_third_party_renews_and_ends_the_agreement(person):
    administrator = person("administrator@other.example")
    page = administrator.page
    page.goto("/contacts/agreements/")
    expect(page.get_by_role("row", name=re.compile("Lakeshore Data Services"))).to_contain_text("1")
    administrator.look("agreements")
    page.get_by_role("link", name="Record an agreement").click()
    page.get_by_label("Organization").fill("Lakeshore Data Services")
    page.get_by_label("Document", exact=False).first.fill("Limited License Agreement 2077")
    page.get_by_label("Signed on").fill(in_days(-1))
    page.get_by_label("Expires on").fill(in_days(-2))
    page.get_by_role("button", name="Record").click()
    expect(page.get_by_text("Enter a later day").first).to_be_visible()
    administrator.look("record-an-agreement")
    page.get_by_label("Expires on").fill(in_days(400))
    page.get_by_role("button", name="Record").click()
    expect(page.get_by_label(re.compile("Robin Vance, support contact: until"))).to_be_checked()
    administrator.look("agreement-that-renews")
    page.get_by_role("button", name="Move to this agreement").click()
    expect(page.get_by_text("1 role now runs under this agreement.")).to_be_visible()
    administrator.look("agreement-in-force")
    page.get_by_role("link", name="End the agreement early").click()
    administrator.look("end-an-agreement")
    page.get_by_label("Reason").fill("They no longer work for us.")
    page.get_by_role("button", name="End the agreement").click()
    expect(page.get_by_text("Ended early")).to_be_visible()
    administrator.look("agreement-ended-early")
    page.goto("/contacts/agreements/?over=1")
    administrator.look("agreements-that-are-over")
    outsider = User.objects.get(email="r.vance@other.example")
    assert not outsider.designations.current().exists()


def test_without_an_agreement_the_page_leads_to_recording_one(person):
    lead = person("lead@support.example")
    outsider = User.objects.get(email="teacher@other.example")
    outsider.organization = "Northern Schools Consortium"
    outsider.save()
    page = lead.page
    page.goto(f"/contacts/designate/{outsider.pk}/")
    expect(page.get_by_text("No agreement is in force")).to_be_visible()
    lead.look("designate-without-an-agreement")
    page.get_by_role("link", name="Record an agreement with Northern Schools Consortium").click()
    expect(page.get_by_label("Organization")).to_have_value("Northern Schools Consortium")


def test_everyone_reads_for_whom_a_contact_works(person):
    teacher = person("teacher@other.example")
    teacher.page.goto("/contacts/")
    expect(teacher.page.locator(".person", has_text="Robin Vance")).to_contain_text("of Lakeshore Data Services")
    teacher.look("directory-with-a-third-party")


def test_a_contact_leaves_and_another_one_takes_a_case_over(person):
    leaving = User.objects.get(email="support@demo.example")
    count = Case.objects.open().filter(contact=leaving).count()
    administrator = person("administrator@demo.example")
    page = administrator.page
    page.goto(f"/contacts/people/{leaving.pk}/stop-sign-in/")
    expect(page.get_by_text(f"Maria is the contact of {count} open case")).to_be_visible()
    administrator.look("stop-sign-in")
    page.get_by_role("button", name="Stop sign-in").click()
    expect(page.get_by_text("Maria Lopez can no longer sign in.")).to_be_visible()
    administrator.look("person-who-left")
    tasks.offer_cases()

    contact = person("technical@demo.example")
    page = contact.page
    page.goto("/")
    contact.look("home-with-offered-cases")
    page.goto("/cases/?status=offered")
    contact.look("offered-cases")
    page.locator(".row-link").first.click()
    contact.look("offered-case")
    page.get_by_role("button", name="Take the case over").click()
    expect(page.get_by_text("is yours: you are its contact.")).to_be_visible()
    expect(page.get_by_text("takes the case over from Maria Lopez.")).to_be_visible()
    contact.look("case-taken-over")
