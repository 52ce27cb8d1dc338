"""Whole districts: made-up ones in each version of Ed-Fi, and the sample that Ed-Fi publishes, where it is at hand."""

from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

import contacts.actions
from contacts.models import District, Role, User
from credentials import edfi
from credentials.models import Course, CredentialRecord, CredentialType
from credentials.reports import Question, course_counts
from tests.credentials.interchanges import TODAY, outcomes, refusals, rows
from tests.factories import DesignationFactory, UserFactory
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


def shown_in(form):
    return " ".join(name for name in form.fields if name.startswith("value_"))


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
    data["shown_fields"] = shown_in(editor)
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


@pytest.fixture
def grand_bend():
    if not GRAND_BEND.is_dir():
        pytest.skip(NO_SAMPLE_DISTRICT)
    edfi.load(files(GRAND_BEND), today=TODAY)
    return District.objects.get()


def at_a_browser(person, role=None):
    """Somebody who came with the files, once they are invited and, perhaps, designated."""
    if role:
        DesignationFactory(user=person, role=role)
    browser = Client()
    browser.force_login(person)
    return browser


def test_the_people_of_the_sample_district_request_and_decide(grand_bend):
    holders = User.objects.filter(credential_records__expires_on__isnull=False, email__isnull=False)
    teacher, approver, colleague = holders.distinct().order_by("pk")[:3]
    record = teacher.credential_records.filter(expires_on__isnull=False).first()
    of_teacher, of_approver = at_a_browser(teacher), at_a_browser(approver, Role.CREDENTIAL_APPROVER)
    assert record.identifier in of_teacher.get("/credentials/").text
    renewal = of_teacher.get(editor_url(record), {"renew": "1"}).context["form"]
    data = {field.html_name: field.value() for field in renewal if field.value() is not None}
    data["shown_fields"] = shown_in(renewal)
    assert "Changes were requested on" in of_teacher.post(editor_url(record), data, follow=True).text
    asked = record.requests.get()
    decision = f"/credentials/approvals/{asked.pk}/"
    assert str(teacher) in of_approver.get("/credentials/approvals/").text
    assert at_a_browser(colleague).get(decision).status_code == 403
    seen = {"version": 1, "record_state": asked.record_state, "comment": "Say which school year."}
    of_approver.post(f"{decision}return/", seen)
    edit = f"/credentials/requests/{asked.pk}/edit/"
    again = of_teacher.get(edit).context["form"]
    data = {field.html_name: field.value() for field in again if field.value() is not None}
    data |= {"brief_description": "Renewed for the next school year.", "shown_fields": shown_in(again)}
    of_teacher.post(edit, data)
    of_approver.post(f"{decision}approve/", seen | {"version": 2})
    before = record.expires_on
    record.refresh_from_db()
    asked.refresh_from_db()
    assert (asked.status, asked.decided_by) == ("approved", approver)
    assert record.expires_on > before
    assert "Say which school year." in of_teacher.get(f"/credentials/requests/{asked.pk}/").text


def test_each_course_of_the_sample_district_is_answered_on_its_page_after_one_press(grand_bend):
    administrator, *others = User.objects.filter(email__isnull=False).order_by("pk")
    browser = at_a_browser(administrator, Role.DISTRICT_ADMINISTRATOR)
    page = browser.post("/credentials/courses/first-rules/", follow=True)
    assert "84 courses now ask for subject and grades." in page.text
    counts = course_counts(Question(grand_bend, grand_bend.today))
    assert len(counts) == 84
    assert any(row["might"] for row in counts.values())
    assert any(row["expired"] for row in counts.values())
    listed, cursor = [], None
    while cursor != "":
        page = browser.get("/credentials/courses/district/", {"cursor": cursor or ""}).context["page"]
        listed += page.rows
        cursor = page.next
    assert len({course.pk for course in listed}) == 84
    for course in listed:
        answer = browser.get(f"/credentials/courses/{course.pk}/")
        [might] = [count for name, _, count in answer.context["tabs"] if name == "might"]
        assert might == counts[course.pk]["might"], course
        assert all(str(person) in answer.text for person, *_ in answer.context["rows"])
    their_own = [at_a_browser(person).get("/credentials/courses/") for person in others]
    assert any(page.context["rows"] for page in their_own)


def test_the_credentials_of_the_sample_district_go_out_and_come_back_as_they_were(grand_bend, tmp_path):
    before, path = rows(), tmp_path / "out.xml"
    path.write_text("".join(edfi.lines_of(CredentialRecord.objects.filter(district=grand_bend))))
    assert path.read_text().count("<Credential>") == 54
    summary = edfi.load([path], district=grand_bend.identifier)
    assert refusals(summary) == []
    assert rows() == before
