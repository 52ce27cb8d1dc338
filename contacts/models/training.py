from datetime import date

from django.core.validators import URLValidator
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q
from django.utils import timezone

from contacts.constraints import (
    ChoicesConstraint,
    PersonOfDistrictOrSupport,
    SameDistrict,
    Unchanging,
    choices_constraint,
)
from contacts.models.districts import District, validate_one_line
from contacts.models.people import User
from contacts.models.roles import ANSWER_STAFF, CONTACT_MANAGERS, Role

EARLIEST = date(2000, 1, 1)

validate_https = URLValidator(schemes=["https"], message="Enter a whole address that begins with https://.")


def is_https(name):
    """Or absent."""
    return models.CheckConstraint(
        condition=Q(link="") | Q(link__startswith="https://"),
        name=name,
        violation_error_message="The address begins with https://.",
    )


class Level(models.TextChoices):
    """How much a module is expected; the strongest first."""

    EXPECTED = "expected", "Expected"
    RECOMMENDED = "recommended", "Highly recommended"


class TrainingModuleQuerySet(models.QuerySet):
    def current(self):
        return self.filter(is_current=True)

    def for_roles(self, roles):
        """Current ones that are for one of the roles, with what they are to which role at hand."""
        needed = TrainingNeed.objects.filter(module=OuterRef("pk"), role__in=roles)
        return self.current().filter(Exists(needed)).prefetch_related("needs")


class TrainingModule(models.Model):
    """Something to learn for a role, the same in every district. An admin edits them."""

    name = models.CharField(max_length=120, unique=True, validators=[validate_one_line])
    description = models.CharField(
        max_length=300, blank=True, validators=[validate_one_line], help_text="What it is about, in a sentence."
    )
    link = models.URLField(
        max_length=500, blank=True, validators=[validate_https], help_text="Where people take it; begins with https://."
    )
    order = models.PositiveSmallIntegerField(default=0)
    is_current = models.BooleanField(
        "offered",
        default=True,
        help_text="Who is to take it is asked for it. Without this, nobody is, and what was completed stays.",
    )

    objects = TrainingModuleQuerySet.as_manager()

    class Meta:
        ordering = ["order", "name"]
        constraints = [is_https("a_training_module_is_reached_by_https")]

    def __str__(self):
        return self.name

    def level_for(self, roles):
        """What it is to someone with the roles; empty where it is not for them."""
        levels = {need.level for need in self.needs.all() if need.role in roles}
        return next((level for level in Level if level in levels), "")


class TrainingNeedQuerySet(models.QuerySet):
    def at(self, *levels):
        return self.filter(module__is_current=True, level__in=levels)

    def unmet_by(self, person):
        """Those whose module the person (or an OuterRef to one) has not completed."""
        done = TrainingCompletion.objects.standing().filter(person=person, module=OuterRef("module"))
        return self.filter(~Exists(done))

    def names_expected(self, person, role):
        """The names of the modules that the role expects of the person and that they have not completed."""
        needed = self.at(Level.EXPECTED).filter(role=role).unmet_by(person)
        return list(needed.order_by("module__order", "module__name").values_list("module__name", flat=True))


class TrainingNeed(models.Model):
    """What a module is to people of a role."""

    module = models.ForeignKey(TrainingModule, on_delete=models.CASCADE, related_name="needs")
    role = models.CharField(max_length=30, choices=[(role.value, role.label) for role in ANSWER_STAFF])
    level = models.CharField(max_length=20, choices=Level, default=Level.EXPECTED)

    objects = TrainingNeedQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = "role that it is for"
        verbose_name_plural = "roles that it is for"
        constraints = [
            models.UniqueConstraint(
                fields=["module", "role"],
                name="a_module_is_for_a_role_once",
                violation_error_message="Each role stands here once.",
            ),
            ChoicesConstraint(
                condition=Q(role__in=ANSWER_STAFF),
                name="training_is_for_contacts_and_coaches",
                violation_error_message="Training is for contacts and coaches.",
            ),
            choices_constraint("level", Level, name="training_is_expected_or_recommended"),
        ]

    def __str__(self):
        return f"{self.module}, {self.get_role_display().lower()}"


class TrainingResource(models.Model):
    """Where contacts read what is new. An admin edits them."""

    name = models.CharField(max_length=120, validators=[validate_one_line])
    link = models.URLField(
        max_length=500, validators=[validate_https], help_text="A whole address that begins with https://."
    )
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "name", "pk"]
        constraints = [
            is_https("a_training_resource_is_reached_by_https"),
            models.CheckConstraint(
                condition=~Q(link=""),
                name="a_training_resource_leads_somewhere",
                violation_error_message="Enter the address.",
            ),
        ]

    def __str__(self):
        return self.name


class TrainingCompletionQuerySet(models.QuerySet):
    def standing(self):
        """Those that nobody took back."""
        return self.filter(withdrawn_at__isnull=True)

    def latest_first(self):
        return self.order_by("-completed_on", "-pk")

    def visible_to(self, user):
        """One's own; who chooses contacts sees those of their district, and a lead those of every district."""
        if Role.SUPPORT_LEAD in user.roles:
            return self
        seen = Q() if Role.DISTRICT_ADMINISTRATOR in user.roles else Q(person=user)
        return self.filter(seen, district_id=user.district_id, district__isnull=False)

    def withdrawable_by(self, user):
        """Whoever recorded it may take it back, and who chooses contacts."""
        seen = self.visible_to(user)
        return seen.filter(recorded_by=user) if user.roles.isdisjoint(CONTACT_MANAGERS) else seen


class TrainingCompletion(models.Model):
    """On this day a person completed a module, says whoever recorded it. A later day is a refresher.

    A wrong one is taken back and stays as history.
    """

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="trainings")
    module = models.ForeignKey(TrainingModule, on_delete=models.PROTECT, related_name="completions")
    completed_on = models.DateField("completed")
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="taken back by"
    )
    withdrawn_at = models.DateTimeField("taken back", null=True, blank=True)

    objects = TrainingCompletionQuerySet.as_manager()

    class Meta:
        ordering = ["-completed_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "module", "completed_on"],
                condition=Q(withdrawn_at__isnull=True),
                name="a_training_is_recorded_once_for_a_day",
                violation_error_message="This training is already recorded for that day.",
            ),
            models.CheckConstraint(
                condition=Q(completed_on__gte=EARLIEST),
                name="a_training_is_of_this_century",
                violation_error_message="Enter a day since January 1, 2000.",
            ),
            models.CheckConstraint(
                # By the calendar of whoever is furthest ahead.
                condition=Q(
                    completed_on__lte=Func(
                        F("recorded_at"),
                        template="((%(expressions)s AT TIME ZONE 'UTC')::date + 1)",
                        output_field=models.DateField(),
                    )
                ),
                name="a_training_is_recorded_when_it_is_completed",
                violation_error_message="Enter a day that is not in the future.",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None, confirmed_at=None)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False, recorded_by=F("person")),
                name="a_self_reported_training_is_confirmed_by_someone",
                violation_error_message="Only what somebody reported of themselves is confirmed.",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("person")),
                name="nobody_confirms_their_own_training",
                violation_error_message="Nobody confirms their own training.",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_by=None, withdrawn_at=None)
                | Q(withdrawn_by__isnull=False, withdrawn_at__isnull=False),
                name="who_takes_a_training_back_says_when",
                violation_error_message="What is taken back says when and by whom.",
            ),
            SameDistrict(
                field="person",
                name="a_training_is_of_a_person_of_the_district",
                violation_error_message="Training is recorded in the person's own district.",
            ),
            *(
                PersonOfDistrictOrSupport(
                    field=field,
                    name=name,
                    violation_error_message="Someone of the district or of Support records its training.",
                )
                for field, name in [
                    ("recorded_by", "who_records_training_is_of_the_district_or_support"),
                    ("confirmed_by", "who_confirms_training_is_of_the_district_or_support"),
                    ("withdrawn_by", "who_takes_training_back_is_of_the_district_or_support"),
                ]
            ),
            Unchanging(
                fields=["district", "person", "module", "completed_on", "recorded_by", "recorded_at"],
                name="a_training_stays_as_it_was_recorded",
                violation_error_message="A training stays as it was recorded. Take it back, and record it anew.",
            ),
            Unchanging(
                fields=["confirmed_by", "confirmed_at"],
                condition=Q(confirmed_at__isnull=False),
                name="a_confirmed_training_stays_confirmed",
                violation_error_message="This training is already confirmed.",
            ),
            Unchanging(
                condition=Q(withdrawn_at__isnull=False),
                name="a_training_taken_back_never_changes",
                violation_error_message="This training was taken back. It stays as it is.",
            ),
        ]

    def __str__(self):
        return f"{self.module} of {self.person}"

    @property
    def source(self):
        """Who says so."""
        if self.recorded_by_id != self.person_id:
            return f"Recorded by {self.recorded_by}"
        return f"Self-reported, confirmed by {self.confirmed_by}" if self.confirmed_at else "Self-reported"

    @property
    def is_self_reported(self):
        """And nobody confirmed it since."""
        return self.recorded_by_id == self.person_id and not self.confirmed_at
