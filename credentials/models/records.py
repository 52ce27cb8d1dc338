from datetime import date
from decimal import Decimal

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Min, Q
from django.utils import timezone

from contacts.models import District, User
from credentials.models.types import DATE_ELEMENTS, LONGEST, SEVERAL_ELEMENTS, CredentialType, Element


def stored(values):
    """Values as requests keep them: by name, without what is empty, in types that JSON knows."""
    return {name: _as_json(value) for name, value in values.items() if value not in (None, "", [])}


def _as_json(value):
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        # 3.50 and 3.5 are the same number, so they are kept as the same text.
        return f"{value.normalize():f}"
    return list(value) if isinstance(value, (list, tuple)) else value


class CredentialRecordQuerySet(models.QuerySet):
    def visible_to(self, user):
        """A person's own records; approvers read others' on the request, not here."""
        return self.filter(holder=user)

    def with_pending_request(self):
        """Each record with ``pending_request_id``: the request that waits for a decision on it, or None."""
        return self.annotate(pending_request_id=Min("requests", filter=Q(requests__status="pending")))

    def expiring(self, today):
        """What is valid still but runs out soon, the first to run out first."""
        return self.filter(expires_on__range=(today, today + settings.CREDENTIAL_EXPIRES_SOON)).order_by(
            "expires_on", "pk"
        )


class CredentialRecord(models.Model):
    """A credential that a person holds, as the district keeps it. It changes by an approved request or an import."""

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="credential_records")
    holder = models.ForeignKey(User, on_delete=models.PROTECT, related_name="credential_records")
    type = models.ForeignKey(CredentialType, on_delete=models.PROTECT, related_name="records")
    identifier = models.CharField(max_length=LONGEST[Element.IDENTIFIER], blank=True)
    issuing_state = models.CharField(max_length=LONGEST[Element.ISSUING_STATE], blank=True)
    issued_on = models.DateField(null=True, blank=True)
    effective_on = models.DateField(null=True, blank=True)
    expires_on = models.DateField(null=True, blank=True)
    field = models.CharField(max_length=LONGEST[Element.FIELD], blank=True)
    subjects = ArrayField(models.CharField(max_length=LONGEST[Element.SUBJECTS]), default=list, blank=True)
    grade_levels = ArrayField(models.CharField(max_length=LONGEST[Element.GRADE_LEVELS]), default=list, blank=True)
    extra = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder, help_text="The type's own fields.")
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
            models.UniqueConstraint(
                fields=["district", "identifier", "issuing_state"],
                condition=~Q(identifier=""),
                name="identifier_is_unique_per_state_in_a_district",
                violation_error_message="The district has a record with this identifier and state already.",
            ),
        ]
        indexes = [models.Index(fields=["holder", "type"], name="records_of_a_holder")]

    def __str__(self):
        return f"{self.type} {self.identifier}".strip()

    @property
    def name(self):
        """What its holder knows it by: the field, or else the first words of its own fields, and the number."""
        said = self.field
        if not said:
            own = (self.extra.get(field.key) for field in self.type.fields.all())
            said = next((text for text in own if text and isinstance(text, str)), "")
        return " · ".join(filter(None, [said, self.identifier])) or str(self.type)

    @property
    def values(self):
        """What the record says: standard elements and own fields by name, as ``stored`` keeps them."""
        return stored({**self.extra, **{element: getattr(self, element) for element in Element.values}})

    def take(self, values):
        """Change the record in memory to say exactly these values."""
        for element in Element:
            setattr(self, element, self._column(element, values.get(element.value)))
        self.extra = {name: value for name, value in values.items() if name not in Element.values}

    def check_values(self):
        """Raises ValidationError where a column has no room for its value, or a rule of the table forbids it."""
        self.clean_fields(exclude={field.name for field in self._meta.fields} - set(Element.values))
        self.validate_constraints()

    @staticmethod
    def _column(element, value):
        if element in DATE_ELEMENTS:
            return date.fromisoformat(value) if value else None
        return value or ([] if element in SEVERAL_ELEMENTS else "")

    def validity(self, today):
        """A few words and their tone. The last day counts: a credential is valid until its end."""
        if self.expires_on and self.expires_on < today:
            return {"label": "Expired", "tone": "bad"}
        if self.effective_on and self.effective_on > today:
            return {"label": "Starts later", "tone": "info"}
        if self.expires_on and self.expires_on - today <= settings.CREDENTIAL_EXPIRES_SOON:
            return {"label": f"Expires {_in_days((self.expires_on - today).days)}", "tone": "waiting"}
        return {"label": "Valid", "tone": "good"}


def _in_days(days):
    if days < 2:
        return ["today", "tomorrow"][days]
    return f"in {days} days"
