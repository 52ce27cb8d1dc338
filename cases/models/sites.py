"""A district's sites, and the versions of the product that they can have."""

from django.core.validators import URLValidator
from django.db import models
from django.db.models import Q

from contacts.constraints import DistrictKey, Unchanging, choices_constraint
from contacts.models import AUTHORIZED_CONTACTS, District
from contacts.models.districts import validate_one_line


class SiteKind(models.TextChoices):
    PRODUCTION = "production", "Production"
    SANDBOX = "sandbox", "Sandbox"
    STAGING = "staging", "Staging"
    PREVIEW = "preview", "Preview"


# They are overwritten with the data of production.
REFRESHED = [SiteKind.SANDBOX, SiteKind.STAGING]


class Standing(models.TextChoices):
    CURRENT = "current", "Current"
    PREVIOUS = "previous", "Previous"
    OLDER = "older", "Older"


class VersionQuerySet(models.QuerySet):
    def offered_to(self, site):
        """The current and the previous version, where they are newer than the site's."""
        offered = self.exclude(standing=Standing.OLDER)
        return offered.filter(released_on__gt=site.version.released_on) if site.version else offered


class Version(models.Model):
    """A version of the product."""

    Standing = Standing
    name = models.CharField(max_length=60, unique=True, validators=[validate_one_line])
    released_on = models.DateField("released on")
    notes_url = models.URLField("address of the release notes", validators=[URLValidator(["https"])])
    standing = models.CharField(max_length=20, choices=Standing, default=Standing.OLDER)

    objects = VersionQuerySet.as_manager()

    class Meta:
        ordering = ["-released_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["standing"],
                condition=~Q(standing=Standing.OLDER),
                name="one_current_and_one_previous_version",
                violation_error_message="Another version stands so. Change that one first.",
            ),
            models.CheckConstraint(
                condition=Q(notes_url__startswith="https://"),
                name="release_notes_are_at_an_https_address",
                violation_error_message="The address of the release notes begins with https://.",
            ),
            choices_constraint("standing", Standing, name="a_version_has_one_of_the_standings"),
        ]

    def __str__(self):
        return self.name


class OfDistrictQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Authorized contacts see what is of their district, Support and Django admins everything."""
        if user.is_support or user.is_staff:
            return self
        if user.roles.isdisjoint(AUTHORIZED_CONTACTS):
            return self.none()
        return self.filter(district_id=user.district_id, district__isnull=False)


class Site(models.Model):
    """One installation of the product that a district has."""

    Kind = SiteKind
    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="sites")
    kind = models.CharField(max_length=20, choices=SiteKind)
    version = models.ForeignKey(Version, on_delete=models.PROTECT, null=True, blank=True, related_name="sites")
    updated_at = models.DateTimeField("last updated", null=True, blank=True)
    refreshed_at = models.DateTimeField("last refreshed", null=True, blank=True)

    objects = OfDistrictQuerySet.as_manager()

    class Meta:
        ordering = ["district", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["district", "kind"],
                name="a_district_has_one_site_of_a_kind",
                violation_error_message="The district has this site already.",
            ),
            models.CheckConstraint(
                condition=Q(refreshed_at=None) | Q(kind__in=REFRESHED),
                name="only_sandbox_and_staging_are_refreshed",
                violation_error_message="Only the sandbox and the staging site are refreshed.",
            ),
            choices_constraint("kind", SiteKind, name="a_site_has_one_of_the_kinds"),
            DistrictKey(fields=["district", "kind", "id"], name="a_site_is_of_one_district_and_kind"),
            Unchanging(
                fields=["district", "kind"],
                name="a_site_never_changes_its_district_or_kind",
                violation_error_message="A site stays in its district and keeps its kind.",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} site of {self.district}"

    @property
    def is_refreshed(self):
        return self.kind in REFRESHED
