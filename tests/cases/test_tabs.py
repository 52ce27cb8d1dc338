"""The tabs of the list, how it is sorted, its filters that go one by one, and the way back to it."""

from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases.models import Case, sorting
from cases.views import lists
from contacts.models import Role
from tests.conftest import every_page
from tests.factories import AgentFactory, CaseFactory, DistrictFactory, UserFactory

pytestmark = pytest.mark.django_db
Status = Case.Status
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def subjects(page):
    return [case.subject for case in page.context["page"].rows]


def counts(page):
    return {each["tab"].label: each["count"] for each in page.context["tabs"]}


@pytest.fixture
def desk(case_in, agent, district, exception_case):
    """A case of each kind that a tab of Support tells apart."""
    now = timezone.now()
    case_in(Status.NEW, subject="Nobody's")
    case_in(Status.ASSIGNED, subject="Mine", due_on=date(2030, 1, 1))
    case_in(Status.ASSIGNED, subject="Another's", assignee=AgentFactory(), due_on=date(2020, 1, 1))
    late = {"answer_since": now - timedelta(days=3), "answer_soon_at": now - timedelta(days=2)}
    case_in(Status.ASSIGNED, subject="Missed", answer_due_at=now - timedelta(days=1), **late)
    case_in(Status.PENDING_INPUT, subject="Asked", due_on=date(2020, 1, 1))
    case_in(Status.PENDING_VERIFICATION, subject="Resolved")
    case_in(Status.CLOSED, subject="Closed", due_on=date(2020, 1, 1))
    Case.objects.filter(pk=exception_case.pk).update(handover_due_at=now - timedelta(hours=1), subject="Exception")


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        ("unassigned", {"Nobody's"}),
        ("mine", {"Mine", "Missed", "Asked", "Resolved", "Exception"}),
        ("us", {"Nobody's", "Mine", "Another's", "Missed", "Exception"}),
        ("district", {"Asked", "Resolved"}),
        ("overdue", {"Another's", "Missed", "Exception"}),
    ],
)
def test_support_has_a_tab_for_each_question_with_an_address_of_its_own(view, expected, desk, agent, sign_in):
    page = sign_in(agent).get(f"/cases/?view={view}")
    assert set(subjects(page)) == expected
    assert next(each["count"] for each in page.context["tabs"] if each["is_current"]) == str(len(expected))


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        ("us", {"Asked", "Resolved"}),
        ("support", {"Nobody's", "Mine", "Another's", "Missed", "Exception"}),
        ("closed", {"Closed"}),
    ],
)
def test_a_contact_has_tabs_of_the_districts_side(view, expected, desk, contact, sign_in):
    CaseFactory(subject="Elsewhere", status=Status.NEW)
    page = sign_in(contact).get(f"/cases/?view={view}")
    assert set(subjects(page)) == expected
    assert counts(page) == {"Waiting for us": "2", "With Support": "5", "Closed": "1", "All": "8"}


def test_a_tab_of_the_other_side_shows_all(desk, contact, sign_in):
    assert len(subjects(sign_in(contact).get("/cases/?view=unassigned"))) == 8


def test_what_the_tabs_count_is_counted_no_further_than_the_cap(desk, agent, sign_in, monkeypatch):
    monkeypatch.setattr(lists, "MOST_COUNTED", 2)
    assert counts(sign_in(agent).get("/cases/"))["All"] == "2+"
    assert counts(sign_in(agent).get("/cases/"))["Waiting for the district"] == "2"


def test_all_tabs_are_counted_by_one_query_that_stops_at_the_cap(desk, agent, sign_in):
    client = sign_in(agent)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        client.get("/cases/")
    [counting] = [each["sql"] for each in captured if "count(*)" in each["sql"]]
    assert counting.count("LIMIT 1001") == 6


def test_the_untaken_queue_puts_critical_first_then_what_is_to_be_answered_soonest(contact, agent, sign_in):
    def new(subject, hours=None, **fields):
        due = NOW + timedelta(hours=hours) if hours else None
        promised = {"answer_since": NOW, "answer_soon_at": due, "answer_due_at": due} if due else {}
        CaseFactory(contact=contact, subject=subject, **promised, **fields)

    new("No target")
    new("Late", 1)
    new("High", 5, priority="high")
    new("Later", 9)
    new("Critical, later", 8, priority="critical")
    new("Critical, soon", 2, priority="critical")
    new("Critical, no target", priority="critical")
    found = subjects(sign_in(agent).get("/cases/?view=unassigned"))
    assert found == ["Critical, soon", "Critical, later", "Critical, no target", "Late", "High", "Later", "No target"]


@pytest.fixture
def many(district):
    """Thirty cases with ties and gaps in everything that a list is sorted by."""
    agents = [AgentFactory(first_name=name, last_name="Same") for name in ("Ann", "bob")]
    people = [UserFactory(district=district, roles=[Role.SUPPORT_CONTACT]) for _ in range(2)]
    away = UserFactory(district=DistrictFactory(name="aardvark schools"), roles=[Role.SUPPORT_CONTACT])
    for n in range(30):
        assigned = {"status": Status.ASSIGNED, "assignee": agents[n % 2]} if n % 3 else {}
        CaseFactory(
            contact=[*people, away][n % 3],
            subject=["beta", "Alpha", "alpha", "élan"][n % 4],
            priority=[*Case.Priority.values][n % 4],
            due_on=date(2026, 1, 1 + n % 4) if n % 5 else None,
            created_at=NOW + timedelta(days=n % 7),
            updated_at=NOW + timedelta(days=n % 6),
            **assigned,
        )


@pytest.mark.parametrize("name", [*sorting.SORTS])
@pytest.mark.parametrize("sign", ["", "-"])
def test_every_sort_pages_by_key_through_all_cases_in_both_directions(name, sign, many, agent, sign_in, monkeypatch):
    client = sign_in(agent)
    pages = every_page(client, "/cases/", sort=f"{sign}{name}")
    down = [case for page in pages for case in page.context["page"].rows]
    assert len(down) == len({case.pk for case in down}) == 30
    back = client.get("/cases/", {"sort": f"{sign}{name}", "cursor": pages[1].context["page"].previous})
    assert back.context["page"].rows == pages[0].context["page"].rows


def test_no_page_of_a_sorted_list_counts_rows_that_it_skips(many, agent, sign_in):
    client = sign_in(agent)
    cursor = client.get("/cases/?sort=agent").context["page"].next
    with CaptureQueriesContext(connection) as captured:
        assert client.get("/cases/", {"sort": "agent", "cursor": cursor}).context["page"].rows
    assert not [each for each in captured if "OFFSET" in each["sql"]]


def values(page, get):
    return [get(case) for case in page.context["page"].rows]


@pytest.mark.parametrize(
    ("sort", "get"),
    [
        ("number", lambda case: case.number),
        ("age", lambda case: -case.created_at.timestamp()),
        ("priority", lambda case: ["low", "normal", "high", "critical"].index(case.priority)),
        ("district", lambda case: case.district.name.lower()),
        ("changed", lambda case: case.updated_at),
        ("turn", lambda case: case.status == Status.CLOSED),
    ],
)
def test_a_click_on_a_column_sorts_by_it(sort, get, many, agent, sign_in):
    client = sign_in(agent)
    up, down = (values(client.get(f"/cases/?sort={sign}{sort}"), get) for sign in ("", "-"))
    assert up == sorted(up)
    assert down == sorted(down, reverse=True)


@pytest.mark.parametrize("sign", ["", "-"])
def test_what_has_no_agent_or_no_due_date_stands_last_in_both_directions(sign, many, agent, sign_in):
    client = sign_in(agent)
    for sort, field in (("agent", "assignee_id"), ("due", "due_on")):
        empty = [
            getattr(case, field) is None
            for page in every_page(client, "/cases/", sort=f"{sign}{sort}")
            for case in page.context["page"].rows
        ]
        assert empty == sorted(empty)
        assert set(empty) == {True, False}


def test_a_second_click_turns_the_order_around_and_keeps_the_filters(contact, sign_in):
    CaseFactory(contact=contact)
    page = sign_in(contact).get("/cases/?view=support&sort=subject&kind=question&cursor=x")
    [subject] = [each for each in page.context["columns"] if each["name"] == "subject"]
    assert subject["direction"] == "ascending"
    asked = parse_qs(urlsplit(subject["url"]).query)
    assert asked == {"view": ["support"], "sort": ["-subject"], "kind": ["question"]}
    assert 'aria-sort="ascending"' in page.text


def test_a_contact_cannot_sort_by_what_support_promised(contact, sign_in):
    page = sign_in(contact).get("/cases/?sort=answer")
    assert page.context["order"].name == "changed"
    assert {"answer", "queue", "district"}.isdisjoint(each["name"] for each in page.context["sorts"])


def test_filters_are_removed_one_by_one(contact, agent, sign_in):
    CaseFactory(contact=contact)
    address = (
        f"/cases/?view=us&sort=subject&q=report&kind=question&assignee=nobody&district={quote(str(contact.district))}"
    )
    page = sign_in(agent).get(address)
    chips = dict(page.context["chips"])
    assert [*chips] == ["“report”", "Question", str(contact.district), "No agent"]
    left = parse_qs(chips["Question"])
    assert left.keys() == {"view", "sort", "q", "assignee", "district"}
    for query in chips.values():
        assert len(sign_in(agent).get(f"/cases/?{query}").context["chips"]) == 3


def test_a_filter_that_cannot_be_read_is_no_chip(contact, sign_in):
    assert sign_in(contact).get("/cases/?status=nonsense&assignee=me").context["chips"] == []


def test_cases_are_narrowed_to_an_agent_and_to_a_contact_by_their_names(contact, district, sign_in, case_in, lead):
    dana, dan = (AgentFactory(first_name=name, last_name="Ortiz") for name in ("Dana", "Dan"))
    maria = UserFactory(district=district, roles=[Role.SUPPORT_CONTACT], first_name="Maria", last_name="Lopez")
    case_in(Status.ASSIGNED, subject="Dana's", assignee=dana)
    case_in(Status.ASSIGNED, subject="Dan's", assignee=dan)
    CaseFactory(contact=maria, subject="Of Maria")
    client = sign_in(lead)
    assert subjects(client.get("/cases/?assignee=dana")) == ["Dana's"]
    assert subjects(client.get("/cases/?assignee=Dan+Ortiz")) == ["Dan's"]
    assert set(subjects(client.get("/cases/?assignee=ortiz"))) == {"Dana's", "Dan's"}
    assert subjects(client.get("/cases/?contact=lopez")) == ["Of Maria"]
    assert subjects(client.get("/cases/?assignee=me")) == []
    assert "No agent of Support is called so." in client.get("/cases/?assignee=zebra").text
    assert subjects(sign_in(contact).get("/cases/?contact=maria")) == ["Of Maria"]


def test_a_contact_cannot_narrow_by_someone_of_another_district(contact, sign_in):
    CaseFactory(contact__first_name="Zebedee")
    assert "Nobody is called so." in sign_in(contact).get("/cases/?contact=zebedee").text


def test_a_list_of_500_districts_is_never_rendered(agent, sign_in):
    DistrictFactory.create_batch(60)
    client = sign_in(agent)
    assert "District 1" not in client.get("/cases/").text
    page = client.get("/cases/choose/district/?q=district")
    assert len(page.context["found"]) == 20
    assert page.context["more"]
    options = client.get("/cases/choose/district/?district=district", headers={"HX-Request": "true"}).text
    assert options.count("<option") == 20
    assert "<html" not in options
    nothing_typed = client.get("/cases/choose/district/?district=", headers={"HX-Request": "true"}).text
    assert "<option" not in nothing_typed


def test_more_words_than_any_name_has_are_not_searched(agent, sign_in, django_assert_max_num_queries):
    client = sign_in(agent)
    with django_assert_max_num_queries(8) as asked:
        page = client.get("/cases/choose/agent/", {"agent": "a " * 500}, headers={"HX-Request": "true"})
    assert "<option" not in page.text
    assert not any("ILIKE" in query["sql"] or "UPPER" in query["sql"] for query in asked)


def test_a_searched_name_narrows_the_list_that_one_came_from(agent, sign_in):
    district = DistrictFactory(name="Lakeside & Sons")
    back = "/cases/?view=us&kind=issue&cursor=x"
    page = sign_in(agent).get("/cases/choose/district/", {"q": "lakeside", "back": back})
    [(found, url)] = page.context["found"]
    assert found == district
    assert url == "/cases/?view=us&kind=issue&district=Lakeside+%26+Sons"


def test_a_contact_searches_only_the_people_of_their_own_district(contact, sign_in):
    elsewhere = UserFactory(roles=[Role.SUPPORT_CONTACT], first_name="Zebedee")
    client = sign_in(contact)
    for how in ({}, {"headers": {"HX-Request": "true"}}):
        page = client.get("/cases/choose/contact/?q=e", **how).text
        assert contact.email in page
        assert elsewhere.email not in page


def test_the_cases_page_leads_back_to_the_same_filters_page_and_row(contact, sign_in):
    case = CaseFactory(contact=contact, subject="Wanted")
    client = sign_in(contact)
    page = client.get("/cases/?view=support&q=wanted").text
    link = page.split('<a class="row-link" href="')[1].split('"')[0]
    assert parse_qs(urlsplit(link).query) == {"back": [f"/cases/?view=support&q=wanted#case-{case.number}"]}
    assert f'href="/cases/?view=support&amp;q=wanted#case-{case.number}"' in client.get(link).text
    assert f'<tr id="case-{case.number}"' in page


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "/cases/../admin/", "javascript:alert(1)"])
def test_a_case_leads_back_to_nowhere_but_its_list(back, contact, sign_in):
    case = CaseFactory(contact=contact)
    page = sign_in(contact).get(case.get_absolute_url(), {"back": back}).text
    assert 'class="back-link" href="/cases/"' in page
    assert "evil" not in page


def test_an_empty_tab_says_what_would_stand_there(agent, sign_in):
    page = sign_in(agent).get("/cases/?view=mine").text
    assert "You have no open cases" in page
