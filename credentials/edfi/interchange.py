from datetime import date
from typing import NamedTuple

from credentials.edfi.parser import CREDENTIAL_IDENTITY, ORGANIZATION_ID, STAFF_ID, parse, single_line
from credentials.models import Descriptor
from credentials.models.descriptors import ED_FI

# The Ed-Fi type of a credential whose record says none, by the code of its type.
KINDS, OTHER = {"LC": "Licensure"}, "Other"
ASSIGNMENT = "StaffEducationOrganizationAssignmentAssociation"


class RowError(Exception):
    """An element cannot be imported. The message says why, without a period at its end."""


class Workplace(NamedTuple):
    """Where a person works. Of several, the highest rank wins: current, an assignment, most recent begin date."""

    organization_id: str
    title: str
    rank: tuple


class ParsedInterchange:
    """The elements of all files. They are gathered before anything is saved, so their order does not matter."""

    def __init__(self):
        self.districts, self.schools, self.courses, self.staff, self.credentials = [], [], [], [], []
        # Assignments and employments by StaffUniqueId.
        self.associations = {}
        # An Ed-Fi reference names either the key of another element or, within the same files, its id attribute.
        self.district_ids_by_ref = {}

    def parse(self, paths, on_read):
        for path in paths:
            for element in parse(path, on_read):
                self.add(element)

    def add(self, element):
        match element.tag:
            case "LocalEducationAgency":
                self.districts.append(element)
                self.district_ids_by_ref[element.id] = element.get("LocalEducationAgencyId")
            case "School":
                self.schools.append(element)
            case "Course":
                self.courses.append(element)
            case "Staff":
                self.staff.append(element)
            case "Credential":
                self.credentials.append(element)
            case _:
                self.associations.setdefault(element.get(STAFF_ID), []).append(element)

    def district_id_of(self, school):
        reference = "LocalEducationAgencyReference/"
        district_id = school.get(reference + "LocalEducationAgencyIdentity/LocalEducationAgencyId")
        return district_id or self.district_ids_by_ref.get(school.get(reference + "@ref"), "")

    @property
    def district_ids(self):
        """Those of the districts that the files describe."""
        return {element.get("LocalEducationAgencyId") for element in self.districts} - {""}


def workplace(association, today):
    is_assignment = association.tag == ASSIGNMENT
    begin = parse_date(association, "BeginDate" if is_assignment else "EmploymentPeriod/HireDate")
    end = parse_date(association, "EndDate" if is_assignment else "EmploymentPeriod/EndDate")
    is_current = not end or end >= today
    organization_id = association.get(ORGANIZATION_ID)
    title = association.get("PositionTitle") or code_value(association.get("StaffClassification"))
    return Workplace(organization_id, title, (is_current, is_assignment, begin or date.min, organization_id))


def email_of(staff):
    return staff.get("ElectronicMail/ElectronicMailAddress").lower()


def code_value(descriptor):
    """The code value of an Ed-Fi descriptor: Licensure for ``uri://ed-fi.org/CredentialTypeDescriptor#Licensure``."""
    return (descriptor.partition("#")[2] if descriptor.startswith("uri://") else descriptor).strip()


class Readings:
    """What descriptors mean: values of the Ed-Fi vocabulary, also where a state or a district has codes of its own."""

    def __init__(self):
        self.by_uri = dict(Descriptor.objects.values_list("uri", "code_value"))
        self.by_local_code = Descriptor.objects.by_local_code()

    def value(self, vocabulary, descriptor):
        if known := self.by_uri.get(descriptor) or self.by_local_code.get((vocabulary, descriptor)):
            return known
        code = code_value(descriptor)
        # A code in the namespace of Ed-Fi is no local one.
        return code if descriptor.startswith(ED_FI) else self.by_local_code.get((vocabulary, code), code)

    def values(self, vocabulary, descriptors):
        return [self.value(vocabulary, descriptor) for descriptor in descriptors]


def kind_of(record):
    """The Ed-Fi type of a credential: what the record says, else what its type is."""
    kind = record.extra.get("credential_type")
    said = single_line(kind) if isinstance(kind, str) else ""
    return said or KINDS.get(record.type.code, OTHER)


def unless_spaced(old, new):
    """What is on record, where the file differs in nothing but spaces; a file has one between words."""
    spaced = [single_line(each) for each in old] if isinstance(old, list) else single_line(old)
    return old if spaced == new else new


def parse_date(element, path):
    value = element.get(path)
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        raise RowError(f"{path.rpartition('/')[2]} “{value[:40]}” is not a date") from None


def credential_keys(staff):
    """(CredentialIdentifier, state) of each credential that a Staff element refers to."""
    states = map(code_value, staff.all(CREDENTIAL_IDENTITY + "StateOfIssueStateAbbreviation"))
    try:
        return list(zip(staff.all(CREDENTIAL_IDENTITY + "CredentialIdentifier"), states, strict=True))
    except ValueError:
        raise RowError("a CredentialReference has no identifier or no state") from None
