from django.contrib.auth.hashers import make_password
from django.db.models import Q

from contacts.models import User
from credentials.edfi.interchange import RowError, email_of, unless_spaced, workplace
from credentials.edfi.upsert import BulkUpsert, DuplicateCheck, refuse_on_error, required

# Files without any assignment or employment say nothing of where people work.
AS_IT_IS = object()


def load_staff(interchange, district, workplaces, elsewhere, summary, today):
    """Import people. Returns (Staff element, person or None if refused) in the order of the files.

    ``workplaces`` is the result of load_schools(), ``elsewhere`` that of bring_over().
    """
    existing = _ExistingPeople(interchange, district)
    upsert, check_duplicate, loaded = BulkUpsert(User, "staff", summary), DuplicateCheck(), []
    for element in interchange.staff:
        person = None
        with refuse_on_error(summary, "staff", element):
            staff_id = required(element, "StaffUniqueId")
            check_duplicate(element, staff_id, f"staff member {staff_id}")
            school, title = _workplace(interchange, district, workplaces, summary, staff_id, today)
            if reason := elsewhere.get(email_of(element)):
                owner = f"someone outside district {district.identifier}"
                raise RowError(f"the e-mail address of staff member {staff_id} belongs to {owner}; {reason}")
            person = _add_person(upsert, existing, element, staff_id, district, school, title)
            if (email := email_of(element)) and email != person.email:
                message = f"staff member {staff_id} keeps their e-mail address; the file has a different one."
                summary.note(element, message)
        loaded.append((element, person))
    upsert.save()
    not_invited = [person for _, person in loaded if person and not (person.invited_at or person.has_chosen_password)]
    summary.without_email = sum(not person.email for person in not_invited)
    summary.to_invite = len(not_invited) - summary.without_email
    _refuse_associations_without_staff(interchange, summary)
    return loaded


def _workplace(interchange, district, workplaces, summary, staff_id, today):
    """(school or None, title) from the best assignment or employment, else the office of the files' only district."""
    candidates, associations = [], interchange.associations.get(staff_id, [])
    for element in associations:
        with refuse_on_error(summary, "assignments", element):
            candidate = workplace(element, today)
            if candidate.organization_id not in workplaces:
                where = candidate.organization_id or "an organization without an ID"
                reason = f"works at {where}, which is not known as a part of district {district.identifier}"
                raise RowError(f"staff member {staff_id} {reason}")
            candidates.append(candidate)
    if candidates:
        best = max(candidates, key=lambda candidate: candidate.rank)
        return workplaces[best.organization_id], best.title
    if not associations and interchange.district_ids <= {district.identifier}:
        return (None if interchange.associations else AS_IT_IS), ""
    raise RowError(f"staff member {staff_id} has no school or district that can be used")


def _add_person(upsert, existing, element, staff_id, district, school, title):
    email = email_of(element)
    person = existing.find(staff_id, email) or User(district=district, password=make_password(None))
    upsert.add(
        person,
        first_name=unless_spaced(person.first_name, required(element, "Name/FirstName")),
        last_name=unless_spaced(person.last_name, required(element, "Name/LastSurname")),
        staff_identifier=staff_id,
        school_id=person.school_id if school is AS_IT_IS else school and school.pk,
        # A value that the file leaves out stays as it is.
        title=title or person.title,
        # People sign in with their e-mail address, so an import may set a missing one but never changes one.
        email=person.email or email or None,
    )
    existing.add(person)
    return person


class _ExistingPeople:
    """People of the district, with their rows locked, and the people added by this import."""

    def __init__(self, interchange, district):
        staff_ids = [element.get("StaffUniqueId") for element in interchange.staff]
        emails = filter(None, map(email_of, interchange.staff))
        matches = district.people.filter(Q(staff_identifier__in=staff_ids) | Q(email__in=emails))
        self.by_staff_id, self.by_email = {}, {}
        for person in matches.select_for_update(of=("self",), no_key=True).order_by("pk"):
            self.add(person)

    def add(self, person):
        self.by_staff_id[person.staff_identifier] = person
        self.by_email[person.email] = person

    def find(self, staff_id, email):
        """The person with this staff ID, else the one with this address and no staff ID yet."""
        person = self.by_staff_id.get(staff_id)
        owner = self.by_email.get(email)
        if owner and not person and not owner.staff_identifier:
            person = owner
        if owner and owner is not person:
            raise RowError(f"the e-mail address of staff member {staff_id} belongs to another person")
        return person


def _refuse_associations_without_staff(interchange, summary):
    listed = {element.get("StaffUniqueId") for element in interchange.staff}
    for staff_id in interchange.associations.keys() - listed:
        for element in interchange.associations[staff_id]:
            summary.refuse("assignments", element, f"these files have no Staff with StaffUniqueId {staff_id}.")
