"""Two invented districts and a Support team, with two years of work; every date is relative to now."""

from django.db import transaction
from django.utils import timezone

from contacts.models import Message
from portal.demo.cases import add_cases
from portal.demo.credentials import add_credentials
from portal.demo.people import PASSWORD, add_people
from portal.demo.questions import add_questions

__all__ = ["PASSWORD", "load"]


@transaction.atomic
def load():
    add_people()
    add_cases()
    add_credentials()
    add_questions()
    # What happened before the portal started is not mailed to anybody.
    Message.objects.update(emailed_at=timezone.now())
