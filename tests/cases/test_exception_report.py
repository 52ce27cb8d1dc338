"""The report of exception cases: how many, of how many, by whom, and how long until a contact accepted them."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from cases.models import Case, TimelineEntry
from cases.reports import exception_report
from cases.reports.exceptions import by_agent, by_district
from contacts.models import Role
from tests.factories import AgentFactory, CaseFactory, DistrictFactory, ProductAreaFactory, UserFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()
SINCE = NOW - timedelta(days=30)
CALLED = {"is_exception": True, "caller_name": "A caller", "caller_reach": "555-0100", "emergency": "Fire."}


def hours(number):
    return timedelta(hours=number)


@pytest.fixture
def exception(agent):
    """An exception case of a contact's district, opened so many hours ``ago`` and accepted so many ``after``."""

    def exception(contact, *, ago=48, after=None, by=agent):
        opened = NOW - hours(ago)
        accepted = {} if after is None else {"contact": contact, "handed_over_at": opened + hours(after)}
        case = CaseFactory(
            **CALLED | {"contact": None, "district": contact.district} | accepted,
            status=Case.Status.ASSIGNED,
            assignee=by,
            created_at=opened,
            handover_due_at=opened + hours(8),
        )
        said = {"case": case, "district": case.district, "status": case.status}
        TimelineEntry.objects.create(action=TimelineEntry.Action.OPENED_EXCEPTION, by=by, **said)
        return case

    return exception


def figures(rows):
    return [(row.name, row.exceptions, row.opened, row.median, row.late) for row in rows]


def test_it_counts_by_district_how_many_of_how_many_how_long_and_how_many_too_late(exception):
    one, other = (UserFactory(district=DistrictFactory(name=name), roles=[Role.SUPPORT_CONTACT]) for name in "BA")
    exception(one, ago=2)
    for after in (1, 3, 9, None):
        exception(other, after=after)
    CaseFactory.create_batch(6, contact=other, created_at=NOW - hours(1))
    CaseFactory.create_batch(3, created_at=NOW - hours(1))  # of districts without an exception case
    report, districts = exception_report(SINCE, NOW, NOW), list(by_district(SINCE, NOW, NOW))
    assert figures(districts) == [("A", 4, 10, hours(3), 2), ("B", 1, 1, None, 0)]
    assert figures([report.total]) == [("All", 5, 14, hours(3), 2)]
    assert report.overdue == 1
    assert [row.rate for row in districts] == [40, 100]


def test_it_counts_by_the_agent_who_opened_them_beside_the_other_cases_that_they_have(exception, contact, agent):
    lead = AgentFactory(first_name="Lee", last_name="Ahead", roles=[Role.SUPPORT_LEAD])
    case = exception(contact, after=2)
    exception(contact, by=lead, after=20)
    Case.objects.filter(pk=case.pk).update(assignee=lead)  # who opened it stays
    worked = {"contact": contact, "status": Case.Status.ASSIGNED, "created_at": NOW - hours(1)}
    CaseFactory.create_batch(3, assignee=agent, **worked)
    agents = by_agent(SINCE, NOW, NOW)
    assert sorted(figures(agents)) == sorted(
        [(agent.display_name, 1, 4, hours(2), 0), ("Lee Ahead", 1, 1, hours(20), 1)]
    )


def test_what_was_opened_before_or_after_the_period_does_not_count(exception, contact, agent):
    exception(contact, ago=31 * 24, after=1)
    CaseFactory(contact=contact, created_at=NOW - timedelta(days=31))
    assert exception_report(SINCE, NOW, NOW).total.opened == 0
    assert [*by_district(SINCE, NOW, NOW), *by_agent(SINCE, NOW, NOW)] == []
    assert exception_report(NOW - timedelta(days=90), NOW, NOW).total.exceptions == 1
    assert exception_report(NOW - timedelta(days=90), SINCE - timedelta(days=2), NOW).total.exceptions == 0


def test_a_lead_chooses_the_period_in_the_address(exception, contact, lead, sign_in):
    exception(contact, ago=60 * 24, after=26)
    client = sign_in(lead)
    for address in (
        "/reports/exceptions/",
        "/reports/exceptions/?days=30",
        "/reports/exceptions/?days=7",
        "/reports/exceptions/?days=nonsense",
    ):
        assert "No exception cases" in client.get(address).text, address
    page = client.get("/reports/exceptions/?days=90").text
    assert '<a href="?days=90" aria-current="true">' in page
    assert "1 of 1</strong> case (100.0%) was an exception case." in page
    assert f'<th scope="row">{contact.district.name}</th>' in page
    assert "26 h" in page


def test_the_longest_bar_is_the_highest_rate(exception, contact, lead, sign_in):
    exception(contact, ago=300 * 24, after=1)
    exception(UserFactory(roles=[Role.SUPPORT_CONTACT]), by=lead)
    CaseFactory.create_batch(3, contact=contact)
    page = sign_in(lead).get("/reports/exceptions/?days=365").text
    by_district = page[: page.index("Exception cases by agent")]
    assert set(re.findall(r'class="bar-part" width="(\d+)%"', by_district)) == {"25", "100"}


def test_what_is_overdue_leads_to_the_list_of_it(exception, contact, lead, sign_in):
    exception(contact)
    page = sign_in(lead).get("/reports/exceptions/").text
    assert '<a href="/cases/?status=overdue">1 is overdue now</a>' in page
    assert 'title="None yet"' in page


def test_what_each_agent_did_is_for_leads_alone(exception, contact, agent, lead, sign_in):
    exception(contact)
    assert agent.display_name in sign_in(lead).get("/reports/exceptions/").text
    client = sign_in(agent)
    page = client.get("/reports/exceptions/").text
    assert contact.district.name in page
    assert "Exception cases by agent" not in page
    assert client.get("/reports/exception-agents.csv").status_code == 403
    assert sign_in(contact).get("/reports/exceptions/").status_code == 403


def test_the_page_takes_as_many_queries_for_a_thousand_cases_as_for_ten(
    exception, lead, sign_in, django_assert_num_queries
):
    client, area = sign_in(lead), ProductAreaFactory()
    for more in (10, 990):
        contact, agent = UserFactory(roles=[Role.SUPPORT_CONTACT]), AgentFactory()
        exception(contact, by=agent)
        CaseFactory.create_batch(more - 1, contact=contact, product_area=area, created_at=NOW)
        client.get("/reports/exceptions/")
        # Session, scope, savepoint (twice), person, designations; the unread messages; the four of the report.
        with django_assert_num_queries(6 + 1 + 4):
            client.get("/reports/exceptions/")
    assert Case.objects.count() == 1000
