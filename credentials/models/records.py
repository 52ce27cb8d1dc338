import json
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Case, Exists, F, FilteredRelation, Q, When
from django.utils import timezone

from contacts.constraints import DistrictKey, SameDistrict, Unchanging
from contacts.models import District, User
from contacts.models.districts import LAST_DAY
from credentials.models.approvers import staff_overseen_by
from credentials.models.statuses import OPEN, RequestStatus
from credentials.models.types import DATE_ELEMENTS, LIST_ELEMENTS, MAX_LENGTHS, CredentialType, Element

FIRST_DAY = date(1900, 1, 1)
A_DAY_OF_A_LIFE = "Enter a day from 1900 to 2099."
# Near either end of the calendar there is no day before or after.
DAY_LIMITS = [MinValueValidator(FIRST_DAY, A_DAY_OF_A_LIFE), MaxValueValidator(LAST_DAY, A_DAY_OF_A_LIFE)]
NO_PARENT = "It belongs to another credential of the same person, one that belongs to none itself."


def within_a_life(name):
    return Q((f"{name}__isnull", True)) | Q((f"{name}__range", (FIRST_DAY, LAST_DAY)))


def serialize_values(values):
    """Values as requests store them: by name, without empty ones, as JSON types."""
    return {name: _as_json(value) for name, value in values.items() if value not in (None, "", [])}


def _as_json(value):
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        # 3.50 and 3.5 are the same number, so they are stored as the same text.
        return f"{value.normalize():f}"
    return list(value) if isinstance(value, (list, tuple)) else value


def fingerprint(values):
    """The values in short, by which a form knows whether they are those that somebody saw."""
    return sha256(json.dumps(values, sort_keys=True, default=str).encode()).hexdigest()[:16]


def label_key(pk):
    """Under which the labels of a request keep the name of a record."""
    return f"{Element.PARENT} {pk}"


def nearest_reminder(day):
    """Of each record: the least number of days before its expiry at which a reminder is due on that day."""
    steps = sorted(settings.CREDENTIAL_REMIND_DAYS_BEFORE)
    return Case(*(When(expires_on__lte=day + timedelta(days=days), then=days) for days in steps))


class CredentialRecordQuerySet(models.QuerySet):
    def visible_to(self, user):
        """A person's own records. Approvers see those of others on the request only."""
        return self.filter(holder=user)

    def of_district(self, user):
        """All records of the administrator's district."""
        return self.filter(district=user.district_id)

    def with_pending_request(self):
        """Each record with ``pending_request_id``: the key of its request that is not decided yet, or None."""
        pending = FilteredRelation("requests", condition=Q(requests__status__in=OPEN))
        return self.annotate(pending=pending, pending_request_id=F("pending__id"))

    def standing(self, validity, today):
        """Those with this validity on the day, as ``validity()`` says of each."""
        Validity = CredentialRecord.Validity
        # A date that is not known is neither before nor after any.
        over = Q(expires_on__isnull=False, expires_on__lt=today)
        waits = Q(effective_on__isnull=False, effective_on__gt=today)
        soon = Q(expires_on__isnull=False, expires_on__lte=today + settings.CREDENTIAL_EXPIRES_SOON)
        meant = {
            Validity.EXPIRED: over,
            Validity.NOT_YET_VALID: ~over & waits,
            Validity.EXPIRING: ~over & ~waits & soon,
            Validity.VALID: ~over & ~waits & ~soon,
        }
        return self.filter(meant[validity])

    def overseen_by(self, user):
        """Of the staff for whom an administrator or an approver is responsible."""
        return self.filter(district=user.district_id, holder__in=staff_overseen_by(user))

    def could_hold(self, record):
        """What the record belongs to already, and what it could belong to: its holder's that are under nothing.

        What has endorsements of its own is under nothing, too.
        """
        held = self.filter(holder=record.holder_id).exclude(pk=record.pk)
        if not record.pk:
            return held.filter(parent=None)
        stored = CredentialRecord.objects.filter(Q(pk=record.pk) | Q(parent=record.pk))
        has_own = Exists(stored.filter(parent=record.pk))
        return held.filter(Q(pk__in=stored.filter(pk=record.pk).values("parent")) | Q(~has_own, parent=None))

    def not_requested(self):
        """Those on which no request waits for a decision."""
        return self.exclude(requests__status=RequestStatus.PENDING)

    def due_to_remind(self, day):
        """What expires soon on that day, and of which its holder was not yet told so often as they should be."""
        days = max(settings.CREDENTIAL_REMIND_DAYS_BEFORE)
        told = Q(reminded_of=F("expires_on"), reminded_days__lte=nearest_reminder(day))
        soon = self.filter(expires_on__range=(day, day + timedelta(days=days)))
        return soon.not_requested().exclude(told & Q(reminded_days__isnull=False))

    def expiring(self, today):
        """Records that are still valid but expire soon, the soonest first."""
        soon = today + settings.CREDENTIAL_EXPIRES_SOON
        return self.filter(expires_on__range=(today, soon)).order_by("expires_on", "pk")


class CredentialRecord(models.Model):
    """A credential that a person holds, on record at the district. Approved requests and imports change it."""

    class Validity(models.TextChoices):
        EXPIRED = "expired"
        NOT_YET_VALID = "not_yet_valid"
        EXPIRING = "expiring"
        VALID = "valid"

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="credential_records")
    holder = models.ForeignKey(User, on_delete=models.PROTECT, related_name="credential_records")
    type = models.ForeignKey(CredentialType, on_delete=models.PROTECT, related_name="records")
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="endorsements",
        verbose_name="belongs to",
        help_text="The credential of the same holder to which this one, an endorsement, belongs.",
    )
    identifier = models.CharField(max_length=MAX_LENGTHS[Element.IDENTIFIER], blank=True)
    issuing_state = models.CharField(max_length=MAX_LENGTHS[Element.ISSUING_STATE], blank=True)
    issued_on = models.DateField(null=True, blank=True, validators=DAY_LIMITS)
    effective_on = models.DateField(null=True, blank=True, validators=DAY_LIMITS)
    expires_on = models.DateField(null=True, blank=True, validators=DAY_LIMITS)
    field = models.CharField(max_length=MAX_LENGTHS[Element.FIELD], blank=True)
    subjects = ArrayField(models.CharField(max_length=MAX_LENGTHS[Element.SUBJECTS]), default=list, blank=True)
    grade_levels = ArrayField(models.CharField(max_length=MAX_LENGTHS[Element.GRADE_LEVELS]), default=list, blank=True)
    extra = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder, help_text="The type's own fields.")
    reminded_of = models.DateField(
        null=True, blank=True, editable=False, help_text="The expiry of which the portal last reminded the holder."
    )
    reminded_days = models.PositiveSmallIntegerField(
        null=True, blank=True, editable=False, help_text="How many days before that expiry."
    )
    reminded_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When somebody last reminded the holder."
    )
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = CredentialRecordQuerySet.as_manager()

    class Meta:
        ordering = ["type__order", "type__name", "-issued_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_on__isnull=True) | Q(issued_on__isnull=True) | Q(expires_on__gte=F("issued_on")),
                name="a_credential_expires_after_it_was_issued",
                violation_error_message="The credential would expire before it was issued.",
            ),
            models.CheckConstraint(
                condition=Q(expires_on__isnull=True)
                | Q(effective_on__isnull=True)
                | Q(expires_on__gte=F("effective_on")),
                name="a_credential_expires_after_it_takes_effect",
                violation_error_message="The credential would expire before it takes effect.",
            ),
            models.CheckConstraint(
                condition=within_a_life("issued_on") & within_a_life("effective_on") & within_a_life("expires_on"),
                name="a_record_is_of_days_from_1900_to_2099",
                violation_error_message=A_DAY_OF_A_LIFE,
            ),
            models.UniqueConstraint(
                fields=["district", "identifier", "issuing_state"],
                condition=~Q(identifier=""),
                name="identifier_is_unique_per_state_in_a_district",
                violation_error_message="Your district already has a record with this identifier and state.",
            ),
            DistrictKey(fields=["district", "holder", "id"], name="a_record_is_of_one_holder"),
            SameDistrict(
                field="parent",
                also={"holder": "holder"},
                name="an_endorsement_belongs_to_a_record_of_its_holder",
                violation_error_message="An endorsement belongs to a record of the same holder.",
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")),
                name="a_record_does_not_belong_to_itself",
                violation_error_message="A record cannot belong to itself.",
            ),
            SameDistrict(
                field="holder",
                name="a_record_is_of_a_holder_of_its_district",
                violation_error_message="The holder of a record must be in its district.",
            ),
            Unchanging(
                fields=["district", "holder"],
                name="a_record_never_changes_holders",
                violation_error_message="A record stays with the person who holds it.",
            ),
        ]
        indexes = [
            models.Index(fields=["holder", "type"], name="records_of_a_holder"),
            models.Index(
                fields=["district", "expires_on"], condition=Q(expires_on__isnull=False), name="records_that_expire"
            ),
            models.Index(fields=["district", "-updated_at", "-id"], name="records_of_a_district"),
        ]

    def __str__(self):
        return f"{self.type} {self.identifier}".strip()

    @property
    def name(self):
        """What the holder knows it by: its field, or else the first text of the type's own fields, and its number."""
        title = self.field
        if not title:
            own = (self.extra.get(field.key) for field in self.type.fields.all())
            title = next((text for text in own if text and isinstance(text, str)), "")
        return " · ".join(filter(None, [title, self.identifier])) or str(self.type)

    @property
    def belongs_to(self):
        """How a file names the record to which this one belongs: by its number, or else by its key; or empty."""
        return (self.parent.identifier or f"#{self.parent_id}") if self.parent_id else ""

    @property
    def starts_on(self):
        return self.effective_on or self.issued_on

    @property
    def values(self):
        """The elements and the type's own fields by name, as ``serialize_values`` gives them."""
        return serialize_values({**self.extra, **{element: getattr(self, element) for element in Element.values}})

    @values.setter
    def values(self, values):
        """Replace all of them, in memory: a name that is left out becomes empty."""
        for element in Element:
            setattr(self, element, self._column(element, values.get(element.value)))
        self.extra = {name: value for name, value in values.items() if name not in Element.values}

    def validate_values(self):
        """Raises ValidationError for a value that is too long for its column or that a constraint forbids."""
        self.clean_fields(exclude={field.name for field in self._meta.fields} - set(Element.values))
        self.validate_constraints()
        if self.parent_id and not CredentialRecord.objects.could_hold(self).filter(pk=self.parent_id).exists():
            raise ValidationError({Element.PARENT: NO_PARENT})

    @staticmethod
    def _column(element, value):
        if element in DATE_ELEMENTS:
            return date.fromisoformat(value) if value else None
        if element == Element.PARENT:
            return value
        return value or ([] if element in LIST_ELEMENTS else "")

    def validity(self, today):
        """A credential is valid through the day on which it expires."""
        if self.expires_on and self.expires_on < today:
            return self.Validity.EXPIRED
        if self.effective_on and self.effective_on > today:
            return self.Validity.NOT_YET_VALID
        if self.expires_on and self.expires_on - today <= settings.CREDENTIAL_EXPIRES_SOON:
            return self.Validity.EXPIRING
        return self.Validity.VALID
