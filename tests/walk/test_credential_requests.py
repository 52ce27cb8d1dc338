"""A request from the draft to the decision, as teacher, approver and administrator."""

import re

import pytest
from playwright.sync_api import expect

from contacts.models import Role, User
from credentials.models import CredentialRecord
from tests.factories import DesignationFactory

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
def test_an_administrator_arranges_who_requests_and_how_types_are_decided(person, scripts):
    administrator = person("administrator@demo.example", scripts=scripts)
    teacher = person("teacher@demo.example", scripts=scripts)
    page, own = administrator.page, teacher.page
    page.goto("/contacts/settings/")
    page.get_by_label("Staff may request changes").uncheck()
    page.get_by_role("button", name="Save").click()
    own.goto("/credentials/")
    expect(own.get_by_text("You can view this page, but not request changes")).to_be_visible()
    expect(own.get_by_role("link", name="Request New Credential")).to_have_count(0)
    teacher.look("records-read-only")

    page.goto("/credentials/district/rights/")
    expect(page.get_by_text("Nobody may request changes")).to_be_visible()
    page.get_by_label("Position").select_option("Science teacher")
    page.get_by_role("button", name="Give the right").click()
    administrator.look("district-rights-covered")
    page.get_by_role("button", name="Give them the right").click()
    expect(page.get_by_text("may request changes now.")).to_be_visible()
    administrator.look("district-rights")
    own.reload()
    expect(own.get_by_role("link", name="Request New Credential")).to_be_visible()

    page.get_by_role("link", name="How types are decided").click()
    page.get_by_label("Other").select_option("Approved automatically")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. It holds for what is submitted")).to_be_visible()
    administrator.look("district-ways")
    own.goto("/credentials/requests/")
    own.get_by_role("link", name="Robotics coach").click()
    own.get_by_role("link", name="Complete and submit").click()
    own.get_by_role("button", name="Save Request").click()
    expect(own.get_by_text("Your district approves such requests automatically.")).to_be_visible()
    own.get_by_role("link", name="Robotics coach").click()
    expect(own.get_by_text("automatically, as your district chose for this Credential Type")).to_be_visible()
    teacher.look("requests-automatic")

    page.get_by_role("link", name="Who may request").click()
    page.get_by_role("button", name=re.compile("^End the right")).click()
    expect(page.get_by_text("may no longer request changes.")).to_be_visible()
    own.goto("/credentials/requests/new/")
    expect(own.get_by_role("heading", level=1)).not_to_contain_text("New Record Request")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_request_on_behalf_waits_for_a_second_approver_and_is_approved(person, scripts):
    administrator, approver = (person(f"{who}@demo.example", scripts=scripts) for who in ("administrator", "approver"))
    page, queue = administrator.page, approver.page
    page.goto("/credentials/district/ways/")
    page.get_by_label("Education").select_option("A second approver decides, too")
    page.get_by_role("button", name="Save").click()
    page.goto("/credentials/")
    page.get_by_role("link", name="Your district").click()
    page.get_by_label("Name").fill("Barrow")
    page.get_by_role("button", name="Search").click()
    administrator.look("district-staff")
    page.get_by_role("table").get_by_role("link", name="Omar Barrow").first.click()
    page.get_by_role("link", name=re.compile("Request Credential Update: Bachelor")).click()
    expect(page.get_by_text("For Omar Barrow")).to_be_visible()
    page.get_by_label("Brief Description").fill("The college corrected its name")
    page.get_by_label("Institution").fill("Hollis University")
    administrator.look("district-on-behalf")
    page.get_by_role("button", name="Save Request").click()
    expect(page.get_by_role("link", name="The college corrected its name")).to_be_visible()
    administrator.look("district-staff-member")

    queue.goto("/credentials/approvals/")
    queue.get_by_role("link", name="The college corrected its name").click()
    expect(queue.get_by_text("Helen Brandt, for Omar Barrow")).to_be_visible()
    queue.get_by_label("Comment").fill("I called the college.")
    queue.get_by_role("button", name="Approve").click()
    expect(queue.get_by_text("It now needs a second approver.")).to_be_visible()
    queue.goto("/credentials/approvals/")
    queue.get_by_role("link", name="The college corrected its name").click()
    expect(queue.get_by_text("You cannot approve it twice.")).to_be_visible()
    approver.look("approvals-second-needed")

    page.get_by_role("link", name="Records of staff").click()
    page.get_by_role("link", name="Requests that wait").click()
    expect(page.get_by_text("There is no second approver.")).to_be_visible()
    administrator.look("district-standstill")
    DesignationFactory(user=User.objects.get(email="v.sandoval@demo.example"), role=Role.CREDENTIAL_APPROVER)
    page.reload()
    expect(page.get_by_text("Nothing is held up")).to_be_visible()
    second = person("v.sandoval@demo.example", scripts=scripts)
    second.page.goto("/credentials/approvals/")
    second.page.get_by_role("link", name="The college corrected its name").click()
    second.look("approvals-second")
    second.page.get_by_role("button", name="Approve").click()
    expect(second.page.get_by_text("You approved the request of Omar Barrow, who was told")).to_be_visible()
    holder = person("o.barrow@demo.example", scripts=scripts).page
    holder.goto("/credentials/requests/")
    holder.get_by_role("link", name="The college corrected its name").click()
    expect(holder.get_by_text("Priya Nair: I called the college.")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_record_that_moved_is_compared_three_ways_and_a_denied_request_is_made_again(person, scripts):
    teacher, approver = (person(f"{who}@demo.example", scripts=scripts) for who in ("teacher", "approver"))
    page, queue = teacher.page, approver.page
    page.goto("/credentials/")
    page.get_by_role("link", name="Request Credential Update").click()
    page.get_by_label("Brief Description").fill("Another field")
    page.get_by_label("Credential field").select_option("Generalist")
    page.get_by_role("button", name="Save Request").click()
    expect(page.get_by_text("Your request is saved.").first).to_be_visible()
    record = CredentialRecord.objects.get(holder__email="teacher@demo.example", identifier="DEMO-204117")
    CredentialRecord.objects.filter(pk=record.pk).update(issuing_state="IA")
    queue.goto("/credentials/approvals/")
    queue.get_by_role("link", name="Another field").click()
    expect(queue.get_by_text("The record changed after this was requested")).to_be_visible()
    expect(queue.get_by_text("Changed since", exact=True)).to_be_visible()
    approver.look("approvals-three-way")
    for key, link, heading in [("k", "Previous", "My license was renewed"), ("j", "Next", "Another field")]:
        if scripts:
            queue.keyboard.press(key)
        else:
            queue.get_by_role("link", name=link).click()
        expect(queue.get_by_role("heading", level=1, name=heading)).to_be_visible()
    CredentialRecord.objects.filter(pk=record.pk).update(issuing_state="WI")
    queue.get_by_role("button", name="Approve").click()
    expect(queue.get_by_text("cannot be approved unseen")).to_be_visible()
    approver.trouble.clear()  # the browser notes the refusal
    approver.look("approvals-moved-meanwhile")
    if scripts:
        queue.keyboard.press("d")
        queue.keyboard.type("The field stays.")
    else:
        queue.get_by_label("Comment").fill("The field stays.")
    queue.get_by_role("button", name="Deny").click()
    expect(queue.get_by_text("You denied the request of Nora Whitfield")).to_be_visible()

    page.goto("/credentials/requests/")
    page.get_by_role("link", name="Another field").click()
    teacher.look("requests-denied")
    page.get_by_role("link", name="Request again").click()
    expect(page.get_by_label("Credential field")).to_have_value("Generalist")
    page.get_by_label("Brief Description").fill("Another field, as the state lists it")
    page.get_by_role("button", name="Save Request").click()
    page.get_by_role("link", name="Another field, as the state lists it").click()
    expect(page.get_by_text("It is with Priya Nair.")).to_be_visible()
    teacher.look("requests-pending")
    page.get_by_role("button", name="Withdraw request").click()
    expect(page.get_by_text("You withdrew your request.")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_an_approver_compares_several_and_leaves_decisions_to_another(person, scripts):
    approver = person("approver@demo.example", scripts=scripts)
    page = approver.page
    page.goto("/credentials/requests/new/")
    page.get_by_label("Brief Description").fill("My own first aid course")
    page.get_by_label("Credential Type").select_option(label="Other")
    if not scripts:
        page.get_by_role("button", name="Show fields").first.click()
    page.get_by_label("What it is").fill("First aid")
    page.get_by_role("button", name="Save Request").click()
    expect(page.get_by_text("Your request is saved").first).to_be_visible()
    page.goto("/credentials/approvals/delegations/")
    page.get_by_label("Approver").select_option("Vera Sandoval")
    page.get_by_label("Last day").fill(page.get_by_label("First day").input_value())
    page.get_by_role("button", name="Leave decisions").click()
    expect(page.get_by_text("Vera Sandoval was told")).to_be_visible()
    approver.look("approvals-delegations")

    delegate = person("v.sandoval@demo.example", scripts=scripts)
    queue = delegate.page
    queue.goto("/credentials/approvals/")
    own = queue.get_by_role("row", name=re.compile("My own first aid course"))
    expect(own).to_contain_text("Nobody can decide it yet")
    expect(own.get_by_role("checkbox")).to_have_count(0)
    delegate.look("approvals-delegate")
    own.get_by_role("link").click()
    expect(queue.get_by_text("You cannot decide this request")).to_be_visible()
    delegate.look("approvals-not-in-their-place")

    page.goto("/credentials/approvals/?requester=okafor")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Compare and approve the chosen ones").click()
    approver.look("approvals-several")
    page.get_by_role("button", name=re.compile("^Approve")).click()
    expect(page.get_by_text("You approved 1 request.")).to_be_visible()
    page.get_by_role("link", name="My own first aid course").click()
    expect(page.get_by_text("This is your own request")).to_be_visible()
    page.goto("/credentials/approvals/delegations/")
    page.get_by_role("button", name="Take back from Vera Sandoval").first.click()
    expect(page.get_by_text("You took it back.")).to_be_visible()
