import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Func, Value
from django.db.models.functions import Concat, Trim
from django.utils import timezone

from contacts.business_time import MONDAY_TO_FRIDAY, STATES, Calendar
from contacts.constraints import DistrictKey, Unchanging
from contacts.models.roles import Role

# A day near the year 9999 has no day after it, and a moment on it none in other time zones.
LAST_DAY = date(2099, 12, 31)
validate_this_century = MaxValueValidator(LAST_DAY, "Enter a day of this century.")
# Names stand in the subjects of e-mails, so line breaks and characters that reverse the direction of text are refused.
validate_one_line = RegexValidator(
    r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]",
    "Enter it on one line, without control characters.",
    inverse_match=True,
)


def validate_time_zone(name):
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as unknown:
        raise ValidationError("Choose an IANA time zone such as America/Chicago.") from unknown


def validate_state(code):
    if code not in STATES:
        raise ValidationError("Enter the two letters of a state, such as TX.")


WORD, NO_WORD = re.compile(r"[^\W_]+"), "[\\W_]+"


def staff_may_request():
    """What a district begins with."""
    return settings.STAFF_MAY_REQUEST_CHANGES


class DistrictQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Support and Django admins see every district; the others their own."""
        return self if user.is_support or user.is_staff else self.filter(pk=user.district_id)

    def named(self, words):
        found = self
        for word in words.split():
            found = found.filter(name__icontains=word)
        return found

    def named_in(self, text):
        """Districts whose whole name stands in the text, whatever stands between its words."""
        words = Value(f" {' '.join(WORD.findall(text))} ", output_field=models.TextField())
        name = Func(F("name"), Value(NO_WORD), Value(" "), Value("g"), function="regexp_replace")
        spaced = Concat(Value(" "), Trim(name), Value(" "), output_field=models.TextField())
        return self.annotate(text=words, spaced=spaced).filter(text__icontains=F("spaced"))


class District(models.Model):
    name = models.CharField(max_length=200, validators=[validate_one_line])
    slug = models.SlugField(unique=True, help_text="In the address of the public help page, after /help/.")
    identifier = models.CharField(
        "state identifier",
        max_length=60,
        blank=True,
        help_text="The district's state-assigned number (Ed-Fi, OneRoster).",
    )
    time_zone = models.CharField(max_length=60, default="America/Chicago", validators=[validate_time_zone])
    state = models.CharField(
        max_length=2,
        blank=True,
        validators=[validate_state],
        help_text="The two letters of the state whose public holidays the district keeps, besides the federal ones.",
    )
    help_phone = models.CharField("help phone", max_length=40, blank=True)
    help_email = models.EmailField("help e-mail", blank=True)
    help_text = models.TextField(
        "help text",
        blank=True,
        help_text="Whom to ask, and when. Anyone can read it before signing in, so do not name people here.",
    )
    hosted_by_vendor = models.BooleanField(default=False)
    in_state_edition = models.BooleanField(
        "belongs to a state or consortium edition",
        default=False,
        help_text="Such a district is updated together with its group.",
    )
    staff_may_request_changes = models.BooleanField(
        "staff may request changes",
        default=staff_may_request,
        help_text="Staff may ask for changes to their own credential records.",
    )
    support_contacts_allowed = models.PositiveSmallIntegerField(
        "support contacts without approval",
        default=settings.RECOMMENDED_SUPPORT_CONTACTS,
        db_default=settings.RECOMMENDED_SUPPORT_CONTACTS,
        help_text="A support lead decides about each additional support contact of the district.",
    )

    objects = DistrictQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["identifier"],
                condition=~models.Q(identifier=""),
                name="district_identifier_is_unique",
                violation_error_message="Another district has this state identifier.",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def zone(self):
        return ZoneInfo(self.time_zone)

    @property
    def today(self):
        return timezone.localdate(timezone=self.zone)

    def end_of(self, day):
        return datetime.combine(day + timedelta(days=1), time.min, self.zone)

    def day_before(self, end):
        """The last day before a moment, the opposite of ``end_of``."""
        return timezone.localdate(end - timedelta(microseconds=1), self.zone)

    @property
    def support_contacts(self):
        """How many there are. Flagged ones and people who cannot sign in count: they may act again any day."""
        return self.designations.current().filter(role=Role.SUPPORT_CONTACT).count()

    @property
    def calendar(self):
        """Which days are business days here, and when they begin."""
        breaks = tuple((each.first_on, each.last_on, each.name) for each in self.holidays.all())
        return Calendar(self.zone, MONDAY_TO_FRIDAY, breaks, self.state)


class School(models.Model):
    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="schools")
    name = models.CharField(max_length=200, validators=[validate_one_line])
    identifier = models.CharField("state identifier", max_length=60, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["district", "identifier"],
                condition=~models.Q(identifier=""),
                name="school_identifier_is_unique_in_its_district",
                violation_error_message="Another school of this district has this state identifier.",
            ),
            DistrictKey(fields=["district", "id"], name="a_school_is_of_one_district"),
            Unchanging(
                fields=["district"],
                name="a_school_never_changes_districts",
                violation_error_message="A school stays in its district.",
            ),
        ]

    def __str__(self):
        return self.name
