"""A request says which credential of the same person a record, an endorsement, belongs to."""

from uuid import uuid4

import pytest
from django.urls import reverse

from contacts import ActionRefused
from contacts.models import Role
from credentials import actions
from credentials.models import CredentialRecord, CredentialRequest, CredentialType
from tests.factories import CredentialRecordFactory, UserFactory

pytestmark = pytest.mark.django_db
NEW = "/credentials/requests/new/"
NAME = "value_parent_id"


@pytest.fixture
def approver():
    return UserFactory(roles=[Role.CREDENTIAL_APPROVER])


@pytest.fixture
def teacher(approver):
    return UserFactory(district=approver.district)


@pytest.fixture
def license_type():
    return CredentialType.objects.get(code="LC")


@pytest.fixture
def license(teacher, license_type):
    return CredentialRecordFactory(holder=teacher, type=license_type, identifier="L-1", field="Music")


@pytest.fixture
def endorsement(teacher, license_type):
    extra = {"credential_type": "Endorsement"}
    return CredentialRecordFactory(holder=teacher, type=license_type, identifier="E-1", field="Band", extra=extra)


@pytest.fixture
def browser(sign_in, teacher):
    return sign_in(teacher)


def show(browser, type, url=NEW, kind="Endorsement"):
    """The choices of the field, as (key, name); None where the form does not ask."""
    form = browser.post(url, {"type": type.pk, "show_fields": "1", "value_credential_type": kind}).context["form"]
    return [*form.fields[NAME].choices] if NAME in form.fields else None


def send(browser, type, parent, url=NEW):
    values = {"identifier": "E-2", "issuing_state": "TX", "issued_on": "2026-01-02"}
    values |= {"credential_type": "Endorsement", "parent_id": parent}
    values = {f"value_{name}": value for name, value in values.items()}
    shown = " ".join(f"value_{field.name}" for field in type.fields.all())
    about = {"brief_description": "Jazz ensembles.", "idempotency_key": uuid4(), "type": type.pk}
    return browser.post(url, {**about, "shown_fields": shown, **values})


def move(record, parent, **how):
    """Ask for it to belong to the other record, or to none."""
    values = record.values | {"parent_id": parent and parent.pk}
    proposed = {name: value for name, value in values.items() if value is not None}
    return actions.request_update(
        by=record.holder, record=record, brief_description="Moved.", proposed=proposed, idempotency_key=uuid4(), **how
    )


def test_a_new_endorsement_belongs_to_the_credential_that_was_chosen(sign_in, approver, teacher, license):
    browser = sign_in(teacher)
    assert show(browser, license.type) == [("", "No other credential"), (license.pk, "Music · L-1")]
    assert send(browser, license.type, license.pk).url == "/credentials/requests/"
    credential_request = CredentialRequest.objects.get()
    decide = sign_in(approver).get(credential_request.decision_url).text
    assert "Belongs to" in decide
    assert "Music · L-1" in decide
    actions.approve(credential_request, by=approver)
    record = CredentialRecord.objects.exclude(pk=license.pk).get()
    assert record.parent == license
    tree = sign_in(teacher).get(f"/credentials/?record={record.pk}")
    [(_, [(top, endorsements)])] = tree.context["tree"]
    assert (top, endorsements) == (license, [record])


def test_only_an_endorsement_is_asked_and_only_of_who_has_another_credential(browser, license_type, request):
    assert show(browser, license_type) is None
    license = request.getfixturevalue("license")
    assert show(browser, license.type, kind="Licensure") is None
    assert show(browser, license.type)


def test_the_credential_of_somebody_else_is_no_choice(browser, license, approver):
    foreign = CredentialRecordFactory(holder=approver, type=license.type, field="Dance")
    assert foreign.pk not in dict(show(browser, license.type))
    response = send(browser, license.type, foreign.pk)
    assert "from the list" in response.context["form"].errors[NAME][0]
    assert not CredentialRequest.objects.exists()


def test_what_is_under_another_credential_holds_none_and_what_holds_one_is_under_none(
    browser, license, endorsement, teacher
):
    deeper = CredentialRecordFactory(holder=teacher, type=license.type, field="Choir", extra=endorsement.extra)
    CredentialRecord.objects.filter(pk=endorsement.pk).update(parent=license)

    def offered(record):
        choices = show(browser, license.type, reverse("credentials:request_update", args=[record.pk]))
        return choices and [key for key, _ in choices if key]

    assert offered(deeper) == [license.pk]
    assert sorted(offered(endorsement)) == sorted([license.pk, deeper.pk])
    assert offered(license) is None
    assert sorted(key for key, _ in show(browser, license.type) if key) == sorted([license.pk, deeper.pk])


def test_a_record_is_moved_and_set_free_by_requests(approver, license, endorsement):
    actions.approve(move(endorsement, license), by=approver)
    endorsement.refresh_from_db()
    assert endorsement.parent == license
    actions.approve(move(endorsement, None), by=approver)
    endorsement.refresh_from_db()
    assert endorsement.parent is None


def test_an_approval_does_not_make_a_circle(approver, license, endorsement):
    first, second = move(endorsement, license), move(license, endorsement)
    actions.approve(first, by=approver)
    with pytest.raises(ActionRefused, match="belongs to another credential of the same person"):
        actions.approve(second, by=approver)
    license.refresh_from_db()
    assert license.parent is None


def test_another_change_of_what_stands_under_an_endorsement_can_still_be_approved(approver, license, endorsement):
    deeper = CredentialRecordFactory(holder=license.holder, type=license.type, parent=endorsement)
    CredentialRecord.objects.filter(pk=endorsement.pk).update(parent=license)
    request = {"brief_description": "Corrected.", "proposed": deeper.values | {"field": "Choir"}}
    actions.approve(
        actions.request_update(by=license.holder, record=deeper, idempotency_key=uuid4(), **request), by=approver
    )
    deeper.refresh_from_db()
    assert (deeper.field, deeper.parent) == ("Choir", endorsement)


@pytest.mark.parametrize("is_draft", [False, True])
def test_a_request_names_the_credential_as_it_was_called_then(browser, license, endorsement, is_draft):
    credential_request = move(endorsement, license, is_draft=is_draft)
    CredentialRecord.objects.filter(pk=license.pk).update(field="Orchestra")
    text = browser.get(reverse("credentials:request", args=[credential_request.pk])).text
    assert "Music · L-1" in text
    assert "Orchestra" not in text


def test_the_approver_sees_that_it_was_moved_in_the_meantime(sign_in, approver, license, endorsement):
    other = CredentialRecordFactory(holder=license.holder, type=license.type, field="Theater", identifier="L-2")
    credential_request = move(endorsement, license)
    CredentialRecord.objects.filter(pk=endorsement.pk).update(parent=other)
    text = sign_in(approver).get(credential_request.decision_url).text
    assert "Both changed it" in text
    assert "Theater · L-2" in text
    with pytest.raises(ActionRefused, match="The record changed"):
        actions.approve(credential_request, by=approver)


def test_an_administrator_chooses_among_the_credentials_of_the_person(sign_in, license):
    administrator = UserFactory(district=license.district, roles=[Role.DISTRICT_ADMINISTRATOR])
    CredentialRecordFactory(holder=administrator, type=license.type, field="Dance")
    url = reverse("credentials:request_new_for", args=[license.holder_id])
    assert show(sign_in(administrator), license.type, url) == [("", "No other credential"), (license.pk, "Music · L-1")]
