from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import OuterRef, Q, Subquery, Value
from django.db.models.functions import Cast, Now, NullIf
from django.utils import timezone

from contacts.models.districts import District
from contacts.models.people import User

# A name that fits more people or districts than this says too little to look for.
MOST_NAMESAKES = 1000


class AuditEventQuerySet(models.QuerySet):
    def _insert(self, objs, fields, **how):
        """Names no column that the database sets itself, so that the application needs no right to set one."""
        return super()._insert(objs, [field for field in fields if not field.has_db_default()], **how)

    def with_district_name(self):
        key = Cast(NullIf(OuterRef("district_key"), Value("")), models.BigIntegerField())
        return self.annotate(district_name=Subquery(District.objects.filter(pk=key).values("name")))

    def about_person(self, words):
        """What people of this name did, and what was done to them."""
        keys = [str(key) for key in User.objects.named(words).values_list("pk", flat=True)[:MOST_NAMESAKES]]
        return self.filter(Q(actor_key__in=keys) | Q(object_type=User._meta.label, object_key__in=keys))

    def of_district(self, words):
        keys = District.objects.named(words).values_list("pk", flat=True)[:MOST_NAMESAKES]
        return self.filter(district_key__in=[str(key) for key in keys])


class AuditEvent(models.Model):
    """What someone did. Only ever added: no foreign keys out, and triggers refuse UPDATE, DELETE and TRUNCATE.

    The events of a district, and those of none, each form a chain: an event carries the hash of the one before it and
    one of its own over that and all its columns (contacts_audit_hash in the database). A trigger sets the moment, the
    position and both hashes, whatever an INSERT says about them.
    """

    happened_at = models.DateTimeField(db_default=Now())
    action = models.CharField(max_length=60, help_text="For example contact.designate.")
    actor_key = models.CharField(max_length=40, blank=True, help_text="Empty: the portal itself.")
    actor_label = models.CharField(max_length=320)
    object_type = models.CharField(max_length=60)
    object_key = models.CharField(max_length=40)
    object_label = models.CharField(max_length=320)
    district_key = models.CharField(max_length=40, blank=True)
    detail = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    position = models.PositiveBigIntegerField(db_default=0, editable=False, help_text="In its chain, from 1.")
    previous_hash = models.CharField(max_length=64, db_default="", editable=False)
    hash = models.CharField(max_length=64, db_default="", editable=False)

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        base_manager_name = "objects"
        ordering = ["-happened_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["district_key", "position"],
                name="each_event_has_its_own_place_in_the_chain",
                violation_error_message="Another audit event has this place in the chain.",
            ),
        ]
        indexes = [
            models.Index(fields=["-happened_at", "-id"], name="audit_newest_first"),
            models.Index(fields=["district_key", "-happened_at", "-id"], name="audit_of_a_district"),
            models.Index(fields=["actor_key", "-happened_at", "-id"], name="audit_of_an_actor"),
            models.Index(fields=["object_type", "object_key", "-id"], name="audit_of_an_object"),
        ]

    def __str__(self):
        return f"{self.action} by {self.actor_label}"


class AuditChain(models.Model):
    """The newest event of a chain, written by triggers alone. Its lock lets one transaction at a time add an event."""

    key = models.CharField(max_length=40, primary_key=True, help_text="The district's; empty: the portal's.")
    position = models.PositiveBigIntegerField()
    hash = models.CharField(max_length=64)

    def __str__(self):
        return f"{self.key or 'portal'}: {self.position}"


class AuditCheckQuerySet(models.QuerySet):
    def held(self):
        return self.filter(faults="")


class AuditCheck(models.Model):
    """One walk along every chain, and what was found."""

    checked_at = models.DateTimeField(default=timezone.now)
    chains = models.PositiveIntegerField()
    events = models.PositiveBigIntegerField()
    faults = models.TextField(help_text="A sentence for each broken chain; empty: the audit holds.")

    objects = AuditCheckQuerySet.as_manager()

    class Meta:
        ordering = ["-checked_at", "-pk"]

    def __str__(self):
        return self.faults or f"{self.events} events hold"
