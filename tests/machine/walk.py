"""One case on its way through the portal's pages: each step is sent as a person sends it, and held to the rules."""

import re
from collections import Counter
from html import escape
from types import SimpleNamespace

from cases import tasks
from tests.machine.rules import (
    ASSIGNED,
    BOTH,
    CLOSED,
    CONTACTS,
    DONE,
    EMPTY,
    LABELS,
    MISSING,
    NEVER_TOLD,
    NEW,
    NOTHING,
    PEOPLE,
    REFUSED,
    REOPEN_DAYS,
    ROLE,
    RULES,
    STRANGER,
    SUPPORT,
    VERIFICATION,
    Now,
    becomes,
    colleague_of,
    is_taken_first,
    offered,
    outcome,
    role_of,
    why_refused,
)
from tests.machine.stored import Stored, check_case, check_contact, check_step, newest_event

NO_NUMBER = 8_800_000_000
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
        self.world.neighbor = self.submit("contact")

    # What is sent.

    def send(self, by, path, answers=None):
        client = self.world.clients[by]
        answer = client.get(path) if answers is None else client.post(path, answers)
        # A confirmation is for the next page that the person opens, and is no part of what is compared here.
        client.cookies.pop("messages", None)
        return answer

    def post(self, by, verb, number, answers):
        return self.send(by, f"/cases/{number}/{verb.replace('_', '-')}/", answers)

    def submission(self, **fields):
        return {
            "kind": "question",
            "product_area": self.world.area.pk,
            "subject": "How do I print?",
            "description": "I would like to print.",
            "urgency": "normal",
        } | fields

    # Steps. Each reads what is stored afterwards and compares it with what was stored before.

    def submit(self, by, follows=None):
        """Submit a case; returns its number, or None where that must be refused."""
        self.say(f"{by}: submit, follows {follows}")
        query = f"?follows={follows}" if follows else ""
        answer = self.send(by, f"/cases/new/{query}", self.submission())
        if by == STRANGER and follows:
            return self.is_refused(answer, 404)
        if by not in [*CONTACTS, STRANGER]:
            return self.is_refused(answer, 403)
        if follows and not self.may_follow():
            return self.is_refused(answer, 409, f"Case {follows} ")
        return self.is_new(answer, "submit", "submitted", by, contact=by, follows=follows)

    def may_follow(self):
        late = self.world.clock.day - self.now.since > REOPEN_DAYS
        return self.now.status == CLOSED and late and not self.now.is_merged

    def open_exception(self, by):
        emergency = {"district": self.world.district.name, "caller_name": "The front office", "caller_reach": "555"}
        answer = self.send(by, "/cases/exception/", self.submission(emergency="No attendance.", **emergency))
        if by not in SUPPORT:
            return self.is_refused(answer, 403)
        return self.is_new(answer, "open_exception", "opened_exception", by, is_exception=True)

    def go_on_with(self, number):
        """From now on the walk is about this case."""
        case = self.stored.cases[number]
        names = self.world.names
        self.now = Now(number, names[case["contact_id"]], case["status"], names[case["assignee_id"]], case["urgency"])

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

    def pass_days(self, days):
        """Turn the clock and let the portal follow up on resolutions."""
        self.say(f"{days} days pass ({self.now.status})")
        self.world.clock.day += days
        before, self.stored = self.stored, None
        tasks.follow_up_on_resolutions()
        self.stored = Stored.read(self.since)
        did = [entry for entry in self.stored.entries[len(before.entries) :] if entry.case_id == self.now.number]
        self.follows_up(before, did)
        check_step(before, self.stored)

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
        # These people's pages never change, since nobody tells them anything.
        known = self.ledger.answers_to_none if by in NEVER_TOLD else {}
        if (by, verb) not in known:
            known[by, verb] = TOKENS.sub("", self.post(by, verb, NO_NUMBER, answers).text)
        assert TOKENS.sub("", answer.text) == known[by, verb]

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
            agent=colleague_of(now, by),
            day=self.world.clock.day,
        )
        becomes(verb, by, now, said)
        self.agrees()

    def is_new(self, answer, verb, logs, by, *, contact=None, follows=None, is_exception=False):
        before, after = self.read()
        (number,) = after.cases.keys() - before.cases.keys()
        case, (entry,) = after.cases[number], after.entries[len(before.entries) :]
        assert (answer.status_code, answer.url) == (302, f"/cases/{number}/")
        assert (entry.case_id, entry.action) == (number, logs)
        assert [event[:2] for event in after.audit[len(before.audit) :]] == [(f"case.{verb}", f"{number}")]
        assert (self.world.names[case["contact_id"]], case["follows_id"]) == (contact, follows)
        assert case["district_id"] == self.world.people[contact or "contact"].district_id
        assert case["is_exception"] == is_exception
        assert case["status"] == (ASSIGNED if is_exception else "new")
        assert self.world.names[case["assignee_id"]] == (by if is_exception else None)
        return number

    def agrees(self):
        """The case is stored as the rules say."""
        now, case, name = self.now, self.stored.cases[self.now.number], self.world.names
        assert case["status"] == now.status
        assert name[case["assignee_id"]] == now.agent
        assert name[case["contact_id"]] == now.contact
        assert name[case["assistant_id"]] == now.assistant
        assert (case["escalation_level"] or 0, case["urgency"]) == (now.level, now.urgency)
        assert case["merged_into_id"] == (self.world.neighbor if now.is_merged else None)
        assert self.stored.linked(now.number) == set(now.links)

    def follows_up(self, before, did):
        """Bounds that hold whatever the holidays are: three business days take three to ten days, ten at most 21."""
        now, day = self.now, self.world.clock.day
        case, was = self.stored.cases[now.number], before.cases[now.number]
        assert len(did) <= 1, "one sweep does one thing with a case"
        assert {(entry.by_id, entry.is_internal) for entry in did} <= {(None, False)}
        if now.status != VERIFICATION or day - now.since < 3:
            assert did == []
            return
        all_sent = was["reminders_sent"] == 3
        quiet = day - self.reminded if all_sent else 0
        may_close = now.contact is not None and all_sent and day - now.since >= 14
        if [entry.action for entry in did] == ["closed"]:
            assert may_close
            assert case["closed_at"]
            now.status, now.since = CLOSED, day
        elif did:
            assert did[0].action == "reminded"
            assert not all_sent
            assert case["reminders_sent"] > was["reminders_sent"]
            self.reminded = day
        else:
            assert not (may_close and day - now.since > 21 and quiet > 7), "it should have been closed"
            assert not (day - now.since >= 10 and not was["reminders_sent"]), "it should have been reminded"
        self.agrees()

    def hides_notes_from(self, by, page):
        wrote = any(entry.is_internal for entry in self.stored.of(self.now.number))
        assert (self.world.secret in page.text) == (wrote and by in SUPPORT)

    def check(self):
        """What holds after every step."""
        told = {self.world.people[name].pk for name in BOTH}
        for case in self.stored.cases.values():
            check_case(case, self.stored)
        assert {message.recipient_id for message in self.stored.messages} <= told
        assert not any(self.world.secret in message.title for message in self.stored.messages)
        if self.now:
            check_contact(self.stored.cases[self.now.number], self.world)
            self.agrees()
