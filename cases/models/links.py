from django.db import models
from django.db.models import F, Q

from cases.models.cases import Case
from contacts.constraints import SameDistrict
from contacts.models import District


class CaseLinkQuerySet(models.QuerySet):
    def of(self, case):
        return self.filter(Q(first=case) | Q(second=case))


class CaseLink(models.Model):
    """Two cases of a district that have to do with each other; the timeline of both says who linked them."""

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    first = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")

    objects = CaseLinkQuerySet.as_manager()

    class Meta:
        ordering = ["first", "second"]
        constraints = [
            models.UniqueConstraint(
                fields=["first", "second"],
                name="two_cases_are_linked_once",
                violation_error_message="These cases are linked already.",
            ),
            models.CheckConstraint(
                condition=Q(first__lt=F("second")),
                name="a_link_names_the_older_case_first",
                violation_error_message="A case is linked to another one.",
            ),
            SameDistrict(
                field="first",
                name="a_linked_case_is_of_the_links_district",
                violation_error_message="Only cases of one district are linked.",
            ),
            SameDistrict(
                field="second",
                name="both_linked_cases_are_of_one_district",
                violation_error_message="Only cases of one district are linked.",
            ),
        ]

    def __str__(self):
        return f"{self.first} and {self.second}"

    def other(self, case):
        return self.second if self.first_id == case.pk else self.first
