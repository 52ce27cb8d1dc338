"""A request from the draft to the decision, as teacher, approver and administrator."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scripts", [True, False])
def test_a_request_is_returned_changed_and_approved(person, scripts):
    teacher = person("teacher@demo.example", scripts=scripts)
    page = teacher.page
    page.goto("/credentials/")
    page.get_by_role("link", name="Renew").click()
    teacher.look("requests-renew")
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text("This is a draft")).to_be_visible()
    teacher.look("requests-draft")
    page.get_by_role("link", name="Complete and submit").click()
    page.get_by_role("button", name="Save Request").click()
    expect(page.get_by_text("Your request is saved.").first).to_be_visible()

    approver = person("approver@demo.example", scripts=scripts)
    queue = approver.page
    queue.goto("/credentials/approvals/")
    approver.look("approvals-queue")
    queue.get_by_role("link", name=re.compile("^Renewal of")).click()
    approver.look("approvals-decide")
    queue.get_by_label("Comment").fill("Which test did you pass?")
    queue.get_by_role("button", name="Return for changes").click()
    expect(queue.get_by_text("You returned the request")).to_be_visible()

    page.goto("/credentials/requests/")
    page.get_by_role("link", name=re.compile("^Renewal of")).click()
    expect(page.get_by_text("It is with you")).to_be_visible()
    teacher.look("requests-returned")
    page.get_by_role("link", name="Change request").click()
    page.get_by_label("Brief Description").fill("Renewal, by the test of October")
    page.get_by_role("button", name="Save Request").click()
    expect(page.get_by_text("Your request is saved.").first).to_be_visible()

    queue.goto("/credentials/approvals/")
    queue.get_by_role("link", name="Renewal, by the test of October").click()
    expect(queue.get_by_text("Changed since version 1")).to_be_visible()
    approver.look("approvals-version-2")
    if scripts:
        queue.keyboard.press("a")
        queue.keyboard.press("Enter")
    else:
        queue.get_by_role("button", name="Approve").click()
    expect(queue.get_by_text(re.compile("You approved the request of .*, who was told"))).to_be_visible()
    page.reload()
    page.goto("/credentials/requests/")
    page.get_by_role("link", name="Renewal, by the test of October").click()
    teacher.look("requests-versions")


@pytest.mark.parametrize("scripts", [True, False])
def test_an_administrator_arranges_requests(person, scripts):
    administrator = person("administrator@demo.example", scripts=scripts)
    page = administrator.page
    page.goto("/credentials/")
    page.get_by_role("link", name="Your district").click()
    administrator.look("district-staff")
    page.get_by_role("main").get_by_role("table").get_by_role("link").first.click()
    administrator.look("district-staff-member")
    page.goto("/credentials/district/rights/")
    page.get_by_label("Position").select_option(index=1)
    page.get_by_role("button", name="Give the right").click()
    administrator.look("district-rights-covered")
    page.get_by_role("button", name="Give them the right").click()
    expect(page.get_by_text("may request changes now.")).to_be_visible()
    administrator.look("district-rights")
    page.get_by_role("link", name="How types are decided").click()
    administrator.look("district-ways")
    page.get_by_role("link", name="Requests that wait").click()
    administrator.look("district-standstill")


def test_an_approver_compares_several_and_leaves_decisions_to_another(person):
    approver = person("approver@demo.example")
    page = approver.page
    page.goto("/credentials/approvals/")
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Compare and approve the chosen ones").click()
    approver.look("approvals-several")
    page.get_by_role("button", name=re.compile("^Approve")).click()
    expect(page.get_by_text("You approved 1 request.")).to_be_visible()
    page.get_by_role("link", name="Leave decisions to another approver").click()
    approver.look("approvals-delegations")
