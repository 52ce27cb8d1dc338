"""An import is confined to one district, whatever the files say: attacks by the files of Bend (900) on Dale (800)."""

import pytest
from django.core.management import CommandError, call_command

from contacts.models import AuditEvent, District, Role, School, User
from credentials import edfi
from credentials.models import CredentialRecord
from tests.credentials.interchanges import (
    COMPLETE,
    ORGANIZATIONS,
    assignment,
    credential,
    district,
    employment,
    interchange,
    refusals,
    school,
    staff,
)
from tests.factories import AgentFactory, CredentialRecordFactory, DistrictFactory, SchoolFactory, UserFactory

pytestmark = pytest.mark.django_db
OF_DALE_BY_REF = '<LocalEducationAgencyReference ref="LEA_800"/>'
OF_DALE_BY_ID = """<LocalEducationAgencyReference><LocalEducationAgencyIdentity>
    <LocalEducationAgencyId>800</LocalEducationAgencyId>
    </LocalEducationAgencyIdentity></LocalEducationAgencyReference>"""
NO_PART = "which is not known as a part of district 900."
NO_WORKPLACE = "Staff.xml, line 3: staff member 5 has no school or district that can be used."


@pytest.fixture
def dale():
    """Another district, with a school, an only administrator, a teacher and the teacher's credential."""
    dale = DistrictFactory(identifier="800", name="Dale ISD")
    SchoolFactory(district=dale, identifier="801", name="Dale High")
    UserFactory(district=dale, email="head@dale.example", roles=[Role.DISTRICT_ADMINISTRATOR])
    teacher = UserFactory(district=dale, email="dan@dale.example", staff_identifier="5", first_name="Dan")
    CredentialRecordFactory(holder=teacher, identifier="D5", issuing_state="TX")
    return dale


def rows_of(dale):
    """Every column of every row of the district that an import could reach."""
    of_dale = [model.objects.filter(district=dale) for model in (School, User, CredentialRecord)]
    return [list(rows.order_by("pk").values()) for rows in (District.objects.filter(pk=dale.pk), *of_dale)]


ATTACKS = {
    "another district in the file": (
        [],
        [district("800", "Pwned ISD")],
        ["Organizations.xml, line 5: district 800 is not district 900, which this import is for."],
    ),
    "a district with the same number again": (
        [],
        [district("900", "Other name")],
        ["Organizations.xml, line 5: district 900 is already listed in Organizations.xml, line 3."],
    ),
    "a school of a district in the file is renamed": (
        [],
        [district("800"), school("801", "Pwned High", OF_DALE_BY_REF)],
        [
            "Organizations.xml, line 5: district 800 is not district 900, which this import is for.",
            "Organizations.xml, line 6: the files do not say that school 801 belongs to district 900, "
            "which this import is for.",
        ],
    ),
    "a school is added to a district in the portal": (
        [],
        [school("802", "Pwned Middle", OF_DALE_BY_ID)],
        [
            "Organizations.xml, line 5: the files do not say that school 802 belongs to district 900, "
            "which this import is for."
        ],
    ),
    "a school is claimed for both districts": (
        [],
        [school("801", "Pwned High", OF_DALE_BY_ID), school("801", "Pwned High")],
        [
            "Organizations.xml, line 5: the files do not say that school 801 belongs to district 900, "
            "which this import is for.",
            "Organizations.xml, line 6: school 801 is already listed in Organizations.xml, line 5.",
        ],
    ),
    "a teacher is renamed at their school": (
        [staff("5", "Pwned"), assignment("5", "801")],
        [],
        [f"Staff.xml, line 4: staff member 5 works at 801, {NO_PART}", NO_WORKPLACE],
    ),
    "a teacher is renamed at their district": (
        [staff("5", "Pwned"), employment("5", "800")],
        [],
        [f"Staff.xml, line 4: staff member 5 works at 800, {NO_PART}", NO_WORKPLACE],
    ),
    "a person is added to a school": (
        [staff("6", "Pwned", email="pwned@bend.example"), assignment("6", "801")],
        [],
        [f"Staff.xml, line 4: staff member 6 works at 801, {NO_PART}", NO_WORKPLACE.replace("5", "6")],
    ),
    "a person is added to a district that the file describes": (
        [staff("6", "Pwned"), assignment("6", "800")],
        [district("800")],
        [
            "Organizations.xml, line 5: district 800 is not district 900, which this import is for.",
            f"Staff.xml, line 4: staff member 6 works at 800, {NO_PART}",
            NO_WORKPLACE.replace("5", "6"),
        ],
    ),
    "a person comes without a workplace": (
        [staff("5", "Pwned")],
        [district("800")],
        ["Organizations.xml, line 5: district 800 is not district 900, which this import is for.", NO_WORKPLACE],
    ),
    "a credential is given to a teacher": (
        [staff("5", holds=["D6"]), credential("D6"), assignment("5", "801")],
        [],
        [
            f"Staff.xml, line 5: staff member 5 works at 801, {NO_PART}",
            NO_WORKPLACE,
            "Staff.xml, line 4: credential D6 (TX) belongs to staff member 5, who was refused.",
        ],
    ),
    "a credential of a teacher is changed": (
        [staff("5", holds=["D5"]), credential("D5", issued="1999-09-09"), assignment("5", "801")],
        [],
        [
            f"Staff.xml, line 5: staff member 5 works at 801, {NO_PART}",
            NO_WORKPLACE,
            "Staff.xml, line 4: credential D5 (TX) belongs to staff member 5, who was refused.",
        ],
    ),
    "a teacher is taken over by address": (
        [staff("9", "Pwned", email="Dan@dale.example"), assignment("9")],
        [],
        [
            "Staff.xml, line 3: the e-mail address of staff member 9 belongs to someone outside district 900; "
            "if they moved here, say so: --moved dan@dale.example."
        ],
    ),
    "a teacher is taken over by number and address": (
        [staff("5", "Pwned", email="dan@dale.example"), assignment("5")],
        [],
        [
            "Staff.xml, line 3: the e-mail address of staff member 5 belongs to someone outside district 900; "
            "if they moved here, say so: --moved dan@dale.example."
        ],
    ),
}


@pytest.mark.parametrize("named", ["", "900"])
@pytest.mark.parametrize("attack", ATTACKS)
def test_what_reaches_for_another_district_is_refused_with_its_line(load, dale, attack, named):
    elements, organizations, lines = ATTACKS[attack]
    several = any("LEA_800" in element and "LocalEducationAgencyId" in element for element in organizations)
    before = rows_of(dale)
    summary = load(*elements, organizations=[*ORGANIZATIONS, *organizations], district="900" if several else named)
    assert refusals(summary) == lines
    assert rows_of(dale) == before
    assert not AuditEvent.objects.filter(district_key=str(dale.pk)).exists()
    assert (District.objects.get(identifier="900").name, School.objects.get(identifier="901").name) == (
        "Bend ISD",
        "Bend High",
    )
    assert summary.to_invite == summary.without_email == 0


HARMLESS = {
    "a staff number": [staff("5", "Bea"), assignment("5")],
    "a staff number and a credential": [staff("5", "Bea", holds=["D5"]), credential("D5"), assignment("5")],
}


@pytest.mark.parametrize("elements", HARMLESS.values(), ids=HARMLESS)
def test_a_number_that_another_district_uses_too_is_one_of_the_own_district(load, dale, elements):
    before = rows_of(dale)
    assert refusals(load(*elements, organizations=[*ORGANIZATIONS, school("801", "Bend Middle")])) == []
    assert rows_of(dale) == before
    bend = District.objects.get(identifier="900")
    assert User.objects.get(district=bend).first_name == "Bea"
    assert bend.schools.get(identifier="801").name == "Bend Middle"


def test_a_person_who_works_in_two_districts_joins_the_own_one_without_the_other_workplace(load, dale):
    before = rows_of(dale)
    summary = load(staff("6"), assignment("6", begin="2010-01-01"), assignment("6", "801", "Coach", "2025-01-01"))
    assert refusals(summary) == [f"Staff.xml, line 5: staff member 6 works at 801, {NO_PART}"]
    person = User.objects.get(staff_identifier="6")
    assert (person.district.identifier, person.school.name, person.title) == ("900", "Bend High", "Teacher")
    assert rows_of(dale) == before


def test_a_school_that_the_file_gives_to_another_district_is_no_workplace_of_the_own_one(load):
    load(organizations=[*ORGANIZATIONS, school("902", "Bend Middle")])
    theirs = school("902", "Dale Middle", OF_DALE_BY_ID)
    summary = load(staff(), assignment(organization="902"), organizations=[*ORGANIZATIONS, theirs])
    assert refusals(summary)[1] == f"Staff.xml, line 4: staff member 1 works at 902, {NO_PART}"
    assert not User.objects.exists()
    assert School.objects.get(identifier="902").name == "Bend Middle"


def test_people_of_support_and_admins_are_not_taken_over_by_address(load):
    agent, admin = AgentFactory(email="agent@bend.example"), UserFactory(district=None, is_staff=True)
    before = list(User.objects.order_by("pk").values())
    summary = load(staff("1", email=agent.email), staff("2", email=admin.email), assignment("1"), assignment("2"))
    assert all("belongs to someone outside district 900" in line for line in refusals(summary))
    assert list(User.objects.order_by("pk").values()) == before


# --- which district -----------------------------------------------------------------------------------------------


def test_a_first_import_needs_no_name_and_a_second_one_does(load):
    load(*COMPLETE, district="")
    with pytest.raises(edfi.InterchangeError) as refusal:
        load(*COMPLETE, staff("2"), district="")
    assert str(refusal.value) == (
        "Bend ISD (state identifier 900) already has people. To import into it, say so: --district 900."
    )
    assert User.objects.count() == 1
    load(*COMPLETE, staff("2"), district="900")
    assert User.objects.count() == 2


def test_a_file_that_only_describes_another_district_with_people_is_refused_whole(load, dale):
    before = rows_of(dale)
    pwned = [district("800", "Pwned ISD"), school("801", "Pwned High", OF_DALE_BY_REF)]
    for named, sentence in [("", "Dale ISD .* already has people"), ("900", "describe district 800, not 900")]:
        with pytest.raises(edfi.InterchangeError, match=sentence):
            load(staff("5", "Pwned"), organizations=pwned, district=named)
    assert rows_of(dale) == before


def test_a_district_without_people_is_completed_without_its_name(load):
    DistrictFactory(identifier="900", name="Bend")
    load(*COMPLETE, district="")
    assert (District.objects.get().name, User.objects.count()) == ("Bend ISD", 1)


def test_a_file_without_a_district_is_for_the_named_one(load, dale):
    load()
    before = rows_of(dale)
    elements = [staff("1"), staff("5", "Pwned"), assignment("5", "801")]
    with pytest.raises(edfi.InterchangeError, match=r"These files describe no district\. Name it"):
        load(*elements, organizations=[], district="")
    summary = load(*elements, organizations=[])
    assert refusals(summary) == [
        f"Staff.xml, line 5: staff member 5 works at 801, {NO_PART}",
        NO_WORKPLACE.replace("3", "4"),
    ]
    assert User.objects.get(staff_identifier="1").district.identifier == "900"
    assert rows_of(dale) == before


@pytest.mark.parametrize(
    ("organizations", "named", "sentence"),
    [
        ([district("900"), district("700")], "", "These files describe several districts: 700, 900. Name one of them"),
        ([district("900"), district("700")], "800", "These files describe district 700, 900, not 800, which"),
        ([], "800", "No district in the portal has the state identifier 800."),
    ],
)
def test_a_doubt_about_the_district_refuses_the_whole_import(load, organizations, named, sentence):
    with pytest.raises(edfi.InterchangeError, match=sentence):
        load(*COMPLETE, organizations=organizations, district=named)
    assert not District.objects.exists()


def test_the_command_says_that_the_district_must_be_named(write):
    files = [
        str(write("a.xml", interchange("EducationOrganization", *ORGANIZATIONS))),
        str(write("b.xml", interchange("StaffAssociation", *COMPLETE))),
    ]
    call_command("import_edfi", *files)
    with pytest.raises(CommandError, match=r"say so: --district 900\. Nothing was imported\."):
        call_command("import_edfi", *files)
    call_command("import_edfi", *files, "--district", "900")


# --- people who move here -----------------------------------------------------------------------------------------


DAN = [staff("5", "Dan", "Doe", email="dan@dale.example"), assignment("5", title="Coach")]
MOVED = ["Dan@Dale.example"]


def test_a_person_who_is_named_as_moved_joins_as_a_new_person(load, dale):
    load()
    record, school_of_dale = CredentialRecord.objects.get(), School.objects.get(identifier="801")
    summary = load(*DAN, moved=MOVED)
    left, joined = User.objects.filter(staff_identifier="5").order_by("pk")
    assert (left.district, left.email, left.is_active) == (dale, None, False)
    assert (joined.district.identifier, joined.email, joined.school.name, joined.title) == (
        "900",
        "dan@dale.example",
        "Bend High",
        "Coach",
    )
    assert not joined.credential_records.exists()
    record.refresh_from_db()
    assert (record.holder, record.district) == (left, dale)
    assert School.objects.get(identifier="801") == school_of_dale
    assert refusals(summary) == []
    assert [str(note) for note in summary.notes] == [
        f"Staff.xml, line 3: {left} moved here from another district and is to be invited again."
    ]
    assert summary.to_invite == 1
    for action, person in [("person.leave_district", left), ("person.join_district", joined)]:
        assert AuditEvent.objects.get(action=action).district_key == str(person.district_id)


def test_the_same_import_again_moves_nobody(load, dale):
    load(*DAN, moved=MOVED)
    before = list(User.objects.order_by("pk").values())
    assert not load(*DAN, moved=MOVED).changed
    assert list(User.objects.order_by("pk").values()) == before


def test_only_who_is_named_moves(load, dale):
    other = UserFactory(district=dale, email="eve@dale.example")
    summary = load(*DAN, staff("6", email="eve@dale.example"), assignment("6"), moved=MOVED)
    assert len(refusals(summary)) == 1
    other.refresh_from_db()
    assert (other.district, other.is_active) == (dale, True)


def test_the_only_administrator_does_not_move_by_an_import(load, dale):
    before = rows_of(dale)
    summary = load(staff("7", email="head@dale.example"), assignment("7"), moved=["head@dale.example"])
    (line,) = refusals(summary)
    assert line.startswith("Staff.xml, line 3: the e-mail address of staff member 7 belongs to someone outside")
    assert "is the only district administrator of Dale ISD" in line
    assert rows_of(dale) == before


def test_who_is_already_on_the_staff_list_does_not_move_on_top(load, dale):
    load(staff("5"), assignment("5"))
    before = rows_of(dale)
    summary = load(*DAN, moved=MOVED)
    assert "because the district has this staff member already" in refusals(summary)[0]
    assert rows_of(dale) == before
    assert User.objects.filter(district__identifier="900").count() == 1


def test_an_address_that_is_in_no_file_is_a_mistake(load, dale):
    before = rows_of(dale)
    with pytest.raises(edfi.InterchangeError, match=r"nobody with the address dam@dale\.example, which --moved"):
        load(*DAN, moved=["dam@dale.example"])
    assert rows_of(dale) == before


def test_the_command_moves_who_is_named(write, dale, capsys):
    organizations = write("a.xml", interchange("EducationOrganization", *ORGANIZATIONS))
    people = write("b.xml", interchange("StaffAssociation", *DAN))
    call_command("import_edfi", str(organizations), str(people))
    assert "say so: --moved dan@dale.example." in capsys.readouterr().out
    call_command("import_edfi", str(organizations), str(people), "--moved", "dan@dale.example")
    assert "moved here from another district" in capsys.readouterr().out
    assert User.objects.get(email="dan@dale.example").district.identifier == "900"
