"""What must come of a step, as RULES say."""

from tests.machine.known import (
    ASSIGNED,
    CLOSED,
    CONTACTS,
    DONE,
    EMPTY,
    HAS_IT,
    LABELS,
    MISSING,
    NEW,
    NOTHING,
    PEOPLE,
    REFUSED,
    ROLE,
    ROLES,
    STATUSES,
    STRANGER,
    SUPPORT,
)
from tests.machine.rules import RULES


def outcome(verb, by, now, day):
    """What must come of it when this person tries the verb on that day."""
    rule = RULES[verb]
    if by == STRANGER and set(CONTACTS) <= set(rule.who):
        return MISSING
    if by not in rule.who:
        return ROLE
    if verb == "take" and now.agent == by and now.status != CLOSED:
        return NOTHING
    if rule.is_empty(now, by):
        return EMPTY
    return DONE if now.status in rule.leads_to and not rule.unless(now, by, day) else REFUSED


def becomes(verb, by, now, said):
    """Change what the rules know of the case after the verb was done."""
    rule = RULES[verb]
    if is_taken_first(verb, by, now):
        now.status, now.agent = ASSIGNED, by
    before, now.status = now.status, rule.leads_to[now.status]
    rule.then(now, by, said)
    # A contact who accepts the case has as long to check a resolution as if it were new.
    if now.status != before or verb in {"resolve", "accept"}:
        now.since, now.reminders = said.day, 0
    keep_unanswered(verb, by, now, said.day)


# What Support says or does, that the district reads as an answer.
ANSWERING = {"reply", "ask", "resolve", "resume", "request_assist", "schedule", "send_to_development", "escalate"}


def keep_unanswered(verb, by, now, day):
    """The district's first word that nobody answered is what counts; closing a case ends the matter."""
    if verb == "close" or (verb in ANSWERING and by in SUPPORT):
        now.unanswered = None
    elif verb in {"reply", "reopen"} and now.unanswered is None:
        now.unanswered = day


def is_taken_first(verb, by, now):
    return RULES[verb].takes and by in SUPPORT and now.status == NEW


def offered(by, now, day):
    """The verbs that the page of the case shows to a person who may open it."""
    return {
        verb
        for verb, rule in RULES.items()
        if by in rule.who and now.status in rule.leads_to and _is_offered(rule, now, by, day)
    }


def _is_offered(rule, now, by, day):
    return rule.is_offered(now) if rule.is_offered else not rule.unless(now, by, day) and not rule.is_empty(now, by)


def role_of(by, now):
    return HAS_IT if by == now.agent and by != "lead" else ROLES[by]


def why_refused(verb, now):
    """Words of the sentence that refuses the verb as the case stands."""
    if verb in {"relate", "unmerge"}:
        return {"relate": "are linked already", "unmerge": "no longer merged"}[verb]
    if verb in {"accept", "hand_over"}:
        return "is already with" if now.contact else "is already asked to accept"
    if now.is_merged:
        return f"Case {now.number} was merged into case"
    if now.status == CLOSED:
        return "could be reopened until" if verb == "reopen" else f"Case {now.number} is "
    if verb in {"close", "merge"}:
        return "A contact of the district accepts it before it is closed"
    if verb == "record_phone_follow_up":
        return "is recorded already" if now.is_phoned else "No call to Support is awaited"
    said = {"take": "already has case", "split": "already", "reopen": "already open", "escalate": "already escalated"}
    return said.get(verb, f"Case {now.number} is {LABELS[now.status]}. It cannot become")


def triples():
    """Every (status, verb, role), with what must be seen of it: a set of DONE, NOTHING, REFUSED, ROLE and MISSING."""
    for status in STATUSES:
        for verb, rule in RULES.items():
            for by in [*PEOPLE, HAS_IT]:
                # Nobody has a new case.
                if by != HAS_IT or status != NEW:
                    yield (status, verb, ROLES.get(by, by)), _expected(status, verb, rule, by)


def _expected(status, verb, rule, by):
    someone = "ann" if by == HAS_IT else by
    if someone not in rule.who:
        return {outcome(verb, someone, None, 0)}
    if verb == "take" and by == HAS_IT:
        return {REFUSED if status == CLOSED else NOTHING}
    if status not in rule.leads_to:
        return {REFUSED}
    # A new case is no exception case, and whoever escalates a case takes it.
    is_always = not rule.depends or (status == NEW and verb in {"merge", "close", "escalate"})
    return {DONE} if is_always else {DONE, REFUSED}
