"""The import of Ed-Fi files: manage.py import_edfi."""

import io
import os
from datetime import date

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

import contacts.actions
from contacts.models import AuditEvent, District, Role, School, User
from credentials import edfi
from credentials.models import CredentialRecord, CredentialType
from tests.contacts.races import at_once
from tests.factories import CredentialRecordFactory, DistrictFactory, SchoolFactory, UserFactory

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)
NAMESPACE = "http://ed-fi.org/5.2.0"
REAL = settings.BASE_DIR.parent / "shared" / "data" / "edfi"


def district(number="900", name="Bend ISD"):
    return f"""<LocalEducationAgency id="LEA_{number}"><NameOfInstitution>{name}</NameOfInstitution>
        <LocalEducationAgencyId>{number}</LocalEducationAgencyId></LocalEducationAgency>"""


def school(number="901", name="Bend High", owner='<LocalEducationAgencyReference ref="LEA_900"/>'):
    return f"<School><NameOfInstitution>{name}</NameOfInstitution><SchoolId>{number}</SchoolId>{owner}</School>"


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


def employment(number="1", organization="901"):
    return (
        assignment(number, organization)
        .replace("Assignment", "Employment")
        .replace(
            "<PositionTitle>Teacher</PositionTitle><BeginDate>2018-01-01</BeginDate>",
            "<EmploymentPeriod><HireDate>2018-01-01</HireDate></EmploymentPeriod>",
        )
    )


ORGANIZATIONS = [district(), school()]


@pytest.fixture
def write(tmp_path):
    def write(name, text):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


@pytest.fixture
def load(write):
    """Load elements from two files, as districts send them; ``organizations`` go into the first."""

    def load(*elements, organizations=ORGANIZATIONS, reverse=False):
        files = [
            write("Organizations.xml", interchange("EducationOrganization", *organizations)),
            write("Staff.xml", interchange("StaffAssociation", *elements)),
        ]
        return edfi.load(files[::-1] if reverse else files, today=TODAY)

    return load


def interchange(name, *elements, namespace=NAMESPACE):
    lines = "\n".join(element.replace("\n", " ") for element in elements)
    return f'<?xml version="1.0"?>\n<Interchange{name} xmlns="{namespace}">\n{lines}\n</Interchange{name}>\n'


def reasons(summary):
    return [str(refusal) for refusal in summary.refusals]


# --- what is loaded -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reverse", [False, True])
def test_a_person_comes_with_school_title_and_credential_in_either_order_of_files(load, reverse):
    summary = load(staff(email="Ann@Bend.example", holds=["C1"]), credential(), assignment(), reverse=reverse)
    person = User.objects.get()
    record = CredentialRecord.objects.get()
    assert (str(person), person.email, person.staff_identifier) == ("Ann Lee", "ann@bend.example", "1")
    assert (person.district.name, person.school.name, person.title) == ("Bend ISD", "Bend High", "Teacher")
    assert (record.holder, record.district, record.identifier) == (person, person.district, "C1")
    assert (record.issuing_state, record.issued_on) == ("TX", date(2020, 1, 2))
    assert not summary.refusals


def test_an_imported_person_is_not_invited_and_has_no_password(load):
    load(staff(email="ann@bend.example"), assignment())
    person = User.objects.get()
    assert not person.has_usable_password()
    assert person.invited_at is None


def test_a_district_gets_an_address_from_its_name_that_is_not_taken(load):
    DistrictFactory(slug="bend-isd")
    load()
    loaded = District.objects.get(identifier="900")
    assert (loaded.slug, loaded.time_zone) == ("bend-isd-2", "America/Chicago")


def test_everything_that_a_credential_says_is_kept(load):
    more = """<EffectiveDate>2020-02-01</EffectiveDate><ExpirationDate>2030-01-02</ExpirationDate>
        <CredentialField>uri://ed-fi.org/F#Mathematics</CredentialField>
        <AcademicSubject>uri://ed-fi.org/A#Mathematics</AcademicSubject>
        <GradeLevel>uri://ed-fi.org/G#Ninth grade</GradeLevel><GradeLevel>uri://ed-fi.org/G#Tenth grade</GradeLevel>
        <TeachingCredential>uri://ed-fi.org/T#Professional</TeachingCredential>
        <CredentialEndorsement>Algebra</CredentialEndorsement>"""
    load(staff(holds=["C1"]), credential(type="Certification", more=more), assignment())
    record = CredentialRecord.objects.get()
    assert (record.type.code, record.field, record.subjects) == ("LC", "Mathematics", ["Mathematics"])
    assert (record.effective_on, record.expires_on) == (date(2020, 2, 1), date(2030, 1, 2))
    assert record.grade_levels == ["Ninth grade", "Tenth grade"]
    assert record.extra == {
        "credential_type": "Certification",
        "teaching_credential": "Professional",
        "endorsements": "Algebra",
    }


@pytest.mark.parametrize(
    ("type", "code"),
    [("Certification", "LC"), ("Endorsement", "LC"), ("Licensure", "LC"), ("Registration", "LC"), ("Other", "OT")],
)
def test_the_types_of_ed_fi_become_ours(load, type, code):
    load(staff(holds=["C1"]), credential(type=type), assignment())
    assert CredentialRecord.objects.get().type.code == code


def test_the_current_assignment_counts_and_then_the_latest(load):
    load(
        staff(),
        assignment(title="Former", begin="2026-01-01", end="2026-06-30"),
        assignment(title="Now", begin="2020-01-01"),
        assignment(title="Earlier", begin="2010-01-01"),
        employment(),
    )
    assert User.objects.get().title == "Now"


def test_without_an_assignment_the_employment_says_where(load):
    load(staff(), employment())
    assert User.objects.get().school.name == "Bend High"


def test_a_person_of_the_district_itself_has_no_school(load):
    load(staff(), assignment(organization="900"))
    assert User.objects.get().school is None


def test_a_person_without_any_place_belongs_to_the_only_district(load):
    load(staff())
    assert User.objects.get().district.name == "Bend ISD"


def test_staff_may_come_later_than_their_district(load):
    load()
    summary = load(staff(), assignment(), organizations=[])
    assert User.objects.get().school.name == "Bend High"
    assert not summary.refusals


# --- run again ----------------------------------------------------------------------------------------------------

WHOLE = [staff(email="ann@bend.example", holds=["C1"]), credential(), assignment()]


def rows():
    return [list(model.objects.order_by("pk").values()) for model in (District, School, User, CredentialRecord)]


def test_run_again_it_changes_nothing(load):
    load(*WHOLE)
    before, events = rows(), AuditEvent.objects.count()
    summary = load(*WHOLE)
    assert rows() == before
    assert AuditEvent.objects.count() == events
    assert {outcome for counts in summary.counts.values() for outcome in counts} == {"unchanged"}


def test_what_differs_is_updated_and_only_that(load):
    load(*WHOLE)
    before = CredentialRecord.objects.get().updated_at
    summary = load(staff(last="May", holds=["C1"]), credential(issued="2021-01-02"), assignment())
    record = CredentialRecord.objects.get()
    assert summary.counts["staff"] == {"updated": 1}
    assert summary.counts["credentials"] == {"updated": 1}
    assert summary.counts["schools"] == {"unchanged": 1}
    assert (record.holder.last_name, record.issued_on) == ("May", date(2021, 1, 2))
    assert record.updated_at > before


def test_what_the_file_leaves_out_stays(load):
    load(*WHOLE)
    person, record = User.objects.get(), CredentialRecord.objects.get()
    record.expires_on, record.extra = date(2030, 1, 1), {**record.extra, "notes": "mine"}
    record.save()
    load(staff(holds=["C1"]), credential(), assignment())
    person.refresh_from_db()
    record.refresh_from_db()
    assert person.email == "ann@bend.example"
    assert (record.expires_on, record.extra["notes"]) == (date(2030, 1, 1), "mine")


def test_people_of_the_portal_are_known_by_staff_number_then_by_address(load):
    home = DistrictFactory(identifier="900", name="Bend ISD")
    by_number = UserFactory(district=home, staff_identifier="1", email="old@bend.example")
    by_address = UserFactory(district=home, email="bo@bend.example")
    summary = load(staff("1", email="new@bend.example"), staff("2", "Bo", "Ray", email="Bo@bend.example"))
    by_number.refresh_from_db()
    by_address.refresh_from_db()
    assert summary.counts["staff"] == {"updated": 2}
    assert by_number.email == "new@bend.example"
    assert by_address.staff_identifier == "2"


def test_one_audit_event_says_what_changed(load):
    load(*WHOLE)
    event = AuditEvent.objects.get()
    assert (event.action, event.actor_label, event.object_label) == ("district.import_edfi", "The portal", "Bend ISD")
    assert event.detail["counts"]["staff"] == {"created": 1}


# --- faulty elements ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("faulty", "reason"),
    [
        (
            [credential("C2", more="<ExpirationDate>2019-01-01</ExpirationDate>"), staff("2", holds=["C2"])],
            "credential C2 (TX) expires on 2019-01-01, before it was issued on 2020-01-02.",
        ),
        (
            [
                credential(
                    "C2", more="<EffectiveDate>2021-01-01</EffectiveDate><ExpirationDate>2020-06-01</ExpirationDate>"
                ),
                staff("2", holds=["C2"]),
            ],
            "credential C2 (TX) expires on 2020-06-01, before it takes effect on 2021-01-01.",
        ),
        ([credential("C2")], "credential C2 (TX) is held by nobody."),
        (
            [credential("C2"), staff("2", holds=["C2"]), staff("3", holds=["C2"])],
            "credential C2 (TX) is held by several people: 2, 3.",
        ),
        ([credential("C2", issued="2020-02-30"), staff("2", holds=["C2"])], "IssuanceDate “2020-02-30” is not a date."),
        ([credential("C2", issued=""), staff("2", holds=["C2"])], "the Credential has no IssuanceDate."),
        ([credential("C2", state="Texas")], "credential C2 was issued by “Texas”, which is no state."),
        ([credential("")], "the Credential has no CredentialIdentifier."),
        ([credential("C1")], "credential C1 (TX) is given twice: first in Staff.xml, line 4."),
        ([credential("C" * 61), staff("2", holds=["C" * 61])], "identifier: Ensure this value has at most 60"),
        ([staff("2", first="")], "the Staff has no FirstName."),
        ([staff("2", last=" ")], "the Staff has no LastSurname."),
        ([staff("")], "the Staff has no StaffUniqueId."),
        ([staff("1", "Bo")], "person 1 is given twice: first in Staff.xml, line 3."),
        ([staff("2", email="no address")], "email: Enter a valid email address."),
        ([staff("2", email="ANN@bend.example")], "the e-mail address of person 2 is another person's."),
        ([assignment("1", "999")], "person 1 works at 999, which is neither in these files nor in the portal."),
        ([assignment("1", begin="soon")], "BeginDate “soon” is not a date."),
        ([assignment("7")], "nobody in these files has the StaffUniqueId 7."),
    ],
)
def test_a_faulty_element_is_refused_with_its_line_and_reason_and_the_rest_loads(load, faulty, reason):
    summary = load(*WHOLE, faulty[0], *faulty[1:])
    assert [str(refusal).startswith(f"Staff.xml, line 6: {reason.rstrip('.')}") for refusal in summary.refusals] == [
        True
    ], reasons(summary)
    assert User.objects.filter(staff_identifier="1", school__name="Bend High").exists()
    assert CredentialRecord.objects.get().identifier == "C1"


def test_a_person_who_works_nowhere_known_is_refused_and_so_are_their_credentials(load):
    summary = load(staff(holds=["C1"]), credential(), assignment(organization="999"))
    assert reasons(summary) == [
        "Staff.xml, line 5: person 1 works at 999, which is neither in these files nor in the portal.",
        "Staff.xml, line 3: person 1 works at no school or district that is known.",
        "Staff.xml, line 4: credential C1 (TX) is held by person 1, who was refused.",
    ]
    assert not User.objects.exists()


def test_a_credential_that_only_its_holder_mentions_is_refused(load):
    summary = load(staff(holds=["C1"]))
    assert reasons(summary) == ["Staff.xml, line 3: person 1 holds credential C1 (TX), which is not in these files."]


def test_a_credential_on_record_for_another_person_stays_theirs(load):
    load(*WHOLE)
    summary = load(staff("2", holds=["C1"]), credential(), assignment("2"))
    assert reasons(summary) == ["Staff.xml, line 4: credential C1 (TX) is on record for another person."]


def test_an_address_in_another_district_is_not_taken_over(load):
    stranger = UserFactory(email="ann@bend.example")
    summary = load(staff(email="ann@bend.example"), assignment())
    stranger.refresh_from_db()
    assert reasons(summary) == ["Staff.xml, line 3: the e-mail address of person 1 is another person's."]
    assert stranger.staff_identifier == ""


@pytest.mark.parametrize(
    ("organizations", "reason"),
    [
        ([district(""), school()], "line 3: the LocalEducationAgency has no LocalEducationAgencyId."),
        (
            [district(), district(name="Again")],
            "line 4: district 900 is given twice: first in Organizations.xml, line 3.",
        ),
        (
            [district(), school(), school(name="X")],
            "line 5: school 901 is given twice: first in Organizations.xml, line 4.",
        ),
        ([district(), school(name="")], "line 4: the School has no NameOfInstitution."),
        ([district(), school(owner="")], "line 4: school 901 belongs to no district of these files or of the portal."),
    ],
)
def test_a_faulty_organization_is_refused_too(load, organizations, reason):
    assert f"Organizations.xml, {reason}" in reasons(load(organizations=organizations))


def test_a_school_number_that_two_districts_use_says_nothing(load):
    SchoolFactory(identifier="901")
    SchoolFactory(identifier="901")
    summary = load(staff(), assignment(), organizations=[])
    assert summary.counts["staff"] == {"refused": 1}


# --- faulty files -------------------------------------------------------------------------------------------------

GOOD = interchange("EducationOrganization", *ORGANIZATIONS)
BOMB = f"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>
<InterchangeStaffAssociation xmlns="{NAMESPACE}"><Staff><StaffUniqueId>&b;</StaffUniqueId></Staff>
</InterchangeStaffAssociation>"""


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (interchange("StaffAssociation", staff())[:-40], "bad.xml is not whole XML: line"),
        (GOOD[:-5], "bad.xml is not whole XML: line"),
        ("", "bad.xml is empty."),
        (" \n ", "bad.xml is not XML."),
        (b"\x00\x01\x02PK", "bad.xml is not whole XML: line 1"),
        ("just words", "bad.xml is not whole XML: line 1"),
        (BOMB, "bad.xml defines a document type or entities of its own, which is refused."),
        ("<html><body/></html>", "bad.xml is not an Ed-Fi interchange file."),
        (interchange("StaffAssociation", namespace="http://ed-fi.org.example/5.2.0"), "is not an Ed-Fi interchange"),
        (interchange("StaffAssociation", namespace="http://ed-fi.org/4.0.0"), "is Ed-Fi 4.0.0; only version 5"),
        (interchange("StaffAssociation", namespace="http://ed-fi.org/0300"), "is Ed-Fi 0300; only version 5"),
        (interchange("Student"), "is an InterchangeStudent; only education organizations and staff can be read."),
        ('<?xml version="1.0" encoding="klingon"?><a/>', "bad.xml cannot be read as XML: unknown encoding: klingon"),
        (interchange("StaffAssociation", staff(first="x" * 10_001)), "a value is longer than 10000 characters"),
    ],
)
def test_a_faulty_file_is_refused_whole_in_one_sentence(write, content, sentence):
    files = [write("good.xml", GOOD), write("bad.xml", content)]
    with pytest.raises(CommandError) as refusal:
        call_command("import_edfi", *files)
    assert sentence in str(refusal.value)
    assert str(refusal.value).endswith("Nothing was loaded.")
    assert "\n" not in str(refusal.value)
    assert not District.objects.exists()


def test_a_missing_file_is_refused_in_one_sentence(write, tmp_path):
    with pytest.raises(CommandError, match=r"missing\.xml cannot be opened: No such file or directory\."):
        call_command("import_edfi", write("good.xml", GOOD), tmp_path / "missing.xml")
    assert not District.objects.exists()


def test_a_fault_while_writing_leaves_nothing_behind(load, monkeypatch):
    def fail(*args):
        raise RuntimeError

    monkeypatch.setattr("credentials.edfi.importing.load_credentials", fail)
    with pytest.raises(RuntimeError):
        load(*WHOLE)
    assert rows() == [[], [], [], []]


# --- the command --------------------------------------------------------------------------------------------------


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_the_command_says_what_it_did(write):
    files = [write("a.xml", GOOD), write("b.xml", interchange("StaffAssociation", *WHOLE, credential("C2")))]
    out = io.StringIO()
    call_command("import_edfi", *map(str, files), stdout=out)
    lines = out.getvalue().splitlines()
    assert lines[0].split() == ["created", "updated", "unchanged", "refused"]
    assert lines[3].split() == ["staff", "1", "0", "0", "0"]
    assert lines[5].split() == ["credentials", "1", "0", "0", "1"]
    assert lines[6] == "Refused: b.xml, line 6: credential C2 (TX) is held by nobody."


def test_progress_is_drawn_on_a_terminal_only(write):
    path = write("a.xml", GOOD)
    terminal, pipe = Terminal(), io.StringIO()
    call_command("import_edfi", path, stdout=io.StringIO(), stderr=terminal)
    call_command("import_edfi", path, stdout=io.StringIO(), stderr=pipe)
    assert "100%" in terminal.getvalue()
    assert pipe.getvalue() == ""


# --- the sample district ------------------------------------------------------------------------------------------


def editor_url(record):
    return f"/credentials/records/{record.pk}/update/"


@pytest.fixture
def real_files():
    if not REAL.is_dir() and os.environ.get("CI") != "true":
        pytest.skip("The Ed-Fi sample district is not beside this repository.")
    return [REAL / "StaffAssociation.xml", REAL / "EducationOrganization.xml"]


def test_the_sample_district_loads_and_loads_again_without_a_change(real_files):
    summary = edfi.load(real_files, today=TODAY)
    assert {kind: dict(counts) for kind, counts in summary.counts.items()} == {
        "districts": {"created": 1},
        "schools": {"created": 3},
        "staff": {"created": 68},
        "assignments": {},
        "credentials": {"created": 54, "refused": 2},
    }
    assert [refusal.line for refusal in summary.refusals] == [24748, 24936]
    assert all("before it was issued" in refusal.reason for refusal in summary.refusals)
    assert str(District.objects.get()) == "Grand Bend ISD"
    assert User.objects.filter(email__isnull=False).count() == 18
    assert CredentialRecord.objects.values("holder").distinct().count() == 54
    before = rows()
    again = edfi.load(real_files, today=TODAY)
    assert rows() == before
    assert {kind: counts["unchanged"] for kind, counts in again.counts.items()} == {
        "districts": 1,
        "schools": 3,
        "staff": 68,
        "assignments": 0,
        "credentials": 54,
    }


def test_a_real_credential_fits_the_fields_of_its_type(real_files):
    edfi.load(real_files, today=TODAY)
    asked = {type.pk: {field.name for field in type.fields.all()} for type in CredentialType.objects.all()}
    assert all(record.values.keys() <= asked[record.type_id] for record in CredentialRecord.objects.all())


def test_a_person_of_the_sample_district_is_invited_and_requests_an_update_of_their_credential(real_files, sign_in):
    edfi.load(real_files, today=TODAY)
    record = CredentialRecord.objects.filter(expires_on__isnull=False, type__code="LC").first()
    person, approver = record.holder, UserFactory(district=record.district, roles=[Role.CREDENTIAL_APPROVER])
    person.email = "invited@example.org"
    person.save()
    contacts.actions.invite(person, by=UserFactory(is_staff=True, district=None))
    browser = sign_in(person)
    editor = browser.get(editor_url(record)).context["form"]
    data = {field.html_name: field.value() for field in editor if field.value() is not None}
    later = record.expires_on.replace(year=2031, day=1)
    data |= {"brief_description": "Renewed for five years.", "value_expires_on": later.isoformat()}
    assert "Changes were requested on" in browser.post(editor_url(record), data, follow=True).text
    sign_in(approver).post(f"/credentials/approvals/{record.requests.get().pk}/approve/", {"comment": "Paper seen."})
    record.refresh_from_db()
    assert record.expires_on == later
    assert record.extra["credential_type"]


def test_an_import_under_a_record_waiting_for_a_decision_shows_as_moved(load):
    load(*WHOLE)
    record = CredentialRecord.objects.get()
    wish = record.requests.create(
        district=record.district,
        requester=record.holder,
        type=record.type,
        brief_description="Renewed.",
        original=record.values,
        proposed={},
    )
    load(staff(holds=["C1"]), credential(issued="2021-05-05"), assignment())
    wish.record.refresh_from_db()
    assert wish.record_has_moved


def test_records_of_other_districts_are_left_alone(load):
    foreign = CredentialRecordFactory(identifier="C1", issuing_state="TX")
    load(*WHOLE)
    assert CredentialRecord.objects.count() == 2
    foreign.refresh_from_db()
    assert foreign.issued_on is None


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_load_once(write):
    files = [
        write("a.xml", interchange("EducationOrganization", *ORGANIZATIONS)),
        write("b.xml", interchange("StaffAssociation", *[staff(str(number)) for number in range(50)])),
    ]
    first, second = at_once(*[lambda: edfi.load(files, today=TODAY)] * 2)
    assert sorted(dict(summary.counts["staff"]).popitem() for summary in (first, second)) == [
        ("created", 50),
        ("unchanged", 50),
    ]
    assert User.objects.count() == 50
