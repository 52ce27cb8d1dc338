"""A resolution without an answer: reminders on business days 3, 6 and 9, closing on the tenth; any answer stops it."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from cases import actions, tasks
from cases.models import Case, TimelineEntry
from contacts.models import AuditEvent, District, Message, Role
from tests.contacts.races import at_once, locked
from tests.factories import AgentFactory, CaseFactory, DistrictHolidayFactory, UserFactory

Action, Status = TimelineEntry.Action, Case.Status
# A Monday without a holiday in the two weeks that follow: days 3, 6, 9 and 10 are the 7th, 12th, 15th and 18th.
MONDAY = "2026-05-04 14:00"
DAYS = {3: "2026-05-07", 6: "2026-05-12", 9: "2026-05-15", 10: "2026-05-18"}


@pytest.fixture
def clock(monkeypatch):
    """Turn the clock to a time of day in a district: ``clock("2026-05-04 14:00")``, in Chicago."""
    shown = {}

    def clock(text, zone="America/Chicago"):
        shown["now"] = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))

    real = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: shown.get("now") or real())
    return clock


@pytest.fixture
def resolved(case_in, agent, clock):
    def resolved(at=MONDAY, zone="America/Chicago"):
        clock(at, zone)
        case = case_in(Status.ASSIGNED)
        actions.resolve(case=case, by=agent, text="Press the other button.")
        case.refresh_from_db()
        return case

    return resolved


def happened(case):
    return [entry.action for entry in case.timeline.filter(by=None)]


def sweep(clock, at):
    clock(at)
    return actions.follow_up()


@pytest.mark.django_db
def test_reminders_on_the_third_sixth_and_ninth_business_day_and_closing_on_the_tenth(resolved, clock):
    case = resolved()
    day, did = date(2026, 5, 4), {}
    while day < date(2026, 5, 22):
        for hour in range(24):
            if sweep(clock, f"{day} {hour:02}:17"):
                did[f"{day} {hour:02}"] = case.timeline.last().get_action_display()
        day += timedelta(days=1)
    reminded = "sent a reminder"
    assert did == {
        f"{DAYS[3]} 08": reminded,
        f"{DAYS[6]} 08": reminded,
        f"{DAYS[9]} 08": reminded,
        f"{DAYS[10]} 17": "closed the case",
    }
    case.refresh_from_db()
    assert (case.status, case.closed_at) == (Status.CLOSED, datetime(2026, 5, 18, 22, 17, tzinfo=ZoneInfo("UTC")))
    assert AuditEvent.objects.filter(action="case.remind", actor_label="The portal").count() == 3


@pytest.mark.django_db
def test_it_closes_at_five_in_the_afternoon_of_the_tenth_day_and_not_a_second_before(resolved, clock):
    case = resolved()
    Case.objects.update(reminders_sent=3, reminded_at=timezone.now())
    assert sweep(clock, f"{DAYS[10]} 16:59:59") == 0
    assert sweep(clock, f"{DAYS[10]} 17:00:00") == 1
    assert happened(case) == [Action.CLOSED]


@pytest.mark.django_db
def test_holidays_of_the_district_and_of_the_country_put_everything_off(resolved, district, clock):
    DistrictHolidayFactory(district=district, first_on=date(2026, 5, 6), last_on=date(2026, 5, 8))
    case = resolved()
    assert sweep(clock, f"{DAYS[3]} 12:00") == 0
    assert sweep(clock, "2026-05-12 08:00") == 1
    # With the second break the tenth day comes after Memorial Day, the 25th.
    assert case.follow_up.closing_day == date(2026, 5, 21)
    DistrictHolidayFactory(district=district, first_on=date(2026, 5, 20), last_on=date(2026, 5, 22))
    case = Case.objects.get(pk=case.pk)
    assert case.follow_up.closing_day == date(2026, 5, 27)


@pytest.mark.django_db
@pytest.mark.parametrize("zone", ["America/New_York", "Pacific/Honolulu", "Pacific/Auckland"])
def test_the_days_are_those_of_the_districts_time_zone(zone, resolved, district, clock):
    district.time_zone = zone
    district.save()
    # Late in the evening it is the next day elsewhere.
    resolved("2026-05-04 23:30", zone)
    clock(f"{DAYS[3]} 07:59", zone)
    assert actions.follow_up() == 0
    clock(f"{DAYS[3]} 08:00", zone)
    assert actions.follow_up() == 1


@pytest.mark.django_db
def test_it_stays_eight_in_the_morning_when_the_clocks_change(resolved, clock):
    case = resolved("2026-03-04 14:00")  # A Wednesday; the clocks change on Sunday the 8th.
    assert sweep(clock, "2026-03-09 07:59") == 0
    assert sweep(clock, "2026-03-09 08:00") == 1
    case.refresh_from_db()
    assert case.reminded_at == datetime(2026, 3, 9, 13, tzinfo=ZoneInfo("UTC"))


@pytest.mark.django_db
def test_a_worker_that_was_down_for_three_days_sends_one_reminder_per_case(resolved, clock):
    cases = [resolved() for _ in range(3)]
    assert sweep(clock, f"{DAYS[6]} 12:00") == 3
    assert sweep(clock, f"{DAYS[6]} 13:00") == 0
    assert sweep(clock, f"{DAYS[9]} 08:00") == 3
    for case in cases:
        texts = [entry.text for entry in case.timeline.filter(action=Action.REMINDED)]
        assert [text[:15] for text in texts] == ["Reminder 2 of 3", "Reminder 3 of 3"]


@pytest.mark.django_db
def test_a_worker_that_was_down_past_the_tenth_day_reminds_first_and_closes_a_business_day_later(resolved, clock):
    case = resolved()
    assert sweep(clock, "2026-05-22 12:00") == 1  # A Friday; Monday is Memorial Day.
    assert sweep(clock, "2026-05-25 17:00") == 0
    assert sweep(clock, "2026-05-26 16:00") == 0
    assert sweep(clock, "2026-05-26 17:00") == 1
    assert happened(case) == [Action.REMINDED, Action.CLOSED]


@pytest.mark.django_db
@pytest.mark.parametrize("answer", ["reply", "close"])
def test_any_answer_of_the_district_stops_it(answer, resolved, contact, clock):
    case = resolved()
    assert sweep(clock, f"{DAYS[3]} 08:00") == 1
    getattr(actions, answer)(case=case, by=contact, text="Thank you.")
    for at in ("2026-05-12 12:00", "2026-05-15 12:00", "2026-06-30 12:00"):
        assert sweep(clock, at) == 0
    case.refresh_from_db()
    assert (case.resolved_at, case.reminders_sent, case.reminded_at) == (None, 0, None)


@pytest.mark.django_db
@pytest.mark.parametrize("answered", [True, False])
def test_a_second_resolution_starts_again_with_its_own_three_reminders(answered, resolved, contact, agent, clock):
    case = resolved()
    sweep(clock, f"{DAYS[3]} 08:00")
    if answered:
        actions.reply(case=case, by=contact, text="It does not help.")
    clock("2026-05-11 09:00")
    actions.resolve(case=case, by=agent, text="Then press both.")
    assert sweep(clock, "2026-05-13 12:00") == 0
    assert sweep(clock, "2026-05-14 12:00") == 1
    assert [entry.text[:10] for entry in case.timeline.filter(action=Action.REMINDED)] == ["Reminder 1"] * 2


@pytest.mark.django_db
def test_what_support_says_meanwhile_does_not_stop_it(resolved, agent, clock):
    case = resolved()
    clock("2026-05-05 09:00")
    actions.reply(case=case, by=agent, text="One thing more.")
    actions.note(case=case, by=agent, text="I wonder.")
    assert sweep(clock, f"{DAYS[3]} 08:00") == 1


@pytest.mark.django_db
def test_the_contacts_are_reminded_and_at_the_end_both_sides_are_told(resolved, contact, agent, district, clock):
    UserFactory(roles=[Role.SUPPORT_CONTACT])
    UserFactory(district=district)
    other = UserFactory(district=district, roles=[Role.TECHNICAL_CONTACT])
    case = resolved()
    Message.objects.update(title="before")
    sweep(clock, f"{DAYS[3]} 08:00")
    told = Message.objects.exclude(title="before")
    assert {message.recipient for message in told} == {contact, other}
    assert all("May 18, 2026" in message.body and str(case.number) in message.title for message in told)
    Case.objects.update(reminders_sent=3)
    Message.objects.update(title="before")
    sweep(clock, f"{DAYS[10]} 18:00")
    told = Message.objects.exclude(title="before")
    assert {message.recipient for message in told} == {contact, other, agent}
    assert all(message.title.startswith("Support closed") for message in told)


@pytest.mark.django_db
def test_a_case_that_support_closed_is_reopened_like_any_other(resolved, contact, clock):
    case = resolved()
    Case.objects.update(reminders_sent=3, reminded_at=timezone.now())
    sweep(clock, f"{DAYS[10]} 18:00")
    actions.reopen(case=case, by=contact, text="We were on vacation.")
    case.refresh_from_db()
    assert case.status == Status.ASSIGNED


@pytest.mark.django_db
def test_a_contact_who_accepts_an_exception_case_has_all_the_time_to_answer(exception_case, agent, contact, clock):
    clock(MONDAY)
    actions.resolve(case=exception_case, by=agent, text="It works again.")
    Case.objects.update(reminders_sent=3, reminded_at=timezone.now())
    clock("2026-07-01 18:00")
    actions.accept(case=exception_case, by=contact)
    assert sweep(clock, "2026-07-01 19:00") == 0
    exception_case.refresh_from_db()
    assert (exception_case.status, exception_case.reminders_sent) == (Status.PENDING_VERIFICATION, 0)


@pytest.mark.django_db
def test_an_exception_case_that_nobody_accepted_is_never_closed(exception_case, agent, clock):
    clock(MONDAY)
    actions.resolve(case=exception_case, by=agent, text="It works again.")
    Case.objects.update(reminders_sent=3, reminded_at=timezone.now())
    assert sweep(clock, "2026-07-01 18:00") == 0


@pytest.mark.django_db
def test_the_page_says_in_one_sentence_what_happens_when(resolved, contact, agent, sign_in, clock):
    case = resolved()
    sentence = "Support closes this case on May 18, 2026 unless {}; reminders go out on {}."
    days = "May 7, 2026, May 12, 2026 and May 15, 2026"
    assert sentence.format("you answer", days) in sign_in(contact).get(case.get_absolute_url()).text
    assert sentence.format("the district answers", days) in sign_in(agent).get(case.get_absolute_url()).text
    sweep(clock, f"{DAYS[6]} 08:00")
    assert "reminders go out on May 15, 2026." in sign_in(contact).get(case.get_absolute_url()).text
    sweep(clock, f"{DAYS[9]} 08:00")
    page = sign_in(contact).get(case.get_absolute_url()).text
    assert "Support closes this case on May 18, 2026 unless you answer." in page
    assert "The portal</strong> sent a reminder" in page


@pytest.mark.django_db
def test_the_page_names_the_days_that_do_not_count(resolved, contact, district, sign_in):
    DistrictHolidayFactory(
        district=district, name="Testing days", first_on=date(2026, 5, 20), last_on=date(2026, 5, 21)
    )
    page = sign_in(contact).get(resolved("2026-05-13 09:00").get_absolute_url()).text
    assert "unless you answer; reminders go out on May 18, 2026, May 26, 2026 and May 29, 2026." in page
    assert (
        "Not among the ten business days: weekend (May 16, 2026 to May 17, 2026), "
        "Testing days (May 20, 2026 to May 21, 2026), weekend (May 23, 2026 to May 24, 2026), "
        "Memorial Day (May 25, 2026), weekend (May 30, 2026 to May 31, 2026)."
    ) in page


@pytest.mark.django_db
def test_one_case_that_fails_holds_up_no_other(resolved, agent, clock, caplog):
    healthy, broken = resolved(), CaseFactory(status=Status.ASSIGNED, assignee=agent)
    actions.resolve(case=broken, by=agent, text="Press it.")
    District.objects.filter(pk=broken.district_id).update(time_zone="Mars/Olympus")
    assert sweep(clock, f"{DAYS[3]} 08:00") == 1
    assert happened(healthy) == [Action.REMINDED]
    assert f"{broken} could not be followed up" in caplog.text


@pytest.mark.django_db
def test_the_hourly_task_runs_the_sweep(resolved, clock):
    case = resolved()
    clock(f"{DAYS[3]} 09:00")
    tasks.follow_up_on_resolutions()
    assert happened(case) == [Action.REMINDED]


@pytest.mark.django_db
def test_the_database_holds_each_reminder_of_a_resolution_once(resolved, clock):
    case = resolved()
    sweep(clock, f"{DAYS[3]} 08:00")
    entry = case.timeline.get(action=Action.REMINDED)
    entry.pk = None
    with pytest.raises(IntegrityError, match="the_portal_does_each_thing_once"), transaction.atomic():
        entry.save(force_insert=True)


@pytest.mark.django_db
def test_looking_for_what_is_due_takes_two_queries_however_many_wait(case_in, django_assert_num_queries):
    case_in(Status.PENDING_VERIFICATION)
    CaseFactory.create_batch(5, status=Status.PENDING_VERIFICATION, assignee=AgentFactory())
    with django_assert_num_queries(2):
        assert actions.follow_up() == 0


@pytest.mark.django_db
@pytest.mark.usefixtures("connected_as_owner")  # who alone may ANALYZE
def test_the_sweep_looks_only_at_resolutions(contact):
    CaseFactory.create_batch(200, contact=contact)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE cases_case")
        cursor.execute("SET LOCAL enable_seqscan = off")
        assert "cases_to_follow_up" in Case.objects.to_verify().explain()


@pytest.mark.django_db(transaction=True)
def test_sweeps_at_once_remind_once(resolved, contact, clock):
    cases = [resolved() for _ in range(10)]
    clock(f"{DAYS[3]} 08:00")
    counts = at_once(*[actions.follow_up] * 4)
    assert sum(counts) == len(cases)
    assert all(happened(case) == [Action.REMINDED] for case in cases)
    assert Message.objects.filter(recipient=contact, title__startswith="Reminder").count() == len(cases)


@pytest.mark.django_db(transaction=True)
def test_the_sweep_waits_for_nobody(resolved, clock):
    held, other = resolved(), resolved()
    clock(f"{DAYS[3]} 08:00")
    with locked(Case, held):
        assert actions.follow_up() == 1
    assert happened(other) == [Action.REMINDED]
    assert actions.follow_up() == 1


@pytest.mark.django_db(transaction=True)
def test_an_answer_and_the_closing_at_once_leave_one_outcome(resolved, contact, clock):
    for _ in range(20):
        case = resolved()
        Case.objects.filter(pk=case.pk).update(reminders_sent=3, reminded_at=timezone.now())
        clock(f"{DAYS[10]} 17:00")
        at_once(lambda case=case: actions.reply(case=case, by=contact, text="No."), actions.follow_up)
        case.refresh_from_db()
        closed, replied = (case.timeline.filter(action=action).count() for action in (Action.CLOSED, Action.REPLIED))
        assert (closed, replied, case.status) in [(1, 0, Status.CLOSED), (0, 1, Status.ASSIGNED)]
