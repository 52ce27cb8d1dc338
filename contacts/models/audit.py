from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone


class AuditEvent(models.Model):
    """What someone did. Only ever added: no foreign keys out, and a trigger refuses UPDATE and DELETE."""

    happened_at = models.DateTimeField(default=timezone.now)
    action = models.CharField(max_length=60, help_text="For example contact.designate.")
    actor_key = models.CharField(max_length=40, blank=True, help_text="Empty: the portal itself.")
    actor_label = models.CharField(max_length=320)
    object_type = models.CharField(max_length=60)
    object_key = models.CharField(max_length=40)
    object_label = models.CharField(max_length=320)
    district_key = models.CharField(max_length=40, blank=True)
    detail = models.JSONField(default=dict, encoder=DjangoJSONEncoder)

    class Meta:
        ordering = ["-happened_at", "-pk"]
        indexes = [
            models.Index(fields=["-happened_at", "-id"], name="audit_newest_first"),
            models.Index(fields=["district_key", "-happened_at", "-id"], name="audit_of_a_district"),
            models.Index(fields=["object_type", "object_key", "-id"], name="audit_of_an_object"),
        ]

    def __str__(self):
        return f"{self.action} by {self.actor_label}"
