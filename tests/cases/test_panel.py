"""The panel beside the thread: each value changed in place, with old and new in the timeline."""

import re

import pytest

from cases import actions
from cases.models import Case
from contacts.models import AuditEvent, Message
from tests.cases.test_verbs import post
from tests.factories import AgentFactory, ProductAreaFactory

pytestmark = pytest.mark.django_db
Status = Case.Status


@pytest.fixture
def case(case_in):
    return case_in(Status.ASSIGNED, kind=Case.Kind.QUESTION)


@pytest.mark.parametrize(
    ("only", "said", "line", "tells_the_district"),
    [
        ("kind", {"kind": "request"}, "Kind: Question → Request", True),
        ("due_on", {"due_on": "2030-01-02"}, "Due date: none → Jan 2, 2030", True),
        ("product_area", {}, "Product area: ", False),
        (
            "urgency",
            {"urgency": "high", "blocks_work": "False", "has_workaround": "False", "users_affected": 1}
            | {"schools_affected": 1},
            "Urgency: Normal → High",
            True,
        ),
    ],
)
def test_one_value_is_changed_and_the_others_stay(only, said, line, tells_the_district, case, agent, contact, sign_in):
    if only == "product_area":
        said = {"product_area": ProductAreaFactory(name="Elsewhere").pk}
    before = {name: getattr(case, name) for name in ("kind", "due_on", "product_area", "urgency") if name != only}
    page = post(sign_in(agent), case, "correct", only=only, panel="1", **said)
    assert page.redirect_chain == [(f"{case.get_absolute_url()}#panel", 302)]
    case.refresh_from_db()
    assert {name: getattr(case, name) for name in before} == before
    assert line in case.timeline.get().text
    assert AuditEvent.objects.get().action == "case.correct"
    assert Message.objects.filter(recipient=contact).exists() == tells_the_district


def test_the_confirmation_stands_in_the_panel_where_the_change_was_made(case, agent, sign_in):
    client = sign_in(agent)
    page = post(client, case, "correct", only="kind", kind="request", panel="1").text
    assert page.index('id="panel"') < page.index("is corrected.")
    page = post(client, case, "correct", only="kind", kind="question").text
    assert page.index("is corrected.") < page.index('id="panel"')


def test_a_refused_change_comes_back_open_in_its_row(case, agent, sign_in):
    page = post(sign_in(agent), case, "correct", only="kind", kind="issue", panel="1").text
    assert re.search(r'id="change-kind" open', page)
    assert not re.search(r'id="change-(?!kind)\w+" open', page)
    assert "Enter the steps that replicate the issue" in page


def test_what_changed_meanwhile_stands_beside_the_change(case, agent, lead, sign_in):
    actions.reply(case=case, by=lead, text="Something new.")
    page = post(sign_in(agent), case, "correct", only="due_on", due_on="2030-01-02", newest=0, panel="1")
    assert page.status_code == 409
    assert page.text.count("Something new.") == 2
    assert 'value="2030-01-02"' in page.text


def test_assign_to_me_takes_what_nobody_has_and_takes_over_what_another_has(case_in, agent, lead, sign_in):
    client = sign_in(lead)
    new, others = case_in(Status.NEW), case_in(Status.ASSIGNED)
    for case, verb in ((new, "take"), (others, "assign")):
        form = client.get(case.get_absolute_url()).text.partition("to-me")[2].partition("</form>")[0]
        assert f"{verb}/" in form
        post(client, case, verb, panel="1", agent=lead.email)
        case.refresh_from_db()
        assert case.assignee == lead
        assert "data-to-me" not in client.get(case.get_absolute_url()).text


def test_an_agent_is_found_by_the_whole_address_among_longer_ones(case, agent, lead, sign_in):
    AgentFactory(email=f"not-{lead.email}")
    post(sign_in(agent), case, "assign", agent=lead.email)
    case.refresh_from_db()
    assert case.assignee == lead


def test_a_contact_changes_nothing_in_the_panel(case, contact, sign_in):
    page = sign_in(contact).get(case.get_absolute_url()).text
    assert 'class="change' not in page
    assert "data-to-me" not in page


@pytest.mark.parametrize("back", ["/cases/?status=new&cursor=abc", "/cases/"])
def test_the_way_back_leads_to_the_list_one_came_from_also_after_an_action(back, case, agent, sign_in):
    client = sign_in(agent)
    page = client.get(case.get_absolute_url(), {"back": back}).text
    assert f'<a class="back-link" href="{back.replace("&", "&amp;")}">' in page
    action = re.search(r'action="([^"]*/note/[^"]*)"', page)[1].replace("&amp;", "&")
    answer = client.post(action, {"text": "Words."}, follow=True)
    assert f'<a class="back-link" href="{back.replace("&", "&amp;")}">' in answer.text


@pytest.mark.parametrize("back", ["https://evil.example/cases/", "//evil.example", "/messages/", "/cases/\\evil", "x"])
def test_the_way_back_leads_nowhere_else(back, case, agent, sign_in):
    page = sign_in(agent).get(case.get_absolute_url(), {"back": back}).text
    assert '<a class="back-link" href="/cases/">' in page
    assert "evil" not in page


def test_single_keys_can_be_switched_off(agent, case, sign_in):
    client = sign_in(agent)
    assert 'data-shortcuts="support"' in client.get(case.get_absolute_url()).text
    client.post("/profile/", {"title": "", "phone": "", "time_zone": ""})
    assert "data-shortcuts" not in client.get(case.get_absolute_url()).text
