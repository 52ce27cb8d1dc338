"""The versions of Ed-Fi that are read, each difference between them, and the versions that are refused.

The differences are those of the public XML schemas (Ed-Fi-Core.xsd, Interchange-StaffAssociation.xsd) in what the
import reads. The names of elements, their nesting, references and descriptors are the same from 3.2 to 5.2.
"""

from pathlib import Path

import pytest

from contacts.models import District, School, User
from credentials import edfi
from credentials.models import CredentialRecord
from tests.credentials.interchanges import (
    COMPLETE,
    ORGANIZATIONS,
    TODAY,
    assignment,
    credential,
    interchange,
    outcomes,
    rows,
    school,
    staff,
)

pytestmark = pytest.mark.django_db
SAMPLES = Path(__file__).parent / "samples"
FIELD_AND_GRADES = """<CredentialField>uri://ed-fi.org/F#Mathematics</CredentialField>
    <GradeLevel>uri://ed-fi.org/G#Ninth grade</GradeLevel>"""


@pytest.fixture
def load_version(write):
    """Load elements as a district sends them in a version: ``load_version("5.2.0", *elements)``."""

    def load_version(version, *elements, organizations=ORGANIZATIONS):
        namespace = f"http://ed-fi.org/{version}"
        files = [
            write("Organizations.xml", interchange("EducationOrganization", *organizations, namespace=namespace)),
            write("Staff.xml", interchange("StaffAssociation", *elements, namespace=namespace)),
        ]
        return edfi.load(files, today=TODAY)

    return load_version


def test_a_district_reads_the_same_in_every_version():
    def load(version):
        files = [SAMPLES / version / "EducationOrganization.xml", SAMPLES / version / "StaffAssociation.xml"]
        return edfi.load(files, district="770100", today=TODAY)

    load("3.2")
    before = rows()
    for version in ("4.0", "5.2"):
        assert outcomes(load(version)) == {
            "districts": {"unchanged": 1},
            "schools": {"unchanged": 3},
            "staff": {"unchanged": 5},
            "credentials": {"unchanged": 4, "refused": 1},
            "courses": {"unchanged": 1},
        }
        assert rows() == before


# --- the differences ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["0320", "0320b", "0320c", "3.2.0-c"])
def test_3_2_has_two_forms_of_namespace_four_digits_and_dotted(load_version, version):
    summary = load_version(version, *COMPLETE)
    assert outcomes(summary) == {kind: {"created": 1} for kind in ("districts", "schools", "staff", "credentials")}


@pytest.mark.parametrize("version", ["4.0.0-a", "4.0.0", "5.0.0", "5.1.0", "5.2.0"])
def test_4_0_and_5_x_have_a_dotted_namespace_only(load_version, version):
    summary = load_version(version, *COMPLETE)
    assert outcomes(summary) == {kind: {"created": 1} for kind in ("districts", "schools", "staff", "credentials")}


def test_a_credential_always_has_a_field_and_grade_levels_in_3_2(load_version):
    load_version("3.2.0-c", staff(holds=["C1"]), credential(more=FIELD_AND_GRADES), assignment())
    record = CredentialRecord.objects.get()
    assert (record.field, record.grade_levels) == ("Mathematics", ["Ninth grade"])


@pytest.mark.parametrize("version", ["4.0.0", "5.2.0"])
def test_a_credential_may_leave_out_its_field_and_grade_levels_from_4_0_on(load_version, version):
    summary = load_version(version, *COMPLETE)
    record = CredentialRecord.objects.get()
    assert (record.field, record.grade_levels) == ("", [])
    assert not summary.refusals


def test_organization_ids_may_exceed_32_bits_from_5_0_on(load_version):
    long_id = "48000000000901"
    summary = load_version(
        "5.0.0", staff(), assignment(organization=long_id), organizations=[*ORGANIZATIONS, school(long_id, "Bend East")]
    )
    assert School.objects.get(identifier=long_id) == User.objects.get().school
    assert not summary.refusals


def test_person_elements_which_0320_did_not_have_are_skipped(load_version):
    person = "<Person><PersonId>1</PersonId><SourceSystem>uri://ed-fi.org/S#District</SourceSystem></Person>"
    reference = "<PersonReference><PersonIdentity><PersonId>1</PersonId></PersonIdentity></PersonReference></Staff>"
    summary = load_version("4.0.0", person, staff().replace("</Staff>", reference), assignment())
    assert outcomes(summary)["staff"] == {"created": 1}
    assert not summary.refusals


# --- other versions -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "version", ["0200", "0200-RFC", "0300", "0310", "03200", "3.1.0", "3.3.0-a", "4.1.0", "6.0.0", "5", "52.0.0"]
)
def test_any_other_version_is_refused_by_name(load_version, version):
    with pytest.raises(edfi.InterchangeError) as refusal:
        load_version(version, *COMPLETE)
    assert str(refusal.value) == (f"Organizations.xml uses Ed-Fi {version}. Only Ed-Fi 3.2, 4.0 and 5.x are supported.")
    assert not District.objects.exists()
