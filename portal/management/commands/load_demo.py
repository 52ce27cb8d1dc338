"""Demo people (password: portal-demo) in two districts and in Support, with some of everything to look at."""

from datetime import timedelta

from django.core.management import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from contacts.models import Designation, District, Role, School, User

PASSWORD = "portal-demo"  # noqa: S105 - printed by `make run`; these people exist for show
DISTRICTS = [
    {
        "name": "Demo School District",
        "slug": "demo",
        "domain": "demo.example",
        "on_cloud_choice": True,
        "schools": ["Demo High School", "Demo Elementary School"],
    },
    {
        "name": "Other School District",
        "slug": "other",
        "domain": "other.example",
        "in_state_edition": True,
        "schools": ["Other High School"],
    },
]
HELP_TEXT = "Ask your building coach first. If nobody answers, call the help desk, weekdays from 7:30 to 16:00."
STAFF = [
    ("teacher", "Teacher", "Science teacher", None),
    ("coach", "Coach", "Librarian", Role.BUILDING_COACH),
    ("support", "Support", "Data manager", Role.SUPPORT_CONTACT),
    ("technical", "Technical", "Network administrator", Role.TECHNICAL_CONTACT),
    ("administrator", "Administrator", "Assistant superintendent", Role.DISTRICT_ADMINISTRATOR),
    ("approver", "Approver", "Certification officer", Role.CREDENTIAL_APPROVER),
]


class Command(BaseCommand):
    help = __doc__

    @transaction.atomic
    def handle(self, *, verbosity, **options):
        if User.objects.exists():
            raise CommandError("The demo data goes into an empty database only; this one has people in it.")
        add_support()
        for district in DISTRICTS:
            add_district(**district)
        if verbosity:
            self.stdout.write(f"The demo people are in; their password is {PASSWORD}.")


def add_person(email, last_name, **fields):
    return User.objects.create_user(email, PASSWORD, first_name="Demo", last_name=last_name, **fields)


def add_support():
    for name, role in (("agent", Role.SUPPORT_AGENT), ("lead", Role.SUPPORT_LEAD)):
        Designation.objects.create(user=add_person(f"{name}@support.example", name.title()), role=role)
    add_person("admin@support.example", "Admin", is_staff=True)


def add_district(*, name, slug, domain, schools, **fields):
    district = District.objects.create(
        name=name, slug=slug, help_phone="555-0100", help_email=f"helpdesk@{domain}", help_text=HELP_TEXT, **fields
    )
    schools = [School.objects.create(district=district, name=school) for school in schools]
    for user, last_name, title, role in STAFF:
        person = add_person(
            f"{user}@{domain}", last_name, title=title, phone="555-0101", district=district, school=schools[0]
        )
        if role:
            coached = schools[0] if role == Role.BUILDING_COACH else None
            add_designation(person, role, school=coached)
    return district


def add_designation(person, role, days=30, **fields):
    """A designation that began, and was last used, so many days ago."""
    at = timezone.now() - timedelta(days=days)
    return Designation.objects.create(
        user=person, district=person.district, role=role, started_at=at, inactive_since=at, **fields
    )
