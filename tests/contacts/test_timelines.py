"""Lives of contacts, told at random: after each sweep the portal says what is counted here from the moments alone."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some

from cases import actions as cases
from contacts import actions
from contacts.models import AuditEvent, Designation, Message, Role
from tests.factories import AgentFactory, CaseFactory, DesignationFactory, UserFactory

pytestmark = pytest.mark.django_db
PEOPLE = 25
DAY, HOUR, MICROSECOND = timedelta(days=1), timedelta(hours=1), timedelta(microseconds=1)
FLAG_AFTER, WARN_BEFORE = 180 * DAY, (30, 14, 1)
ZONES = ["America/New_York", "America/Chicago", "America/Phoenix", "Pacific/Honolulu", "Australia/Lord_Howe"]
# Leap days, and nights on which the clocks of New York and Chicago change.
DAYS = [date(2024, 2, 29), date(2028, 2, 29), date(2026, 3, 8), date(2026, 11, 1), date(2027, 3, 14), date(2027, 11, 7)]


def near(moments):
    """At one of these moments, or a microsecond or some hours beside it."""
    beside = some.sampled_from([timedelta(0), MICROSECOND, -MICROSECOND, HOUR, -HOUR, 5 * DAY])
    return some.builds(lambda moment, by: moment + by, moments, beside)


def on_the_wall():
    """A moment by somebody's clock, which may show it twice or never."""
    days = some.sampled_from(DAYS) | some.dates(date(2024, 1, 1), date(2028, 12, 31))
    times = some.sampled_from([time(0), time(1, 30), time(1, 30, fold=1), time(2, 30), time(12, 7)])
    zones = some.sampled_from([ZoneInfo(zone) for zone in ZONES])
    return some.builds(lambda day, at, zone: datetime.combine(day, at, zone).astimezone(UTC), days, times, zones)


@some.composite
def sweeps(draw):
    """A first one and up to seven more; the task may have stood still for half a year."""
    gaps = some.sampled_from([HOUR, DAY, 6 * DAY, 13 * DAY, 16 * DAY, 30 * DAY, 75 * DAY, 150 * DAY, FLAG_AFTER])
    found = [draw(on_the_wall())]
    for gap in draw(some.lists(gaps, min_size=2, max_size=7)):
        found.append(found[-1] + gap + draw(some.sampled_from([timedelta(0), MICROSECOND, -MICROSECOND])))
    return found


@some.composite
def timeline(draw, swept):
    """(moment, what happens) in order. The first is a start; after an end anything is a new start."""
    at = some.sampled_from(swept)
    due = some.builds(lambda sweep, days: sweep - FLAG_AFTER + days * DAY, at, some.sampled_from([0, 0, *WARN_BEFORE]))
    moments = near(due) | near(due) | near(at) | on_the_wall()
    happens = some.sampled_from(["sign in", "sign in", "reply", "end", "keep"])
    told = draw(some.lists(some.tuples(moments, happens), min_size=1, max_size=6, unique_by=lambda event: event[0]))
    return sorted(told)


@some.composite
def stories(draw):
    swept = draw(sweeps())
    return swept, draw(some.lists(timeline(swept), min_size=PEOPLE, max_size=PEOPLE))


# --- the oracle ---------------------------------------------------------------------------------------------------


def nearest(idle):
    """How many days before the flag somebody is warned who was idle so long; None where nobody is."""
    return min((days for days in WARN_BEFORE if FLAG_AFTER - days * DAY <= idle < FLAG_AFTER), default=None)


def expected(moments, swept, at):
    """(since when the days count, when the flag came, the last warning) of who started and acted at these moments."""
    since = max(moments)
    seen = [sweep - since for sweep in swept if since <= sweep <= at]
    flags = [since + idle for idle in seen if idle >= FLAG_AFTER]
    warnings = [days for days in map(nearest, seen) if days]
    return since, min(flags, default=None), min(warnings, default=None)


def warnings_due(moments, swept, end):
    """How many warnings somebody got from the first of these moments until the end."""
    periods = pairwise([*moments, end or max(swept) + MICROSECOND])
    return sum(
        len({nearest(sweep - since) for sweep in swept if since <= sweep < until} - {None}) for since, until in periods
    )


# --- the portal ---------------------------------------------------------------------------------------------------


class Life:
    """One person: what happened to them, and the designations that came of it."""

    def __init__(self, person, case, lead):
        self.person, self.case, self.lead = person, case, lead
        self.held, self.moments, self.warnings, self.lifted = None, [], 0, 0

    def happen(self, at, what, swept):
        if not self.held:
            self.held = DesignationFactory(
                user=self.person, role=Role.SUPPORT_CONTACT, started_at=at, inactive_since=at
            )
            self.moments = [at]
        elif what == "end":
            self.warnings += warnings_due(self.moments, swept, at)
            actions.end_designation(self.held, by=self.lead, reason="They left.")
            self.held = None
        else:
            self.act(at, what, swept)

    def act(self, at, what, swept):
        _, flagged, _ = expected(self.moments, [sweep for sweep in swept if sweep < at], at)
        if what == "keep":
            if not flagged:
                return
            actions.keep(self.held, by=self.lead, reason="On leave.")
        else:
            self.sign_in_or_reply(what)
            self.lifted += bool(flagged)
        self.moments.append(at)

    def sign_in_or_reply(self, what):
        if what == "reply":
            cases.reply(case=self.case, by=self.person, text="Any news?")
        else:
            actions.note_sign_in(self.person)

    def check(self, swept, at):
        if self.held:
            stored = Designation.objects.values_list("inactive_since", "flagged_at", "warned_days_before")
            assert stored.get(pk=self.held.pk) == expected(self.moments, swept, at)

    def check_what_was_told(self, swept):
        if self.held:
            self.warnings += warnings_due(self.moments, swept, None)
        told = Message.objects.filter(recipient=self.person, title__startswith="You will be flagged")
        assert told.count() == self.warnings
        lifted = AuditEvent.objects.filter(action="contact.flag_lifted", actor_key=str(self.person.pk))
        assert lifted.count() == self.lifted


@pytest.fixture
def people():
    """Each in a district of their own, with a case to reply to."""
    lead, people = AgentFactory(roles=[Role.SUPPORT_LEAD]), [UserFactory() for _ in range(PEOPLE)]
    return [(person, CaseFactory(contact=person), lead) for person in people]


@pytest.mark.parametrize("stories_told", [8, pytest.param(200, marks=pytest.mark.timelines)])
def test_whatever_contacts_do_they_are_warned_and_flagged_when_the_days_have_passed(
    people, monkeypatch, stories_told, record_property
):
    lives = []

    @settings(
        max_examples=stories_told,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(stories())
    def tell(story):
        with transaction.atomic():
            lives.extend(told := [Life(*each) for each in people])
            live(told, *story, monkeypatch)
            transaction.set_rollback(True)

    tell()
    warnings, lifted = sum(life.warnings for life in lives), sum(life.lifted for life in lives)
    told = f"{warnings:,} warnings, {lifted:,} lifted flags and no difference"
    record_property("counted", f"Timelines of contacts: {len(lives):,}, with {told}")
    assert len(lives) >= stories_told * PEOPLE


def live(lives, swept, timelines, monkeypatch):
    """Everything in order; what happens at the moment of a sweep comes before it."""
    events = [(at, 0, number, what) for number, told in enumerate(timelines) for at, what in told]
    for at, _, number, what in sorted(
        [*events, *((at, 1, None, "sweep") for at in swept)], key=lambda event: event[:2]
    ):
        monkeypatch.setattr(timezone, "now", lambda at=at: at)
        if what != "sweep":
            lives[number].happen(at, what, swept)
            continue
        actions.flag_inactive()
        for life in lives:
            life.check(swept, at)
    for life in lives:
        life.check_what_was_told(swept)
