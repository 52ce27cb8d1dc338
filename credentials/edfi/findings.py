"""What the files say, gathered before anything is written: order of files and elements then plays no part."""

from datetime import date
from typing import NamedTuple

from credentials.edfi.reading import elements

ASSIGNMENT = "StaffEducationOrganizationAssignmentAssociation"
EMPLOYMENT = "StaffEducationOrganizationEmploymentAssociation"
ORGANIZATION = "EducationOrganizationReference/EducationOrganizationIdentity/EducationOrganizationId"
CREDENTIAL = "CredentialReference/CredentialIdentity/"


class Faulty(Exception):
    """An element that cannot be loaded; the text is the reason."""


class Placement(NamedTuple):
    """Where a person works. The highest rank tells most: current, an assignment, begun last."""

    organization: str
    title: str
    rank: tuple


class Findings:
    def __init__(self):
        self.districts, self.schools, self.staff, self.credentials = [], [], [], []
        self.placements = {}
        # Elements may point at each other by an id within the files instead of a number.
        self.ids = {}

    def read(self, paths, on_read):
        for path in paths:
            for element in elements(path, on_read):
                self.add(element)

    def add(self, element):
        match element.tag:
            case "LocalEducationAgency":
                self.districts.append(element)
                self.ids[element.id] = element.get("LocalEducationAgencyId")
            case "School":
                self.schools.append(element)
            case "Staff":
                self.staff.append(element)
            case "Credential":
                self.credentials.append(element)
            case _:
                self.placements.setdefault(_person(element), []).append(element)

    def district_of(self, school):
        reference = "LocalEducationAgencyReference/"
        number = school.get(reference + "LocalEducationAgencyIdentity/LocalEducationAgencyId")
        return number or self.ids.get(school.get(reference + "@ref"), "")

    @property
    def only_district(self):
        """The number of the district that everybody belongs to, where the files are of one."""
        numbers = {element.get("LocalEducationAgencyId") for element in self.districts}
        return numbers.pop() if len(numbers) == 1 else ""


def _person(element):
    return element.get("StaffReference/StaffIdentity/StaffUniqueId")


def placement_of(element, today):
    prefix = "EmploymentPeriod/" if element.tag == EMPLOYMENT else ""
    begin = day(element, prefix + ("HireDate" if prefix else "BeginDate"))
    end = day(element, prefix + "EndDate")
    is_current = not end or end >= today
    organization = element.get(ORGANIZATION)
    title = element.get("PositionTitle") or descriptor(element.get("StaffClassification"))
    return Placement(organization, title, (is_current, element.tag == ASSIGNMENT, begin or date.min, organization))


def descriptor(text):
    """The short value of a descriptor: ``uri://ed-fi.org/CredentialTypeDescriptor#Licensure`` is Licensure."""
    return text.rpartition("#")[2].strip()


def day(element, path):
    text = element.get(path)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Faulty(f"{path} “{text[:40]}” is not a date") from None


def held_credentials(staff):
    """(identifier, state) of each credential that a Staff element says the person holds."""
    states = map(descriptor, staff.all(CREDENTIAL + "StateOfIssueStateAbbreviation"))
    try:
        return list(zip(staff.all(CREDENTIAL + "CredentialIdentifier"), states, strict=True))
    except ValueError:
        raise Faulty("a credential reference has no identifier or no state") from None
