"""A critical case is followed up by phone: whom to call, what to have ready, who called; without it, one reminder."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from cases import actions, tasks
from cases.models import Case, TimelineEntry
from contacts import ActionRefused
from contacts.models import AuditEvent, Message, Role
from tests.cases.conftest import WORK_STOPS
from tests.cases.test_verbs import post
from tests.contacts.races import at_once, locked
from tests.factories import AgentFactory, CaseFactory, ProductAreaFactory, UserFactory

pytestmark = pytest.mark.django_db
Action, Priority, Status = TimelineEntry.Action, Case.Priority, Case.Status
HEADING = "Call Support now"


@pytest.fixture(autouse=True)
def _phone(settings):
    settings.SUPPORT_PHONE = "555 0199"
    settings.PHONE_FOLLOW_UP_WITHIN = timedelta(minutes=30)


@pytest.fixture
def area():
    return ProductAreaFactory()


@pytest.fixture
def critical(contact, area):
    """A critical case that was just submitted; ``critical(overdue=True)`` so long ago that the call is overdue."""

    def critical(*, overdue=False, **said):
        fields = {"kind": Case.Kind.QUESTION, "product_area": area, "subject": "Down", "description": f"All. {uuid4()}"}
        case = actions.submit(by=contact, **fields, **WORK_STOPS | {"users_affected": 3} | said)
        # Whatever the table says in a database that has none.
        Case.objects.filter(pk=case.pk).update(
            priority="critical", phone_due_at=timezone.now() + timedelta(minutes=-1 if overdue else 30)
        )
        return Case.objects.get(pk=case.pk)

    return critical


def page_of(client, case):
    return client.get(case.get_absolute_url()).text


def test_after_submitting_the_contact_stands_before_the_phone_step(contact, area, sign_in):
    answers = {"kind": "question", "product_area": area.pk, "subject": "Down", "description": "All."}
    answers |= WORK_STOPS | {"has_workaround": "False", "users_affected": 3, "schools_affected": 3}
    before = timezone.now()
    page = sign_in(contact).post("/cases/new/", answers, follow=True).text
    case = Case.objects.get()
    assert page.index(HEADING) < page.index("Description")
    assert 'href="tel:555 0199">Call 555 0199</a>' in page
    for words in ("Have ready", f"<strong>{case.number}</strong>", "who is affected, and since when"):
        assert words in page
    assert "a number where Support can call you back" in page
    assert 'href="/contacts/code/"' in page
    assert page.count("record-phone-follow-up/") == 1
    assert timedelta(minutes=30) <= case.phone_due_at - before < timedelta(minutes=31)


@pytest.mark.parametrize("phone", ["", "555 0199"])
def test_nobody_is_asked_to_call_without_a_number_or_about_an_ordinary_case(phone, contact, area, sign_in, settings):
    settings.SUPPORT_PHONE = phone
    impact = {} if phone else WORK_STOPS
    fields = {"kind": Case.Kind.QUESTION, "product_area": area, "subject": "One", "description": "How?"}
    case = actions.submit(by=contact, **fields, **impact)
    assert case.phone_due_at is None
    assert HEADING not in page_of(sign_in(contact), case)


def test_about_an_exception_case_somebody_called_already(exception_case, contact, agent, sign_in):
    actions.prioritize(case=exception_case, by=agent, priority=Priority.CRITICAL, reason="It is.")
    assert HEADING not in page_of(sign_in(contact), exception_case)


def test_the_contact_records_the_call_and_both_sides_read_who_called(
    critical, contact, technical_contact, agent, sign_in
):
    case = critical()
    page = post(sign_in(contact), case, "record_phone_follow_up")
    assert "The call to Support is recorded." in page.text
    assert HEADING not in page.text
    case.refresh_from_db()
    assert case.phone_due_at is None
    assert timezone.now() - case.phoned_at < timedelta(minutes=1)
    entry = case.timeline.get(action=Action.PHONED)
    assert (entry.by, entry.text) == (contact, f"{contact} called Support.")
    assert AuditEvent.objects.get(action="case.record_phone_follow_up").detail == {"caller": contact.pk}
    told = Message.objects.filter(body__contains=f"{contact} called Support")
    assert {message.recipient for message in told} == {technical_contact, agent}
    assert "Call to Support" in page_of(sign_in(agent), case)


def test_the_agent_records_it_and_names_the_contact_who_called(critical, contact, technical_contact, agent, sign_in):
    case, stranger = critical(), UserFactory(roles=[Role.SUPPORT_CONTACT])
    client = sign_in(agent)
    assert "The district is asked to call" in page_of(client, case)
    assert "The district called" in page_of(client, case)
    for caller in ("", stranger.pk, agent.pk):
        page = post(client, case, "record_phone_follow_up", caller=caller)
        assert "Choose a current authorized contact of the district." in page.text
    post(client, case, "record_phone_follow_up", caller=technical_contact.pk)
    entry = case.timeline.get(action=Action.PHONED)
    assert (entry.by, entry.text) == (agent, f"{technical_contact} called Support.")


def test_a_contact_cannot_name_somebody_else(critical, contact, technical_contact, sign_in):
    case = critical()
    post(sign_in(contact), case, "record_phone_follow_up", caller=technical_contact.pk)
    assert case.timeline.get(action=Action.PHONED).text == f"{contact} called Support."


def test_whoever_is_no_contact_of_the_district_did_not_call(critical, agent, district):
    for person in (UserFactory(roles=[Role.SUPPORT_CONTACT]), UserFactory(district=district)):
        with pytest.raises(ActionRefused, match="is not a current authorized contact"):
            actions.record_phone_follow_up(case=critical(), by=agent, caller=person)


def test_the_form_sent_twice_records_one_call(critical, contact, sign_in):
    case, client, key = critical(), sign_in(contact), uuid4()
    pages = [post(client, case, "record_phone_follow_up", idempotency_key=key) for _ in range(2)]
    assert [page.status_code for page in pages] == [200, 200]
    assert case.timeline.filter(action=Action.PHONED).count() == 1


@pytest.mark.parametrize("status", sorted(set(Status) - {Status.CLOSED}))
def test_a_call_is_recorded_in_any_open_status(status, contact, case_in, sign_in):
    case = case_in(status, priority=Priority.CRITICAL, phone_due_at=timezone.now())
    assert post(sign_in(contact), case, "record_phone_follow_up").status_code == 200
    case.refresh_from_db()
    assert (case.status, bool(case.phoned_at)) == (status, True)


def test_a_second_recording_is_refused_in_words(critical, contact, technical_contact, sign_in):
    case = critical()
    actions.record_phone_follow_up(case=case, by=technical_contact)
    page = post(sign_in(contact), case, "record_phone_follow_up")
    assert f"The call about case {case.number} is recorded already." in page.text
    assert case.timeline.filter(action=Action.PHONED).count() == 1


@pytest.mark.parametrize(
    ("what", "refusal"),
    [("closed", "is closed"), ("less urgent", "No call to Support is awaited"), ("merged", "was merged into case")],
)
def test_closing_and_a_lower_priority_end_the_step(what, refusal, critical, contact, agent, sign_in):
    case = critical(overdue=True)
    if what == "closed":
        actions.close(case=case, by=contact)
    elif what == "merged":
        actions.merge(case=case, by=agent, other=CaseFactory(contact=contact))
    else:
        actions.prioritize(case=case, by=agent, priority=Priority.HIGH, reason="There is a way around it.")
    case.refresh_from_db()
    assert case.phone_due_at is None
    assert HEADING not in page_of(sign_in(contact), case)
    assert actions.remind_of_calls() == 0
    with pytest.raises(ActionRefused, match=refusal):
        actions.record_phone_follow_up(case=case, by=contact)


def test_a_case_that_becomes_critical_or_is_reopened_asks_for_the_call(critical, contact, agent, case_in):
    case = case_in(Status.ASSIGNED)
    actions.prioritize(case=case, by=agent, priority=Priority.CRITICAL, reason="It spreads.")
    assert Case.objects.get(pk=case.pk).phone_due_at
    actions.close(case=case, by=contact)
    actions.reopen(case=case, by=contact, text="It is back.")
    assert Case.objects.get(pk=case.pk).phone_due_at
    actions.record_phone_follow_up(case=case, by=contact)
    actions.close(case=case, by=contact)
    actions.reopen(case=case, by=contact, text="Once more.")
    assert Case.objects.get(pk=case.pk).phone_due_at is None


def test_other_words_on_an_older_critical_case_ask_nobody_to_call(contact, agent, case_in):
    case = case_in(Status.ASSIGNED, priority=Priority.CRITICAL)
    actions.reply(case=case, by=contact, text="Any news?")
    assert Case.objects.get(pk=case.pk).phone_due_at is None


def test_without_a_call_in_time_both_sides_are_reminded_once(critical, contact, technical_contact, agent, sign_in):
    case, waiting = critical(overdue=True), critical()
    for _ in range(3):
        tasks.remind_of_calls()
    told = Message.objects.filter(title__startswith="Critical: No call to Support yet")
    assert sorted(message.recipient_id for message in told) == sorted([contact.pk, technical_contact.pk, agent.pk])
    assert all("555 0199" in message.body for message in told)
    (entry,) = case.timeline.filter(action=Action.REMINDED)
    assert entry.by is None
    assert AuditEvent.objects.filter(action="case.remind_of_call", actor_label="The portal").count() == 1
    case.refresh_from_db()
    assert (bool(case.phone_reminded_at), case.awaits_call) == (True, True)
    assert not waiting.timeline.filter(action=Action.REMINDED).exists()
    assert "No call was recorded by" in page_of(sign_in(contact), case)
    assert "The district has not called" in page_of(sign_in(agent), case)


def test_a_worker_that_was_down_for_days_sends_one_reminder(critical, contact):
    case = critical()
    Case.objects.update(phone_due_at=timezone.now() - timedelta(days=3))
    assert [actions.remind_of_calls() for _ in range(3)] == [1, 0, 0]
    actions.close(case=case, by=contact)
    actions.reopen(case=case, by=contact, text="It is back.")
    Case.objects.filter(priority="critical").update(phone_due_at=timezone.now() - timedelta(minutes=1))
    assert actions.remind_of_calls() == 0


def test_a_reminder_is_no_news_to_who_is_writing(critical, contact, sign_in):
    case = critical(overdue=True)
    newest = case.timeline.last().pk
    actions.remind_of_calls()
    assert post(sign_in(contact), case, "reply", text="We are calling.", newest=newest).status_code == 200


def test_without_a_number_nobody_is_reminded(critical, settings):
    critical(overdue=True)
    settings.SUPPORT_PHONE = ""
    assert actions.remind_of_calls() == 0


def test_one_case_that_fails_holds_up_no_other(critical, caplog, monkeypatch):
    broken, healthy = critical(overdue=True), critical(overdue=True)
    tell = actions.phoning.tell_both_sides

    def fail(message, case, **context):
        if case.pk == broken.pk:
            raise RuntimeError("No.")
        tell(message, case, **context)

    monkeypatch.setattr(actions.phoning, "tell_both_sides", fail)
    assert actions.remind_of_calls() == 1
    assert healthy.timeline.filter(action=Action.REMINDED).exists()
    assert not broken.timeline.filter(action=Action.REMINDED).exists()
    assert f"{broken} could not be followed up" in caplog.text


def test_list_and_home_say_which_call_is_awaited_and_which_is_overdue(critical, contact, agent, sign_in):
    critical()
    assert "Call awaited" in sign_in(agent).get("/cases/").text
    critical(overdue=True)
    page = sign_in(agent).get("/cases/").text
    assert "Call overdue" in page
    assert "Call overdue" in sign_in(contact).get("/cases/?status=call").text
    needs = [need for need in sign_in(contact).get("/").context["needs"] if need.verb == "Call Support about"]
    assert [need.is_late for need in needs] == [True, False]


def test_the_step_costs_the_page_of_a_contact_no_query(critical, contact, sign_in, django_assert_num_queries):
    case, client = critical(), sign_in(contact)
    Case.objects.update(answer_since=None, answer_soon_at=None, answer_due_at=None)
    page_of(client, case)
    with django_assert_num_queries(6 + 7):
        page_of(client, case)


def test_looking_for_what_is_overdue_takes_one_query_however_many_wait(critical, django_assert_num_queries):
    for _ in range(3):
        critical()
    with django_assert_num_queries(1):
        assert actions.remind_of_calls() == 0


@pytest.mark.usefixtures("connected_as_owner")  # who alone may ANALYZE
def test_the_sweep_looks_only_at_awaited_calls(contact):
    CaseFactory.create_batch(200, contact=contact)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE cases_case")
        cursor.execute("SET LOCAL enable_seqscan = off")
        assert "cases_that_await_a_call" in Case.objects.phone_to_remind_of(timezone.now()).explain()


@pytest.mark.django_db(transaction=True)
def test_sweeps_at_once_remind_once(critical, contact):
    AgentFactory()
    cases = [critical(overdue=True) for _ in range(10)]
    assert sum(at_once(*[actions.remind_of_calls] * 4)) == len(cases)
    assert all(case.timeline.filter(action=Action.REMINDED).count() == 1 for case in cases)


@pytest.mark.django_db(transaction=True)
def test_the_sweep_waits_for_nobody(critical, caplog):
    held, other = critical(overdue=True), critical(overdue=True)
    with locked(Case, held):
        assert actions.remind_of_calls() == 1
    assert not caplog.text
    assert other.timeline.filter(action=Action.REMINDED).exists()
    assert actions.remind_of_calls() == 1
