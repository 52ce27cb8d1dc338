"""What an import refuses: single elements, with file and line, or a whole file."""

import re

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from contacts.models import District, User
from credentials import edfi
from credentials.models import CredentialRecord, CredentialType
from tests.credentials.interchanges import (
    COMPLETE,
    GOOD,
    NAMESPACE,
    ORGANIZATIONS,
    assignment,
    credential,
    district,
    interchange,
    refusals,
    rows,
    school,
    staff,
)
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
WITHOUT_STATE = """<CredentialReference><CredentialIdentity><CredentialIdentifier>C2</CredentialIdentifier>
    </CredentialIdentity></CredentialReference></Staff>"""


@pytest.mark.parametrize(
    ("elements", "message"),
    [
        (
            [credential("C2", more="<ExpirationDate>2019-01-01</ExpirationDate>"), staff("2", holds=["C2"])],
            "credential C2 (TX) expires on Jan 1, 2019, before it was issued on Jan 2, 2020.",
        ),
        (
            [
                credential(
                    "C2", more="<EffectiveDate>2021-01-01</EffectiveDate><ExpirationDate>2020-06-01</ExpirationDate>"
                ),
                staff("2", holds=["C2"]),
            ],
            "credential C2 (TX) expires on Jun 1, 2020, before it takes effect on Jan 1, 2021.",
        ),
        ([credential("C2")], "no staff member holds credential C2 (TX)."),
        (
            [credential("C2"), staff("3", holds=["C2"]), staff("2", holds=["C2"])],
            "more than one staff member holds credential C2 (TX): 2, 3.",
        ),
        ([credential("C2", issued="2020-02-30"), staff("2", holds=["C2"])], "IssuanceDate “2020-02-30” is not a date."),
        (
            [credential("C2", more="<ExpirationDate>9999-12-31</ExpirationDate>"), staff("2", holds=["C2"])],
            "expires on: Enter a day from 1900 to 2099.",
        ),
        (
            [credential("C2", issued="0001-01-01"), staff("2", holds=["C2"])],
            "issued on: Enter a day from 1900 to 2099.",
        ),
        ([credential("C2", issued=""), staff("2", holds=["C2"])], "Credential has no IssuanceDate."),
        (
            [credential("C2").replace("CredentialType>", "Unknown>"), staff("2", holds=["C2"])],
            "Credential has no CredentialType.",
        ),
        (
            [credential("C2", state="Texas")],
            "the issuing state of credential C2, “Texas”, is not a state abbreviation.",
        ),
        ([credential("C2", state="")], "the issuing state of credential C2, “”, is not a state abbreviation."),
        ([credential("")], "Credential has no CredentialIdentifier."),
        ([credential("C1")], "credential C1 (TX) is already listed in Staff.xml, line 4."),
        (
            [credential("C" * 61), staff("2", holds=["C" * 61])],
            "identifier: Ensure this value has at most 60 characters (it has 61).",
        ),
        (
            [credential("C2", more=f"<TeachingCredential>{'t' * 301}</TeachingCredential>"), staff("2", holds=["C2"])],
            "teaching credential: 301 characters, but at most 300 are allowed.",
        ),
        (
            [
                credential("C2", more=f"<CredentialEndorsement>{'t' * 5001}</CredentialEndorsement>"),
                staff("2", holds=["C2"]),
            ],
            "endorsements: 5,001 characters, but at most 5,000 are allowed.",
        ),
        (
            [staff("2").replace("</Staff>", WITHOUT_STATE)],
            "a CredentialReference has no identifier or no state.",
        ),
        ([staff("2", first="")], "Staff has no FirstName."),
        ([staff("2", last=" ")], "Staff has no LastSurname."),
        (
            [staff("2", last="L" * 151)],
            "last name: Ensure this value has at most 150 characters (it has 151).",
        ),
        ([staff("")], "Staff has no StaffUniqueId."),
        ([staff("1", "Bo")], "staff member 1 is already listed in Staff.xml, line 3."),
        ([staff("2", email="no address")], "email: Enter a valid email address."),
        ([staff("2", email="ANN@bend.example")], "the e-mail address of staff member 2 belongs to another person."),
        (
            [assignment("1", "999")],
            "staff member 1 works at 999, which is not known as a part of district 900.",
        ),
        (
            [assignment("1", "")],
            "staff member 1 works at an organization without an ID, which is not known as a part of district 900.",
        ),
        ([assignment("1", begin="soon")], "BeginDate “soon” is not a date."),
        ([assignment("7")], "these files have no Staff with StaffUniqueId 7."),
    ],
)
def test_an_element_with_an_error_is_refused_and_the_rest_is_imported(load, elements, message):
    summary = load(*COMPLETE, *elements)
    assert refusals(summary) == [f"Staff.xml, line 6: {message}"]
    assert User.objects.filter(staff_identifier="1", school__name="Bend High").exists()
    assert CredentialRecord.objects.get().identifier == "C1"


def test_a_person_without_a_known_workplace_is_refused_and_so_are_their_credentials(load):
    summary = load(staff(holds=["C1", "C9"]), credential(), assignment(organization="999"))
    assert refusals(summary) == [
        "Staff.xml, line 5: staff member 1 works at 999, which is not known as a part of district 900.",
        "Staff.xml, line 3: staff member 1 has no school or district that can be used.",
        "Staff.xml, line 4: credential C1 (TX) belongs to staff member 1, who was refused.",
    ]
    assert not User.objects.exists()
    assert not CredentialRecord.objects.exists()


def test_a_credential_that_only_its_holder_mentions_is_refused(load):
    summary = load(staff(holds=["C1"]))
    assert refusals(summary) == [
        "Staff.xml, line 3: staff member 1 holds credential C1 (TX), which is not in these files."
    ]
    assert not CredentialRecord.objects.exists()


def test_a_holder_may_mention_a_credential_that_is_in_the_portal(load):
    load(*COMPLETE)
    assert not load(staff(holds=["C1"]), assignment()).refusals


def test_a_credential_on_record_for_another_person_stays_theirs(load):
    load(*COMPLETE)
    before = CredentialRecord.objects.values().get()
    summary = load(staff("2", holds=["C1"]), credential(issued="2021-01-02"), assignment("2"))
    assert refusals(summary) == ["Staff.xml, line 4: the portal lists credential C1 (TX) under another person."]
    assert CredentialRecord.objects.values().get() == before


def test_a_credential_of_a_type_that_was_deleted_is_refused(load):
    CredentialType.objects.filter(code="OT").delete()
    summary = load(staff(holds=["C1"]), credential(type="Other"), assignment())
    assert refusals(summary) == ["Staff.xml, line 4: the portal no longer has a type for credential C1 (TX)."]


def test_an_address_of_a_colleague_without_a_staff_id_is_not_given_to_someone_else(load):
    load(staff(), assignment())
    UserFactory(district=District.objects.get(), email="bo@bend.example")
    before = rows()
    summary = load(staff(email="bo@bend.example"), assignment())
    assert refusals(summary) == ["Staff.xml, line 3: the e-mail address of staff member 1 belongs to another person."]
    assert rows() == before


def test_an_address_of_a_colleague_with_another_staff_id_is_not_taken_over(load):
    load(*COMPLETE)
    before = User.objects.values().get()
    summary = load(staff("2", email="ann@bend.example"), assignment("2"))
    assert refusals(summary) == ["Staff.xml, line 3: the e-mail address of staff member 2 belongs to another person."]
    assert User.objects.values().get() == before


@pytest.mark.parametrize(
    ("organizations", "message"),
    [
        ([district(""), district()], "line 3: LocalEducationAgency has no LocalEducationAgencyId."),
        (
            [district(), district(name="Again")],
            "line 4: district 900 is already listed in Organizations.xml, line 3.",
        ),
        (
            [district(), school(), school(name="X")],
            "line 5: school 901 is already listed in Organizations.xml, line 4.",
        ),
        ([district(), school("")], "line 4: School has no SchoolId."),
        ([district(), school(name="")], "line 4: School has no NameOfInstitution."),
        (
            [district(), school("9" * 61)],
            "line 4: identifier: Ensure this value has at most 60 characters (it has 61).",
        ),
        (
            [district(), school(owner="")],
            "line 4: the files do not say that school 901 belongs to district 900, which this import is for.",
        ),
    ],
)
def test_a_district_or_school_with_an_error_is_refused_and_the_rest_is_imported(load, organizations, message):
    assert refusals(load(organizations=organizations)) == [f"Organizations.xml, {message}"]
    assert District.objects.count() == 1


@pytest.mark.parametrize(
    ("element", "message"),
    [
        (district(name=""), "LocalEducationAgency has no NameOfInstitution."),
        (district(name="B" * 201), "name: Ensure this value has at most 200 characters (it has 201)."),
        (district("9" * 500), "identifier: Ensure this value has at most 60 characters (it has 500)."),
    ],
)
def test_a_district_that_cannot_be_added_gets_no_schools_and_no_people(load, element, message):
    with pytest.raises(edfi.InterchangeError) as refusal:
        load(*COMPLETE, organizations=[element, school()], district="")
    assert str(refusal.value) == f"The district could not be added. Organizations.xml, line 3: {message}"
    assert not any(rows())


def test_a_district_that_is_described_with_an_error_keeps_its_name_and_the_rest_is_imported(load):
    load()
    summary = load(*COMPLETE, organizations=[district(name="B" * 201), school()])
    assert len(summary.refusals) == 1
    assert (District.objects.get().name, User.objects.count()) == ("Bend ISD", 1)


MORE = """<EffectiveDate>2020-02-01</EffectiveDate><ExpirationDate>2030-01-02</ExpirationDate>
    <CredentialField>uri://ed-fi.org/F#Mathematics</CredentialField>
    <AcademicSubject>uri://ed-fi.org/A#Mathematics</AcademicSubject><GradeLevel>uri://ed-fi.org/G#Ninth</GradeLevel>
    <TeachingCredential>uri://ed-fi.org/T#Professional</TeachingCredential>
    <TeachingCredentialBasis>uri://ed-fi.org/T#Relevant</TeachingCredentialBasis>
    <CredentialEndorsement>Algebra</CredentialEndorsement>"""
EVERYTHING = [staff(email="ann@bend.example", holds=["C1"]), credential(more=MORE), assignment(end="2030-01-01")]


def everything_said(load, elements):
    """Without a usable district, all that is said is one sentence."""
    try:
        summary = load(*elements[2:], organizations=elements[:2])
    except edfi.InterchangeError as refusal:
        return [refusal]
    return [*summary.refusals, *summary.notes]


@pytest.mark.parametrize("already_imported", [False, True])
@pytest.mark.parametrize(
    "text",
    ["x" * 5000, "9" * 5000, "uri://ed-fi.org/X#" + "x" * 150, "&#10;&#9;&#x7f;&#x9b;", "", " ", "\u202e%s<!---->{}"],
)
def test_no_text_of_any_element_ends_in_a_traceback(load, already_imported, text):
    if already_imported:
        load(*EVERYTHING)
    elements = [*ORGANIZATIONS, *EVERYTHING]
    for index, element in enumerate(elements):
        for match in re.finditer(r">([^<>]+)<", element):
            if not match[1].strip():
                continue
            changed = element[: match.start(1)] + text + element[match.end(1) :]
            mixed = [*elements[:index], changed, *elements[index + 1 :]]
            with transaction.atomic():
                assert all(len(str(line)) < 400 for line in everything_said(load, mixed))
                transaction.set_rollback(True)


def test_line_breaks_and_control_characters_are_removed_from_values(load):
    load(staff(first="Eve&#13;&#10;Bcc: x&#x9b;2J&#x2028;", last=" Lee&#9;"), assignment())
    assert str(User.objects.get()) == "Eve Bcc: x 2J Lee"


# --- files --------------------------------------------------------------------------------------------------------

BOMB = f"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>
<InterchangeStaffAssociation xmlns="{NAMESPACE}"><Staff><StaffUniqueId>&b;</StaffUniqueId></Staff>
</InterchangeStaffAssociation>"""
DTD = f"""<?xml version="1.0"?><!DOCTYPE InterchangeStaffAssociation SYSTEM "staff.dtd">
<InterchangeStaffAssociation xmlns="{NAMESPACE}"></InterchangeStaffAssociation>"""


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (interchange("StaffAssociation", staff())[:-40], "bad.xml is not well-formed XML: line"),
        (GOOD[:-5], "bad.xml is not well-formed XML: line"),
        ("", "bad.xml is empty."),
        (" \n ", "bad.xml is not XML."),
        (b"\x00\x01\x02PK", "bad.xml is not well-formed XML: line 1"),
        ("just words", "bad.xml is not well-formed XML: line 1"),
        (BOMB, "bad.xml has a document type definition, which is not allowed."),
        (DTD, "bad.xml has a document type definition, which is not allowed."),
        ("<html><body/></html>", "bad.xml is not an Ed-Fi interchange file."),
        (f'<Staff xmlns="{NAMESPACE}"/>', "bad.xml is not an Ed-Fi interchange file."),
        (interchange("StaffAssociation", namespace="http://ed-fi.org.example/5.2.0"), "is not an Ed-Fi interchange"),
        (
            interchange("Student"),
            "bad.xml is an InterchangeStudent. "
            "Only InterchangeEducationOrganization and InterchangeStaffAssociation are supported.",
        ),
        (
            '<?xml version="1.0" encoding="klingon"?><a/>',
            "bad.xml could not be read as XML: unknown encoding: klingon",
        ),
        (
            interchange("StaffAssociation", staff(first="x" * 10_001)),
            "bad.xml, line 3: a value has more than 10,000 characters.",
        ),
    ],
)
def test_a_file_with_an_error_is_refused_whole_in_one_sentence(write, content, sentence):
    files = [write("good.xml", GOOD), write("bad.xml", content)]
    with pytest.raises(CommandError) as refusal:
        call_command("import_edfi", *files)
    assert sentence in str(refusal.value)
    assert str(refusal.value).endswith("Nothing was imported.")
    assert "\n" not in str(refusal.value)
    assert not District.objects.exists()


def test_a_missing_file_is_refused_in_one_sentence(write, tmp_path):
    with pytest.raises(CommandError, match=r"missing\.xml could not be opened: No such file or directory\."):
        call_command("import_edfi", write("good.xml", GOOD), tmp_path / "missing.xml")
    assert not District.objects.exists()


def test_an_import_that_fails_halfway_leaves_nothing_behind(write):
    files = [
        write("Organizations.xml", GOOD),
        write("Staff.xml", interchange("StaffAssociation", staff(), assignment(end="2030-01-01"))),
    ]
    # Districts and schools are saved before the end of an assignment is compared with today, which fails here.
    with pytest.raises(TypeError):
        edfi.load(files, today="2026-11-22")
    assert not any(rows())
