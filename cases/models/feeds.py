"""The private address at which a person's calendar reads the updates."""

from hashlib import sha256

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from contacts.constraints import PersonOfDistrictOrSupport, Unchanging
from contacts.models import AUTHORIZED_CONTACTS, SUPPORT_SIDE, District, User


class CalendarFeed(models.Model):
    """A person's; the secret of its address is stored as a hash alone."""

    district = models.ForeignKey(District, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    person = models.OneToOneField(User, on_delete=models.PROTECT, related_name="calendar_feed")
    digest = models.CharField(max_length=64, help_text="Of the secret, which is too long to be tried out.")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(digest=""),
                name="a_calendar_address_has_a_secret",
                violation_error_message="The address of a calendar has a secret.",
            ),
            PersonOfDistrictOrSupport(
                field="person",
                name="a_calendar_is_of_its_persons_district",
                violation_error_message="A calendar belongs to the district of its person.",
            ),
            Unchanging(
                fields=["district", "person"],
                name="a_calendar_never_changes_hands",
                violation_error_message="A calendar stays with its person.",
            ),
        ]

    def __str__(self):
        return f"Calendar of {self.person}"

    def set_secret(self, secret):
        """Change memory only."""
        self.digest, self.made_at = _digest(secret), timezone.now()

    def opens_with(self, secret):
        """Whether that is the secret, and the person still holds a role of those days that may read it."""
        roles = {*AUTHORIZED_CONTACTS, *SUPPORT_SIDE}
        held = [each for each in self.person.current_designations if each.role in roles]
        may_read = self.person.can_sign_in and any(each.started_at <= self.made_at for each in held)
        return constant_time_compare(self.digest, _digest(secret)) and may_read


def _digest(secret):
    return sha256(secret.encode()).hexdigest()
