"""What holds of a case that Support opened for someone who is not an authorized contact."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q

from contacts.business_time import add_business_hours
from contacts.constraints import SameDistrict


def handover_due(opened_at, calendar):
    """By when a contact accepts an exception case. Where Support has no hours, every hour counts."""
    hours = settings.EXCEPTION_HANDOVER_HOURS
    return add_business_hours(opened_at, hours, calendar) if calendar else opened_at + timedelta(hours=hours)


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
        violation_error_message="A contact of the district accepts the case before it is closed.",
    ),
    models.CheckConstraint(
        condition=Q(handed_over_at__isnull=True) | Q(is_exception=True, contact__isnull=False),
        name="only_an_exception_is_handed_over",
        violation_error_message="Only an exception case is handed over, to the contact who accepts it.",
    ),
    models.CheckConstraint(
        condition=Q(contact__isnull=False) | Q(handover_due_at__isnull=False),
        name="an_exception_says_by_when_it_is_accepted",
        violation_error_message="An exception case says by when a contact accepts it.",
    ),
    models.CheckConstraint(
        condition=Q(handover_due_at__isnull=True, handover_reminded_at__isnull=True)
        | Q(handover_due_at__isnull=False, is_exception=True),
        name="only_an_exception_is_to_be_accepted",
        violation_error_message="Only an exception case is to be accepted.",
    ),
    models.CheckConstraint(
        condition=Q(handover_to__isnull=True) | Q(is_exception=True, contact__isnull=True),
        name="a_contact_is_asked_until_one_accepts",
        violation_error_message="Only while an exception case has no contact, one is asked to accept it.",
    ),
    SameDistrict(
        field="handover_to",
        name="a_contact_of_the_district_is_asked_to_accept",
        violation_error_message="Only a contact of the case's district is asked to accept it.",
    ),
]
INDEXES = [
    # Whose contact is none any more is asked every few minutes.
    models.Index(
        fields=["contact"],
        condition=Q(contact__isnull=False) & ~Q(status="closed"),
        name="open_cases_of_a_contact",
    ),
]
