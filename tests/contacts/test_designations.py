"""Who is designated by whom, and when a designation ends."""

from datetime import timedelta
from threading import Event
from time import sleep

import pytest
from django.db import transaction
from django.utils import timezone

from contacts import ActionRefused, actions, tasks
from contacts.models import AuditEvent, Designation, Role
from tests.contacts.races import at_once, locked
from tests.contacts.test_activity import titles_to
from tests.factories import DesignationFactory, DistrictFactory, SchoolFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator():
    return UserFactory(roles=[Role.DISTRICT_ADMINISTRATOR])


def test_a_designation_has_its_author_its_date_and_an_audit_event(administrator):
    person = UserFactory(district=administrator.district)
    designation = actions.designate(person, role=Role.SUPPORT_CONTACT, by=administrator)
    assert designation.started_by == administrator
    assert designation.started_at == designation.inactive_since
    assert designation.district == administrator.district
    assert AuditEvent.objects.get(action="contact.designate").object_key == str(designation.pk)


def test_a_new_contact_and_the_districts_other_contacts_are_told(administrator):
    other = UserFactory(district=administrator.district, roles=[Role.SUPPORT_CONTACT])
    stranger = UserFactory(roles=[Role.SUPPORT_CONTACT])
    person = UserFactory(district=administrator.district)
    actions.designate(person, role=Role.TECHNICAL_CONTACT, by=administrator)
    assert titles_to(person) == ["You are now a technical contact"]
    assert titles_to(other) == [f"{person} is now a technical contact"]
    assert titles_to(stranger) == []


def test_a_new_coach_is_told_and_nobody_else(administrator):
    other = UserFactory(district=administrator.district, roles=[Role.SUPPORT_CONTACT])
    coach = UserFactory(district=administrator.district)
    school = SchoolFactory(district=administrator.district)
    actions.designate(coach, role=Role.BUILDING_COACH, school=school, by=administrator)
    assert titles_to(coach) == ["You are now a building coach"]
    assert titles_to(other) == []


def test_a_person_who_cannot_sign_in_is_not_designated(administrator):
    person = UserFactory(district=administrator.district, is_active=False)
    with pytest.raises(ActionRefused, match="cannot sign in"):
        actions.designate(person, role=Role.SUPPORT_CONTACT, by=administrator)


def test_people_of_a_district_do_not_become_support(administrator):
    with pytest.raises(ActionRefused, match="belong to none"):
        actions.designate(administrator, role=Role.SUPPORT_AGENT, by=administrator)


def test_the_same_role_is_not_given_twice(administrator):
    with pytest.raises(ActionRefused, match="This person already holds this role"):
        actions.designate(administrator, role=Role.DISTRICT_ADMINISTRATOR, by=administrator)


def test_a_second_technical_contact_is_refused_in_words(administrator):
    UserFactory(district=administrator.district, roles=[Role.TECHNICAL_CONTACT])
    second = UserFactory(district=administrator.district)
    with pytest.raises(ActionRefused, match="Nominate the next one instead"):
        actions.designate(second, role=Role.TECHNICAL_CONTACT, by=administrator)


@pytest.mark.django_db(transaction=True)
def test_of_eight_technical_contacts_designated_at_once_exactly_one_wins():
    administrator = UserFactory(roles=[Role.DISTRICT_ADMINISTRATOR])
    people = UserFactory.create_batch(8, district=administrator.district)
    outcomes = at_once(
        *[
            lambda person=person: actions.designate(person, role=Role.TECHNICAL_CONTACT, by=administrator)
            for person in people
        ]
    )
    winners = [outcome for outcome in outcomes if isinstance(outcome, Designation)]
    sentences = {str(outcome) for outcome in outcomes if outcome not in winners}
    assert len(winners) == 1
    assert sentences == {"This district already has a technical contact. Nominate the next one instead."}
    assert Designation.objects.current().filter(role=Role.TECHNICAL_CONTACT).count() == 1
    assert AuditEvent.objects.filter(action="contact.designate").count() == 1


def test_an_ended_designation_stays_as_history_with_reason_and_author(administrator):
    contact = DesignationFactory(user__district=administrator.district)
    other = UserFactory(district=administrator.district, roles=[Role.TECHNICAL_CONTACT])
    actions.end_designation(contact, by=administrator, reason="Moved to another district.")
    contact.refresh_from_db()
    assert contact.ended_at
    assert (contact.ended_by, contact.end_reason) == (administrator, "Moved to another district.")
    assert titles_to(contact.user) == ["You are no longer a support contact"]
    assert titles_to(other) == [f"{contact.user} is no longer a support contact"]
    assert AuditEvent.objects.filter(action="contact.end_designation").exists()


def test_an_ended_designation_does_not_end_again(administrator):
    contact = DesignationFactory(user__district=administrator.district)
    actions.end_designation(contact, by=administrator, reason="Left.")
    with pytest.raises(ActionRefused, match="already ended"):
        actions.end_designation(contact, by=administrator, reason="Left.")


def test_after_the_end_another_technical_contact_may_begin(administrator):
    first = DesignationFactory(user__district=administrator.district, role=Role.TECHNICAL_CONTACT)
    actions.end_designation(first, by=administrator, reason="Retired.")
    second = UserFactory(district=administrator.district)
    assert actions.designate(second, role=Role.TECHNICAL_CONTACT, by=administrator)


def test_the_only_district_administrator_stays(administrator):
    UserFactory(district=administrator.district, email=None, roles=[Role.DISTRICT_ADMINISTRATOR])
    UserFactory(roles=[Role.DISTRICT_ADMINISTRATOR])
    with pytest.raises(ActionRefused, match="the only district administrator"):
        actions.end_designation(administrator.designations.get(), by=administrator, reason="Enough.")


def test_one_of_two_district_administrators_may_go(administrator):
    UserFactory(district=administrator.district, roles=[Role.DISTRICT_ADMINISTRATOR])
    actions.end_designation(administrator.designations.get(), by=administrator, reason="New job.")
    assert not administrator.designations.current().exists()


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_end_each_other_at_once_leave_one():
    for _ in range(10):
        district = DistrictFactory()
        first, second = UserFactory.create_batch(2, district=district, roles=[Role.DISTRICT_ADMINISTRATOR])
        outcomes = at_once(
            lambda a=first, b=second: actions.end_designation(b.designations.get(), by=a, reason="Mistrust."),
            lambda a=first, b=second: actions.end_designation(a.designations.get(), by=b, reason="Mistrust."),
        )
        assert [type(outcome) for outcome in outcomes if outcome] == [ActionRefused]
        assert Designation.objects.current().filter(district=district).count() == 1


def test_support_people_are_designated_without_a_district():
    person = UserFactory(district=None)
    designation = actions.designate(person, role=Role.SUPPORT_LEAD, by=UserFactory(district=None, is_staff=True))
    assert designation.district is None


def test_a_person_without_an_email_address_is_not_designated(administrator):
    person = UserFactory(district=administrator.district, email=None)
    with pytest.raises(ActionRefused, match="has no e-mail address"):
        actions.designate(person, role=Role.SUPPORT_CONTACT, by=administrator)
    assert not Designation.objects.filter(user=person).exists()


# --- designations that end by themselves ---------------------------------------------------------------------------

DAY = timedelta(days=1)


@pytest.mark.parametrize(("off", "ended"), [(timedelta(microseconds=1), False), (timedelta(0), True), (-DAY, True)])
def test_a_designation_ends_by_itself_when_its_end_has_come(monkeypatch, administrator, off, ended):
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)
    person = UserFactory(district=administrator.district)
    DesignationFactory(user=person, started_at=now - 9 * DAY, inactive_since=now - 9 * DAY, ends_at=now + off)
    tasks.end_designations()
    tasks.end_designations()
    assert person.designations.current().exists() is not ended
    assert titles_to(person) == (["You are no longer a support contact"] if ended else [])
    assert titles_to(administrator) == ([f"{person} is no longer a support contact"] if ended else [])
    assert AuditEvent.objects.filter(action="contact.end_designation", actor_label="The portal").count() == ended


@pytest.mark.django_db(transaction=True)
def test_one_designation_that_cannot_end_holds_up_no_other():
    now = timezone.now()
    began = {"started_at": now - DAY, "inactive_since": now - DAY}
    held = [DesignationFactory(**began, ends_at=now - number * DAY / 4) for number in range(3)]
    with locked(Designation, held[1]):
        assert actions.end_due() == 2
    assert actions.end_due() == 1


@pytest.mark.django_db(transaction=True)
def test_an_end_that_is_put_off_meanwhile_does_not_come():
    now = timezone.now()
    held = DesignationFactory(started_at=now - DAY, inactive_since=now - DAY, ends_at=now)

    def put_off():
        with transaction.atomic():
            Designation.objects.filter(pk=held.pk).update(ends_at=now + DAY)
            is_put_off.set()
            sleep(0.5)

    def end():
        is_put_off.wait(timeout=10)
        return actions.end_due()

    is_put_off = Event()
    assert at_once(put_off, end) == [None, 0]
    assert Designation.objects.current().get() == held
