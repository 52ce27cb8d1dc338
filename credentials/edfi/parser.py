"""Streams the elements of an Ed-Fi XML file, so that memory does not grow with what the import ignores."""

import re
from pathlib import Path
from typing import NamedTuple
from xml.sax import SAXException, SAXParseException
from xml.sax.handler import ContentHandler, feature_namespaces

from defusedxml import DefusedXmlException
from defusedxml.sax import make_parser

INTERCHANGES = {"InterchangeEducationOrganization", "InterchangeStaffAssociation"}
# Ed-Fi names the version in the XML namespace: http://ed-fi.org/5.2.0, http://ed-fi.org/4.0.0-a. Data standard 3.2 was
# first published as http://ed-fi.org/0320, 0320b and 0320c, and then as http://ed-fi.org/3.2.0-c.
NAMESPACE = re.compile(r"http://ed-fi\.org/(\d[\w.-]*)")
SUPPORTED_VERSION = re.compile(r"0320[a-z]?|(3\.2|4\.0|5\.\d+)(\.\d+)?(-[a-z])?")

STAFF_ID = "StaffReference/StaffIdentity/StaffUniqueId"
ORGANIZATION_ID = "EducationOrganizationReference/EducationOrganizationIdentity/EducationOrganizationId"
CREDENTIAL_IDENTITY = "CredentialReference/CredentialIdentity/"
# The elements that are imported, and the paths below each that are kept. Their names are the same in every supported
# version; everything else in a file is skipped.
ELEMENTS = {
    "LocalEducationAgency": {"LocalEducationAgencyId", "NameOfInstitution"},
    "School": {
        "SchoolId",
        "NameOfInstitution",
        "LocalEducationAgencyReference/@ref",
        "LocalEducationAgencyReference/LocalEducationAgencyIdentity/LocalEducationAgencyId",
    },
    "Course": {"CourseCode", "CourseTitle", "AcademicSubject", "OfferedGradeLevel", ORGANIZATION_ID},
    "Staff": {
        "StaffUniqueId",
        "Name/FirstName",
        "Name/LastSurname",
        "ElectronicMail/ElectronicMailAddress",
        CREDENTIAL_IDENTITY + "CredentialIdentifier",
        CREDENTIAL_IDENTITY + "StateOfIssueStateAbbreviation",
    },
    "Credential": {
        "CredentialIdentifier",
        "StateOfIssueStateAbbreviation",
        "CredentialType",
        "IssuanceDate",
        "EffectiveDate",
        "ExpirationDate",
        "CredentialField",
        "AcademicSubject",
        "GradeLevel",
        "TeachingCredential",
        "TeachingCredentialBasis",
        "CredentialEndorsement",
    },
    "StaffEducationOrganizationAssignmentAssociation": {
        STAFF_ID,
        ORGANIZATION_ID,
        "PositionTitle",
        "StaffClassification",
        "BeginDate",
        "EndDate",
    },
    "StaffEducationOrganizationEmploymentAssociation": {
        STAFF_ID,
        ORGANIZATION_ID,
        "EmploymentPeriod/HireDate",
        "EmploymentPeriod/EndDate",
    },
}
CONTROL_CHARACTERS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
CHUNK_SIZE = 64 * 1024
# No value of these elements comes near this length, and a value of this length does no harm.
MAX_VALUE_LENGTH = 10_000


class InterchangeError(Exception):
    """A file cannot be imported. The message is a sentence that names the file."""


class Element(NamedTuple):
    """One element of an interchange. ``values`` has the texts found at each path, such as ``Name/FirstName``."""

    tag: str
    file: str
    line: int
    id: str
    values: dict

    def get(self, path):
        """The first value at the path, or an empty string."""
        return self.values.get(path, [""])[0]

    def all(self, path):
        return self.values.get(path, [])


def parse(path, on_read=lambda size: None):
    """Yield the elements of a file that are imported. ``on_read`` is called with the size of each chunk read."""
    path = Path(path)
    handler = _Handler(path.name)
    parser = make_parser()
    parser.setFeature(feature_namespaces, True)
    parser.forbid_dtd = True
    parser.setContentHandler(handler)
    # The parser only does this by itself when it reads the whole file in one call.
    handler.setDocumentLocator(parser)
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK_SIZE):
                parser.feed(chunk)
                on_read(len(chunk))
                yield from handler.pop_elements()
        if not handler.root:
            raise InterchangeError(f"{path.name} is empty." if not path.stat().st_size else f"{path.name} is not XML.")
        parser.close()
    except OSError as error:
        raise InterchangeError(f"{path} could not be opened: {error.strerror}.") from error
    except DefusedXmlException as error:
        raise InterchangeError(f"{path.name} has a document type definition, which is not allowed.") from error
    except SAXParseException as error:
        where = f"{path.name} is not well-formed XML: line {error.getLineNumber()}"
        raise InterchangeError(f"{where}: {error.getMessage()}.") from error
    except (SAXException, LookupError, ValueError) as error:
        raise InterchangeError(f"{path.name} could not be read as XML: {error}.") from error
    yield from handler.pop_elements()


def single_line(text):
    """Line breaks and other control characters have no place in a name, in an e-mail header or on a terminal."""
    return " ".join(CONTROL_CHARACTERS.sub(" ", text).split())


class _Handler(ContentHandler):
    def __init__(self, file):
        super().__init__()
        self.file, self.root, self.path, self.elements = file, "", [], []
        self.element, self.text = None, []

    def pop_elements(self):
        elements, self.elements = self.elements, []
        return elements

    def startElementNS(self, name, qname, attributes):
        namespace, tag = name
        if not self.root:
            self.root = self._supported_root(namespace or "", tag)
        else:
            self.path.append(tag)
        if len(self.path) == 1 and tag in ELEMENTS:
            line = self._locator.getLineNumber()
            self.element = Element(tag, self.file, line, attributes.get((None, "id"), ""), {})
        elif self.element and (ref := attributes.get((None, "ref"))):
            self._add_value("/".join([*self.path[1:], "@ref"]), ref)
        self.text = []

    def characters(self, content):
        if self.element:
            self.text.append(content)

    def endElementNS(self, name, qname):
        if self.element and len(self.path) > 1 and (text := single_line("".join(self.text))):
            self._add_value("/".join(self.path[1:]), text)
        if self.path:
            self.path.pop()
        if self.element and not self.path:
            self.elements.append(self.element)
            self.element = None
        self.text = []

    def _add_value(self, path, value):
        if path not in ELEMENTS[self.element.tag]:
            return
        if len(value) > MAX_VALUE_LENGTH:
            line = self._locator.getLineNumber()
            raise InterchangeError(f"{self.file}, line {line}: a value has more than {MAX_VALUE_LENGTH:,} characters.")
        self.element.values.setdefault(path, []).append(value)

    def _supported_root(self, namespace, tag):
        version = NAMESPACE.fullmatch(namespace)
        if not version or not tag.startswith("Interchange"):
            raise InterchangeError(f"{self.file} is not an Ed-Fi interchange file.")
        if not SUPPORTED_VERSION.fullmatch(version[1]):
            supported = "Ed-Fi 3.2, 4.0 and 5.x"
            raise InterchangeError(f"{self.file} uses Ed-Fi {version[1]}. Only {supported} are supported.")
        if tag not in INTERCHANGES:
            supported = "InterchangeEducationOrganization and InterchangeStaffAssociation"
            raise InterchangeError(f"{self.file} is an {tag}. Only {supported} are supported.")
        return tag
