from uuid import uuid4

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from contacts import ActionRefused
from contacts.constraints import DistrictKey, SameDistrict, Transitions, Unchanging, choices_constraint
from contacts.models.designations import Designation
from contacts.models.districts import District, School
from contacts.models.people import User
from contacts.models.roles import AUTHORIZED_CONTACTS, Role


class Status(models.TextChoices):
    NEW = "new", "New"
    BROUGHT = "brought", "Brought to Support"
    ANSWERED = "answered", "Answered"


class Recipient(models.TextChoices):
    COACH = "coach", "Building coach"
    CONTACTS = "contacts", "Authorized contacts"


TRANSITIONS = {
    Status.NEW: [Status.ANSWERED, Status.BROUGHT],
    # Once Support has answered, the contact tells the asker.
    Status.BROUGHT: [Status.ANSWERED],
    Status.ANSWERED: [],
}


def _coaches_of_its_school():
    """The current coaches of a question's school, and those of every school."""
    at_school = Q(school=OuterRef("school")) | Q(school__isnull=True)
    return Designation.objects.current().filter(at_school, role=Role.BUILDING_COACH, district=OuterRef("district"))


def _is_coached_by(person):
    """Whether the person is a coach of the question's school, or covers for one who is away."""
    covers = Q(user__cover=person, user__away_until__gt=timezone.localdate(), user__is_active=True)
    return Exists(_coaches_of_its_school().filter(Q(user=person) | covers))


class StaffQuestionQuerySet(models.QuerySet):
    def with_is_new(self):
        return self.annotate(is_new=models.ExpressionWrapper(Q(status=Status.NEW), output_field=models.BooleanField()))

    def answerable_by(self, user):
        return self.filter(self._answerable(user), district_id=user.district_id, district__isnull=False)

    def visible_to(self, user):
        """One's own; those that one may answer; a coach's also after one of them passed it on. Support sees none."""
        seen = Q(asker=user) | self._answerable(user)
        if Role.BUILDING_COACH in user.roles:
            seen |= Q(_is_coached_by(user), passed_on_by__isnull=False)
        return self.filter(seen, district_id=user.district_id, district__isnull=False)

    def waiting_for(self, user):
        """New ones that wait for this person: what went to coaches waits for the contacts once there is none."""
        coaches = _coaches_of_its_school().active().exclude(user=OuterRef("asker"))
        waits = Q(_is_coached_by(user))
        if not user.roles.isdisjoint(AUTHORIZED_CONTACTS):
            waits |= Q(went_to=Recipient.CONTACTS) | ~Exists(coaches)
        return self.answerable_by(user).filter(waits, status=Status.NEW)

    def _answerable(self, user):
        """Contacts answer everything of their district, coaches what went to the coaches of their school."""
        if not user.roles.isdisjoint(AUTHORIZED_CONTACTS):
            return ~Q(asker=user)
        if Role.BUILDING_COACH in user.roles:
            return ~Q(asker=user) & Q(went_to=Recipient.COACH) & Q(_is_coached_by(user))
        return Q(pk__in=[])


class StaffQuestion(models.Model):
    """What a person of the district asked of its coach or contacts, once, and what became of it."""

    Status, Recipient, TRANSITIONS = Status, Recipient, TRANSITIONS
    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    asker = models.ForeignKey(User, on_delete=models.PROTECT, related_name="questions")
    school = models.ForeignKey(School, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    text = models.TextField("question")
    asked_at = models.DateTimeField(default=timezone.now)
    idempotency_key = models.UUIDField(default=uuid4, editable=False)
    status = models.CharField(max_length=20, choices=Status, default=Status.NEW)
    went_to = models.CharField(max_length=20, choices=Recipient)
    passed_on_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    passed_on_at = models.DateTimeField(null=True, blank=True)
    brought_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    brought_at = models.DateTimeField(null=True, blank=True)
    reference = models.CharField(max_length=60, blank=True, help_text="What it is at Support.")
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(blank=True)

    objects = StaffQuestionQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["asker", "idempotency_key"],
                name="a_question_is_asked_once",
                violation_error_message="You already asked this.",
            ),
            choices_constraint("status", Status, name="a_question_has_one_of_the_statuses"),
            choices_constraint("went_to", Recipient, name="a_question_goes_to_coach_or_contacts"),
            models.CheckConstraint(
                condition=Q(status=Status.ANSWERED, answered_at__isnull=False, answered_by__isnull=False)
                & ~Q(answer="")
                | ~Q(status=Status.ANSWERED) & Q(answered_at=None, answered_by=None, answer=""),
                name="an_answer_says_when_and_by_whom",
                violation_error_message="An answered question has an answer, and says when and by whom.",
            ),
            models.CheckConstraint(
                condition=Q(brought_at__isnull=False, brought_by__isnull=False) & ~Q(reference="")
                | ~Q(status=Status.BROUGHT) & Q(brought_at=None, brought_by=None, reference=""),
                name="a_question_at_support_says_as_what_and_by_whom",
                violation_error_message="A question that was brought to Support says as what, when and by whom.",
            ),
            models.CheckConstraint(
                condition=Q(passed_on_at=None, passed_on_by=None)
                | Q(passed_on_at__isnull=False, passed_on_by__isnull=False, went_to=Recipient.CONTACTS),
                name="a_question_is_passed_on_to_contacts",
                violation_error_message="A question is passed on to the contacts, and says when and by whom.",
            ),
            *(
                SameDistrict(
                    field=field,
                    name=name,
                    violation_error_message="A question and everyone who deals with it are of one district.",
                )
                for field, name in [
                    ("asker", "a_question_is_asked_within_the_district"),
                    ("school", "a_question_is_of_a_school_of_the_district"),
                    ("passed_on_by", "a_question_is_passed_on_within_the_district"),
                    ("brought_by", "a_question_is_brought_by_its_district"),
                    ("answered_by", "a_question_is_answered_within_the_district"),
                ]
            ),
            DistrictKey(fields=["district", "id"], name="a_question_is_of_one_district"),
            Transitions(
                allowed=TRANSITIONS,
                name="a_question_goes_from_status_to_status_as_agreed",
                violation_error_message="This question cannot get this status.",
            ),
            Unchanging(
                fields=["district", "asker", "school", "text", "asked_at"],
                name="a_question_stays_as_it_was_asked",
                violation_error_message="A question stays as it was asked.",
            ),
            Unchanging(
                condition=Q(status=Status.ANSWERED),
                name="an_answered_question_never_changes",
                violation_error_message="This question is answered. It stays as it is.",
            ),
        ]
        indexes = [
            models.Index(fields=["district", "-asked_at", "-id"], name="questions_of_a_district"),
            models.Index(fields=["district"], condition=Q(status=Status.NEW), name="questions_that_wait"),
        ]

    def __str__(self):
        return f"Question {self.pk}"

    def get_absolute_url(self):
        return reverse("contacts:question", args=[self.pk])

    @property
    def is_open(self):
        return self.status != Status.ANSWERED

    def become(self, status):
        """Change memory only. Raises ActionRefused, in words that say who was first."""
        if status not in self.TRANSITIONS[self.status]:
            if self.status == Status.ANSWERED:
                raise ActionRefused(f"{self.answered_by} already answered this question. Nothing was changed.")
            raise ActionRefused(f"{self.brought_by} already brought this to Support as {self.reference}.")
        self.status = status
