"""How a case is connected to others, and to what it was made of."""

from django.db import models
from django.db.models import F, Q

from contacts.constraints import SameDistrict

CONSTRAINTS = [
    models.CheckConstraint(
        condition=Q(merged_into__isnull=True) | (Q(status="closed") & ~Q(merged_into=F("number"))),
        name="a_merged_case_is_closed_into_another",
        violation_error_message="A case is merged into another case, and is closed.",
    ),
    SameDistrict(
        field="follows",
        name="a_case_follows_one_of_its_district",
        violation_error_message="A case follows a case of the same district.",
    ),
    SameDistrict(
        field="merged_into",
        name="a_case_is_merged_within_its_district",
        violation_error_message="A case is merged into a case of the same district.",
    ),
    SameDistrict(
        field="split_from",
        name="a_case_is_split_from_a_reply_of_its_district",
        violation_error_message="A case is split from a reply of the same district.",
    ),
    SameDistrict(
        field="question",
        name="a_case_is_made_of_a_question_of_its_district",
        violation_error_message="A case is made of a question of the same district.",
    ),
]
