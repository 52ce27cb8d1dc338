"""Who may do what with a credential request in which state, and what that changes: written from the rules."""

from collections import Counter
from copy import copy
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from uuid import uuid4

from django.test import Client
from django.utils import timezone

from contacts.models import AuditEvent, Message, Role
from credentials.models import CredentialRecord, CredentialRequest
from tests.factories import (
    AgentFactory,
    CredentialFieldFactory,
    CredentialTypeFactory,
    DesignationFactory,
    SchoolFactory,
    TypeRuleFactory,
    UserFactory,
)

DRAFT, PENDING, FIRST, RETURNED = "draft", "pending", "approved by the first of two", "returned"
APPROVED, DENIED, WITHDRAWN = "approved", "denied", "withdrawn"
STATES = [DRAFT, PENDING, FIRST, RETURNED, APPROVED, DENIED, WITHDRAWN]
OPEN = [DRAFT, PENDING, FIRST, RETURNED]
WAITING = [PENDING, FIRST]
# Of a teacher; of a teacher, entered by an administrator who also approves; of an approver.
PLAIN, ENTERED, OWN = "own", "entered", "of an approver"
DONE, REFUSED, ROLE, MISSING = 302, 409, 403, 404

APPROVERS = ["approver", "second", "both", "colleague"]
# Approvers of whom the request is none: of another school, and of another district.
OTHERS = ["elsewhere", "stranger"]
STAFF = ["teacher", "administrator", "former", *APPROVERS, *OTHERS]
PEOPLE = [*STAFF, "agent", "admin"]
DECIDING = {"approve": APPROVED, "deny": DENIED, "return": RETURNED, "approve unseen": APPROVED}
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

    @property
    def requester(self):
        return "colleague" if self.kind == OWN else "teacher"

    @property
    def keepers(self):
        return [self.requester, *(["both"] if self.kind == ENTERED else [])]


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
    return REFUSED if may_not or now.state not in WAITING or verb == "approve unseen" else DONE


def becomes(verb, by, now):
    """Change what the rules know of the request after the verb was done."""
    if verb == "edit":
        now.state, now.version, now.first = PENDING, now.version + 1, ""
    elif verb == "withdraw":
        now.state = WITHDRAWN
    elif verb == "approve" and now.needs_two and not now.first:
        now.state, now.first = FIRST, by
    else:
        now.state = DECIDING[verb]
        now.decided_by = by if now.state != RETURNED else ""


def triples():
    """Every (kind, state, verb, person), with what must come of it."""
    for kind, needs_two, state in scenes():
        now = Now(kind, needs_two, state, version=0 if state == DRAFT else 1)
        now.first = "approver" if state == FIRST else ""
        for verb in VERBS:
            for by in PEOPLE:
                yield (kind, state, verb, by), outcome(verb, by, now)


def scenes():
    """(kind, whether it needs two approvers, state): each state, and waiting for the first of two."""
    for kind in (PLAIN, ENTERED, OWN):
        for state in STATES:
            if (kind, state) != (ENTERED, DRAFT):
                yield kind, state == FIRST, state
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
            CredentialFieldFactory(type=each, element="identifier", key="", label="Number")
        TypeRuleFactory(changed_by=people["administrator"], type=self.types[True])


class Walk:
    """One request on its way through the pages, each step held to the rules."""

    def __init__(self, world, seen=None):
        self.world, self.seen = world, Counter() if seen is None else seen

    def begin(self, kind, needs_two, state=PENDING):
        self.now = Now(kind, needs_two, DRAFT if state == DRAFT else PENDING, version=0 if state == DRAFT else 1)
        self.row = self._request(kind, self.world.types[needs_two], state)
        for by, verb in INTO.get(state, []):
            self.attempt(by or self.now.requester, verb)
        return self

    def _request(self, kind, type, state):
        before = {*CredentialRequest.objects.values_list("pk", flat=True)}
        data = self._values() | {"type": type.pk, "idempotency_key": uuid4()}
        data |= {"save_draft": "1"} if state == DRAFT else {}
        address = "/credentials/requests/new/"
        if kind == ENTERED:
            address = f"/credentials/staff/{self.world.people['teacher'].pk}/new/"
        by = "both" if kind == ENTERED else self.now.requester
        assert self.world.clients[by].post(address, data).status_code == 302
        return CredentialRequest.objects.exclude(pk__in=before).get()

    @staticmethod
    def _values():
        number = next(NUMBERS)
        return {
            "brief_description": f"Number {number}",
            "value_identifier": f"N-{number}",
            "shown_fields": "value_identifier",
        }

    def attempt(self, by, verb):
        now, expected = self.now, outcome(verb, by, self.now)
        events, records = AuditEvent.objects.count(), CredentialRecord.objects.count()
        answer = self._send(by, verb)
        assert answer.status_code == expected, (verb, by, now, answer.status_code)
        self.seen[now.kind, now.state, verb, by, expected] += 1
        if expected == DONE:
            becomes(verb, by, now)
            assert AuditEvent.objects.count() == events + 1
        self.check()
        became = expected == DONE and now.state == APPROVED
        assert CredentialRecord.objects.count() == records + became

    def _send(self, by, verb):
        client, pk, now = self.world.clients[by], self.row.pk, self.now
        if verb == "edit":
            data = self._values() | {"seen": now.version, "idempotency_key": uuid4(), "type": self.row.type_id}
            return client.post(f"/credentials/requests/{pk}/edit/", data)
        if verb == "withdraw":
            return client.post(f"/credentials/requests/{pk}/withdraw/")
        seen = now.version - 1 if verb == "approve unseen" else now.version
        path = verb.partition(" ")[0]
        return client.post(f"/credentials/approvals/{pk}/{path}/", {"version": seen, "comment": "Words."})

    def check(self):
        """The request is stored as the rules say, and its requester was told of its decision once."""
        now, row = self.now, CredentialRequest.objects.get(pk=self.row.pk)
        people = self.world.people
        assert row.status == (PENDING if now.state == FIRST else now.state)
        assert (row.version, row.versions.count()) == (now.version, now.version)
        assert row.first_approved_by == (people[now.first] if now.first else None)
        assert row.decided_by == (people[now.decided_by] if now.decided_by else None)
        assert bool(row.record_id) == (now.state == APPROVED)
        told = Message.objects.filter(recipient=row.requester, about=row.my_requests_url)
        decided = told.filter(title__regex="^(Approved|Denied)")
        assert decided.count() == (now.state in (APPROVED, DENIED))
        asked = Message.objects.unread().filter(about=row.decision_url)
        assert asked.exists() == (now.state in WAITING)

    def copy(self):
        kept = copy(self)
        kept.now = copy(self.now)
        return kept
