"""Support puts right what a case is about: the old value stays, and those to whom it matters are told."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from cases.models import Case, TimelineEntry
from contacts.models import AuditEvent, Message
from tests.cases.conftest import NO_IMPACT
from tests.cases.test_verbs import post
from tests.factories import AgentFactory, CaseFactory, ProductAreaFactory, TeamFactory

pytestmark = pytest.mark.django_db
Kind, Status, Urgency = Case.Kind, Case.Status, Case.Urgency


def facts(case, **changed):
    now = {
        "kind": case.kind,
        "product_area": case.product_area_id,
        "urgency": case.urgency,
        **NO_IMPACT,
        "due_on": case.due_on or "",
    }
    return now | changed


def told():
    return {message.recipient for message in Message.objects.all()}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"kind": Kind.REQUEST}, "Kind: Question → Request"),
        ({"urgency": Urgency.CRITICAL}, "Urgency: Normal → Critical\nPriority: Normal → High"),
        ({"due_on": date(2031, 5, 6)}, "Due date: none → May 6, 2031"),
    ],
)
def test_what_matters_to_the_district_is_told_to_it_with_the_old_value(changed, said, contact, agent, case_in, sign_in):
    case = case_in(Status.ASSIGNED)
    page = post(sign_in(agent), case, "correct", **facts(case, **changed))
    assert page.status_code == 200
    (name,) = changed
    assert getattr(Case.objects.get(pk=case.pk), name) == changed[name]
    assert case.timeline.get().text == said
    assert told() == {contact}
    assert AuditEvent.objects.filter(action="case.correct").count() == 1


def test_another_product_area_moves_the_case_to_its_team_and_does_not_bother_the_district(lead, contact, sign_in):
    one, other = AgentFactory(), AgentFactory()
    areas = [
        ProductAreaFactory(name=name, team=TeamFactory(members=[agent])) for name, agent in (("A", one), ("B", other))
    ]
    case = CaseFactory(contact=contact, product_area=areas[0])
    post(sign_in(lead), case, "correct", **facts(case, product_area=areas[1].pk))
    assert case.timeline.get().text == "Product area: A → B"
    assert told() == {other}
    assert list(sign_in(other).get("/cases/?team=mine").context["page"].rows) == [case]
    assert not sign_in(one).get("/cases/?team=mine").context["page"].rows


def test_what_stays_as_it_is_leaves_no_trace(agent, case_in, sign_in):
    case = case_in(Status.ASSIGNED)
    assert post(sign_in(agent), case, "correct", **facts(case)).status_code == 200
    assert not TimelineEntry.objects.exists()
    assert not Message.objects.exists()


def test_a_question_becomes_an_issue_only_with_steps(agent, case_in, sign_in):
    case = case_in(Status.ASSIGNED)
    client = sign_in(agent)
    page = post(client, case, "correct", **facts(case, kind=Kind.ISSUE))
    assert "Enter the steps that replicate the issue" in page.text
    post(client, case, "correct", **facts(case, kind=Kind.ISSUE, steps_to_replicate="Open the roster."))
    case.refresh_from_db()
    assert (case.kind, case.steps_to_replicate) == (Kind.ISSUE, "Open the roster.")
    assert "Steps to replicate: none → added" in case.timeline.get().text


def test_a_due_date_that_has_passed_may_stay_but_no_other_may_pass(agent, case_in, sign_in):
    yesterday = timezone.localdate() - timedelta(days=1)
    case = case_in(Status.ASSIGNED, due_on=yesterday)
    client = sign_in(agent)
    post(client, case, "correct", **facts(case, urgency=Urgency.HIGH))
    page = post(client, case, "correct", **facts(case, due_on=yesterday - timedelta(days=1)))
    assert "Choose today or a later date." in page.text
    case.refresh_from_db()
    assert (case.urgency, case.due_on) == (Urgency.HIGH, yesterday)


def test_corrections_sent_twice_count_once(agent, case_in, sign_in):
    case = case_in(Status.ASSIGNED)
    answers = facts(case, urgency=Urgency.LOW, idempotency_key="0b5a4a4e-9a67-4e09-8f56-8d9a3c6c2f10")
    client = sign_in(agent)
    assert post(client, case, "correct", **answers).status_code == post(client, case, "correct", **answers).status_code
    assert TimelineEntry.objects.count() == 1
