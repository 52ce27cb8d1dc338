from django.db import models
from django.db.models import Q
from django.utils import timezone

from cases.models.cases import Case
from contacts.constraints import SameDistrict, Unchanging
from contacts.models import District, User


class CallQuerySet(models.QuerySet):
    def to_confirm_by(self, user):
        return self.filter(host=user, confirmed_at__isnull=True)


class Call(models.Model):
    """A colleague of the district on a call with Support; the contact who hosted it confirms being there throughout."""

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="calls")
    colleague = models.CharField(max_length=200)
    host = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True, blank=True)

    objects = CallQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "pk"]
        constraints = [
            SameDistrict(
                field="case",
                name="a_call_is_of_its_cases_district",
                violation_error_message="A call belongs to the district of its case.",
            ),
            SameDistrict(
                field="host",
                name="the_host_of_a_call_is_of_its_district",
                violation_error_message="The host of a call is a contact of the district.",
            ),
            Unchanging(
                fields=["district", "case", "colleague", "host", "created_at"],
                name="a_call_stays_as_it_was_recorded",
                violation_error_message="What was recorded of a call is never changed.",
            ),
            Unchanging(
                condition=Q(confirmed_at__isnull=False),
                name="a_confirmed_call_never_changes",
                violation_error_message="A call that was confirmed is never changed.",
            ),
        ]

    def __str__(self):
        return f"Call with {self.colleague}"
