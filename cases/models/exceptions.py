"""What holds of a case that Support opened for someone who is not an authorized contact."""

from django.db import models
from django.db.models import Q

CONSTRAINTS = [
    models.CheckConstraint(
        condition=Q(contact__isnull=False) | Q(is_exception=True),
        name="a_case_has_a_contact_or_is_an_exception",
        violation_error_message="A case has an authorized contact or is an exception case.",
    ),
    models.CheckConstraint(
        condition=Q(is_exception=False) | (~Q(caller_name="") & ~Q(caller_reach="") & ~Q(emergency="")),
        name="an_exception_says_who_called_and_why",
        violation_error_message="Enter who called, how to reach them and why it is an emergency.",
    ),
    models.CheckConstraint(
        condition=~Q(status="closed") | Q(contact__isnull=False),
        name="an_exception_is_handed_over_before_it_is_closed",
        violation_error_message="Hand the case over to an authorized contact before it is closed.",
    ),
    models.CheckConstraint(
        condition=Q(handed_over_at__isnull=True) | Q(is_exception=True, contact__isnull=False),
        name="only_an_exception_is_handed_over",
        violation_error_message="Only an exception case is handed over, and to a contact.",
    ),
]
