from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from contacts.constraints import (
    CanSignIn,
    DistrictKey,
    OnlyCleared,
    PersonOfDistrictOrSupport,
    PersonOfSupport,
    SameDistrict,
    StillUnderAgreement,
    Unchanging,
    UnderAgreement,
    choices_constraint,
)
from contacts.models.agreements import Agreement
from contacts.models.districts import District, School
from contacts.models.people import User
from contacts.models.querysets import DesignationQuerySet
from contacts.models.roles import AUTHORIZED_CONTACTS, SUPPORT_SIDE, Role

NOT_COVERED = (
    "Someone of another organization is a contact only under an agreement with it that is in force, and no longer than "
    "it lasts."
)


class Designation(models.Model):
    """Who holds which role, for which district, since when and by whom; ended ones stay as history."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="designations")
    district = models.ForeignKey(District, on_delete=models.PROTECT, null=True, blank=True, related_name="designations")
    school = models.ForeignKey(School, on_delete=models.PROTECT, null=True, blank=True, related_name="designations")
    role = models.CharField(max_length=30, choices=Role)
    started_at = models.DateTimeField(default=timezone.now)
    started_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ends_at = models.DateTimeField(
        null=True, blank=True, help_text="When an authorized contact's designation ends by itself."
    )
    is_acting = models.BooleanField(
        "acting", default=False, db_default=False, help_text="Holds the seat of technical contact until its end."
    )
    reverts_to = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Who gets the seat back from an acting technical contact; empty: nobody.",
    )
    agreement = models.ForeignKey(
        Agreement,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="designations",
        help_text="Under which a person of another organization is a contact.",
    )
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
    alerted_of = models.DateTimeField(
        null=True, blank=True, help_text="The district was told that it is short of contacts from this moment."
    )

    objects = DesignationQuerySet.as_manager()

    class Meta:
        ordering = ["role", "started_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["district"],
                condition=Q(role=Role.TECHNICAL_CONTACT, ended_at__isnull=True),
                name="one_technical_contact_per_district",
                violation_error_message="This district already has a technical contact. Nominate the next one instead.",
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
                condition=Q(school__isnull=True) | Q(role__in=[Role.BUILDING_COACH, Role.CREDENTIAL_APPROVER]),
                name="only_coaches_and_approvers_have_a_school",
                violation_error_message="Only a building coach or a credential approver is designated for a school.",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=models.F("started_at")),
                name="designation_ends_after_its_start",
                violation_error_message="A designation cannot end before it starts.",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(role__in=AUTHORIZED_CONTACTS, ends_at__gt=models.F("started_at")),
                name="only_contacts_have_a_planned_end_after_their_start",
                violation_error_message="Only authorized contacts have an end date, and it is after their start.",
            ),
            models.CheckConstraint(
                condition=Q(is_acting=False, reverts_to=None)
                | Q(is_acting=True, role=Role.TECHNICAL_CONTACT, ends_at__isnull=False),
                name="only_a_technical_contact_acts_and_until_an_end",
                violation_error_message="Only a technical contact acts for another one, until an end.",
            ),
            models.CheckConstraint(
                condition=Q(reverts_to=None) | ~Q(reverts_to=F("user")),
                name="an_acting_contact_gives_the_seat_to_somebody_else",
                violation_error_message="The seat of an acting technical contact goes back to somebody else.",
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
            models.CheckConstraint(
                condition=Q(agreement__isnull=True) | Q(role__in=AUTHORIZED_CONTACTS, ends_at__isnull=False),
                name="only_contacts_are_under_an_agreement_and_end_with_it",
                violation_error_message="Only authorized contacts are under an agreement, and they end with it.",
            ),
            SameDistrict(
                field="agreement",
                name="a_contact_is_under_an_agreement_of_their_district",
                violation_error_message="Choose an agreement of the contact's district.",
            ),
            UnderAgreement(
                condition=Q(role__in=AUTHORIZED_CONTACTS),
                name="a_third_party_starts_under_an_agreement",
                violation_error_message=NOT_COVERED,
            ),
            StillUnderAgreement(
                condition=Q(role__in=AUTHORIZED_CONTACTS, ended_at__isnull=True),
                name="a_third_party_stays_under_an_agreement",
                violation_error_message=NOT_COVERED,
            ),
            choices_constraint("role", Role, name="a_designation_has_one_of_the_roles"),
            SameDistrict(
                field="user",
                name="a_role_in_a_district_is_for_its_people",
                violation_error_message="A role in a district is for people of this district.",
            ),
            SameDistrict(
                field="reverts_to",
                name="a_seat_goes_back_to_somebody_of_its_district",
                violation_error_message="The seat goes back to somebody of the district.",
            ),
            DistrictKey(fields=["district", "user", "id"], name="a_designation_is_of_one_person"),
            CanSignIn(
                condition=Q(ended_at__isnull=True),
                name="a_role_is_given_to_who_can_sign_in",
                violation_error_message="This person cannot sign in, so they hold no role.",
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
                fields=[
                    *("user", "district", "school", "role", "started_at", "started_by"),
                    "is_acting",
                ],
                name="a_designation_never_changes_its_start",
                violation_error_message="Who was designated, for what, when and by whom never changes.",
            ),
            OnlyCleared(
                fields=["reverts_to"],
                name="a_seat_goes_back_to_whom_it_was_taken_from",
                violation_error_message="The seat goes back to who held it before, or to nobody.",
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
                fields=["ends_at"],
                condition=Q(ended_at__isnull=True, ends_at__isnull=False),
                name="designations_that_will_end",
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
        return f"{self.user}, {self.role_name.lower()}"

    @property
    def role_name(self):
        return "Acting technical contact" if self.is_acting else self.get_role_display()

    @property
    def last_day(self):
        """The day before the moment at which the role ends by itself, as its district counts days."""
        return self.district.day_before(self.ends_at) if self.ends_at else None

    @property
    def acting_until(self):
        """The last day of an acting technical contact; of others None."""
        return self.last_day if self.is_acting else None

    @property
    def ends_with_agreement(self):
        return bool(self.agreement) and self.ends_at >= self.agreement.expires_at

    def restart_inactivity(self, at):
        """Change memory only, as ``end``."""
        self.inactive_since = max(at, self.started_at)
        self.flagged_at = self.warned_days_before = None

    def end(self, at, *, by, reason):
        """Change memory only. The clock may be behind the one that wrote the start."""
        self.ended_at = max(at, self.started_at)
        self.ended_by, self.end_reason = by, reason
