"""Who may leave decisions to whom, who is told, and how it is taken back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from contacts import ActionRefused
from contacts.models import AuditEvent, Message, Role
from credentials import actions
from credentials.models import ApprovalDelegation
from tests.factories import ApprovalDelegationFactory, DistrictFactory, UserFactory

pytestmark = pytest.mark.django_db
APPROVER, ADMINISTRATOR = Role.CREDENTIAL_APPROVER, Role.DISTRICT_ADMINISTRATOR


@pytest.fixture
def district():
    return DistrictFactory()


@pytest.fixture
def approver(district):
    return UserFactory(district=district, roles=[APPROVER])


@pytest.fixture
def other(district):
    return UserFactory(district=district, roles=[APPROVER])


def delegate(to, *, by, days=3):
    today = by.district.today
    return actions.delegate(to, by=by, first_day=today, last_day=today + timedelta(days=days))


def told(person):
    return [message.title for message in Message.objects.filter(recipient=person)]


def recorded(verb):
    return [event.actor_key for event in AuditEvent.objects.filter(action=f"delegation.{verb}")]


def test_only_an_approver_of_the_same_district_takes_decisions_over(district, approver):
    stranger = UserFactory(roles=[APPROVER])
    for nobody in (stranger, UserFactory(district=district), UserFactory(district=district, roles=[ADMINISTRATOR])):
        with pytest.raises(ActionRefused, match=f"{nobody} is no approver of your district"):
            delegate(nobody, by=approver)
    assert not ApprovalDelegation.objects.exists()
    assert not Message.objects.exists()


def test_who_is_no_approver_any_more_neither_delegates_nor_takes_back(approver, other):
    made = delegate(other, by=approver)
    approver.designations.update(ended_at=timezone.now())
    for attempt in (lambda: delegate(other, by=approver, days=9), lambda: actions.end_delegation(made, by=approver)):
        with pytest.raises(ActionRefused, match="Your role has ended"):
            attempt()
    assert ApprovalDelegation.objects.get().ended_at is None


def test_the_same_said_twice_is_one_delegation_of_which_people_hear_once(approver, other):
    made = delegate(other, by=approver)
    assert delegate(other, by=approver) == made
    assert len(told(other)) == 1
    assert recorded("make") == [str(approver.pk)]
    assert delegate(other, by=approver, days=4) != made


def test_what_was_taken_back_can_be_given_again(approver, other):
    made = delegate(other, by=approver)
    actions.end_delegation(made, by=approver)
    assert delegate(other, by=approver) != made


def test_the_administrators_hear_of_it_but_not_of_what_they_did_or_take_over(district):
    both = [UserFactory(district=district, roles=[APPROVER, ADMINISTRATOR]) for _ in range(2)]
    administrator = UserFactory(district=district, roles=[ADMINISTRATOR])
    delegate(both[1], by=both[0])
    assert told(both[0]) == []
    assert [title.startswith(f"{both[0]} leaves credential requests to you") for title in told(both[1])] == [True]
    [title] = told(administrator)
    assert title.startswith(f"{both[0]} leaves credential requests to {both[1]}")


def test_taking_back_is_recorded_and_said_once(approver, other):
    made = delegate(other, by=approver)
    actions.end_delegation(made, by=approver)
    # The object is as it was before.
    assert made.ended_at is None
    with pytest.raises(ActionRefused, match="ended already"):
        actions.end_delegation(made, by=approver)
    assert recorded("end") == [str(approver.pk)]
    assert len(told(other)) == 2


def test_what_is_over_cannot_be_taken_back(approver, other):
    start, end = (timezone.now() - timedelta(days=days) for days in (9, 1))
    over = ApprovalDelegationFactory(approver=approver, delegate=other, starts_at=start, ends_at=end)
    with pytest.raises(ActionRefused, match="ended already"):
        actions.end_delegation(over, by=approver)
    over.refresh_from_db()
    assert over.ended_at is None


def test_nobody_takes_back_what_another_gave(approver, other):
    made = delegate(other, by=approver)
    with pytest.raises(ApprovalDelegation.DoesNotExist):
        actions.end_delegation(made, by=other)
