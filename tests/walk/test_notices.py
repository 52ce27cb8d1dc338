"""Those affected read of incidents and maintenance, and anyone sees the status."""

import re

import pytest
from playwright.sync_api import expect

from cases import actions

pytestmark = pytest.mark.browser


def bar(page):
    return page.get_by_role("complementary", name=re.compile("Incident|Maintenance"))


def test_a_support_contact_and_a_teacher_read_and_anyone_sees_the_status(person, settings, tmp_path):
    settings.STATUS_FILE = tmp_path / "status.json"
    stranger = person.stranger()
    stranger.page.goto("/status/")
    stranger.look("status-unknown")
    actions.write_status()
    stranger.page.goto("/status/")
    expect(stranger.page.get_by_role("heading", name="Attendance is slow")).to_be_visible()
    stranger.look("status")
    contact = person("support@demo.example")
    contact.page.goto("/notices/")
    contact.look("notices-for-contact")
    contact.page.get_by_role("link", name="Attendance is slow").last.click()
    expect(contact.page.get_by_text("told Support")).to_be_visible()
    contact.look("notices-of-the-district")
    contact.page.get_by_role("button", name="Hide this incident until its next update").click()
    expect(bar(contact.page)).to_contain_text("New servers for production")
    contact.look("notices-banner-maintenance")
    teacher = person("teacher@other.example")
    teacher.page.goto("/notices/")
    teacher.look("notices-for-teacher")
