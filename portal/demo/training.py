from datetime import timedelta

from django.utils import timezone

from contacts import actions
from contacts.models import Level, Role, TrainingModule, TrainingResource, User

# An invented host, as everything here.
HOST = "https://learn.support.example"
RESOURCES = [("Latest features in short videos", "videos"), ("Release notes", "releases")]
COACHING = "Helping your colleagues"
# (module, who completed it, how many days ago, who recorded it, who confirmed it)
COMPLETED = [
    ("Introduction to Support", "support@demo.example", 410, "support@demo.example", "administrator@demo.example"),
    ("Introduction to Support", "support@demo.example", 32, "support@demo.example", None),
    ("Fundamentals", "technical@demo.example", 75, "technical@demo.example", None),
    ("Introduction to Support", "b.castellano@demo.example", 20, "administrator@demo.example", None),
    ("Fundamentals", "b.castellano@demo.example", 12, "lead@support.example", None),
    (COACHING, "coach@demo.example", 90, "coach@demo.example", None),
    ("Introduction to Support", "support@other.example", 60, "support@other.example", None),
]


def add_training():
    """Some completed it, one of them twice; some lack what is expected."""
    for module in TrainingModule.objects.all():
        module.link = f"{HOST}/modules/{module.pk}"
        module.save(update_fields=["link"])
    coaching = TrainingModule.objects.create(name=COACHING, description="For whoever a school asks first.", order=90)
    coaching.needs.create(role=Role.BUILDING_COACH, level=Level.RECOMMENDED)
    for number, (name, path) in enumerate(RESOURCES, start=1):
        TrainingResource.objects.create(name=name, link=f"{HOST}/{path}", order=10 * number)
    for name, *who in COMPLETED:
        complete(TrainingModule.objects.get(name=name), *who)


def complete(module, email, days_ago, recorded_by, confirmed_by):
    person, by = (User.objects.get(email=each) for each in (email, recorded_by))
    day = timezone.localdate(timezone=person.zone) - timedelta(days=days_ago)
    completion = actions.record_training(module, person=person, completed_on=day, by=by)
    if confirmed_by:
        actions.confirm_training(completion, by=User.objects.get(email=confirmed_by))
