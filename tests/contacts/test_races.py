"""Who chooses contacts, at the moment at which their role ends, and two of them at once."""

import pytest
from django.utils import timezone

from contacts import ActionRefused, actions
from contacts.models import AuditEvent, Designation, Role, User
from tests.contacts.races import at_once, locked
from tests.contacts.test_activity import flagged_contact
from tests.factories import DistrictFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_administrators_who_stop_each_others_sign_in_at_once_leave_one():
    def stop(person, by):
        person = User.objects.get(pk=person.pk)
        person.is_active = False
        actions.change_person(person, by=by, changed=["is_active"])

    for _ in range(10):
        one, other = UserFactory.create_batch(2, district=DistrictFactory(), roles=[Role.DISTRICT_ADMINISTRATOR])
        at_once(lambda one=one, other=other: stop(one, by=other), lambda one=one, other=other: stop(other, by=one))
        assert User.objects.active().filter(district=one.district).count() == 1


MANAGERS_VERBS = {
    "change_person": lambda by, contact: actions.change_person(contact.user, by=by, changed=["first_name"]),
    "add_person": lambda by, contact: actions.add_person(User(first_name="A", last_name="B"), by=by),
    "invite": lambda by, contact: actions.invite(contact.user, by=by),
    "designate": lambda by, contact: actions.designate(contact.user, role=Role.TECHNICAL_CONTACT, by=by),
    "end_designation": lambda by, contact: actions.end_designation(contact, by=by, reason="Left."),
    "keep": lambda by, contact: actions.keep(contact, by=by, reason="Stays."),
    "deactivate": lambda by, contact: actions.deactivate(contact, by=by, reason="Left."),
    "settings": lambda by, contact: actions.change_district_settings(contact.district, by=by, changed=["name"]),
}


@pytest.fixture(params=MANAGERS_VERBS)
def managers_verb(request):
    """(administrator, what runs the verb where it is possible)."""
    administrator = UserFactory(roles=[Role.DISTRICT_ADMINISTRATOR])
    assert administrator.has_perm("contacts.invite_people")  # as the page asked a moment ago
    contact = flagged_contact(user__district=administrator.district)
    contact.user.first_name = "Eve"
    return administrator, lambda: MANAGERS_VERBS[request.param](administrator, contact)


@pytest.mark.parametrize(
    "end",
    [
        lambda administrator: administrator.designations.update(ended_at=timezone.now()),
        lambda administrator: User.objects.filter(pk=administrator.pk).update(email=None),
    ],
)
def test_an_administrator_whose_role_has_just_ended_changes_nobody(managers_verb, end):
    administrator, run = managers_verb
    end(administrator)
    with pytest.raises(ActionRefused, match="Your role has ended"):
        run()
    assert not AuditEvent.objects.exclude(action="action.refused").exists()


def test_an_administrators_role_cannot_end_while_they_act(managers_verb):
    administrator, run = managers_verb
    held = administrator.designations.get()
    with locked(Designation, held), pytest.raises(ActionRefused, match="changing this right now"):
        run()
    run()
    assert AuditEvent.objects.exists()


@pytest.mark.parametrize("change", [{"is_staff": False}, {"is_active": False}])
def test_a_django_admin_who_is_one_no_longer_changes_nobody(change):
    admin, person = UserFactory(district=None, is_staff=True), UserFactory()
    User.objects.filter(pk=admin.pk).update(**change)
    with pytest.raises(ActionRefused, match="Your role has ended"):
        actions.invite(person, by=admin)
    assert set(AuditEvent.objects.values_list("action", flat=True)) == {"action.refused"}


def test_two_administrators_who_designate_each_other_at_once_both_succeed():
    for _ in range(10):
        one, other = UserFactory.create_batch(2, district=DistrictFactory(), roles=[Role.DISTRICT_ADMINISTRATOR])
        outcomes = at_once(
            lambda one=one, other=other: actions.designate(other, role=Role.SUPPORT_CONTACT, by=one),
            lambda one=one, other=other: actions.designate(one, role=Role.SUPPORT_CONTACT, by=other),
        )
        assert [type(outcome) for outcome in outcomes] == [Designation, Designation]
