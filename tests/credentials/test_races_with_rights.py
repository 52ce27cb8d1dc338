"""What lets people request and decide changes at the same moment: there is one outcome, and no half of one."""

from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from contacts import ActionRefused
from contacts.actions import end_designation
from contacts.models import AuditEvent, Message, Role
from credentials import actions
from credentials.models import CredentialRequest, RequestGrant, Way
from tests.credentials.test_actions import request_update
from tests.credentials.test_races import while_uncommitted
from tests.factories import CredentialRecordFactory, DesignationFactory, SchoolFactory, TypeRuleFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def record():
    school = SchoolFactory()
    return CredentialRecordFactory(holder__district=school.district, holder__school=school, identifier="OLD")


@pytest.fixture
def administrator(record):
    return UserFactory(district=record.district, roles=[Role.DISTRICT_ADMINISTRATOR])


@pytest.fixture
def approver(record):
    return UserFactory(district=record.district, roles=[Role.CREDENTIAL_APPROVER])


@pytest.fixture
def delegate(record, approver):
    """An approver of another school, who for now also decides what the approver does."""
    person = UserFactory(district=record.district)
    school = SchoolFactory(district=record.district)
    DesignationFactory(user=person, role=Role.CREDENTIAL_APPROVER, school=school)
    today = record.district.today
    actions.delegate(person, by=approver, first_day=today, last_day=today + timedelta(days=9))
    return person


def is_decided_once(credential_request, by):
    """It was approved by this person, and everything that this brings about is there once."""
    credential_request.refresh_from_db()
    assert (credential_request.status, credential_request.decided_by) == ("approved", by)
    assert credential_request.record.identifier == credential_request.proposed["identifier"]
    assert AuditEvent.objects.filter(action="credential_request.approved").count() == 1
    assert Message.objects.filter(recipient=credential_request.requester).count() == 1


def waits_untouched(credential_request):
    credential_request.refresh_from_db()
    assert (credential_request.status, credential_request.decided_by) == ("pending", None)
    assert credential_request.record.identifier == "OLD"
    assert not Message.objects.filter(recipient=credential_request.requester).exists()


both_orders = pytest.mark.parametrize("is_reversed", [False, True])


def meanwhile(is_reversed, *calls):
    results = while_uncommitted(*(calls[::-1] if is_reversed else calls))
    return results[::-1] if is_reversed else results


@both_orders
@pytest.mark.parametrize(("before", "after"), [(Way.ONE, Way.TWO), (Way.TWO, Way.ONE), (Way.TWO, Way.AUTOMATIC)])
def test_an_approval_goes_the_way_that_stood_when_it_began(record, administrator, approver, before, after, is_reversed):
    rule = TypeRuleFactory(changed_by=administrator, type=record.type, way=before)
    asked = request_update(record, identifier="NEW")
    choose = partial(actions.choose_ways, {record.type: after}, by=administrator)
    meanwhile(is_reversed, partial(actions.approve, asked, by=approver), choose)
    rule.refresh_from_db()
    assert rule.way == after
    if before == Way.ONE:
        return is_decided_once(asked, approver)
    waits_untouched(asked)
    assert asked.first_approved_by == approver
    other = UserFactory(district=record.district, roles=[Role.CREDENTIAL_APPROVER])
    actions.approve(asked, by=other)
    return is_decided_once(asked, other)


@both_orders
def test_a_request_that_is_submitted_while_the_right_ends_is_whole_and_the_last_one(
    record, administrator, approver, is_reversed
):
    record.district.staff_may_request_changes = False
    record.district.save()
    grant = actions.grant_right(by=administrator, person=record.holder)
    submit = partial(request_update, record, identifier="NEW")
    asked, _ = meanwhile(is_reversed, submit, partial(actions.end_right, grant, by=administrator))
    assert not RequestGrant.objects.current().exists()
    assert (asked.status, asked.version, asked.versions.count()) == ("pending", 1, 1)
    assert Message.objects.filter(recipient=approver).count() == 1
    actions.deny(asked, by=approver, comment="No.")
    with pytest.raises(ActionRefused, match="no longer lets you request changes"):
        submit()
    assert CredentialRequest.objects.get() == asked


@both_orders
@pytest.mark.parametrize("ends", ["the delegation", "the role of who delegated"])
def test_who_decides_for_another_until_this_very_moment_decides_once(
    record, administrator, approver, delegate, ends, is_reversed
):
    asked = request_update(record, identifier="NEW")
    if ends == "the delegation":
        end = partial(actions.end_delegation, approver.delegations_given.get(), by=approver)
    else:
        held = approver.designations.get()
        end = partial(end_designation, held, by=administrator, reason="They left.")
    meanwhile(is_reversed, partial(actions.approve, asked, by=delegate), end)
    is_decided_once(asked, delegate)
    record.refresh_from_db()
    asked = request_update(record, identifier="NEWER")
    with pytest.raises(ActionRefused, match="You decide the requests of other schools"):
        actions.approve(asked, by=delegate)


@both_orders
def test_an_approver_whose_role_ends_decides_before_it_or_not_at_all(record, administrator, approver, is_reversed):
    asked = request_update(record, identifier="NEW")
    held = approver.designations.get()
    end = partial(end_designation, held, by=administrator, reason="They left.")
    result, _ = meanwhile(is_reversed, partial(actions.approve, asked, by=approver), end)
    held.refresh_from_db()
    assert held.ended_at <= timezone.now()
    if is_reversed:
        assert "Your role has ended" in str(result)
        return waits_untouched(asked)
    return is_decided_once(asked, approver)
