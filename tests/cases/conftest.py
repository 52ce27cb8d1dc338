from datetime import date

import pytest
from django.utils import timezone

from cases.models import Case
from contacts.models import Role
from tests.factories import AgentFactory, CaseFactory, DistrictFactory, UserFactory

# What the four questions about the impact say to begin with.
NO_IMPACT = {"blocks_work": False, "has_workaround": False, "users_affected": 1, "schools_affected": 1}
# The impact that the table calls critical where it is needed right now.
WORK_STOPS = {"blocks_work": True, "urgency": "critical"}
WHAT_A_STATUS_NEEDS = {
    Case.Status.SCHEDULED: {"scheduled_on": date(2030, 1, 2)},
    Case.Status.DEVELOPMENT: {"defect_reference": "D-1"},
}


@pytest.fixture
def district(db):
    return DistrictFactory()


@pytest.fixture
def contact(district):
    return UserFactory(district=district, roles=[Role.SUPPORT_CONTACT])


@pytest.fixture
def technical_contact(district):
    return UserFactory(district=district, roles=[Role.TECHNICAL_CONTACT])


@pytest.fixture
def agent(db):
    return AgentFactory()


@pytest.fixture
def lead(db):
    return AgentFactory(roles=[Role.SUPPORT_LEAD])


@pytest.fixture
def case_in(contact, agent):
    """A case of the contact in a status: ``case_in(Case.Status.CLOSED)``; the agent has it unless it is new."""

    def case_in(status, **fields):
        if status != Case.Status.NEW:
            fields = {"assignee": agent} | fields
        fields = WHAT_A_STATUS_NEEDS.get(status, {}) | fields
        if status == Case.Status.ASSIST_REQUEST:
            fields = {"assistant": AgentFactory()} | fields
        if status == Case.Status.CLOSED:
            fields = {"closed_at": timezone.now()} | fields
        return CaseFactory(contact=contact, status=status, **fields)

    return case_in


@pytest.fixture
def exception_case(district, agent):
    return CaseFactory(
        contact=None,
        district=district,
        assignee=agent,
        status=Case.Status.ASSIGNED,
        is_exception=True,
        caller_name="A caller of the front office",
        caller_reach="555 0100",
        emergency="Nobody can take attendance.",
    )


@pytest.fixture(autouse=True)
def _no_second_factor(settings):
    """These tests are about cases; tests/portal/ holds the second factor."""
    settings.MFA_REQUIRED_ROLES = frozenset()
