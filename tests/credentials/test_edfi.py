"""What the import of Ed-Fi files loads, and what it leaves alone when run again."""

from datetime import date

import pytest

from contacts.models import AuditEvent, District, User
from credentials import edfi
from credentials.models import CredentialRecord
from tests.contacts.races import at_once
from tests.credentials.interchanges import (
    ORGANIZATIONS,
    TODAY,
    WHOLE,
    assignment,
    credential,
    employment,
    interchange,
    rows,
    staff,
)
from tests.factories import CredentialRecordFactory, DistrictFactory, UserFactory

pytestmark = pytest.mark.django_db


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
    by_number = UserFactory(district=home, staff_identifier="1", email="one@bend.example")
    by_address = UserFactory(district=home, email="bo@bend.example")
    summary = load(staff("1", "New"), staff("2", "Bo", "Ray", email="Bo@bend.example"))
    by_number.refresh_from_db()
    by_address.refresh_from_db()
    assert summary.counts["staff"] == {"updated": 2}
    assert by_number.first_name == "New"
    assert by_address.staff_identifier == "2"


def test_no_file_changes_the_address_that_a_person_signs_in_with(load):
    load(*WHOLE)
    summary = load(staff(email="other@bend.example", holds=["C1"]), credential(), assignment())
    assert User.objects.get().email == "ann@bend.example"
    assert summary.counts["staff"] == {"unchanged": 1}
    assert list(map(str, summary.notes)) == [
        "Staff.xml, line 3: person 1 keeps their e-mail address; the file says another."
    ]


def test_a_person_without_an_address_gets_the_one_of_the_file(load):
    load(staff(), assignment())
    summary = load(staff(email="ann@bend.example"), assignment())
    assert User.objects.get().email == "ann@bend.example"
    assert not summary.notes


def test_one_audit_event_says_what_changed(load):
    load(*WHOLE)
    event = AuditEvent.objects.get()
    assert (event.action, event.actor_label, event.object_label) == ("district.import_edfi", "The portal", "Bend ISD")
    assert event.detail["counts"]["staff"] == {"created": 1}


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
    assert wish.record_has_changed


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
