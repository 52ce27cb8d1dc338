"""The sample district that Ed-Fi publishes, where it is beside this repository."""

import os

import pytest
from django.conf import settings

import contacts.actions
from contacts.models import District, Role, User
from credentials import edfi
from credentials.models import CredentialRecord, CredentialType
from tests.credentials.interchanges import (
    TODAY,
    rows,
)
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

REAL = settings.BASE_DIR.parent / "shared" / "data" / "edfi"


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
    assert all("before it was issued" in refusal.message for refusal in summary.refusals)
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
