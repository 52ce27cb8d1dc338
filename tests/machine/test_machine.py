"""Every status, verb and role of a case through the real pages, by a random walk and one by one."""

from copy import deepcopy

import pytest
from django.db import transaction
from django.template import Template
from django.test.utils import _TestState
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from tests.machine.report import missing, table
from tests.machine.rules import (
    ASSIGNED,
    ASSIST,
    BOTH,
    CLOSED,
    DEVELOPMENT,
    DONE,
    INPUT,
    NEW,
    PEOPLE,
    RULES,
    SCHEDULED,
    STRANGER,
    VERIFICATION,
    outcome,
)
from tests.machine.walk import Ledger, Walk
from tests.machine.world import world as make_world

pytestmark = [pytest.mark.machine, pytest.mark.django_db]
EXAMPLES, STEPS = 20, 30


@pytest.fixture
def world(db, settings, monkeypatch):
    settings.MFA_REQUIRED_ROLES = frozenset()
    # The clock is turned by months.
    settings.SESSION_COOKIE_AGE = 10 * 365 * 24 * 3600
    # Nothing here looks at the context of a template, so the test client need not copy each.
    monkeypatch.setattr(Template, "_render", _TestState.saved_data.template_render)
    return make_world(monkeypatch)


class CaseMachine(RuleBasedStateMachine):
    """People do what they may, try what they may not, look, and let time pass."""

    def __init__(self, world, ledger):
        super().__init__()
        self.given_up = transaction.atomic()
        self.given_up.__enter__()
        self.walk = Walk(world, ledger)

    def teardown(self):
        transaction.set_rollback(True)
        self.given_up.__exit__(None, None, None)

    @initialize(is_exception=st.sampled_from([False, False, True]))
    def start(self, is_exception):
        walk = self.walk
        walk.go_on_with(walk.open_exception("ann") if is_exception else walk.submit("contact"))

    def possible(self):
        """The status afterwards: the (person, verb) pairs that lead there."""
        now, day, found = self.walk.now, self.walk.world.clock.day, {}
        for verb, each in RULES.items():
            for by in each.who:
                if outcome(verb, by, now, day) == DONE:
                    found.setdefault(each.leads_to[now.status], []).append((by, verb))
        return found

    @rule(data=st.data())
    def somebody_does_what_is_possible(self, data):
        found = self.possible()
        self.walk.attempt(*data.draw(st.sampled_from(found[data.draw(st.sampled_from(sorted(found)))])))

    @rule(data=st.data())
    def somebody_goes_on(self, data):
        found = [pair for status, pairs in sorted(self.possible().items()) if status != CLOSED for pair in pairs]
        self.walk.attempt(*data.draw(st.sampled_from(found or self.possible()[CLOSED])))

    @rule(data=st.data())
    def somebody_tries_what_the_case_refuses(self, data):
        now, day = self.walk.now, self.walk.world.clock.day
        pairs = [(by, verb) for verb, each in RULES.items() for by in each.who if outcome(verb, by, now, day) != DONE]
        self.walk.attempt(*data.draw(st.sampled_from(pairs)))

    @rule(verb=st.sampled_from(list(RULES)))
    def everybody_without_the_role_tries(self, verb):
        for by in PEOPLE:
            if by not in RULES[verb].who:
                self.walk.attempt(by, verb)

    @rule(by=st.sampled_from(BOTH))
    def somebody_opens_the_page(self, by):
        self.walk.look(by)

    @rule(days=st.sampled_from([1, 4, 7, 61]))
    def days_pass(self, days):
        self.walk.pass_days(days)

    @rule(by=st.sampled_from(PEOPLE), follows=st.booleans())
    def somebody_submits(self, by, follows):
        number = self.walk.submit(by, follows=self.walk.now.number if follows else None)
        if number and by != STRANGER and self.walk.now.status == CLOSED:
            self.walk.go_on_with(number)

    @rule(by=st.sampled_from(PEOPLE))
    def somebody_opens_an_exception_case(self, by):
        number = self.walk.open_exception(by)
        if number and self.walk.now.status == CLOSED:
            self.walk.go_on_with(number)

    @invariant()
    def holds(self):
        self.walk.check()


def test_what_people_do_at_random_keeps_to_the_rules(world, record_property):
    ledger = Ledger()
    run_state_machine_as_test(
        lambda: CaseMachine(world, ledger),
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            report_multiple_bugs=False,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
    record_property("At random", table(ledger))


TAKEN = [("ann", "take")]
TALKED = [("technical", "reply"), ("lead", "relate")]
SPLIT = [("technical", "reply"), ("lead", "split")]
ESCALATED = [("ben", "escalate")] * 3
INTO = {
    ASSIGNED: [],
    ASSIST: [("ann", "request_assist")],
    INPUT: [("ann", "ask")],
    VERIFICATION: [("ann", "resolve")],
    SCHEDULED: [("ann", "schedule")],
    DEVELOPMENT: [("ann", "send_to_development")],
    CLOSED: [("contact", "close")],
}
EXCEPTION, LATE = "exception", "late"


def scenes():
    """(status, the steps that lead there): first the plain way, then those that leave something to refuse or undo."""
    yield NEW, []
    yield NEW, TALKED
    yield NEW, SPLIT
    for status, steps in INTO.items():
        yield status, [*TAKEN, *steps]
        yield status, [*TALKED, *TAKEN, *(ESCALATED if status != CLOSED else []), *steps]
        if status != CLOSED:
            yield status, [*SPLIT, *TAKEN, *steps]
            yield status, [EXCEPTION, *steps]
    yield CLOSED, INTO[CLOSED]
    yield CLOSED, [*TAKEN, ("ann", "merge")]
    yield CLOSED, [*TAKEN, *INTO[CLOSED], LATE]


def bring(walk, steps):
    walk.go_on_with(walk.open_exception("ann") if EXCEPTION in steps else walk.submit("contact"))
    for step in steps:
        if step == LATE:
            walk.pass_days(61)
        elif step != EXCEPTION:
            walk.attempt(*step)
            walk.check()


def attempts(steps):
    """On a plain way everybody tries everything; on the others, those who may try what depends on more than a status."""
    is_plain = set(steps) <= {*TAKEN, *(step for each in INTO.values() for step in each)}
    for verb, each in RULES.items():
        if is_plain or each.depends:
            yield from ((by, verb) for by in (PEOPLE if is_plain else each.who))


def try_and_give_up(walk, by, verb):
    """What comes of the verb is checked and then taken back, so that the next one finds the same case."""
    kept, stored = deepcopy(walk.now), walk.stored
    try:
        with transaction.atomic():
            walk.attempt(by, verb)
            walk.check()
            transaction.set_rollback(True)
    finally:
        walk.now, walk.stored = kept, stored


def test_every_status_verb_and_role_does_what_the_rules_say(world, record_property):
    ledger = Ledger()
    for status, steps in scenes():
        with transaction.atomic():
            walk = Walk(world, ledger)
            bring(walk, steps)
            assert walk.now.status == status
            for by in PEOPLE if steps else BOTH:
                walk.look(by)
            for by, verb in attempts(steps):
                try_and_give_up(walk, by, verb)
            transaction.set_rollback(True)
    record_property("One by one", table(ledger))
    assert missing(ledger) == []
