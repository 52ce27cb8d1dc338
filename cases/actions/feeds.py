"""The private address of a person's calendar."""

import secrets

from cases.actions._common import roles_to_act
from cases.models import CalendarFeed
from contacts import audit
from contacts.actions import action, lock_actor


@action
def reset_calendar_feed(*, by):
    """(feed, secret). The secret is stored nowhere, and an earlier one no longer opens anything."""
    lock_actor(by, roles_to_act(by))
    feed = CalendarFeed.objects.filter(person=by).select_for_update().first()
    feed = feed or CalendarFeed(person=by, district_id=by.district_id)
    secret = secrets.token_urlsafe(32)
    feed.set_secret(secret)
    feed.save()
    audit.record("update.reset_calendar", by=by, on=by)
    return feed, secret
