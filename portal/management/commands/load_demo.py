"""Demo people (password: portal-demo) in two districts and in Support, with some of everything to look at."""

from datetime import timedelta
from uuid import uuid4

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

import cases.actions
import contacts.actions
import credentials.actions
from cases.models import Case, ProductArea
from contacts.models import Designation, District, Message, Role, School, User
from credentials.models import CredentialRecord, CredentialType

PASSWORD = "portal-demo"  # noqa: S105 - printed by `make run`; these people exist for show
DISTRICTS = [
    {
        "name": "Demo School District",
        "slug": "demo",
        "domain": "demo.example",
        "hosted_by_vendor": True,
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
# Who brings it, what kind, which area, its subject and description; steps for an issue.
CASES = [
    (
        "support@demo.example",
        Case.Kind.ISSUE,
        "Attendance",
        "Period attendance of Friday is missing",
        "Teachers entered attendance on Friday. On Monday period 3 shows no entries; other periods are there.",
        "Open the attendance list of any section in period 3 and choose last Friday.",
    ),
    (
        "support@demo.example",
        Case.Kind.QUESTION,
        "Scheduling",
        "Can a section have two teachers of record?",
        "Two teachers share one biology section this year. How do we enter both?",
        "",
    ),
    (
        "technical@demo.example",
        Case.Kind.REQUEST,
        "ODBC connections",
        "A read-only connection for the data warehouse",
        "Our warehouse reads enrolment every night and needs a read-only connection from one address.",
        "",
    ),
    (
        "support@other.example",
        Case.Kind.QUESTION,
        "State reporting",
        "Which date counts for the fall enrolment?",
        "We see two dates in the state's guide and are not sure which one the report uses.",
        "",
    ),
]


class Command(BaseCommand):
    help = __doc__

    @transaction.atomic
    def handle(self, *, verbosity, **options):
        if not settings.DEMO:
            raise CommandError("The demo people's password is known to everyone: this needs DEMO=true.")
        if User.objects.exists():
            raise CommandError("The demo data goes into an empty database only; this one has people in it.")
        add_support()
        for district in DISTRICTS:
            add_district(**district)
        add_an_idle_contact()
        add_cases()
        add_credentials()
        # What happened before the portal started is not mailed to anybody.
        Message.objects.update(emailed_at=timezone.now())
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
        user=person,
        district=person.district,
        role=role,
        started_at=at,
        started_by=User.objects.get(email="admin@support.example"),
        inactive_since=at,
        **fields,
    )


def person(email):
    return User.objects.get(email=email)


def add_an_idle_contact():
    """Somebody for the sweep to flag: 200 days without a sign-in or a case action."""
    district = District.objects.get(slug="demo")
    idle = add_person("idle@demo.example", "Idle", title="Registrar", phone="555-0102", district=district)
    add_designation(idle, Role.SUPPORT_CONTACT, days=200)
    contacts.actions.flag_inactive()


def add_cases():
    agent, support = person("agent@support.example"), person("support@demo.example")
    for email, kind, area, subject, description, steps in CASES:
        case = cases.actions.submit(
            by=person(email),
            kind=kind,
            product_area=ProductArea.objects.get(name=area),
            subject=subject,
            description=description,
            steps_to_replicate=steps,
            urgency=Case.Urgency.HIGH if kind == Case.Kind.ISSUE else Case.Urgency.NORMAL,
        )
    attendance, teachers, connection, _ = Case.objects.order_by("number")
    cases.actions.ask(case=attendance, by=agent, text="Which calendar and which school is it? One example is enough.")
    cases.actions.note(case=attendance, by=agent, text="Another district saw the same after the last update.")
    cases.actions.resolve(case=teachers, by=agent, text="Yes: add the second one under Staff History of the section.")
    cases.actions.close(case=teachers, by=support, text="That worked, thank you.")
    cases.actions.take(case=connection, by=agent)
    cases.actions.open_exception(
        by=agent,
        district=case.district,
        kind=Case.Kind.ISSUE,
        product_area=ProductArea.objects.get(name="Users and tool rights"),
        subject="Nobody at the school can sign in",
        description="Since 7:10 every sign-in at Other High School ends on an error page.",
        caller_name="The secretary of Other High School",
        caller_reach="555-0199, until 16:00",
        emergency="School has started and no attendance can be taken; the contacts do not answer.",
    )


def add_credentials():
    today = timezone.localdate()
    licensure, education = CredentialType.objects.get(code="LC"), CredentialType.objects.get(code="ED")
    teacher, coach, approver = (person(f"{name}@demo.example") for name in ("teacher", "coach", "approver"))
    CredentialRecord.objects.create(
        district=teacher.district,
        holder=teacher,
        type=licensure,
        identifier="DEMO-204117",
        issuing_state="MN",
        issued_on=today - timedelta(days=1700),
        effective_on=today - timedelta(days=1700),
        expires_on=today + timedelta(days=120),
        field="Life and Physical Sciences",
        subjects=["Science"],
        grade_levels=["Seventh grade", "Eighth grade", "Ninth grade"],
    )
    CredentialRecord.objects.create(
        district=teacher.district,
        holder=teacher,
        type=education,
        issued_on=today - timedelta(days=2000),
        extra={"education_level": "Master's Degree", "institution": "Demo State University"},
    )
    denied, _ = credentials.actions.request_new(
        by=teacher,
        type=education,
        brief_description="Summer workshop on laboratory safety",
        proposed={"education_level": "Some College No Degree", "issued_on": str(today)},
        token=uuid4(),
    )
    credentials.actions.deny(
        request=denied, by=approver, comment="A workshop is no degree; ask for a record of type Other."
    )
    credentials.actions.request_new(
        by=coach,
        type=licensure,
        brief_description="Library media specialist licence",
        proposed={
            "identifier": "DEMO-310552",
            "issuing_state": "MN",
            "issued_on": str(today - timedelta(days=14)),
            "expires_on": str(today + timedelta(days=1811)),
        },
        token=uuid4(),
    )
