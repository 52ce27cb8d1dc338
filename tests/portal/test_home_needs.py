"""What needs a person now: one list, of verbs and what they are about, the most pressing first."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.models import Case, Team
from contacts.models import Role, TrainingModule
from tests.factories import (
    AgentFactory,
    CaseFactory,
    ContactRequestFactory,
    CredentialRecordFactory,
    CredentialRequestFactory,
    DesignationFactory,
    MessageFactory,
    NominationFactory,
    StaffQuestionFactory,
    TrainingModuleFactory,
    UpdateRequestFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
HOME = reverse("home")
Status = Case.Status
EXCEPTION = {"is_exception": True, "caller_name": "A caller", "caller_reach": "555-0100", "emergency": "Fire"}


@pytest.fixture(autouse=True)
def _no_second_factor(settings):
    settings.MFA_REQUIRED_ROLES = frozenset()


@pytest.fixture(autouse=True)
def _no_training_is_expected(db):
    TrainingModule.objects.update(is_current=False)


@pytest.fixture
def needs(sign_in):
    """What the person reads, as sentences."""
    return lambda person: [f"{each.verb} {each.what}" for each in sign_in(person).get(HOME).context["needs"]]


@pytest.fixture
def full_district():
    """A district with its recommended set of contacts, so that none is missing."""
    contact = UserFactory(roles=[Role.SUPPORT_CONTACT])
    for role in (Role.SUPPORT_CONTACT, Role.TECHNICAL_CONTACT):
        UserFactory(district=contact.district, roles=[role])
    return contact.district


def owed(hours, **fields):
    now = timezone.now()
    due = now + timedelta(hours=hours)
    return CaseFactory(answer_since=now, answer_soon_at=due - timedelta(hours=4), answer_due_at=due, **fields)


# --- contacts -----------------------------------------------------------------------------------------------------


def test_a_contact_answers_and_verifies_what_waits_for_their_district(needs):
    contact, agent = UserFactory(roles=[Role.SUPPORT_CONTACT]), AgentFactory()
    CaseFactory(contact=contact, subject="Asked", status=Status.PENDING_INPUT, assignee=agent)
    CaseFactory(contact=contact, subject="Resolved", status=Status.PENDING_VERIFICATION, assignee=agent)
    CaseFactory(contact=contact, subject="With Support", status=Status.ASSIGNED, assignee=agent)
    CaseFactory(subject="Of another district", status=Status.PENDING_INPUT, assignee=agent)
    assert needs(contact) == ["Answer Asked", "Verify Resolved"]


def test_a_resolution_says_when_its_case_closes_without_an_answer(sign_in):
    contact = UserFactory(roles=[Role.SUPPORT_CONTACT])
    case = CaseFactory(contact=contact, status=Status.PENDING_VERIFICATION, assignee=AgentFactory())
    [need] = sign_in(contact).get(HOME).context["needs"]
    assert (need.due, need.due_at) == ("closes", case.follow_up.closes_at)


def test_what_needs_a_contact_in_two_ways_is_said_once_as_the_more_pressing(needs, settings):
    settings.SUPPORT_PHONE = "555-0199"
    contact, agent = UserFactory(roles=[Role.SUPPORT_CONTACT]), AgentFactory()
    pressing = {"priority": "critical", "phone_due_at": timezone.now() + timedelta(hours=1)}
    CaseFactory(contact=contact, subject="Down", status=Status.PENDING_INPUT, assignee=agent, **pressing)
    assert needs(contact) == ["Call Support about Down"]


def test_a_contact_answers_what_colleagues_ask_and_completes_what_is_expected(needs):
    contact = UserFactory(roles=[Role.SUPPORT_CONTACT])
    asker = UserFactory(district=contact.district, first_name="Nora", last_name="Whitfield")
    StaffQuestionFactory(asker=asker, text="Where is the roster?")
    module = TrainingModuleFactory(expected_of=[Role.SUPPORT_CONTACT])
    assert needs(contact) == ["Answer Nora Whitfield: Where is the roster?", f"Complete {module.name}"]


# --- Support ------------------------------------------------------------------------------------------------------


def test_an_agent_answers_finishes_assists_takes_and_finds_contacts_in_the_order_of_what_presses(needs):
    agent, another, today = AgentFactory(), AgentFactory(), timezone.localdate()
    mine = {"status": Status.ASSIGNED, "assignee": agent}
    CaseFactory(contact=None, district=UserFactory().district, subject="An emergency", **EXCEPTION)
    CaseFactory(subject="New", created_at=timezone.now() - timedelta(hours=5))
    owed(2, subject="Mine, soon", **mine)
    owed(-1, subject="Mine, missed", **mine)
    owed(-1, subject="Another's, missed", status=Status.ASSIGNED, assignee=another)
    owed(9, subject="Mine, later", **mine)
    CaseFactory(subject="Passed", due_on=today - timedelta(days=3), **mine)
    CaseFactory(subject="Not due", due_on=today + timedelta(days=3), **mine)
    asked = {"status": Status.ASSIST_REQUEST, "assignee": another, "assistant": agent}
    CaseFactory(subject="Help me", updated_at=timezone.now() - timedelta(hours=4), **asked)
    CaseFactory(subject="Help somebody", **asked | {"assistant": another})
    assert needs(agent) == [
        "Finish Passed",
        "Answer Mine, missed",
        "Answer Mine, soon",
        "Find a contact for An emergency",
        "Take New",
        "Assist with Help me",
    ]


def test_a_missed_answer_that_nobody_has_is_not_hidden_by_critical_cases(needs):
    for hours in (20, 21, 22):
        owed(hours, subject=f"Critical {hours}", priority="critical")
    owed(-1, subject="Missed")
    assert needs(AgentFactory()) == ["Take Missed", "Take Critical 20", "Take Critical 21", "Take Critical 22"]


def test_a_case_that_is_to_be_answered_and_due_today_stands_there_once(needs):
    agent = AgentFactory()
    owed(-1, subject="Both", status=Status.ASSIGNED, assignee=agent, due_on=timezone.localdate())
    assert needs(agent) == ["Answer Both"]


def test_a_lead_watches_the_exception_cases_of_every_agent_and_an_agent_their_own(needs):
    agent, another, lead = AgentFactory(), AgentFactory(), AgentFactory(roles=[Role.SUPPORT_LEAD])
    contact = UserFactory(roles=[Role.SUPPORT_CONTACT])
    asked = {"contact": None, "district": contact.district, "handover_to": contact, "assignee": agent, **EXCEPTION}
    now = timezone.now()
    for subject, hours in (("Late", -1), ("In time", 4)):
        due = now + timedelta(hours=hours)
        CaseFactory(subject=subject, status=Status.ASSIGNED, handover_due_at=due, **asked)
    assert needs(lead) == needs(agent) == ["Find a contact for Late"]
    assert needs(another) == []
    assert needs(contact) == ["Accept Late", "Accept In time"]


def test_a_row_of_support_says_whose_the_case_is_and_that_it_is_critical(sign_in):
    case = CaseFactory(priority="critical", subject="Down")
    [need] = sign_in(AgentFactory()).get(HOME).context["needs"]
    assert need.detail == f"Critical · {case} · {case.district}"


def test_who_works_the_update_requests_schedules_them(needs):
    update, agent = UpdateRequestFactory(), AgentFactory()
    UpdateRequestFactory(status="scheduled")
    assert needs(agent) == ["Schedule refresh of sandbox"]
    colleague = AgentFactory()
    Team.objects.get(works_updates=True).members.add(colleague)
    assert needs(agent) == []
    assert needs(colleague) == [f"Schedule {update.what[0].lower()}{update.what[1:]}"]


def test_a_lead_decides_about_contacts_of_every_district(needs):
    lead = AgentFactory(roles=[Role.SUPPORT_LEAD])
    flagged = DesignationFactory(flagged_at=timezone.now() - timedelta(days=2))
    asked = ContactRequestFactory()
    assert needs(lead) == [
        f"Keep or deactivate {flagged.user}",
        f"Decide whether {asked.person} becomes a support contact",
    ]


# --- the others of a district ---------------------------------------------------------------------------------------


def test_an_approver_decides_the_requests_of_colleagues_but_not_their_own(sign_in, needs):
    approver = UserFactory(roles=[Role.CREDENTIAL_APPROVER])
    colleague = UserFactory(district=approver.district)
    request = CredentialRequestFactory(requester=colleague, brief_description="I passed")
    CredentialRequestFactory(requester=approver, brief_description="My own")
    CredentialRequestFactory(brief_description="Of another district")
    [need] = sign_in(approver).get(HOME).context["needs"]
    assert (need.what, need.detail, need.url) == (f"{colleague}'s new record", "I passed", request.decision_url)


def test_an_administrator_keeps_or_deactivates_those_of_their_district(needs, full_district):
    administrator = UserFactory(district=full_district, roles=[Role.DISTRICT_ADMINISTRATOR])
    idle = UserFactory(district=full_district, last_name="Idle")
    DesignationFactory(user=idle, flagged_at=timezone.now())
    DesignationFactory(user__last_name="Stranger", flagged_at=timezone.now())
    assert needs(administrator) == ["Keep or deactivate Sam Idle"]


def test_an_administrator_completes_the_recommended_set_and_reads_who_is_missing(sign_in, full_district):
    administrator = UserFactory(roles=[Role.DISTRICT_ADMINISTRATOR])
    [need] = sign_in(administrator).get(HOME).context["needs"]
    assert f"{need.verb} {need.what}" == "Complete your district's contacts"
    assert need.detail == "Missing: 2 support contacts and 1 technical contact"
    colleague = UserFactory(district=full_district, roles=[Role.DISTRICT_ADMINISTRATOR])
    assert "Nothing needs you now" in sign_in(colleague).get(HOME).text


def test_a_nominee_reads_who_asks_them(needs):
    administrator = UserFactory(first_name="Helen", last_name="Brandt")
    nominee = UserFactory(district=administrator.district)
    NominationFactory(nominee=nominee, nominated_by=administrator)
    assert needs(nominee) == ["Helen Brandt asks you to become the technical contact"]
    assert needs(administrator) == []


def test_a_teacher_renews_what_expires_soon_unless_a_request_for_it_waits(needs):
    teacher, today = UserFactory(), timezone.localdate()
    soon = {"holder": teacher, "expires_on": today + timedelta(days=170)}
    CredentialRecordFactory(identifier="SOON", **soon)
    pending = CredentialRecordFactory(identifier="PENDING", **soon)
    CredentialRequestFactory(requester=teacher, is_new=False, record=pending, type=pending.type, original={})
    CredentialRecordFactory(holder=teacher, identifier="LATER", expires_on=today + timedelta(days=190))
    colleague = UserFactory(district=teacher.district)
    CredentialRecordFactory(holder=colleague, identifier="COLLEAGUE", expires_on=soon["expires_on"])
    assert needs(teacher) == ["Renew SOON"]


def test_messages_are_told_by_the_bell_alone(sign_in):
    message = MessageFactory(title="Your request was approved")
    page = sign_in(message.recipient).get(HOME).text
    assert "Your request was approved" not in page
    assert '<span class="badge-count">1' in page


# --- the list -----------------------------------------------------------------------------------------------------


def test_of_each_kind_the_pressing_ones_are_shown_and_the_rest_is_behind_a_link(sign_in):
    contact, agent, now = UserFactory(roles=[Role.SUPPORT_CONTACT]), AgentFactory(), timezone.now()
    for days in (5, 1, 4, 2, 3):
        at = now - timedelta(days=days)
        CaseFactory(contact=contact, subject=f"{days} days", status="pending_input", assignee=agent, updated_at=at)
    client = sign_in(contact)
    context = client.get(HOME).context
    assert [need.what for need in context["needs"]] == ["5 days", "4 days", "3 days"]
    assert context["more"] == [{"url": "/cases/?view=us", "said": "2 more to answer"}]
    assert len(client.get("/cases/?view=us").context["page"].rows) == 5


def test_what_is_late_says_so_in_words_and_what_is_not_has_no_color(sign_in):
    agent = AgentFactory()
    owed(-3, subject="Missed", status=Status.ASSIGNED, assignee=agent)
    owed(2.5, subject="Soon", status=Status.ASSIGNED, assignee=agent)
    page = sign_in(agent).get(HOME).text
    assert page.count("chip tone-bad") == 1
    assert "3 h late</time>" in page
    assert "in 2 h</time>" in page


def test_a_person_of_several_roles_sees_each_need_once(needs, full_district):
    person = UserFactory(
        district=full_district,
        roles=[Role.SUPPORT_CONTACT, Role.CREDENTIAL_APPROVER, Role.DISTRICT_ADMINISTRATOR],
    )
    CaseFactory(contact=person, subject="Asked", status=Status.PENDING_INPUT, assignee=AgentFactory())
    CredentialRequestFactory(requester=UserFactory(district=full_district, last_name="Lee"))
    idle = UserFactory(district=full_district, last_name="Idle")
    DesignationFactory(user=idle, flagged_at=timezone.now())
    assert sorted(needs(person)) == ["Answer Asked", "Decide Sam Lee's new record", "Keep or deactivate Sam Idle"]
