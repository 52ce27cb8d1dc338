"""The seat of technical contact: somebody is nominated, accepts and holds it at once; who only acts gives it back."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from contacts import ActionRefused, actions, tasks
from contacts.models import AuditEvent, Designation, Nomination, Role, User
from tests.contacts.races import at_once
from tests.contacts.test_activity import titles_to
from tests.factories import (
    AgentFactory,
    DesignationFactory,
    DistrictFactory,
    NominationFactory,
    ThirdPartyFactory,
    TrainingCompletionFactory,
    TrainingModuleFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
CHICAGO = ZoneInfo("America/Chicago")
DAY = timedelta(days=1)
SEAT = Role.TECHNICAL_CONTACT


@pytest.fixture
def administrator():
    return UserFactory(roles=[Role.DISTRICT_ADMINISTRATOR])


@pytest.fixture
def holder(administrator):
    """The technical contact until now."""
    return UserFactory(district=administrator.district, roles=[SEAT])


@pytest.fixture
def nominee(administrator):
    return UserFactory(district=administrator.district, roles=[Role.SUPPORT_CONTACT])


def today():
    return timezone.localdate(timezone=CHICAGO)


def seat_of(district):
    return Designation.objects.current().get(district=district, role=SEAT)


def nominate(nominee, administrator, **fields):
    return actions.nominate(nominee, by=administrator, **fields)


def act(nominee, administrator, *, days=30):
    """The nominee acts as technical contact; their designation."""
    nomination = nominate(nominee, administrator, acting_until=today() + days * DAY)
    actions.accept(nomination, by=nominee)
    return seat_of(nominee.district)


def let_the_time_pass(monkeypatch, moment):
    monkeypatch.setattr(timezone, "now", lambda: moment)
    tasks.end_designations()


# --- nominating and answering ----------------------------------------------------------------------------------------


def test_a_nomination_changes_nothing_until_the_nominee_accepts(administrator, holder, nominee):
    nominate(nominee, administrator, reason="Devon retires.")
    assert seat_of(nominee.district).user == holder
    assert titles_to(nominee) == ["You are asked to become the technical contact"]
    assert titles_to(holder) == []
    assert AuditEvent.objects.filter(action="contact.nominate").count() == 1


def test_accepting_ends_the_old_designation_and_begins_the_new_one(administrator, holder, nominee):
    nomination = nominate(nominee, administrator)
    actions.accept(nomination, by=nominee)
    old, new = holder.designations.get(), seat_of(nominee.district)
    assert (old.ended_by, old.end_reason) == (administrator, f"Handed over to {nominee}.")
    assert (new.user, new.started_by, new.is_acting) == (nominee, administrator, False)
    assert old.ended_at <= new.started_at == new.inactive_since
    # What else the nominee does stays.
    assert nominee.designations.current().filter(role=Role.SUPPORT_CONTACT).exists()
    nomination.refresh_from_db()
    assert (nomination.status, nomination.decided_by) == ("accepted", nominee)
    event = AuditEvent.objects.get(action="contact.accept_nomination")
    assert event.detail == {"ended": old.pk, "began": new.pk}


def test_everyone_concerned_is_told_of_the_change_once(administrator, holder, nominee):
    other = UserFactory(district=nominee.district, roles=[Role.SUPPORT_CONTACT])
    lead = AgentFactory(roles=[Role.SUPPORT_LEAD])
    stranger = UserFactory(roles=[Role.SUPPORT_CONTACT])
    actions.accept(nominate(nominee, lead), by=nominee)
    assert titles_to(holder) == ["You are no longer the technical contact"]
    assert titles_to(nominee)[0] == "You are now the technical contact"
    for person in (administrator, other, lead):
        assert titles_to(person) == [f"{nominee} is now the technical contact"]
    assert titles_to(stranger) == []


def test_the_nominee_may_decline_with_a_reason_and_everything_stays(administrator, holder, nominee):
    nomination = nominate(nominee, administrator)
    actions.decline(nomination, by=nominee, answer="I teach full time.")
    nomination.refresh_from_db()
    assert (nomination.status, nomination.answer) == ("declined", "I teach full time.")
    assert seat_of(nominee.district).user == holder
    assert titles_to(administrator) == [f"{nominee} declined to become the technical contact"]
    assert nominate(nominee, administrator).is_open


def test_a_withdrawn_nomination_is_not_accepted_and_the_sentence_says_who_withdrew(administrator, holder, nominee):
    nomination = nominate(nominee, administrator)
    actions.withdraw_nomination(nomination, by=administrator)
    assert titles_to(nominee)[0] == f"The nomination of {nominee} as technical contact was withdrawn"
    with pytest.raises(ActionRefused, match=f"already withdrawn by {administrator}"):
        actions.accept(nomination, by=nominee)
    assert seat_of(nominee.district).user == holder


@pytest.mark.parametrize("answer", [actions.accept, actions.decline])
def test_nobody_answers_for_somebody_else(administrator, holder, nominee, answer):
    nomination = nominate(nominee, administrator)
    with pytest.raises(ActionRefused, match="can answer this nomination"):
        answer(nomination, by=administrator)


def test_a_district_has_one_open_nomination(administrator, nominee):
    nominate(nominee, administrator)
    other = UserFactory(district=nominee.district)
    with pytest.raises(ActionRefused, match="already nominated as technical contact"):
        nominate(other, administrator)


def test_the_same_nomination_sent_twice_is_one(administrator, nominee):
    assert nominate(nominee, administrator) == nominate(nominee, administrator)
    assert titles_to(nominee) == ["You are asked to become the technical contact"]


def test_who_holds_the_seat_is_not_nominated_for_it(administrator, holder):
    with pytest.raises(ActionRefused, match="is the technical contact now"):
        nominate(holder, administrator)
    with pytest.raises(ActionRefused, match="is the technical contact now"):
        nominate(holder, administrator, acting_until=today())


@pytest.mark.parametrize("change", [{"is_active": False}, {"email": None}])
def test_who_cannot_act_is_neither_nominated_nor_accepts(administrator, nominee, change):
    nomination = nominate(nominee, administrator)
    nominee.designations.update(ended_at=timezone.now())
    User.objects.filter(pk=nominee.pk).update(**change)
    with pytest.raises(ActionRefused):
        actions.accept(nomination, by=nominee)
    with pytest.raises(ActionRefused):
        nominate(nominee, administrator, reason="Again.")


def test_a_nomination_stands_also_when_the_nominators_role_has_ended(administrator, nominee):
    nomination = nominate(nominee, administrator)
    administrator.designations.update(ended_at=timezone.now())
    actions.accept(nomination, by=nominee)
    assert seat_of(nominee.district).started_by == administrator


def test_a_vacant_seat_may_be_nominated_for_and_is_not_given_away_meanwhile(administrator, nominee):
    nomination = nominate(nominee, administrator)
    with pytest.raises(ActionRefused, match=f"{nominee} is nominated as technical contact. Withdraw"):
        actions.designate(UserFactory(district=nominee.district), role=SEAT, by=administrator)
    actions.accept(nomination, by=nominee)
    assert seat_of(nominee.district).user == nominee


def test_only_who_may_designate_nominates(holder, nominee):
    with pytest.raises(ActionRefused, match="Your role has ended"):
        nominate(nominee, holder)


# --- acting ----------------------------------------------------------------------------------------------------------


def test_an_acting_designation_ends_with_its_last_day_in_the_district(administrator, holder, nominee):
    nomination = nominate(nominee, administrator, acting_until=datetime(2099, 12, 24).date())
    actions.accept(nomination, by=nominee)
    acting = seat_of(nominee.district)
    assert acting.ends_at == datetime(2099, 12, 25, tzinfo=CHICAGO)
    assert (acting.is_acting, acting.reverts_to, acting.acting_until) == (True, holder, nomination.acting_until)
    assert titles_to(nominee)[0] == "You are now the acting technical contact"
    assert f"until Dec 24, 2099. Then the seat goes back to {holder}" in nominee.messages.first().body


@pytest.mark.parametrize("off", [-timedelta(microseconds=1), timedelta(0), DAY])
def test_the_seat_goes_back_by_itself_when_the_last_day_is_over(monkeypatch, administrator, holder, nominee, off):
    acting = act(nominee, administrator)
    let_the_time_pass(monkeypatch, acting.ends_at + off)
    tasks.end_designations()
    seat = seat_of(nominee.district)
    if off < timedelta(0):
        assert seat == acting
        return
    assert (seat.user, seat.is_acting, seat.ends_at, seat.started_by) == (holder, False, None, None)
    assert seat.inactive_since == seat.started_at
    assert titles_to(holder)[0] == "You are the technical contact again"
    assert titles_to(nominee)[0] == "You are no longer the acting technical contact"
    assert titles_to(administrator)[0] == f"{holder} is the technical contact again"
    assert titles_to(holder).count("You are the technical contact again") == 1
    assert AuditEvent.objects.filter(action="contact.give_back", actor_label="The portal").count() == 1


@pytest.mark.parametrize("change", [{"is_active": False}, {"email": None}])
def test_who_can_no_longer_act_gets_no_seat_back_and_who_chooses_contacts_is_told(
    monkeypatch, administrator, holder, nominee, change
):
    lead = AgentFactory(roles=[Role.SUPPORT_LEAD])
    acting = act(nominee, administrator)
    User.objects.filter(pk=holder.pk).update(**change)
    let_the_time_pass(monkeypatch, acting.ends_at)
    assert not Designation.objects.current().filter(role=SEAT).exists()
    for person in (administrator, lead):
        assert titles_to(person)[0] == f"{nominee.district} has no technical contact now"
    assert holder.designations.count() == 1


def test_a_seat_that_was_vacant_is_vacant_again(monkeypatch, administrator, nominee):
    acting = act(nominee, administrator)
    assert acting.reverts_to is None
    let_the_time_pass(monkeypatch, acting.ends_at)
    assert not Designation.objects.current().filter(role=SEAT).exists()
    assert titles_to(administrator)[0] == f"{nominee.district} has no technical contact now"


def test_who_leaves_while_acting_gives_the_seat_back(administrator, holder, nominee):
    act(nominee, administrator)
    nominee.is_active = False
    actions.change_person(nominee, by=administrator, changed=["is_active"])
    assert seat_of(nominee.district).user == holder


def test_who_leaves_is_no_longer_nominated(administrator, nominee):
    nomination = nominate(nominee, administrator)
    actions.leave(nominee)
    nomination.refresh_from_db()
    assert nomination.status == "withdrawn"
    assert nominate(UserFactory(district=nominee.district), administrator)


def test_a_seat_comes_back_to_a_third_party_only_under_an_agreement(monkeypatch, administrator, nominee):
    holder = ThirdPartyFactory(agreement__district=administrator.district, role=SEAT)
    planned, acting = holder.ends_at, act(nominee, administrator)
    let_the_time_pass(monkeypatch, acting.ends_at)
    assert seat_of(nominee.district).ends_at == planned
    acting = act(UserFactory(district=nominee.district), administrator)
    actions.end_agreement(holder.agreement, by=administrator, reason="They work elsewhere.")
    let_the_time_pass(monkeypatch, acting.ends_at)
    assert not Designation.objects.current().filter(role=SEAT).exists()


def test_an_acting_designation_that_a_person_ends_gives_the_seat_back_at_once(administrator, holder, nominee):
    acting = act(nominee, administrator)
    actions.end_designation(acting, by=administrator, reason="Devon is back.")
    assert seat_of(nominee.district).user == holder
    assert seat_of(nominee.district).started_by == administrator
    assert titles_to(holder)[0] == "You are the technical contact again"


def test_a_flagged_acting_contact_who_is_deactivated_gives_the_seat_back(administrator, holder, nominee):
    acting = act(nominee, administrator)
    Designation.objects.filter(pk=acting.pk).update(flagged_at=timezone.now())
    actions.deactivate(acting, by=administrator, reason="Not here.")
    assert seat_of(nominee.district).user == holder


def test_the_clock_deactivates_no_acting_contact(settings, administrator, holder, nominee):
    settings.DEACTIVATE_FLAGGED_AFTER_DAYS = 1
    acting = act(nominee, administrator)
    Designation.objects.filter(pk=acting.pk).update(flagged_at=timezone.now() - 9 * DAY)
    actions.flag_inactive()
    assert seat_of(nominee.district) == acting


def test_handing_over_for_good_while_somebody_acts_gives_nothing_back(monkeypatch, administrator, holder, nominee):
    acting = act(nominee, administrator)
    third = UserFactory(district=nominee.district)
    actions.accept(nominate(third, administrator), by=third)
    let_the_time_pass(monkeypatch, acting.ends_at + DAY)
    assert seat_of(nominee.district).user == third


def test_an_acting_contact_may_get_the_seat_for_good(administrator, holder, nominee):
    act(nominee, administrator)
    actions.accept(nominate(nominee, administrator), by=nominee)
    seat = seat_of(nominee.district)
    assert (seat.user, seat.is_acting) == (nominee, False)


def test_the_seat_goes_back_to_who_held_it_for_good_also_after_two_who_acted(administrator, holder, nominee):
    act(nominee, administrator)
    second = UserFactory(district=nominee.district)
    assert act(second, administrator).reverts_to == holder


def test_who_gets_the_seat_back_anyway_is_not_nominated_to_act(administrator, holder, nominee):
    act(nominee, administrator)
    with pytest.raises(ActionRefused, match=f"goes back to {holder} anyway"):
        nominate(holder, administrator, acting_until=today())
    assert nominate(holder, administrator).is_open


def test_an_acting_time_that_is_over_cannot_be_accepted(monkeypatch, administrator, holder, nominee):
    nomination = nominate(nominee, administrator, acting_until=today())
    now = timezone.now() + 2 * DAY
    monkeypatch.setattr(timezone, "now", lambda: now)
    with pytest.raises(ActionRefused, match="last day of acting is over"):
        actions.accept(nomination, by=nominee)
    assert seat_of(nominee.district).user == holder


def test_the_last_day_of_acting_can_be_changed_and_everyone_concerned_is_told(administrator, holder, nominee):
    acting = act(nominee, administrator)
    until = today() + 3 * DAY
    actions.change_acting_end(acting, by=administrator, until=until)
    assert seat_of(nominee.district).acting_until == until
    for person in (holder, nominee):
        assert titles_to(person)[0].startswith(f"{nominee} is the acting technical contact until ")
    with pytest.raises(ActionRefused, match="Choose today or a later day"):
        actions.change_acting_end(acting, by=administrator, until=today() - DAY)


def test_only_an_acting_contact_has_a_last_day_to_change(administrator, holder):
    with pytest.raises(ActionRefused, match="already ended"):
        actions.change_acting_end(holder.designations.get(), by=administrator, until=today())


# --- pages -----------------------------------------------------------------------------------------------------------


def address(name, row):
    return reverse(f"contacts:{name}", args=[row.pk])


def test_an_administrator_nominates_and_sees_that_it_waits(sign_in, administrator, holder, nominee):
    client = sign_in(administrator)
    page = client.post(address("nominate", nominee), {"reason": "Devon retires."}, follow=True)
    assert "Nothing changes until they accept." in page.text
    directory = client.get(reverse("contacts:directory")).text
    assert address("nomination", Nomination.objects.get()) in directory
    assert "has not answered yet" in directory


def test_the_nominee_finds_it_at_home_reads_what_it_means_and_accepts(sign_in, administrator, holder, nominee):
    nomination = nominate(nominee, administrator)
    client = sign_in(nominee)
    home = client.get(reverse("home")).text
    assert f"<strong>{administrator} asks you</strong> to become the technical contact</a>" in home
    assert address("nomination", nomination) in home
    assert "manages the district" in client.get(address("nomination", nomination)).text
    client.post(address("accept_nomination", nomination))
    again = client.post(address("accept_nomination", nomination), follow=True)
    assert "You are the technical contact of" in again.text
    assert seat_of(nominee.district).user == nominee
    assert nominee.designations.filter(role=SEAT).count() == 1


def test_before_the_seat_changes_hands_the_pages_say_what_comes_of_its_cases(sign_in, administrator, holder, nominee):
    client, said = sign_in(administrator), f"Open cases of {holder} are offered to all contacts."
    assert said in client.get(address("nominate", nominee)).text
    nomination = nominate(nominee, administrator)
    assert said in client.get(address("nomination", nomination)).text
    # Who stays a support contact keeps their cases.
    DesignationFactory(user=holder, role=Role.SUPPORT_CONTACT)
    assert said not in client.get(address("nomination", nomination)).text


def test_the_nominee_reads_which_training_the_role_expects_of_them(sign_in, administrator, nominee):
    done, missing = TrainingModuleFactory.create_batch(2, expected_of=[SEAT])
    TrainingCompletionFactory(person=nominee, module=done)
    page = sign_in(nominee).get(address("nomination", nominate(nominee, administrator))).text
    assert f"Complete the training that is expected: {missing}, Introduction to Support." in page
    assert str(done) not in page


def test_who_answers_a_withdrawn_nomination_keeps_what_they_wrote(sign_in, administrator, nominee):
    nomination = nominate(nominee, administrator)
    actions.withdraw_nomination(nomination, by=administrator)
    page = sign_in(nominee).post(address("decline_nomination", nomination), {"answer": "Too much to do."})
    assert page.status_code == 409
    assert "Too much to do." in page.text


def test_a_nomination_is_read_by_the_nominee_and_who_may_withdraw_it_alone(sign_in, administrator, holder, nominee):
    nomination = nominate(nominee, administrator)
    colleague, stranger = UserFactory(district=nominee.district), UserFactory(roles=[Role.DISTRICT_ADMINISTRATOR])
    lead = AgentFactory(roles=[Role.SUPPORT_LEAD])
    for person, status in [(nominee, 200), (administrator, 200), (lead, 200), (holder, 404), (colleague, 404)]:
        assert sign_in(person).get(address("nomination", nomination)).status_code == status, person
    assert sign_in(stranger).get(address("nomination", nomination)).status_code == 404
    # Nor does an administrator answer for the nominee.
    assert sign_in(administrator).post(address("accept_nomination", nomination)).status_code == 404


@pytest.mark.parametrize("day", ["2001-01-01", "yesterday"])
def test_a_last_day_that_is_over_or_none_is_refused_in_the_form(sign_in, administrator, nominee, day):
    page = sign_in(administrator).post(address("nominate", nominee), {"acting_until": day})
    assert "acting_until" in page.context["form"].errors
    assert not Nomination.objects.exists()


def test_acting_shows_wherever_the_technical_contact_is_shown(sign_in, administrator, holder, nominee):
    nomination = nominate(nominee, administrator, acting_until=datetime(2099, 12, 24).date())
    actions.accept(nomination, by=nominee)
    teacher = UserFactory(district=nominee.district)
    client = sign_in(teacher)
    assert "Acting technical contact until" in client.get(reverse("contacts:directory")).text
    assert "Acting technical contact until" in client.get(reverse("cases:new")).text
    assert "acting until" in client.get(reverse("contacts:card")).text
    directory = sign_in(administrator).get(reverse("contacts:directory")).text
    assert "Acting technical contact until" in directory
    assert f"back to {holder}" in directory
    home = sign_in(nominee).get(reverse("home")).text
    assert "You are the acting technical contact until" in home
    assert "Dec 24, 2099" in home


def test_the_page_that_ends_an_acting_designation_says_to_whom_the_seat_goes(sign_in, administrator, holder, nominee):
    acting = act(nominee, administrator)
    page = sign_in(administrator).get(address("end_designation", acting)).text
    assert f"The seat goes back to {holder} at once" in page


def test_an_administrator_changes_the_last_day_on_a_page(sign_in, administrator, holder, nominee):
    acting = act(nominee, administrator)
    client = sign_in(administrator)
    assert client.get(address("change_acting_end", acting)).context["form"]["until"].value() == acting.acting_until
    client.post(address("change_acting_end", acting), {"until": (today() + 5 * DAY).isoformat()})
    assert seat_of(nominee.district).acting_until == today() + 5 * DAY


# --- at once ---------------------------------------------------------------------------------------------------------

ROUNDS = 50


def district_with_a_seat():
    district = DistrictFactory()
    one, other = UserFactory.create_batch(2, district=district, roles=[Role.DISTRICT_ADMINISTRATOR])
    holder = UserFactory(district=district, roles=[SEAT])
    return one, other, holder, UserFactory(district=district)


def refused(outcomes):
    found = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert all(isinstance(outcome, ActionRefused) for outcome in found), found
    return found


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_nominate_at_once_make_one_nomination():
    for _ in range(ROUNDS):
        one, other, _holder, nominee = district_with_a_seat()
        second = UserFactory(district=one.district)
        outcomes = at_once(
            lambda a=one, b=nominee: nominate(b, a),
            lambda a=other, b=second: nominate(b, a),
        )
        assert [str(each) for each in refused(outcomes)] == [
            "Somebody is already nominated as technical contact. Withdraw that first."
        ]
        assert Nomination.objects.open().filter(district=one.district).count() == 1


@pytest.mark.django_db(transaction=True)
def test_accepting_and_withdrawing_at_once_do_one_of_the_two():
    for _ in range(ROUNDS):
        one, _other, holder, nominee = district_with_a_seat()
        nomination = nominate(nominee, one)
        outcomes = at_once(
            lambda a=nomination, b=nominee: actions.accept(a, by=b),
            lambda a=nomination, b=one: actions.withdraw_nomination(a, by=b),
        )
        assert ["was already" in str(each) for each in refused(outcomes)] == [True]
        nomination.refresh_from_db()
        assert seat_of(one.district).user == (nominee if nomination.status == "accepted" else holder)


@pytest.mark.django_db(transaction=True)
def test_accepting_twice_at_once_hands_over_once():
    for _ in range(ROUNDS):
        one, _other, _holder, nominee = district_with_a_seat()
        nomination = nominate(nominee, one)
        accept = lambda a=nomination, b=nominee: actions.accept(a, by=b)  # noqa: E731
        assert not refused(at_once(accept, accept))
        assert nominee.designations.count() == 1
        assert titles_to(nominee).count("You are now the technical contact") == 1


@pytest.mark.django_db(transaction=True)
def test_accepting_while_the_seat_is_ended_leaves_the_nominee_in_it():
    for _ in range(ROUNDS):
        one, _other, holder, nominee = district_with_a_seat()
        nomination, held = nominate(nominee, one), holder.designations.get()
        outcomes = at_once(
            lambda a=nomination, b=nominee: actions.accept(a, by=b),
            lambda a=held, b=one: actions.end_designation(a, by=b, reason="Left."),
        )
        assert len(refused(outcomes)) <= 1
        assert seat_of(one.district).user == nominee


@pytest.mark.django_db(transaction=True)
def test_an_acting_designation_that_ends_twice_at_once_gives_the_seat_back_once():
    for _ in range(ROUNDS):
        one, other, holder, nominee = district_with_a_seat()
        actions.end_designation(holder.designations.get(), by=one, reason="Leave.")
        began = {"started_at": timezone.now() - 9 * DAY, "inactive_since": timezone.now() - 9 * DAY}
        acting = DesignationFactory(
            user=nominee, role=SEAT, is_acting=True, reverts_to=holder, ends_at=timezone.now() - DAY, **began
        )
        outcomes = at_once(
            actions.end_due, actions.end_due, lambda a=acting, b=other: actions.end_designation(a, by=b, reason="Over.")
        )
        assert not refused(outcomes) or outcomes[:2] != [0, 0]
        assert outcomes.count(None) + sum(each for each in outcomes if isinstance(each, int)) == 1
        assert seat_of(one.district).user == holder
        assert holder.designations.count() == 2


@pytest.mark.django_db(transaction=True)
def test_the_seat_that_goes_back_while_somebody_accepts_it_is_held_by_one():
    for _ in range(ROUNDS):
        one, _other, holder, nominee = district_with_a_seat()
        actions.end_designation(holder.designations.get(), by=one, reason="Leave.")
        began = {"started_at": timezone.now() - 9 * DAY, "inactive_since": timezone.now() - 9 * DAY}
        DesignationFactory(
            user=UserFactory(district=one.district),
            role=SEAT,
            is_acting=True,
            reverts_to=holder,
            ends_at=timezone.now() - DAY,
            **began,
        )
        nomination = NominationFactory(nominee=nominee, nominated_by=one)
        outcomes = at_once(actions.end_due, lambda a=nomination, b=nominee: actions.accept(a, by=b))
        assert not refused(outcomes)
        assert seat_of(one.district).user == nominee


@pytest.mark.django_db(transaction=True)
def test_designating_and_nominating_at_once_leave_no_second_technical_contact():
    for _ in range(ROUNDS):
        district = DistrictFactory()
        one, other = UserFactory.create_batch(2, district=district, roles=[Role.DISTRICT_ADMINISTRATOR])
        nominee, designated = UserFactory.create_batch(2, district=district)
        outcomes = at_once(
            lambda a=nominee, b=one: nominate(a, b),
            lambda a=designated, b=other: actions.designate(a, role=SEAT, by=b),
        )
        # Who is designated first may be succeeded; who is nominated first keeps the seat free.
        assert Nomination.objects.open().filter(district=district).count() == 1
        seats = Designation.objects.current().filter(district=district, role=SEAT)
        assert seats.count() + len(refused(outcomes)) == 1
