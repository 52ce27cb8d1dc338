import logging
import re
from datetime import timedelta
from itertools import islice
from urllib.parse import quote, urlsplit

from allauth.account import app_settings as sign_in_settings
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import connection, transaction
from django.template import Context
from django.template.loader import get_template
from django.urls import reverse
from django.utils import timezone

from contacts.models import Message

logger = logging.getLogger(__name__)


def send(template, *, to, link="", district=None, email_to="", **context):
    """Write one message per person of ``to``, in the caller's transaction; the outbox task mails them later.

    ``template`` is ``<app>/messages/<name>.txt``: the title on its first line, the body below. The title goes out by
    e-mail, so it says in a line what it is about and quotes no text. ``link`` is a path of this portal, ``district``
    the one that it is about. ``email_to`` is for news about an account itself: the e-mail goes to that address.
    """
    return send_all(compose(template, to=to, link=link, district=district, email_to=email_to, **context))


def send_all(messages):
    return Message.objects.bulk_create(messages, batch_size=1000)


def compose(template, *, to, link="", district=None, email_to="", **context):
    """The messages of ``send``, not yet saved: for those who tell many people many things at once."""
    title, _, body = _render(template, district=district, **context).strip().partition("\n")
    return [
        Message(
            recipient=person,
            district_id=district.pk if district else person.district_id,
            title=" ".join(title.split())[:200],
            body=body.strip(),
            link=link,
            email_to=email_to,
        )
        for person in to
    ]


def send_rows(template, rows, values, *, words, link="", **context):
    """As ``send``, to any number of people in one statement; returns how many messages there are.

    ``rows`` is a query and ``values`` what goes into it. It gives a recipient_id, a district_id and the ``words``:
    those of the template that differ from row to row. Each query is a constant of ours.
    """
    title, body = _patterns(template, words, **context)
    chosen = ", ".join(["", *(f"row.{word}" for word in words)])
    columns = {
        "recipient_id": "row.recipient_id",
        "district_id": "row.district_id",
        "title": f"left(format(%(new_title)s{chosen}), 200)",
        "body": f"format(%(new_body)s{chosen})",
    }
    usual = {f"new_{field.column}": field.get_default() for field in _stored_fields()}
    columns = {field.column: f"%(new_{field.column})s" for field in _stored_fields()} | columns
    values = {**usual, **values, "new_title": title, "new_body": body, "new_link": link}
    selected = f"SELECT {', '.join(columns.values())} FROM ({rows}) AS row"  # noqa: S608 - a constant of ours
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO contacts_message ({', '.join(columns)}) {selected}", values)
        return cursor.rowcount


def _stored_fields():
    return [field for field in Message._meta.concrete_fields if not field.primary_key]


def _patterns(template, words, **context):
    """Title and body of a template, for PostgreSQL's ``format`` to fill in the words."""
    places = {word: f"\0{number}\0" for number, word in enumerate(words, start=1)}
    text = _render(template, **context, **places).strip().replace("%", "%%")
    title, _, body = re.sub("\0(\\d+)\0", r"%\1$s", text).partition("\n")
    return " ".join(title.split()), body.strip()


def _render(template, **context):
    return get_template(template).template.render(Context(context, autoescape=False))


def email_unsent():
    """E-mail up to settings.EMAIL_BATCH_SIZE messages that are due, and return how many went out.

    Each message is claimed, sent and marked in a transaction of its own: one failure touches no other message,
    concurrent runs never send the same one, and a kill repeats at most one, under the same Message-ID.
    """
    if not Message.objects.unsent(timezone.now()).exists():
        return 0
    mail_server = get_connection()
    try:
        mail_server.open()
    except OSError:
        # A server that is down is no fault of any message: none of them spends an attempt on it.
        logger.warning("The mail server cannot be reached; messages wait.", exc_info=True)
        return 0
    try:
        outcomes = iter(lambda: _email_next(mail_server), None)
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
    try:
        _email(message, mail_server).send()
    # SMTPException is an OSError; an address or title that cannot be written as a header is a ValueError.
    except (OSError, ValueError):
        logger.warning("Message %s could not be e-mailed.", message.pk, exc_info=True)
        mail_server.close()
        _put_off(message, now)
        return False
    message.emailed_at = now
    message.save(update_fields=["emailed_at"])
    return True


def _put_off(message, now):
    """Try again after 1, 2, 4, 8 … minutes; give up after settings.EMAIL_MAX_ATTEMPTS."""
    message.email_attempts += 1
    message.email_due_at = now + timedelta(minutes=2 ** (message.email_attempts - 1))
    if message.email_attempts >= settings.EMAIL_MAX_ATTEMPTS:
        message.parked_at = now
    message.save(update_fields=["email_attempts", "email_due_at", "parked_at"])


def _email(message, mail_server):
    """The e-mail of a message: its title, a link and the recipient's name; never its body."""
    body = _render(
        "contacts/email.txt",
        title=message.title,
        url=_address(message),
        sign_in_url=f"{settings.PORTAL_URL}{reverse('account_login')}",
        person=message.recipient,
        email_to=message.email_to,
        portal_name=settings.PORTAL_NAME,
    )
    return EmailMessage(
        subject=message.title,
        body=body,
        to=[message.email_to or message.recipient.email],
        headers={
            "Message-ID": f"<message-{message.pk}@{urlsplit(settings.PORTAL_URL).hostname}>",
            "Auto-Submitted": "auto-generated",
        },
        connection=mail_server,
    )


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
