from django.db import models
from django.db.models import Q
from django.utils import timezone

from contacts.constraints import SameDistrict, Unchanging
from contacts.models import District, School, User


class RequestGrantQuerySet(models.QuerySet):
    def current(self):
        return self.filter(ended_at__isnull=True)

    def covering(self, person):
        """Those by which the person may request changes: their school's, their position's, or their own."""
        own = Q(person=person)
        if person.school_id:
            own |= Q(school=person.school_id)
        if person.title:
            own |= Q(position__iexact=person.title)
        return self.current().filter(own, district=person.district_id)


class RequestGrant(models.Model):
    """The right to request changes to one's credentials, given to a school, to a position or to one person."""

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    school = models.ForeignKey(School, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    position = models.CharField(max_length=150, blank=True)
    person = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    granted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField(default=timezone.now)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = RequestGrantQuerySet.as_manager()

    class Meta:
        ordering = ["granted_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(school__isnull=False, position="", person__isnull=True)
                | Q(school__isnull=True, person__isnull=True) & ~Q(position="")
                | Q(school__isnull=True, position="", person__isnull=False),
                name="a_right_is_given_to_a_school_a_position_or_a_person",
                violation_error_message="Choose one of a school, a position and a person.",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="a_right_that_ended_says_when_and_by_whom",
                violation_error_message="A right that ended says when, and who ended it.",
            ),
            models.UniqueConstraint(
                fields=["district", "school", "position", "person"],
                condition=Q(ended_at__isnull=True),
                nulls_distinct=False,
                name="a_right_is_given_once",
                violation_error_message="They have this right already.",
            ),
            *(
                SameDistrict(
                    field=field,
                    name=f"a_right_is_{of}_of_its_district",
                    violation_error_message="Choose within your district.",
                )
                for field, of in [
                    ("school", "for_a_school"),
                    ("person", "for_a_person"),
                    ("granted_by", "given_by_someone"),
                    ("ended_by", "ended_by_someone"),
                ]
            ),
            Unchanging(
                fields=["district", "school", "position", "person", "granted_by", "granted_at"],
                name="a_right_stays_as_it_was_given",
                violation_error_message="A right stays as it was given. End it, and give another one.",
            ),
            Unchanging(
                condition=Q(ended_at__isnull=False),
                name="a_right_that_ended_never_changes",
                violation_error_message="This right has ended already.",
            ),
        ]

    def __str__(self):
        return self.position or str(self.school or self.person)

    @property
    def kind(self):
        return "Position" if self.position else "School" if self.school_id else "Person"

    @property
    def people(self):
        """Whom it covers today, as ``covering`` says of each."""
        people = User.objects.filter(district=self.district_id, is_active=True)
        if self.position:
            return people.filter(title__iexact=self.position)
        return people.filter(school=self.school_id) if self.school_id else people.filter(pk=self.person_id)


def may_request(person):
    """Whether the district lets the person request changes; read once per object."""
    if not person.district_id:
        return False
    if person.district.staff_may_request_changes:
        return True
    if "_may_request" not in person.__dict__:
        person._may_request = RequestGrant.objects.covering(person).exists()
    return person._may_request
