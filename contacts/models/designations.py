from datetime import timedelta

from django.conf import settings
from django.db import connection, models
from django.db.models import Case, F, Q, When
from django.utils import timezone

from contacts.constraints import (
    PersonOfDistrictOrSupport,
    PersonOfSupport,
    SameDistrict,
    Unchanging,
    choices_constraint,
)
from contacts.models.districts import District, School
from contacts.models.people import User
from contacts.models.roles import AUTHORIZED_CONTACTS, SUPPORT_SIDE, Role

# The keys come back as one array: nothing of it is done for each row here.
UPDATE_FREE = """
WITH free AS ({query}), updated AS (
    UPDATE {table} AS stored SET {changes} FROM free WHERE stored.id = free.key RETURNING stored.id
)
SELECT coalesce(array_agg(id), '{{{{}}}}') FROM updated
"""


class DesignationQuerySet(models.QuerySet):
    def current(self):
        return self.filter(ended_at__isnull=True)

    def authorized_contacts(self):
        return self.current().filter(role__in=AUTHORIZED_CONTACTS)

    def not_flagged(self):
        """Contacts whose 180 days run; the conditions are those of contacts_not_yet_flagged."""
        return self.authorized_contacts().filter(flagged_at__isnull=True)

    def due_to_be_flagged(self, at):
        return self.not_flagged().filter(inactive_since__lte=at - settings.CONTACT_INACTIVE_AFTER)

    def due_to_be_warned(self, at):
        """With ``nearest``, how many days before the flag they are warned now; what they missed is passed over."""
        since = at - settings.CONTACT_INACTIVE_AFTER
        nearest = [
            When(inactive_since__lte=since + timedelta(days=days), then=days)
            for days in sorted(settings.CONTACT_WARN_DAYS_BEFORE)
        ]
        waiting = self.not_flagged().active().annotate(nearest=Case(*nearest, output_field=models.IntegerField()))
        first = timedelta(days=max(settings.CONTACT_WARN_DAYS_BEFORE))
        return waiting.filter(
            Q(warned_days_before__isnull=True) | Q(warned_days_before__gt=F("nearest")),
            inactive_since__gt=since,
            inactive_since__lte=since + first,
        )

    def flagged(self):
        """The conditions are those of contacts_flagged."""
        return self.current().filter(flagged_at__isnull=False)

    def update_free(self, **values):
        """Update the rows that nobody has locked, in one statement, and return their keys."""
        free = self.order_by().select_for_update(skip_locked=True, of=("self",))
        # Under other names, since a value may be made of the column that it is for.
        free = free.values(key=F("pk"), **{f"new_{name}": value for name, value in values.items()})
        query, params = free.query.sql_with_params()
        changes = ", ".join(f"{name} = free.new_{name}" for name in values)
        with connection.cursor() as cursor:
            cursor.execute(UPDATE_FREE.format(query=query, table=self.model._meta.db_table, changes=changes), params)
            return cursor.fetchone()[0]

    def active(self):
        """Held by people who can act and be reached (``User.can_sign_in``)."""
        return self.filter(user__is_active=True, user__email__isnull=False)

    def visible_to(self, user):
        if user.is_support or user.is_staff:
            return self
        return self.filter(district_id=user.district_id, district__isnull=False)


class Designation(models.Model):
    """Who holds which role, for which district, since when and by whom; ended ones stay as history."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="designations")
    district = models.ForeignKey(District, on_delete=models.PROTECT, null=True, blank=True, related_name="designations")
    school = models.ForeignKey(School, on_delete=models.PROTECT, null=True, blank=True, related_name="designations")
    role = models.CharField(max_length=30, choices=Role)
    started_at = models.DateTimeField(default=timezone.now)
    started_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    end_reason = models.CharField(max_length=500, blank=True)
    inactive_since = models.DateTimeField(
        default=timezone.now,
        help_text="The latest of start, sign-in, activity and decision to keep; the 180 days count from it.",
    )
    warned_days_before = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="The last warning of this inactivity came so many days before the flag."
    )
    flagged_at = models.DateTimeField(null=True, blank=True)

    objects = DesignationQuerySet.as_manager()

    class Meta:
        ordering = ["role", "started_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["district"],
                condition=Q(role=Role.TECHNICAL_CONTACT, ended_at__isnull=True),
                name="one_technical_contact_per_district",
                violation_error_message="This district already has a technical contact; end that designation first.",
            ),
            models.UniqueConstraint(
                fields=["user", "role", "school"],
                condition=Q(ended_at__isnull=True),
                nulls_distinct=False,
                name="one_current_designation_per_person_and_role",
                violation_error_message="This person already holds this role.",
            ),
            models.CheckConstraint(
                condition=Q(role__in=SUPPORT_SIDE, district__isnull=True)
                | (~Q(role__in=SUPPORT_SIDE) & Q(district__isnull=False)),
                name="district_roles_have_a_district",
                violation_error_message="Support roles belong to no district; every other role to one.",
            ),
            models.CheckConstraint(
                condition=Q(school__isnull=True) | Q(role=Role.BUILDING_COACH),
                name="only_coaches_have_a_school",
                violation_error_message="Only a building coach is designated for a school.",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=models.F("started_at")),
                name="designation_ends_after_its_start",
                violation_error_message="A designation cannot end before it starts.",
            ),
            models.CheckConstraint(
                condition=Q(ended_by__isnull=True) | Q(ended_at__isnull=False),
                name="who_ended_it_says_when",
                violation_error_message="An ended designation has an end date.",
            ),
            models.CheckConstraint(
                condition=Q(flagged_at__isnull=True) | Q(role__in=AUTHORIZED_CONTACTS),
                name="only_authorized_contacts_are_flagged",
                violation_error_message="Only authorized contacts are flagged inactive.",
            ),
            models.CheckConstraint(
                condition=Q(warned_days_before__isnull=True) | Q(role__in=AUTHORIZED_CONTACTS),
                name="only_authorized_contacts_are_warned",
                violation_error_message="Only authorized contacts are warned of inactivity.",
            ),
            models.CheckConstraint(
                condition=Q(inactive_since__gte=models.F("started_at")),
                name="inactivity_counts_from_the_start",
                violation_error_message="Inactivity counts from the start of the designation at the earliest.",
            ),
            choices_constraint("role", Role, name="a_designation_has_one_of_the_roles"),
            SameDistrict(
                field="user",
                name="a_role_in_a_district_is_for_its_people",
                violation_error_message="A role in a district is for people of this district.",
            ),
            PersonOfSupport(
                field="user",
                condition=Q(district__isnull=True),
                name="a_role_at_support_is_for_people_of_no_district",
                violation_error_message="A role at Support is for people who belong to no district.",
            ),
            SameDistrict(
                field="school",
                name="a_coach_helps_a_school_of_their_district",
                violation_error_message="Choose a school of the coach's district.",
            ),
            PersonOfDistrictOrSupport(
                field="started_by",
                name="who_designates_is_of_the_district_or_support",
                violation_error_message="Someone of the district or of Support gives a role in it.",
            ),
            PersonOfDistrictOrSupport(
                field="ended_by",
                name="who_ends_a_role_is_of_the_district_or_support",
                violation_error_message="Someone of the district or of Support ends a role in it.",
            ),
            Unchanging(
                fields=["user", "district", "school", "role", "started_at", "started_by"],
                name="a_designation_never_changes_its_start",
                violation_error_message="Who was designated, for what, when and by whom never changes.",
            ),
            Unchanging(
                condition=Q(ended_at__isnull=False),
                name="an_ended_designation_never_changes",
                violation_error_message="This designation has ended. It stays as it was.",
            ),
        ]
        indexes = [
            models.Index(
                fields=["district", "role"], condition=Q(ended_at__isnull=True), name="current_by_district_role"
            ),
            models.Index(
                fields=["inactive_since"],
                condition=Q(ended_at__isnull=True, flagged_at__isnull=True, role__in=AUTHORIZED_CONTACTS),
                name="contacts_not_yet_flagged",
            ),
            models.Index(
                fields=["flagged_at"],
                condition=Q(ended_at__isnull=True, flagged_at__isnull=False),
                name="contacts_flagged",
            ),
        ]

    def __str__(self):
        return f"{self.user}, {self.get_role_display().lower()}"

    def restart_inactivity(self, at):
        """Change memory only, as ``end``."""
        self.inactive_since = max(at, self.started_at)
        self.flagged_at = self.warned_days_before = None

    def end(self, at, *, by, reason):
        """Change memory only. The clock may be behind the one that wrote the start."""
        self.ended_at = max(at, self.started_at)
        self.ended_by, self.end_reason = by, reason
