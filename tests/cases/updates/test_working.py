"""Support works a request to its end; each step says who, when and why, and everyone concerned is told."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from cases import actions, tasks
from cases.models import UpdateRequest, coming_windows, possible_windows
from contacts import ActionRefused
from contacts.models import AuditEvent, Kind, Message
from tests.cases.updates.test_requesting import key
from tests.factories import UpdateRequestFactory, VersionUpdateFactory

pytestmark = pytest.mark.django_db
Status = UpdateRequest.Status


def window(number=0):
    return possible_windows("sandbox", timezone.now())[number]


def press(client, update, verb, **said):
    return client.post(f"{update.get_absolute_url()}{verb}/", said, follow=True)


def test_a_refresh_goes_its_whole_way_and_the_site_says_when(refresh, agent, contact, sandbox, sign_in):
    update = refresh()
    client = sign_in(agent)
    press(client, update, "schedule", window=key(window(1)), reason="As you asked, but a window later.")
    press(client, update, "start")
    press(client, update, "complete", reason="Done, and checked.")
    update.refresh_from_db()
    sandbox.refresh_from_db()
    assert (update.status, update.scheduled) == (Status.COMPLETED, window(1))
    assert sandbox.refreshed_at == update.ended_at
    assert [(step.status, step.by) for step in update.steps.all()] == [
        ("requested", update.requested_by),
        ("scheduled", agent),
        ("in_progress", agent),
        ("completed", agent),
    ]
    page = client.get(update.get_absolute_url()).text
    assert "Done, and checked." in page
    titles = [message.title.partition(":")[0] for message in Message.objects.filter(recipient=contact).order_by("pk")]
    assert titles == ["Requested", "Scheduled", "In progress", "Completed"]
    verbs = list(AuditEvent.objects.filter(object_type="cases.UpdateRequest").values_list("action", flat=True))
    assert sorted(verbs) == ["update.complete", "update.request", "update.schedule", "update.start"]


def test_it_is_scheduled_in_one_of_the_windows_or_in_the_one_that_was_asked_for(agent):
    update = UpdateRequestFactory()
    later = window(1)
    with pytest.raises(ActionRefused, match="none of the site's maintenance windows"):
        actions.schedule_update(update, by=agent, window=replace(later, start=later.start + timedelta(hours=1)))
    for each in (later, update.preferred):
        assert actions.schedule_update(update, by=agent, window=each, reason="So.").scheduled == each


def test_support_is_to_decide_until_it_did_and_who_requested_is_told_in_any_case(refresh, agent, contact):
    update = refresh()
    to_decide = Message.objects.filter(recipient=agent, kind=Kind.TO_DECIDE)
    assert to_decide.unread().count() == 1
    actions.schedule_update(update, by=agent, window=window())
    assert not to_decide.unread().exists()
    (decided,) = Message.objects.filter(kind=Kind.DECIDED)
    assert (decided.recipient, decided.is_always_sent) == (update.requested_by, True)
    assert {message.kind for message in Message.objects.filter(recipient=contact)} == {Kind.UPDATE}


def test_a_completed_version_update_gives_the_site_its_version(agent):
    update = VersionUpdateFactory(site__kind="production", status=Status.IN_PROGRESS)
    actions.complete_update(update, by=agent)
    update.site.refresh_from_db()
    assert update.site.version == update.target
    assert update.site.updated_at
    assert update.site.refreshed_at is None


def test_each_verb_is_offered_and_taken_only_where_the_request_may_go(agent, sign_in):
    client = sign_in(agent)
    offered = {
        "requested": {"schedule", "decline", "cancel"},
        "scheduled": {"schedule", "start", "decline", "cancel"},
        "in_progress": {"schedule", "complete", "cancel"},
        "completed": set(),
        "declined": set(),
        "canceled": set(),
    }
    for status, verbs in offered.items():
        update = UpdateRequestFactory(status=status)
        page = client.get(update.get_absolute_url())
        assert {verb.name for verb, _ in page.context["forms"]} == verbs, status
        said = {"window": key(window(3)), "reason": "Because."}
        for verb in {"schedule", "start", "complete", "decline", "cancel"} - verbs:
            assert press(client, update, verb, **said).status_code == 409, (status, verb)
        update.refresh_from_db()
        assert update.status == status


@pytest.mark.parametrize("verb", ["decline", "cancel"])
def test_what_is_declined_or_canceled_has_a_reason(verb, refresh, agent, sign_in):
    update = refresh()
    client = sign_in(agent)
    assert "Enter the reason." in press(client, update, verb).text
    press(client, update, verb, reason="The site is needed for training.")
    update.refresh_from_db()
    assert update.status == {"decline": "declined", "cancel": "canceled"}[verb]
    assert update.ended_at
    assert update.steps.last().reason == "The site is needed for training."


def test_moving_to_another_window_needs_a_reason(refresh, agent, sign_in):
    update = refresh()
    client = sign_in(agent)
    press(client, update, "schedule", window=key(window()))
    assert "Say why it is moved" in press(client, update, "schedule", window=key(window(1))).text
    press(client, update, "schedule", window=key(window(1)), reason="The network is down that day.")
    update.refresh_from_db()
    assert update.scheduled == window(1)
    with pytest.raises(ActionRefused, match="Say why"):
        actions.schedule_update(update, by=agent, window=window(2))


def test_support_may_schedule_sooner_than_the_lead_time_but_not_in_the_past(refresh, agent):
    update = refresh()
    soon = coming_windows("sandbox", timezone.now())[0]
    with pytest.raises(ActionRefused, match="has begun already"):
        actions.schedule_update(update, by=agent, window=type(soon)(soon.start - timedelta(weeks=1), soon.end))
    assert actions.schedule_update(update, by=agent, window=soon).scheduled == soon


def test_the_district_cancels_until_support_has_begun(refresh, agent, technical_contact, sign_in):
    update = refresh()
    actions.schedule_update(update, by=agent, window=window())
    actions.start_update(update, by=agent)
    client = sign_in(technical_contact)
    assert "Cancel the request" not in client.get(update.get_absolute_url()).text
    page = press(client, update, "cancel", reason="No.")
    assert page.status_code == 409
    assert "Support has begun with it" in page.text
    actions.cancel_update(update, by=agent, reason="The backup failed.")
    update.refresh_from_db()
    assert update.status == Status.CANCELED


def test_a_second_press_changes_nothing_and_tells_nobody(refresh, agent):
    update = refresh()
    actions.schedule_update(update, by=agent, window=window())
    actions.start_update(update, by=agent)
    count = Message.objects.count()
    actions.start_update(update, by=agent)
    assert (update.steps.count(), Message.objects.count()) == (3, count)
    actions.complete_update(update, by=agent)
    count = Message.objects.count()
    actions.complete_update(update, by=agent)
    assert (update.steps.count(), Message.objects.count()) == (4, count)


def test_the_day_before_everyone_is_reminded_once_however_often_and_late(
    refresh, agent, contact, teacher, queue, monkeypatch
):
    update = actions.schedule_update(refresh(notify=[teacher]), by=agent, window=window())

    def titles_at(moment):
        monkeypatch.setattr(timezone, "now", lambda: moment)
        tasks.remind_of_updates()
        monkeypatch.undo()
        return list(Message.objects.filter(title__startswith="Within a day").values_list("recipient", flat=True))

    start = update.scheduled_start
    assert titles_at(start - timedelta(days=1, seconds=1)) == []
    told = titles_at(start - timedelta(hours=9))
    assert sorted(told) == sorted([contact.pk, update.requested_by_id, teacher.pk, agent.pk])
    assert titles_at(start - timedelta(hours=8)) == told
    assert AuditEvent.objects.filter(action="update.remind").count() == 1


def test_what_has_begun_is_reminded_of_no_more_and_what_is_moved_once_again(refresh, agent, contact, monkeypatch):
    update = actions.schedule_update(refresh(), by=agent, window=window())

    def reminded_at(moment):
        monkeypatch.setattr(timezone, "now", lambda: moment)
        found = actions.remind_of_updates()
        monkeypatch.undo()
        return found

    assert reminded_at(window().start) == 0
    assert reminded_at(window().start - timedelta(hours=1)) == 1
    actions.schedule_update(update, by=agent, window=window(1), reason="Moved.")
    assert reminded_at(window(1).start - timedelta(hours=1)) == 1
    assert reminded_at(window(1).start - timedelta(hours=1)) == 0


def test_one_that_cannot_be_reminded_of_holds_up_no_other(agent, monkeypatch):
    updates = UpdateRequestFactory.create_batch(2, status=Status.SCHEDULED)
    real = actions.updates.tell_of_reminder

    def tell(update):
        if update.pk == updates[0].pk:
            raise RuntimeError
        real(update)

    monkeypatch.setattr(actions.updates, "tell_of_reminder", tell)
    monkeypatch.setattr(timezone, "now", lambda: updates[0].scheduled_start - timedelta(hours=2))
    assert actions.remind_of_updates() == 1
