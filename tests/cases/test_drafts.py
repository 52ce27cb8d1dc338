"""What a person is typing on a case: kept for them alone, and ended by what sends it."""

import re
from uuid import uuid4

import pytest
from django.utils import timezone

from cases import actions
from cases.models import Case, Draft
from contacts import ActionRefused, scope
from contacts.models import AuditEvent, Designation, Message, Role
from tests.cases.test_verbs import post
from tests.factories import AgentFactory, UserFactory

pytestmark = pytest.mark.django_db
Status = Case.Status


def save(client, case, text, mode="reply", key=None, **how):
    said = {"text": text, "mode": mode, "idempotency_key": key or uuid4()}
    return client.post(f"{case.get_absolute_url()}draft/", said, **how)


def composer(client, case, query=""):
    """(the mode that is open, the text in it, the key of its form)."""
    page = client.get(f"{case.get_absolute_url()}{query}").text
    (mode,) = re.findall(r'data-mode-of="(\w+)">', page)
    area = page[page.index(f'id="{mode}_text"') :]
    text = re.search(r">\s*(.*?)</textarea>", area, re.DOTALL)[1]
    key = re.search(rf'<input[^>]*id="{mode}_idempotency_key"[^>]*>', page)[0]
    return mode, text, re.search(r'value="([-\w]+)"', key)[1]


@pytest.mark.parametrize("who", ["contact", "agent"])
def test_a_draft_comes_back_when_the_page_is_opened_again(who, contact, agent, case_in, sign_in):
    case = case_in(Status.ASSIGNED)
    client = sign_in({"contact": contact, "agent": agent}[who])
    save(client, case, "What I began to")
    client.logout()
    assert composer(sign_in({"contact": contact, "agent": agent}[who]), case)[:2] == ("reply", "What I began to")


def test_each_mode_keeps_the_text_also_without_scripts(agent, case_in, sign_in):
    case, client = case_in(Status.ASSIGNED), sign_in(agent)
    answer = save(client, case, "Half a thought", mode="note")
    assert answer.url == f"{case.get_absolute_url()}?mode=note#composer"
    assert composer(client, case)[:2] == ("note", "Half a thought")
    assert composer(client, case, "?mode=resolve")[:2] == ("resolve", "Half a thought")


def test_nobody_else_reads_it(contact, technical_contact, agent, lead, case_in, sign_in):
    case = case_in(Status.ASSIGNED)
    save(sign_in(contact), case, "Zebra of the contact")
    save(sign_in(agent), case, "Zebra of the agent", mode="note")
    for other in (technical_contact, lead, AgentFactory()):
        assert "Zebra" not in sign_in(other).get(case.get_absolute_url()).text
    assert "Zebra of the agent" not in sign_in(contact).get(case.get_absolute_url()).text
    assert "Zebra of the contact" not in sign_in(agent).get(case.get_absolute_url()).text


@pytest.mark.parametrize("who", ["contact", "agent", "lead", "technical_contact"])
def test_the_database_shows_each_person_their_own_alone(who, request, contact, agent, case_in):
    case = case_in(Status.ASSIGNED)
    for person in (contact, agent):
        actions.save_draft(case=case, by=person, mode="reply", text="Words", idempotency_key=uuid4())
    reader = request.getfixturevalue(who)
    with scope.using(scope.of_person(key=reader.pk)):
        assert [draft.person_id for draft in Draft.objects.all()] == [reader.pk] * (who in ("contact", "agent"))


@pytest.mark.parametrize("mode", ["reply", "ask", "resolve", "note", "close", "reopen"])
def test_what_sends_it_ends_it(mode, contact, agent, case_in, sign_in):
    case = case_in(Status.CLOSED if mode == "reopen" else Status.ASSIGNED)
    client = sign_in(contact if mode in ("close", "reopen") else agent)
    save(client, case, "As I began", mode=mode)
    key = composer(client, case)[2]
    said = {"text": "As I ended", "idempotency_key": key} | ({"settled_as": "how_to"} if mode == "resolve" else {})
    assert post(client, case, mode, **said).status_code == 200
    assert not Draft.objects.exists()


def test_a_refused_form_ends_no_draft(contact, agent, case_in, sign_in):
    case, client = case_in(Status.ASSIGNED), sign_in(contact)
    save(client, case, "Words")
    actions.reply(case=case, by=agent, text="Something new.")
    page = post(client, case, "reply", text="Words", newest=0, idempotency_key=composer(client, case)[2])
    assert page.status_code == 409
    assert Draft.objects.get().text == "Words"


def test_an_answer_from_another_window_leaves_what_is_typed_here(agent, case_in, sign_in):
    case, client = case_in(Status.ASSIGNED), sign_in(agent)
    elsewhere = composer(client, case)[2]
    save(client, case, "A long answer that is not finished")
    post(client, case, "reply", text="A short one from another window.", idempotency_key=elsewhere)
    assert composer(client, case)[1] == "A long answer that is not finished"


def test_what_comes_late_does_not_bring_back_what_was_sent(agent, case_in, sign_in):
    case, client, key = case_in(Status.ASSIGNED), sign_in(agent), uuid4()
    post(client, case, "reply", text="All of it.", idempotency_key=key)
    assert save(client, case, "All of", key=key, headers={"HX-Request": "true"}).status_code == 409
    assert not Draft.objects.exists()


def test_a_text_that_was_taken_away_is_no_draft(agent, case_in, sign_in):
    case, client = case_in(Status.ASSIGNED), sign_in(agent)
    save(client, case, "Words")
    save(client, case, " \n ")
    assert not Draft.objects.exists()


def test_a_person_has_one_draft_on_each_case_and_it_tells_nobody(agent, contact, case_in, sign_in):
    case, other, client = case_in(Status.ASSIGNED), case_in(Status.ASSIGNED), sign_in(agent)
    before = case.updated_at
    for text in ("First", "Second"):
        save(client, case, text)
    save(client, other, "Elsewhere")
    case.refresh_from_db()
    assert sorted(Draft.objects.values_list("text", flat=True)) == ["Elsewhere", "Second"]
    assert (case.updated_at, AuditEvent.objects.count(), Message.objects.count()) == (before, 0, 0)


def test_a_text_that_is_too_long_to_send_is_kept_whole(agent, case_in, sign_in):
    case, client = case_in(Status.ASSIGNED), sign_in(agent)
    save(client, case, "x" * 20_001)
    assert len(composer(client, case)[1]) == 20_001
    assert save(client, case, "x" * 60_001, headers={"HX-Request": "true"}).status_code == 409


def test_whose_role_has_ended_keeps_no_draft(contact, case_in):
    case = case_in(Status.ASSIGNED)
    Designation.objects.filter(user=contact).update(ended_at=timezone.now())
    with pytest.raises(ActionRefused, match="Your role has ended"):
        actions.save_draft(case=case, by=contact, mode="reply", text="Words", idempotency_key=uuid4())


def test_another_districts_case_takes_no_draft(case_in, sign_in):
    client = sign_in(UserFactory(roles=[Role.SUPPORT_CONTACT]))
    assert save(client, case_in(Status.ASSIGNED), "Words").status_code == 404
    assert not Draft.objects.exists()


def test_a_reply_that_was_begun_is_not_lost_when_the_case_is_closed(contact, case_in, sign_in):
    case, client = case_in(Status.ASSIGNED), sign_in(contact)
    save(client, case, "One more thing")
    actions.close(case=case, by=contact)
    assert composer(client, case)[:2] == ("reopen", "One more thing")


def test_a_reply_that_was_begun_is_still_shown_where_nobody_can_write_any_more(contact, agent, case_in, sign_in):
    case = case_in(Status.ASSIGNED)
    client = sign_in(contact)
    save(client, case, "A reply that\nI began")
    actions.merge(case=case, by=agent, other=case_in(Status.ASSIGNED))
    page = client.get(case.get_absolute_url()).text
    assert "data-composer" not in page
    assert "A reply that<br>I began" in page
    assert "A reply that" not in sign_in(agent).get(case.get_absolute_url()).text


def test_the_page_says_when_it_was_saved(agent, case_in, sign_in):
    case, client = case_in(Status.ASSIGNED), sign_in(agent)
    assert "Draft saved" in save(client, case, "Words", headers={"HX-Request": "true"}).text
    assert "Draft saved" in client.get(case.get_absolute_url()).text
