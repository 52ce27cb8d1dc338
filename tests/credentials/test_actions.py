from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from contacts import ActionRefused, DuplicateSubmission
from contacts.actions import end_designation
from contacts.models import AuditEvent, Message, Role, User
from credentials import actions
from credentials.models import CredentialRecord, CredentialRequest
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


def request_update(record, idempotency_key=None, brief_description="Renewed.", is_draft=False, **changes):
    return actions.request_update(
        by=record.holder,
        record=record,
        brief_description=brief_description,
        proposed={**record.values, **changes},
        idempotency_key=idempotency_key or uuid4(),
        is_draft=is_draft,
    )


def request_new(person, type=None, idempotency_key=None, is_draft=False, **values):
    return actions.request_new(
        by=person,
        type=type or CredentialTypeFactory(),
        brief_description="Passed.",
        proposed=values or {"identifier": "NEW"},
        idempotency_key=idempotency_key or uuid4(),
        is_draft=is_draft,
    )


def test_a_request_keeps_what_the_record_said_and_leaves_it_alone(record):
    credential_request = request_update(record, identifier="CHANGED")
    record.refresh_from_db()
    assert record.identifier == "OLD"
    assert (credential_request.original["identifier"], credential_request.proposed["identifier"]) == ("OLD", "CHANGED")
    assert credential_request.status == CredentialRequest.Status.PENDING
    assert (credential_request.district, credential_request.requester) == (record.district, record.holder)


def test_a_request_tells_the_approvers_of_the_district_and_nobody_else(record, approver):
    second = UserFactory(district=approver.district, roles=[Role.CREDENTIAL_APPROVER])
    UserFactory(district=approver.district, roles=[Role.CREDENTIAL_APPROVER], email=None)
    former = UserFactory(district=approver.district)
    DesignationFactory(user=former, role=Role.CREDENTIAL_APPROVER, ended_at=timezone.now() + timedelta(seconds=1))
    UserFactory(roles=[Role.CREDENTIAL_APPROVER])
    credential_request = request_update(record, identifier="CHANGED")
    assert {message.recipient for message in Message.objects.all()} == {approver, second}
    message = Message.objects.first()
    assert message.link == reverse("credentials:decide", args=[credential_request.pk])
    assert message.title == f"{record.holder} requests an update, {record.type}: Renewed."


def test_an_approver_is_not_told_of_their_own_request(approver):
    request_new(approver)
    assert not Message.objects.exists()


def test_a_record_has_one_pending_request_at_a_time(record):
    request_update(record, identifier="CHANGED")
    with pytest.raises(ActionRefused, match="already waiting for a decision"):
        request_update(record, identifier="AGAIN")


def test_the_same_form_sent_twice_makes_one_request(record):
    key, type = uuid4(), CredentialTypeFactory()
    assert request_new(record.holder, type, key) == request_new(record.holder, type, key)
    key = uuid4()
    assert request_update(record, key, identifier="NEW") == request_update(record, key, identifier="NEW")
    assert CredentialRequest.objects.count() == 2
    assert AuditEvent.objects.count() == 2


@pytest.mark.parametrize("change", [{"brief_description": "Other words."}, {"identifier": "B"}])
def test_a_changed_form_with_the_same_key_is_not_dropped_in_silence(record, change):
    key = uuid4()
    request_update(record, key, identifier="A")
    with pytest.raises(DuplicateSubmission):
        request_update(record, key, **{"identifier": "A", **change})


def test_a_key_that_a_new_record_used_does_not_stand_for_an_update(record):
    key = uuid4()
    request_new(record.holder, record.type, key, identifier="A")
    with pytest.raises(DuplicateSubmission):
        request_update(record, key, brief_description="Passed.", identifier="A")


def test_approval_of_an_update_changes_the_record(record, approver):
    credential_request = request_update(record, identifier="CHANGED", subjects=["Art"])
    actions.approve(credential_request, by=approver, comment="Seen.")
    record.refresh_from_db()
    credential_request.refresh_from_db()
    assert (record.identifier, record.subjects, record.issued_on) == ("CHANGED", ["Art"], date(2020, 1, 1))
    assert (credential_request.status, credential_request.decided_by) == ("approved", approver)
    assert credential_request.comment == "Seen."


def test_approval_of_a_new_record_request_adds_the_record(approver):
    person = UserFactory(district=approver.district)
    credential_request = request_new(person, identifier="NEW", expires_on="2030-06-30", notes="mine")
    assert not CredentialRecord.objects.exists()
    actions.approve(credential_request, by=approver)
    made = CredentialRecord.objects.get()
    credential_request.refresh_from_db()
    assert credential_request.record == made
    assert (made.holder, made.district, made.type) == (person, approver.district, credential_request.type)
    assert (made.identifier, made.expires_on, made.extra) == ("NEW", date(2030, 6, 30), {"notes": "mine"})


@pytest.mark.parametrize(("decide", "word"), [(actions.approve, "Approved"), (actions.deny, "Denied")])
def test_the_requester_gets_one_message_that_leads_to_my_requests(record, approver, decide, word):
    credential_request = request_update(record, identifier="CHANGED")
    decide(credential_request, by=approver, comment="I saw the paper.")
    message = Message.objects.get(recipient=record.holder)
    assert message.title == f"{word}: your {record.type} request “Renewed.”"
    assert message.link == f"/credentials/requests/?request={credential_request.pk}#request-{credential_request.pk}"
    assert "I saw the paper." in message.body


def test_a_denial_leaves_the_record(record, approver):
    credential_request = request_update(record, identifier="CHANGED")
    actions.deny(credential_request, by=approver, comment="Bring the paper.")
    record.refresh_from_db()
    assert record.identifier == "OLD"


def decide_or_withdraw(verb, credential_request, approver):
    if verb == "withdraw":
        actions.withdraw(credential_request, by=credential_request.requester)
    else:
        getattr(actions, verb)(credential_request, by=approver, comment="Seen.")


@pytest.mark.parametrize("verb", ["approve", "deny", "withdraw"])
def test_what_is_decided_or_withdrawn_marks_the_messages_of_all_approvers_as_read(record, approver, verb):
    UserFactory(district=approver.district, roles=[Role.CREDENTIAL_APPROVER])
    former = UserFactory(district=approver.district, roles=[Role.CREDENTIAL_APPROVER])
    credential_request, another = request_update(record, identifier="CHANGED"), request_new(record.holder)
    end_designation(former.designations.get(), by=None, reason="Left.")
    to_approvers = Message.objects.filter(link__startswith="/credentials/approvals/")
    decide_or_withdraw(verb, credential_request, approver)
    assert {message.link for message in to_approvers.unread()} == {another.decision_url}
    assert to_approvers.unread().count() == to_approvers.count() / 2 == 3


def test_a_pending_request_can_be_withdrawn_and_the_record_stays(record):
    credential_request = request_update(record, identifier="CHANGED")
    actions.withdraw(credential_request, by=record.holder)
    credential_request.refresh_from_db()
    record.refresh_from_db()
    assert (credential_request.status, credential_request.decided_by) == ("withdrawn", None)
    assert credential_request.withdrawn_at
    assert record.identifier == "OLD"
    assert request_update(record, identifier="AGAIN").status == "pending"


@pytest.mark.parametrize("verb", ["approve", "deny", "withdraw"])
def test_a_decided_request_is_not_withdrawn_and_a_withdrawn_one_not_decided(record, approver, verb):
    credential_request = request_update(record, identifier="CHANGED")
    first, second = (verb, "withdraw") if verb != "withdraw" else ("withdraw", "approve")
    decide_or_withdraw(first, credential_request, approver)
    with pytest.raises(ActionRefused, match=r"This request was already (approved|denied|withdrawn)"):
        decide_or_withdraw(second, credential_request, approver)


def test_every_action_is_in_the_audit_trail(record, approver):
    actions.deny(request_update(record, identifier="CHANGED"), by=approver, comment="No.")
    actions.approve(request_update(record, identifier="CHANGED"), by=approver)
    actions.withdraw(request_new(record.holder), by=record.holder)
    steps = list(AuditEvent.objects.order_by("pk").values_list("action", "actor_key"))
    holder, decider = str(record.holder.pk), str(approver.pk)
    assert steps == [
        ("credential_request.submit", holder),
        ("credential_request.denied", decider),
        ("credential_request.submit", holder),
        ("credential_request.approved", decider),
        ("credential_request.submit", holder),
        ("credential_request.withdrawn", holder),
    ]
    assert "CHANGED" not in str(AuditEvent.objects.values_list("detail", flat=True))


@pytest.mark.parametrize("decide", [actions.approve, actions.deny])
def test_nobody_decides_their_own_request(approver, decide):
    credential_request = request_new(approver)
    with pytest.raises(ActionRefused, match="You cannot decide your own request"):
        decide(credential_request, by=approver, comment="Fine.")


@pytest.mark.parametrize("decide", [actions.approve, actions.deny])
def test_a_role_that_ended_a_moment_ago_decides_nothing(record, approver, decide):
    credential_request = request_update(record, identifier="CHANGED")
    approver.has_perm("credentials.decide_request")  # as the page asked, which keeps the answer
    end_designation(approver.designations.get(), by=None, reason="Left.")
    with pytest.raises(ActionRefused, match="Your role has ended"):
        decide(credential_request, by=approver, comment="Fine.")
    record.refresh_from_db()
    assert record.identifier == "OLD"


def test_the_approver_of_another_district_decides_nothing(record):
    stranger = UserFactory(roles=[Role.CREDENTIAL_APPROVER])
    with pytest.raises(ActionRefused, match="Only an approver of the requester's district"):
        actions.approve(request_update(record, identifier="CHANGED"), by=stranger)


def test_a_person_who_was_just_switched_off_requests_nothing(record):
    User.objects.filter(pk=record.holder.pk).update(is_active=False)
    for request in (lambda: request_update(record, identifier="CHANGED"), lambda: request_new(record.holder)):
        with pytest.raises(ActionRefused, match="You can no longer sign in"):
            request()
    assert not CredentialRequest.objects.exists()


def test_a_record_that_changed_since_the_form_was_opened_is_not_requested_about(record):
    CredentialRecord.objects.filter(pk=record.pk).update(expires_on=date(2031, 1, 1))
    with pytest.raises(ActionRefused, match="just changed this record"):
        request_update(record, identifier="CHANGED")
    assert not CredentialRequest.objects.exists()


@pytest.mark.parametrize("first", [actions.approve, actions.deny])
@pytest.mark.parametrize("second", [actions.approve, actions.deny])
def test_a_decided_request_stays_decided(record, approver, first, second):
    credential_request = request_update(record, identifier="CHANGED")
    first(credential_request, by=approver, comment="Once.")
    with pytest.raises(ActionRefused, match=r"This request was already (approved|denied)"):
        second(credential_request, by=approver, comment="Twice.")
    assert Message.objects.filter(recipient=record.holder).count() == 1


def test_a_record_that_changed_since_the_request_is_not_overwritten(record, approver):
    credential_request = request_update(record, identifier="CHANGED")
    CredentialRecord.objects.filter(pk=record.pk).update(expires_on=date(2031, 1, 1))
    with pytest.raises(ActionRefused, match="changed after this was requested"):
        actions.approve(credential_request, by=approver)
    credential_request.refresh_from_db()
    assert credential_request.status == "pending"
    assert not Message.objects.filter(recipient=record.holder).exists()


def test_a_request_about_a_record_that_changed_can_still_be_denied(record, approver):
    credential_request = request_update(record, identifier="CHANGED")
    CredentialRecord.objects.filter(pk=record.pk).update(expires_on=date(2031, 1, 1))
    actions.deny(credential_request, by=approver, comment="The import brought a newer date.")
    credential_request.refresh_from_db()
    assert credential_request.status == "denied"


def test_approval_that_would_repeat_another_identifier_is_refused_in_words(record, approver):
    credential_request = request_new(record.holder, identifier="OLD")
    with pytest.raises(ActionRefused, match="already has a record with this identifier and state"):
        actions.approve(credential_request, by=approver)
    credential_request.refresh_from_db()
    assert credential_request.status == "pending"


def test_a_type_may_change_under_a_pending_request(record, approver):
    field = record.type.fields.create(key="notes", label="Notes")
    credential_request = request_update(record, notes="mine")
    field.delete()
    actions.approve(credential_request, by=approver)
    record.refresh_from_db()
    assert record.extra == {"notes": "mine"}
    credential_request.refresh_from_db()
    assert credential_request.labels == {"notes": "Notes"}
