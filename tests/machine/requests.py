"""Who may do what with a credential request in which state, and what that changes: written from the rules."""

from collections import Counter
from copy import copy
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from uuid import uuid4

from django.test import Client
from django.utils import timezone

from contacts.models import AuditEvent, Message, Role
from credentials.models import CredentialRecord, CredentialRequest
from credentials.models.records import fingerprint
from tests.factories import (
    AgentFactory,
    CredentialFieldFactory,
    CredentialRecordFactory,
    CredentialTypeFactory,
    DesignationFactory,
    SchoolFactory,
    TypeRuleFactory,
    UserFactory,
)

DRAFT, PENDING, FIRST, RETURNED = "draft", "pending", "approved by the first of two", "returned"
APPROVED, DENIED, WITHDRAWN = "approved", "denied", "withdrawn"
# What a waiting request becomes when somebody else changes the record that it is about.
MOVED = ", record moved"
STATES = [DRAFT, PENDING, PENDING + MOVED, FIRST, FIRST + MOVED, RETURNED, APPROVED, DENIED, WITHDRAWN]
OPEN = [DRAFT, PENDING, FIRST, RETURNED]
WAITING = [PENDING, FIRST]
# For a new record of a teacher; of a teacher, entered by an administrator who also approves; of an approver.
PLAIN, ENTERED, OWN = "own", "entered", "of an approver"
# The same for a record that stands; the approver asks for the next period of theirs.
UPDATE, CORRECTION, RENEWAL = "update", "entered update", "renewal of an approver"
NEW, UPDATES = [PLAIN, ENTERED, OWN], [UPDATE, CORRECTION, RENEWAL]
# The days of every record that stands, and those after its renewal in time: it stays valid since it was.
DAYS = {"effective_on": "2025-01-01", "expires_on": "2034-12-31"}
NEXT_DAYS = {**DAYS, "expires_on": "2044-12-31"}
DONE, REFUSED, ROLE, MISSING = 302, 409, 403, 404

APPROVERS = ["approver", "second", "both", "colleague"]
# Approvers of whom the request is none: of another school, and of another district.
OTHERS = ["elsewhere", "stranger"]
STAFF = ["teacher", "administrator", "former", *APPROVERS, *OTHERS]
PEOPLE = [*STAFF, "agent", "admin"]
# Unseen is the newest version; over a change, the record as it stands now.
UNSEEN, OVER = "approve unseen", "approve over a change"
DECIDING = {"approve": APPROVED, "deny": DENIED, "return": RETURNED, UNSEEN: APPROVED, OVER: APPROVED}
VERBS = ["edit", "withdraw", *DECIDING]
NUMBERS = count(1)


@dataclass
class Now:
    """A request as the rules say that it must be."""

    kind: str
    needs_two: bool
    state: str = PENDING
    version: int = 1
    first: str = ""
    decided_by: str = ""
    is_moved: bool = False

    @property
    def label(self):
        return self.state + MOVED * (self.is_moved and self.state in WAITING)

    @property
    def requester(self):
        return "colleague" if self.kind in (OWN, RENEWAL) else "teacher"

    @property
    def keepers(self):
        return [self.requester, *(["both"] if self.kind in (ENTERED, CORRECTION) else [])]


def outcome(verb, by, now):
    """What must come of it when this person tries the verb."""
    if verb in DECIDING:
        return _of_a_decision(verb, by, now)
    if by not in STAFF:
        return ROLE
    if by not in now.keepers:
        return MISSING
    return DONE if now.state in OPEN else REFUSED


def _of_a_decision(verb, by, now):
    if by not in [*APPROVERS, *OTHERS]:
        return ROLE
    # A draft, also one that was discarded, is of no approver.
    if by in OTHERS or now.version == 0:
        return MISSING
    may_not = by in now.keepers or by == now.first
    has_not_seen = verb == UNSEEN or (verb == OVER and now.is_moved)
    return REFUSED if may_not or now.state not in WAITING or has_not_seen else DONE


def becomes(verb, by, now):
    """Change what the rules know of the request after the verb was done."""
    if verb == "edit":
        now.state, now.version, now.first, now.is_moved = PENDING, now.version + 1, "", False
    elif verb == "withdraw":
        now.state = WITHDRAWN
    elif DECIDING[verb] == APPROVED and now.needs_two and not now.first:
        now.state, now.first = FIRST, by
    else:
        now.state = DECIDING[verb]
        now.decided_by = by if now.state != RETURNED else ""


def verbs_for(kind):
    return [verb for verb in VERBS if verb != OVER or kind in UPDATES]


def triples(kinds):
    """Every (kind, state, verb, person), with what must come of it."""
    for kind, needs_two, label in scenes(kinds):
        state = label.removesuffix(MOVED)
        now = Now(kind, needs_two, state, version=0 if state == DRAFT else 1, is_moved=state != label)
        now.first = "approver" if state == FIRST else ""
        for verb in verbs_for(kind):
            for by in PEOPLE:
                yield (kind, label, verb, by), outcome(verb, by, now)


def scenes(kinds):
    """(kind, whether it needs two approvers, state): each state, and waiting for the first of two."""
    for kind in kinds:
        for state in STATES:
            # Nobody enters a draft for another, and only what stands can move.
            if (state == DRAFT and kind in (ENTERED, CORRECTION)) or (MOVED in state and kind in NEW):
                continue
            yield kind, state.startswith(FIRST), state
        yield kind, True, PENDING


# By whom and how a request comes into each state.
INTO = {
    PENDING: [],
    FIRST: [("approver", "approve")],
    RETURNED: [("approver", "return")],
    APPROVED: [("approver", "approve")],
    DENIED: [("approver", "deny")],
    WITHDRAWN: [("", "withdraw")],
}


class World:
    """One person of every role, signed in."""

    def __init__(self):
        school = SchoolFactory()
        district = school.district
        roles = {
            "teacher": [],
            "administrator": [Role.DISTRICT_ADMINISTRATOR],
            "approver": [Role.CREDENTIAL_APPROVER],
            "colleague": [Role.CREDENTIAL_APPROVER],
            "both": [Role.CREDENTIAL_APPROVER, Role.DISTRICT_ADMINISTRATOR],
        }
        people = {name: UserFactory(district=district, school=school, roles=held) for name, held in roles.items()}
        people |= {name: UserFactory(district=district) for name in ("second", "elsewhere", "former")}
        there = {"second": school, "elsewhere": SchoolFactory(district=district)}
        for name, each in there.items():
            DesignationFactory(user=people[name], role=Role.CREDENTIAL_APPROVER, school=each)
        before = timezone.now() - timedelta(days=1)
        ended = {"started_at": before, "ended_at": timezone.now(), "end_reason": "Left."}
        DesignationFactory(user=people["former"], role=Role.CREDENTIAL_APPROVER, **ended)
        people["stranger"] = UserFactory(roles=[Role.CREDENTIAL_APPROVER])
        people |= {"agent": AgentFactory(), "admin": UserFactory(district=None, is_staff=True)}
        self.people, self.clients = people, {name: Client() for name in people}
        for name, client in self.clients.items():
            client.force_login(people[name])
        self.types = {two: CredentialTypeFactory() for two in (False, True)}
        for each in self.types.values():
            for element in ("identifier", *DAYS):
                CredentialFieldFactory(type=each, element=element, key="", label=element)
        TypeRuleFactory(changed_by=people["administrator"], type=self.types[True])


class Walk:
    """One request on its way through the pages, each step held to the rules."""

    def __init__(self, world, seen=None):
        self.world, self.seen = world, Counter() if seen is None else seen

    def begin(self, kind, needs_two, label=PENDING):
        state = label.removesuffix(MOVED)
        self.now = Now(kind, needs_two, DRAFT if state == DRAFT else PENDING, version=0 if state == DRAFT else 1)
        type, holder = self.world.types[needs_two], self.world.people[self.now.requester]
        days = {name: date.fromisoformat(day) for name, day in DAYS.items()}
        self.record = CredentialRecordFactory(holder=holder, type=type, **days) if kind in UPDATES else None
        self.held = self.record and self.record.values
        self.row = self._request(kind, type, holder, state)
        for by, verb in INTO.get(state, []):
            self.attempt(by or self.now.requester, verb)
        if state != label:
            self.move()
        return self

    def _request(self, kind, type, holder, state):
        before = {*CredentialRequest.objects.values_list("pk", flat=True)}
        data = self._values() | {"type": type.pk, "idempotency_key": uuid4()}
        data |= {"save_draft": "1"} if state == DRAFT else {}
        if kind in UPDATES:
            address = f"/credentials/{'staff/' * (kind == CORRECTION)}records/{self.record.pk}/update/"
        else:
            address = f"/credentials/staff/{holder.pk}/new/" if kind == ENTERED else "/credentials/requests/new/"
        client = self.world.clients[self.now.keepers[-1]]
        if kind == RENEWAL:
            page = client.get(f"{address}?renew=1").text
            assert all(f'value="{day}"' in page for day in NEXT_DAYS.values())
        assert client.post(address, data).status_code == 302
        return CredentialRequest.objects.exclude(pk__in=before).get()

    def _values(self):
        """What is typed, and remembered as what the record says once it is approved."""
        number = next(NUMBERS)
        days = {None: {}, RENEWAL: NEXT_DAYS}.get(self.now.kind if self.record else None, DAYS)
        self.asked = {"identifier": f"N-{number}", **days}
        data = {f"value_{name}": value for name, value in self.asked.items()}
        if self.record:
            self.record.refresh_from_db()
            data["record_version"] = self.record.updated_at.isoformat()
        shown = " ".join(f"value_{name}" for name in ("identifier", *DAYS))
        return data | {"brief_description": f"Number {number}", "shown_fields": shown}

    def move(self):
        """Somebody else changes what the request does not ask for."""
        self.record.refresh_from_db()
        self.record.field, self.record.updated_at = f"Moved {next(NUMBERS)}", timezone.now()
        self.record.save()
        self.held["field"], self.now.is_moved = self.record.field, True

    def attempt(self, by, verb):
        now, expected = self.now, outcome(verb, by, self.now)
        events, records = AuditEvent.objects.count(), CredentialRecord.objects.count()
        label, asked = now.label, self.asked
        answer = self._send(by, verb)
        assert answer.status_code == expected, (verb, by, now, answer.status_code)
        self.seen[now.kind, label, verb, by, expected] += 1
        if expected == DONE:
            becomes(verb, by, now)
            assert AuditEvent.objects.count() == events + 1
        else:
            self.asked = asked
        became = expected == DONE and now.state == APPROVED
        if became and self.record:
            self.held = self.held | self.asked
        self.check()
        assert CredentialRecord.objects.count() == records + (became and not self.record)

    def _send(self, by, verb):
        client, pk, now = self.world.clients[by], self.row.pk, self.now
        if verb == "edit":
            data = self._values() | {"seen": now.version, "idempotency_key": uuid4(), "type": self.row.type_id}
            return client.post(f"/credentials/requests/{pk}/edit/", data)
        if verb == "withdraw":
            return client.post(f"/credentials/requests/{pk}/withdraw/")
        row = CredentialRequest.objects.select_related("record").get(pk=pk)
        seen = now.version - 1 if verb == UNSEEN else now.version
        state = fingerprint(row.original) if verb == OVER else row.record_state
        path = verb.partition(" ")[0]
        data = {"version": seen, "record_state": state, "comment": "Words."}
        return client.post(f"/credentials/approvals/{pk}/{path}/", data)

    def check(self):
        """Request and record are stored as the rules say, and the requester was told of the decision once."""
        now, row = self.now, CredentialRequest.objects.get(pk=self.row.pk)
        people = self.world.people
        assert row.status == (PENDING if now.state == FIRST else now.state)
        assert (row.version, row.versions.count()) == (now.version, now.version)
        assert row.first_approved_by == (people[now.first] if now.first else None)
        assert row.decided_by == (people[now.decided_by] if now.decided_by else None)
        if self.record:
            assert row.record.values == self.held
            assert now.state not in WAITING or row.record_has_changed == now.is_moved
        else:
            assert bool(row.record_id) == (now.state == APPROVED)
            assert now.state != APPROVED or row.record.values == self.asked
        told = Message.objects.filter(recipient=row.requester, about=row.my_requests_url)
        decided = told.filter(title__regex="^(Approved|Denied)")
        assert decided.count() == (now.state in (APPROVED, DENIED))
        asked = Message.objects.unread().filter(about=row.decision_url)
        assert asked.exists() == (now.state in WAITING)

    def copy(self):
        kept = copy(self)
        kept.now, kept.held = copy(self.now), copy(self.held)
        return kept
