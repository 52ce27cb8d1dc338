"""By when Support answers: targets by priority in Support's hours, a clock that stops while the district is awaited."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from cases import actions
from cases.models import Case, PriorityRule, ResponseTarget, SupportHoliday, SupportHours
from contacts.models import AuditEvent
from tests.factories import AgentFactory, CaseFactory, ProductAreaFactory, UserFactory

pytestmark = pytest.mark.django_db
Status, Priority = Case.Status, Case.Priority
TARGETS = {Priority.LOW: (18, 18), Priority.NORMAL: (9, 8), Priority.HIGH: (4, 4), Priority.CRITICAL: (1, 2)}


@pytest.fixture(autouse=True)
def _usual_hours():
    """Monday to Friday, 8 AM to 5 PM in Chicago."""
    for priority, (first, following) in TARGETS.items():
        hours = {"first_answer_hours": first, "next_answer_hours": following}
        ResponseTarget.objects.update_or_create(priority=priority, defaults=hours)
    for weekday in range(5):
        SupportHours.objects.update_or_create(weekday=weekday, defaults={"opens_at": time(8), "closes_at": time(17)})


@pytest.fixture(autouse=True)
def _priorities():
    """The urgency alone decides, so that each test chooses."""
    PriorityRule.objects.all().delete()
    for level in Priority:
        PriorityRule.objects.create(urgency=level, priority=level)


@pytest.fixture
def agent(agent):
    agent.time_zone = "America/Chicago"
    agent.save()
    return agent


@pytest.fixture
def clock(monkeypatch):
    """Turn the clock to a time of day in Chicago; what fills itself in by a default follows too."""

    def clock(text):
        now = local(text)
        monkeypatch.setattr(timezone, "now", lambda: now)
        monkeypatch.setattr(Case._meta.get_field("created_at"), "default", lambda: now)
        Case._meta.get_field("created_at").__dict__.pop("_get_default", None)
        return now

    yield clock
    Case._meta.get_field("created_at").__dict__.pop("_get_default", None)


def local(text):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("America/Chicago"))


@pytest.fixture
def submit(contact, clock):
    def submit(at, priority=Priority.NORMAL):
        clock(at)
        case = actions.submit(
            by=contact,
            kind=Case.Kind.QUESTION,
            product_area=ProductAreaFactory(),
            subject="One",
            description="How?",
            urgency=priority,
        )
        return case

    return submit


def due(case):
    return Case.objects.get(pk=case.pk).answer_due_at


@pytest.mark.parametrize(
    ("priority", "expected"),
    [
        (Priority.CRITICAL, "2026-11-25 16:00"),
        (Priority.HIGH, "2026-11-27 10:00"),
        (Priority.NORMAL, "2026-11-27 15:00"),
        (Priority.LOW, "2026-11-30 15:00"),
    ],
)
def test_the_priority_says_how_many_of_supports_hours_it_takes(priority, expected, submit):
    """Over Thanksgiving, the 26th, and the weekend after it."""
    assert due(submit("2026-11-25 15:00", priority)) == local(expected)


def test_the_clock_stops_while_the_districts_answer_is_awaited_and_starts_with_it(submit, contact, agent, clock):
    case = submit("2026-11-23 09:00")
    clock("2026-11-23 10:00")
    actions.ask(case=case, by=agent, text="Which school?")
    assert due(case) is None
    clock("2026-11-24 10:00")
    actions.reply(case=case, by=contact, text="The second one.")
    assert due(case) == local("2026-11-25 09:00")
    clock("2026-11-24 11:00")
    actions.resolve(case=case, by=agent, text="Press the button.")
    assert due(case) is None


def test_a_second_word_of_the_district_does_not_put_the_answer_off(submit, contact, clock):
    case = submit("2026-11-23 09:00")
    first = due(case)
    clock("2026-11-23 12:00")
    actions.reply(case=case, by=contact, text="And one thing more.")
    assert due(case) == first


@pytest.mark.parametrize("verb", ["take", "note"])
def test_what_the_district_cannot_read_or_does_not_answer_it_is_no_answer(verb, submit, agent, clock):
    case = submit("2026-11-23 09:00")
    first = due(case)
    clock("2026-11-23 10:00")
    getattr(actions, verb)(case=case, by=agent, **({"text": "Hm."} if verb == "note" else {}))
    assert due(case) == first


@pytest.mark.parametrize("verb", ["reply", "ask", "resolve"])
def test_whatever_support_says_to_the_district_is_an_answer(verb, submit, agent):
    case = submit("2026-11-23 09:00")
    getattr(actions, verb)(case=case, by=agent, text="Words.")
    assert due(case) is None


def test_an_escalation_says_something_to_the_district_too(submit, agent):
    case = submit("2026-11-23 09:00")
    actions.escalate(case=case, by=agent, level=1, text="The second level has it.")
    assert due(case) is None


def test_a_corrected_urgency_counts_from_the_same_moment(submit, agent, clock):
    case = submit("2026-11-23 09:00")
    clock("2026-11-23 10:00")
    actions.correct(case=case, by=agent, urgency=Priority.HIGH)
    assert due(case) == local("2026-11-23 13:00")


def test_a_priority_that_support_sets_counts_from_the_same_moment(submit, agent, clock):
    case = submit("2026-11-23 09:00")
    clock("2026-11-23 10:00")
    actions.prioritize(case=case, by=agent, priority=Priority.CRITICAL, reason="The state waits for it.")
    assert due(case) == local("2026-11-23 10:00")
    actions.prioritize(case=case, by=agent, priority=None)
    assert due(case) == local("2026-11-24 09:00")


def test_a_reply_that_becomes_a_case_of_its_own_is_to_be_answered(submit, contact, agent, clock):
    case = submit("2026-11-23 09:00")
    entry = actions.reply(case=case, by=contact, text="And the buses are late.")
    clock("2026-11-23 10:00")
    actions.split(case=case, by=agent, entry=entry, subject="Late buses")
    assert due(Case.objects.get(subject="Late buses")) == local("2026-11-24 10:00")


def test_closing_ends_it_and_reopening_starts_the_next_answer(submit, contact, clock):
    case = submit("2026-11-23 09:00")
    actions.close(case=case, by=contact)
    assert due(case) is None
    clock("2026-11-23 11:00")
    actions.reopen(case=case, by=contact, text="It is back.")
    assert due(case) == local("2026-11-24 10:00")


def test_an_answer_that_nothing_promised_for_a_while_is_due_again_from_the_same_moment(submit, agent, sign_in):
    case = submit("2026-11-23 09:00")
    ResponseTarget.objects.filter(priority=Priority.NORMAL).delete()
    actions.recount_answers(ResponseTarget(priority=Priority.NORMAL), by=agent)
    assert due(case) is None
    said = {"priority": Priority.HIGH, "reason": "It is.", "newest": None}
    actions.prioritize(case=case, by=agent, **said)
    assert due(case) == local("2026-11-23 13:00")
    actions.prioritize(case=case, by=agent, priority=None)
    target = ResponseTarget.objects.create(priority=Priority.NORMAL, first_answer_hours=9, next_answer_hours=8)
    actions.recount_answers(target, by=agent)
    assert due(case) == local("2026-11-24 09:00")


@pytest.mark.parametrize("answered", [False, True])
def test_a_merge_that_is_undone_gives_back_the_answer_that_was_due(answered, submit, contact, agent, clock):
    case, other = submit("2026-11-23 09:00"), submit("2026-11-23 09:30")
    if answered:
        actions.reply(case=case, by=agent, text="Like this.")
        clock("2026-11-23 10:00")
        actions.reply(case=case, by=contact, text="It does not work.")
    before = due(case)
    clock("2026-11-23 11:00")
    actions.merge(case=case, by=agent, other=other)
    assert due(case) is None
    actions.unmerge(case=case, by=agent)
    assert due(case) == before is not None


def test_a_merge_that_is_undone_brings_back_nothing_from_before_the_case_was_closed(submit, contact, agent, clock):
    case, other = submit("2026-11-23 09:00"), submit("2026-11-23 09:30")
    actions.close(case=case, by=contact)
    clock("2026-11-23 11:00")
    actions.reopen(case=case, by=contact, text="It is back.")
    clock("2026-11-23 12:00")
    actions.merge(case=case, by=agent, other=other)
    actions.unmerge(case=case, by=agent)
    assert due(case) == local("2026-11-24 10:00")


def test_a_merge_that_is_undone_asks_for_no_answer_where_none_was_due(submit, agent, clock):
    case, other = submit("2026-11-23 09:00"), submit("2026-11-23 09:30")
    actions.reply(case=case, by=agent, text="Like this.")
    actions.merge(case=case, by=agent, other=other)
    actions.unmerge(case=case, by=agent)
    assert due(case) is None


def test_an_exception_case_is_with_its_agent_already(exception_case, agent):
    assert due(exception_case) is None


def test_without_hours_or_a_target_nothing_is_promised_and_a_case_can_be_submitted(submit):
    ResponseTarget.objects.all().delete()
    assert due(submit("2026-11-23 09:00")) is None
    SupportHours.objects.all().delete()
    assert due(submit("2026-11-23 09:00")) is None


def test_an_admin_who_changes_hours_targets_or_holidays_moves_what_is_running(submit, sign_in):
    case = submit("2026-11-23 09:00")
    assert due(case) == local("2026-11-24 09:00")
    admin = sign_in(UserFactory(district=None, is_staff=True))
    target = ResponseTarget.objects.get(priority=Priority.NORMAL)
    said = {"priority": "normal", "first_answer_hours": 10, "next_answer_hours": 8}
    admin.post(f"/admin/cases/responsetarget/{target.pk}/change/", said)
    assert due(case) == local("2026-11-24 10:00")
    said = {"name": "Moving the office", "first_on": "2026-11-24", "last_on": "2026-11-24"}
    admin.post("/admin/cases/supportholiday/add/", said)
    assert due(case) == local("2026-11-25 10:00")
    monday = SupportHours.objects.get(weekday=0)
    said = {"weekday": 0, "opens_at": "08:00", "closes_at": "19:00"}
    admin.post(f"/admin/cases/supporthours/{monday.pk}/change/", said)
    assert due(case) == local("2026-11-23 19:00")
    admin.post(f"/admin/cases/supporthours/{monday.pk}/delete/", {"post": "yes"})
    # Tuesday is the holiday.
    assert due(case) == local("2026-11-27 09:00")
    assert AuditEvent.objects.filter(action="support.change_targets").count() == 4
    assert SupportHoliday.objects.count() == 1


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("supporthours", {"weekday": 6, "opens_at": "17:00", "closes_at": "08:00"}),
        ("supportholiday", {"name": "Too long", "first_on": "2026-01-01", "last_on": "2026-12-31"}),
        ("responsetarget", {"priority": "low", "first_answer_hours": 0, "next_answer_hours": 1}),
    ],
)
def test_the_admin_refuses_in_words_what_cannot_be(address, said, sign_in):
    page = sign_in(UserFactory(district=None, is_staff=True)).post(f"/admin/cases/{address}/add/", said)
    assert page.status_code == 200
    assert page.context["errors"]


def test_supports_list_says_what_is_due_due_soon_and_missed(submit, agent, contact, sign_in, clock):
    case = submit("2026-11-23 09:00")  # due on the 24th at 9
    client = sign_in(agent)
    clock("2026-11-23 13:59")
    assert "Answer due Nov 24, 2026, 9:00 AM" in client.get("/cases/").text
    assert not client.get("/cases/?status=answer").context["page"].rows
    clock("2026-11-23 14:00")  # Four of Support's hours before.
    assert "Answer due soon, Nov 24, 2026, 9:00 AM" in client.get("/cases/?status=answer").text
    clock("2026-11-24 09:01")
    client = sign_in(agent)  # A session ends after a night.
    assert "Answer missed, due Nov 24, 2026, 9:00 AM" in client.get("/cases/?status=answer").text
    assert [row.pk for row in client.get("/cases/?status=answer").context["page"].rows] == [case.pk]
    assert "Answer missed" not in sign_in(contact).get("/cases/").text


def test_an_agents_home_shows_their_answers_and_what_nobody_has_the_earliest_first(agent, sign_in):
    now = timezone.now()

    def owed(subject, hours, **fields):
        due = now + timedelta(hours=hours)
        soon = due - timedelta(hours=4)
        CaseFactory(subject=subject, answer_since=now, answer_soon_at=soon, answer_due_at=due, **fields)

    mine = {"status": Status.ASSIGNED, "assignee": agent}
    owed("Soon and mine", 2, **mine)
    owed("Missed and nobody's", -1)
    owed("Missed and another's", -1, **mine | {"assignee": AgentFactory()})
    owed("Later and mine", 9, **mine)
    needs = sign_in(agent).get(reverse("home")).context["needs"]
    assert [(need.verb, need.what) for need in needs] == [
        ("Take", "Missed and nobody's"),
        ("Answer", "Soon and mine"),
    ]


@pytest.mark.parametrize("who", ["agent", "contact"])
def test_the_page_explains_which_hours_count_and_which_do_not_and_why(
    who, submit, agent, contact, sign_in, clock, django_assert_num_queries
):
    case = submit("2026-11-25 15:00")
    client = sign_in({"agent": agent, "contact": contact}[who])
    page = client.get(case.get_absolute_url()).text
    assert "Answer due Nov 27, 2026, 3:00 PM" in page
    for said in ("not counted, Thanksgiving Day", "not counted, outside business hours", "2 hours", "7 hours"):
        assert said in page
    # The usual ones of the page, Support's hours and its holidays.
    with django_assert_num_queries(6 + 7 + 2 + (6 if who == "agent" else 0)):
        client.get(case.get_absolute_url())
    actions.reply(case=case, by=agent, text="Words.")
    assert "How this is worked out" not in client.get(case.get_absolute_url()).text


def test_no_answer_is_due_while_the_district_is_awaited_not_even_in_the_database(submit, agent):
    case = submit("2026-11-23 09:00")
    actions.ask(case=case, by=agent, text="Which one?")
    with pytest.raises(IntegrityError, match="no_answer_is_due_while"), transaction.atomic():
        Case.objects.update(**dict.fromkeys(["answer_since", "answer_soon_at", "answer_due_at"], case.created_at))


@pytest.mark.usefixtures("connected_as_owner")  # who alone may ANALYZE
def test_the_answers_that_are_due_have_an_index_of_their_own(contact):
    CaseFactory.create_batch(200, contact=contact)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE cases_case")
        cursor.execute("SET LOCAL enable_seqscan = off")
        assert "cases_to_answer" in Case.objects.answer_pressing(timezone.now()).order_by("answer_due_at").explain()


def test_recounting_takes_as_many_queries_for_thirty_answers_as_for_three(agent, django_assert_num_queries):
    def recount(number):
        now = timezone.now()
        CaseFactory.create_batch(number, answer_since=now, answer_soon_at=now, answer_due_at=now)
        with django_assert_num_queries(9):
            actions.recount_answers(ResponseTarget.objects.first(), by=agent)

    recount(3)
    recount(27)


def test_a_day_of_supports_holiday_is_named(submit, agent, sign_in):
    SupportHoliday.objects.create(name="Moving the office", first_on=date(2026, 11, 24), last_on=date(2026, 11, 24))
    case = submit("2026-11-23 12:00")
    assert "not counted, Moving the office" in sign_in(agent).get(case.get_absolute_url()).text
