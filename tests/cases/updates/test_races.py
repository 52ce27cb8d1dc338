"""Two who press at once: one wins, and the other is told."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cases import actions
from cases.models import CalendarFeed, UpdateRequest, possible_windows
from contacts import ActionRefused
from contacts.models import AuditEvent, Role
from tests.contacts.races import at_once, locked
from tests.factories import (
    AgentFactory,
    SiteFactory,
    UpdateRequestFactory,
    UserFactory,
    VersionFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)


def ask(site, person, number):
    window = possible_windows(site.kind, timezone.now())[number]
    said = {"kind": "refresh", "reason": "So.", "acknowledgement": "overwrite sandbox", "window": window}
    return lambda: actions.request_update(site, by=person, **said)


def test_of_two_requests_at_once_for_one_site_one_wins_and_the_other_is_told():
    site = SiteFactory()
    person = UserFactory(district=site.district, roles=[Role.TECHNICAL_CONTACT])
    for _ in range(10):
        made, refused = sorted(at_once(ask(site, person, 0), ask(site, person, 1)), key=lambda each: str(type(each)))
        if isinstance(made, ActionRefused):
            made, refused = refused, made
        assert isinstance(refused, ActionRefused)
        assert "already requested this" in str(refused)
        assert UpdateRequest.objects.open().get() == made
        actions.cancel_update(made, by=person, reason="Again.")


def test_the_same_form_sent_twice_at_once_asks_once():
    site = SiteFactory()
    person = UserFactory(district=site.district, roles=[Role.TECHNICAL_CONTACT])
    first, second = at_once(ask(site, person, 0), ask(site, person, 0))
    assert first == second == UpdateRequest.objects.get()
    assert AuditEvent.objects.filter(action="update.request").count() == 1


def test_declined_or_canceled_and_never_both():
    agent = AgentFactory()
    for _ in range(10):
        site = SiteFactory()
        person = UserFactory(district=site.district, roles=[Role.TECHNICAL_CONTACT])
        update = UpdateRequestFactory(site=site, requested_by=person)
        window = possible_windows("sandbox", timezone.now())[0]
        outcomes = at_once(
            lambda update=update, window=window: actions.decline_update(update, by=agent, reason="No."),
            lambda update=update, person=person: actions.cancel_update(update, by=person, reason="No."),
        )
        refused = [each for each in outcomes if isinstance(each, ActionRefused)]
        assert len(refused) == 1
        assert update.steps.count() == 2


def test_two_reminders_at_once_are_one():
    UpdateRequestFactory.create_batch(3, status="scheduled")
    start = timezone.now() + timedelta(hours=5)
    UpdateRequest.objects.update(scheduled_start=start, scheduled_end=start + timedelta(hours=2))
    assert sum(at_once(*[actions.remind_of_updates] * 3)) == 3
    assert AuditEvent.objects.filter(action="update.remind").count() == 3


def test_two_resets_at_once_leave_one_address_that_opens():
    person = UserFactory(roles=[Role.SUPPORT_CONTACT])
    for _ in range(5):
        made = at_once(*[lambda: actions.reset_calendar_feed(by=person)] * 2)
        feed = CalendarFeed.objects.select_related("person__district").get()
        assert sum(feed.opens_with(secret) for _, secret in made) == 1


@pytest.mark.parametrize("whose", ["role", "site"])
def test_neither_the_role_nor_the_site_changes_in_the_middle_of_a_request(whose):
    site = SiteFactory()
    VersionFactory()
    person = UserFactory(district=site.district, roles=[Role.TECHNICAL_CONTACT])
    held = {"role": person.designations.get(), "site": site}[whose]
    with locked(type(held), held), pytest.raises(ActionRefused, match="changing this right now"):
        ask(site, person, 0)()
    assert not UpdateRequest.objects.exists()
