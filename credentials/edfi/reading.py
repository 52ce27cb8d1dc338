"""From files to elements: one element in memory at a time, each with its line; faulty files are refused whole."""

import re
from pathlib import Path
from typing import NamedTuple
from xml.sax import SAXException, SAXParseException
from xml.sax.handler import ContentHandler, feature_namespaces

from defusedxml import DefusedXmlException
from defusedxml.sax import make_parser

INTERCHANGES = {"InterchangeEducationOrganization", "InterchangeStaffAssociation"}
_PERSON = "StaffReference/StaffIdentity/StaffUniqueId"
_ORGANIZATION = "EducationOrganizationReference/EducationOrganizationIdentity/EducationOrganizationId"
_CREDENTIAL = "CredentialReference/CredentialIdentity/"
# The elements that are loaded, and the paths that are kept of each; the rest is read and forgotten.
WANTED = {
    "LocalEducationAgency": {"LocalEducationAgencyId", "NameOfInstitution"},
    "School": {
        "SchoolId",
        "NameOfInstitution",
        "LocalEducationAgencyReference/@ref",
        "LocalEducationAgencyReference/LocalEducationAgencyIdentity/LocalEducationAgencyId",
    },
    "Staff": {
        "StaffUniqueId",
        "Name/FirstName",
        "Name/LastSurname",
        "ElectronicMail/ElectronicMailAddress",
        _CREDENTIAL + "CredentialIdentifier",
        _CREDENTIAL + "StateOfIssueStateAbbreviation",
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
        _PERSON,
        _ORGANIZATION,
        "PositionTitle",
        "StaffClassification",
        "BeginDate",
        "EndDate",
    },
    "StaffEducationOrganizationEmploymentAssociation": {
        _PERSON,
        _ORGANIZATION,
        "EmploymentPeriod/HireDate",
        "EmploymentPeriod/EndDate",
    },
}
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
CHUNK = 64 * 1024
# Far above what any field of these elements holds, far below what would hurt.
LONGEST_TEXT = 10_000


class Unreadable(Exception):
    """The file cannot be read as Ed-Fi 5.x; the text is a sentence that names it."""


class Element(NamedTuple):
    """One element of an interchange: its values by path below it, such as ``Name/FirstName``, in order."""

    tag: str
    file: str
    line: int
    id: str
    values: dict

    def get(self, path):
        """The first value at the path, or the empty text."""
        return self.values.get(path, [""])[0]

    def all(self, path):
        return self.values.get(path, [])


def elements(path, on_read=lambda size: None):
    """The wanted elements of a file, in its order. Raises Unreadable. ``on_read`` hears how many bytes were read."""
    path = Path(path)
    collector = _Collector(path.name)
    parser = make_parser()
    parser.setFeature(feature_namespaces, True)
    parser.forbid_dtd = True
    parser.setContentHandler(collector)
    # A parser that is fed piece by piece does not introduce itself to its handler.
    collector.setDocumentLocator(parser)
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                parser.feed(chunk)
                on_read(len(chunk))
                yield from collector.take()
        if not collector.root:
            raise Unreadable(f"{path.name} is empty." if not path.stat().st_size else f"{path.name} is not XML.")
        parser.close()
    except OSError as fault:
        raise Unreadable(f"{path} cannot be opened: {fault.strerror}.") from fault
    except DefusedXmlException as fault:
        raise Unreadable(f"{path.name} defines a document type or entities of its own, which is refused.") from fault
    except SAXParseException as fault:
        where = f"{path.name} is not whole XML"
        raise Unreadable(f"{where}: line {fault.getLineNumber()}: {fault.getMessage()}.") from fault
    except (SAXException, LookupError, ValueError) as fault:
        raise Unreadable(f"{path.name} cannot be read as XML: {fault}.") from fault
    yield from collector.take()


def one_line(text):
    """Without line breaks and other control characters: they have no place in a name, an address or a terminal."""
    return " ".join(_CONTROL.sub(" ", text).split())


class _Collector(ContentHandler):
    def __init__(self, file):
        super().__init__()
        self.file, self.root, self.path, self.done = file, "", [], []
        self.element, self.text = None, []

    def take(self):
        done, self.done = self.done, []
        return done

    def startElementNS(self, name, qname, attributes):
        namespace, tag = name
        if not self.root:
            self.root = self._known_interchange(namespace or "", tag)
        else:
            self.path.append(tag)
        if len(self.path) == 1 and tag in WANTED:
            line = self._locator.getLineNumber()
            self.element = Element(tag, self.file, line, attributes.get((None, "id"), ""), {})
        elif self.element and (ref := attributes.get((None, "ref"))):
            self._note("/".join([*self.path[1:], "@ref"]), ref)
        self.text = []

    def characters(self, content):
        if self.element:
            self.text.append(content)

    def endElementNS(self, name, qname):
        if self.element and len(self.path) > 1 and (text := one_line("".join(self.text))):
            self._note("/".join(self.path[1:]), text)
        if self.path:
            self.path.pop()
        if self.element and not self.path:
            self.done.append(self.element)
            self.element = None
        self.text = []

    def _note(self, path, text):
        if path not in WANTED[self.element.tag]:
            return
        if len(text) > LONGEST_TEXT:
            line = self._locator.getLineNumber()
            raise Unreadable(f"{self.file}, line {line}: a value is longer than {LONGEST_TEXT} characters.")
        self.element.values.setdefault(path, []).append(text)

    def _known_interchange(self, namespace, tag):
        version = re.fullmatch(r"http://ed-fi\.org/(\d[\d.]*)", namespace)
        if not version or not tag.startswith("Interchange"):
            raise Unreadable(f"{self.file} is not an Ed-Fi interchange file.")
        if not version[1].startswith("5."):
            raise Unreadable(f"{self.file} is Ed-Fi {version[1]}; only version 5 can be read.")
        if tag not in INTERCHANGES:
            raise Unreadable(f"{self.file} is an {tag}; only education organizations and staff can be read.")
        return tag
