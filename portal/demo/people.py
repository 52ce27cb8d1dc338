from datetime import timedelta

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from contacts import actions
from contacts.models import ANSWER_STAFF, Agreement, CoverageGap, Designation, District, Gap, Role, School, User

PASSWORD = "portal-demo"  # noqa: S105 - printed by `make run`; these people exist for show

# Days; longer than the coverage page looks back at gaps.
STARTED_BEFORE = 300
SUPPORT = [
    ("agent", "Dana Ortiz", Role.SUPPORT_AGENT),
    ("agent2", "Kofi Mensah", Role.SUPPORT_AGENT),
    ("agent3", "Ingrid Solberg", Role.SUPPORT_AGENT),
    ("lead", "Ruth Keller", Role.SUPPORT_LEAD),
]
HELP_TEXT = "Ask your building coach first. If nobody answers, call the help desk, weekdays from 7:30 AM to 4:00 PM."
REACH_HOURS = ["Weekdays, 7:30 AM to 3:30 PM", "Mondays to Thursdays, before 2 PM", "Weekdays, 8 AM to noon"]
# (mailbox, name, position, index of the school, role)
RIVERBEND = {
    "name": "Riverbend School District",
    "slug": "demo",
    "domain": "demo.example",
    "time_zone": "America/Chicago",
    "hosted_by_vendor": True,
    "support_contacts_allowed": 4,
    "schools": [
        "Riverbend High School",
        "Cedar Hill Middle School",
        "Lakeside Elementary School",
        "Prairie View Elementary School",
    ],
    "people": [
        ("teacher", "Nora Whitfield", "Science teacher", 0, None),
        ("coach", "Samuel Okafor", "Librarian", 0, Role.BUILDING_COACH),
        ("support", "Maria Lopez", "Data manager", 0, Role.SUPPORT_CONTACT),
        ("technical", "Devon Park", "Network administrator", 0, Role.TECHNICAL_CONTACT),
        ("administrator", "Helen Brandt", "Assistant superintendent", 0, Role.DISTRICT_ADMINISTRATOR),
        ("approver", "Priya Nair", "Certification officer", 0, Role.CREDENTIAL_APPROVER),
        ("b.castellano", "Bianca Castellano", "Registrar", 1, Role.SUPPORT_CONTACT),
        ("t.underwood", "Theo Underwood", "School secretary", 1, Role.BUILDING_COACH),
        ("m.faraday", "Mei Faraday", "School secretary", 2, Role.BUILDING_COACH),
        ("g.lindqvist", "Greta Lindqvist", "Counselor", 0, None),
        ("o.barrow", "Omar Barrow", "Mathematics teacher", 0, None),
        ("j.pelletier", "Jonah Pelletier", "English teacher", 0, None),
        ("a.quist", "Amara Quist", "Special education teacher", 1, None),
        ("r.delacroix", "Rosa Delacroix", "Social studies teacher", 1, None),
        ("w.tanaka", "Wesley Tanaka", "Physical education teacher", 1, None),
        ("l.bergstrom", "Lucia Bergstrom", "Second grade teacher", 2, None),
        ("h.abernathy", "Hugh Abernathy", "Fourth grade teacher", 2, None),
        ("s.rosales", "Sofia Rosales", "Kindergarten teacher", 3, None),
        ("c.novak", "Caleb Novak", "Music teacher", 3, None),
        ("e.farouk", "Elif Farouk", "School nurse", 3, None),
        ("p.hollis", "Peter Hollis", "Substitute teacher", 3, None),
        ("v.sandoval", "Vera Sandoval", "Principal", 2, None),
    ],
    # Months without a sign-in: the sweep flags them.
    "idle": ("k.ainsworth", "Keith Ainsworth", "Attendance clerk", 0, Role.SUPPORT_CONTACT),
    # They left, and their role ended with their sign-in.
    "left": ("d.marlowe", "Delia Marlowe", "School secretary", 3, Role.BUILDING_COACH),
}
OAK_VALLEY = {
    "name": "Oak Valley Public Schools",
    "slug": "other",
    "domain": "other.example",
    "time_zone": "America/New_York",
    "in_state_edition": True,
    "support_contacts_allowed": 3,
    "schools": ["Oak Valley High School", "Millbrook Middle School", "Orchard Street Elementary School"],
    "people": [
        ("teacher", "Owen Castillo", "Biology teacher", 0, None),
        ("coach", "Lena Hartwell", "Librarian", 0, Role.BUILDING_COACH),
        ("support", "Marcus Doyle", "Student data coordinator", 0, Role.SUPPORT_CONTACT),
        ("technical", "Yuki Sorensen", "Systems administrator", 0, Role.TECHNICAL_CONTACT),
        ("administrator", "Grace Ballard", "Director of operations", 0, Role.DISTRICT_ADMINISTRATOR),
        ("approver", "Felix Amari", "Personnel specialist", 0, Role.CREDENTIAL_APPROVER),
        ("d.winslow", "Dora Winslow", "School secretary", 1, Role.BUILDING_COACH),
        ("n.achebe", "Nia Achebe", "Chemistry teacher", 0, None),
        ("i.kowalski", "Ivan Kowalski", "History teacher", 0, None),
        ("z.merritt", "Zara Merritt", "Art teacher", 1, None),
        ("q.esposito", "Quinn Esposito", "Reading specialist", 2, None),
        ("f.haddad", "Farid Haddad", "Third grade teacher", 2, None),
        ("u.lambert", "Uma Lambert", "First grade teacher", 2, None),
    ],
    "idle": ("b.stroud", "Basil Stroud", "Registrar", 1, Role.SUPPORT_CONTACT),
    "left": ("c.okada", "Celeste Okada", "Assessment coordinator", 0, Role.SUPPORT_CONTACT),
    # (mailbox, name, position, organization)
    "third_party": ("r.vance", "Robin Vance", "Consultant", "Lakeshore Data Services"),
}


def add_people():
    # One hash for all: forty would take longer than everything else.
    password = make_password(PASSWORD)
    for mailbox, name, role in SUPPORT:
        person = add_person(f"{mailbox}@support.example", name, password, time_zone="America/Chicago")
        designate(person, role, days=800)
    add_person("admin@support.example", "Alex Moreno", password, is_staff=True)
    for district in (RIVERBEND, OAK_VALLEY):
        add_district(password, **district)
    actions.flag_inactive()
    add_gaps()


def add_person(email, name, password, **fields):
    first, last = name.split()
    return User.objects.create(email=email, first_name=first, last_name=last, password=password, **fields)


def designate(person, role, *, days, **fields):
    """A designation that was last used so many days ago, and began long before."""
    at = timezone.now() - timedelta(days=days)
    started_at = at - timedelta(days=STARTED_BEFORE)
    about = {"started_at": started_at, "inactive_since": at} | fields
    Designation.objects.create(user=person, district=person.district, role=role, **about)


def add_district(password, *, domain, schools, people, idle, left, third_party=None, **fields):
    district = District.objects.create(
        help_phone="555-0100", help_email=f"helpdesk@{domain}", help_text=HELP_TEXT, **fields
    )
    schools = [School.objects.create(district=district, name=name) for name in schools]
    for number, (mailbox, name, title, school, role) in enumerate([*people, idle, left]):
        person = add_person(
            f"{mailbox}@{domain}",
            name,
            password,
            title=title,
            phone=f"555-01{number:02}",
            staff_identifier=f"{4100 + number}",
            district=district,
            school=schools[school],
            last_login=timezone.now() - timedelta(days=number % 9),
            is_active=mailbox != left[0],
            reach_hours=REACH_HOURS[number % len(REACH_HOURS)] if role in ANSWER_STAFF else "",
        )
        if role:
            coached = schools[school] if role == Role.BUILDING_COACH else None
            # So that they reach the 180 days in different weeks.
            days = 200 if mailbox == idle[0] else 20 + 37 * number % 130
            ended = {"ended_at": timezone.now() - timedelta(days=12), "end_reason": "Can no longer sign in."}
            designate(person, role, days=days, school=coached, **(ended if mailbox == left[0] else {}))
    send_one_away(district)
    if third_party:
        add_third_party(district, domain, password, *third_party)


def add_third_party(district, domain, password, mailbox, name, title, organization):
    """A contact of another organization, whose agreement expires in some weeks."""
    today = timezone.localdate()
    agreement = Agreement.objects.create(
        district=district,
        organization=organization,
        document="Limited License Agreement 2041",
        signed_on=today - timedelta(days=320),
        expires_on=today + timedelta(days=45),
    )
    about = {"title": title, "phone": "555-0177", "district": district, "organization": organization}
    person = add_person(f"{mailbox}@{domain}", name, password, last_login=timezone.now() - timedelta(days=3), **about)
    began = timezone.now() - timedelta(days=60)
    under = {"agreement": agreement, "ends_at": agreement.expires_at, "started_at": began}
    designate(person, Role.SUPPORT_CONTACT, days=60, **under)


def add_gaps():
    """What the districts lacked in the last year, and what they lack now."""
    # None of them is in contradiction to who held which role on the day.
    spells = [(Gap.UNTRAINED_CONTACTS, 300, 281), (Gap.ONE_PERSON_HERE, 210, 168)]
    spells += [(Gap.ONE_PERSON_HERE, 140, 126), (Gap.FLAGGED_CONTACTS, 95, 88)]
    for district in District.objects.all():
        for kind, first, last in spells:
            began, ended = (timezone.now() - timedelta(days=days) for days in (first, last))
            CoverageGap.objects.create(district=district, kind=kind, began_at=began, ended_at=ended)
    actions.record_gaps()


def send_one_away(district):
    """The last coach is at a training, and the first one covers for them."""
    first, *_, last = User.objects.who_answer_staff().holding(Role.BUILDING_COACH, district=district).order_by("pk")
    last.away_until, last.cover = timezone.localdate() + timedelta(days=9), first
    last.save(update_fields=["away_until", "cover"])
