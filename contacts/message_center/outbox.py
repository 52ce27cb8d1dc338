"""The outbox: each message that goes out at once is e-mailed once."""

import logging
from datetime import timedelta
from itertools import islice
from urllib.parse import quote, urlsplit

from allauth.account import app_settings as sign_in_settings
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from contacts.message_center.sending import render
from contacts.models import Message

logger = logging.getLogger(__name__)


def email_unsent():
    """E-mail up to settings.EMAIL_BATCH_SIZE messages that are due, and return how many went out.

    Each message is claimed, sent and marked in a transaction of its own: one failure touches no other message,
    concurrent runs never send the same one, and a kill repeats at most one, under the same Message-ID.
    """
    if not Message.objects.unsent(timezone.now()).exists():
        return 0
    return email_in_turn(_email_next)


def email_in_turn(email_next):
    """Call it with the mail server until it answers None, or for a batch; returns how many e-mails went out."""
    mail_server = get_connection()
    try:
        mail_server.open()
    except OSError:
        # A server that is down is no fault of any message: none of them spends an attempt on it.
        logger.warning("The mail server cannot be reached; messages wait.", exc_info=True)
        return 0
    try:
        outcomes = iter(lambda: email_next(mail_server), None)
        return sum(islice(outcomes, settings.EMAIL_BATCH_SIZE))
    finally:
        mail_server.close()


@transaction.atomic
def _email_next(mail_server):
    """Whether the next message due went out; None when no message is due."""
    now = timezone.now()
    due = Message.objects.unsent(now).order_by("email_due_at", "pk").select_related("recipient__district")
    message = due.select_for_update(skip_locked=True, of=("self",)).first()
    if message is None:
        return None
    return hand_over(_email(message, mail_server), [message], now)


def hand_over(email, messages, now):
    """Give the e-mail about the messages, which are locked, to the mail server. Says whether it took it."""
    try:
        email.send()
    # SMTPException is an OSError; an address or title that cannot be written as a header is a ValueError.
    except (OSError, ValueError):
        logger.warning("Message %s could not be e-mailed.", messages[0].pk, exc_info=True)
        email.connection.close()
        _put_off(messages, now)
        return False
    Message.objects.filter(pk__in=[message.pk for message in messages]).update(emailed_at=now)
    return True


def _put_off(messages, now):
    """Try again after 1, 2, 4, 8 … minutes; give up after settings.EMAIL_MAX_ATTEMPTS."""
    attempts = max(message.email_attempts for message in messages) + 1
    Message.objects.filter(pk__in=[message.pk for message in messages]).update(
        email_attempts=attempts,
        email_due_at=now + timedelta(minutes=2 ** (attempts - 1)),
        parked_at=now if attempts >= settings.EMAIL_MAX_ATTEMPTS else None,
    )


def _email(message, mail_server):
    """The e-mail of a message: its title, a link and the recipient's name; never its body."""
    body = render(
        "contacts/email.txt",
        title=message.title,
        url=_address(message),
        sign_in_url=f"{settings.PORTAL_URL}{reverse('account_login')}",
        person=message.recipient,
        is_always_sent=message.is_always_sent,
        email_to=message.email_to,
        portal_name=settings.PORTAL_NAME,
    )
    return EmailMessage(
        subject=message.title,
        body=body,
        to=[message.email_to or message.recipient.email],
        headers=headers(f"message-{message.pk}"),
        connection=mail_server,
    )


def headers(name):
    """``name`` is the same for the same e-mail, however often it is sent."""
    return {"Message-ID": f"<{name}@{urlsplit(settings.PORTAL_URL).hostname}>", "Auto-Submitted": "auto-generated"}


def _address(message):
    """Where the e-mail leads: to choosing a password first, for a person who has none.

    An address that is no longer the person's gets no such link.
    """
    if message.email_to or message.recipient.has_chosen_password:
        return f"{settings.PORTAL_URL}{message.link or reverse('contacts:messages')}"
    return f"{settings.PORTAL_URL}{_first_password_path(message.recipient)}?next={quote(message.link)}"


def _first_password_path(person):
    """A sign-in link is made as the mail is written and never stored."""
    key = sign_in_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(person)
    return reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(person), "key": key})
