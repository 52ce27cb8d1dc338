"""The credentials of a district as Ed-Fi XML, and back."""

import xml.etree.ElementTree as ET
from datetime import date, timedelta
from itertools import pairwise
from tempfile import NamedTemporaryFile

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from contacts.models import User
from credentials import edfi
from credentials.models import CredentialRecord, CredentialType
from credentials.models.vocabularies import GRADE_LEVELS, STATES, SUBJECTS
from tests.credentials.interchanges import outcomes, refusals
from tests.factories import CredentialRecordFactory, DistrictFactory, SchoolFactory, UserFactory

# In the order of the schema of Ed-Fi 5.2.
ORDER = [
    "EffectiveDate",
    "CredentialEndorsement",
    "ExpirationDate",
    "CredentialField",
    "CredentialIdentifier",
    "IssuanceDate",
    "CredentialType",
    "GradeLevel",
    "StateOfIssueStateAbbreviation",
    "TeachingCredential",
    "TeachingCredentialBasis",
    "AcademicSubject",
    "Namespace",
]
NAME = "{http://ed-fi.org/5.2.0}"


def written(district):
    return "".join(edfi.lines_of(CredentialRecord.objects.filter(district=district)))


def elements(text, name):
    return list(ET.fromstring(text).iter(NAME + name))  # noqa: S314 - our own


def rows():
    return [list(model.objects.order_by("pk").values()) for model in (User, CredentialRecord)]


def read_back(district, tmp_path):
    path = tmp_path / "out.xml"
    path.write_text(written(district))
    return edfi.load([path], district=district.identifier)


def complete(**values):
    district = DistrictFactory(identifier="900")
    school = SchoolFactory(district=district, identifier="901")
    holder = UserFactory(district=district, staff_identifier="S-1", school=school, title="Teacher")
    type = CredentialType.objects.get(code="LC")
    about = {"holder": holder, "type": type, "issuing_state": "TX", "issued_on": date(2020, 1, 2)}
    return CredentialRecordFactory(**{**about, **values})


@pytest.mark.django_db
def test_a_credential_is_written_in_the_order_of_the_schema():
    record = complete(
        effective_on=date(2020, 2, 1),
        expires_on=date(2030, 1, 1),
        field="Music & Art <1>",
        subjects=["Science", "Reading"],
        grade_levels=["First grade"],
        extra={
            "credential_type": "Licensure",
            "teaching_credential": "Master",
            "teaching_credential_basis": "Relevant experience",
            "endorsements": "Algebra\nGeometry",
        },
    )
    [credential] = elements(written(record.district), "Credential")
    names = [child.tag.removeprefix(NAME) for child in credential]
    assert list(dict.fromkeys(names)) == ORDER
    texts = [child.text for child in credential]
    assert "uri://ed-fi.org/CredentialFieldDescriptor#Music & Art <1>" in texts
    assert "uri://ed-fi.org/GradeLevelDescriptor#First grade" in texts
    assert (names.count("CredentialEndorsement"), names.count("AcademicSubject")) == (2, 2)


@pytest.mark.django_db
def test_what_is_written_is_read_back_without_a_change(tmp_path):
    record = complete(field="Music", extra={"endorsements": "Algebra\n\nGeometry ", "notes": "Kept"})
    before = rows()
    summary = read_back(record.district, tmp_path)
    assert refusals(summary) == []
    assert outcomes(summary)["credentials"] == {"unchanged": 1}
    assert outcomes(summary)["staff"] == {"unchanged": 1}
    assert rows() == before


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["ED", "HQ", "LC", "OT"])
@pytest.mark.parametrize("kind", [None, "Endorsement", "Other", "Something else"])
def test_no_type_is_lost_on_the_way(tmp_path, code, kind):
    extra = {"credential_type": kind} if kind else {}
    record = complete(type=CredentialType.objects.get(code=code), extra=extra)
    before = rows()
    read_back(record.district, tmp_path)
    assert rows() == before


@pytest.mark.django_db
def test_what_ed_fi_has_no_place_for_is_left_out():
    whole = complete(identifier="WHOLE")
    for lacking in ({"identifier": ""}, {"issuing_state": ""}, {"issued_on": None}, {"identifier": "TWO  SPACES"}):
        CredentialRecordFactory(**{"holder": whole.holder, "issuing_state": "TX", "issued_on": "2020-01-01", **lacking})
    CredentialRecordFactory(holder=UserFactory(district=whole.district), issuing_state="TX", issued_on="2020-01-01")
    # Longer than the schema allows.
    for key, most in [("endorsements", 255), ("teaching_credential", 210), ("teaching_credential_basis", 205)]:
        for length in (most, most + 1):
            numbers = {"identifier": f"{key}-{length}", "issuing_state": "TX", "issued_on": "2020-01-01"}
            CredentialRecordFactory(holder=whole.holder, extra={key: "A" * length}, **numbers)
    for about in ({"staff_identifier": "1" * 33}, {"last_name": "A" * 76}):
        holder = UserFactory(**{"district": whole.district, "staff_identifier": "S-2", **about})
        CredentialRecordFactory(holder=holder, issuing_state="TX", issued_on="2020-01-01")
    text = written(whole.district)
    left = ["WHOLE", "endorsements-255", "teaching_credential-210", "teaching_credential_basis-205"]
    # Each once as itself, and once where its holder is.
    assert [each.text for each in elements(text, "CredentialIdentifier")] == [*left, *left]


@pytest.mark.django_db
def test_local_codes_are_read_as_what_they_stand_for(tmp_path):
    record = complete(identifier="L-1", grade_levels=["First grade"])
    path = tmp_path / "local.xml"
    text = written(record.district).replace("uri://ed-fi.org/GradeLevelDescriptor#First grade", "uri://tx.gov/G#KG")
    path.write_text(text.replace("</Namespace>", "</Namespace><AcademicSubject>MATH</AcademicSubject>"))
    edfi.load([path], district="900")
    record.refresh_from_db()
    assert (record.grade_levels, record.subjects) == (["Kindergarten"], ["Mathematics"])


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30).map(str.strip).filter(bool)
DAYS = st.dates(date(1990, 1, 1), date(2060, 1, 1))
EXTRA = {
    "credential_type": st.sampled_from(["Licensure", "Endorsement", "High School Diploma", "K", "Other"]) | TEXT,
    "teaching_credential": TEXT,
    "teaching_credential_basis": TEXT,
    "endorsements": st.lists(TEXT, min_size=1, max_size=3).map("\n".join),
    "notes": TEXT,
}
RECORDS = st.fixed_dictionaries(
    {
        "identifier": TEXT,
        "issuing_state": st.sampled_from([*STATES]),
        "issued_on": DAYS,
        "field": st.just("") | TEXT,
        "subjects": st.lists(st.sampled_from(SUBJECTS) | TEXT, max_size=3),
        "grade_levels": st.lists(st.sampled_from([*GRADE_LEVELS, "KG", "1"]) | TEXT, max_size=3),
        "extra": st.fixed_dictionaries({}, optional=EXTRA),
        "length": st.none() | st.integers(0, 9000),
        "code": st.sampled_from(["ED", "HQ", "LC", "OT"]),
    }
)


class TestRoundTrip(TestCase):
    @settings(max_examples=60, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(st.lists(RECORDS, max_size=4, unique_by=lambda each: (each["identifier"], each["issuing_state"])))
    def test_any_records_are_read_back_without_a_change(self, drawn):
        first = complete(identifier="FIRST")
        types = {type.code: type for type in CredentialType.objects.all()}
        for values in drawn:
            length, code = values.pop("length"), values.pop("code")
            expires_on = None if length is None else values["issued_on"] + timedelta(days=length)
            CredentialRecordFactory(**values, expires_on=expires_on, type=types[code], holder=first.holder)
        before, text = rows(), written(first.district)
        for credential in elements(text, "Credential"):
            places = [ORDER.index(child.tag.removeprefix(NAME)) for child in credential]
            assert all(one <= other for one, other in pairwise(places))
        with NamedTemporaryFile("w", suffix=".xml", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            summary = edfi.load([file.name], district="900")
        assert refusals(summary) == []
        assert rows() == before
