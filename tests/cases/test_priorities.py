"""Urgency and impact give the priority by a table that an admin edits; an agent may overrule it with a reason."""

from importlib import import_module
from uuid import uuid4

import pytest
from django.apps import apps

from cases import actions
from cases.models import Case, PriorityRule, TimelineEntry, priority_by_table
from contacts import ActionRefused
from contacts.models import AuditEvent, Message
from tests.cases.conftest import NO_IMPACT, WORK_STOPS
from tests.cases.test_corrections import facts
from tests.cases.test_verbs import post
from tests.factories import CaseFactory, ProductAreaFactory, UserFactory

pytestmark = pytest.mark.django_db
Action, Priority, Status = TimelineEntry.Action, Case.Priority, Case.Status
Schools, Urgency, Users = Case.Schools, Case.Urgency, Case.Users


@pytest.fixture
def table():
    """Replace the rules: ``table({"blocks_work": True, "priority": "high"}, ...)``, in this order."""

    def table(*rows):
        PriorityRule.objects.all().delete()
        for number, row in enumerate(rows):
            PriorityRule.objects.create(order=number, **row)

    return table


@pytest.fixture
def submit(contact):
    def submit(**said):
        area = ProductAreaFactory()
        return actions.submit(
            by=contact, kind=Case.Kind.QUESTION, product_area=area, subject="One", description="How?", **said
        )

    return submit


@pytest.mark.parametrize(
    ("said", "priority"),
    [
        ({}, Priority.NORMAL),
        (WORK_STOPS, Priority.CRITICAL),
        (WORK_STOPS | {"has_workaround": True}, Priority.HIGH),
        (WORK_STOPS | {"urgency": Urgency.HIGH}, Priority.HIGH),
        (WORK_STOPS | {"urgency": Urgency.HIGH, "users_affected": Users.MANY}, Priority.CRITICAL),
        (WORK_STOPS | {"urgency": Urgency.HIGH, "schools_affected": Schools.SEVERAL}, Priority.CRITICAL),
        (WORK_STOPS | {"urgency": Urgency.HIGH, "schools_affected": Schools.ALL}, Priority.CRITICAL),
        (WORK_STOPS | {"urgency": Urgency.LOW}, Priority.HIGH),
        ({"blocks_work": True, "has_workaround": True, "users_affected": Users.MANY}, Priority.HIGH),
        ({"blocks_work": True, "has_workaround": True, "users_affected": Users.FEW}, Priority.NORMAL),
        ({"urgency": Urgency.CRITICAL}, Priority.HIGH),
        ({"urgency": Urgency.LOW, "users_affected": Users.MANY}, Priority.LOW),
    ],
)
def test_the_table_that_comes_with_the_portal_is_sensible(said, priority):
    assert priority_by_table(Case(**said)) == priority


def test_the_first_row_that_fits_decides_and_without_one_it_is_normal(table):
    table(
        {"users_at_least": Users.FEW, "schools_at_least": Schools.SEVERAL, "priority": Priority.CRITICAL},
        {"users_at_least": Users.FEW, "priority": Priority.HIGH},
        {"urgency": Urgency.LOW, "blocks_work": False, "priority": Priority.LOW},
    )
    many = {"users_affected": Users.MANY}
    assert priority_by_table(Case(**many, schools_affected=Schools.ALL)) == Priority.CRITICAL
    assert priority_by_table(Case(**many)) == Priority.HIGH
    assert priority_by_table(Case(urgency=Urgency.LOW)) == Priority.LOW
    assert priority_by_table(Case(urgency=Urgency.LOW, blocks_work=True)) == Priority.NORMAL
    table({"priority": Priority.HIGH}, {"users_at_least": Users.MANY, "priority": Priority.CRITICAL})
    assert priority_by_table(Case(**many)) == Priority.HIGH


def test_a_contact_answers_four_short_questions_and_reads_the_priority_and_why(contact, sign_in):
    client = sign_in(contact)
    page = client.get("/cases/new/").text
    for question in (
        "How soon do you need it?",
        "Does it stop people from working?",
        "Can they get the work done another way in the meantime?",
        "How many people does it affect?",
        "How many schools does it affect?",
    ):
        assert question in page
    impact = {"blocks_work": "True", "has_workaround": "False", "users_affected": "3", "schools_affected": "2"}
    answers = {"kind": "question", "product_area": ProductAreaFactory().pk, "subject": "One", "description": "How?"}
    page = client.post("/cases/new/", answers | impact | {"urgency": "critical"}, follow=True).text
    case = Case.objects.get()
    said = (case.blocks_work, case.has_workaround, case.users_affected, case.schools_affected)
    assert (*said, case.priority, case.priority_reason) == (True, False, Users.MANY, Schools.SEVERAL, "critical", "")
    assert "Critical</span>" in page
    assert "From urgency and impact" in page
    impact = "Keeps people from their work, and there is no workaround. Many people, more than 10; several schools."
    assert impact in page


def test_a_question_without_an_answer_is_named(contact, sign_in):
    page = sign_in(contact).post("/cases/new/", {"users_affected": "7"})
    errors = page.context["form"].errors
    assert errors["blocks_work"] == ["Answer the question: Does it stop people from working?"]
    assert "users_affected" in errors


def test_an_admin_edits_the_table_which_changes_new_cases_and_no_other(submit, sign_in):
    before = submit(**WORK_STOPS)
    client = sign_in(UserFactory(district=None, is_staff=True))
    assert "A case that exists keeps its priority" in client.get("/admin/cases/priorityrule/").text
    row = {"order": 1, "urgency": "", "blocks_work": "True", "has_workaround": "", "users_at_least": "1"}
    row |= {"schools_at_least": "", "priority": "low"}
    page = client.post("/admin/cases/priorityrule/add/", row)
    assert page.status_code == 302
    assert submit(**WORK_STOPS).priority == Priority.LOW
    before.refresh_from_db()
    assert before.priority == Priority.CRITICAL
    assert AuditEvent.objects.filter(action="support.change_priorities").count() == 1
    rule = PriorityRule.objects.get(order=1)
    assert (rule.urgency, rule.blocks_work, rule.has_workaround, rule.schools_at_least) == ("", True, None, None)
    client.post(f"/admin/cases/priorityrule/{rule.pk}/delete/", {"post": "yes"})
    assert submit(**WORK_STOPS).priority == Priority.CRITICAL
    assert AuditEvent.objects.filter(action="support.change_priorities").count() == 2


def test_a_correction_of_the_impact_counts_anew_and_tells_the_district_when_the_priority_changes(
    submit, agent, contact, sign_in
):
    case, client = submit(), sign_in(agent)
    post(client, case, "correct", **facts(case, users_affected=2))
    assert case.timeline.last().text == "People: One person → A few people, 2 to 10"
    assert not Message.objects.filter(recipient=contact).exists()
    post(client, case, "correct", **facts(case, **WORK_STOPS, users_affected=2))
    said = case.timeline.last().text.split("\n")
    assert set(said) == {
        "Urgency: Normal → Critical",
        "Keeps people from their work: no → yes",
        "Priority: Normal → Critical",
    }
    assert Message.objects.filter(recipient=contact).count() == 1
    case.refresh_from_db()
    assert (case.priority, case.priority_reason) == (Priority.CRITICAL, "")


def test_a_correction_of_anything_else_leaves_the_priority_even_if_the_table_is_another_one_now(
    submit, agent, table, sign_in
):
    case = submit(urgency=Urgency.CRITICAL)
    table({"priority": Priority.LOW})
    post(sign_in(agent), case, "correct", **facts(case, kind="request"))
    case.refresh_from_db()
    assert (case.kind, case.priority) == ("request", Priority.HIGH)


def test_an_agent_overrules_with_a_reason_which_the_district_reads(submit, agent, contact, sign_in):
    case = submit()
    page = post(sign_in(agent), case, "prioritize", priority="high", reason="The state waits for it.")
    assert page.status_code == 200
    case.refresh_from_db()
    assert (case.priority, case.priority_reason) == (Priority.HIGH, "The state waits for it.")
    entry = case.timeline.get(action=Action.PRIORITIZED)
    assert entry.text == "Priority: Normal → High\n\nThe state waits for it."
    assert AuditEvent.objects.get(action="case.prioritize").detail == {
        "former": "normal",
        "overruled": True,
        "priority": "high",
    }
    page = sign_in(contact).get(case.get_absolute_url()).text
    assert page.count("The state waits for it.") == 2  # among the facts and in the timeline
    assert "Set by Support:" in page


@pytest.mark.parametrize("reason", ["", "  \n "])
def test_without_a_reason_nothing_is_overruled(reason, submit, agent, sign_in):
    case = submit()
    page = post(sign_in(agent), case, "prioritize", priority="high", reason=reason)
    assert "Explain why it is not what urgency and impact say." in page.text
    case.refresh_from_db()
    assert case.priority == Priority.NORMAL


def test_what_support_overruled_stays_until_the_table_decides_again(submit, agent, contact, sign_in):
    case, client = submit(), sign_in(agent)
    post(client, case, "prioritize", priority="low", reason="It is known.")
    post(client, case, "correct", **facts(case, **WORK_STOPS))
    case.refresh_from_db()
    assert case.priority == Priority.LOW
    said = {"priority": "table", "reason": "Left in the field.", "idempotency_key": uuid4()}
    for _ in range(2):
        assert "There is a problem" not in post(client, case, "prioritize", **said).text
    case.refresh_from_db()
    assert (case.priority, case.priority_reason) == (Priority.CRITICAL, "")
    said = "Priority: Low → Critical\n\nThe answers about urgency and impact decide again."
    assert case.timeline.last().text == said


def test_what_is_so_already_leaves_no_trace(submit, agent):
    case = submit()
    assert actions.prioritize(case=case, by=agent, priority=None) is None
    said = {"priority": Priority.HIGH, "reason": "Because.", "idempotency_key": uuid4()}
    actions.prioritize(case=case, by=agent, **said)
    assert actions.prioritize(case=case, by=agent, **said) is None
    assert case.timeline.filter(action=Action.PRIORITIZED).count() == 1


def test_a_form_sent_again_with_another_reason_is_a_question(submit, agent, sign_in):
    case, client = submit(), sign_in(agent)
    said = {"priority": "high", "idempotency_key": uuid4()}
    post(client, case, "prioritize", **said, reason="Because.")
    page = post(client, case, "prioritize", **said, reason="For another reason.")
    assert "already sent this form with different content" in page.text
    assert "For another reason." in page.text


def test_the_same_priority_with_a_reason_of_its_own_says_so(submit, agent):
    case = submit()
    entry = actions.prioritize(case=case, by=agent, priority=Priority.NORMAL, reason="It stays so.")
    assert entry.text == "Priority: Normal\n\nIt stays so."


def test_nobody_of_a_district_sets_a_priority(submit, contact):
    with pytest.raises(ActionRefused):
        actions.prioritize(case=submit(), by=UserFactory(), priority=Priority.CRITICAL, reason="Mine.")


def test_an_exception_case_is_critical_whatever_the_table_says_and_keeps_its_impact(district, agent, table):
    table({"priority": Priority.LOW})
    case = actions.open_exception(
        by=agent,
        district=district,
        kind=Case.Kind.QUESTION,
        product_area=ProductAreaFactory(),
        subject="One",
        caller_name="The office",
        caller_reach="555 0100",
        emergency="Fire.",
        schools_affected=Schools.ALL,
    )
    actions.correct(case=case, by=agent, blocks_work=True)
    case.refresh_from_db()
    assert (case.priority, case.schools_affected) == (Priority.CRITICAL, Schools.ALL)
    assert case.priority_reason == "Support opened this case in an emergency."


def test_a_reply_that_becomes_a_case_takes_urgency_and_impact_along_and_no_overruling(submit, contact, agent):
    case = submit(urgency=Urgency.CRITICAL, users_affected=Users.FEW)
    actions.prioritize(case=case, by=agent, priority=Priority.LOW, reason="It is known.")
    entry = actions.reply(case=case, by=contact, text="And the buses are late.")
    actions.split(case=case, by=agent, entry=entry, subject="Late buses")
    new = Case.objects.get(subject="Late buses")
    assert (new.urgency, new.users_affected) == (Urgency.CRITICAL, Users.FEW)
    assert (new.priority, new.priority_reason) == (Priority.HIGH, "")


def test_who_submits_chooses_no_priority(contact, sign_in):
    answers = {"kind": "question", "product_area": ProductAreaFactory().pk, "subject": "One", "description": "How?"}
    forged = {"urgency": "low", "priority": "critical", "priority_reason": "Mine.", **NO_IMPACT}
    sign_in(contact).post("/cases/new/", answers | forged)
    case = Case.objects.get()
    assert (case.priority, case.priority_reason) == (Priority.LOW, "")


def test_the_table_is_read_once_for_a_case(django_assert_num_queries):
    case = CaseFactory()
    with django_assert_num_queries(1):
        priority_by_table(case)


def test_what_was_the_urgency_of_older_cases_is_their_priority(exception_case):
    case = CaseFactory(urgency=Urgency.HIGH)
    import_module("cases.migrations.0018_priorities").take_priority_from_urgency(apps, None)
    case.refresh_from_db()
    exception_case.refresh_from_db()
    assert (case.priority, case.priority_reason) == (Priority.HIGH, "")
    assert exception_case.priority_reason == "Support opened this case in an emergency."
