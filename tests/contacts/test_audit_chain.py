"""The audit can be checked: what was changed in it past the portal is found and named."""

import time
from datetime import timedelta
from importlib import import_module
from threading import Barrier

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from contacts import ActionRefused, actions, audit, tasks
from contacts.actions import action
from contacts.actions._common import BUSY
from contacts.models import AuditChain, AuditCheck, AuditEvent
from portal.management.commands.migrate import as_owner
from tests.contacts.races import at_once
from tests.factories import DistrictFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


def record(district=None, **detail):
    """An event about a person of the district, or of none."""
    return audit.record("person.invite", by=None, on=UserFactory(district=district), **detail)


@pytest.fixture
def district():
    return DistrictFactory()


@pytest.fixture
def events(district):
    return [record(district, number=number) for number in range(5)]


def tamper(statement, **values):
    """As only a superuser of the database can: past every trigger."""
    superuser = connection.get_connection_params() | {"user": "postgres", "cursor_factory": None}
    with psycopg.connect(**superuser) as other:
        other.execute("SET session_replication_role = replica")
        return other.execute(statement, values).rowcount


def faults():
    return [chain.fault for chain in audit.chains() if chain.fault]


def test_each_district_and_the_portal_have_a_chain_of_their_own():
    one, other = DistrictFactory.create_batch(2)
    events = [record(district) for district in (one, other, None, one, None)]
    assert [(event.district_key, event.position) for event in events] == [
        (str(one.pk), 1),
        (str(other.pk), 1),
        ("", 1),
        (str(one.pk), 2),
        ("", 2),
    ]
    assert [event.previous_hash for event in events] == ["", "", "", events[0].hash, events[2].hash]
    assert len({event.hash for event in events}) == 5
    assert [(chain.events, chain.fault) for chain in audit.chains()] == [(2, ""), (2, ""), (1, "")]


def test_the_database_sets_the_moment_the_position_and_the_hashes_whatever_it_is_told(events, district):
    forged = AuditEvent(action="x", actor_label="x", object_type="x", object_key="1", district_key=str(district.pk))
    forged.happened_at, forged.position = timezone.now() - timedelta(days=365), 1
    forged.hash = forged.previous_hash = "0" * 64
    forged.save()
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO contacts_auditevent (action, actor_key, actor_label, object_type, object_key, object_label,"
            " detail, district_key, happened_at, position, previous_hash, hash)"
            " VALUES ('x', '', 'x', 'x', '1', 'x', '{}', %s, '2001-01-01', 1, '', 'f')",
            [district.pk],
        )
    found = list(AuditEvent.objects.order_by("position"))
    assert [event.position for event in found] == [1, 2, 3, 4, 5, 6, 7]
    assert all(timezone.now() - event.happened_at < timedelta(minutes=1) for event in found)
    assert (forged.position, forged.previous_hash, forged.hash) == (6, events[-1].hash, found[5].hash)
    assert faults() == []


def test_the_portal_names_no_column_that_the_database_sets(district, django_assert_num_queries):
    with django_assert_num_queries(3) as one:  # a transaction of its own
        audit.record("district.add", by=None, on=district)
    with django_assert_num_queries(3) as many:  # within a transaction
        AuditEvent.objects.bulk_create([audit.event("district.add", by=None, on=district)] * 2)
    for statement in (query["sql"] for query in [*one, *many] if query["sql"].startswith("INSERT")):
        named, _, returned = statement.partition(" RETURNING ")
        assert all(f'"{name}"' not in named for name in ("happened_at", "position", "previous_hash", "hash"))
        assert '"contacts_auditevent"."hash"' in returned


def test_the_moments_of_a_chain_never_go_back_even_when_the_clock_does(events, district):
    tomorrow = timezone.now() + timedelta(days=1)
    tamper("UPDATE contacts_auditevent SET happened_at = %(at)s WHERE id = %(id)s", at=tomorrow, id=events[-1].pk)
    assert record(district).happened_at == tomorrow


def test_the_moment_is_that_of_the_entry_into_the_chain_not_of_the_transactions_start(district):
    with transaction.atomic():
        record(None)
        before = timezone.now()
        time.sleep(0.01)
        assert record(district).happened_at > before


def test_many_events_at_once_go_into_many_chains():
    districts = DistrictFactory.create_batch(3)
    events = [audit.event("district.add", by=None, on=districts[n % 3]) for n in range(2500)]
    added = AuditEvent.objects.bulk_create(sorted(events, key=lambda event: event.district_key), batch_size=1000)
    assert [(chain.events, chain.fault) for chain in audit.chains()] == [(834, ""), (833, ""), (833, "")]
    record(districts[0])
    assert AuditChain.objects.get(key=districts[0].pk).position == 835
    assert all(event.hash for event in added)
    assert faults() == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        *[
            (f"{column} = 'changed'", "event {third} was changed")
            for column in ("action", "actor_key", "actor_label", "object_type", "object_key", "object_label", "hash")
        ],
        ("happened_at = happened_at + interval '1 microsecond'", "event {third} was changed"),
        ("happened_at = 'infinity'", "event {third} was changed"),
        ("detail = '[20]'", "event {third} was changed"),
        ("id = 900000", "event 900000 was changed"),
        (
            "previous_hash = 'changed'",
            "event {third} does not follow the one before it: one of the two was moved or changed",
        ),
        ("position = 900", "events are missing before event {fourth}: 1 of them"),
        ("district_key = 'changed'", "events are missing before event {fourth}: 1 of them"),
    ],
)
def test_every_column_is_under_seal(events, change, fault):
    keys = {"third": events[2].pk, "fourth": events[3].pk}
    tamper(f"UPDATE contacts_auditevent SET {change} WHERE id = %(third)s", **keys)  # noqa: S608
    assert fault.format(**keys) in faults()


def test_the_test_above_knows_every_column():
    known = {"id", "happened_at", "action", "actor_key", "actor_label", "object_type", "object_key", "object_label"}
    known |= {"district_key", "detail", "position", "previous_hash", "hash"}
    assert {field.column for field in AuditEvent._meta.fields} == known


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("DELETE FROM contacts_auditevent WHERE id = %(third)s", "events are missing before event {fourth}: 1 of them"),
        (
            "DELETE FROM contacts_auditevent WHERE id <= %(third)s",
            "events are missing before event {fourth}: 3 of them",
        ),
        ("DELETE FROM contacts_auditevent WHERE id >= %(third)s", "the newest events were cut off: 3 of them"),
        ("DELETE FROM contacts_auditevent", "the newest events were cut off: 5 of them"),
        ("DELETE FROM contacts_auditchain", "it has events but no head"),
        ("UPDATE contacts_auditchain SET hash = 'changed'", "event {last} is not the one that the head names"),
        ("UPDATE contacts_auditchain SET position = 3", "event {last} is not the one that the head names"),
    ],
)
def test_what_is_missing_or_cut_off_is_named(events, statement, fault):
    keys = {"third": events[2].pk, "fourth": events[3].pk, "last": events[-1].pk}
    tamper(statement, **keys)
    assert faults() == [fault.format(**keys)]


def test_events_that_changed_places_are_named(events):
    for position, event in ((900, events[2]), (3, events[3]), (4, events[2])):
        tamper("UPDATE contacts_auditevent SET position = %(to)s WHERE id = %(id)s", to=position, id=event.pk)
    assert faults() == [f"event {events[3].pk} does not follow the one before it: one of the two was moved or changed"]


def test_an_event_changed_together_with_its_hash_is_named_by_the_one_after_it(events):
    tamper("UPDATE contacts_auditevent SET action = 'x' WHERE id = %(id)s", id=events[2].pk)
    tamper(
        "UPDATE contacts_auditevent AS event SET hash = contacts_audit_hash(event) WHERE id = %(id)s", id=events[2].pk
    )
    assert faults() == [f"event {events[3].pk} does not follow the one before it: one of the two was moved or changed"]


def test_what_was_cut_off_is_not_hidden_by_what_comes_after(events, district):
    tamper("DELETE FROM contacts_auditevent WHERE id >= %(id)s", id=events[3].pk)
    after = record(district)
    assert after.position == 6
    assert faults() == [f"events are missing before event {after.pk}: 2 of them"]


def test_a_broken_chain_takes_events_still_and_breaks_no_other(events, district):
    tamper("DELETE FROM contacts_auditevent WHERE id = %(id)s", id=events[1].pk)
    record(district)
    record(DistrictFactory())
    assert [bool(chain.fault) for chain in audit.chains()] == [True, False]


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Asia/Kathmandu", "UTC"])
@pytest.mark.parametrize("style", ["SQL, DMY", "German", "ISO"])
def test_the_hashes_are_the_same_in_every_session(events, district, zone, style):
    with connection.cursor() as cursor:
        try:
            cursor.execute(f"SET TimeZone = '{zone}'; SET DateStyle = '{style}'; SET IntervalStyle = 'iso_8601'")
            cursor.execute("SET extra_float_digits = -5; SET search_path = pg_catalog; SET bytea_output = 'escape'")
            cursor.execute("SET search_path = public; SET standard_conforming_strings = on; SET lc_numeric = 'C'")
            cursor.execute("SELECT count(*) FROM contacts_auditevent AS event WHERE hash = contacts_audit_hash(event)")
            assert cursor.fetchone() == (5,)
            cursor.execute(
                "INSERT INTO contacts_auditevent (action, actor_key, actor_label, object_type, object_key,"
                " object_label, detail, district_key) VALUES ('x', '', 'x', 'x', '1', 'x', '{\"a\": 1.50}', %s)",
                [district.pk],
            )
        finally:
            connection.close()
    assert faults() == []


@pytest.mark.parametrize("same_chain", [True, False])
def test_eight_threads_at_once_leave_whole_chains(same_chain):
    districts = DistrictFactory.create_batch(8)
    about = [districts[0]] * 8 if same_chain else districts

    def write(district):
        for _ in range(20):
            audit.record("district.add", by=None, on=district)

    outcomes = at_once(*(lambda district=district: write(district) for district in about))
    assert outcomes == [None] * 8
    assert [chain.events for chain in audit.chains()] == ([160] if same_chain else [20] * 8)
    assert faults() == []
    in_order = AuditEvent.objects.order_by("district_key", "position")
    assert list(in_order) == list(AuditEvent.objects.order_by("district_key", "happened_at", "position"))


def test_two_chains_are_written_at_the_same_time(district):
    other = DistrictFactory()
    both_have_written = Barrier(2)

    @action
    def write(about):
        audit.record("district.add", by=None, on=about)
        both_have_written.wait(timeout=10)

    assert at_once(lambda: write(district), lambda: write(other)) == [None, None]


def test_two_who_write_into_two_chains_crosswise_make_one_refusal(district):
    other = DistrictFactory()
    both_have_written = Barrier(2)

    @action
    def write(first, second):
        audit.record("district.add", by=None, on=first)
        both_have_written.wait(timeout=10)
        audit.record("district.add", by=None, on=second)

    outcomes = at_once(lambda: write(district, other), lambda: write(other, district))
    assert sorted(str(outcome) for outcome in outcomes) == sorted(["None", BUSY])
    assert [type(outcome) for outcome in outcomes if outcome] == [ActionRefused]
    assert [(chain.events, chain.fault) for chain in audit.chains()] == [(1, ""), (1, "")]


def test_what_is_taken_back_leaves_no_gap(events, district):
    with transaction.atomic():
        record(district)
        transaction.set_rollback(True)
    assert record(district).position == 6
    assert faults() == []


def test_events_of_an_earlier_version_are_chained_in_the_order_in_which_they_were_written(events):
    chains = import_module("contacts.migrations.0011_audit_chains")
    lone = record(None)
    sealed = list(AuditEvent.objects.order_by("pk").values())
    tamper("UPDATE contacts_auditevent SET position = 1000 + id, previous_hash = '', hash = ''")
    tamper("DELETE FROM contacts_auditchain")
    with as_owner(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(chains.CHAIN_EXISTING)
    assert list(AuditEvent.objects.order_by("pk").values()) == sealed
    assert AuditChain.objects.get(key="").hash == lone.hash
    assert faults() == []
    with as_owner(), pytest.raises(IntegrityError, match="only ever added"):
        AuditEvent.objects.update(action="x")


def test_the_command_says_that_the_audit_holds(events, capsys):
    record(None)
    call_command("verify_audit")
    assert capsys.readouterr().out == "6 events in 2 chains hold.\n"


def test_the_command_names_the_first_broken_link_of_each_broken_chain_and_fails(events, district, capsys):
    lone = record(None)
    tamper(
        "UPDATE contacts_auditevent SET action = 'x' WHERE id = ANY(%(ids)s)", ids=[events[1].pk, events[3].pk, lone.pk]
    )
    record(DistrictFactory())
    with pytest.raises(CommandError, match="2 of 3 chains with 7 events do not hold") as failed:
        call_command("verify_audit")
    assert failed.value.returncode == 1
    assert capsys.readouterr().out.splitlines() == [
        f"The portal: event {lone.pk} was changed.",
        f"District {district.pk}: event {events[1].pk} was changed.",
    ]


def test_the_command_looks_at_one_chain(events, district, capsys):
    lone = record(None)
    tamper("UPDATE contacts_auditevent SET action = 'x' WHERE id = %(id)s", id=lone.pk)
    call_command("verify_audit", chain=str(district.pk))
    assert capsys.readouterr().out == "5 events in 1 chains hold.\n"
    with pytest.raises(CommandError, match="1 of 1"):
        call_command("verify_audit", chain="")
    with pytest.raises(CommandError, match="There is no chain “900000”"):
        call_command("verify_audit", chain="900000")


def test_the_nightly_check_notes_what_it_found_and_tells_the_admins_of_a_broken_chain(events, district):
    admin, teacher = UserFactory(district=None, is_staff=True), UserFactory(district=district)
    tasks.check_audit()
    assert (AuditCheck.objects.get().events, AuditCheck.objects.get().faults) == (5, "")
    assert not admin.messages.exists()
    tamper("UPDATE contacts_auditevent SET action = 'x' WHERE id = %(id)s", id=events[1].pk)
    tasks.check_audit()
    sentence = f"District {district.pk}: event {events[1].pk} was changed."
    assert AuditCheck.objects.first().faults == sentence
    assert admin.messages.get().title == "The audit does not hold: 1 broken chain"
    assert sentence in admin.messages.get().body
    assert not teacher.messages.exists()


def test_ready_says_when_the_audit_held_last_and_stays_ready_when_it_does_not(events, client):
    check = actions.check_audit()
    held_at = check.checked_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    answer = client.get("/readyz").json()
    assert (answer["audit"], answer["audit_last_held"]) == ("ok", held_at)
    tamper("UPDATE contacts_auditevent SET action = 'x' WHERE id = %(id)s", id=events[1].pk)
    actions.check_audit()
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert (answer.json()["audit"], answer.json()["audit_last_held"]) == ("broken", held_at)
