"""A refused verb changes nothing, and the audit says who could not do what, and why."""

import pytest
from django.db import connection, transaction
from django.urls import reverse

from contacts import ActionRefused, DuplicateSubmission, actions
from contacts.actions import action
from contacts.actions._common import BUSY
from contacts.models import AuditEvent, Designation, District, Role
from portal.management.commands.migrate import as_owner
from tests.contacts.races import at_once, locked
from tests.factories import DesignationFactory, DistrictFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator():
    return UserFactory(roles=[Role.DISTRICT_ADMINISTRATOR])


@pytest.fixture
def contact(administrator):
    return DesignationFactory(user__district=administrator.district)


def end_twice(contact, administrator):
    actions.end_designation(contact, by=administrator, reason="Left.")
    with pytest.raises(ActionRefused, match="already ended"):
        actions.end_designation(contact, by=administrator, reason="Left again.")


def refused():
    return AuditEvent.objects.get(action="action.refused")


def test_the_audit_says_who_could_not_do_what_to_whom_and_why(contact, administrator):
    end_twice(contact, administrator)
    event = refused()
    assert event.actor_key == str(administrator.pk)
    assert (event.object_type, event.object_key) == ("contacts.Designation", str(contact.pk))
    assert event.district_key == str(administrator.district_id)
    assert event.detail == {
        "verb": "end designation",
        "sentence": "This designation has already ended. Nothing was changed.",
    }


@pytest.mark.django_db(transaction=True)
def test_the_event_stays_while_everything_else_is_taken_back(administrator):
    @action
    def rename(district, *, by):
        District.objects.filter(pk=district.pk).update(name="Half done")
        raise ActionRefused("No.")

    with pytest.raises(ActionRefused):
        rename(administrator.district, by=administrator)
    assert not District.objects.filter(name="Half done").exists()
    assert refused().object_label == administrator.district.name


def test_what_the_database_refuses_is_audited_in_the_words_of_its_constraint(administrator):
    DesignationFactory(user__district=administrator.district, role=Role.TECHNICAL_CONTACT)
    person = UserFactory(district=administrator.district)
    with pytest.raises(ActionRefused):
        actions.designate(person, role=Role.TECHNICAL_CONTACT, by=administrator)
    assert refused().detail["sentence"].startswith("This district already has a technical contact")


@pytest.mark.django_db(transaction=True)
def test_a_lock_that_is_not_given_in_time_is_audited(contact, administrator):
    with locked(Designation, contact), pytest.raises(ActionRefused, match=BUSY):
        actions.end_designation(contact, by=administrator, reason="Left.")
    assert refused().detail["sentence"] == BUSY


def test_the_names_are_those_that_are_stored_not_those_that_were_refused(administrator):
    person = UserFactory(district=administrator.district, last_name="Stored", roles=[Role.BUILDING_COACH])
    person.last_name, person.district = "Typed", DistrictFactory()
    with pytest.raises(ActionRefused):
        actions.change_person(person, by=administrator, changed=["last_name", "district"])
    assert refused().object_label == "Sam Stored"
    assert refused().district_key == str(administrator.district_id)


def test_an_action_that_another_one_calls_leaves_the_event_to_that_one(contact, administrator):
    actions.end_designation(contact, by=administrator, reason="Left.")

    @action
    def replace(district, *, by):
        actions.end_designation(contact, by=by, reason="Replaced.")

    with pytest.raises(ActionRefused):
        replace(administrator.district, by=administrator)
    assert refused().detail["verb"] == "replace"
    end_twice(DesignationFactory(user__district=administrator.district), administrator)
    assert AuditEvent.objects.filter(action="action.refused").count() == 2


@pytest.mark.parametrize("by_nobody", [{}, {"by": None}])
def test_the_portal_itself_and_what_nobody_does_leave_no_event(contact, by_nobody):
    @action
    def refuse(contact, by=None):
        raise ActionRefused("No.")

    with pytest.raises(ActionRefused):
        refuse(contact, **by_nobody)
    assert not AuditEvent.objects.exists()


def test_a_question_is_no_refusal(contact, administrator):
    @action
    def ask(contact, *, by):
        raise DuplicateSubmission

    with pytest.raises(DuplicateSubmission):
        ask(contact, by=administrator)
    assert not AuditEvent.objects.exists()


def test_what_was_never_stored_or_is_of_no_district_leaves_no_event(administrator):
    @action
    def refuse(row, *, by, **fields):
        raise ActionRefused("No.")

    for row in (District(name="Never stored"), AuditEvent(), None):
        with pytest.raises(ActionRefused):
            refuse(row, by=administrator, other=administrator)
    assert not AuditEvent.objects.exists()


def by_the_owner(statement):
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
def test_a_refusal_that_cannot_be_audited_reaches_the_person_all_the_same(contact, administrator, caplog):
    by_the_owner("ALTER TABLE contacts_auditevent ADD CONSTRAINT no_refusals CHECK (action <> 'action.refused')")
    try:
        end_twice(contact, administrator)
    finally:
        by_the_owner("ALTER TABLE contacts_auditevent DROP CONSTRAINT no_refusals")
    assert "could not be audited" in caplog.text
    assert not AuditEvent.objects.filter(action="action.refused").exists()


def test_whoever_took_the_event_back_with_their_own_transaction_notes_it_again(contact, administrator):
    actions.end_designation(contact, by=administrator, reason="Left.")
    with pytest.raises(ActionRefused) as raised, transaction.atomic():
        actions.end_designation(contact, by=administrator, reason="Left again.")
    assert not AuditEvent.objects.filter(action="action.refused").exists()
    actions.note_refusal(raised.value)
    assert refused().detail["verb"] == "end designation"


@pytest.mark.django_db(transaction=True)
def test_each_thread_has_an_outermost_action_of_its_own(administrator):
    contacts = DesignationFactory.create_batch(4, user__district=administrator.district)
    Designation.objects.update(ended_at="2030-01-01T00:00Z")
    outcomes = at_once(
        *(
            lambda contact=contact: actions.end_designation(contact, by=administrator, reason="Left.")
            for contact in contacts
        )
    )
    assert {type(outcome) for outcome in outcomes} == {ActionRefused}
    assert AuditEvent.objects.filter(action="action.refused").count() == 4


@pytest.mark.django_db(transaction=True)
def test_a_page_that_refuses_keeps_the_event_and_nothing_else(sign_in, contact, administrator):
    actions.end_designation(contact, by=administrator, reason="Left.")
    address = reverse("contacts:end_designation", args=[contact.pk])
    assert sign_in(administrator).post(address, {"reason": "Left again."}).status_code == 409
    assert refused().detail["verb"] == "end designation"
    contact.refresh_from_db()
    assert contact.end_reason == "Left."
