"""Whole districts: made-up ones in each version of Ed-Fi, and the sample that Ed-Fi publishes, where it is at hand."""

from pathlib import Path

import pytest
from django.conf import settings

import contacts.actions
from contacts.models import District, Role, User
from credentials import edfi
from credentials.models import Course, CredentialRecord, CredentialType
from credentials.reports import Question, course_counts
from tests.credentials.interchanges import TODAY, outcomes, rows
from tests.factories import UserFactory
from tests.services import NO_SAMPLE_DISTRICT

pytestmark = pytest.mark.django_db

MADE_UP = Path(__file__).parent / "samples"
GRAND_BEND = settings.BASE_DIR.parent / "shared" / "data" / "edfi"
# What each sample creates, the lines it is refused at, and how many people have an e-mail address.
EXPECTED = {
    MADE_UP / "3.2": ([1, 3, 5, 4, 1], [138], 2),
    MADE_UP / "4.0": ([1, 3, 5, 4, 1], [146], 2),
    MADE_UP / "5.2": ([1, 3, 5, 4, 1], [146], 2),
    GRAND_BEND: ([1, 3, 68, 54, 84], [24748, 24936], 18),
}


def files(folder):
    return [folder / "StaffAssociation.xml", folder / "EducationOrganization.xml"]


@pytest.fixture(params=EXPECTED, ids=lambda folder: folder.name)
def sample(request):
    if not request.param.is_dir():
        pytest.skip(NO_SAMPLE_DISTRICT)
    return request.param


def editor_url(record):
    return f"/credentials/records/{record.pk}/update/"


def test_a_district_loads_and_loads_again_without_a_change(sample):
    created, lines, with_email = EXPECTED[sample]
    summary = edfi.load(files(sample), today=TODAY)
    assert [counts["created"] for kind, counts in summary.counts.items() if kind != "assignments"] == created
    assert [issue.line for issue in summary.refusals] == lines
    assert all("before it was issued" in issue.message for issue in summary.refusals)
    assert User.objects.filter(email__isnull=False).count() == with_email
    before = rows()
    again = edfi.load(files(sample), district=District.objects.get().identifier, today=TODAY)
    assert rows() == before
    unchanged = dict(zip(["districts", "schools", "staff", "credentials", "courses"], created, strict=True))
    expected = {kind: {"unchanged": count} for kind, count in unchanged.items()}
    expected["credentials"]["refused"] = len(lines)
    assert outcomes(again) == expected


def test_an_imported_credential_fits_the_fields_of_its_type(sample):
    edfi.load(files(sample), today=TODAY)
    fields = {type.pk: {field.name for field in type.fields.all()} for type in CredentialType.objects.all()}
    assert all(record.values.keys() <= fields[record.type_id] for record in CredentialRecord.objects.all())


def test_an_imported_person_is_invited_and_requests_an_update_of_their_credential(sample, sign_in):
    edfi.load(files(sample), today=TODAY)
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
    data["shown_fields"] = " ".join(name for name in editor.fields if name.startswith("value_"))
    assert "Changes were requested on" in browser.post(editor_url(record), data, follow=True).text
    asked = record.requests.get()
    seen = {"version": asked.version, "record_state": asked.record_state, "comment": "It is on the state's list."}
    sign_in(approver).post(f"/credentials/approvals/{asked.pk}/approve/", seen)
    record.refresh_from_db()
    assert record.expires_on == later
    assert record.extra["credential_type"]


def test_the_made_up_district_is_read_element_by_element():
    edfi.load(files(MADE_UP / "5.2"), today=TODAY)
    assert str(District.objects.get()) == "Maple Example School District"
    people = User.objects.order_by("staff_identifier")
    assert [(str(person), person.email, person.school and person.school.name, person.title) for person in people] == [
        ("Ada Sample", "ada.sample@maple.example", "Maple Example High School", "Mathematics Teacher"),
        ("Ben Placeholder", None, "Maple Example Middle School", "Music Teacher"),
        (
            "Cora Fictional",
            "cora.fictional@maple.example",
            "Maple Example Elementary School",
            "Librarians/Media Specialists",
        ),
        ("Dov Imaginary", None, None, ""),
        ("Eli Madeup", None, "Maple Example Middle School", ""),
    ]
    records = CredentialRecord.objects.order_by("identifier")
    assert [(record.identifier, record.type.code, record.holder.first_name) for record in records] == [
        ("TX-1001", "LC", "Ada"),
        ("TX-1002", "LC", "Ben"),
        ("TX-1003", "OT", "Ben"),
        ("TX-1005", "LC", "Eli"),
    ]
    course = Course.objects.get()
    assert (str(course), course.school.name) == ("Algebra 1 (ALG-1)", "Maple Example High School")
    assert (course.subjects, course.grade_levels) == (["Mathematics"], ["Eighth grade", "Ninth grade"])


def test_the_courses_of_the_sample_district_are_answered_after_one_press(sign_in):
    if not GRAND_BEND.is_dir():
        pytest.skip(NO_SAMPLE_DISTRICT)
    edfi.load(files(GRAND_BEND), today=TODAY)
    district = District.objects.get()
    administrator = UserFactory(district=district, roles=[Role.DISTRICT_ADMINISTRATOR])
    page = sign_in(administrator).post("/credentials/courses/first-rules/", follow=True)
    assert "84 courses now ask for subject and grades." in page.text
    counts = course_counts(Question(district, district.today))
    assert len(counts) == 84
    assert any(row["might"] for row in counts.values())
    assert any(row["expired"] for row in counts.values())
