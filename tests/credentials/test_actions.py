import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from contacts import ActionRefused
from contacts.actions import end_designation
from contacts.models import AuditEvent, Message, Role
from credentials import actions
from credentials.models import CredentialRecord, CredentialRequest, RequestStatus
from tests.factories import (
    CredentialRecordFactory,
    CredentialTypeFactory,
    DesignationFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def approver():
    return UserFactory(roles=[Role.CREDENTIAL_APPROVER])


@pytest.fixture
def record(approver):
    return CredentialRecordFactory(holder__district=approver.district, identifier="OLD", issued_on=date(2020, 1, 1))


def ask(record, **changes):
    wish, _ = actions.request_update(
        by=record.holder,
        record=record,
        brief_description="Renewed.",
        proposed={**record.values, **changes},
        token=uuid4(),
    )
    return wish


def ask_new(person, type=None, token=None, **values):
    return actions.request_new(
        by=person,
        type=type or CredentialTypeFactory(),
        brief_description="Passed.",
        proposed=values or {"identifier": "NEW"},
        token=token or uuid4(),
    )


def test_a_request_keeps_what_the_record_said_and_leaves_it_alone(record):
    wish = ask(record, identifier="CHANGED")
    record.refresh_from_db()
    assert record.identifier == "OLD"
    assert (wish.original["identifier"], wish.proposed["identifier"]) == ("OLD", "CHANGED")
    assert (wish.status, wish.district, wish.requester) == (RequestStatus.PENDING, record.district, record.holder)


def test_a_request_tells_the_approvers_of_the_district_and_nobody_else(record, approver):
    second = UserFactory(district=approver.district, roles=[Role.CREDENTIAL_APPROVER])
    UserFactory(district=approver.district, roles=[Role.CREDENTIAL_APPROVER], is_active=False)
    former = UserFactory(district=approver.district)
    DesignationFactory(user=former, role=Role.CREDENTIAL_APPROVER, ended_at=timezone.now() + timedelta(seconds=1))
    UserFactory(roles=[Role.CREDENTIAL_APPROVER])
    wish = ask(record, identifier="CHANGED")
    assert {message.recipient for message in Message.objects.all()} == {approver, second}
    message = Message.objects.first()
    assert message.link == reverse("credentials:decide", args=[wish.pk])
    assert "Renewed" not in message.title
    assert "Renewed" in message.body


def test_an_approver_is_not_told_of_their_own_request(approver):
    ask_new(approver)
    assert not Message.objects.exists()


def test_a_record_waits_for_one_decision_at_a_time(record):
    ask(record, identifier="CHANGED")
    with pytest.raises(ActionRefused, match="waiting for a decision already"):
        ask(record, identifier="AGAIN")


def test_an_editor_pressed_twice_saves_once(record):
    token = uuid4()
    first, first_is_new = ask_new(record.holder, token=token)
    second, second_is_new = ask_new(record.holder, token=token)
    assert (first, first_is_new, second_is_new) == (second, True, False)
    assert CredentialRequest.objects.count() == 1


def test_approval_of_an_update_changes_the_record(record, approver):
    wish = ask(record, identifier="CHANGED", subjects=["Art"])
    actions.approve(request=wish, by=approver, comment="Seen.")
    record.refresh_from_db()
    wish.refresh_from_db()
    assert (record.identifier, record.subjects, record.issued_on) == ("CHANGED", ["Art"], date(2020, 1, 1))
    assert (wish.status, wish.decided_by, wish.comment) == ("approved", approver, "Seen.")


def test_approval_of_a_new_record_request_makes_the_record(approver):
    person = UserFactory(district=approver.district)
    wish, _ = ask_new(person, identifier="NEW", expires_on="2030-06-30", notes="mine")
    assert not CredentialRecord.objects.exists()
    actions.approve(request=wish, by=approver)
    made = CredentialRecord.objects.get()
    wish.refresh_from_db()
    assert wish.record == made
    assert (made.holder, made.district, made.type) == (person, approver.district, wish.type)
    assert (made.identifier, made.expires_on, made.extra) == ("NEW", date(2030, 6, 30), {"notes": "mine"})


@pytest.mark.parametrize(("decide", "word"), [(actions.approve, "approved"), (actions.deny, "denied")])
def test_the_requester_gets_one_message_that_leads_to_my_requests(record, approver, decide, word):
    wish = ask(record, identifier="CHANGED")
    decide(request=wish, by=approver, comment="I saw the paper.")
    message = Message.objects.get(recipient=record.holder)
    assert message.title == f"Your credential request was {word}"
    assert message.link == "/credentials/requests/"
    assert "I saw the paper." in message.body


def test_a_denial_leaves_the_record(record, approver):
    wish = ask(record, identifier="CHANGED")
    actions.deny(request=wish, by=approver, comment="Bring the paper.")
    record.refresh_from_db()
    assert record.identifier == "OLD"


def test_every_step_is_in_the_audit_trail(record, approver):
    actions.deny(request=ask(record, identifier="A"), by=approver, comment="No.")
    actions.approve(request=ask(record, identifier="B"), by=approver)
    steps = list(AuditEvent.objects.order_by("pk").values_list("action", "actor_key"))
    holder, decider = str(record.holder.pk), str(approver.pk)
    assert steps == [
        ("credential_request.submit", holder),
        ("credential_request.denied", decider),
        ("credential_request.submit", holder),
        ("credential_request.approved", decider),
    ]
    assert "CHANGED" not in str(AuditEvent.objects.values_list("detail", flat=True))


@pytest.mark.parametrize("decide", [actions.approve, actions.deny])
def test_nobody_decides_their_own_request(approver, decide):
    wish, _ = ask_new(approver)
    with pytest.raises(ActionRefused, match="Nobody decides their own request"):
        decide(request=wish, by=approver, comment="Fine.")


@pytest.mark.parametrize("decide", [actions.approve, actions.deny])
def test_a_role_that_ended_a_moment_ago_decides_nothing(record, approver, decide):
    wish = ask(record, identifier="CHANGED")
    approver.has_perm("credentials.decide_request")  # as the page asked, which keeps the answer
    end_designation(approver.designations.get(), by=None, reason="Left.")
    with pytest.raises(ActionRefused, match="no credential approver of this district any more"):
        decide(request=wish, by=approver, comment="Fine.")
    record.refresh_from_db()
    assert record.identifier == "OLD"


def test_the_approver_of_another_district_decides_nothing(record):
    stranger = UserFactory(roles=[Role.CREDENTIAL_APPROVER])
    with pytest.raises(ActionRefused, match="no credential approver"):
        actions.approve(request=ask(record, identifier="CHANGED"), by=stranger)


def test_a_record_that_changed_since_the_editor_read_it_is_not_asked_about(record):
    CredentialRecord.objects.filter(pk=record.pk).update(expires_on=date(2031, 1, 1))
    with pytest.raises(actions.RecordMoved, match="changed at the same moment"):
        ask(record, identifier="CHANGED")
    assert not CredentialRequest.objects.exists()


@pytest.mark.parametrize("first", [actions.approve, actions.deny])
@pytest.mark.parametrize("second", [actions.approve, actions.deny])
def test_a_decided_request_stays_decided(record, approver, first, second):
    wish = ask(record, identifier="CHANGED")
    first(request=wish, by=approver, comment="Once.")
    with pytest.raises(ActionRefused, match=r"This request was (approved|denied) already"):
        second(request=wish, by=approver, comment="Twice.")
    assert Message.objects.filter(recipient=record.holder).count() == 1


def test_a_record_that_moved_since_is_not_overwritten(record, approver):
    wish = ask(record, identifier="CHANGED")
    CredentialRecord.objects.filter(pk=record.pk).update(expires_on=date(2031, 1, 1))
    with pytest.raises(actions.RecordMoved, match="changed after this was requested"):
        actions.approve(request=wish, by=approver)
    wish.refresh_from_db()
    assert wish.status == "pending"
    assert not Message.objects.filter(recipient=record.holder).exists()


def test_a_record_that_moved_can_still_be_denied(record, approver):
    wish = ask(record, identifier="CHANGED")
    CredentialRecord.objects.filter(pk=record.pk).update(expires_on=date(2031, 1, 1))
    actions.deny(request=wish, by=approver, comment="The import brought a newer date.")
    wish.refresh_from_db()
    assert wish.status == "denied"


def test_approval_that_would_repeat_another_identifier_is_refused_in_words(record, approver):
    wish, _ = ask_new(record.holder, identifier="OLD")
    with pytest.raises(ValidationError, match="a record with this identifier and state already"):
        actions.approve(request=wish, by=approver)
    wish.refresh_from_db()
    assert wish.status == "pending"


def test_a_type_may_change_under_a_pending_request(record, approver):
    field = record.type.fields.create(key="notes", label="Notes")
    wish = ask(record, notes="mine")
    field.delete()
    actions.approve(request=wish, by=approver)
    record.refresh_from_db()
    assert record.extra == {"notes": "mine"}
    wish.refresh_from_db()
    assert wish.labels == {"notes": "Notes"}


class Pair:
    """Two threads, each with a database connection of its own, that call at the same moment, round after round."""

    def __init__(self):
        self.threads, self.barrier = ThreadPoolExecutor(2), threading.Barrier(2, timeout=20)

    def call(self, *calls):
        """What each call returned or raised."""
        return list(self.threads.map(self._run, calls))

    def _run(self, call):
        connection.ensure_connection()
        self.barrier.wait()
        try:
            return call()
        except Exception as refusal:
            return refusal

    def close(self):
        # Asked for inside each thread: the connection is that thread's own.
        self.call(*[lambda: connection.close()] * 2)
        self.threads.shutdown()


@pytest.fixture
def pair(transactional_db):
    pair = Pair()
    yield pair
    pair.close()


@pytest.mark.django_db(transaction=True)
def test_two_approvers_at_once_make_one_decision_one_change_one_message(pair):
    first = UserFactory(roles=[Role.CREDENTIAL_APPROVER])
    second = UserFactory(district=first.district, roles=[Role.CREDENTIAL_APPROVER])
    record = CredentialRecordFactory(holder__district=first.district, identifier="0")
    for number in range(1, 101):
        wish = ask(record, identifier=str(number))
        before = CredentialRecord.objects.get(pk=record.pk).updated_at
        other = actions.deny if number % 2 else actions.approve
        results = pair.call(
            lambda wish=wish: actions.approve(request=wish, by=first, comment="First."),
            lambda wish=wish, other=other: other(request=wish, by=second, comment="Second."),
        )
        refusals = [result for result in results if result]
        assert [type(refusal) for refusal in refusals] == [ActionRefused], refusals
        wish.refresh_from_db()
        record = CredentialRecord.objects.get(pk=record.pk)
        assert (record.identifier == str(number)) == (wish.status == "approved")
        assert (record.updated_at > before) == (wish.status == "approved")
        assert str(refusals[0]) == f"This request was {wish.status} already."
        assert AuditEvent.objects.filter(object_key=str(wish.pk)).exclude(action__endswith="submit").count() == 1
        assert Message.objects.filter(recipient=record.holder).count() == number


@pytest.mark.django_db(transaction=True)
def test_a_role_that_ends_at_the_same_moment_decides_before_or_not_at_all(pair):
    administrator = UserFactory(roles=[Role.DISTRICT_ADMINISTRATOR])
    record = CredentialRecordFactory(holder__district=administrator.district)
    for number in range(20):
        approver = UserFactory(district=administrator.district, roles=[Role.CREDENTIAL_APPROVER])
        role, wish = approver.designations.get(), ask_new(record.holder, identifier=f"N{number}")[0]
        _, refusal = pair.call(
            lambda role=role: end_designation(role, by=administrator, reason="Left."),
            lambda wish=wish, approver=approver: actions.approve(request=wish, by=approver),
        )
        wish.refresh_from_db()
        role.refresh_from_db()
        assert role.ended_at
        assert type(refusal) is ActionRefused if wish.status == "pending" else wish.decided_at <= role.ended_at


@pytest.mark.django_db(transaction=True)
def test_a_double_press_at_the_same_moment_saves_one_request(pair):
    person, type = UserFactory(), CredentialTypeFactory()
    approver = UserFactory(district=person.district, roles=[Role.CREDENTIAL_APPROVER])
    record = CredentialRecordFactory(holder=person)
    for _ in range(10):
        token, update_token = uuid4(), uuid4()
        results = pair.call(*[lambda token=token: ask_new(person, type, token)] * 2)
        assert sorted(is_new for _, is_new in results) == [False, True]
        press = {"by": person, "record": record, "brief_description": "B.", "proposed": {"identifier": "X"}}
        results = pair.call(*[lambda token=update_token, press=press: actions.request_update(**press, token=token)] * 2)
        assert sorted(is_new for _, is_new in results) == [False, True]
        actions.deny(request=results[0][0], by=approver, comment="Next round.")
