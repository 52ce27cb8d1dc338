"""What the import refuses: faulty elements with file and line, faulty files whole."""

import re

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from contacts.models import District, User
from credentials.models import CredentialRecord
from tests.credentials.interchanges import (
    GOOD,
    NAMESPACE,
    ORGANIZATIONS,
    WHOLE,
    assignment,
    credential,
    district,
    interchange,
    reasons,
    rows,
    school,
    staff,
)
from tests.factories import SchoolFactory, UserFactory

pytestmark = pytest.mark.django_db


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
        (
            [credential("C2", more=f"<TeachingCredential>{'t' * 301}</TeachingCredential>"), staff("2", holds=["C2"])],
            "teaching credential: 301 characters are too many.",
        ),
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
        ([district("9" * 500)], "line 3: identifier: Ensure this value has at most 60 characters (it has 500)."),
        (
            [district(), school("9" * 61)],
            "line 4: identifier: Ensure this value has at most 60 characters (it has 61).",
        ),
        ([district(name="B" * 201)], "line 3: name: Ensure this value has at most 200 characters (it has 201)."),
        ([district(), school(owner="")], "line 4: school 901 belongs to no district of these files or of the portal."),
    ],
)
def test_a_faulty_organization_is_refused_too(load, organizations, reason):
    assert f"Organizations.xml, {reason}" in reasons(load(organizations=organizations))


MORE = """<EffectiveDate>2020-02-01</EffectiveDate><ExpirationDate>2030-01-02</ExpirationDate>
    <CredentialField>uri://ed-fi.org/F#Mathematics</CredentialField>
    <AcademicSubject>uri://ed-fi.org/A#Mathematics</AcademicSubject><GradeLevel>uri://ed-fi.org/G#Ninth</GradeLevel>
    <TeachingCredential>uri://ed-fi.org/T#Professional</TeachingCredential>
    <TeachingCredentialBasis>uri://ed-fi.org/T#Relevant</TeachingCredentialBasis>
    <CredentialEndorsement>Algebra</CredentialEndorsement>"""
EVERYTHING = [staff(email="ann@bend.example", holds=["C1"]), credential(more=MORE), assignment(end="2030-01-01")]


@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize(
    "text",
    ["x" * 5000, "9" * 5000, "uri://ed-fi.org/X#" + "x" * 150, "&#10;&#9;&#x7f;&#x9b;", "", " ", "\u202e%s<!---->{}"],
)
def test_no_text_of_any_element_ends_in_a_traceback(load, known, text):
    if known:
        load(*EVERYTHING)
    elements = [*ORGANIZATIONS, *EVERYTHING]
    for place, element in enumerate(elements):
        for found in re.finditer(r">([^<>]+)<", element):
            if not found[1].strip():
                continue
            changed = element[: found.start(1)] + text + element[found.end(1) :]
            mixed = [*elements[:place], changed, *elements[place + 1 :]]
            with transaction.atomic():
                summary = load(*mixed[2:], organizations=mixed[:2])
                assert all(len(str(line)) < 400 for line in (*summary.refusals, *summary.notes))
                transaction.set_rollback(True)


def test_line_breaks_and_control_characters_are_no_part_of_a_value(load):
    load(staff(first="Eve&#13;&#10;Bcc: x&#x9b;2J&#x2028;", last=" Lee&#9;"), assignment())
    assert str(User.objects.get()) == "Eve Bcc: x 2J Lee"


def test_a_hundred_districts_may_have_one_name(load):
    summary = load(organizations=[district(str(number)) for number in range(120)])
    assert summary.counts["districts"] == {"created": 120}


def test_a_school_number_that_two_districts_use_says_nothing(load):
    SchoolFactory(identifier="901")
    SchoolFactory(identifier="901")
    summary = load(staff(), assignment(), organizations=[])
    assert summary.counts["staff"] == {"refused": 1}


# --- faulty files -------------------------------------------------------------------------------------------------

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
