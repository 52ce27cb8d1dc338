from django.conf import settings
from django.db import models
from django.db.models import BooleanField, ExpressionWrapper, F, Q
from django.utils import timezone

from contacts.constraints import PersonOfDistrictOrSupport, Unchanging
from contacts.models.districts import District
from contacts.models.people import User

IS_READ = ExpressionWrapper(Q(read_at__isnull=False), output_field=BooleanField())


class MessageQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(recipient=user)

    def unread(self):
        return self.filter(read_at__isnull=True)

    def with_is_read(self):
        return self.annotate(is_read=IS_READ)

    def unsent(self, at):
        """What is due to be e-mailed at that time, to people who can sign in and be reached, or to a given address.

        After settings.EMAIL_GIVE_UP_AFTER a message is no longer e-mailed; it stays in the Message Center.
        """
        return self.filter(
            Q(recipient__email__isnull=False, recipient__is_active=True) | ~Q(email_to=""),
            emailed_at__isnull=True,
            parked_at__isnull=True,
            email_due_at__lte=at,
            email_due_at__gt=at - settings.EMAIL_GIVE_UP_AFTER,
        )


class Message(models.Model):
    """What the portal told a person. The row is the message in the Message Center and the outbox of its e-mail."""

    recipient = models.ForeignKey(User, on_delete=models.CASCADE, related_name="messages")
    district = models.ForeignKey(District, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    title = models.CharField(
        max_length=200, help_text="Goes out by e-mail too: a subject line, never the message's text."
    )
    body = models.TextField(blank=True, help_text="Shown in the portal only.")
    link = models.CharField(max_length=300, blank=True, help_text="A path of this portal.")
    email_to = models.EmailField(
        blank=True, help_text="Goes to this address, whoever the recipient is by then; empty: to the recipient's."
    )
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)
    emailed_at = models.DateTimeField(null=True, blank=True)
    email_attempts = models.PositiveSmallIntegerField(default=0)
    email_due_at = models.DateTimeField(default=timezone.now)
    parked_at = models.DateTimeField(null=True, blank=True, help_text="Given up after too many failed attempts.")

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(emailed_at__isnull=True) | Q(parked_at__isnull=True),
                name="an_emailed_message_is_not_parked",
                violation_error_message="A message that went out is not parked.",
            ),
            PersonOfDistrictOrSupport(
                field="recipient",
                name="a_message_is_for_its_district_or_support",
                violation_error_message="A message is for people of the district that it is about, or for Support.",
            ),
            Unchanging(
                fields=["district", "recipient"],
                name="a_message_never_changes_recipients",
                violation_error_message="A message stays with the person whom it told.",
            ),
        ]
        indexes = [
            models.Index(F("recipient"), IS_READ, F("created_at").desc(), F("id").desc(), name="messages_unread_first"),
            models.Index(fields=["recipient"], condition=Q(read_at__isnull=True), name="unread_of_a_person"),
            models.Index(
                fields=["email_due_at"],
                condition=Q(emailed_at__isnull=True, parked_at__isnull=True),
                name="messages_to_email",
            ),
        ]

    def __str__(self):
        return self.title
