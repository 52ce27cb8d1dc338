"""Two people at once. What one has changed but not yet committed, the other waits for and then sees."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from functools import partial
from threading import Barrier, Event
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.utils import timezone

from contacts import ActionRefused
from contacts.actions._common import BUSY
from contacts.models import AuditEvent, Designation, Message, Role, User
from credentials import actions
from credentials.forms import RecordFileForm
from credentials.models import CredentialRecord, CredentialRequest
from tests.credentials.test_actions import request_new, request_update
from tests.factories import CredentialFieldFactory, CredentialRecordFactory, CredentialTypeFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)
WAITING = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


def while_uncommitted(first, second):
    """Call the second while the first has not committed. Gives what each returned or raised."""
    has_run, may_commit = Event(), Event()

    def run_first():
        try:
            with transaction.atomic():
                outcome = first()
                has_run.set()
                assert may_commit.wait(timeout=20)
            return outcome
        finally:
            connection.close()

    def run_second():
        try:
            return second()
        except ActionRefused as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        outcomes = [threads.submit(run_first)]
        assert has_run.wait(timeout=20)
        outcomes.append(threads.submit(run_second))
        wait_until(lambda: outcomes[1].done() or somebody_waits_for_a_lock())
        may_commit.set()
        return [outcome.result() for outcome in outcomes]


def wait_until(condition):
    until = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


def somebody_waits_for_a_lock():
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        return cursor.fetchone()


@pytest.fixture
def approver():
    return UserFactory(roles=[Role.CREDENTIAL_APPROVER])


@pytest.fixture
def colleague(approver):
    return UserFactory(district=approver.district, roles=[Role.CREDENTIAL_APPROVER])


@pytest.fixture
def record(approver):
    return CredentialRecordFactory(holder__district=approver.district, identifier="OLD")


def change(record):
    return lambda: CredentialRecord.objects.filter(pk=record.pk).update(expires_on=date(2031, 1, 1))


@pytest.mark.parametrize("first", [actions.approve, actions.deny])
@pytest.mark.parametrize("second", [actions.approve, actions.deny])
def test_two_approvers_at_once_make_one_decision_and_one_message(record, approver, colleague, first, second):
    credential_request = request_update(record, identifier="NEW")
    _, refusal = while_uncommitted(
        lambda: first(credential_request, by=approver, comment="First."),
        lambda: second(credential_request, by=colleague, comment="Second."),
    )
    credential_request.refresh_from_db()
    record.refresh_from_db()
    assert str(refusal) == f"This request was already {credential_request.status}."
    assert (credential_request.decided_by, credential_request.comment) == (approver, "First.")
    assert record.identifier == ("NEW" if first is actions.approve else "OLD")
    assert AuditEvent.objects.filter(action=f"credential_request.{credential_request.status}").count() == 1
    assert Message.objects.filter(recipient=record.holder).count() == 1


def test_an_approval_waits_for_a_change_of_the_record_and_overwrites_nothing(record, approver):
    credential_request = request_update(record, identifier="NEW")
    _, refusal = while_uncommitted(change(record), lambda: actions.approve(credential_request, by=approver))
    assert "The record changed after this was requested" in str(refusal)
    record.refresh_from_db()
    assert (record.identifier, record.expires_on) == ("OLD", date(2031, 1, 1))


def test_an_update_request_waits_for_a_change_of_the_record_and_asks_to_look_again(record):
    _, refusal = while_uncommitted(change(record), lambda: request_update(record, identifier="NEW"))
    assert "Someone just changed this record" in str(refusal)
    assert not CredentialRequest.objects.exists()


@pytest.mark.parametrize("decide", [actions.approve, actions.deny])
def test_a_role_that_ends_at_the_same_moment_decides_nothing(record, approver, decide):
    credential_request = request_update(record, identifier="NEW")
    _, refusal = while_uncommitted(
        lambda: Designation.objects.filter(user=approver).update(ended_at=timezone.now()),
        lambda: decide(credential_request, by=approver, comment="Fine."),
    )
    assert "Your role has ended" in str(refusal)
    credential_request.refresh_from_db()
    assert credential_request.status == "pending"


@pytest.mark.parametrize("decide", [actions.approve, actions.deny])
def test_a_request_is_withdrawn_or_decided_but_not_both(record, approver, decide):
    for number, withdraws_first in enumerate([True, False]):
        credential_request = request_update(record, identifier=f"NEW-{number}")
        withdraw = partial(actions.withdraw, credential_request, by=record.holder)
        calls = [withdraw, partial(decide, credential_request, by=approver, comment="Seen.")]
        _, refusal = while_uncommitted(*(calls if withdraws_first else reversed(calls)))
        credential_request.refresh_from_db()
        record.refresh_from_db()
        assert (credential_request.status == "withdrawn") == withdraws_first
        assert str(refusal) == f"This request was already {credential_request.status}."
        assert (record.identifier == f"NEW-{number}") == (credential_request.status == "approved")


@pytest.mark.parametrize("kind", ["new", "update"])
def test_a_form_sent_twice_at_once_makes_one_request(record, kind):
    key, type = uuid4(), CredentialTypeFactory()

    def send():
        if kind == "new":
            return request_new(record.holder, type, key)
        return request_update(record, key, identifier="NEW")

    first, second = while_uncommitted(send, send)
    assert first == second == CredentialRequest.objects.get()


def test_a_person_who_is_switched_off_at_the_same_moment_requests_nothing(record):
    _, refusal = while_uncommitted(
        lambda: User.objects.filter(pk=record.holder.pk).update(is_active=False),
        lambda: request_new(record.holder),
    )
    assert "You can no longer sign in" in str(refusal)
    assert not CredentialRequest.objects.exists()


def test_a_reminder_that_two_workers_send_at_once_comes_once(colleague):
    expires_on = colleague.district.today + timedelta(days=30)
    CredentialRecordFactory.create_batch(2, holder=colleague, expires_on=expires_on)
    assert while_uncommitted(actions.remind_of_expiry, actions.remind_of_expiry) == [1, 0]
    assert Message.objects.filter(recipient=colleague).count() == 1


def test_two_who_press_remind_at_once_remind_once(approver, colleague):
    CredentialRecordFactory(holder=colleague, expires_on=colleague.district.today + timedelta(days=30))
    due = CredentialRecord.objects.filter(district=approver.district)
    other = UserFactory(district=approver.district, roles=[Role.DISTRICT_ADMINISTRATOR])
    remind = partial(actions.remind_all, records=due)
    assert while_uncommitted(partial(remind, by=approver), partial(remind, by=other)) == [1, 0]
    assert Message.objects.filter(recipient=colleague).count() == 1


RENEWED = {"effective_on": "2030-01-01", "expires_on": "2034-12-31"}


@pytest.mark.parametrize("enters_for_another", [True, False])
def test_two_renewals_of_a_record_at_once_make_one_request(record, enters_for_another):
    administrator = UserFactory(district=record.district, roles=[Role.DISTRICT_ADMINISTRATOR])

    def renew(by):
        about = {"record": record, "brief_description": "Renewed.", "proposed": {**record.values, **RENEWED}}
        return actions.request_update(by=by, idempotency_key=uuid4(), **about)

    other = administrator if enters_for_another else record.holder
    first, refusal = while_uncommitted(partial(renew, record.holder), partial(renew, other))
    assert str(refusal) == "A request to change this record is already waiting for a decision."
    assert CredentialRequest.objects.get() == first


@pytest.mark.parametrize("is_same", [True, False])
def test_a_draft_that_is_submitted_in_two_tabs_at_once_is_submitted_once(record, approver, is_same):
    draft = request_update(record, identifier="DRAFT", is_draft=True)

    def submit(said):
        about = {"seen": 0, "brief_description": "Renewed.", "proposed": {**record.values, "identifier": said}}
        return actions.change_request(CredentialRequest.objects.get(pk=draft.pk), by=record.holder, **about)

    first, second = while_uncommitted(partial(submit, "ONE"), partial(submit, "ONE" if is_same else "OTHER"))
    assert second == first if is_same else "This request was changed on another page" in str(second)
    draft.refresh_from_db()
    assert (draft.status, draft.version, draft.versions.get().proposed["identifier"]) == ("pending", 1, "ONE")
    assert AuditEvent.objects.filter(action="credential_request.submit").count() == 1
    assert Message.objects.filter(recipient=approver).count() == 1


def test_of_two_drafts_about_a_record_that_are_submitted_at_once_one_waits(record):
    drafts = [request_update(record, identifier=name, is_draft=True) for name in ("ONE", "TWO")]

    def submit(draft):
        about = {"seen": 0, "brief_description": "Renewed.", "proposed": draft.proposed}
        return actions.change_request(draft, by=record.holder, **about)

    _, refusal = while_uncommitted(*(partial(submit, draft) for draft in drafts))
    assert str(refusal) == "A request to change this record is already waiting for a decision."
    statuses = [CredentialRequest.objects.get(pk=draft.pk).status for draft in drafts]
    assert statuses == ["pending", "draft"]


def test_two_workers_at_once_say_once_that_nobody_can_decide_a_request(record):
    administrator = UserFactory(district=record.district, roles=[Role.DISTRICT_ADMINISTRATOR])
    request_update(record, identifier="NEW")
    Designation.objects.filter(role=Role.CREDENTIAL_APPROVER).update(ended_at=timezone.now())
    assert while_uncommitted(actions.follow_up_requests, actions.follow_up_requests) == [1, 0]
    assert Message.objects.filter(recipient=administrator).count() == 1


def rows_of(text, by):
    form = RecordFileForm({"content": text}, by=by)
    assert form.is_valid(), form.errors
    return form.rows


@pytest.mark.parametrize("lines", [[1, 2, 3], [1], [2], [3]])
def test_files_that_say_the_same_at_once_change_and_add_it_once(record, lines):
    CredentialFieldFactory(type=record.type, element="identifier", key="", label="Number")
    CredentialFieldFactory(type=record.type, key="topic", label="Topic")
    User.objects.filter(pk=record.holder_id).update(staff_identifier="S-1")
    people = UserFactory.create_batch(2, district=record.district, roles=[Role.DISTRICT_ADMINISTRATOR])
    head, *all_lines = [
        "Record,Staff ID,Type,identifier,topic",
        f"{record.pk},,,CHANGED,Music",
        f",S-1,{record.type.code},ADDED,",
        f",S-1,{record.type.code},,Physics",
    ]
    part = [head, *(all_lines[number - 1] for number in lines)]
    loads = [
        partial(actions.import_records, by=by, rows=rows_of("\n".join(text), by))
        for by, text in [(people[0], [head, *all_lines]), (people[-1], part)]
    ]
    _, refusal = while_uncommitted(*loads)
    assert isinstance(refusal, ActionRefused)
    assert "in the meantime. Nothing was changed." in str(refusal)
    said = sorted((each.identifier, each.extra.get("topic")) for each in CredentialRecord.objects.all())
    assert said == [("", "Physics"), ("ADDED", None), ("CHANGED", "Music")]
    assert AuditEvent.objects.filter(action="credential_record.import").count() == 1


def at_once(record, approvers):
    """Each of the approvers decides the same request at the same moment, every other one to deny it."""
    credential_request = request_update(record, identifier=f"NEW-{uuid4()}")
    start = Barrier(len(approvers))

    def decide(number, approver):
        decision = actions.deny if number % 2 else actions.approve
        try:
            start.wait(timeout=20)
            return decision(credential_request, by=approver, comment="Seen.")
        except ActionRefused as refusal:
            return refusal
        finally:
            connection.close()

    before = record.identifier
    with ThreadPoolExecutor(len(approvers)) as threads:
        results = list(threads.map(decide, range(len(approvers)), approvers))
    credential_request.refresh_from_db()
    record.refresh_from_db()
    refused = [each for each in results if isinstance(each, ActionRefused)]
    assert len(refused) == len(approvers) - 1
    assert {str(each) for each in refused} <= {f"This request was already {credential_request.status}.", BUSY}
    is_approved = credential_request.status == "approved"
    assert (record.identifier == credential_request.proposed["identifier"]) == is_approved
    assert is_approved or record.identifier == before
    events = AuditEvent.objects.filter(object_key=str(credential_request.pk))
    decided = ["credential_request.approved", "credential_request.denied"]
    assert events.filter(action__in=decided).count() == 1
    assert Message.objects.filter(recipient=record.holder, about=credential_request.my_requests_url).count() == 1
    return credential_request.status


@pytest.mark.machine
@pytest.mark.parametrize(("rounds", "how_many"), [(200, 2), (50, 8)])
def test_approvers_at_once_make_one_decision_one_change_and_one_message(record, rounds, how_many, record_property):
    approvers = [UserFactory(district=record.district, roles=[Role.CREDENTIAL_APPROVER]) for _ in range(how_many)]
    outcomes = Counter(at_once(record, approvers) for _ in range(rounds))
    said = ", ".join(f"{count} {status}" for status, count in sorted(outcomes.items()))
    record_property(f"{rounds} rounds of {how_many} approvers", said)
    assert outcomes.total() == rounds
