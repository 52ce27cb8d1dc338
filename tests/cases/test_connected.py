"""Cases that belong together: merged, linked, split, or going on with a closed one."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from cases import actions
from cases.models import Case, CaseLink
from contacts import ActionRefused
from contacts.models import AuditEvent, Message
from tests.cases.conftest import NO_IMPACT
from tests.cases.test_verbs import post
from tests.factories import AgentFactory, CaseFactory, ProductAreaFactory

pytestmark = pytest.mark.django_db
Status = Case.Status


@pytest.fixture
def two(case_in):
    return case_in(Status.ASSIGNED), case_in(Status.ASSIGNED, subject="The same on the bus")


@pytest.fixture
def merged(two, agent):
    one, other = two
    actions.reply(case=one, by=one.contact, text="Said before the merge.")
    actions.merge(case=one, by=agent, other=other)
    return [Case.objects.get(pk=case.pk) for case in two]


def old_case(case_in):
    return case_in(Status.CLOSED, closed_at=timezone.now() - timedelta(days=62))


def submission(**fields):
    return {
        "kind": "question",
        "product_area": ProductAreaFactory().pk,
        "subject": "Again",
        "urgency": "normal",
        **NO_IMPACT,
    } | fields


def test_a_merged_case_closes_into_the_other_one_and_keeps_its_timeline(merged, contact, sign_in):
    one, other = merged
    assert (one.status, one.merged_into, other.status) == (Status.CLOSED, other, Status.ASSIGNED)
    client = sign_in(contact)
    page = client.get(one.get_absolute_url()).text
    assert "Said before the merge." in page
    assert f'href="{other.get_absolute_url()}">Go to case {other.number}</a>' in page
    page = client.get(other.get_absolute_url()).text
    assert f'<a href="{one.get_absolute_url()}">Case {one.number}</a> was merged into this one.' in page
    assert one.get_absolute_url() in page
    assert Message.objects.filter(recipient=contact, title__startswith="Merged into").count() == 1


@pytest.mark.parametrize("verb", ["reply", "close", "reopen"])
def test_what_a_contact_does_with_a_merged_case_is_refused_with_the_way_to_the_other(verb, merged, contact, sign_in):
    one, other = merged
    client = sign_in(contact)
    assert f'action="{one.get_absolute_url()}{verb}/"' not in client.get(one.get_absolute_url()).text
    page = post(client, one, verb, text="My words.")
    assert page.status_code == 409
    assert f"Case {one.number} was merged into case {other.number}. Go on there." in page.text
    assert f'href="{other.get_absolute_url()}"' in page.text
    assert "My words." in page.text


def test_undoing_a_merge_opens_the_case_for_its_agent_and_both_say_so(merged, agent, contact, sign_in):
    one, other = merged
    post(sign_in(agent), one, "unmerge")
    one.refresh_from_db()
    assert (one.status, one.assignee, one.merged_into, one.closed_at) == (Status.ASSIGNED, agent, None, None)
    client = sign_in(contact)
    assert "goes on by itself again" in client.get(other.get_absolute_url()).text
    assert post(client, one, "reply", text="Here again.").status_code == 200
    with pytest.raises(ActionRefused, match="is no longer merged"):
        actions.unmerge(case=one, by=agent)


def test_a_case_is_merged_only_into_an_open_one_of_its_district(two, agent, case_in, sign_in):
    one, _ = two
    client = sign_in(agent)
    closed, strangers = case_in(Status.CLOSED), CaseFactory()
    assert f"Case {closed.number} is closed." in post(client, one, "merge", other=closed.number).text
    for other in (strangers.number, one.number, "nothing", 10**17):
        assert "There is no other case of this district" in post(client, one, "merge", other=other).text
    one.refresh_from_db()
    assert one.status == Status.ASSIGNED


def test_the_database_takes_no_merge_across_districts(two, agent):
    with pytest.raises(ActionRefused, match="same district"):
        actions.merge(case=two[0], by=agent, other=CaseFactory())


def test_a_link_shows_on_both_pages_until_it_is_removed(two, agent, contact, sign_in):
    one, other = two
    client = sign_in(agent)
    post(client, one, "relate", other=f"case {other.number}")
    for case, linked in [(one, other), (other, one)]:
        page = sign_in(contact).get(case.get_absolute_url()).text
        assert f'<dt>Related</dt><dd><a href="{linked.get_absolute_url()}">' in page
    client = sign_in(agent)
    assert "are linked already" in post(client, other, "relate", other=one.number).text
    post(client, other, "unrelate", other=one.number)
    assert not CaseLink.objects.exists()
    assert "<dt>Related</dt>" not in client.get(one.get_absolute_url()).text
    assert [entry.action for entry in one.timeline.all()] == ["related", "unrelated"]
    assert [entry.action for entry in other.timeline.all()] == ["related", "unrelated"]


def test_the_agents_of_both_cases_are_told_of_a_link_and_of_its_end(two, agent, contact):
    one, other = two
    colleague = other.assignee = AgentFactory()
    other.save()
    actions.relate(case=one, by=agent, other=other)
    actions.unrelate(case=other, by=colleague, other=one)
    told = {(message.recipient, message.title.partition(" case")[0]) for message in Message.objects.all()}
    assert told == {(colleague, "Linked to"), (agent, "No longer linked to")}


def test_removing_a_link_leaves_the_other_links(two, agent, case_in):
    one, other = two
    third = case_in(Status.ASSIGNED)
    for pair in ((one, other), (other, third), (third, one)):
        actions.relate(case=pair[0], by=agent, other=pair[1])
    actions.unrelate(case=one, by=agent, other=other)
    assert CaseLink.objects.count() == 2
    with pytest.raises(ActionRefused, match="are no longer linked"):
        actions.unrelate(case=other, by=agent, other=one)


def test_a_reply_becomes_a_new_case_of_its_author_and_stays(two, agent, technical_contact, sign_in):
    case, _ = two
    reply = actions.reply(case=case, by=technical_contact, text="By the way, the bus list is empty.")
    client = sign_in(agent)
    post(client, case, "split", entry=reply.pk, subject="Bus list is empty")
    new = Case.objects.get(subject="Bus list is empty")
    assert (new.status, new.contact, new.description) == (Status.NEW, technical_contact, reply.text)
    assert (new.product_area, new.district) == (case.product_area, case.district)
    again = post(client, case, "split", entry=reply.pk, subject="Once more")
    assert f"This reply is case {new.number} already." in again.text
    page = client.get(case.get_absolute_url()).text
    assert "By the way, the bus list is empty." in page
    assert new.get_absolute_url() in page
    assert f'It was a reply on <a href="{case.get_absolute_url()}">case {case.number}</a>.' in (
        client.get(new.get_absolute_url()).text
    )
    assert f'This reply goes on in <a href="{new.get_absolute_url()}">case {new.number}</a>' in page
    assert Message.objects.filter(recipient=technical_contact, link=new.get_absolute_url()).count() == 1


def test_only_replies_of_the_district_are_split(two, agent, contact, sign_in):
    case, other = two
    client = sign_in(agent)
    assert "/split/" not in client.get(case.get_absolute_url()).text
    note = actions.note(case=case, by=agent, text="A secret.")
    own = actions.reply(case=case, by=agent, text="Ours.")
    elsewhere = actions.reply(case=other, by=contact, text="On another case.")
    for entry in (note, own, elsewhere):
        post(client, case, "split", entry=entry.pk, subject="Stolen")
    assert not Case.objects.filter(subject="Stolen").exists()


def test_after_day_60_a_new_case_goes_on_with_the_old_one_and_quotes_nothing(case_in, contact, sign_in):
    old = old_case(case_in)
    client = sign_in(contact)
    address = f"/cases/new/?follows={old.number}"
    assert f'href="{address}"' in client.get(old.get_absolute_url()).text
    page = client.get(address)
    assert old.subject in page.text  # the link to it
    assert old.description not in page.text
    client.post(address, submission(description="It is back."))
    new = Case.objects.get(subject="Again")
    assert (new.follows, new.description) == (old, "It is back.")
    assert f'<dt>Goes on from</dt><dd><a href="{old.get_absolute_url()}">' in client.get(new.get_absolute_url()).text
    assert f'<dt>Goes on in</dt><dd><a href="{new.get_absolute_url()}">' in client.get(old.get_absolute_url()).text


@pytest.mark.parametrize(
    ("status", "sentence"),
    [(Status.ASSIGNED, "is open. Reply there."), (Status.CLOSED, "can still be reopened, until")],
)
def test_a_case_that_can_go_on_itself_is_not_followed(status, sentence, case_in, contact, sign_in):
    case = case_in(status)
    client = sign_in(contact)
    assert "?follows=" not in client.get(case.get_absolute_url()).text
    page = client.post(f"/cases/new/?follows={case.number}", submission(description="My words."))
    assert page.status_code == 409
    assert f"Case {case.number} {sentence}" in page.text
    assert "My words." in page.text


@pytest.mark.parametrize("method", ["get", "post"])
def test_another_districts_case_is_followed_as_little_as_none(method, contact, sign_in):
    client = sign_in(contact)
    for number in (CaseFactory(status=Status.CLOSED, closed_at=timezone.now()).number, 999999, "x", 10**30):
        assert getattr(client, method)(f"/cases/new/?follows={number}").status_code == 404


def test_a_colleague_is_on_a_call_only_with_a_contact_who_was_there_throughout(two, agent, contact, sign_in):
    case, _ = two
    said = {"colleague": "Kim Lee", "text": "She showed the error."}
    page = post(sign_in(contact), case, "record_call", **said)
    assert "Without a contact who was there throughout, the call is not recorded." in page.text
    assert not case.timeline.exists()
    said["idempotency_key"] = uuid4()
    for _ in range(2):
        page = post(sign_in(contact), case, "record_call", **said, present_throughout="on")
        assert "There is a problem" not in page.text
    assert case.calls.get().confirmed_at == case.timeline.get().created_at
    assert case.timeline.get().text == (
        f"Kim Lee was on the call. {contact} was the host and confirms being present throughout."
        "\n\nShe showed the error."
    )


def test_a_host_whom_support_names_confirms_being_there_throughout(two, agent, contact, technical_contact, sign_in):
    case, other = two
    client = sign_in(agent)
    post(client, case, "record_call", colleague="Kim Lee", host=contact.pk)
    call = case.calls.get()
    assert (call.host, call.confirmed_at) == (contact, None)
    assert (
        case.timeline.get().text == f"Kim Lee was on the call. {contact} was the host and is asked to confirm being "
        "present throughout."
    )
    assert Message.objects.filter(recipient=contact).values_list("title", flat=True)[0].startswith(f"{agent} recorded")
    for person in (technical_contact, agent):
        assert "/confirm-call/" not in sign_in(person).get(case.get_absolute_url()).text
    refused = post(sign_in(technical_contact), case, "confirm_call", call=call.pk, present_throughout="on")
    assert "Choose a call that you hosted." in refused.text
    client = sign_in(contact)
    assert "/confirm-call/" not in client.get(other.get_absolute_url()).text
    assert "Call with Kim Lee, " in client.get(case.get_absolute_url()).text
    assert "Confirm the call only if" in post(client, case, "confirm_call", call=call.pk).text
    page = post(client, case, "confirm_call", call=call.pk, present_throughout="on")
    call.refresh_from_db()
    assert call.confirmed_at
    assert f"{contact} was present throughout the call with Kim Lee of " in page.text
    assert AuditEvent.objects.get(action="case.confirm_call").object_key == str(case.pk)
    assert Message.objects.get(title__contains="confirmed a call").recipient == agent
    assert "/confirm-call/" not in page.text


def test_the_form_of_one_call_sent_again_for_another_is_a_question(two, agent, contact, sign_in, monkeypatch):
    case, _ = two
    now = timezone.now()
    for minutes in (90, 0):
        monkeypatch.setattr(timezone, "now", lambda minutes=minutes: now - timedelta(minutes=minutes))
        actions.record_call(case=case, by=agent, colleague="Kim Lee", host=contact)
    said, client = {"present_throughout": "on", "idempotency_key": uuid4()}, sign_in(contact)
    first, second = case.calls.all()
    for _ in range(2):
        assert "There is a problem" not in post(client, case, "confirm_call", call=first.pk, **said).text
    assert post(client, case, "confirm_call", call=second.pk, **said).status_code == 409
    assert case.calls.get(confirmed_at__isnull=True) == second


def test_what_stands_on_one_line_has_one(two, agent, contact, sign_in):
    case, _ = two
    said = {"host": contact.pk, "colleague": "Kim\nSupport confirmed: all is well."}
    assert "Enter it on one line" in post(sign_in(agent), case, "record_call", **said).text
    assert not case.calls.exists()


def test_a_call_of_another_host_is_not_confirmed_in_place_of_ones_own(two, agent, contact, technical_contact):
    case, _ = two
    for host in (contact, technical_contact):
        actions.record_call(case=case, by=agent, colleague="Kim Lee", host=host)
    theirs = case.calls.get(host=technical_contact)
    with pytest.raises(ActionRefused, match="no confirmation of yours"):
        actions.confirm_call(case=case, by=contact, call=theirs, present_throughout=True)
    actions.confirm_call(case=case, by=contact, call=case.calls.get(host=contact), present_throughout=True)
    assert case.calls.get(confirmed_at__isnull=True) == theirs


def test_a_call_is_confirmed_once_and_by_its_host_alone(two, agent, contact, technical_contact):
    case, _ = two
    actions.record_call(case=case, by=agent, colleague="Kim Lee", host=contact)
    said = {"case": case, "call": case.calls.get()}
    for by, throughout in [(technical_contact, True), (contact, False)]:
        with pytest.raises(ActionRefused, match=r"no confirmation of yours|from beginning to end"):
            actions.confirm_call(by=by, present_throughout=throughout, **said)
    actions.confirm_call(by=contact, present_throughout=True, **said)
    with pytest.raises(ActionRefused, match="no confirmation of yours"):
        actions.confirm_call(by=contact, present_throughout=True, **said)


def test_the_host_of_a_call_is_a_current_contact_of_the_district(two, agent, sign_in):
    case, _ = two
    stranger = CaseFactory().contact
    page = post(sign_in(agent), case, "record_call", colleague="Kim Lee", host=stranger.pk)
    assert "Choose a current authorized contact of the district." in page.text
    for host in (stranger, AgentFactory()):
        with pytest.raises(ActionRefused, match="is not a current authorized contact"):
            actions.record_call(case=case, by=agent, colleague="Kim", host=host)
    with pytest.raises(ActionRefused, match="from beginning to end"):
        actions.record_call(case=case, by=case.contact, colleague="Kim")
