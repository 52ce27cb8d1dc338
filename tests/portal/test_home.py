"""Home: figures that lead to their lists, the picture, and what costs what."""

from datetime import timedelta
from itertools import count

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.models import Case
from cases.views import lists
from contacts.models import Role
from portal.views import home as home_view
from tests.conftest import every_page
from tests.factories import (
    AgentFactory,
    CaseFactory,
    ContactRequestFactory,
    CredentialRequestFactory,
    DesignationFactory,
    ProductAreaFactory,
    TeamFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
HOME = reverse("home")
Status = Case.Status


@pytest.fixture(autouse=True)
def _no_second_factor(settings):
    settings.MFA_REQUIRED_ROLES = frozenset()


def figures(page):
    return {each["label"]: each["count"] for each in page.context["figures"]}


def owed(due, **fields):
    since = timezone.now() - timedelta(days=9)
    return CaseFactory(answer_since=since, answer_soon_at=due, answer_due_at=due, **fields)


@pytest.fixture
def desk():
    """Cases of two districts in every state that a figure tells apart; gives (an agent, a contact, a lead)."""
    agent, contact = AgentFactory(), UserFactory(roles=[Role.SUPPORT_CONTACT])
    now, today = timezone.now(), timezone.localdate()
    mine = {"status": Status.ASSIGNED, "assignee": agent}
    team = ProductAreaFactory(team=TeamFactory(members=[agent]))
    for district_of in ({"contact": contact}, {}):
        CaseFactory(**district_of, subject="New")
        CaseFactory(**district_of, subject="Due today", due_on=today, product_area=team, **mine)
        CaseFactory(**district_of, subject="Passed", due_on=today - timedelta(days=2), product_area=team, **mine)
        owed(now - timedelta(hours=2), **district_of, subject="Missed", status=mine["status"], assignee=AgentFactory())
        CaseFactory(**district_of, subject="Asked", status=Status.PENDING_INPUT, assignee=agent)
        CaseFactory(**district_of, subject="Closed", status=Status.CLOSED, closed_at=now)
    old = {"created_at": now - timedelta(days=40), "updated_at": now - timedelta(days=40)}
    CaseFactory(contact=contact, subject="Old", **mine, **old)
    return agent, contact, AgentFactory(roles=[Role.SUPPORT_LEAD])


# --- figures ------------------------------------------------------------------------------------------------------


def test_an_agents_figures_are_unassigned_mine_due_today_and_overdue(desk, sign_in):
    agent, _, _ = desk
    page = sign_in(agent).get(HOME)
    assert figures(page) == {"Unassigned": "2", "Mine": "7", "Due today": "2", "Overdue": "4"}
    assert {each["label"]: each["mine"] for each in page.context["figures"] if each["mine"]} == {
        "Due today": "2",
        "Overdue": "2",
    }


def test_a_contacts_figures_are_what_waits_for_the_district_and_what_is_with_support(desk, sign_in):
    _, contact, _ = desk
    assert figures(sign_in(contact).get(HOME)) == {"Waiting for us": "1", "With Support": "5"}


def test_an_approvers_figure_leaves_out_their_own_requests(sign_in):
    approver = UserFactory(roles=[Role.CREDENTIAL_APPROVER])
    CredentialRequestFactory(requester=UserFactory(district=approver.district))
    CredentialRequestFactory(requester=approver)
    CredentialRequestFactory()
    assert figures(sign_in(approver).get(HOME)) == {"Requests to decide": "1"}


def test_who_chooses_contacts_has_figures_of_those_to_decide_about(sign_in, desk):
    administrator = UserFactory(roles=[Role.DISTRICT_ADMINISTRATOR])
    DesignationFactory(user__district=administrator.district, flagged_at=timezone.now())
    DesignationFactory(flagged_at=timezone.now())
    ContactRequestFactory()
    assert figures(sign_in(administrator).get(HOME)) == {"Inactive contacts": "1"}
    found = figures(sign_in(desk[2]).get(HOME))
    assert found["Inactive contacts"] == "2"
    assert found["Contacts to approve"] == "1"


def rows_of(client, url):
    return sum(len(page.context["page"].rows) for page in every_page(client, url))


@pytest.mark.parametrize("who", [0, 1, 2])
def test_every_figure_and_every_bar_leads_to_a_list_of_just_so_many(who, desk, sign_in):
    person = desk[who]
    for _ in range(2):
        requester = UserFactory(district=person.district) if person.district else UserFactory()
        CredentialRequestFactory(requester=requester)
        DesignationFactory(user=requester, flagged_at=timezone.now())
        ContactRequestFactory()
    if person.district:
        for role in (Role.CREDENTIAL_APPROVER, Role.DISTRICT_ADMINISTRATOR):
            DesignationFactory(user=person, role=role)
        CredentialRequestFactory(requester=person)
    client = sign_in(person)
    context = client.get(HOME).context
    for figure in context["figures"]:
        assert rows_of(client, figure["url"]) == int(figure["count"]), figure
    for age in context["picture"].ages:
        assert rows_of(client, age.url) == age.count, age
    assert {age.name: age.count for age in context["picture"].ages}["older"] == 1
    for table in context["shares"]:
        for row in table["rows"]:
            assert rows_of(client, row.open_url) == row.open, row
            assert rows_of(client, row.overdue_url) == row.overdue, row
    assert bool(context["shares"]) == (who == 2)


def test_a_figure_counts_no_further_than_the_tabs_of_the_list(desk, sign_in, monkeypatch):
    assert home_view.MOST_COUNTED == lists.MOST_COUNTED
    monkeypatch.setattr(home_view, "MOST_COUNTED", 3)
    found = figures(sign_in(desk[0]).get(HOME))
    assert found == {"Unassigned": "2", "Mine": "3+", "Due today": "2", "Overdue": "3+"}


def test_only_what_is_overdue_has_a_color(desk, sign_in):
    page = sign_in(desk[0]).get(HOME)
    assert [each["label"] for each in page.context["figures"] if each["is_late"]] == ["Overdue"]


def test_a_figure_of_nothing_is_calm(sign_in):
    page = sign_in(AgentFactory()).get(HOME)
    assert set(figures(page).values()) == {"0"}
    assert page.text.count('class="is-zero"') == 4
    assert "is-late" not in page.text


# --- the picture, and the tables of those who lead -----------------------------------------------------------------


def test_the_picture_is_of_ones_own_cases_of_the_districts_or_of_all(desk, sign_in):
    agent, contact, lead = desk
    pictures = [sign_in(person).get(HOME).context["picture"] for person in (agent, contact, lead)]
    assert [picture.total for picture in pictures] == [7, 6, 11]
    assert [picture.heading.startswith("My") for picture in pictures] == [True, False, False]
    assert sum(width for _, width, _ in pictures[0].parts) == pytest.approx(100, abs=0.1)


def test_without_an_open_case_and_for_who_sees_none_there_is_no_picture(sign_in):
    contact = UserFactory(roles=[Role.SUPPORT_CONTACT])
    CaseFactory(contact=contact, status=Status.CLOSED, closed_at=timezone.now())
    assert sign_in(contact).get(HOME).context["picture"] is None
    teacher = UserFactory(district=contact.district)
    CaseFactory(contact=contact)
    page = sign_in(teacher).get(HOME)
    assert page.context["picture"] is None
    assert page.context["figures"] == []


def test_a_lead_reads_what_is_open_by_team_and_by_district(desk, sign_in):
    agent, contact, lead = desk
    teams, districts = sign_in(lead).get(HOME).context["shares"]
    assert {row.name: (row.open, row.overdue) for row in teams["rows"]} == {
        "No team: all of Support": (7, 2),
        str(agent.teams.get()): (4, 2),
    }
    assert (districts["rows"][0].name, districts["rows"][0].open) == (str(contact.district), 6)
    assert districts["highest"] == 6


def test_a_lead_reads_of_the_five_districts_with_the_most_open_cases(sign_in):
    for number in range(7):
        contact = UserFactory(roles=[Role.SUPPORT_CONTACT])
        CaseFactory.create_batch(number + 1, contact=contact)
    [districts] = sign_in(AgentFactory(roles=[Role.SUPPORT_LEAD])).get(HOME).context["shares"]
    assert [row.open for row in districts["rows"]] == [7, 6, 5, 4, 3]


# --- the whole page -----------------------------------------------------------------------------------------------


def test_who_has_nothing_to_do_reads_one_sentence_and_what_they_can_do(sign_in):
    page = sign_in(UserFactory()).get(HOME)
    assert "Nothing needs you now" in page.text
    assert page.context["action"].label == "Ask my contact"
    assert [way.label for way in page.context["ways"]] == ["My Credentials", "My district's contacts"]


def test_home_greets_by_the_readers_clock(sign_in, monkeypatch):
    person = UserFactory(first_name="Maria", time_zone="Pacific/Auckland")
    at = timezone.now().replace(hour=18, minute=0)  # in the morning of the next day there
    monkeypatch.setattr(home_view.timezone, "now", lambda: at)
    assert "Good morning, Maria" in sign_in(person).get(HOME).text


def fill(person, agent, number):
    """So many of everything that home looks for, in the person's district."""
    several = range(number)
    contact = UserFactory(district=person.district or UserFactory().district, roles=[Role.SUPPORT_CONTACT])
    area, now = ProductAreaFactory(team=TeamFactory()), timezone.now()
    fields = {"district": contact.district, "contact": contact, "product_area": area, "kind": "question"}
    names, made = count(), []

    def add(**more):
        made.extend(Case(subject=f"Case {next(names)}", description="One.", **fields | more) for _ in several)

    late = {"answer_since": now, "answer_soon_at": now, "answer_due_at": now}
    add()
    add(status=Status.ASSIGNED, assignee=agent, **late)
    add(status=Status.ASSIGNED, assignee=agent, due_on=timezone.localdate())
    add(status=Status.PENDING_INPUT, assignee=agent)
    add(status=Status.PENDING_VERIFICATION, assignee=agent, resolved_at=now)
    add(
        contact=None,
        is_exception=True,
        caller_name="x",
        caller_reach="y",
        emergency="z",
        handover_due_at=now - timedelta(hours=1),
        handover_to=person if Role.SUPPORT_CONTACT in person.roles else None,
    )
    Case.objects.bulk_create(made)
    staff = [UserFactory(district=contact.district) for _ in range(min(number, 10))]
    for each in staff:
        CredentialRequestFactory(requester=each)
        DesignationFactory(user=each, role=Role.SUPPORT_CONTACT, flagged_at=now)
        ContactRequestFactory()


@pytest.mark.parametrize(
    ("roles", "most"),
    [
        ([Role.SUPPORT_CONTACT], 20),
        ([Role.CREDENTIAL_APPROVER], 9),
        ([Role.DISTRICT_ADMINISTRATOR], 10),
        ([Role.SUPPORT_CONTACT, Role.CREDENTIAL_APPROVER, Role.DISTRICT_ADMINISTRATOR], 25),
        ([Role.SUPPORT_AGENT], 20),
        ([Role.SUPPORT_LEAD], 20),
        ([], 8),
    ],
)
def test_the_page_costs_the_same_with_ten_of_everything_and_with_a_thousand_cases(
    roles, most, sign_in, django_assert_max_num_queries
):
    of_support = not {Role.SUPPORT_AGENT, Role.SUPPORT_LEAD}.isdisjoint(roles)
    person = AgentFactory(roles=roles) if of_support else UserFactory(roles=roles)
    agent = person if of_support else AgentFactory()
    client = sign_in(person)
    costs = []
    for number in (10, 160):
        fill(person, agent, number)
        with django_assert_max_num_queries(most) as asked:
            client.get(HOME)
        costs.append(len(asked))
    assert costs[0] == costs[1]
