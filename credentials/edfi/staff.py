from django.contrib.auth.hashers import make_password
from django.db.models import Q

from contacts.models import User
from credentials.edfi.batch import Batch, Once, refusing, required
from credentials.edfi.findings import Faulty, placement_of


def load_staff(findings, organizations, summary, today):
    """The people. Gives (Staff element, person or None where refused), in the order of the files."""
    people = _People(findings, {district.pk for district, _ in organizations.values()})
    batch, once, loaded = Batch(User, "staff", summary), Once(), []
    for element in findings.staff:
        person = None
        with refusing(summary, "staff", element):
            number = required(element, "StaffUniqueId")
            once(element, number, f"person {number}")
            workplace = _workplace(findings, organizations, summary, number, today)
            person = _put(batch, people, element, number, *workplace)
            _note_address(person, element, summary)
        loaded.append((element, person))
    batch.write()
    people = [person for _, person in loaded if person and not (person.invited_at or person.has_chosen_password)]
    summary.without_address = sum(not person.email for person in people)
    summary.to_invite = len(people) - summary.without_address
    _refuse_strangers(findings, summary)
    return loaded


def _workplace(findings, organizations, summary, number, today):
    """(district, school or None, title) of a person: an assignment says more than an employment."""
    known, elements = [], findings.placements.get(number, [])
    for element in elements:
        with refusing(summary, "assignments", element):
            placement = placement_of(element, today)
            if placement.organization not in organizations:
                where = placement.organization or "no organization"
                raise Faulty(f"person {number} works at {where}, which is neither in these files nor in the portal")
            known.append(placement)
    if known:
        best = max(known, key=lambda placement: placement.rank)
        return *organizations[best.organization], best.title
    only = findings.only_district if not elements else ""
    if only in organizations:
        return *organizations[only], ""
    raise Faulty(f"person {number} works at no school or district that is known")


def _put(batch, people, element, number, district, school, title):
    email = element.get("ElectronicMail/ElectronicMailAddress").lower()
    person = people.find(district, number, email) or User(
        district=district, staff_identifier=number, password=make_password(None)
    )
    batch.put(
        person,
        first_name=required(element, "Name/FirstName"),
        last_name=required(element, "Name/LastSurname"),
        staff_identifier=number,
        school_id=school.pk if school else None,
        # What the file leaves out stays as it is.
        title=title or person.title,
        # An address opens an account, so no file changes one: it may only give one to a person who has none.
        email=person.email or email or None,
    )
    people.add(person)
    return person


def _note_address(person, element, summary):
    email = element.get("ElectronicMail/ElectronicMailAddress").lower()
    if email and email != person.email:
        summary.note(element, f"person {person.staff_identifier} keeps their e-mail address; the file says another.")


class _People:
    """Who is in the portal already, locked, and who came in by this import."""

    def __init__(self, findings, districts):
        numbers = [element.get("StaffUniqueId") for element in findings.staff]
        emails = [element.get("ElectronicMail/ElectronicMailAddress").lower() for element in findings.staff]
        known = Q(district__in=districts, staff_identifier__in=numbers) | Q(email__in=filter(None, emails))
        self.by_number, self.by_email = {}, {}
        for person in User.objects.filter(known).select_for_update(of=("self",), no_key=True).order_by("pk"):
            self.add(person)

    def add(self, person):
        self.by_number[person.district_id, person.staff_identifier] = person
        self.by_email[person.email] = person

    def find(self, district, number, email):
        """The person with this staff number, else with this address and no number yet, of the district."""
        person, addressee = self.by_number.get((district.pk, number)), self.by_email.get(email) if email else None
        if addressee and not person and (addressee.district_id, addressee.staff_identifier) == (district.pk, ""):
            person = addressee
        if addressee and addressee is not person:
            raise Faulty(f"the e-mail address of person {number} is another person's")
        return person


def _refuse_strangers(findings, summary):
    known = {element.get("StaffUniqueId") for element in findings.staff}
    for number in findings.placements.keys() - known:
        for element in findings.placements[number]:
            summary.refuse("assignments", element, f"nobody in these files has the StaffUniqueId {number}.")
