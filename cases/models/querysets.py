"""Which cases: whom they are visible to, where they stand, what they are found by."""

from datetime import datetime, time, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Exists, ExpressionWrapper, OuterRef, Q
from django.utils import timezone

from cases.models import search
from cases.models.ages import of_age
from cases.models.choices import WAITING_FOR_DISTRICT, Status
from contacts.models import AUTHORIZED_CONTACTS, User


def speaks_for(user, district_id):
    """Whether the person belongs to the district and is one of its current authorized contacts."""
    return user.district_id == district_id and not user.roles.isdisjoint(AUTHORIZED_CONTACTS)


def overdue(at, today):
    """What holds of open cases of which Support owes something late: an answer, a due date, or a contact for an
    exception case; ``today`` is the reader's.
    """
    late = Q(answer_due_at__lt=at) | Q(contact__isnull=True, handover_due_at__lt=at)
    return late | (Q(due_on__lt=today) & ~Q(status__in=WAITING_FOR_DISTRICT))


def midnight_after(day):
    """When the day is over by the reader's clock."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


class CaseQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Every case for Support, all cases of their district for its current contacts, nothing for anyone else."""
        if user.is_support:
            return self
        return self.filter(district_id=user.district_id) if speaks_for(user, user.district_id) else self.none()

    def open(self):
        return self.exclude(status=Status.CLOSED)

    def matching(self, words, *, district_id=None):
        """Cases by number, or by words of their text, their caller or their contact; ``district_id`` narrows the index.

        The last word may be the beginning of one: "print" finds printers.
        """
        return search.narrow(self, words, district_id=district_id)

    def waiting_for_district(self):
        return self.filter(status__in=WAITING_FOR_DISTRICT)

    def waiting_for_support(self):
        return self.open().exclude(status__in=WAITING_FOR_DISTRICT)

    def overdue(self, at):
        """Whatever Support owes that is late."""
        return self.open().filter(overdue(at, timezone.localdate(at)))

    def due_today(self, at):
        """What will be overdue when the reader's day is over, and is not yet."""
        today = timezone.localdate(at)
        tonight = overdue(midnight_after(today), today + timedelta(days=1))
        return self.open().filter(tonight).exclude(overdue(at, today))

    def aged(self, name, at):
        return self.filter(of_age(name, at))

    def to_verify(self):
        """With a resolution that waits for the district's answer."""
        return self.filter(resolved_at__isnull=False)

    def answer_pressing(self, at):
        """That Support owes an answer which is missed, or due soon."""
        return self.filter(answer_due_at__isnull=False, answer_soon_at__lte=at)

    def awaiting_call(self):
        """Critical, and the district is asked to call."""
        return self.filter(phone_due_at__isnull=False) if settings.SUPPORT_PHONE else self.none()

    def phone_to_remind_of(self, at):
        """Critical, not called about in time, and nobody was reminded of it yet."""
        return self.filter(phone_due_at__lt=at, phone_reminded_at__isnull=True)

    def with_time_running(self):
        """That Support owes an answer, or that a contact is to accept."""
        return self.filter(Q(answer_since__isnull=False) | Q(contact__isnull=True))

    def unassigned(self):
        return self.filter(status=Status.NEW, assignee__isnull=True)

    def assigned_to(self, user):
        return self.open().filter(assignee=user)

    def awaiting_handover(self):
        return self.filter(contact__isnull=True)

    def handover_overdue(self, at):
        return self.awaiting_handover().filter(handover_due_at__lt=at)

    def handover_to_remind_of(self, at):
        return self.handover_overdue(at).filter(handover_reminded_at__isnull=True)

    def offered(self):
        """Open, with a contact who is none any more: the others may take it over. As ``Case.is_offered``."""
        return self.filter(_is_offered())

    def rows(self):
        """As a list shows them: with the names beside them and without the long texts."""
        long_texts = ["search", "description", "steps_to_replicate", "emergency", "priority_reason"]
        return self.select_related("product_area", "contact").with_offer().defer(*long_texts)

    def with_offer(self):
        """With what ``Case.is_offered`` says, so that no case is asked for by itself."""
        return self.annotate(is_offered=ExpressionWrapper(_is_offered(), output_field=models.BooleanField()))


def _is_offered():
    contacts = User.objects.active().holding(*AUTHORIZED_CONTACTS)
    return ~Q(status=Status.CLOSED) & Q(contact__isnull=False) & ~Exists(contacts.filter(pk=OuterRef("contact")))


class CaseManager(models.Manager.from_queryset(CaseQuerySet)):
    def get_queryset(self):
        return super().get_queryset().defer("search")
