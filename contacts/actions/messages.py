from django.utils import timezone


def mark_read(message):
    """Note when its reader saw the message first."""
    type(message).objects.filter(pk=message.pk, read_at__isnull=True).update(read_at=timezone.now())


def mark_all_read(user, *, newest):
    """Mark what the reader had before them: messages newer than the one with the key ``newest`` stay unread."""
    user.messages.unread().filter(pk__lte=newest).update(read_at=timezone.now())


def mark_read_about(user, link):
    """Mark what led the reader to the address: whoever has seen the page need not open its messages too."""
    user.messages.unread().filter(link=link).update(read_at=timezone.now())
