"""What an import of Ed-Fi files creates and updates, and what it leaves alone."""

from datetime import date

import pytest
from django.db import OperationalError

from contacts.models import AuditEvent, District, School, User
from credentials import edfi
from credentials.models import CredentialRecord
from tests.contacts.races import at_once, locked
from tests.credentials.interchanges import (
    COMPLETE,
    ORGANIZATIONS,
    TODAY,
    assignment,
    course,
    credential,
    district,
    employment,
    interchange,
    outcomes,
    rows,
    school,
    staff,
)
from tests.factories import (
    CourseFactory,
    CredentialRecordFactory,
    CredentialTypeFactory,
    DesignationFactory,
    DistrictFactory,
    SchoolFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
BY_ID = """<LocalEducationAgencyReference><LocalEducationAgencyIdentity>
    <LocalEducationAgencyId>900</LocalEducationAgencyId>
    </LocalEducationAgencyIdentity></LocalEducationAgencyReference>"""


@pytest.mark.parametrize("reverse", [False, True])
def test_a_person_comes_with_school_title_and_credential_in_either_order_of_files(load, reverse):
    summary = load(staff(email="Ann@Bend.example", holds=["C1"]), credential(), assignment(), reverse=reverse)
    person = User.objects.get()
    record = CredentialRecord.objects.get()
    assert (str(person), person.email, person.staff_identifier) == ("Ann Lee", "ann@bend.example", "1")
    assert (person.district.name, person.school.name, person.title) == ("Bend ISD", "Bend High", "Teacher")
    assert (record.holder, record.district, record.identifier) == (person, person.district, "C1")
    assert (record.issuing_state, record.issued_on) == ("TX", date(2020, 1, 2))
    assert outcomes(summary) == {kind: {"created": 1} for kind in ("districts", "schools", "staff", "credentials")}


def test_an_imported_person_is_not_invited_and_has_no_password(load):
    load(staff(email="ann@bend.example"), assignment())
    person = User.objects.get()
    assert not person.has_usable_password()
    assert person.invited_at is None


@pytest.mark.parametrize(
    ("name", "slug"), [("Bend ISD", "bend-isd-2"), ("學區", "district-900"), ("Bend " * 20, ("bend-" * 8)[:40])]
)
def test_a_district_gets_a_slug_from_its_name_that_is_not_taken(load, name, slug):
    DistrictFactory(slug="bend-isd")
    load(organizations=[district(name=name)])
    imported = District.objects.get(identifier="900")
    assert (imported.slug, imported.time_zone) == (slug, "America/Chicago")


def test_a_school_may_name_its_district_by_id(load):
    load(organizations=[school(owner=BY_ID), district()])
    assert School.objects.get().district.identifier == "900"


def test_other_elements_of_the_files_are_skipped(load):
    program = '<Program><EducationOrganizationReference ref="LEA_900"/><Staff><Name>Ann</Name></Staff></Program>'
    summary = load(organizations=[program, *ORGANIZATIONS])
    assert outcomes(summary) == {"districts": {"created": 1}, "schools": {"created": 1}}


def test_every_value_of_a_credential_is_kept(load):
    more = """<EffectiveDate>2020-02-01</EffectiveDate><ExpirationDate>2030-01-02</ExpirationDate>
        <CredentialField>uri://ed-fi.org/F#Mathematics</CredentialField>
        <AcademicSubject>uri://ed-fi.org/A#Mathematics</AcademicSubject>
        <GradeLevel>uri://ed-fi.org/G#Ninth grade</GradeLevel><GradeLevel>uri://ed-fi.org/G#Tenth grade</GradeLevel>
        <TeachingCredential>uri://ed-fi.org/T#Professional</TeachingCredential>
        <TeachingCredentialBasis>uri://ed-fi.org/B#Relevant experience</TeachingCredentialBasis>
        <CredentialEndorsement>Algebra</CredentialEndorsement>
        <CredentialEndorsement>Geometry</CredentialEndorsement>"""
    load(staff(holds=["C1"]), credential(type="Certification", more=more), assignment())
    record = CredentialRecord.objects.get()
    assert (record.type.code, record.field, record.subjects) == ("LC", "Mathematics", ["Mathematics"])
    assert (record.effective_on, record.expires_on) == (date(2020, 2, 1), date(2030, 1, 2))
    assert record.grade_levels == ["Ninth grade", "Tenth grade"]
    assert record.extra == {
        "credential_type": "Certification",
        "teaching_credential": "Professional",
        "teaching_credential_basis": "Relevant experience",
        "endorsements": "Algebra\nGeometry",
    }


def test_dates_decades_away_are_kept(load):
    more = "<ExpirationDate>2099-12-31</ExpirationDate>"
    load(staff(holds=["C1"]), credential(issued="1931-05-06", more=more), assignment())
    record = CredentialRecord.objects.get()
    assert (record.issued_on, record.expires_on) == (date(1931, 5, 6), date(2099, 12, 31))


@pytest.mark.parametrize(
    ("type", "code"),
    [
        ("Certification", "LC"),
        ("Endorsement", "LC"),
        ("Licensure", "LC"),
        ("Registration", "LC"),
        ("High School Diploma", "ED"),
        ("High School Diploma Distinction", "ED"),
        ("Other", "OT"),
        ("A type of this state", "OT"),
    ],
)
def test_an_ed_fi_credential_type_becomes_one_of_the_portal(load, type, code):
    load(staff(holds=["C1"]), credential(type=type), assignment())
    assert CredentialRecord.objects.get().type.code == code


# --- where a person works -----------------------------------------------------------------------------------------


def test_the_most_recent_current_assignment_wins(load):
    load(
        staff(),
        assignment(title="Former", begin="2026-01-01", end="2026-06-30"),
        assignment(title="Current", begin="2020-01-01", end="2026-11-22"),
        assignment(title="Earlier", begin="2010-01-01"),
    )
    assert User.objects.get().title == "Current"


def test_an_assignment_wins_over_a_more_recent_employment(load):
    load(staff(), assignment(begin="2010-01-01"), employment(organization="900", begin="2020-01-01"))
    assert (User.objects.get().title, User.objects.get().school.name) == ("Teacher", "Bend High")


def test_without_an_assignment_the_most_recent_current_employment_wins(load):
    load(
        staff(),
        employment(organization="902", begin="2020-01-01", end="2024-06-30"),
        employment(organization="901", begin="2015-01-01"),
        employment(organization="902", begin="2010-01-01"),
        organizations=[*ORGANIZATIONS, school("902", "Bend Middle")],
    )
    assert User.objects.get().school.name == "Bend High"


@pytest.mark.parametrize("reverse", [False, True])
def test_the_order_of_equal_assignments_does_not_matter(load, reverse):
    assignments = [assignment(organization="901"), assignment(organization="902")]
    load(staff(), *assignments[:: -1 if reverse else 1], organizations=[*ORGANIZATIONS, school("902", "Bend Middle")])
    assert User.objects.get().school.name == "Bend Middle"


def test_without_a_position_title_the_staff_classification_is_the_title(load):
    classification = "<StaffClassification>uri://ed-fi.org/S#Librarian</StaffClassification><BeginDate>"
    load(staff(), assignment(title="").replace("<BeginDate>", classification))
    assert User.objects.get().title == "Librarian"


def test_a_person_who_works_at_the_district_office_has_no_school(load):
    load(staff(), assignment(organization="900"))
    assert User.objects.get().school is None


def test_a_person_without_an_assignment_or_employment_belongs_to_the_only_district(load):
    load(staff())
    assert User.objects.get().district.name == "Bend ISD"


def test_staff_may_be_imported_after_their_district(load):
    load()
    summary = load(staff("1"), staff("2"), assignment("1"), assignment("2", "900"), organizations=[])
    assert [person.school and person.school.name for person in User.objects.order_by("staff_identifier")] == [
        "Bend High",
        None,
    ]
    assert not summary.refusals


def test_schools_may_be_imported_after_their_district(load):
    load(organizations=[district()])
    summary = load(organizations=[school(owner=BY_ID)])
    assert School.objects.get().district == District.objects.get()
    assert not summary.refusals


# --- importing again ----------------------------------------------------------------------------------------------


def test_importing_the_same_files_again_changes_nothing(load):
    load(*COMPLETE)
    before, events = rows(), AuditEvent.objects.count()
    summary = load(*COMPLETE)
    assert rows() == before
    assert AuditEvent.objects.count() == events
    assert outcomes(summary) == {kind: {"unchanged": 1} for kind in ("districts", "schools", "staff", "credentials")}


def test_only_what_differs_is_updated(load):
    load(*COMPLETE)
    (before,) = CredentialRecord.objects.values()
    summary = load(staff(last="May", holds=["C1"]), credential(issued="2021-01-02"), assignment())
    (after,) = CredentialRecord.objects.values()
    assert outcomes(summary) == {
        "districts": {"unchanged": 1},
        "schools": {"unchanged": 1},
        "staff": {"updated": 1},
        "credentials": {"updated": 1},
    }
    assert {name for name in after if after[name] != before[name]} == {"issued_on", "updated_at"}
    assert after["updated_at"] > before["updated_at"]
    assert str(User.objects.get()) == "Ann May"


def test_districts_and_schools_are_renamed(load):
    load()
    slug = District.objects.get().slug
    summary = load(organizations=[district(name="Bend Schools"), school(name="Bend Senior High")])
    assert outcomes(summary) == {"districts": {"updated": 1}, "schools": {"updated": 1}}
    assert (District.objects.get().name, District.objects.get().slug) == ("Bend Schools", slug)
    assert School.objects.get().name == "Bend Senior High"
    assert AuditEvent.objects.count() == 2


def test_a_person_who_moved_to_another_school_is_updated(load):
    load(*COMPLETE)
    organizations = [*ORGANIZATIONS, school("902", "Bend Middle")]
    summary = load(staff(), assignment(organization="902", title="Principal"), organizations=organizations)
    person = User.objects.get()
    assert (person.school.name, person.title) == ("Bend Middle", "Principal")
    assert summary.counts["staff"] == {"updated": 1}


def test_what_the_file_leaves_out_stays(load):
    load(*COMPLETE)
    record = CredentialRecord.objects.get()
    record.effective_on, record.expires_on = date(2020, 2, 1), date(2030, 1, 1)
    record.field, record.subjects, record.grade_levels = "Mathematics", ["Mathematics"], ["Ninth grade"]
    record.extra = {**record.extra, "notes": "mine", "teaching_credential": "Professional"}
    record.save()
    before = rows()
    summary = load(staff(holds=["C1"]), credential(), assignment(title=""))
    assert rows() == before
    assert (summary.counts["staff"], summary.counts["credentials"]) == ({"unchanged": 1}, {"unchanged": 1})


def test_a_person_is_matched_by_staff_id_and_otherwise_by_e_mail_address(load):
    home = DistrictFactory(identifier="900", name="Bend ISD")
    by_staff_id = UserFactory(district=home, staff_identifier="1", email="one@bend.example")
    by_email = UserFactory(district=home, email="bo@bend.example")
    summary = load(staff("1", "New"), staff("2", "Bo", "Ray", email="Bo@bend.example"))
    by_staff_id.refresh_from_db()
    by_email.refresh_from_db()
    assert summary.counts["staff"] == {"updated": 2}
    assert by_staff_id.first_name == "New"
    assert by_email.staff_identifier == "2"


def test_an_import_never_changes_the_address_that_a_person_signs_in_with(load):
    load(*COMPLETE)
    before = rows()
    summary = load(staff(email="other@bend.example", holds=["C1"]), credential(), assignment())
    assert rows() == before
    assert summary.counts["staff"] == {"unchanged": 1}
    assert list(map(str, summary.notes)) == [
        "Staff.xml, line 3: staff member 1 keeps their e-mail address; the file has a different one."
    ]


def test_a_person_without_an_address_gets_the_one_in_the_file(load):
    load(staff(), assignment())
    summary = load(staff(email="ann@bend.example"), assignment())
    assert User.objects.get().email == "ann@bend.example"
    assert not summary.notes


def test_one_audit_event_says_what_changed(load):
    load(*COMPLETE)
    event = AuditEvent.objects.get()
    assert (event.action, event.actor_label, event.object_label) == ("district.import_edfi", "The portal", "Bend ISD")
    assert event.detail["counts"]["staff"] == {"created": 1}


def test_a_record_that_an_import_changed_no_longer_matches_a_pending_request(load):
    load(*COMPLETE)
    record = CredentialRecord.objects.get()
    credential_request = record.requests.create(
        district=record.district,
        requester=record.holder,
        type=record.type,
        brief_description="Renewed.",
        original=record.values,
        proposed={},
    )
    assert not credential_request.record_has_changed
    load(staff(holds=["C1"]), credential(issued="2021-05-05"), assignment())
    credential_request.record.refresh_from_db()
    assert credential_request.record_has_changed


def test_the_same_ids_in_another_district_are_left_alone(load):
    record = CredentialRecordFactory(identifier="C1", issuing_state="TX", holder__staff_identifier="1")
    SchoolFactory(district=record.district, identifier="901")
    CourseFactory(district=record.district, code="ALG-1")
    before = rows()
    load(*COMPLETE, organizations=[*ORGANIZATIONS, course()])
    for earlier, now in zip(before, rows(), strict=True):
        assert len(now) == len(earlier) + 1
        assert all(row in now for row in earlier)


# --- at the same time ---------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_create_each_row_once(write):
    files = [
        write("a.xml", interchange("EducationOrganization", *ORGANIZATIONS)),
        write("b.xml", interchange("StaffAssociation", *[staff(str(number)) for number in range(50)])),
    ]
    first, second = at_once(*[lambda: edfi.load(files, district="900", today=TODAY)] * 2)
    assert sorted(dict(summary.counts["staff"]).popitem() for summary in (first, second)) == [
        ("created", 50),
        ("unchanged", 50),
    ]
    assert User.objects.count() == 50


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("model", [User, CredentialRecord])
def test_an_import_waits_for_whoever_is_changing_the_same_row(load, model):
    CredentialTypeFactory(code="LC")
    load(*COMPLETE)
    with locked(model, model.objects.get()), pytest.raises(OperationalError, match="lock timeout"):
        load(*COMPLETE)


GONE = [assignment(end="2026-06-30"), employment(end="2026-06-30")]


@pytest.fixture
def contact(load):
    """Staff member 1, who became a contact."""
    load(staff(email="ann@bend.example"), assignment())
    contact = User.objects.get(email="ann@bend.example")
    DesignationFactory(user=contact)
    return contact


def test_who_has_no_current_assignment_or_employment_left_and_loses_every_role(load, contact):
    summary = load(staff(), *GONE)
    assert not contact.designations.current().exists()
    assert contact.designations.get().end_reason == "Left the district."
    assert not User.objects.get(pk=contact.pk).is_active
    assert [str(note) for note in summary.notes] == [
        f"Staff.xml, line 3: {contact} left, so their roles and their sign-in have ended."
    ]
    assert AuditEvent.objects.get(action="person.leave").object_key == str(contact.pk)
    assert not load(staff(), *GONE).notes


@pytest.mark.parametrize("elements", [[], [*GONE, assignment(begin="2020-01-01")], [assignment(end="2026-11-22")]])
def test_who_still_works_there_or_of_whom_the_files_say_nothing_keeps_every_role(load, contact, elements):
    load(staff(), *elements)
    assert contact.designations.current().exists()
    assert User.objects.get(pk=contact.pk).is_active
