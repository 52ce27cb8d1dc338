from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from contacts import ActionRefused
from contacts.constraints import PersonOfDistrictOrSupport, SameDistrict, Unchanging, choices_constraint
from contacts.models.districts import LAST_DAY, District, validate_this_century
from contacts.models.people import User
from contacts.models.roles import Role


class Status(models.TextChoices):
    OPEN = "open", "Waiting for an answer"
    ACCEPTED = "accepted", "Accepted"
    DECLINED = "declined", "Declined"
    WITHDRAWN = "withdrawn", "Withdrawn"


# The nominee answers.
ANSWERED = [Status.ACCEPTED, Status.DECLINED]


class NominationQuerySet(models.QuerySet):
    def open(self):
        return self.filter(status=Status.OPEN)

    def visible_to(self, user):
        """The nominee's own; to administrators those of their district."""
        if user.is_support or user.is_staff:
            return self
        found = self.filter(district_id=user.district_id, district__isnull=False)
        return found if Role.DISTRICT_ADMINISTRATOR in user.roles else found.filter(nominee=user)


class Nomination(models.Model):
    """Somebody is asked to become their district's technical contact, for good or until a day."""

    Status = Status
    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="nominations")
    nominee = models.ForeignKey(User, on_delete=models.PROTECT, related_name="nominations")
    nominated_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    nominated_at = models.DateTimeField(default=timezone.now)
    reason = models.CharField(max_length=500, blank=True)
    acting_until = models.DateField(
        null=True,
        blank=True,
        validators=[validate_this_century],
        help_text="The last day as acting technical contact; empty: for good.",
    )
    status = models.CharField(max_length=20, choices=Status, default=Status.OPEN)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answer = models.CharField(max_length=500, blank=True, help_text="Why the nominee declined.")

    objects = NominationQuerySet.as_manager()

    class Meta:
        ordering = ["-nominated_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(acting_until=None) | Q(acting_until__lte=LAST_DAY),
                name="a_seat_is_held_within_this_century",
                violation_error_message="Enter a day of this century.",
            ),
            models.UniqueConstraint(
                fields=["district"],
                condition=Q(status=Status.OPEN),
                name="one_open_nomination_per_district",
                violation_error_message="Somebody is already nominated as technical contact. Withdraw that first.",
            ),
            choices_constraint("status", Status, name="a_nomination_has_one_of_the_statuses"),
            models.CheckConstraint(
                condition=Q(status=Status.OPEN, decided_at=None, decided_by=None)
                | ~Q(status=Status.OPEN) & Q(decided_at__isnull=False, decided_by__isnull=False),
                name="a_decided_nomination_says_when_and_by_whom",
                violation_error_message="A nomination that is decided says when and by whom.",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=ANSWERED) | Q(decided_by=F("nominee")),
                name="the_nominee_answers",
                violation_error_message="Only the nominee accepts or declines.",
            ),
            models.CheckConstraint(
                condition=Q(answer="") | Q(status=Status.DECLINED),
                name="a_declined_nomination_may_say_why",
                violation_error_message="Only who declines says why.",
            ),
            SameDistrict(
                field="nominee",
                name="a_nominee_is_of_the_district",
                violation_error_message="Nominate someone of the district.",
            ),
            *(
                PersonOfDistrictOrSupport(
                    field=field,
                    name=name,
                    violation_error_message="Someone of the district or of Support deals with a nomination in it.",
                )
                for field, name in [
                    ("nominated_by", "who_nominates_is_of_the_district_or_support"),
                    ("decided_by", "who_decides_a_nomination_is_of_the_district_or_support"),
                ]
            ),
            Unchanging(
                fields=["district", "nominee", "nominated_by", "nominated_at", "reason", "acting_until"],
                name="a_nomination_stays_as_it_was_made",
                violation_error_message="A nomination stays as it was made.",
            ),
            Unchanging(
                condition=~Q(status=Status.OPEN),
                name="a_decided_nomination_never_changes",
                violation_error_message="This nomination is decided. It stays as it is.",
            ),
        ]

    def __str__(self):
        return f"{self.nominee}, nominated as {self.role_name.lower()}"

    def get_absolute_url(self):
        return reverse("contacts:nomination", args=[self.pk])

    @property
    def is_open(self):
        return self.status == Status.OPEN

    @property
    def role_name(self):
        return "Acting technical contact" if self.acting_until else "Technical contact"

    @property
    def is_too_late(self):
        """Whether the last day is over in the district."""
        return bool(self.acting_until) and self.acting_until < self.district.today

    def become(self, status):
        """Change memory only. What is decided stays so: raises ActionRefused, in words that say who was first."""
        if not self.is_open:
            became = self.get_status_display().lower()
            raise ActionRefused(f"This nomination was already {became} by {self.decided_by}. Nothing was changed.")
        self.status = status
