"""What the portal tells people: written as rows in the transaction of the verb that tells it."""

import re

from django.db import connection
from django.template import Context
from django.template.loader import get_template
from django.utils import timezone

from contacts.models import ALWAYS_AT_ONCE, Delivery, Kind, Message, MessageDelivery

# Of the row that is sent.
CHOSEN_DELIVERY = f"""
coalesce((
    SELECT chosen.delivery FROM contacts_messagedelivery AS chosen
    WHERE (chosen.person_id, chosen.kind) = (row.recipient_id, row.kind)
), '{Delivery.AT_ONCE}')
"""  # noqa: S608 - made of constants


def send(template, *, to, kind, about, subject, link=None, district=None, email_to="", **context):
    """Write one message per person of ``to``, in the caller's transaction; the outbox task mails them later.

    ``template`` is ``<app>/messages/<name>.txt``: the title on its first line, the body below. The title goes out by
    e-mail, so it says in a line what it is about and quotes no text. ``about`` is the path of what it is about, by
    which messages are grouped, and ``subject`` its name. ``link`` is where the message leads, if that is another path
    of this portal, or none. ``district`` is the one that it is about. ``email_to`` is for news about an account
    itself: the e-mail goes to that address.
    """
    named = {"kind": kind, "about": about, "subject": subject, "link": link}
    return send_all(compose(template, to=to, district=district, email_to=email_to, **named, **context))


def send_all(messages):
    return Message.objects.bulk_create(messages, batch_size=1000)


def compose(template, *, to, kind, about, subject, link=None, district=None, email_to="", **context):
    """The messages of ``send``, not yet saved: for those who tell many people many things at once."""
    title, _, body = render(template, district=district, **context).strip().partition("\n")
    people = list(to)
    chosen = _chosen_deliveries(people, kind)
    return [
        Message(
            recipient=person,
            district_id=district.pk if district else person.district_id,
            kind=kind,
            delivery=chosen.get(person.pk, Delivery.AT_ONCE),
            about=about,
            subject=_one_line(subject),
            title=_one_line(title),
            body=body.strip(),
            link=about if link is None else link,
            email_to=email_to,
        )
        for person in people
    ]


def _chosen_deliveries(people, kind):
    """{key of a person: what they chose}, of those who chose something else than at once."""
    if not people or kind in ALWAYS_AT_ONCE:
        return {}
    chosen = MessageDelivery.objects.filter(person__in=people, kind=kind)
    return dict(chosen.values_list("person", "delivery"))


def _one_line(text):
    return " ".join(str(text).split())[:200]


def send_rows(template, rows, values, *, words, **context):
    """As ``send``, to any number of people in one statement; returns how many messages there are.

    ``rows`` is a query and ``values`` what goes into it. It gives a recipient_id, a district_id, what else ``send``
    asks for (kind, about, subject, link) and the ``words``: those of the template that differ from row to row. Each
    query is a constant of ours.
    """
    title, body = _patterns(template, words, **context)
    chosen = ", ".join(["", *(f"row.{word}" for word in words)])
    columns = {
        "recipient_id": "row.recipient_id",
        "district_id": "row.district_id",
        "kind": "row.kind",
        "delivery": CHOSEN_DELIVERY,
        "about": "row.about",
        "subject": "left(row.subject, 200)",
        "link": "row.link",
        "title": f"left(format(%(new_title)s{chosen}), 200)",
        "body": f"format(%(new_body)s{chosen})",
    }
    usual = {f"new_{field.column}": field.get_default() for field in _stored_fields()}
    columns = {field.column: f"%(new_{field.column})s" for field in _stored_fields()} | columns
    values = {**usual, **values, "new_title": title, "new_body": body}
    selected = f"SELECT {', '.join(columns.values())} FROM ({rows}) AS row"  # noqa: S608 - a constant of ours
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO contacts_message ({', '.join(columns)}) {selected}", values)
        return cursor.rowcount


def _stored_fields():
    return [field for field in Message._meta.concrete_fields if not field.primary_key]


def _patterns(template, words, **context):
    """Title and body of a template, for PostgreSQL's ``format`` to fill in the words."""
    places = {word: f"\0{number}\0" for number, word in enumerate(words, start=1)}
    text = render(template, **context, **places).strip().replace("%", "%%")
    title, _, body = re.sub("\0(\\d+)\0", r"%\1$s", text).partition("\n")
    return " ".join(title.split()), body.strip()


def render(template, **context):
    return get_template(template).template.render(Context(context, autoescape=False))


def settle(*about):
    """Mark as read what asked to answer or to decide something that is done now, for everyone whom it asked.

    In the transaction of the verb that did it, which waits for nobody: what is being read or e-mailed at this moment is
    left out.
    """
    asked = Message.objects.unread().filter(about__in=about, kind__in=[Kind.ANSWER, Kind.TO_DECIDE])
    keys = list(asked.order_by("pk").select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True))
    if keys:
        Message.objects.filter(pk__in=keys).update(read_at=timezone.now())
