from django.template import Context
from django.template.loader import get_template

from contacts.models import Message


def send(template, *, to, link="", district=None, **context):
    """Write one message per person of ``to``, in the caller's transaction; the outbox task mails them later.

    ``template`` is ``<app>/messages/<name>.txt``: the title on its first line, the body below. The title goes out by
    e-mail, so it says no case text. ``link`` is a path of this portal; ``district`` the one that the message is about.
    """
    text = get_template(template).template.render(Context(context, autoescape=False))
    title, _, body = text.strip().partition("\n")
    return Message.objects.bulk_create(
        Message(
            recipient=person,
            district_id=district.pk if district else person.district_id,
            title=title.strip(),
            body=body.strip(),
            link=link,
        )
        for person in to
    )
