"""The one-time code by which a caller shows Support who they are."""

from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from contacts.constraints import PersonOfSupport, SameDistrict, Unchanging
from contacts.models.districts import District
from contacts.models.people import User

CODE_VALID_FOR = timedelta(minutes=10)
MOST_TRIES = 5


class CallerCode(models.Model):
    """Six digits that a contact reads to Support on the phone, once. The digits themselves are not stored."""

    DIGITS, MOST_TRIES, VALID_FOR = 6, MOST_TRIES, CODE_VALID_FOR

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="caller_codes")
    digest = models.CharField(max_length=64, help_text="Of the digits, with the portal's secret key.")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    wrong_tries = models.PositiveSmallIntegerField(default=0)
    replaced_at = models.DateTimeField(null=True, blank=True, help_text="The person made a newer one.")
    used_at = models.DateTimeField(null=True, blank=True)
    used_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(used_at__isnull=True, replaced_at__isnull=True),
                name="one_code_of_a_person_counts",
                violation_error_message="A person has one code at a time.",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at"), expires_at__lte=F("created_at") + CODE_VALID_FOR),
                name="a_code_is_valid_for_ten_minutes_at_most",
                violation_error_message="A code is valid for ten minutes at most.",
            ),
            models.CheckConstraint(
                condition=Q(wrong_tries__gte=0, wrong_tries__lte=MOST_TRIES),
                name="a_code_is_tried_five_times_at_most",
                violation_error_message="A code is tried five times at most.",
            ),
            models.CheckConstraint(
                condition=Q(used_at=None, used_by=None) | Q(used_at__isnull=False, used_by__isnull=False),
                name="a_used_code_says_when_and_by_whom",
                violation_error_message="A code that was used says when and by whom.",
            ),
            models.CheckConstraint(
                condition=Q(used_at=None)
                | Q(replaced_at=None, used_at__lt=F("expires_at"), wrong_tries__lt=MOST_TRIES),
                name="only_a_code_that_counts_is_used",
                violation_error_message="A code that expired, was replaced or was tried five times is not used.",
            ),
            SameDistrict(
                field="person",
                name="a_code_is_of_its_persons_district",
                violation_error_message="A code belongs to the district of its person.",
            ),
            PersonOfSupport(
                field="used_by",
                name="a_code_is_checked_by_support",
                violation_error_message="Support checks the codes of callers.",
            ),
            Unchanging(
                fields=["district", "person", "digest", "created_at", "expires_at"],
                name="a_code_stays_as_it_was_made",
                violation_error_message="A code stays as it was made.",
            ),
            Unchanging(
                condition=Q(used_at__isnull=False) | Q(replaced_at__isnull=False),
                name="a_used_or_replaced_code_stays_as_it_is",
                violation_error_message="This code was used or replaced. It stays as it is.",
            ),
        ]

    def __str__(self):
        return f"Code of {self.person}"

    @property
    def tries_left(self):
        return MOST_TRIES - self.wrong_tries

    def set_digits(self, digits):
        """Change memory only, when everything else is set."""
        self.digest = self._digest(digits)

    def is_made_of(self, digits):
        return constant_time_compare(self.digest, self._digest(digits))

    def _digest(self, digits):
        """A million codes are soon tried out, so without the portal's key nobody can."""
        salted = f"{self.person_id} {self.created_at.timestamp()} {digits}"
        return salted_hmac("contacts.CallerCode", salted, algorithm="sha256").hexdigest()
