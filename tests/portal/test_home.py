from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.models import Case
from contacts.models import Role
from tests.factories import (
    AgentFactory,
    CaseFactory,
    CredentialRecordFactory,
    CredentialRequestFactory,
    DesignationFactory,
    MessageFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_second_factor(settings):
    settings.MFA_REQUIRED_ROLES = frozenset()


def home(sign_in, user):
    return sign_in(user).get(reverse("home")).content.decode()


def test_a_person_for_whom_nothing_waits_reads_so(sign_in):
    assert "Nothing needs you now" in home(sign_in, UserFactory())


def test_everyone_sees_their_own_unread_messages(sign_in):
    message = MessageFactory(title="Your request was approved")
    MessageFactory(title="Somebody else's")
    page = home(sign_in, message.recipient)
    assert "Your request was approved" in page
    assert "Somebody else's" not in page


def test_a_contact_sees_the_cases_of_the_district_that_wait_for_an_answer(sign_in):
    contact = UserFactory(roles=[Role.SUPPORT_CONTACT])
    agent = AgentFactory()
    CaseFactory(contact=contact, subject="Waits for us", status=Case.Status.PENDING_INPUT, assignee=agent)
    CaseFactory(contact=contact, subject="Waits for Support", status=Case.Status.ASSIGNED, assignee=agent)
    CaseFactory(subject="Of another district", status=Case.Status.PENDING_INPUT, assignee=agent)
    page = home(sign_in, contact)
    assert "Waits for us" in page
    assert "Waits for Support" not in page
    assert "Of another district" not in page


def test_an_agent_sees_exceptions_to_hand_over_new_cases_and_their_own(sign_in):
    agent = AgentFactory()
    exception = {"is_exception": True, "caller_name": "A caller", "caller_reach": "555-0100", "emergency": "Fire"}
    CaseFactory(contact=None, district=UserFactory().district, subject="An emergency", **exception)
    CaseFactory(subject="Nobody has it")
    CaseFactory(subject="Mine", status=Case.Status.ASSIGNED, assignee=agent)
    CaseFactory(subject="A colleague's", status=Case.Status.ASSIGNED, assignee=AgentFactory())
    page = home(sign_in, agent)
    assert all(subject in page for subject in ("An emergency", "Nobody has it", "Mine"))
    assert "A colleague&#x27;s" not in page


def test_an_approver_sees_what_waits_for_a_decision_but_not_their_own(sign_in):
    approver = UserFactory(roles=[Role.CREDENTIAL_APPROVER])
    colleague = UserFactory(district=approver.district)
    CredentialRequestFactory(requester=colleague, brief_description="A colleague's request")
    own = CredentialRequestFactory(requester=approver, brief_description="My own request")
    CredentialRequestFactory(brief_description="Another district's request")
    page = home(sign_in, approver)
    assert "A colleague&#x27;s request" in page
    assert "Another district" not in page
    assert reverse("credentials:decide", args=[own.pk]) not in page


def test_a_teacher_sees_what_they_wait_for_and_what_expires_soon(sign_in):
    teacher = UserFactory()
    CredentialRequestFactory(requester=teacher, brief_description="I passed")
    today = timezone.localdate()
    CredentialRecordFactory(holder=teacher, identifier="SOON", expires_on=today + timedelta(days=170))
    CredentialRecordFactory(holder=teacher, identifier="LATER", expires_on=today + timedelta(days=190))
    colleague = UserFactory(district=teacher.district)
    CredentialRecordFactory(holder=colleague, identifier="COLLEAGUE", expires_on=today + timedelta(days=170))
    CredentialRequestFactory(requester=colleague, brief_description="A colleague passed")
    page = home(sign_in, teacher)
    assert "COLLEAGUE" not in page
    assert "A colleague passed" not in page
    assert "I passed" in page
    assert "SOON" in page
    assert "LATER" not in page


def test_an_administrator_sees_flagged_contacts_and_an_incomplete_set(sign_in):
    administrator = UserFactory(roles=[Role.DISTRICT_ADMINISTRATOR])
    idle = UserFactory(district=administrator.district, last_name="Idle")
    DesignationFactory(user=idle, flagged_at=timezone.now())
    DesignationFactory(user__last_name="Stranger", flagged_at=timezone.now())
    page = home(sign_in, administrator)
    assert "Sam Idle" in page
    assert "Stranger" not in page
    assert "contacts are not complete" in page


def test_the_page_costs_the_same_however_much_waits(sign_in, django_assert_max_num_queries):
    person = UserFactory(roles=[Role.SUPPORT_CONTACT, Role.CREDENTIAL_APPROVER, Role.DISTRICT_ADMINISTRATOR])
    agent = AgentFactory()
    for _ in range(7):
        MessageFactory(recipient=person)
        CaseFactory(contact=person, status=Case.Status.PENDING_INPUT, assignee=agent)
        CredentialRequestFactory(requester=UserFactory(district=person.district))
        CredentialRequestFactory(requester=person)
        CredentialRecordFactory(holder=person, expires_on=timezone.localdate() + timedelta(days=9))
    client = sign_in(person)
    with django_assert_max_num_queries(17):
        client.get(reverse("home"))
