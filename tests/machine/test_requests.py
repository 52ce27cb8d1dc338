"""Every state, verb and role of a credential request through the real pages, one by one and by a random walk."""

from collections import Counter

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from tests.machine.requests import (
    DONE,
    NEW,
    OPEN,
    PEOPLE,
    STATES,
    UPDATES,
    WAITING,
    Walk,
    World,
    outcome,
    scenes,
    triples,
    verbs_for,
)

pytestmark = [pytest.mark.machine, pytest.mark.django_db]
WALKS, STEPS = 200, 30
RESULTS = {302: "done", 409: "refused", 403: "role", 404: "not found"}


@pytest.fixture
def world(db, settings, bare_templates):
    settings.MFA_REQUIRED_ROLES = frozenset()
    return World()


def missing(seen, kinds):
    return sorted({(*triple, result) for triple, result in triples(kinds)} - seen.keys())


def table(seen, kinds):
    """How many of the triples of each state were reached, and how often, by what comes of them."""
    wanted, reached, times = Counter(), Counter(), Counter()
    for (kind, state, verb, by), result in {*triples(kinds)}:
        found = seen[kind, state, verb, by, result]
        wanted[state, result] += 1
        reached[state, result] += bool(found)
        times[state, result] += found
    lines = ["", f"{'':<30}" + "".join(f"{name:>24}" for name in RESULTS.values())]
    for state in STATES:
        cells = [f"{reached[state, r]}/{wanted[state, r]} ({times[state, r]:,} times)" for r in RESULTS]
        lines.append(f"{state:<30}" + "".join(f"{cell:>24}" for cell in cells))
    lines.append(f"{sum(reached.values()):,} of {sum(wanted.values()):,} reached, by {sum(times.values()):,} attempts")
    return "\n".join(lines)


@pytest.mark.parametrize("kinds", [NEW, UPDATES], ids=["new", "updates"])
def test_every_status_verb_and_role_of_a_request_does_what_the_rules_say(world, kinds, record_property):
    seen = Counter()
    for scene in scenes(kinds):
        with transaction.atomic():
            walk = Walk(world).begin(*scene)
            walk.seen = seen
            for verb in verbs_for(walk.now.kind):
                for by in PEOPLE:
                    with transaction.atomic():
                        walk.copy().attempt(by, verb)
                        transaction.set_rollback(True)
            transaction.set_rollback(True)
    record_property("Requests, one by one", table(seen, kinds))
    assert missing(seen, kinds) == []


class RequestMachine(RuleBasedStateMachine):
    """People do what they may with a request, and try what they may not; what is settled is followed by another."""

    def __init__(self, world, seen):
        super().__init__()
        self.given_up = transaction.atomic()
        self.given_up.__enter__()
        self.walk, self.is_begun = Walk(world, seen), False

    def teardown(self):
        transaction.set_rollback(True)
        self.given_up.__exit__(None, None, None)

    def begin(self, choose):
        self.walk.begin(*choose([*scenes([*NEW, *UPDATES])]))
        self.is_begun = True

    @rule(data=st.data())
    def something_happens(self, data):
        def choose(choices):
            return data.draw(st.sampled_from(choices))

        if not self.is_begun or (self.walk.now.state not in OPEN and choose([True, False, False])):
            self.begin(choose)
        elif self.walk.record and self.walk.now.state in WAITING and choose([True, False, False, False]):
            self.walk.move()
        every = [(by, verb) for by in PEOPLE for verb in verbs_for(self.walk.now.kind)]
        possible = [pair for pair in every if outcome(*reversed(pair), self.walk.now) == DONE]
        self.walk.attempt(*choose(possible if possible and choose([True, False]) else every))


def test_what_people_do_with_requests_at_random_keeps_to_the_rules(world, record_property):
    seen = Counter()
    run_state_machine_as_test(
        lambda: RequestMachine(world, seen),
        settings=settings(
            max_examples=WALKS,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            # Draws each step for itself; the usual one repeats most of what it drew before.
            backend="hypothesis-urandom",
            report_multiple_bugs=False,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
    record_property("Requests, at random", table(seen, [*NEW, *UPDATES]))
