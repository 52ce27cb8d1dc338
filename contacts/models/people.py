from functools import cached_property
from zoneinfo import ZoneInfo

from django.contrib.auth import get_backends
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Func, Prefetch, Q
from django.db.models.functions import Lower
from django.utils import timezone

from contacts.constraints import DistrictKey, NobodyHolds, SameDistrict, Unchanging
from contacts.models.districts import District, School, validate_one_line, validate_time_zone
from contacts.models.roles import AUTHORIZED_CONTACTS, SUPPORT_SIDE, Role
from contacts.models.user_querysets import UserManager


class User(AbstractBaseUser):
    """A person. Who signs in has an e-mail address; imported staff may not have one yet."""

    email = models.EmailField("e-mail", null=True, blank=True)  # noqa: DJ001 - unique, so absent is not empty
    first_name = models.CharField(max_length=150, validators=[validate_one_line])
    last_name = models.CharField(max_length=150, validators=[validate_one_line])
    district = models.ForeignKey(District, on_delete=models.PROTECT, null=True, blank=True, related_name="people")
    school = models.ForeignKey(School, on_delete=models.PROTECT, null=True, blank=True, related_name="people")
    title = models.CharField("position", max_length=150, blank=True, validators=[validate_one_line])
    phone = models.CharField(max_length=40, blank=True)
    reach_hours = models.CharField(
        "when to reach you",
        max_length=100,
        blank=True,
        default="",
        db_default="",
        validators=[validate_one_line],
        help_text="Such as: weekdays from 7:30 AM to 3 PM.",
    )
    away_until = models.DateField(null=True, blank=True, help_text="The day you are back.")
    cover = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="who covers for you",
        help_text="The contact or coach to whom people turn while you are away.",
    )
    organization = models.CharField(
        max_length=200,
        blank=True,
        default="",
        db_default="",
        validators=[validate_one_line],
        help_text="Only for someone who works for another organization than the district.",
    )
    staff_identifier = models.CharField(max_length=60, blank=True, help_text="Their state-assigned staff number.")
    time_zone = models.CharField(
        max_length=60, blank=True, validators=[validate_time_zone], help_text="Empty: the district's."
    )
    uses_shortcuts = models.BooleanField(
        "keyboard shortcuts",
        default=True,
        db_default=True,
        help_text="Single keys, such as r to reply, while you are not typing. Press ? to see them.",
    )
    is_active = models.BooleanField("can sign in", default=True)
    is_staff = models.BooleanField("Django admin", default=False)
    date_joined = models.DateTimeField(default=timezone.now, editable=False)
    invited_at = models.DateTimeField(null=True, blank=True, editable=False)
    sessions_ended_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="Older sessions and password links no longer work."
    )

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["first_name", "last_name"]

    class Meta:
        verbose_name = "person"
        verbose_name_plural = "people"
        ordering = ["last_name", "first_name", "pk"]
        constraints = [
            # Of all districts: a form cannot see the others' people, so the database is the first to know.
            models.UniqueConstraint(
                fields=["email"],
                name="one_person_per_email_address",
                violation_error_message="Another person signs in with this address. Check it with them.",
            ),
            models.CheckConstraint(
                condition=Q(email__isnull=True) | (Q(email=Lower("email")) & ~Q(email="")),
                name="email_is_absent_or_lowercase",
                violation_error_message="Enter the e-mail address in lowercase letters, or leave it out.",
            ),
            models.CheckConstraint(
                condition=Q(school__isnull=True) | Q(district__isnull=False),
                name="school_only_within_a_district",
                violation_error_message="A person's school must be in their district.",
            ),
            models.CheckConstraint(
                condition=Q(is_staff=False) | Q(district__isnull=True),
                name="an_admin_belongs_to_no_district",
                violation_error_message="A Django admin sees every district, so they belong to none.",
            ),
            models.CheckConstraint(
                condition=Q(organization="") | Q(district__isnull=False),
                name="a_third_party_belongs_to_a_district",
                violation_error_message="Only people of a district work for another organization.",
            ),
            NobodyHolds(
                field="organization",
                roles=AUTHORIZED_CONTACTS,
                name="a_contact_never_changes_organizations",
                violation_error_message="This person is a contact. End that role before their organization changes.",
            ),
            NobodyHolds(
                field="is_active",
                condition=Q(is_active=True),
                roles=Role,
                name="who_holds_a_role_can_sign_in",
                violation_error_message="This person holds a role. It ends before they can no longer sign in.",
            ),
            models.UniqueConstraint(
                fields=["district", "staff_identifier"],
                condition=~Q(staff_identifier=""),
                name="staff_identifier_is_unique_in_its_district",
                violation_error_message="Another person of this district has this staff number.",
            ),
            models.CheckConstraint(
                condition=Q(cover__isnull=True) | Q(away_until__isnull=False),
                name="who_has_a_cover_is_away",
                violation_error_message="Enter until when you are away, or leave out who covers for you.",
            ),
            models.CheckConstraint(
                condition=Q(cover__isnull=True) | (Q(district__isnull=False) & ~Q(cover=F("id"))),
                name="a_cover_is_somebody_else_of_a_district",
                violation_error_message="Choose someone else of your district.",
            ),
            SameDistrict(
                field="cover",
                name="a_cover_is_of_the_same_district",
                violation_error_message="Choose a contact or coach of your district.",
            ),
            DistrictKey(fields=["district", "id"], name="a_person_is_of_one_district"),
            SameDistrict(
                field="school",
                name="a_person_works_at_a_school_of_their_district",
                violation_error_message="Choose a school of the person's district.",
            ),
            Unchanging(
                fields=["district"],
                name="a_person_never_changes_districts",
                violation_error_message="A person stays in their district; who joins another joins it as a new person.",
            ),
        ]
        indexes = [
            models.Index(fields=["district", "last_name", "first_name", "id"], name="people_of_a_district"),
            GinIndex(
                Func(
                    *map(F, ["first_name", "last_name", "email", "phone", "district_id"]),
                    function="person_search_vector",
                    output_field=SearchVectorField(),
                ),
                name="people_by_what_is_typed",
                # People are looked up more often than they change.
                fastupdate=False,
            ),
        ]

    def __str__(self):
        return self.display_name

    def clean(self):
        self.email = self.email.lower() if self.email else None

    @property
    def display_name(self):
        # An import may have brought line breaks.
        return " ".join(f"{self.first_name} {self.last_name}".split())

    def _get_session_auth_hash(self, secret=None):
        """Django's, which changes with the password; and here also whenever sessions are ended."""
        return f"{super()._get_session_auth_hash(secret=secret)}{self.sessions_ended_at or ''}"

    @property
    def initials(self):
        return f"{self.first_name.strip()[:1]}{self.last_name.strip()[:1]}".upper()

    @property
    def has_chosen_password(self):
        return bool(self.password) and self.has_usable_password()

    @property
    def can_sign_in(self):
        """Whether the person can act and be reached: a role is of no use to anyone else."""
        return self.is_active and bool(self.email)

    @property
    def is_away(self):
        """Until the day they are back, by the reader's calendar."""
        return bool(self.away_until) and self.away_until > timezone.localdate()

    @cached_property
    def current_designations(self):
        """The person's current designations, read once per object; those of another district do not count."""
        held = self.designations.in_force(timezone.now())
        return [each for each in held if each.district_id == self.district_id]

    @property
    def roles(self):
        return frozenset(Role(designation.role) for designation in self.current_designations)

    @property
    def acting(self):
        """The person's designation as acting technical contact, or None."""
        return next((held for held in self.current_designations if held.is_acting), None)

    @property
    def role_labels(self):
        held = {each.role: each.role_name for each in self.current_designations}
        return [held[role] for role in Role if role in held]

    @property
    def is_support(self):
        return not self.roles.isdisjoint(SUPPORT_SIDE)

    @cached_property
    def unread_count(self):
        return self.messages.unread().count()

    @property
    def zone(self):
        """The reader's time zone: their own, else their district's, else UTC."""
        return ZoneInfo(self.time_zone or (self.district.time_zone if self.district_id else "UTC"))

    def has_perm(self, perm, obj=None):
        return self.is_active and any(backend.has_perm(self, perm, obj) for backend in get_backends())

    def has_perms(self, perms, obj=None):
        return all(self.has_perm(perm, obj) for perm in perms)

    def has_module_perms(self, app_label):
        return self.is_active and any(backend.has_module_perms(self, app_label) for backend in get_backends())


def covers_at(path):
    """To prefetch who covers for people: nobody, where the one they chose is no longer a contact or coach."""
    return Prefetch(path, User.objects.who_answer_staff())
