"""The teams of Support: who is told of a new case, and whose cases a list shows."""

import pytest
from django.urls import reverse

from cases import actions
from cases.models import Case, ProductArea, Team
from contacts.models import Message
from tests.cases.conftest import NO_IMPACT
from tests.factories import AgentFactory, CaseFactory, ProductAreaFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def team(agent):
    return TeamFactory(name="Grades", members=[agent])


def submit(contact, area):
    return actions.submit(by=contact, kind=Case.Kind.QUESTION, product_area=area, subject="One", description="One.")


def told():
    return {message.recipient for message in Message.objects.all()}


def test_a_new_case_is_told_to_the_team_of_its_product_area(team, agent, lead, contact, sign_in):
    answers = {"kind": "question", "subject": "One", "description": "One.", "urgency": "normal"} | NO_IMPACT
    sign_in(contact).post("/cases/new/", answers | {"product_area": ProductAreaFactory(team=team).pk})
    assert told() == {agent}


def test_where_an_area_has_no_team_all_of_support_is_told(team, agent, lead, contact):
    submit(contact, ProductAreaFactory())
    assert told() == {agent, lead}


def test_where_a_team_has_nobody_who_can_act_all_of_support_is_told(agent, contact):
    left = AgentFactory(email=None)
    submit(contact, ProductAreaFactory(team=TeamFactory(members=[left])))
    assert told() == {agent}


def test_support_narrows_the_list_to_its_own_team_or_to_another(team, agent, lead, contact, sign_in):
    CaseFactory(contact=contact, subject="Of the team", product_area=ProductAreaFactory(team=team, name="Marks"))
    CaseFactory(contact=contact, subject="Of no team")
    mine = sign_in(agent).get("/cases/?team=mine").text
    assert "Of the team" in mine
    assert "Of no team" not in mine
    assert "Of the team" not in sign_in(lead).get("/cases/?team=mine").text
    named = sign_in(lead).get(f"/cases/?team={team.pk}").text
    assert "Of the team" in named
    assert "Of no team" not in named
    without = sign_in(lead).get("/cases/?team=none").text
    assert "Of the team" not in without
    assert "Of no team" in without


def test_a_district_sees_no_team(team, contact, sign_in):
    case = CaseFactory(contact=contact, product_area=ProductAreaFactory(team=team))
    client = sign_in(contact)
    for address in ("/cases/", case.get_absolute_url()):
        assert "Grades" not in client.get(address).text
    assert client.get("/cases/?team=mine").context["page"].rows


def test_an_admin_makes_a_team_of_agents_and_gives_it_product_areas(agent, sign_in):
    client = sign_in(UserFactory(district=None, is_staff=True))
    stranger = UserFactory()
    page = client.get(reverse("admin:cases_team_add")).text
    assert agent.display_name in page
    assert stranger.display_name not in page
    rows = {"memberships-TOTAL_FORMS": 1, "memberships-INITIAL_FORMS": 0, "memberships-0-user": agent.pk}
    client.post(reverse("admin:cases_team_add"), {"name": "Grades", **rows})
    team = Team.objects.get(name="Grades")
    assert list(team.members.all()) == [agent]
    area = ProductAreaFactory()
    client.post(
        reverse("admin:cases_productarea_change", args=[area.pk]),
        {"name": area.name, "team": team.pk, "order": 1, "is_active": True},
    )
    assert ProductArea.objects.get(pk=area.pk).team == team
