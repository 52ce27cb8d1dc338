"""What the database holds of cases, read at one moment, and what must hold of it at every moment."""

from dataclasses import dataclass

from django.db import connection

from cases.models import Call, Case, CaseLink, TimelineEntry
from contacts.models import AuditEvent, Designation, Message, Role
from tests.machine.known import CLOSED, CRITICAL, INPUT, NEW, VERIFICATION

COLUMNS = [field.attname for field in Case._meta.concrete_fields if field.attname != "search"]
ENTRY = ["pk", "case_id", "action", "status", "by_id", "is_internal", "text"]


@dataclass(frozen=True)
class Stored:
    cases: dict
    entries: list
    links: set
    calls: list
    # To whom, and how it ends: read ones differ in nothing else.
    messages: list
    audit: list

    @classmethod
    def read(cls, since):
        """``since`` is the newest audit event that does not count."""
        # What the database would check at the end of the transaction only.
        connection.check_constraints()
        return cls(
            {row["number"]: row for row in Case.objects.order_by("number").values(*COLUMNS)},
            list(TimelineEntry.objects.order_by("pk").values_list(*ENTRY, named=True)),
            set(CaseLink.objects.values_list("first_id", "second_id")),
            list(Call.objects.order_by("pk").values_list("pk", "case_id", "host_id", "confirmed_at", named=True)),
            list(Message.objects.order_by("pk").values_list("recipient_id", "district_id", "title", named=True)),
            list(AuditEvent.objects.filter(pk__gt=since).order_by("pk").values_list("action", "object_key", "detail")),
        )

    def of(self, number, *, public=False):
        """The timeline of a case."""
        return [entry for entry in self.entries if entry.case_id == number and not (public and entry.is_internal)]

    def unconfirmed(self, number):
        return [(call.pk, call.host_id) for call in self.calls if call.case_id == number and not call.confirmed_at]

    @property
    def newest_call(self):
        return self.calls[-1].pk if self.calls else None

    def told(self, person):
        return sum(message.recipient_id == person for message in self.messages)

    def linked(self, number):
        return {other for pair in self.links if number in pair for other in pair} - {number}


def newest_event():
    return AuditEvent.objects.order_by("pk").values_list("pk", flat=True).last() or 0


def check_case(case, stored):
    """What holds of every case, whatever happened."""
    status, waits = case["status"], case["status"] in (INPUT, VERIFICATION)
    assert (status == CLOSED) == bool(case["closed_at"])
    assert status in (NEW, CLOSED) or case["assignee_id"], "a case being worked has an agent"
    assert status != NEW or not case["assignee_id"], "nobody has a new case"
    assert (status == VERIFICATION) == bool(case["resolved_at"])
    assert not ((waits or status == CLOSED) and case["answer_due_at"]), "no answer is due while the district is awaited"
    assert stored.of(case["number"], public=True)[-1].status == status
    assert case["contact_id"] or (case["is_exception"] and status != CLOSED)
    assert not case["merged_into_id"] or status == CLOSED
    awaits_call = case["priority"] == CRITICAL and status != CLOSED and not (case["phoned_at"] or case["is_exception"])
    assert bool(case["phone_due_at"]) == awaits_call, "a call is awaited about open critical cases and no others"


def check_contact(case, world):
    held = Designation.objects.filter(user=case["contact_id"], district=case["district_id"])
    assert not case["contact_id"] or held.filter(role__in=[Role.SUPPORT_CONTACT, Role.TECHNICAL_CONTACT]).exists()


def check_step(before, after, *, noted=None):
    """What no step may take back. ``noted`` is the case on which only a note was written."""
    assert after.entries[: len(before.entries)] == before.entries, "a timeline only grows"
    assert after.audit[: len(before.audit)] == before.audit
    assert after.messages[: len(before.messages)] == before.messages
    assert {call for call in before.calls if call.confirmed_at} <= set(after.calls), "a confirmed call never changes"
    assert [call[:3] for call in after.calls[: len(before.calls)]] == [call[:3] for call in before.calls]
    for number, case in before.cases.items():
        assert after.cases[number]["updated_at"] >= case["updated_at"]
        assert number != noted or after.cases[number]["updated_at"] == case["updated_at"]
