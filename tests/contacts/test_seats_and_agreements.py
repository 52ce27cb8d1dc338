"""Where acting, agreements and leaving meet: nobody holds a seat who may not, and no longer than they may."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from contacts import ActionRefused, actions, tasks
from contacts.models import AuditEvent, ContactRequest, Designation, Nomination, Role
from tests.contacts.races import at_once
from tests.contacts.test_activity import titles_to
from tests.factories import AgentFactory, AgreementFactory, DistrictFactory, UserFactory

pytestmark = pytest.mark.django_db
SUPPORT, SEAT = Role.SUPPORT_CONTACT, Role.TECHNICAL_CONTACT
DAY = timedelta(days=1)


@pytest.fixture
def administrator():
    return UserFactory(roles=[Role.DISTRICT_ADMINISTRATOR])


@pytest.fixture
def district(administrator):
    return administrator.district


def today():
    return timezone.localdate(timezone=ZoneInfo("America/Chicago"))


def agreement_with(district, *, days=300, **fields):
    return AgreementFactory(district=district, expires_on=today() + days * DAY, **fields)


def third_party(district):
    return UserFactory(district=district, organization="Acme Data")


def seat_of(district):
    return Designation.objects.current().filter(district=district, role=SEAT).first()


def act(person, administrator, *, days=10):
    nomination = actions.nominate(person, by=administrator, acting_until=today() + days * DAY)
    actions.accept(nomination, by=person)
    return seat_of(person.district)


def let_sign_in(person, *, may, by):
    person = type(person).objects.get(pk=person.pk)
    person.is_active = may
    actions.change_person(person, by=by, changed=["is_active"])


def refused(outcome):
    return isinstance(outcome, ActionRefused)


# --- agreements -----------------------------------------------------------------------------------------------------


def test_no_seat_goes_back_under_the_agreement_whose_end_ended_it(administrator, district):
    agreement = agreement_with(district)
    holder, acting = third_party(district), third_party(district)
    actions.designate(holder, role=SEAT, by=administrator, agreement=agreement)
    act(acting, administrator)
    actions.end_agreement(agreement, by=administrator, reason="They shared a password.")
    assert seat_of(district) is None


def test_a_renewal_lets_nobody_act_longer(administrator, district):
    UserFactory(district=district, roles=[SEAT])
    first = agreement_with(district, days=20)
    seat = act(third_party(district), administrator, days=30)
    assert seat.acting_until == first.expires_on
    later = agreement_with(district, days=400, signed_on=first.expires_on)
    actions.renew(later, designations=[seat], by=administrator)
    assert seat_of(district).acting_until == first.expires_on


def test_a_role_moved_to_an_agreement_that_has_not_begun_ends_with_the_one_before_it(administrator, district):
    first = agreement_with(district, days=60)
    later = agreement_with(district, days=400, signed_on=first.expires_on)
    held = actions.designate(third_party(district), role=SUPPORT, by=administrator, agreement=first)
    actions.renew(later, designations=[held], by=administrator)
    actions.end_agreement(first, by=administrator, reason="They shared a password.")
    held.refresh_from_db()
    assert held.ended_at


def test_of_roles_that_go_on_none_has_ended_meanwhile(administrator, district):
    first, later = agreement_with(district), agreement_with(district, days=400)
    held = actions.designate(third_party(district), role=SUPPORT, by=administrator, agreement=first)
    actions.end_designation(held, by=administrator, reason="Left.")
    with pytest.raises(ActionRefused, match="has ended meanwhile"):
        actions.renew(later, designations=[held], by=administrator)


def test_who_works_for_others_is_nominated_only_under_an_agreement(administrator, district):
    with pytest.raises(ActionRefused, match="works for Acme Data"):
        actions.nominate(third_party(district), by=administrator)


def test_a_third_party_who_moves_stays_one(district):
    moved = actions.move_to_district(third_party(district), to=DistrictFactory(), by=None)
    with pytest.raises(ActionRefused, match="works for Acme Data"):
        actions.designate(moved, role=SEAT, by=None)


def test_a_role_past_its_end_gives_no_right_before_anyone_looks(administrator, district, monkeypatch):
    agreement_with(district, days=3)
    contact = third_party(district)
    actions.designate(contact, role=SUPPORT, by=administrator)
    later = timezone.now() + 5 * DAY
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert not type(contact).objects.get(pk=contact.pk).has_perm("cases.submit_case")
    with pytest.raises(ActionRefused, match="Your role has ended"):
        actions.make_caller_code(by=contact)


def test_only_whose_role_ends_then_is_warned_of_the_expiry(administrator, district):
    agreement_with(district, days=59)
    acting = third_party(district)
    act(acting, administrator, days=5)
    tasks.warn_of_agreements()
    assert not [title for title in titles_to(acting) if "ends in" in title]


def test_a_lead_designates_under_the_agreement_that_they_choose(district, client):
    UserFactory.create_batch(2, district=district, roles=[SUPPORT])
    short, _ = agreement_with(district, days=30), agreement_with(district)
    person = third_party(district)
    client.force_login(AgentFactory(roles=[Role.SUPPORT_LEAD]))
    said = {"role": SUPPORT, "agreement": short.pk, "reason": "A second campus."}
    client.post(reverse("contacts:designate", args=[person.pk]), said)
    assert person.designations.get().agreement == short


# --- leaving --------------------------------------------------------------------------------------------------------


def test_who_left_gets_no_seat_back_also_when_they_may_sign_in_again(administrator, district):
    holder = UserFactory(district=district, roles=[SEAT])
    seat = act(UserFactory(district=district), administrator)
    let_sign_in(holder, may=False, by=administrator)
    let_sign_in(holder, may=True, by=administrator)
    actions.end_designation(seat, by=administrator, reason="Back at school.")
    assert seat_of(district) is None


def test_a_district_is_told_of_the_vacancy_that_a_leaver_brings(administrator, district):
    UserFactory.create_batch(2, district=district, roles=[SUPPORT])
    holder = UserFactory(district=district, roles=[SEAT])
    act(UserFactory(district=district), administrator)
    tasks.watch_coverage()
    assert not [title for title in titles_to(administrator) if "will be short" in title]
    let_sign_in(holder, may=False, by=administrator)
    tasks.watch_coverage()
    assert [title for title in titles_to(administrator) if "will be short" in title]


def test_what_an_import_withdraws_is_the_portals_doing(administrator, district):
    person = UserFactory(district=district)
    actions.nominate(person, by=administrator)
    actions.leave(person)
    assert AuditEvent.objects.get(action="contact.withdraw_nomination").actor_label == "The portal"


# --- asking and answering -------------------------------------------------------------------------------------------


def test_a_technical_contact_is_still_asked_for_as_a_support_contact(administrator, district):
    UserFactory.create_batch(2, district=district, roles=[SUPPORT])
    person = UserFactory(district=district)
    asked = actions.request_contact(person, by=administrator, reason="A second campus.")
    actions.designate(person, role=SEAT, by=administrator)
    assert ContactRequest.objects.open().get() == asked


def test_a_lead_disposes_of_a_request_only_with_a_reason(administrator, district, client):
    UserFactory.create_batch(2, district=district, roles=[SUPPORT])
    asked = actions.request_contact(UserFactory(district=district), by=administrator, reason="A second campus.")
    client.force_login(AgentFactory(roles=[Role.SUPPORT_LEAD]))
    assert client.post(reverse("contacts:withdraw_contact_request", args=[asked.pk])).status_code == 403
    assert ContactRequest.objects.open().get() == asked


def test_a_nomination_that_came_too_late_is_in_nobodys_way(administrator, district, monkeypatch):
    late = actions.nominate(UserFactory(district=district), by=administrator, acting_until=today() + DAY)
    later = timezone.now() + 5 * DAY
    monkeypatch.setattr(timezone, "now", lambda: later)
    new = actions.nominate(UserFactory(district=district), by=administrator)
    assert Nomination.objects.open().get() == new
    late.refresh_from_db()
    assert late.status == "withdrawn"


@pytest.mark.parametrize("zone", ["America/New_York", "America/Los_Angeles"])
def test_the_last_day_of_acting_stays_when_the_district_changes_its_time_zone(administrator, district, zone):
    act(UserFactory(district=district), administrator)
    district.time_zone = zone
    actions.change_district_settings(district, by=administrator, changed=["time_zone"])
    assert seat_of(district).acting_until == today() + 10 * DAY


# --- looking people up ----------------------------------------------------------------------------------------------


def test_who_is_shown_without_a_check_is_audited_too(district, client):
    contact = UserFactory(district=district, roles=[SUPPORT])
    client.force_login(AgentFactory())
    client.post(reverse("contacts:check_caller", args=[contact.pk]), {"code": "x"})
    assert AuditEvent.objects.get(action="caller.look_up").object_key == str(contact.pk)
    client.get(reverse("contacts:callers"), {"q": district.name})
    assert AuditEvent.objects.filter(action="caller.look_up").count() == 2


# --- at once --------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_stopping_a_sign_in_while_the_seat_goes_back_to_the_person_does_both():
    for _ in range(20):
        administrator, other = UserFactory.create_batch(
            2, district=DistrictFactory(), roles=[Role.DISTRICT_ADMINISTRATOR]
        )
        district = administrator.district
        holder = UserFactory(district=district, roles=[SEAT])
        agreement, acting = agreement_with(district), third_party(district)
        act(acting, administrator)
        outcomes = at_once(
            lambda a=agreement, b=administrator: actions.end_agreement(a, by=b, reason="They shared a password."),
            lambda a=holder, b=other: let_sign_in(a, may=False, by=b),
        )
        assert outcomes == [None, None]
        assert seat_of(district) is None


@pytest.mark.django_db(transaction=True)
def test_accepting_while_the_agreement_ends_leaves_nobody_under_it():
    for _ in range(20):
        administrator = UserFactory(roles=[Role.DISTRICT_ADMINISTRATOR])
        district = administrator.district
        agreement, nominee = agreement_with(district), third_party(district)
        nomination = actions.nominate(nominee, by=administrator)
        outcomes = at_once(
            lambda a=agreement, b=administrator: actions.end_agreement(a, by=b, reason="They shared a password."),
            lambda a=nomination, b=nominee: actions.accept(a, by=b),
        )
        assert outcomes[0] is None
        assert seat_of(district) is None
