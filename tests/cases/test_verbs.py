"""Every verb of a case's page: who may, when the case allows it, what it changes, and who is told."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from cases import actions
from cases.forms import CaseForm, ExceptionForm, HandOverForm, ReplyForm
from cases.models import Case, TimelineEntry
from cases.views import verbs
from contacts import ActionRefused
from contacts.models import AuditEvent, Designation, Message, Role
from tests.cases.conftest import NO_IMPACT
from tests.factories import AgentFactory, CaseFactory, DesignationFactory, UserFactory

pytestmark = pytest.mark.django_db
OPEN = set(Case.Status) - {Case.Status.CLOSED}
WORDS = {"text": "These are the words."}
# Verb: (who may, in which statuses, what the form says). Written from the rules, not from the code.
VERBS = {
    "take": ("support", {Case.Status.NEW}, {}),
    "assign": ("support", OPEN, {}),
    "reply": ("both", OPEN, WORDS),
    "note": ("support", set(Case.Status), WORDS),
    "ask": ("support", OPEN, WORDS),
    "resolve": ("support", OPEN, WORDS | {"settled_as": "how_to"}),
    "resume": ("support", OPEN - {Case.Status.NEW, Case.Status.ASSIGNED}, WORDS),
    "request_assist": ("support", {Case.Status.NEW, Case.Status.ASSIGNED}, WORDS),
    "schedule": ("support", {Case.Status.NEW, Case.Status.ASSIGNED}, WORDS | {"scheduled_on": "2030-01-02"}),
    "send_to_development": ("support", {Case.Status.NEW, Case.Status.ASSIGNED}, WORDS | {"defect_reference": "D-1"}),
    "escalate": ("support", OPEN, WORDS | {"level": 2}),
    "correct": ("support", OPEN, {"kind": "request", "urgency": "high", **NO_IMPACT}),
    "prioritize": ("support", OPEN, {"priority": "high", "reason": "The state waits for it."}),
    "record_call": ("both", OPEN, WORDS | {"colleague": "Kim Lee", "present_throughout": "on"}),
    "merge": ("support", OPEN, {}),
    "relate": ("support", set(Case.Status), {}),
    "close": ("contacts", OPEN, {"text": ""}),
    "reopen": ("contacts", {Case.Status.CLOSED}, WORDS),
}
SIDES = {"support": {"agent", "lead"}, "contacts": {"contact", "technical_contact"}}
SIDES["both"] = SIDES["support"] | SIDES["contacts"]
OTHERS = {
    "coach": Role.BUILDING_COACH,
    "approver": Role.CREDENTIAL_APPROVER,
    "administrator": Role.DISTRICT_ADMINISTRATOR,
    "teacher": None,
}


def says(verb, case):
    answers = dict(VERBS[verb][2], idempotency_key=uuid4())
    if verb in ("assign", "request_assist"):
        answers["agent"] = AgentFactory().email
    if verb in ("merge", "relate"):
        answers["other"] = CaseFactory(contact=case.contact).number
    if verb == "record_call":
        answers["host"] = case.contact_id
    if verb == "correct":
        answers["product_area"] = case.product_area_id
    return answers


def post(client, case, verb, **answers):
    return client.post(f"/cases/{case.number}/{verb.replace('_', '-')}/", answers, follow=True)


@pytest.fixture
def person(request, district, contact, technical_contact, agent, lead):
    """Somebody by the name of their role."""

    def person(name):
        if name in OTHERS:
            return UserFactory(district=district, roles=[OTHERS[name]] if OTHERS[name] else [])
        return {"contact": contact, "technical_contact": technical_contact, "agent": agent, "lead": lead}[name]

    return person


@pytest.mark.parametrize("name", [*sorted(SIDES["both"]), *OTHERS])
@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_belongs_to_its_side(verb, name, person, case_in, sign_in):
    side, statuses, _ = VERBS[verb]
    case = case_in(min(statuses))
    page = post(sign_in(person(name)), case, verb, **says(verb, case))
    did = TimelineEntry.objects.filter(case=case).exists()
    assert (page.status_code, did) == ((200, True) if name in SIDES[side] else (403, False))


@pytest.mark.parametrize("status", Case.Status)
@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_works_where_the_status_allows_and_is_refused_in_words_elsewhere(
    verb, status, contact, agent, case_in, sign_in
):
    side, statuses, _ = VERBS[verb]
    case = case_in(status)
    client = sign_in(contact if side == "contacts" else agent)
    page = client.get(case.get_absolute_url())
    assert (f'action="/cases/{case.number}/{verb.replace("_", "-")}/"' in page.text) == (status in statuses)
    page = post(client, case, verb, **says(verb, case))
    case.refresh_from_db()
    if status in statuses:
        assert page.status_code == 200
        assert TimelineEntry.objects.filter(case=case).exists()
        assert AuditEvent.objects.filter(action=f"case.{verb}", object_key=str(case.number)).count() == 1
    elif verb != "take" or status == Case.Status.CLOSED:
        assert page.status_code == 409
        assert "There is a problem" in page.text
        assert f"Case {case.number}" in page.text
        assert (case.status, TimelineEntry.objects.count()) == (status, 0)


@pytest.mark.parametrize(
    "verb",
    ["reply", "note", "ask", "resolve", "request_assist", "schedule", "send_to_development", "escalate"],
)
def test_whatever_an_agent_does_with_a_new_case_takes_it(verb, agent, case_in, sign_in):
    case = case_in(Case.Status.NEW)
    post(sign_in(agent), case, verb, **says(verb, case))
    case.refresh_from_db()
    assert case.assignee == agent
    assert case.timeline.first().action == TimelineEntry.Action.TAKEN


def test_an_agent_who_replies_on_anothers_case_does_not_take_it(agent, lead, case_in, sign_in):
    case = case_in(Case.Status.ASSIGNED)
    post(sign_in(lead), case, "reply", **WORDS)
    case.refresh_from_db()
    assert case.assignee == agent


def test_a_case_that_another_agent_has_names_them(agent, case_in, sign_in):
    case = case_in(Case.Status.ASSIGNED)
    page = post(sign_in(AgentFactory()), case, "take")
    assert f"{agent} already has case {case.number}" in page.text


def test_a_case_is_given_to_agents_only(agent, contact, case_in, sign_in):
    case = case_in(Case.Status.ASSIGNED)
    assert "There is a problem" in post(sign_in(agent), case, "assign", agent=contact.email).text
    other = AgentFactory()
    post(sign_in(agent), case, "assign", agent=other.email)
    case.refresh_from_db()
    assert case.assignee == other
    assert f"The case is now with {other}." in case.timeline.get().text


@pytest.mark.parametrize("status", [Case.Status.PENDING_INPUT, Case.Status.PENDING_VERIFICATION])
def test_a_contacts_reply_gives_a_waiting_case_back_to_support(status, technical_contact, case_in, sign_in):
    case = case_in(status)
    post(sign_in(technical_contact), case, "reply", **WORDS)
    case.refresh_from_db()
    assert case.status == Case.Status.ASSIGNED


@pytest.mark.parametrize("status", sorted(OPEN))
def test_an_agents_reply_moves_no_status_but_new(status, agent, case_in, sign_in):
    case = case_in(status)
    post(sign_in(agent), case, "reply", **WORDS)
    case.refresh_from_db()
    assert case.status == (Case.Status.ASSIGNED if status == Case.Status.NEW else status)


def test_a_closed_case_is_reopened_for_its_agent(contact, agent, case_in, sign_in):
    case = case_in(Case.Status.CLOSED)
    post(sign_in(contact), case, "reopen", text="It is back.")
    case.refresh_from_db()
    assert (case.status, case.assignee, case.closed_at) == (Case.Status.ASSIGNED, agent, None)


def test_a_closed_case_that_nobody_had_is_reopened_as_new(contact, case_in, sign_in):
    case = case_in(Case.Status.CLOSED, assignee=None)
    post(sign_in(contact), case, "reopen", text="It is back.")
    case.refresh_from_db()
    assert case.status == Case.Status.NEW


@pytest.mark.parametrize(("days", "status"), [(60, Case.Status.ASSIGNED), (61, Case.Status.CLOSED)])
def test_reopening_ends_with_the_60th_day(days, status, contact, case_in, sign_in):
    contact.district.time_zone = "UTC"
    contact.district.save()
    case = case_in(Case.Status.CLOSED, closed_at=timezone.now() - timedelta(days=days))
    client = sign_in(contact)
    assert ("reopen/" in client.get(case.get_absolute_url()).text) == (days == 60)
    page = post(client, case, "reopen", text="It is back.")
    case.refresh_from_db()
    assert case.status == status
    if days == 61:
        assert "Submit a new case from its page; both will show the link." in page.text


def test_a_refused_reply_keeps_what_was_typed(contact, case_in, sign_in):
    case = case_in(Case.Status.CLOSED)
    assert "A long and careful reply" in post(sign_in(contact), case, "reply", text="A long and careful reply").text


@pytest.mark.parametrize("verb", ["reply", "note", "ask", "resolve"])
def test_words_are_needed(verb, agent, case_in, sign_in):
    case = case_in(Case.Status.ASSIGNED)
    assert "There is a problem" in post(sign_in(agent), case, verb, text=" \n ").text
    assert not TimelineEntry.objects.exists()


def test_no_form_of_a_case_says_only_that_a_field_is_required(agent, contact, case_in, exception_case):
    case = case_in(Case.Status.ASSIGNED)
    for form in (
        CaseForm({}, user=contact),
        ExceptionForm({}),
        HandOverForm({}, case=exception_case, user=agent),
        *(verb.form({}, case=case, user=agent) for verb in verbs.VERBS),
    ):
        said = str(form.errors)
        assert "This field is required" not in said, type(form)
    assert "Choose the product area." in str(CaseForm({}, user=contact).errors)
    assert "Write your reply." in str(ReplyForm({}, case=case, user=agent).errors)


def test_closing_needs_no_words_and_keeps_those_given(contact, case_in, sign_in):
    case = case_in(Case.Status.ASSIGNED)
    assert "Thank you, it works" in post(sign_in(contact), case, "close", text="Thank you, it works").text


@pytest.mark.parametrize("verb", ["reply", "close", "reopen", "note", "ask", "resolve"])
def test_a_form_sent_twice_counts_once(verb, contact, agent, case_in, sign_in):
    case = case_in(Case.Status.CLOSED if verb == "reopen" else Case.Status.ASSIGNED)
    client = sign_in(contact if verb in {"close", "reopen"} else agent)
    answers = {"text": "Words.", "idempotency_key": uuid4()}
    if verb == "resolve":
        answers["settled_as"] = "how_to"
    assert post(client, case, verb, **answers).status_code == 200
    second = post(client, case, verb, **answers)
    assert second.redirect_chain == [(f"{case.get_absolute_url()}#latest", 302)]
    assert TimelineEntry.objects.count() == AuditEvent.objects.count() == 1


def test_a_form_sent_again_with_other_words_loses_none_of_them(contact, case_in, sign_in):
    case, key = case_in(Case.Status.ASSIGNED), uuid4()
    client = sign_in(contact)
    post(client, case, "reply", text="The first words.", idempotency_key=key)
    page = post(client, case, "reply", text="Quite other words.", idempotency_key=key)
    assert "already sent this form with different content" in page.text
    assert "Quite other words." in page.text
    assert str(key) not in page.text
    fresh = dict(page.context["verbs"][0][1].data.items())["idempotency_key"]
    post(client, case, "reply", text="Quite other words.", idempotency_key=fresh)
    assert [entry.text for entry in case.timeline.all()] == ["The first words.", "Quite other words."]


def test_the_idempotency_key_of_another_cases_form_sends_nothing_and_keeps_the_words(contact, case_in, sign_in):
    case, another, key = case_in(Case.Status.ASSIGNED), case_in(Case.Status.ASSIGNED), uuid4()
    client = sign_in(contact)
    post(client, case, "reply", text="The same words.", idempotency_key=key)
    page = post(client, another, "reply", text="The same words.", idempotency_key=key)
    assert "already sent this form" in page.text
    assert "The same words." in page.text
    assert not another.timeline.exists()


@pytest.mark.parametrize(("verb", "status"), [("reply", "new"), ("close", "new"), ("reopen", "closed")])
def test_a_designation_that_ended_a_moment_before_refuses_in_words(verb, status, contact, case_in):
    case = case_in(status)
    assert contact.roles  # as the view read them
    Designation.objects.update(ended_at=timezone.now())
    with pytest.raises(ActionRefused, match="Your role has ended"):
        getattr(actions, verb)(case=case, by=contact, text="Words.")
    assert not TimelineEntry.objects.exists()


def test_an_agents_reply_needs_a_designation_that_still_stands(agent, case_in):
    case = case_in(Case.Status.ASSIGNED)
    assert agent.is_support
    Designation.objects.update(ended_at=timezone.now())
    with pytest.raises(ActionRefused, match="Your role has ended"):
        actions.reply(case=case, by=agent, text="Words.")


@pytest.mark.parametrize(
    ("verb", "by", "told"),
    [
        ("take", "agent", {"contact", "technical_contact"}),
        ("reply", "agent", {"contact", "technical_contact"}),
        ("reply", "lead", {"contact", "technical_contact", "agent"}),
        ("reply", "contact", {"technical_contact", "agent"}),
        ("note", "agent", set()),
        ("note", "lead", {"agent"}),
        ("ask", "agent", {"contact", "technical_contact"}),
        ("resolve", "agent", {"contact", "technical_contact"}),
        ("schedule", "agent", {"contact", "technical_contact"}),
        ("send_to_development", "lead", {"contact", "technical_contact", "agent"}),
        ("escalate", "agent", {"contact", "technical_contact", "lead"}),
        ("correct", "agent", {"contact", "technical_contact"}),
        ("prioritize", "lead", {"contact", "technical_contact", "agent"}),
        ("record_call", "agent", {"contact", "technical_contact"}),
        ("record_call", "contact", {"technical_contact", "agent"}),
        ("close", "technical_contact", {"contact", "agent"}),
        ("reopen", "contact", {"technical_contact", "agent"}),
    ],
)
def test_those_concerned_are_told_and_the_person_who_acted_is_not(verb, by, told, person, case_in, sign_in):
    UserFactory(roles=[Role.SUPPORT_CONTACT, Role.TECHNICAL_CONTACT])
    AgentFactory()
    person("lead")
    case = case_in({"take": Case.Status.NEW, "reopen": Case.Status.CLOSED}.get(verb, Case.Status.ASSIGNED))
    post(sign_in(person(by)), case, verb, **says(verb, case) | {"text": "Secret words.", "reason": "Secret."})
    messages = Message.objects.all()
    assert {message.recipient for message in messages} == {person(name) for name in told}
    assert all(str(case.number) in message.title and message.link == case.get_absolute_url() for message in messages)
    assert not any("Secret" in message.title + message.body for message in messages)


def test_both_agents_and_the_contacts_are_told_who_has_the_case_now(contact, agent, lead, case_in, sign_in):
    case, other = case_in(Case.Status.ASSIGNED), AgentFactory()
    post(sign_in(lead), case, "assign", agent=other.email)
    assert {message.recipient for message in Message.objects.all()} == {contact, agent, other}
    assert AuditEvent.objects.get(action="case.assign").detail == {"agent": other.pk, "former": agent.pk}


def test_a_case_given_to_the_agent_who_has_it_tells_nobody_anything(agent, lead, case_in, sign_in):
    case = case_in(Case.Status.ASSIGNED)
    post(sign_in(lead), case, "assign", agent=agent.email)
    assert [each.objects.count() for each in (TimelineEntry, Message, AuditEvent)] == [0, 0, 0]


def test_a_new_case_given_to_an_agent_is_assigned(agent, lead, case_in, sign_in):
    case = case_in(Case.Status.NEW)
    post(sign_in(lead), case, "assign", agent=agent.email)
    case.refresh_from_db()
    assert (case.status, case.assignee) == (Case.Status.ASSIGNED, agent)


def test_where_a_case_stands_is_audited(agent, case_in, sign_in):
    post(sign_in(agent), case_in(Case.Status.ASSIGNED), "schedule", text="In June.", scheduled_on="2030-06-03")
    assert AuditEvent.objects.get().action == "case.schedule"


def test_a_reply_on_a_case_that_nobody_has_tells_all_of_support(contact, agent, lead, case_in, sign_in):
    post(sign_in(contact), case_in(Case.Status.NEW), "reply", **WORDS)
    assert {message.recipient for message in Message.objects.all()} == {agent, lead}


def test_when_the_agent_has_left_all_of_support_is_told(contact, agent, lead, case_in, sign_in):
    Designation.objects.filter(user=agent).update(ended_at=timezone.now())
    post(sign_in(contact), case_in(Case.Status.ASSIGNED), "reply", **WORDS)
    assert {message.recipient for message in Message.objects.all()} == {lead}


@pytest.mark.parametrize("verb", ["reply", "ask", "resolve", "schedule", "escalate", "close"])
def test_every_verb_moves_the_case_to_the_top_of_the_list(verb, contact, agent, case_in, sign_in):
    long_ago = timezone.now() - timedelta(days=3)
    case = case_in(Case.Status.ASSIGNED, updated_at=long_ago)
    post(sign_in(contact if verb == "close" else agent), case, verb, **says(verb, case))
    case.refresh_from_db()
    assert case.updated_at > long_ago


def test_an_internal_note_leaves_the_time_of_the_last_change_which_the_district_sees(agent, case_in, sign_in):
    long_ago = timezone.now() - timedelta(days=3)
    case = case_in(Case.Status.ASSIGNED, updated_at=long_ago)
    post(sign_in(agent), case, "note", **WORDS)
    case.refresh_from_db()
    assert case.updated_at == long_ago


@pytest.mark.parametrize("verb", ["reply", "close"])
def test_a_verb_of_a_contact_restarts_their_180_days_and_lifts_the_flag(verb, district, case_in, sign_in):
    long_ago, contact = timezone.now() - timedelta(days=200), UserFactory(district=district)
    DesignationFactory(user=contact, started_at=long_ago, inactive_since=long_ago, flagged_at=timezone.now())
    post(sign_in(contact), case_in(Case.Status.ASSIGNED), verb, text="Words.")
    designation = Designation.objects.get(user=contact)
    assert timezone.now() - designation.inactive_since < timedelta(minutes=1)
    assert designation.flagged_at is None
