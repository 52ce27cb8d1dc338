from django.db import models
from django.db.models import Q
from django.utils import timezone

from cases.models import choices
from cases.models.cases import Case
from contacts.constraints import PersonOfDistrictOrSupport, SameDistrict, Unchanging, choices_constraint
from contacts.models import District, User

# Longer than what can be sent: a person cuts it, and nothing else does.
LONGEST_DRAFT = 60_000


class Draft(models.Model):
    """What a person is typing on a case and has not sent. Nobody else ever reads it."""

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    mode = models.CharField(max_length=20, choices=choices.Mode)
    text = models.TextField()
    form_key = models.UUIDField(
        help_text="The idempotency key of the form that it is typed in: sending that form ends the draft."
    )
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "case"],
                name="a_person_has_one_draft_per_case",
                violation_error_message="You already have a draft on this case.",
            ),
            models.CheckConstraint(
                condition=~Q(text=""), name="a_draft_has_words", violation_error_message="A draft says something."
            ),
            choices_constraint("mode", choices.Mode, name="a_draft_has_one_of_the_modes"),
            SameDistrict(
                field="case",
                name="a_draft_is_of_its_cases_district",
                violation_error_message="A draft belongs to the district of its case.",
            ),
            PersonOfDistrictOrSupport(
                field="person",
                name="a_draft_is_of_its_district_or_support",
                violation_error_message="Only people of the district and of Support write on its cases.",
            ),
            Unchanging(
                fields=["district", "case", "person"],
                name="a_draft_never_changes_hands",
                violation_error_message="A draft stays with its case and the person who types it.",
            ),
        ]

    def __str__(self):
        return f"Draft on {self.case}"
