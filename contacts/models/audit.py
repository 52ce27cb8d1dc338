from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import OuterRef, Q, Subquery, Value
from django.db.models.functions import Cast, NullIf
from django.utils import timezone

from contacts.models.districts import District
from contacts.models.people import User

# A name that fits more people or districts than this says too little to look for.
MOST_NAMESAKES = 1000


class AuditEventQuerySet(models.QuerySet):
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
    """What someone did. Only ever added: no foreign keys out, and triggers refuse UPDATE, DELETE and TRUNCATE."""

    happened_at = models.DateTimeField(default=timezone.now)
    action = models.CharField(max_length=60, help_text="For example contact.designate.")
    actor_key = models.CharField(max_length=40, blank=True, help_text="Empty: the portal itself.")
    actor_label = models.CharField(max_length=320)
    object_type = models.CharField(max_length=60)
    object_key = models.CharField(max_length=40)
    object_label = models.CharField(max_length=320)
    district_key = models.CharField(max_length=40, blank=True)
    detail = models.JSONField(default=dict, encoder=DjangoJSONEncoder)

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        ordering = ["-happened_at", "-pk"]
        indexes = [
            models.Index(fields=["-happened_at", "-id"], name="audit_newest_first"),
            models.Index(fields=["district_key", "-happened_at", "-id"], name="audit_of_a_district"),
            models.Index(fields=["actor_key", "-happened_at", "-id"], name="audit_of_an_actor"),
            models.Index(fields=["object_type", "object_key", "-id"], name="audit_of_an_object"),
        ]

    def __str__(self):
        return f"{self.action} by {self.actor_label}"
