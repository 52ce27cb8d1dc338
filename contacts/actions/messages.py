from django.utils import timezone

from contacts import ActionRefused, audit
from contacts.actions._common import action


def mark_read(message):
    """Note when its reader saw the message first."""
    type(message).objects.filter(pk=message.pk, read_at__isnull=True).update(read_at=timezone.now())


def mark_all_read(user, *, newest):
    """Mark what the reader had before them: messages newer than the one with the key ``newest`` stay unread."""
    user.messages.unread().filter(pk__lte=newest).update(read_at=timezone.now())


def mark_read_about(user, link):
    """Mark what led the reader to the address: whoever has seen the page need not open its messages too."""
    user.messages.unread().filter(link=link).update(read_at=timezone.now())


@action
def email_again(message, *, by):
    """Let the outbox try a message again that it gave up."""
    message = type(message).objects.select_for_update(of=("self",)).get(pk=message.pk)
    if message.emailed_at:
        raise ActionRefused(f"“{message}” was already e-mailed and is not sent twice.")
    message.email_attempts, message.parked_at, message.email_due_at = 0, None, timezone.now()
    message.save(update_fields=["email_attempts", "parked_at", "email_due_at"])
    audit.record("message.email_again", by=by, on=message)
