"""Builds small Ed-Fi files for the import tests, element by element."""

from datetime import date

from contacts.models import District, School, User
from credentials.models import Course, CredentialRecord

TODAY = date(2026, 11, 22)
NAMESPACE = "http://ed-fi.org/5.2.0"


def district(number="900", name="Bend ISD"):
    return f"""<LocalEducationAgency id="LEA_{number}"><NameOfInstitution>{name}</NameOfInstitution>
        <LocalEducationAgencyId>{number}</LocalEducationAgencyId></LocalEducationAgency>"""


def school(number="901", name="Bend High", owner='<LocalEducationAgencyReference ref="LEA_900"/>'):
    return f"<School><NameOfInstitution>{name}</NameOfInstitution><SchoolId>{number}</SchoolId>{owner}</School>"


def course(code="ALG-1", title="Algebra I", organization="901", more=""):
    return f"""<Course><CourseCode>{code}</CourseCode><CourseTitle>{title}</CourseTitle>{more}
        <EducationOrganizationReference><EducationOrganizationIdentity>
        <EducationOrganizationId>{organization}</EducationOrganizationId>
        </EducationOrganizationIdentity></EducationOrganizationReference></Course>"""


def staff(number="1", first="Ann", last="Lee", email="", holds=()):
    references = "".join(
        f"<CredentialReference><CredentialIdentity><CredentialIdentifier>{identifier}</CredentialIdentifier>"
        f"<StateOfIssueStateAbbreviation>uri://ed-fi.org/S#TX</StateOfIssueStateAbbreviation>"
        f"</CredentialIdentity></CredentialReference>"
        for identifier in holds
    )
    mail = f"<ElectronicMail><ElectronicMailAddress>{email}</ElectronicMailAddress></ElectronicMail>" if email else ""
    return f"""<Staff><StaffUniqueId>{number}</StaffUniqueId>
        <Name><FirstName>{first}</FirstName><LastSurname>{last}</LastSurname></Name>{mail}{references}</Staff>"""


def credential(identifier="C1", type="Licensure", state="TX", issued="2020-01-02", more=""):
    return f"""<Credential><CredentialIdentifier>{identifier}</CredentialIdentifier>
        <IssuanceDate>{issued}</IssuanceDate>
        <CredentialType>uri://ed-fi.org/CredentialTypeDescriptor#{type}</CredentialType>
        <StateOfIssueStateAbbreviation>uri://ed-fi.org/S#{state}</StateOfIssueStateAbbreviation>{more}</Credential>"""


def assignment(number="1", organization="901", title="Teacher", begin="2018-01-01", end=""):
    end = f"<EndDate>{end}</EndDate>" if end else ""
    return f"""<StaffEducationOrganizationAssignmentAssociation>
        <StaffReference><StaffIdentity><StaffUniqueId>{number}</StaffUniqueId></StaffIdentity></StaffReference>
        <EducationOrganizationReference><EducationOrganizationIdentity>
        <EducationOrganizationId>{organization}</EducationOrganizationId>
        </EducationOrganizationIdentity></EducationOrganizationReference>
        <PositionTitle>{title}</PositionTitle><BeginDate>{begin}</BeginDate>{end}
        </StaffEducationOrganizationAssignmentAssociation>"""


def employment(number="1", organization="901", begin="2018-01-01", end=""):
    end = f"<EndDate>{end}</EndDate>" if end else ""
    return f"""<StaffEducationOrganizationEmploymentAssociation>
        <StaffReference><StaffIdentity><StaffUniqueId>{number}</StaffUniqueId></StaffIdentity></StaffReference>
        <EducationOrganizationReference><EducationOrganizationIdentity>
        <EducationOrganizationId>{organization}</EducationOrganizationId>
        </EducationOrganizationIdentity></EducationOrganizationReference>
        <EmploymentPeriod><HireDate>{begin}</HireDate>{end}</EmploymentPeriod>
        </StaffEducationOrganizationEmploymentAssociation>"""


ORGANIZATIONS = [district(), school()]


def interchange(name, *elements, namespace=NAMESPACE):
    lines = "\n".join(element.replace("\n", " ") for element in elements)
    return f'<?xml version="1.0"?>\n<Interchange{name} xmlns="{namespace}">\n{lines}\n</Interchange{name}>\n'


GOOD = interchange("EducationOrganization", *ORGANIZATIONS)
COMPLETE = [staff(email="ann@bend.example", holds=["C1"]), credential(), assignment()]


def refusals(summary):
    return [str(issue) for issue in summary.refusals]


def outcomes(summary):
    return {kind: dict(counts) for kind, counts in summary.counts.items() if counts}


def rows():
    """Every column of every row that an import may write."""
    return [list(model.objects.order_by("pk").values()) for model in (District, School, User, CredentialRecord, Course)]
