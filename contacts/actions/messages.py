from django.utils import timezone

from contacts import ActionRefused, audit
from contacts.actions._common import action, lock_user
from contacts.models import Delivery, Kind


def mark_read(message):
    """Note when its reader saw the message first, and what was said before about the same."""
    group = type(message).objects.of_same_group(message)
    group.unread().filter(pk__lte=message.pk).update(read_at=timezone.now())


def mark_all_read(user, *, newest, **which):
    """Mark what the reader had before them: messages newer than the one with the key ``newest`` stay unread."""
    user.messages.unread().filter(pk__lte=newest, **which).update(read_at=timezone.now())


def mark_read_about(user, about):
    """Mark what led the reader to the address: whoever has seen the page need not open its messages too."""
    user.messages.unread().filter(about=about).update(read_at=timezone.now())


@action
def choose_deliveries(deliveries, *, by):
    """How the person wants to be told from now on, and of what they have neither read nor got yet: {kind: delivery}."""
    by = lock_user(by)
    usual = dict.fromkeys(Kind, Delivery.AT_ONCE)
    chosen = usual | dict(by.message_deliveries.values_list("kind", "delivery"))
    changed = {kind: delivery for kind, delivery in deliveries.items() if chosen[kind] != delivery}
    for kind, delivery in changed.items():
        _choose(kind, delivery, by=by)
    if changed:
        audit.record("person.choose_deliveries", by=by, on=by, changed=changed)
    return changed


def _choose(kind, delivery, *, by):
    if delivery == Delivery.AT_ONCE:
        by.message_deliveries.filter(kind=kind).delete()
    else:
        values = {"delivery": delivery, "district_id": by.district_id}
        by.message_deliveries.update_or_create(kind=kind, defaults=values)
    # What was for here only stays here: nobody is mailed old messages.
    waiting = by.messages.unread().filter(kind=kind, emailed_at=None, parked_at=None)
    waiting.exclude(delivery=Delivery.HERE).update(delivery=delivery)


@action
def email_again(message, *, by):
    """Let the outbox try a message again that it gave up."""
    message = type(message).objects.select_for_update(of=("self",)).get(pk=message.pk)
    if message.emailed_at:
        raise ActionRefused(f"“{message}” was already e-mailed and is not sent twice.")
    if message.delivery == Delivery.HERE:
        raise ActionRefused(f"{message.recipient} reads messages such as “{message}” in the portal only.")
    message.email_attempts, message.parked_at, message.email_due_at = 0, None, timezone.now()
    message.save(update_fields=["email_attempts", "parked_at", "email_due_at"])
    audit.record("message.email_again", by=by, on=message)
