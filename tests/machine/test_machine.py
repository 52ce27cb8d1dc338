"""Every status, verb and role of a case through the real pages, by a random walk and one by one."""

from copy import deepcopy

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from tests.machine.clockwork import pass_days
from tests.machine.known import (
    ASSIGNED,
    ASSIST,
    BOTH,
    CLOSED,
    DEVELOPMENT,
    DONE,
    EMERGENCY,
    EMPTY,
    GRAVE,
    INPUT,
    NEW,
    NOTHING,
    PEOPLE,
    REFUSED,
    SCHEDULED,
    STRANGER,
    USUAL,
    VERIFICATION,
)
from tests.machine.oracle import outcome
from tests.machine.report import missing, table
from tests.machine.rules import RULES
from tests.machine.walk import Ledger, Walk
from tests.machine.world import CREATED_AT
from tests.machine.world import world as make_world

pytestmark = [pytest.mark.machine, pytest.mark.django_db]
STEPS = 30
# By how often it does.
WHAT_HAPPENS = [
    *["somebody_does_what_is_possible"] * 8,
    *["somebody_tries_what_the_case_refuses"] * 3,
    *["everybody_without_the_role_tries"] * 2,
    "somebody_looks",
    "days_pass",
    "somebody_submits",
    "somebody_opens_an_exception_case",
]


@pytest.fixture
def world(db, settings, monkeypatch, bare_templates):
    settings.MFA_REQUIRED_ROLES = frozenset()
    settings.SUPPORT_PHONE = "555 0111"
    # The clock is turned by months.
    settings.SESSION_COOKIE_AGE = 10 * 365 * 24 * 3600
    yield make_world(monkeypatch)
    CREATED_AT.__dict__.pop("_get_default", None)


class CaseMachine(RuleBasedStateMachine):
    """People do what they may, try what they may not, look, and let time pass."""

    def __init__(self, world, ledger, answers):
        super().__init__()
        self.given_up = transaction.atomic()
        self.given_up.__enter__()
        self.walk = Walk(world, ledger, note)
        begin(self.walk, answers)

    def teardown(self):
        transaction.set_rollback(True)
        self.given_up.__exit__(None, None, None)

    @rule(data=st.data(), what=st.sampled_from(WHAT_HAPPENS))
    def something_happens(self, data, what):
        getattr(self, what)(lambda choices: data.draw(st.sampled_from(choices)))

    def pairs(self, *results):
        now, day = self.walk.now, self.walk.world.clock.day
        every = [(by, verb) for verb, each in RULES.items() for by in each.who]
        return [pair for pair in every if outcome(*reversed(pair), now, day) in results]

    def somebody_does_what_is_possible(self, choose):
        """The status that comes of it first, or the case would hardly ever leave the one that it has."""
        leads = [(RULES[verb].leads_to[self.walk.now.status], by, verb) for by, verb in self.pairs(DONE)]
        status = choose(sorted({status for status, *_ in leads}))
        self.walk.attempt(*choose([pair for to, *pair in leads if to == status]))

    def somebody_tries_what_the_case_refuses(self, choose):
        self.walk.attempt(*choose(self.pairs(NOTHING, REFUSED, EMPTY)))

    def everybody_without_the_role_tries(self, choose):
        self.walk.attempt_all(choose(list(RULES)))

    def somebody_looks(self, choose):
        self.walk.look(choose(PEOPLE))

    def days_pass(self, choose):
        pass_days(self.walk, choose([0, 1, 4, 7, 61]))

    def somebody_submits(self, choose):
        by = choose(PEOPLE)
        self.goes_on(self.walk.submit(by, choose([USUAL, GRAVE]), choose([None, self.walk.now.number])), by)

    def somebody_opens_an_exception_case(self, choose):
        by = choose(PEOPLE)
        self.goes_on(self.walk.open_exception(by), by)

    def goes_on(self, new, by):
        if new and by != STRANGER and self.walk.now.status == CLOSED:
            self.walk.go_on_with(new)

    @invariant()
    def holds(self):
        self.walk.check()


TAKEN = [("ann", "take")]
TALKED = [("technical", "reply"), ("lead", "relate"), ("ann", "record_call"), ("lead", "record_call")]
SPLIT = [("technical", "reply"), ("lead", "split")]
OVERRULED = [("ann", "prioritize"), ("ben", "correct"), ("lead", "correct")]
ASKED_TWICE = [("ben", "hand_over"), ("ann", "hand_over")]
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


def scenes():
    """(status, how the case begins, the steps and days that lead there): first the plain way, then those that leave
    something to refuse or undo.
    """
    yield NEW, USUAL, []
    yield NEW, GRAVE, [0, *TALKED]
    yield NEW, USUAL, [*SPLIT, *OVERRULED]
    for status, steps in INTO.items():
        yield status, USUAL, [*TAKEN, *steps]
        yield status, GRAVE, [*TALKED, *TAKEN, *(ESCALATED if status != CLOSED else []), *steps]
        if status != CLOSED:
            yield status, USUAL, [*SPLIT, *TAKEN, *steps]
            yield status, EMERGENCY, [*ASKED_TWICE, 0, *steps]
    yield CLOSED, USUAL, INTO[CLOSED]
    yield CLOSED, USUAL, [*TAKEN, ("ann", "merge")]
    yield CLOSED, USUAL, [*TAKEN, *INTO[CLOSED], 61]
    yield CLOSED, USUAL, [*INTO[CLOSED], 1, ("technical", "reopen"), 1, ("ann", "merge")]


def begin(walk, answers):
    walk.go_on_with(walk.open_exception("ann") if answers == EMERGENCY else walk.submit("contact", answers))


def bring(walk, answers, steps):
    begin(walk, answers)
    for step in steps:
        if isinstance(step, int):
            pass_days(walk, step)
        else:
            walk.attempt(*step)
            walk.check()


def attempts(answers, steps):
    """On a plain way everybody tries everything; on the others, those who may try what depends on more than status."""
    is_plain = answers == USUAL and set(steps) <= {*TAKEN, *(step for each in INTO.values() for step in each)}
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
    for status, answers, steps in scenes():
        with transaction.atomic():
            walk = Walk(world, ledger)
            bring(walk, answers, steps)
            assert walk.now.status == status
            for by in PEOPLE if steps else BOTH:
                walk.look(by)
            for by, verb in attempts(answers, steps):
                try_and_give_up(walk, by, verb)
            transaction.set_rollback(True)
    record_property("One by one", table(ledger))
    assert missing(ledger) == []


# Of 200 walks, how many begin with which case.
@pytest.mark.parametrize(("answers", "examples"), [(USUAL, 80), (GRAVE, 60), (EMERGENCY, 60)])
def test_what_people_do_at_random_keeps_to_the_rules(answers, examples, world, record_property):
    ledger = Ledger()
    run_state_machine_as_test(
        lambda: CaseMachine(world, ledger, answers),
        settings=settings(
            max_examples=examples,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            # Draws each step for itself; the usual one repeats most of what it drew before.
            backend="hypothesis-urandom",
            report_multiple_bugs=False,
            # Making a failure smaller would take minutes; the walk that failed is printed as it was.
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
    record_property(f"At random, from a case that is {answers}", table(ledger))
