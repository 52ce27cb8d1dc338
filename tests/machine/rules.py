"""Who may do what with a case in which status, and what that changes: written from the rules, not from the code.

A new verb of a case's page is one more line in RULES.
"""

from collections.abc import Callable
from dataclasses import dataclass

from tests.machine.known import (
    ANSWERS,
    ASSIGNED,
    ASSIST,
    BOTH,
    CALM,
    CLOSED,
    CONTACTS,
    CRITICAL,
    DEVELOPMENT,
    GRAVE,
    INPUT,
    LAST_LEVEL,
    NEW,
    NORMAL,
    OPEN,
    REOPEN_DAYS,
    SCHEDULED,
    STATUSES,
    SUPPORT,
    VERIFICATION,
)


@dataclass(frozen=True)
class Rule:
    """``leads_to``: in which statuses it works, and the status afterwards. ``logs``: what the timeline calls it.

    ``says`` is what its form is sent with. ``then`` changes what else it changes. ``unless`` refuses it in spite of the
    status; ``is_empty``: its form then offers nothing to choose. ``is_offered`` is for a page that shows it whatever
    those two say. ``takes``: of Support, whoever does it with a new case takes that first. ``twin``: the timeline of
    another case has it, too.
    """

    who: list
    leads_to: dict
    logs: str
    says: Callable = lambda world, now, by: {}
    then: Callable = lambda now, by, said: None
    unless: Callable = lambda now, by, day: False
    is_empty: Callable = lambda now, by: False
    is_offered: Callable | None = None
    takes: bool = False
    twin: bool = False

    @property
    def depends(self):
        return Rule.unless is not self.unless or Rule.is_empty is not self.is_empty


def stays(statuses):
    return {status: status for status in statuses}


def leads(to, *, of=OPEN, but=()):
    return {status: to for status in of if status not in but}


def colleague_of(now, by):
    """Of Support, neither who acts nor who has the case."""
    return next(name for name in reversed(SUPPORT) if name not in (by, now.agent))


def words(world, now, by):
    return {"text": f"Words of {by}."}


def with_words(**more):
    return lambda world, now, by: words(world, now, by) | more


def asked_to_assist(world, now, by):
    return words(world, now, by) | {"agent": world.people[colleague_of(now, by)].email}


def given_to(world, now, by):
    return {"agent": world.people[colleague_of(now, by)].email}


def corrected(world, now, by):
    return {"kind": "question", "product_area": world.area.pk, **ANSWERS[other_answers(now)][0]}


def other_answers(now):
    return CALM if now.answers == GRAVE else GRAVE


def prioritized(world, now, by):
    if lets_table_decide(now, by):
        return {"priority": "table"}
    return {"priority": other_priority(now), "reason": "Support knows better."}


def lets_table_decide(now, by):
    """Ann goes on overruling it; the others let it decide again."""
    return now.overruled and by != "ann"


def other_priority(now):
    return NORMAL if now.priority == CRITICAL else CRITICAL


def called(world, now, by):
    """Who brought the colleague along says so; Support names who did."""
    who = {"host": world.people[host_named(by)].pk} if by in SUPPORT else {"present_throughout": "on"}
    return words(world, now, by) | who | {"colleague": "Kim Lee"}


def host_named(by):
    return "technical" if by == "lead" else "contact"


def confirmed(world, now, by):
    """A call of their own, or that of somebody else where there is none."""
    calls = sorted(now.calls, key=lambda call: call[1] != by)
    return {"call": calls[0][0] if calls else "", "present_throughout": "on"}


def hosts(now, by):
    return [call for call in now.calls if call[1] == by]


def to_ask(now, by):
    """Whom Support asks to accept a case: somebody else than before, but for the lead, who insists."""
    return "contact" if now.asked == "technical" and by != "lead" else "technical"


def phoned(world, now, by):
    return {"caller": world.people["technical"].pk} if by in SUPPORT else {}


def secret(world, now, by):
    return {"text": f"{world.secret} of {by}."}


def replied(now, by, said):
    if by in CONTACTS:
        now.reply = said.entry
        if now.status in (INPUT, VERIFICATION):
            now.status = ASSIGNED
    elif now.status == ASSIST and by == now.assistant:
        now.status = ASSIGNED


def split(now, by, said):
    now.became[now.reply] = said.new
    now.links.append(said.new)


def call_recorded(now, by, said):
    if by in SUPPORT:
        now.calls.append((said.call, host_named(by)))


def opened_again(now, by, said):
    now.is_merged = False
    if not now.agent:
        now.status = NEW


def sets(**fields):
    """Each value as it is, or what a function of (now, by, said) returns."""

    def then(now, by, said):
        values = {name: value(now, by, said) if callable(value) else value for name, value in fields.items()}
        for name, value in values.items():
            setattr(now, name, value)

    return then


def awaits_contact(now, by, day):
    return now.contact is None


NEW_OR_ASSIGNED = [NEW, ASSIGNED]
WORKED_ON = [status for status in OPEN if status != NEW]
RULES = {
    "take": Rule(SUPPORT, {NEW: ASSIGNED}, "taken", then=sets(agent=lambda now, by, said: by)),
    "reply": Rule(BOTH, stays(OPEN), "replied", words, then=replied, takes=True),
    "ask": Rule(SUPPORT, leads(INPUT), "asked", words, takes=True),
    "resolve": Rule(SUPPORT, leads(VERIFICATION), "resolved", with_words(settled_as="how_to"), takes=True),
    "note": Rule(SUPPORT, stays(STATUSES), "noted", secret, takes=True),
    "resume": Rule(SUPPORT, leads(ASSIGNED, but=NEW_OR_ASSIGNED), "moved", words),
    "request_assist": Rule(
        SUPPORT,
        leads(ASSIST, of=NEW_OR_ASSIGNED),
        "moved",
        asked_to_assist,
        then=sets(assistant=lambda now, by, said: said.agent),
        takes=True,
    ),
    "schedule": Rule(
        SUPPORT, leads(SCHEDULED, of=NEW_OR_ASSIGNED), "moved", with_words(scheduled_on="2099-01-02"), takes=True
    ),
    "send_to_development": Rule(
        SUPPORT, leads(DEVELOPMENT, of=NEW_OR_ASSIGNED), "moved", with_words(defect_reference="D-1"), takes=True
    ),
    "escalate": Rule(
        SUPPORT,
        stays(OPEN),
        "escalated",
        lambda world, now, by: words(world, now, by) | {"level": min(now.level + 1, LAST_LEVEL)},
        then=sets(level=lambda now, by, said: now.level + 1),
        unless=lambda now, by, day: now.level == LAST_LEVEL,
        takes=True,
    ),
    "correct": Rule(
        SUPPORT,
        stays(OPEN),
        "corrected",
        corrected,
        then=sets(answers=lambda now, by, said: other_answers(now)),
    ),
    "prioritize": Rule(
        SUPPORT,
        stays(OPEN),
        "prioritized",
        prioritized,
        then=sets(overruled=lambda now, by, said: None if lets_table_decide(now, by) else other_priority(now)),
    ),
    "hand_over": Rule(
        SUPPORT,
        stays(WORKED_ON),
        "asked_to_accept",
        lambda world, now, by: {"contact": world.people[to_ask(now, by)].pk},
        then=sets(asked=lambda now, by, said: to_ask(now, by)),
        unless=lambda now, by, day: now.contact is not None or now.asked == to_ask(now, by),
        is_offered=lambda now: now.contact is None,
    ),
    "accept": Rule(
        CONTACTS,
        stays(WORKED_ON),
        "accepted",
        then=sets(contact=lambda now, by, said: by, asked=None),
        unless=lambda now, by, day: now.contact is not None,
    ),
    "assign": Rule(
        SUPPORT,
        stays(OPEN) | {NEW: ASSIGNED},
        "assigned",
        given_to,
        then=sets(agent=lambda now, by, said: said.agent),
    ),
    "record_call": Rule(BOTH, stays(OPEN), "called", called, then=call_recorded),
    "confirm_call": Rule(
        CONTACTS,
        stays(STATUSES),
        "confirmed",
        confirmed,
        then=lambda now, by, said: now.calls.remove(hosts(now, by)[0]),
        is_empty=lambda now, by: not hosts(now, by),
    ),
    "record_phone_follow_up": Rule(
        BOTH,
        stays(OPEN),
        "phoned",
        phoned,
        then=sets(is_phoned=True),
        unless=lambda now, by, day: not now.awaits_call,
    ),
    "merge": Rule(
        SUPPORT,
        leads(CLOSED),
        "merged",
        lambda world, now, by: {"other": world.neighbor},
        then=sets(is_merged=True),
        unless=awaits_contact,
        twin=True,
    ),
    "unmerge": Rule(
        SUPPORT,
        {CLOSED: ASSIGNED},
        "unmerged",
        then=opened_again,
        unless=lambda now, by, day: not now.is_merged,
        twin=True,
    ),
    "split": Rule(
        SUPPORT,
        stays(OPEN),
        "split",
        lambda world, now, by: {"entry": now.reply or "", "subject": "It is a case of its own"},
        then=split,
        unless=lambda now, by, day: now.became.get(now.reply) in now.links,
        is_empty=lambda now, by: not now.reply,
        is_offered=lambda now: bool(now.reply),
        twin=True,
    ),
    "relate": Rule(
        SUPPORT,
        stays(STATUSES),
        "related",
        lambda world, now, by: {"other": world.neighbor},
        then=lambda now, by, said: now.links.append(said.neighbor),
        unless=lambda now, by, day: any(number not in now.became.values() for number in now.links),
        is_offered=lambda now: True,
        twin=True,
    ),
    "unrelate": Rule(
        SUPPORT,
        stays(STATUSES),
        "unrelated",
        lambda world, now, by: {"other": (now.links or [world.neighbor])[0]},
        then=lambda now, by, said: now.links.pop(0),
        is_empty=lambda now, by: not now.links,
        twin=True,
    ),
    "close": Rule(CONTACTS, leads(CLOSED), "closed", words, unless=awaits_contact),
    "reopen": Rule(
        CONTACTS,
        {CLOSED: ASSIGNED},
        "reopened",
        words,
        then=opened_again,
        unless=lambda now, by, day: now.is_merged or day - now.since > REOPEN_DAYS,
    ),
}
