"""Holders are reminded of what expires: by the clock, once at each time before it, and by those who look ahead."""

from datetime import timedelta
from itertools import groupby

from django.conf import settings
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from contacts import audit, message_center
from contacts.actions import action, lock_actor
from contacts.actions.sweeping import sweep
from contacts.models import Kind, User
from credentials.models import CredentialRecord, nearest_reminder
from credentials.models.approvers import OVERSEERS


def remind_of_expiry():
    """Each holder in a transaction of their own; returns how many were reminded."""
    # No district is more than a day behind or ahead; each is asked by its own calendar then.
    days = [timezone.now().date() + timedelta(days=days) for days in (-1, 1)]
    before, after = (CredentialRecord.objects.due_to_remind(day).values("holder") for day in days)
    holders = User.objects.active().filter(Q(pk__in=before) | Q(pk__in=after)).select_related("district")
    return sweep(holders.order_by("pk"), _remind)


@action
def _remind(holder):
    day = holder.district.today
    records = _lock(holder.credential_records.due_to_remind(day))
    if not records:
        return False
    rows = CredentialRecord.objects.filter(pk__in=[record.pk for record in records])
    rows.update(reminded_of=F("expires_on"), reminded_days=nearest_reminder(day))
    audit.record("credential_record.remind", by=None, on=holder, records=[record.pk for record in records])
    message_center.send_all(_messages(holder, records))
    return True


@action
def remind_all(*, by, records):
    """Remind the holders of these records, each in one message; returns how many people there were.

    Whom somebody reminded a moment ago, and who waits for a decision, is left alone.
    """
    lock_actor(by, OVERSEERS)
    now = timezone.now()
    before = now - settings.CREDENTIAL_REMIND_AGAIN_AFTER
    due = records.filter(holder__is_active=True, holder__email__isnull=False).not_requested()
    locked = _lock(due.exclude(reminded_at__gt=before))
    CredentialRecord.objects.filter(pk__in=[record.pk for record in locked]).update(reminded_at=now)
    grouped = [(holder, list(held)) for holder, held in groupby(locked, key=lambda record: record.holder)]
    message_center.send_all([message for holder, held in grouped for message in _messages(holder, held, by=by)])
    if grouped:
        audit.record("credential_record.remind_all", by=by, on=by.district, people=len(grouped), records=len(locked))
    return len(grouped)


def _lock(records):
    locked = records.select_for_update(of=("self",), no_key=True).select_related("holder__district", "type")
    return list(locked.prefetch_related("type__fields").order_by("holder", "expires_on", "pk"))


def _messages(holder, records, by=None):
    lines = [f"{record.name} ({record.type}): {date_format(record.expires_on, 'DATE_FORMAT')}" for record in records]
    return message_center.compose(
        "credentials/messages/expiring.txt",
        to=[holder],
        kind=Kind.ANSWER,
        about=f"{reverse('credentials:records')}?record={records[0].pk}",
        subject="Credentials that expire",
        district=holder.district,
        lines=lines,
        by=by,
    )
