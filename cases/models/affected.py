"""What a notice affects, by Support's word and by the districts' own."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from cases.models.cases import Case
from cases.models.product_areas import ProductArea
from contacts.constraints import PersonOfDistrictOrSupport, PersonOfSupport, Refusal, SameDistrict, Unchanging
from contacts.models import District, User

MOST_USERS = 1_000_000


class OpenToDistrict(Refusal):
    """The notice is open and the district may read it; Support waits with whatever would end that."""

    row = "NEW"

    def events(self, model, schema_editor):
        return "INSERT"

    def violated(self, model, schema_editor):
        return 'NOT notice_is_open_to(NEW."notice_id", NEW."district_id")'


class NoticeArea(models.Model):
    """A product area that a notice is about."""

    notice = models.ForeignKey("cases.Notice", on_delete=models.CASCADE, related_name="+")
    area = models.ForeignKey(ProductArea, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["notice", "area"],
                name="a_notice_names_an_area_once",
                violation_error_message="The notice names this area already.",
            ),
        ]

    def __str__(self):
        return str(self.area)


class NoticeDistrict(models.Model):
    """A district that Support named as affected."""

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    notice = models.ForeignKey("cases.Notice", on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "notice"],
                name="a_notice_names_a_district_once",
                violation_error_message="The notice names this district already.",
            ),
        ]

    def __str__(self):
        return str(self.district)


class NoticeReport(models.Model):
    """A district's own word that an incident affects it too; said once, and kept."""

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    notice = models.ForeignKey("cases.Notice", on_delete=models.PROTECT, related_name="reports")
    users_affected = models.PositiveIntegerField(validators=[MinValueValidator(1), MaxValueValidator(MOST_USERS)])
    note = models.TextField(blank=True)
    reported_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reported_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-reported_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["notice", "district"],
                name="a_district_is_added_to_a_notice_once",
                violation_error_message="Your district was added to the notice already.",
            ),
            models.CheckConstraint(
                condition=Q(users_affected__gte=1, users_affected__lte=MOST_USERS),
                name="an_incident_affects_at_least_one_person",
                violation_error_message="Enter how many people it affects, at least one.",
            ),
            SameDistrict(
                field="reported_by",
                name="a_district_speaks_for_itself_about_a_notice",
                violation_error_message="Someone of the district says that it is affected.",
            ),
            OpenToDistrict(
                name="a_district_is_added_to_an_open_notice",
                violation_error_message="This notice is closed. Submit a case if the problem is still there.",
            ),
            Unchanging(
                name="what_a_district_said_about_a_notice_never_changes",
                violation_error_message="What a district said about a notice stays as it was.",
            ),
        ]

    def __str__(self):
        return f"{self.district}, notice {self.notice_id}"


class NoticeCase(models.Model):
    """A case that is about what a notice is about; such cases are answered together."""

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    notice = models.ForeignKey("cases.Notice", on_delete=models.PROTECT, related_name="ties")
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="tie")
    tied_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    tied_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["case"]
        constraints = [
            SameDistrict(
                field="case",
                name="a_case_is_tied_to_a_notice_in_its_district",
                violation_error_message="A case is tied to a notice in its own district.",
            ),
            PersonOfSupport(
                field="tied_by",
                name="support_ties_cases_to_notices",
                violation_error_message="Only Support ties cases to notices.",
            ),
            Unchanging(
                fields=["district", "notice", "case", "tied_by", "tied_at"],
                name="a_tied_case_stays_as_it_was_tied",
                violation_error_message="A case is untied, and then tied to another notice.",
            ),
        ]

    def __str__(self):
        return f"case {self.case_id}, notice {self.notice_id}"


class NoticeDismissal(models.Model):
    """Up to which of its updates a person wants to see a notice on every page no more."""

    district = models.ForeignKey(District, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    notice = models.ForeignKey("cases.Notice", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "notice"],
                name="a_person_dismisses_a_notice_once",
                violation_error_message="This notice is dismissed already.",
            ),
            PersonOfDistrictOrSupport(
                field="person",
                name="a_dismissal_is_of_its_persons_district",
                violation_error_message="A dismissal belongs to the district of its person.",
            ),
            Unchanging(
                fields=["district", "person", "notice"],
                name="a_dismissal_never_changes_hands",
                violation_error_message="A dismissal stays with its person.",
            ),
        ]

    def __str__(self):
        return f"{self.person}, notice {self.notice_id}"
