"""Two invented districts and a Support team, with two years of work; every date is relative to now."""

from django.db import transaction
from django.utils import timezone

from contacts.models import Message
from portal.demo.cases import add_cases
from portal.demo.contacts import add_requests
from portal.demo.courses import add_courses
from portal.demo.credentials import add_credentials
from portal.demo.messages import add_deliveries
from portal.demo.notices import add_notices
from portal.demo.people import PASSWORD, add_people
from portal.demo.questions import add_questions
from portal.demo.training import add_training
from portal.demo.updates import add_updates

__all__ = ["PASSWORD", "load"]


@transaction.atomic
def load():
    add_people()
    add_requests()
    add_cases()
    add_credentials()
    add_courses()
    add_questions()
    add_training()
    add_updates()
    add_deliveries()
    add_notices()
    # What happened before the portal started is not mailed to anybody.
    Message.objects.update(emailed_at=timezone.now())
