"""Keep or deactivate a flagged contact."""

import pytest
from django.utils import timezone

from contacts import ActionRefused, actions
from contacts.models import AuditEvent, Message, Role
from tests.contacts.races import at_once
from tests.contacts.test_activity import flagged_contact, titles_to
from tests.factories import AgentFactory, DesignationFactory, UserFactory

pytestmark = pytest.mark.django_db


def administrator_of(district):
    return UserFactory(district=district, roles=[Role.DISTRICT_ADMINISTRATOR])


def test_a_kept_contact_is_no_longer_flagged_and_the_count_starts_over():
    contact = flagged_contact()
    before = timezone.now()
    actions.keep(contact, by=administrator_of(contact.district), reason="On leave until May.")
    contact.refresh_from_db()
    assert contact.flagged_at is None
    assert contact.ended_at is None
    assert contact.inactive_since >= before
    assert AuditEvent.objects.get(action="contact.keep").detail == {"reason": "On leave until May."}


def test_a_deactivated_contacts_designation_ends_with_author_and_reason():
    contact = flagged_contact()
    administrator = administrator_of(contact.district)
    actions.deactivate(contact, by=administrator, reason="Left the district.")
    contact.refresh_from_db()
    assert contact.ended_at
    assert (contact.ended_by, contact.end_reason) == (administrator, "Left the district.")


@pytest.mark.parametrize("decide", [actions.keep, actions.deactivate])
def test_the_contact_the_others_and_support_are_told_but_not_who_decided(decide):
    contact = flagged_contact()
    other = UserFactory(district=contact.district, roles=[Role.SUPPORT_CONTACT])
    lead, administrator = AgentFactory(roles=[Role.SUPPORT_LEAD]), administrator_of(contact.district)
    stranger = UserFactory(roles=[Role.SUPPORT_CONTACT])
    decide(contact, by=administrator, reason="We talked.")
    for person in (contact.user, other, lead):
        assert len(titles_to(person)) == 1
    assert titles_to(administrator) == titles_to(stranger) == []
    assert "We talked." in Message.objects.first().body


def test_a_contact_who_is_not_flagged_is_neither_kept_nor_deactivated():
    contact = DesignationFactory()
    with pytest.raises(ActionRefused, match="no longer flagged inactive"):
        actions.deactivate(contact, by=administrator_of(contact.district), reason="Left.")
    contact.refresh_from_db()
    assert contact.ended_at is None


@pytest.mark.django_db(transaction=True)
def test_two_people_who_decide_at_once_make_one_decision():
    for _ in range(10):
        contact = flagged_contact()
        first, second = administrator_of(contact.district), AgentFactory(roles=[Role.SUPPORT_LEAD])
        outcomes = at_once(
            lambda contact=contact, by=first: actions.keep(contact, by=by, reason="Stays."),
            lambda contact=contact, by=second: actions.deactivate(contact, by=by, reason="Goes."),
        )
        assert [type(outcome) for outcome in outcomes if outcome] == [ActionRefused]
        assert AuditEvent.objects.filter(object_key=str(contact.pk), action__startswith="contact").count() == 1
