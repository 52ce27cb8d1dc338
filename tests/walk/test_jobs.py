"""The portal's main jobs, done in a browser by the demo people."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from playwright.sync_api import expect

# Where the people of the tests are; the date there is not always that of UTC.
CHICAGO = ZoneInfo("America/Chicago")

pytestmark = pytest.mark.browser


# Whatever it is folded into.
OPEN = "form => { for (let box = form; (box = box.parentElement.closest('details')); ) box.open = true }"


def section(page, verb):
    """The form of one verb on a case's page, in sight."""
    if (tab := page.locator(f"[data-mode={verb}]")).count():
        tab.click()
    form = page.locator(f"form[action*='/{verb.replace('_', '-')}/']")
    form.evaluate(OPEN)
    return form


def test_a_case_from_submitting_to_reopening(person):
    support = person("support@demo.example")
    page = support.page
    support.look("home")
    page.get_by_role("link", name="Submit a case").first.click()
    page.get_by_role("button", name="Submit case").click()
    expect(page.get_by_text("There is a problem")).to_be_visible()
    support.look("submit-refused")
    page.get_by_label("Issue:").check()
    page.get_by_label("Product area").select_option(label="Attendance")
    page.get_by_label("Subject").fill("The roster of period 3 is empty")
    page.get_by_label("Description").fill("Since this morning the roster shows nobody.")
    page.get_by_label("Steps to replicate").fill("Open the section and choose Roster.")
    page.get_by_label("Critical:").check()
    page.get_by_role("button", name="Submit case").click()
    number = re.search(r"/cases/(\d+)/", page.url)[1]
    support.look("case-submitted")

    agent = person("agent@support.example")
    agent.look("home-agent")
    agent.page.get_by_role("link", name="Cases", exact=True).first.click()
    agent.page.get_by_role("link", name="The roster of period 3 is empty").click()
    answer = section(agent.page, "reply")
    answer.get_by_label("Your reply").fill("Please look again: it is there now.")
    answer.get_by_role("button").click()
    note = section(agent.page, "note")
    note.get_by_label("Internal note").fill("The nightly job had failed.")
    note.get_by_role("button").click()
    resolution = section(agent.page, "resolve")
    resolution.get_by_label("Resolution").fill("The job ran again and the roster is complete.")
    resolution.get_by_label("How is it settled?").select_option("Data or settings corrected")
    resolution.get_by_role("button").click()
    expect(agent.page.get_by_text("Pending Customer Verification").first).to_be_visible()
    agent.look("case-agent")

    page.goto("/")
    expect(page.locator(".figure-row a", has_text="Waiting for us")).to_be_visible()
    page.goto("/messages/")
    support.look("messages")
    page.get_by_role("link", name=f"Unread: Case {number} ·").first.click()
    expect(page.get_by_text("it is there now")).to_be_visible()
    expect(page.get_by_text("The nightly job had failed.")).to_have_count(0)
    section(page, "close").get_by_role("button").click()
    expect(page.get_by_text("This case is closed")).to_be_visible()
    support.look("case-closed")
    again = section(page, "reopen")
    again.get_by_label("Why does it need more work?").fill("Period 4 is empty too.")
    again.get_by_role("button").click()
    expect(page.get_by_text("Assigned").first).to_be_visible()
    page.goto("/cases/?q=roster")
    expect(page.get_by_role("link", name=re.compile("The roster of period 3 is empty"))).to_be_visible()
    support.look("cases")


def test_credentials_from_request_to_decision(person):
    teacher = person("teacher@demo.example")
    page = teacher.page
    page.get_by_role("link", name="My Credentials").first.click()
    expect(page.get_by_role("heading", name="Employment Credentials")).to_be_visible()
    expect(page.get_by_role("link", name="Request Credential Update")).to_have_count(1)
    teacher.look("my-credentials")
    page.set_viewport_size({"width": 390, "height": 700})
    page.get_by_role("link", name=re.compile("DEMO-204117")).click()
    expect(page.get_by_role("link", name="Request Credential Update")).to_be_in_viewport()
    expect(page.get_by_role("heading", level=1)).not_to_be_in_viewport()
    teacher.look("my-credential")
    page.get_by_role("link", name="Request Credential Update").click()
    later = timezone.localdate(timezone=CHICAGO) + timedelta(days=2000)
    page.get_by_label("Brief Description").fill("My science license was renewed")
    page.get_by_label("Expires on").fill(str(later))
    # What differs is marked, with the record beside it; one press takes it back.
    page.get_by_label("Issuing state").fill("Ohio (OH)")
    subjects = page.get_by_role("group", name="Subjects")
    subjects.get_by_role("combobox").fill("reading")
    subjects.get_by_role("combobox").press("Enter")
    expect(subjects.get_by_label("Reading", exact=True)).to_be_checked()
    page.get_by_role("group", name="Grade levels").get_by_label("through").select_option(label="Twelfth grade")
    expect(page.locator(".edited.is-changed")).to_have_count(4)
    expect(page.get_by_text("On record: Minnesota (MN)")).to_be_visible()
    teacher.look("update-editor")
    for label in ("Issuing state", "Subjects", "Grade levels"):
        page.get_by_role("button", name=re.compile(f"Take it back.*{label}")).click()
    expect(page.locator(".edited.is-changed")).to_have_count(1)
    expect(page.get_by_label("Issuing state")).to_have_value("Minnesota (MN)")
    page.get_by_role("button", name="Save Request").click()
    expect(page.get_by_text("My science license was renewed")).to_be_visible()

    page.get_by_role("link", name="Request New Credential").click()
    page.get_by_label("Brief Description").fill("First aid course")
    page.get_by_label("Credential Type").select_option(label="Other")
    page.get_by_label("What it is").fill("First aid")
    page.get_by_role("group", name="Subjects").get_by_role("combobox").fill("reading, math")
    page.get_by_role("group", name="Subjects").get_by_role("combobox").blur()
    # To another type and back: what was entered is there again, and the console stays silent.
    page.get_by_label("Credential Type").select_option(label="Education")
    page.get_by_label("Subject Type").select_option(label="Core Academic Subject Area")
    expect(page.get_by_role("group", name="Core Subject Area")).to_be_visible()
    page.get_by_label("Subject Type").select_option(label="Not Applicable")
    expect(page.get_by_role("group", name="Core Subject Area")).to_have_count(0)
    page.get_by_label("Credential Type").select_option(label="Other")
    expect(page.get_by_label("What it is")).to_have_value("First aid")
    expect(page.get_by_label("Reading", exact=True)).to_be_checked()
    expect(page.get_by_label("Mathematics", exact=True)).to_be_checked()
    expect(page.get_by_label("Brief Description")).to_have_value("First aid course")
    expect(page.get_by_text("Show fields")).to_have_count(0)
    teacher.look("new-editor")
    page.get_by_role("button", name="Save Request").click()
    expect(page.get_by_role("heading", level=1, name="My Requests")).to_be_visible()
    expect(page.get_by_text("First aid course")).to_be_visible()
    teacher.look("my-requests")
    page.get_by_role("link", name="First aid course").click()
    page.get_by_role("button", name="Withdraw request").click()
    expect(page.get_by_text("You withdrew your request.")).to_be_in_viewport()
    teacher.look("withdrawn")
    page.get_by_role("link", name="Request again").click()
    expect(page.get_by_label("What it is")).to_have_value("First aid")
    page.get_by_role("button", name="Save Request").click()

    approver = person("approver@demo.example")
    desk = approver.page
    approver.look("home-approver")
    desk.get_by_role("link", name="Approvals").first.click()
    approver.look("approvals")
    desk.get_by_role("link", name=re.compile("My science license was renewed")).first.click()
    expect(desk.get_by_role("heading", level=1, name="My science license was renewed")).to_be_visible()
    approver.look("decide")
    desk.get_by_role("button", name="Approve").click()
    desk.goto("/credentials/approvals/")
    expect(desk.locator("tr", has_text="First aid course")).to_have_count(1)
    desk.locator("tr", has_text="First aid course").get_by_role("link").first.click()
    desk.get_by_role("button", name="Deny").click()
    expect(desk.get_by_text("There is a problem")).to_be_visible()
    approver.look("deny-without-comment")
    desk.get_by_label("Comment").fill("Please bring the certificate to the office first.")
    desk.get_by_role("button", name="Deny").click()

    page.goto("/messages/")
    page.get_by_role("link", name="Unread: Your request · My science license was renewed").first.click()
    expect(page.get_by_role("heading", level=1, name="My Requests")).to_be_visible()
    expect(page.locator("tr[aria-current]")).to_contain_text("My science license was renewed")
    expect(page.locator("tr[aria-current]")).to_be_in_viewport()
    teacher.look("my-requests-marked")
    row = page.locator("tr", has_text="First aid course").first
    expect(row.get_by_text("Denied")).to_be_visible()
    expect(row.get_by_text("Please bring the certificate")).to_be_visible()
    expect(page.locator("tr", has_text="My science license was renewed").get_by_text("Approved")).to_be_visible()
    page.goto("/credentials/")
    page.get_by_role("link", name=re.compile("DEMO-204117")).click()
    expect(page.get_by_text(str(later.year)).first).to_be_visible()


def test_a_new_record_request_without_javascript(portal, browser):
    page = browser.new_context(base_url=portal.url, java_script_enabled=False).new_page()
    page.goto("/accounts/login/?next=/credentials/requests/new/")
    page.get_by_label("E-mail").fill("teacher@demo.example")
    page.get_by_label("Password").fill("portal-demo")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("Brief Description").fill("A second degree")

    def choose(label, choice):
        page.get_by_label(label).select_option(label=choice)
        page.get_by_role("button", name="Show fields").first.click()

    choose("Credential Type", "Other")
    page.get_by_label("What it is").fill("A diploma")
    choose("Credential Type", "Education")
    choose("Credential Type", "Other")
    assert page.get_by_label("What it is").input_value() == "A diploma"
    choose("Credential Type", "Education")
    assert page.get_by_role("group", name="Core Subject Area").count() == 0
    choose("Subject Type", "Core Academic Subject Area")
    assert page.get_by_role("group", name="Core Subject Area").is_visible()
    assert page.get_by_label("Brief Description").input_value() == "A second degree"
    page.get_by_label("Education Level").select_option(label="Doctorate")
    page.get_by_label("Date Credential Obtained").fill(str(timezone.localdate(timezone=CHICAGO)))
    page.get_by_role("button", name="Save Request").click()
    assert page.get_by_text("A second degree").is_visible()
    page.context.close()


def test_a_contact_whom_the_sweep_flagged_is_kept(person):
    administrator = person("administrator@demo.example")
    page = administrator.page
    expect(page.get_by_role("link", name="Keep or deactivate Keith Ainsworth")).to_be_visible()
    administrator.look("home-administrator")
    page.get_by_role("link", name=re.compile("Keith Ainsworth")).first.click()
    administrator.look("inactive")
    page.get_by_role("link", name="Keep Keith Ainsworth").click()
    page.get_by_label("Reason").fill("Back from leave next week.")
    administrator.look("keep")
    page.get_by_role("button", name="Keep as a contact").click()
    expect(page.get_by_text("Nobody is flagged")).to_be_visible()
    page.get_by_role("link", name="Contacts", exact=True).first.click()
    administrator.look("directory")


def test_support_opens_an_exception_case_and_asks_a_contact_to_accept_it(person):
    agent = person("agent@support.example")
    page = agent.page
    page.goto("/cases/exception/")
    agent.look("exception-form")
    page.get_by_label("Caller's district").fill("Riverbend School District")
    page.get_by_label("Who called?").fill("The front office")
    page.get_by_label("How to reach the caller").fill("555-0199")
    page.get_by_label("Why is it an emergency?").fill("Nobody can take attendance and no contact answers.")
    page.get_by_label("Issue:").check()
    page.get_by_label("Product area").select_option(label="Attendance")
    page.get_by_label("Subject").fill("Attendance is down")
    page.get_by_label("Description").fill("Every page of attendance shows an error.")
    page.get_by_label("Does it stop people from working?").select_option(label="Yes")
    page.get_by_label("Can they get the work done another way").select_option(label="No")
    page.get_by_label("How many people does it affect?").select_option(label="Many people, more than 10")
    page.get_by_label("How many schools does it affect?").select_option(label="One school")
    page.get_by_role("button", name="Open exception case").click()
    agent.look("exception-case")
    handing = section(page, "hand_over")
    handing.get_by_label("Authorized contact").select_option(label="Maria Lopez")
    handing.get_by_role("button").click()
    expect(page.get_by_text("Maria Lopez is asked to accept this case.")).to_be_visible()


def test_the_pages_that_strangers_and_lost_people_see(portal, browser, person):
    stranger = person.stranger()
    for address in ("/accounts/login/", "/accounts/password/reset/", "/help/", "/help/demo/", "/no-such-page/"):
        stranger.page.goto(address)
        stranger.trouble.clear()  # the browser itself notes a 404 in its console
        stranger.look(f"stranger{address.replace('/', '-')}")
    teacher = person("teacher@demo.example")
    for address in ("/cases/new/", "/cases/", "/contacts/", "/components/"):
        teacher.page.goto(address)
        teacher.trouble.clear()
        teacher.look(f"teacher{address.replace('/', '-')}")
