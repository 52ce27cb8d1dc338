"""What the clock alone does to contacts: warnings, the end where nobody decides, and a record of each run."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from contacts import actions, message_center, tasks
from contacts.models import AuditEvent, InactivityRun, Message, Role
from tests.contacts.test_activity import HALF_A_YEAR, MICROSECOND, flagged_contact, idle_contact, titles_to
from tests.factories import AgentFactory, DesignationFactory, DistrictFactory, UserFactory

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def clock(monkeypatch):
    """``clock(timedelta)`` moves on; it stands still otherwise."""
    moment = [timezone.now()]
    monkeypatch.setattr(timezone, "now", lambda: moment[0])

    def move(by):
        moment[0] += by
        return moment[0]

    return move


def news_of(person):
    """The titles of what the person has not read yet, and now has."""
    unread = person.messages.unread()
    titles = [message.title for message in unread]
    unread.update(read_at=timezone.now())
    return titles


def warning(days):
    return f"You will be flagged inactive in {days} day{'' if days == 1 else 's'}"


# --- warnings -----------------------------------------------------------------------------------------------------


def test_a_contact_is_warned_once_at_each_of_three_moments_and_then_flagged(clock):
    contact = idle_contact(149 * DAY, now=clock(0 * DAY))
    told = []
    for _ in range(33 * 4):
        clock(DAY / 4)
        actions.flag_inactive()
        told += [(timezone.now() - contact.started_at, title) for title in news_of(contact.user)]
    assert told == [
        (150 * DAY, warning(30)),
        (166 * DAY, warning(14)),
        (179 * DAY, warning(1)),
        (180 * DAY, "You were flagged inactive as a support contact"),
    ]
    assert AuditEvent.objects.filter(action="contact.warn", actor_label="The portal").count() == 3


@pytest.mark.parametrize("days", [30, 14, 1])
@pytest.mark.parametrize(("off", "warned"), [(-MICROSECOND, False), (0 * DAY, True), (MICROSECOND, True)])
def test_a_warning_comes_at_exactly_its_day(clock, days, off, warned):
    contact = idle_contact(HALF_A_YEAR - days * DAY + off, now=clock(0 * DAY), warned_days_before=days + 1)
    actions.flag_inactive()
    assert titles_to(contact.user) == ([warning(days)] if warned else [])


def test_after_a_week_without_a_run_only_the_nearest_warning_comes(clock):
    contact = idle_contact(164 * DAY, now=clock(0 * DAY))
    clock(7 * DAY)
    actions.flag_inactive()
    actions.flag_inactive()
    assert titles_to(contact.user) == [warning(9)]
    contact.refresh_from_db()
    assert contact.warned_days_before == 14


def test_after_a_month_without_a_run_the_contact_is_flagged_and_not_warned():
    contact = idle_contact(HALF_A_YEAR + DAY)
    actions.flag_inactive()
    assert titles_to(contact.user) == ["You were flagged inactive as a support contact"]


@pytest.mark.parametrize("restart", ["sign in", "act", "keep"])
def test_a_new_period_of_inactivity_warns_again(clock, restart):
    contact = idle_contact(165 * DAY, now=clock(0 * DAY))
    actions.flag_inactive()
    if restart == "keep":
        clock(20 * DAY)
        actions.flag_inactive()
        actions.keep(contact, by=AgentFactory(roles=[Role.SUPPORT_LEAD]), reason="On leave.")
    else:
        {"sign in": actions.note_sign_in, "act": actions.note_activity}[restart](contact.user)
    news_of(contact.user)
    clock(149 * DAY)
    actions.flag_inactive()
    assert news_of(contact.user) == []
    clock(DAY)
    actions.flag_inactive()
    assert news_of(contact.user) == [warning(30)]


def test_a_warning_names_the_day_in_the_time_zone_of_its_reader(clock, settings):
    now = clock(0 * DAY)
    midnight_in_chicago = now.replace(month=3, day=1, hour=6, minute=0, second=0, microsecond=0) + 365 * DAY
    district = DistrictFactory(name="Riverbend 100%", time_zone="America/Chicago")
    people = [UserFactory(district=district, time_zone=zone) for zone in ("", "America/Los_Angeles", "Europe/Paris")]
    since = midnight_in_chicago - HALF_A_YEAR
    for person in people:
        DesignationFactory(user=person, role=Role.SUPPORT_CONTACT, started_at=since, inactive_since=since)
    clock(midnight_in_chicago - 30 * DAY - now)
    actions.flag_inactive()
    bodies = [person.messages.get().body for person in people]
    year = midnight_in_chicago.year
    assert [body[body.index("On ") :][:15] for body in bodies] == [
        f"On Mar 1, {year} "[:15],
        f"On Feb 28, {year}"[:15],
        f"On Mar 1, {year} "[:15],
    ]
    assert all("support contact of Riverbend 100% will be flagged" in body for body in bodies)


def test_a_warning_goes_out_by_e_mail_like_every_message(mailoutbox):
    contact = idle_contact(170 * DAY)
    actions.flag_inactive()
    message_center.email_unsent()
    message_center.email_unsent()
    assert [(mail.to, mail.subject) for mail in mailoutbox] == [([contact.user.email], warning(10))]


def test_only_the_contact_is_warned():
    contact = idle_contact(170 * DAY)
    for role in (Role.TECHNICAL_CONTACT, Role.DISTRICT_ADMINISTRATOR):
        UserFactory(district=contact.district, roles=[role])
    AgentFactory(roles=[Role.SUPPORT_LEAD])
    actions.flag_inactive()
    assert [message.recipient for message in Message.objects.all()] == [contact.user]


def test_who_cannot_be_reached_is_not_warned():
    idle_contact(170 * DAY, user__email=None)
    actions.flag_inactive()
    assert not Message.objects.exists()


@pytest.mark.parametrize("role", [Role.BUILDING_COACH, Role.DISTRICT_ADMINISTRATOR])
def test_only_authorized_contacts_are_warned(role):
    idle_contact(170 * DAY, role=role)
    actions.flag_inactive()
    assert not Message.objects.exists()


def test_an_odd_name_stays_as_it_is_in_every_message():
    district = DistrictFactory(name="100% %1$s {{ days }} \\1 %s")
    contact = idle_contact(user__district=district, user__first_name="Al  %2$s", user__last_name="O'Hara %%")
    other = UserFactory(district=district, roles=[Role.DISTRICT_ADMINISTRATOR])
    actions.flag_inactive()
    assert other.messages.get().title == f"{district.name}: 1 contact flagged inactive"
    assert other.messages.get().body.startswith(f"{contact.user.display_name}, support contact\n")
    assert f"support contact of {district.name} is flagged" in contact.user.messages.get().body
    event = AuditEvent.objects.get(action="contact.flag")
    assert (event.object_label, event.object_key) == (str(contact), str(contact.pk))


def test_a_sweep_that_does_everything_costs_the_same_for_many_as_for_one(settings):
    settings.DEACTIVATE_FLAGGED_AFTER_DAYS = 10

    def queries(people):
        for _ in range(people):
            idle_contact()
            idle_contact(170 * DAY)
            idle_contact(300 * DAY, flagged_at=timezone.now() - 20 * DAY)
        with CaptureQueriesContext(connection) as captured:
            assert actions.flag_inactive() == people
        return len(captured)

    AgentFactory(roles=[Role.SUPPORT_LEAD])
    assert queries(1) == queries(60)


# --- nobody decided -----------------------------------------------------------------------------------------------


def test_without_the_setting_the_clock_deactivates_nobody(settings):
    contact = idle_contact(3000 * DAY, flagged_at=timezone.now() - 2000 * DAY)
    assert settings.DEACTIVATE_FLAGGED_AFTER_DAYS == 0
    actions.flag_inactive()
    contact.refresh_from_db()
    assert not contact.ended_at


@pytest.mark.parametrize(("off", "ended"), [(-MICROSECOND, False), (0 * DAY, True), (MICROSECOND, True)])
def test_with_the_setting_a_flag_that_nobody_decided_ends_the_designation(clock, settings, off, ended):
    settings.DEACTIVATE_FLAGGED_AFTER_DAYS = 45
    now = clock(0 * DAY)
    contact = idle_contact(300 * DAY, now=now, flagged_at=now - 45 * DAY - off)
    actions.flag_inactive()
    contact.refresh_from_db()
    assert (contact.ended_at == now) is ended
    assert (contact.end_reason == "Nobody decided within 45 days of the flag.") is ended
    assert contact.ended_by is None


def test_the_end_without_a_decision_is_told_and_audited_once(settings):
    settings.DEACTIVATE_FLAGGED_AFTER_DAYS = 45
    contact = idle_contact(300 * DAY, flagged_at=timezone.now() - 46 * DAY)
    other = UserFactory(district=contact.district, roles=[Role.DISTRICT_ADMINISTRATOR])
    lead = AgentFactory(roles=[Role.SUPPORT_LEAD])
    actions.flag_inactive()
    actions.flag_inactive()
    assert titles_to(contact.user) == ["You are no longer a support contact"]
    assert titles_to(other) == [f"{contact.district}: 1 contact deactivated"]
    assert titles_to(lead) == ["1 contact deactivated"]
    assert str(contact.user) in lead.messages.get().body
    event = AuditEvent.objects.get(action="contact.deactivate_undecided")
    assert (event.actor_label, event.district_key) == ("The portal", str(contact.district_id))


def test_whoever_signs_in_or_is_kept_before_is_not_deactivated(settings):
    settings.DEACTIVATE_FLAGGED_AFTER_DAYS = 45
    back, kept = (idle_contact(300 * DAY, flagged_at=timezone.now() - 46 * DAY) for _ in range(2))
    actions.note_sign_in(back.user)
    actions.keep(kept, by=AgentFactory(roles=[Role.SUPPORT_LEAD]), reason="On leave.")
    actions.flag_inactive()
    assert [each.ended_at for each in (back, kept) if each.refresh_from_db() or each.ended_at] == []


def test_the_messages_of_a_flag_say_when_it_ends_the_designation(settings):
    settings.DEACTIVATE_FLAGGED_AFTER_DAYS = 45
    contact = idle_contact()
    actions.flag_inactive()
    assert "If nobody decides within 45 days, the designation ends." in contact.user.messages.get().body


# --- the record of each run ---------------------------------------------------------------------------------------


def test_a_run_is_recorded_with_what_it_did(settings):
    settings.DEACTIVATE_FLAGGED_AFTER_DAYS = 45
    idle_contact()
    [idle_contact(170 * DAY) for _ in range(2)]
    [idle_contact(300 * DAY, flagged_at=timezone.now() - 50 * DAY) for _ in range(3)]
    flagged_contact()
    idle_contact(role=Role.BUILDING_COACH)
    before = timezone.now()
    tasks.flag_inactive_contacts()
    run = InactivityRun.objects.get()
    assert before <= run.started_at <= run.finished_at <= timezone.now()
    assert (run.looked_at, run.warned, run.flagged, run.deactivated) == (7, 2, 1, 3)


@pytest.mark.django_db(transaction=True)
def test_a_run_that_fails_leaves_its_start_and_nothing_of_the_step_that_failed(monkeypatch):
    contact = idle_contact()
    monkeypatch.setattr(actions.inactivity, "support_leads", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        actions.flag_inactive()
    run = InactivityRun.objects.get()
    assert (run.finished_at, run.flagged) == (None, 0)
    contact.refresh_from_db()
    assert not contact.flagged_at
    assert not Message.objects.exists()


@pytest.mark.parametrize(("ago", "state"), [(timedelta(hours=26), "ok"), (timedelta(hours=26) + MICROSECOND, "late")])
def test_ready_and_the_page_say_when_no_run_has_succeeded_for_26_hours(clock, client, sign_in, ago, state):
    administrator = UserFactory(roles=[Role.DISTRICT_ADMINISTRATOR])
    actions.flag_inactive()
    finished = timezone.now()
    clock(ago)
    InactivityRun.objects.create()
    answer = client.get("/readyz")
    said = answer.json()
    assert answer.status_code == 200
    assert said["inactivity"] == state
    assert said["inactivity_last_run"] == finished.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    shown = sign_in(administrator).get(reverse("contacts:inactive")).text
    assert ("has not looked for inactive contacts since" in shown) is (state == "late")


def test_before_the_first_run_ready_and_the_page_say_so(client, sign_in):
    assert client.get("/readyz").json()["inactivity"] == "not run yet"
    page = sign_in(UserFactory(roles=[Role.DISTRICT_ADMINISTRATOR])).get(reverse("contacts:inactive"))
    assert "has not looked for inactive contacts yet" in page.text
