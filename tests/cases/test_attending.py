"""Which agents have a case open: for the other agents, and for nobody else."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cases import actions
from cases.models import Case, Presence
from cases.tasks import forget_presences

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(case_in):
    return case_in(Case.Status.ASSIGNED)


def here(client, case, **said):
    """What an open page reads when it reports."""
    return client.post(f"{case.get_absolute_url()}here/", said).text


def test_an_agent_sees_who_else_has_the_case_open_or_is_writing(case, agent, lead, sign_in):
    assert "has this case open" not in sign_in(agent).get(case.get_absolute_url()).text
    assert f"<strong>{agent}</strong> has this case open, too" in sign_in(lead).get(case.get_absolute_url()).text
    assert f"<strong>{lead}</strong> has this case open, too" in here(sign_in(agent), case)
    here(sign_in(lead), case, writing="1")
    assert f"<strong>{lead}</strong> is writing on this case" in here(sign_in(agent), case)
    here(sign_in(lead), case, writing="")
    assert "is writing" not in here(sign_in(agent), case)


def test_the_district_never_learns_of_it(case, agent, contact, sign_in):
    before = sign_in(contact).get(case.get_absolute_url()).text.count(str(agent))
    sign_in(agent).get(case.get_absolute_url())
    here(sign_in(agent), case, writing="1")
    page = sign_in(contact).get(case.get_absolute_url()).text
    assert page.count(str(agent)) == before
    assert "/here/" not in page
    assert Presence.objects.count() == 1


def test_whoever_closed_the_page_is_gone_after_a_minute_and_forgotten_later(case, agent, lead, sign_in):
    actions.attend(case=case, by=lead)
    Presence.objects.update(seen_at=timezone.now() - timedelta(seconds=71))
    assert "has this case open" not in sign_in(agent).get(case.get_absolute_url()).text
    Presence.objects.filter(agent=lead).update(seen_at=timezone.now() - timedelta(hours=1))
    forget_presences()
    assert [each.agent for each in Presence.objects.all()] == [agent]


def test_an_open_page_that_reports_takes_few_queries(case, agent, sign_in, django_assert_num_queries):
    client = sign_in(agent)
    here(client, case)
    # Session, scope, savepoint (twice), person, designations; the case, that the agent is here, and who else is.
    with django_assert_num_queries(6 + 3):
        here(client, case)
