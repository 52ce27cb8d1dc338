"""Every verb of a case's page, done in a browser by those who may, with and without JavaScript."""

import pytest
from playwright.sync_api import expect

from cases import actions
from cases.models import Case, ProductArea
from cases.views.verbs import VERBS
from contacts.models import User
from tests.walk.test_jobs import OPEN

pytestmark = pytest.mark.browser
CONFIRMATIONS = {verb.name: verb.done for verb in VERBS}
WORDS = {"text": "Words for the other side."}


@pytest.fixture
def cases(portal):
    """Two of the first demo district, which nobody has taken."""
    contact, area = User.objects.get(email="support@demo.example"), ProductArea.objects.first()
    said = {"kind": Case.Kind.QUESTION, "product_area": area, "description": "Since this morning."}
    return [actions.submit(by=contact, subject=subject, **said) for subject in ("Roster is empty", "Roster again")]


class Desk:
    """Somebody at the page of a case, who remembers which verbs they did."""

    def __init__(self, person, case):
        self.person, self.page, self.case, self.done = person, person.page, case, []

    def does(self, verb, **answers):
        """Answer the fields of the verb's form, by their names, and send it."""
        self.page.goto(f"{self.case.get_absolute_url()}?mode={verb}")
        form = f"form[action*='/{verb.replace('_', '-')}/']"
        box = self.page.locator("".join([form, *(f":has([name={name}])" for name in answers)])).last
        box.evaluate(OPEN)
        for name, answer in answers.items():
            fill(box, name, answer)
        box.locator("button[type=submit]").last.click()
        confirmation = CONFIRMATIONS[verb].format(case=self.case)
        expect(self.page.locator("[data-flash]")).to_contain_text(confirmation)
        self.done.append(verb)

    def looks(self, name):
        """At the page with all its forms open."""
        self.page.goto(self.case.get_absolute_url())
        self.page.locator("details").evaluate_all("boxes => boxes.forEach(box => box.open = true)")
        self.person.look(name)

    def reads(self, status):
        expect(self.page.locator("strong", has_text=f"Case {self.case.number}").locator("..")).to_contain_text(status)


def fill(box, name, answer):
    field = box.locator(f"[name={name}]")
    if field.first.get_attribute("type") == "radio":
        box.locator(f"[name={name}][value={answer}]").check()
    elif answer is True:
        field.check()
    elif field.evaluate("field => field.tagName") == "SELECT":
        field.select_option(index=answer) if isinstance(answer, int) else field.select_option(answer)
    else:
        field.fill(answer)


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_every_verb_from_taking_to_reopening(scripts, cases, person):
    case, other = cases
    agent = Desk(person("agent@support.example", scripts=scripts), case)
    lead = Desk(person("lead@support.example", scripts=scripts), case)
    contact = Desk(person("support@demo.example", scripts=scripts), case)
    agent.looks("agent-new")
    agent.does("take")
    agent.reads("Assigned")
    agent.does("note", **WORDS)
    agent.does("ask", **WORDS)
    contact.does("reply", **WORDS)
    contact.reads("Assigned")
    agent.does("request_assist", agent="lead@support.example", **WORDS)
    agent.reads("Assist Request")
    lead.looks("lead-assist-request")
    lead.does("resume", **WORDS)
    agent.does("schedule", scheduled_on="2030-01-02", **WORDS)
    agent.reads("Scheduled")
    agent.does("resume", **WORDS)
    agent.does("send_to_development", defect_reference="DEF-1", **WORDS)
    agent.reads("Assigned to Development")
    agent.does("escalate", level="Level 1", **WORDS)
    lead.does("correct", kind="request")
    lead.does("correct", due_on="2030-01-03")
    lead.does("prioritize", priority="high", reason="The state closes its report on Friday.")
    lead.does("assign", agent="lead@support.example")
    agent.does("record_call", colleague="Kim Lee", host="Maria Lopez")
    contact.does("confirm_call", call=1, present_throughout=True)
    contact.does("record_call", colleague="Lee Kim", present_throughout=True)
    agent.does("split", entry=1, subject="A case of its own")
    agent.does("relate", other=str(other.number))
    agent.does("unrelate", other=1)
    agent.does("merge", other=str(other.number))
    contact.looks("contact-merged")
    agent.does("unmerge")
    lead.does("resolve", settled_as="how_to", **WORDS)
    agent.reads("Assigned")
    lead.reads("Pending Customer Verification")
    contact.looks("contact-to-verify")
    contact.does("close")
    contact.reads("Closed")
    contact.looks("contact-closed")
    lead.looks("lead-closed")
    contact.does("reopen", **WORDS)
    contact.reads("Assigned")
    done = {*agent.done, *lead.done, *contact.done}
    # Exception cases and critical ones have walks of their own.
    assert done == CONFIRMATIONS.keys() - {"hand_over", "accept", "record_phone_follow_up"}
