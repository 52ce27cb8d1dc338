from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models

# Line breaks and invisible signs that turn text around have no place in a name: it stands in titles of e-mails.
validate_one_line = RegexValidator(
    r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]",
    "Write it on one line, without control characters.",
    inverse_match=True,
)


def validate_time_zone(name):
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as unknown:
        raise ValidationError("Choose an IANA time zone such as America/Chicago.") from unknown


class DistrictQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Support and Django admins see every district; the others their own."""
        return self if user.is_support or user.is_staff else self.filter(pk=user.district_id)

    def named(self, words):
        found = self
        for word in words.split():
            found = found.filter(name__icontains=word)
        return found


class District(models.Model):
    name = models.CharField(max_length=200, validators=[validate_one_line])
    slug = models.SlugField(unique=True, help_text="In the address of the public help block, after /help/.")
    identifier = models.CharField(
        "state identifier",
        max_length=60,
        blank=True,
        help_text="The district's number at the state (Ed-Fi, OneRoster).",
    )
    time_zone = models.CharField(max_length=60, default="America/Chicago", validators=[validate_time_zone])
    help_phone = models.CharField("help phone", max_length=40, blank=True)
    help_email = models.EmailField("help e-mail", blank=True)
    help_text = models.TextField(
        "help text", blank=True, help_text="Who to ask, and when; shown before sign-in, so name no persons here."
    )
    on_cloud_choice = models.BooleanField("hosted on Cloud Choice", default=False)
    in_state_edition = models.BooleanField(
        "belongs to a state or consortium edition",
        default=False,
        help_text="Such a district is updated together with its group.",
    )
    withheld_rights = ArrayField(
        models.CharField(max_length=100),
        default=list,
        blank=True,
        help_text="Rights that this district withholds from its staff (settings.WITHHOLDABLE_RIGHTS).",
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
        ]

    def __str__(self):
        return self.name
