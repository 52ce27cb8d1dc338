from django.conf import settings
from django.contrib.postgres.aggregates import BoolAnd
from django.db import models
from django.db.models import Count, Max, Q
from django.utils import timezone

from contacts.constraints import PersonOfDistrictOrSupport, Unchanging, choices_constraint
from contacts.models.districts import District
from contacts.models.people import User


class Kind(models.TextChoices):
    """What a message is for, by which people filter their messages."""

    ANSWER = "answer", "To answer"
    TO_DECIDE = "to_decide", "To decide"
    DECIDED = "decided", "Decided"
    CASE = "case", "Cases"
    UPDATE = "update", "Updates"
    CONTACTS = "contacts", "Contacts and training"
    NOTICE = "notice", "Notices"
    ACCOUNT = "account", "Your account and roles"


class Delivery(models.TextChoices):
    """How somebody is told of a message, which stands in the Message Center in any case."""

    AT_ONCE = "at_once", "By e-mail, at once"
    DIGEST = "digest", "By e-mail, once a day"
    HERE = "here", "Only here"


# These go out at once, whatever the person chose: what is decided on a request of theirs, and what happens to their
# account or role, such as that they are flagged inactive.
ALWAYS_AT_ONCE = (Kind.DECIDED, Kind.ACCOUNT)
UNREAD = Q(read_at__isnull=True)
REACHED = Q(recipient__email__isnull=False, recipient__is_active=True)


class MessageQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(recipient=user)

    def unread(self):
        return self.filter(UNREAD)

    def in_groups(self):
        """What the messages are about, each once: how many there are, and the key of the newest."""
        return (
            self.values("about")
            .annotate(
                is_read=BoolAnd(Q(read_at__isnull=False)),
                newest_at=Max("created_at"),
                newest=Max("pk"),
                size=Count("pk"),
                unread=Count("pk", filter=UNREAD),
            )
            .values_list("is_read", "newest_at", "newest", "size", "unread", named=True)
        )

    def of_same_group(self, message):
        return self.filter(recipient=message.recipient_id, about=message.about)

    def unread_by_kind(self):
        """{kind: how many unread messages}, of the kinds of which there are any."""
        return dict(self.values("kind").annotate(unread=Count("pk", filter=UNREAD)).values_list("kind", "unread"))

    def unsent(self, at):
        """What is due to be e-mailed at that time, to people who can sign in and be reached, or to a given address.

        After settings.EMAIL_GIVE_UP_AFTER a message is no longer e-mailed; it stays in the Message Center.
        """
        return self._due(at).filter(REACHED | ~Q(email_to=""), delivery=Delivery.AT_ONCE)

    def for_digest(self, at):
        """As ``unsent``, of what goes into the daily e-mail; what was read before then does not."""
        return self._due(at).unread().filter(REACHED, delivery=Delivery.DIGEST)

    def _due(self, at):
        """What was neither e-mailed nor given up, and is due."""
        due = {"email_due_at__lte": at, "email_due_at__gt": at - settings.EMAIL_GIVE_UP_AFTER}
        return self.filter(emailed_at__isnull=True, parked_at__isnull=True, **due)


class Message(models.Model):
    """What the portal told a person. The row is the message in the Message Center and the outbox of its e-mail."""

    recipient = models.ForeignKey(User, on_delete=models.CASCADE, related_name="messages")
    district = models.ForeignKey(District, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=20, choices=Kind)
    about = models.CharField(
        max_length=300,
        help_text="The key of what it is about, such as the path of a case. Messages with the same key are one group.",
    )
    subject = models.CharField(max_length=200, help_text="The name of what it is about. Shown in the portal only.")
    title = models.CharField(
        max_length=200, help_text="Goes out by e-mail too: a subject line, never the message's text."
    )
    body = models.TextField(blank=True, help_text="Shown in the portal only.")
    link = models.CharField(max_length=300, blank=True, help_text="A path of this portal.")
    email_to = models.EmailField(
        blank=True, help_text="Goes to this address, whoever the recipient is by then; empty: to the recipient's."
    )
    delivery = models.CharField(max_length=20, choices=Delivery, default=Delivery.AT_ONCE)
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
            choices_constraint("kind", Kind, name="a_message_is_of_one_of_the_kinds"),
            choices_constraint("delivery", Delivery, name="a_message_is_told_in_one_of_the_ways"),
            models.CheckConstraint(
                condition=Q(delivery=Delivery.AT_ONCE) | ~Q(kind__in=ALWAYS_AT_ONCE),
                name="what_must_be_sent_goes_out_at_once",
                violation_error_message="Messages of this kind are always e-mailed at once.",
            ),
            models.CheckConstraint(
                condition=~Q(about="") & ~Q(subject=""),
                name="a_message_is_about_something",
                violation_error_message="Say what the message is about.",
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
            # All that the list of groups asks, so that it reads nothing else.
            models.Index(
                fields=["recipient", "about"],
                include=["id", "created_at", "read_at", "kind", "district"],
                name="messages_of_a_person_by_about",
            ),
            models.Index(fields=["about"], condition=UNREAD, name="unread_about_something"),
            models.Index(fields=["recipient"], condition=UNREAD, name="unread_of_a_person"),
            models.Index(
                fields=["email_due_at"],
                condition=Q(emailed_at__isnull=True, parked_at__isnull=True, delivery=Delivery.AT_ONCE),
                name="messages_to_email",
            ),
            models.Index(
                fields=["recipient"],
                condition=UNREAD & Q(emailed_at__isnull=True, parked_at__isnull=True, delivery=Delivery.DIGEST),
                name="messages_for_a_digest",
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def excerpt(self):
        """What happened, in a line. Titles of e-mails repeat what it is about, which stands above this line."""
        _, _, name = self.subject.partition(" · ")
        what = self.title.partition(f": {name[:60]}")[0] if name else self.title
        return " ".join(f"{what} · {self.body}".split())[:200] if self.body else what

    @property
    def is_always_sent(self):
        return self.kind in ALWAYS_AT_ONCE
