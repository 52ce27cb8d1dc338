"""The Message Center: what people are told, in the portal and by e-mail."""

from contacts.message_center.digests import email_digests
from contacts.message_center.outbox import email_unsent
from contacts.message_center.sending import compose, send, send_all, send_rows, settle

__all__ = ["compose", "email_digests", "email_unsent", "send", "send_all", "send_rows", "settle"]
