"""One case on its way through the portal's pages: each step is sent as a person sends it, and held to the rules."""

import re
from collections import Counter
from html import escape
from itertools import count
from types import SimpleNamespace

from tests.machine.known import (
    ANSWERS,
    ASSIGNED,
    BOTH,
    CLOSED,
    CONTACTS,
    CRITICAL,
    DONE,
    EMERGENCY,
    EMPTY,
    IMPACT,
    LABELS,
    MISSING,
    NEVER_TOLD,
    NEW,
    NOTHING,
    PEOPLE,
    REFUSED,
    REOPEN_DAYS,
    ROLE,
    STRANGER,
    SUPPORT,
    USUAL,
    VERIFICATION,
    Now,
)
from tests.machine.oracle import becomes, is_taken_first, offered, outcome, role_of, why_refused
from tests.machine.rules import RULES, colleague_of
from tests.machine.stored import Stored, check_case, check_contact, check_step, newest_event

NO_NUMBER = 8_800_000_000
NUMBERS = count(1)
# What differs between any two answers.
TOKENS = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')
FORMS = re.compile(r'<form [^>]*action="/cases/(\d+)/([\w-]+)/"')
WHOM_TO_ASK = ("Ask your district administrator or one of your authorized contacts", "Ask a support lead")
STATUS_CODES = {DONE: 302, NOTHING: 302, REFUSED: 409, EMPTY: 200, ROLE: 403, MISSING: 404}


class Ledger:
    """How often each (status, verb, role) came to what."""

    def __init__(self):
        self.seen = Counter()
        self.answers_to_none = {}

    def note(self, status, verb, role, result):
        self.seen[status, verb, role, REFUSED if result == EMPTY else result] += 1


def says_whom_to_ask(page):
    assert "You may not open this page" in page.text
    assert any(words in page.text for words in WHOM_TO_ASK)


class Walk:
    def __init__(self, world, ledger, say=print):
        """``say`` gets each step in words, for those who read why a walk failed."""
        self.world, self.ledger, self.now, self.say = world, ledger, None, say
        world.clock.day = 0
        self.since = newest_event()
        self.stored = Stored.read(self.since)
        self.world.neighbor = self.submit("contact").number

    # What is sent.

    def send(self, by, path, answers=None):
        client = self.world.clients[by]
        answer = client.get(path) if answers is None else client.post(path, answers)
        # A confirmation is for the next page that the person opens, and is no part of what is compared here.
        client.cookies.pop("messages", None)
        return answer

    def post(self, by, verb, number, answers):
        return self.send(by, f"/cases/{number}/{verb.replace('_', '-')}/", answers)

    def submission(self, answers, **fields):
        return {
            "kind": "question",
            "product_area": self.world.area.pk,
            # The same once more within ten minutes would be asked about.
            "subject": f"How do I print? {next(NUMBERS)}",
            "description": "I would like to print.",
            **ANSWERS[answers][0],
            **fields,
        }

    # Steps. Each reads what is stored afterwards and compares it with what was stored before.

    def submit(self, by, answers=USUAL, follows=None):
        """Submit a case; returns what is known of it, or None where that must be refused."""
        self.say(f"{by}: submit ({answers}), follows {follows}")
        query = f"?follows={follows}" if follows else ""
        answer = self.send(by, f"/cases/new/{query}", self.submission(answers))
        if by == STRANGER and follows:
            return self.is_refused(answer, 404)
        if by not in [*CONTACTS, STRANGER]:
            return self.is_refused(answer, 403)
        if follows and not self.may_follow():
            return self.is_refused(answer, 409, f"Case {follows} ")
        day = self.world.clock.day
        new = Now(None, by, answers=answers, opened=day, unanswered=day)
        return self.is_new(answer, "submit", "submitted", by, new, follows=follows)

    def may_follow(self):
        late = self.world.clock.day - self.now.since > REOPEN_DAYS
        return self.now.status == CLOSED and late and not self.now.is_merged

    def open_exception(self, by):
        emergency = {"district": self.world.district.name, "caller_name": "The front office", "caller_reach": "555"}
        answer = self.send(
            by, "/cases/exception/", self.submission(EMERGENCY, emergency="No one can sign in.", **emergency)
        )
        if by not in SUPPORT:
            return self.is_refused(answer, 403)
        said = {"answers": EMERGENCY, "overruled": CRITICAL, "opened": self.world.clock.day}
        new = Now(None, None, ASSIGNED, by, is_exception=True, **said)
        return self.is_new(answer, "open_exception", "opened_exception", by, new)

    def go_on_with(self, new):
        """From now on the walk is about this case."""
        self.now = new

    def attempt_all(self, verb):
        """Everybody tries it whose role does not include it."""
        self.say(f"all without the role: {verb} ({self.now.status})")
        tried = {by: outcome(verb, by, self.now, self.world.clock.day) for by in PEOPLE if by not in RULES[verb].who}
        for by, expected in tried.items():
            self.ledger.note(self.now.status, verb, role_of(by, self.now), expected)
            answers = self.answers(by, verb)
            answer = self.post(by, verb, self.now.number, answers)
            self.is_no_ones(answer, STATUS_CODES[expected], by, verb, answers)
        self.changed_nothing()

    def answers(self, by, verb):
        return {name: f"{value}" for name, value in RULES[verb].says(self.world, self.now, by).items()}

    def attempt(self, by, verb):
        """Send the verb, and see that nothing comes of it but what the rules say."""
        now, before = self.now, self.stored
        expected = outcome(verb, by, now, self.world.clock.day)
        self.ledger.note(now.status, verb, role_of(by, now), expected)
        self.say(f"{by}: {verb} ({now.status}, {expected})")
        answers = self.answers(by, verb)
        answer = self.post(by, verb, now.number, answers)
        assert answer.status_code == STATUS_CODES[expected], f"{by} → {verb}: {answer.status_code}, not {expected}"
        if expected == DONE:
            self.is_done(answer, by, verb)
        elif expected == NOTHING:
            self.changed_nothing()
        elif expected in (ROLE, MISSING):
            self.is_no_ones(answer, STATUS_CODES[expected], by, verb, answers)
            self.changed_nothing()
        else:
            self.is_refused(answer, answer.status_code, "" if expected == EMPTY else why_refused(verb, now))
        is_a_note_alone = verb == "note" and before.cases[now.number]["status"] != NEW
        check_step(before, self.stored, noted=now.number if is_a_note_alone else None)

    def look(self, by):
        """Open the page, which offers what the rules allow and nothing else."""
        page, number = self.send(by, f"/cases/{self.now.number}/"), self.now.number
        if by not in BOTH:
            return self.is_refused(page, 404 if by == STRANGER else 403)
        found = {verb.replace("-", "_") for at, verb in FORMS.findall(page.text) if int(at) == number}
        assert found == offered(by, self.now, self.world.clock.day)
        assert LABELS[self.now.status] in page.text
        self.hides_notes_from(by, page)
        return self.changed_nothing()

    # What must have come of a step.

    def read(self):
        before, self.stored = self.stored, Stored.read(self.since)
        return before, self.stored

    def changed_nothing(self):
        before, after = self.read()
        assert after == before, "nothing may have changed"

    def is_refused(self, answer, status_code, sentence=None):
        """Nothing changed, but the audit may say that an action was refused, in the sentence that the person read."""
        before, after = self.read()
        assert answer.status_code == status_code
        assert after.audit[: len(before.audit)] == before.audit
        refusals = after.audit[len(before.audit) :]
        assert [action for action, *_ in refusals] == ["action.refused"] * (status_code == 409)
        assert (after.cases, after.entries, after.links) == (before.cases, before.entries, before.links)
        assert after.messages == before.messages
        if status_code == 403:
            says_whom_to_ask(answer)
        if sentence is not None:
            assert "There is a problem" in answer.text
        for _, _, detail in refusals:
            assert sentence in detail["sentence"], f"{detail['sentence']!r} without {sentence!r}"
            assert f"<li>{escape(detail['sentence'])}</li>" in answer.text

    def is_no_ones(self, answer, status_code, by, verb, answers):
        """Byte for byte what a number that no case has is answered with; 403 says whom to ask."""
        assert answer.status_code == status_code
        if status_code == 403:
            says_whom_to_ask(answer)
        # Where nobody tells them of this case, their pages change with the number of their own messages alone.
        known = self.ledger.answers_to_none if by in NEVER_TOLD else {}
        key = by, verb, self.stored.told(self.world.people[by].pk)
        if key not in known:
            known[key] = TOKENS.sub("", self.post(by, verb, NO_NUMBER, answers).text)
        assert TOKENS.sub("", answer.text) == known[key]

    def is_done(self, answer, by, verb):
        now, rule = self.now, RULES[verb]
        before, after = self.read()
        assert answer.url == f"/cases/{now.number}/#latest"
        new, others = [], []
        for entry in after.entries[len(before.entries) :]:
            (new if entry.case_id == now.number else others).append(entry)
        taken = ["taken"] if is_taken_first(verb, by, now) else []
        assert [entry.action for entry in new] == [*taken, rule.logs]
        assert [entry.action for entry in others] == [rule.logs] * rule.twin
        assert {entry.by_id for entry in [*new, *others]} == {self.world.people[by].pk}
        assert [event[:2] for event in after.audit[len(before.audit) :]] == [(f"case.{verb}", f"{now.number}")]
        assert self.world.people[by].pk not in {told.recipient_id for told in after.messages[len(before.messages) :]}
        said = SimpleNamespace(
            entry=new[-1].pk,
            new=max(after.cases),
            neighbor=self.world.neighbor,
            call=after.newest_call,
            agent=colleague_of(now, by),
            day=self.world.clock.day,
        )
        becomes(verb, by, now, said)
        self.agrees()

    def is_new(self, answer, verb, logs, by, new, *, follows=None):
        before, after = self.read()
        (new.number,) = after.cases.keys() - before.cases.keys()
        case, (entry,) = after.cases[new.number], after.entries[len(before.entries) :]
        assert (answer.status_code, answer.url) == (302, f"/cases/{new.number}/")
        assert (entry.case_id, entry.action) == (new.number, logs)
        assert [event[:2] for event in after.audit[len(before.audit) :]] == [(f"case.{verb}", f"{new.number}")]
        assert case["follows_id"] == follows
        assert case["district_id"] == self.world.people[new.contact or "contact"].district_id
        self.agrees(new)
        return new

    def agrees(self, now=None):
        """The case is stored as the rules say."""
        now = now or self.now
        case, name, day_of = self.stored.cases[now.number], self.world.names, self.world.clock.day_of
        assert case["status"] == now.status
        assert name[case["assignee_id"]] == now.agent
        assert name[case["contact_id"]] == now.contact
        assert name[case["assistant_id"]] == now.assistant
        assert name[case["handover_to_id"]] == now.asked
        assert {asked: case[asked] for asked in IMPACT | {"urgency": ""}} == ANSWERS[now.answers][0]
        assert (case["priority"], bool(case["priority_reason"])) == (now.priority, bool(now.overruled))
        assert (case["is_exception"], case["escalation_level"] or 0) == (now.is_exception, now.level)
        assert case["merged_into_id"] == (self.world.neighbor if now.is_merged else None)
        assert self.stored.linked(now.number) == set(now.links)
        assert self.stored.unconfirmed(now.number) == [(call, self.world.people[host].pk) for call, host in now.calls]
        assert day_of(case["answer_since"]) == now.owed_since
        assert day_of(case["resolved_at"]) == (now.since if now.status == VERIFICATION else None)
        assert case["reminders_sent"] == now.reminders
        assert bool(case["phone_due_at"]) == now.awaits_call
        told = (bool(case["phoned_at"]), bool(case["phone_reminded_at"]), bool(case["handover_reminded_at"]))
        assert told == (now.is_phoned, now.is_call_told, now.is_told_late)

    def hides_notes_from(self, by, page):
        wrote = any(entry.is_internal for entry in self.stored.of(self.now.number))
        assert (self.world.secret in page.text) == (wrote and by in SUPPORT)

    def check(self):
        """What holds after every step."""
        for case in self.stored.cases.values():
            check_case(case, self.stored)
        assert {message[:2] for message in self.stored.messages} <= self.world.may_be_told
        assert not any(self.world.secret in message.title for message in self.stored.messages)
        if self.now:
            check_contact(self.stored.cases[self.now.number], self.world)
            self.agrees()
