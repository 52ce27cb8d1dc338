from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from contacts.actions import move_to_district
from contacts.models import Role
from credentials.models import CredentialField, CredentialRecord, CredentialRequest, CredentialType, serialize_values
from tests.factories import (
    CredentialRecordFactory,
    CredentialRequestFactory,
    CredentialTypeFactory,
    DesignationFactory,
    DistrictFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)


@contextmanager
def refused_by(constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        yield


@pytest.mark.parametrize(
    ("dates", "validity"),
    [
        ({}, "valid"),
        ({"expires_on": TODAY}, "expiring"),
        ({"expires_on": TODAY + timedelta(days=180)}, "expiring"),
        ({"expires_on": TODAY + timedelta(days=181)}, "valid"),
        ({"expires_on": TODAY - timedelta(days=1)}, "expired"),
        ({"effective_on": TODAY + timedelta(days=1)}, "not_yet_valid"),
        ({"effective_on": TODAY}, "valid"),
    ],
)
def test_a_credential_is_valid_through_the_day_on_which_it_expires(dates, validity):
    assert CredentialRecord(**dates).validity(TODAY) == validity


def test_the_values_of_a_record_can_be_given_to_another():
    record = CredentialRecordFactory(issued_on=date(2020, 5, 1), subjects=["Art"], extra={"notes": "x", "met": False})
    other = CredentialRecord()
    other.values = record.values
    assert other.values == record.values
    assert other.issued_on == date(2020, 5, 1)
    assert other.extra == {"notes": "x", "met": False}


def test_values_that_are_left_out_become_empty():
    record = CredentialRecordFactory(expires_on=date(2030, 1, 1), grade_levels=["First grade"], extra={"notes": "x"})
    record.values = {"identifier": "A"}
    assert (record.identifier, record.expires_on, record.grade_levels, record.extra) == ("A", None, [], {})


def test_equal_numbers_are_stored_as_equal_text():
    assert serialize_values({"a": Decimal("3.50"), "b": Decimal("100")}) == serialize_values(
        {"a": Decimal("3.5"), "b": Decimal("1E+2")}
    )
    assert serialize_values({"b": Decimal("1E+2")}) == {"b": "100"}


def test_no_and_zero_are_values():
    assert serialize_values({"met": False, "years": 0, "empty": "", "none": None, "nothing": []}) == {
        "met": False,
        "years": 0,
    }


def test_expiring_lists_the_next_180_days_first_to_expire_first():
    holder = UserFactory()
    later = CredentialRecordFactory(holder=holder, expires_on=TODAY + timedelta(days=180))
    sooner = CredentialRecordFactory(holder=holder, expires_on=TODAY)
    CredentialRecordFactory(holder=holder, expires_on=TODAY + timedelta(days=181))
    CredentialRecordFactory(holder=holder, expires_on=TODAY - timedelta(days=1))
    CredentialRecordFactory(expires_on=TODAY)
    assert list(CredentialRecord.objects.visible_to(holder).expiring(TODAY)) == [sooner, later]


@pytest.mark.parametrize("earlier", ["issued_on", "effective_on"])
def test_the_database_refuses_to_expire_before_the_start(earlier):
    with refused_by("a_credential_expires_after_it"):
        CredentialRecordFactory(**{earlier: date(2020, 1, 2), "expires_on": date(2020, 1, 1)})


def test_an_identifier_is_once_per_state_in_a_district():
    record = CredentialRecordFactory(identifier="7", issuing_state="TX")
    CredentialRecordFactory(identifier="7", issuing_state="TX")
    CredentialRecordFactory(identifier="7", issuing_state="OK", holder=record.holder)
    with refused_by("identifier_is_unique_per_state_in_a_district"):
        CredentialRecordFactory(identifier="7", issuing_state="TX", holder=record.holder)


def test_a_record_has_one_pending_request_and_any_number_of_decided_ones():
    record = CredentialRecordFactory()
    about = {"record": record, "is_new": False, "requester": record.holder, "type": record.type}
    decided = {
        "status": "denied",
        "comment": "No.",
        "decided_by": UserFactory(district=record.district),
        "decided_at": timezone.now(),
    }
    CredentialRequestFactory(**about, **decided)
    CredentialRequestFactory(**about, **decided)
    CredentialRequestFactory(**about)
    with refused_by("one_open_request_per_record"):
        CredentialRequestFactory(**about)


def test_an_idempotency_key_is_used_once_per_person():
    first = CredentialRequestFactory()
    CredentialRequestFactory(idempotency_key=first.idempotency_key)
    with refused_by("a_request_idempotency_key_is_used_once"):
        CredentialRequestFactory(requester=first.requester, idempotency_key=first.idempotency_key)


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("a_decided_request_says_when_and_by_whom", {"status": "denied", "comment": "No."}),
        ("a_decided_request_says_when_and_by_whom", {"decided_at": timezone.now()}),
        ("a_withdrawn_request_says_when", {"status": "withdrawn"}),
        ("a_withdrawn_request_says_when", {"withdrawn_at": timezone.now()}),
        ("a_request_has_a_brief_description", {"brief_description": ""}),
        ("an_update_has_a_record", {"is_new": False}),
    ],
)
def test_the_database_refuses_half_a_request(constraint, values):
    with refused_by(constraint):
        CredentialRequestFactory(**values)


def test_the_database_refuses_decisions_against_the_rules():
    request = CredentialRequestFactory()
    decided = {"decided_at": timezone.now(), "decided_by": UserFactory(district=request.district)}
    rows = CredentialRequest.objects.filter(pk=request.pk)
    with refused_by("a_denial_has_a_comment"):
        rows.update(status="denied", **decided)
    with refused_by("an_approved_request_has_its_record"):
        rows.update(status="approved", **decided)
    with refused_by("nobody_decides_their_own_request"):
        rows.update(status="denied", comment="No.", **{**decided, "decided_by": request.requester})


def test_an_approver_sees_the_district_of_the_designation_and_no_other():
    approver = UserFactory(roles=[Role.CREDENTIAL_APPROVER])
    theirs = CredentialRequestFactory(requester__district=approver.district)
    CredentialRequestFactory()
    assert list(CredentialRequest.objects.decidable_by(approver)) == [theirs]


def test_a_person_who_moved_takes_no_approving_to_the_new_district():
    approver = move_to_district(UserFactory(roles=[Role.CREDENTIAL_APPROVER]), to=DistrictFactory(), by=None)
    CredentialRequestFactory(requester__district=approver.district)
    assert not CredentialRequest.objects.decidable_by(approver)


def test_a_former_approver_sees_nothing():
    former = UserFactory()
    DesignationFactory(user=former, role=Role.CREDENTIAL_APPROVER, ended_at=timezone.now() + timedelta(seconds=1))
    CredentialRequestFactory(requester__district=former.district)
    assert not CredentialRequest.objects.decidable_by(former)


def test_what_waits_for_an_approver_leaves_out_their_own_and_the_decided():
    approver = UserFactory(roles=[Role.CREDENTIAL_APPROVER])
    CredentialRequestFactory(requester=approver)
    colleague = UserFactory(district=approver.district)
    CredentialRequestFactory(
        requester=colleague, status="denied", comment="No.", decided_by=approver, decided_at=timezone.now()
    )
    waiting = CredentialRequestFactory(requester=colleague)
    assert list(CredentialRequest.objects.waiting_for(approver)) == [waiting]


@pytest.mark.parametrize(
    ("field", "sentence"),
    [
        ({}, "Choose a standard element"),
        ({"key": "k"}, "Choose a standard element"),
        ({"element": "field", "key": "k"}, "Choose a standard element"),
        ({"key": "subjects", "label": "Mine"}, "This key belongs to a standard element"),
        ({"key": "k", "label": "Mine", "data_type": "choice"}, "Enter the choices, one per line"),
    ],
)
def test_a_field_is_a_standard_element_or_whole_of_its_own(field, sentence):
    with pytest.raises(ValidationError, match=sentence):
        CredentialField(type=CredentialTypeFactory(), **field).full_clean()


def test_an_element_or_key_is_asked_once_per_type():
    type = CredentialTypeFactory()
    type.fields.create(element="field")
    type.fields.create(key="notes", label="Notes")
    with refused_by("each_element_once_per_type_and_state"):
        type.fields.create(element="field")
    with refused_by("each_key_once_per_type_and_state"):
        type.fields.create(key="notes", label="More notes")


def test_four_types_are_shipped_with_their_fields():
    codes = dict(CredentialType.objects.filter(code__in=["ED", "HQ", "LC", "OT"]).values_list("code", "name"))
    assert codes == {
        "ED": "Education",
        "HQ": "Highly Qualified",
        "LC": "Licensure/Certification",
        "OT": "Other",
    }
    for field in CredentialField.objects.filter(type__code__in=codes):
        field.full_clean()
    license = CredentialType.objects.get(code="LC")
    required = {field.name for field in license.fields.all() if field.required}
    assert required == {"identifier", "issuing_state", "issued_on"}
