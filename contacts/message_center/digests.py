"""The daily e-mail of those who want one: what they have not read, in the morning of their time zone."""

from datetime import UTC, datetime, time, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import OperationalError, transaction
from django.db.models import Min
from django.urls import reverse
from django.utils import timezone
from psycopg.errors import LockNotAvailable

from contacts.message_center.outbox import email_in_turn, hand_over, headers
from contacts.message_center.sending import render
from contacts.models import Delivery, Message, User


def email_digests():
    """E-mail up to settings.EMAIL_BATCH_SIZE people what is due, and return how many e-mails went out.

    Each person's is claimed, sent and marked in a transaction of its own, as in ``email_unsent``.
    """
    now = timezone.now()
    due = [person for person, oldest in _waiting(now) if oldest < last_digest(person.zone, now)]
    if not due:
        return 0
    people = iter(due)
    return email_in_turn(lambda mail_server: _email_next(people, mail_server, now))


def last_digest(zone, now):
    """When daily e-mails went out there last: today at settings.MESSAGE_DIGEST_HOUR, or yesterday."""
    today = now.astimezone(zone).date()
    local = (datetime.combine(day, time(settings.MESSAGE_DIGEST_HOUR), zone) for day in (today, today - timedelta(1)))
    # An hour that the clocks leave out is only known elsewhere.
    return next(moment for moment in (each.astimezone(UTC) for each in local) if moment <= now)


def _waiting(now):
    """Whoever has something to be told of, and since when."""
    oldest = dict(Message.objects.for_digest(now).values_list("recipient").annotate(Min("created_at")).order_by())
    people = User.objects.filter(pk__in=oldest).select_related("district").order_by("pk")
    return [(person, oldest[person.pk]) for person in people]


def _email_next(people, mail_server, now):
    """Whether the next person's e-mail went out; None when nobody is left."""
    person = next(people, None)
    return person and _email(person, mail_server, now)


def _email(person, mail_server, now):
    try:
        with transaction.atomic():
            messages = _claim(person, now)
            return bool(messages) and hand_over(_digest(person, messages, mail_server), messages, now)
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            # Another run has them, or the person is reading: the next run looks again.
            return False
        raise


def _claim(person, now):
    """The messages of one e-mail, locked from the oldest on: of two runs at once, one has them all, the other none."""
    since = last_digest(person.zone, now)
    if Message.objects.filter(recipient=person, delivery=Delivery.DIGEST, emailed_at__gte=since).exists():
        # Today's went out. What came to light after it goes along tomorrow.
        return []
    waiting = Message.objects.for_digest(now).filter(recipient=person, created_at__lt=since)
    return list(waiting.order_by("pk").select_for_update(nowait=True, of=("self",)))


def _digest(person, messages, mail_server):
    """Titles and a link, never a body."""
    count = len(messages)
    body = render(
        "contacts/digest.txt",
        messages=messages,
        person=person,
        url=f"{settings.PORTAL_URL}{reverse('contacts:messages')}",
        choice_url=f"{settings.PORTAL_URL}{reverse('contacts:deliveries')}",
    )
    return EmailMessage(
        subject=f"{count} new message{'' if count == 1 else 's'} in the {settings.PORTAL_NAME}",
        body=body,
        to=[person.email],
        # The oldest message goes out in one e-mail only.
        headers=headers(f"digest-{messages[0].pk}"),
        connection=mail_server,
    )
