"""A case that changed since its page was opened: the form comes back with what is new, and sends at a second press."""

import re

import pytest

from cases import actions
from cases.models import Case
from tests.cases.conftest import NO_IMPACT
from tests.cases.test_verbs import post, says
from tests.factories import AgentFactory

pytestmark = pytest.mark.django_db
Status = Case.Status
GUARDED = {
    "reply": Status.ASSIGNED,
    "ask": Status.ASSIGNED,
    "resolve": Status.ASSIGNED,
    "request_assist": Status.ASSIGNED,
    "schedule": Status.ASSIGNED,
    "send_to_development": Status.ASSIGNED,
    "resume": Status.SCHEDULED,
    "escalate": Status.ASSIGNED,
    "correct": Status.ASSIGNED,
    "prioritize": Status.ASSIGNED,
    "close": Status.ASSIGNED,
}


def opened(client, case, verb):
    """The hidden field of the verb's form as the page carries it."""
    page = client.get(case.get_absolute_url()).text
    form = "correct_urgency" if verb == "correct" else verb
    (field,) = re.findall(rf'<input[^>]*id="{form}_newest"[^>]*>', page)
    return re.search(r'value="(\d+)"', field)[1]


def answers(verb, case):
    if verb == "correct":
        return {"kind": case.kind, "product_area": case.product_area_id, "urgency": "high", "due_on": "", **NO_IMPACT}
    return says(verb, case) | {"text": "What I typed.", "reason": "What I typed."}


@pytest.mark.parametrize("verb", GUARDED)
def test_a_case_that_changed_meanwhile_is_shown_beside_what_was_typed(verb, agent, contact, lead, case_in, sign_in):
    case = case_in(GUARDED[verb])
    client = sign_in(contact if verb == "close" else agent)
    said = answers(verb, case) | {"newest": opened(client, case, verb)}
    actions.reply(case=case, by=lead, text="Something new.")
    before = case.timeline.count()

    page = post(client, case, verb, **said)
    assert page.status_code == 409
    assert f"Case {case.number} has changed since you opened this page." in page.text
    assert "New since you opened this page" in page.text
    assert page.text.count("Something new.") == 2  # in the timeline, and beside the form
    assert "What I typed." in page.text or verb == "correct"
    assert case.timeline.count() == before

    (form,) = [form for each, form, _ in page.context["verbs"] if each.name == verb]
    assert post(client, case, verb, **said | {"newest": form["newest"].value()}).status_code == 200
    assert case.timeline.count() == before + 1


def test_ones_own_entries_and_notes_within_support_are_no_news(agent, contact, lead, case_in, sign_in):
    case = case_in(Status.ASSIGNED)
    client = sign_in(contact)
    newest = opened(client, case, "reply")
    actions.reply(case=case, by=contact, text="My own words in another window.")
    actions.note(case=case, by=lead, text="A note.")
    assert post(client, case, "reply", text="More.", newest=newest).status_code == 200


def test_a_case_that_nobody_touched_is_sent_at_once(agent, case_in, sign_in):
    case = case_in(Status.ASSIGNED)
    actions.reply(case=case, by=AgentFactory(), text="Read already.")
    client = sign_in(agent)
    assert post(client, case, "reply", text="More.", newest=opened(client, case, "reply")).status_code == 200


def test_a_field_left_out_is_news_until_the_form_is_complete(agent, contact, lead, case_in, sign_in):
    case = case_in(Status.ASSIGNED)
    client = sign_in(agent)
    newest = opened(client, case, "ask")
    actions.reply(case=case, by=lead, text="Something new.")
    page = post(client, case, "ask", text=" ", newest=newest)
    (form,) = [form for each, form, _ in page.context["verbs"] if each.name == "ask"]
    assert form["newest"].value() == newest
    assert post(client, case, "ask", text="Which school?", newest=newest).status_code == 409
