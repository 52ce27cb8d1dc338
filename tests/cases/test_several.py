"""Several cases at once: each by its own action, with its own refusal, in a transaction of its own."""

import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client

from cases import actions
from cases.models import Case, TimelineEntry
from contacts.models import AuditEvent, Message
from tests.contacts.races import locked
from tests.factories import AgentFactory, CaseFactory, ProductAreaFactory

BACK = "/cases/?view=unassigned"


def address(verb, cases, back=BACK):
    query = [("case", case.pk) for case in cases] + [("back", back)]
    return f"/cases/several/{verb}/?{urlencode(query)}"


@pytest.fixture
def cases(contact):
    return [CaseFactory(contact=contact, subject=f"Case of {n}") for n in range(3)]


def entries(case, action):
    return TimelineEntry.objects.filter(case=case, action=action).count()


@pytest.mark.django_db
def test_several_cases_are_assigned_and_the_list_comes_back(cases, agent, sign_in):
    dana = AgentFactory(first_name="Dana", last_name="Ortiz")
    client = sign_in(agent)
    page = client.get(address("assign", cases))
    assert "Assign: 3 cases" in page.text
    assert all(case.subject in page.text for case in cases)
    sent = client.post(address("assign", cases), {"agent": "dana", "idempotency_key": uuid4()})
    assert (sent.status_code, sent.url) == (302, BACK)
    assert set(Case.objects.values_list("assignee", "status")) == {(dana.pk, "assigned")}
    assert "3 cases assigned." in client.get(BACK).text
    assert AuditEvent.objects.filter(action="case.assign").count() == 3
    assert Message.objects.filter(recipient=dana).count() == 3


@pytest.mark.django_db
def test_several_cases_are_moved_and_their_timelines_keep_the_old_area(cases, agent, sign_in):
    area = ProductAreaFactory(name="Buses")
    sent = sign_in(agent).post(address("move", cases), {"product_area": area.pk, "idempotency_key": uuid4()})
    assert sent.url == BACK
    assert {case.product_area for case in Case.objects.all()} == {area}
    for case in cases:
        assert f"{case.product_area} → Buses" in case.timeline.get().text


@pytest.mark.django_db
def test_several_cases_are_closed_as_duplicates_of_one_of_them(cases, agent, sign_in):
    first, second, third = cases
    sent = sign_in(agent).post(address("merge", cases), {"into": second.pk, "idempotency_key": uuid4()})
    assert sent.url == BACK
    assert {case.merged_into for case in Case.objects.filter(pk__in=[first.pk, third.pk])} == {second}
    second.refresh_from_db()
    assert not second.is_closed


@pytest.mark.django_db
def test_several_cases_are_closed_as_duplicates_of_another(cases, contact, agent, sign_in):
    other = CaseFactory(contact=contact)
    client = sign_in(agent)
    for number in ("", "zebra", "999999999"):
        page = client.post(address("merge", cases), {"into": "other", "other": number, "idempotency_key": uuid4()})
        assert "Enter the number of the case that goes on." in page.text
    sent = client.post(address("merge", cases), {"into": "other", "other": f"#{other.pk}", "idempotency_key": uuid4()})
    assert sent.url == BACK
    assert set(Case.objects.exclude(pk=other.pk).values_list("merged_into", flat=True)) == {other.pk}


@pytest.mark.django_db
def test_the_page_says_which_were_not_done_and_why(cases, contact, exception_case, agent, sign_in):
    first, second, third = cases
    actions.close(case=second, by=contact, text="")
    elsewhere = CaseFactory(subject="Elsewhere")
    chosen = [*cases, exception_case, elsewhere]
    client = sign_in(agent)
    page = client.post(address("merge", chosen), {"into": first.pk, "idempotency_key": uuid4()})
    assert page.status_code == 200
    assert page.context["done"] == [third]
    why = {case.pk: said for case, said in page.context["refused"]}
    accepted_first = "is an exception case. A contact of the district accepts it before it is closed."
    assert why == {
        second.pk: f"Case {second.pk} is closed. A contact of the district can reopen it or submit a new case.",
        exception_case.pk: f"Case {exception_case.pk} {accepted_first}",
        elsewhere.pk: "A case is merged into a case of the same district.",
    }
    assert all(said in page.text for said in why.values())
    assert f'href="{BACK}"' in page.text
    assert AuditEvent.objects.filter(action="action.refused").count() == 3
    elsewhere.refresh_from_db()
    assert (elsewhere.status, elsewhere.timeline.count()) == ("new", 0)


@pytest.mark.django_db
def test_where_nothing_was_done_the_answer_is_a_conflict(cases, contact, agent, sign_in):
    for case in cases:
        actions.close(case=case, by=contact, text="")
    area = ProductAreaFactory()
    page = sign_in(agent).post(address("move", cases), {"product_area": area.pk, "idempotency_key": uuid4()})
    assert page.status_code == 409
    assert not page.context["done"]


@pytest.mark.django_db
def test_a_form_that_comes_twice_counts_once(cases, agent, sign_in):
    client, key = sign_in(agent), uuid4()
    for _ in range(2):
        client.post(address("merge", cases), {"into": cases[0].pk, "idempotency_key": key})
    assert [entries(case, "merged") for case in cases] == [2, 1, 1]
    assert not AuditEvent.objects.filter(action="action.refused").exists()


@pytest.mark.django_db
@pytest.mark.parametrize("verb", ["assign", "move", "merge"])
def test_no_case_or_too_many_are_refused_before_anything_is_done(verb, contact, agent, sign_in):
    client = sign_in(agent)
    assert client.get(address(verb, [])).url == BACK
    assert "Choose at least one case in the list." in client.get(BACK).text
    area = ProductAreaFactory()
    made = [CaseFactory(contact=contact, product_area=area) for _ in range(101)]
    assert client.post(address(verb, made), {"agent": agent.email}).url == BACK
    assert "Choose at most 100 cases at once." in client.get(BACK).text
    assert not TimelineEntry.objects.exists()
    assert client.get(address(verb, made[:100])).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("case", ["zebra", "²", "9" * 30, "-1"])
def test_a_number_that_is_none_is_passed_over(case, agent, sign_in):
    assert sign_in(agent).get("/cases/several/assign/", {"case": case}).status_code == 302


@pytest.mark.django_db
@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "/admin/"])
def test_the_way_back_leads_to_the_list_alone(back, cases, agent, sign_in):
    sent = sign_in(agent).post(address("assign", cases, back), {"agent": agent.last_name, "idempotency_key": uuid4()})
    assert sent.url == "/cases/"


@pytest.mark.django_db
def test_the_list_offers_it_to_support_alone(cases, contact, agent, sign_in):
    assert 'name="case"' in sign_in(agent).get("/cases/").text
    assert 'name="case"' not in sign_in(contact).get("/cases/").text


@pytest.mark.django_db(transaction=True)
def test_what_is_done_stays_done_while_the_next_case_waits_for_somebody_else():
    agent, first = AgentFactory(), CaseFactory()
    second = CaseFactory(contact=first.contact)
    client = Client()
    client.force_login(agent)

    def press():
        try:
            return client.post(address("assign", [first, second]), {"agent": agent.last_name})
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread, locked(Case, second):
        answer = thread.submit(press)
        until = time.monotonic() + 4
        while not Case.objects.filter(pk=first.pk, assignee=agent).exists():
            assert time.monotonic() < until, "The first case waits for the second."
            time.sleep(0.05)
        assert not answer.done()
        page = answer.result(timeout=20)
    assert [case.pk for case in page.context["done"]] == [first.pk]
    [(_, why)] = page.context["refused"]
    assert why == "Someone else is changing this right now. Nothing was saved; try again in a moment."
