"""What the portal does by the clock, held to bounds that are true whatever the weekends and holidays are."""

from collections import Counter

from cases import tasks
from tests.machine.known import CLOSED, VERIFICATION
from tests.machine.stored import check_step

SWEEPS = [tasks.remind_of_calls, tasks.remind_of_handovers, tasks.follow_up_on_resolutions]


def pass_days(walk, days):
    """Turn the clock and let the portal do what is due, once and again: nothing is done twice."""
    walk.say(f"{days} days pass ({walk.now.status})")
    walk.world.clock.day += days
    reminds_of_call(walk, sweep(walk, tasks.remind_of_calls), is_due=days > 0)
    reminds_of_handover(walk, sweep(walk, tasks.remind_of_handovers))
    follows_up(walk, sweep(walk, tasks.follow_up_on_resolutions))
    for again in SWEEPS:
        again()
    walk.changed_nothing()


def sweep(walk, task):
    """Returns what it did with the case."""
    task()
    before, after = walk.read()
    check_step(before, after)
    new = after.entries[len(before.entries) :]
    assert all(times == 1 for times in Counter(entry.case_id for entry in new).values()), "one thing with each case"
    assert {(entry.by_id, entry.is_internal) for entry in new} <= {(None, False)}
    return [entry.action for entry in new if entry.case_id == walk.now.number]


def reminds_of_call(walk, did, *, is_due):
    """A call is awaited within half an hour, so it is overdue the next day; a case is reminded of it once."""
    now = walk.now
    assert did == ["reminded"] * (is_due and now.awaits_call and not now.is_call_told)
    now.is_call_told |= bool(did)
    walk.agrees()


def reminds_of_handover(walk, did):
    """Eight business hours end on another day, and five days later at the latest; a case is told of it once."""
    now, days = walk.now, walk.world.clock.day - walk.now.opened
    is_awaited = now.contact is None and not now.is_told_late
    assert did == [] or (did == ["reminded"] and is_awaited and days >= 1)
    assert did or not is_awaited or days < 5, "it should have been told of"
    now.is_told_late |= bool(did)
    walk.agrees()


def follows_up(walk, did):
    """Three business days take three to ten days, ten at most 21."""
    now, day = walk.now, walk.world.clock.day
    case, all_sent = walk.stored.cases[now.number], now.reminders == 3
    quiet = day - walk.reminded if all_sent else 0
    may_close = now.contact is not None and all_sent and day - now.since >= 14
    if did == ["closed"]:
        assert now.status == VERIFICATION
        assert may_close
        now.status, now.since, now.reminders = CLOSED, day, 0
    elif did:
        assert (did, now.status) == (["reminded"], VERIFICATION)
        assert day - now.since >= 3
        assert now.reminders < case["reminders_sent"] <= 3
        now.reminders, walk.reminded = case["reminders_sent"], day
    elif now.status == VERIFICATION:
        assert not (may_close and day - now.since > 21 and quiet > 7), "it should have been closed"
        assert day - now.since < 10 or now.reminders, "it should have been reminded"
    walk.agrees()
