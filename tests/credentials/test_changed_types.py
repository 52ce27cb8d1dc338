"""An administrator of the portal changes a type that is in use: everything stays readable, and goes on."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from contacts.models import Role
from credentials import edfi
from credentials.models import CredentialRecord, CredentialRequest, CredentialType
from tests.credentials.test_admin import fields, url
from tests.credentials.test_versions import sent
from tests.factories import (
    CredentialFieldFactory,
    CredentialRecordFactory,
    CredentialRequestFactory,
    CredentialTypeFactory,
    RequestVersionFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
FIELDS = [
    {"key": "area", "label": "Area", "data_type": "choice", "choices": "Art\nMusic"},
    {"key": "hours", "label": "Hours", "data_type": "text"},
    {"key": "met", "label": "Met", "data_type": "yes_no"},
    {"key": "topics", "label": "Topics", "data_type": "choices", "choices": "Band\nChoir"},
    {"key": "more", "label": "More", "data_type": "text", "when_field": "area", "when_values": "Art"},
    {"element": "subjects", "data_type": "text"},
    {"element": "expires_on", "data_type": "text"},
    {"element": "parent_id", "data_type": "text"},
]
NAMES = [each.get("element") or each["key"] for each in FIELDS]
EXTRA = {"area": "Art", "hours": "About forty", "met": True, "topics": ["Band", "Choir"], "more": "A choir"}
READABLE = [
    "Art",
    "Hours",
    "About forty",
    "Met",
    "Topics",
    "Band, Choir",
    "More",
    "A choir",
    "Subjects",
    "Reading",
]


def gone(*names):
    return {name: {"DELETE": "on"} for name in names}


CHANGES = {
    "everything is removed": gone(*NAMES),
    "what another field waits for is removed with it": gone("area", "more"),
    "a key is renamed": {"area": {"key": "work"}, "more": {"when_field": "work"}},
    "a label is renamed": {"area": {"label": "Work"}},
    "a field of its own becomes an element": {
        "area": {"element": "field", "key": "", "label": "", "choices": ""},
        "more": {"when_field": "field"},
    },
    "choices are removed": {
        "area": {"choices": "Drama"},
        "topics": {"choices": "Band"},
        "subjects": {"choices": "Art"},
    },
    "a condition is added": {"hours": {"when_field": "area", "when_values": "Music"}},
    "a condition is changed": {"more": {"when_field": "met", "when_values": "No"}},
    "a condition is taken away": {"more": {"when_field": "", "when_values": ""}},
    "a field is for another state": {"hours": {"state": "TX"}, "expires_on": {"state": "TX"}},
    "everything is required": {name: {"required": "on"} for name in NAMES},
    "the type is offered no more": {},
    **{
        f"the data types become {data_type}": {
            name: {"data_type": data_type, "choices": "Drama" if data_type.startswith("choice") else ""}
            for name in ("area", "hours", "met", "topics", "more")
        }
        for data_type in ("text", "date", "number", "choice", "choices", "state")
    },
}


@pytest.fixture
def type():
    type = CredentialTypeFactory(code="CO", name="Coaching")
    for order, row in enumerate(FIELDS):
        lists = {name: row[name].split("\n") for name in ("choices", "when_values") if name in row}
        CredentialFieldFactory(type=type, order=order, **{"key": "", "label": "", **row, **lists})
    return type


@pytest.fixture
def approver():
    roles = [Role.CREDENTIAL_APPROVER, Role.DISTRICT_ADMINISTRATOR]
    return UserFactory(district__state="OH", roles=roles)


@pytest.fixture
def teacher(approver):
    return UserFactory(district=approver.district, staff_identifier="S-1")


@pytest.fixture
def requests(type, teacher, approver):
    """One of each status, by status; the record of each says the same."""
    now = timezone.now()
    besides = {
        "returned": {"returned_at": now, "returned_by": approver, "comment": "Say more."},
        "approved": {"decided_at": now, "decided_by": approver},
        "denied": {"decided_at": now, "decided_by": approver, "comment": "No."},
        "withdrawn": {"withdrawn_at": now},
    }
    made = {}
    for status in CredentialRequest.Status.values:
        record = CredentialRecordFactory(holder=teacher, type=type, extra=EXTRA, subjects=["Reading"])
        made[status] = CredentialRequestFactory(
            requester=teacher,
            type=type,
            record=record,
            is_new=False,
            original=record.values,
            proposed={**record.values, "hours": "Fifty", "topics": ["Band"], "subjects": ["Writing"]},
            labels=type.labels_in("OH"),
            status=status,
            **besides.get(status, {}),
        )
        if status != "draft":
            RequestVersionFactory(request=made[status])
    return made


def change_type(browser, type, changes, **about):
    """In the admin, after what it affects was shown and accepted."""
    rows = [
        {"id": field.pk, "type": type.pk, "order": field.order, **row, **changes.get(field.name, {})}
        for field, row in zip(type.fields.all(), FIELDS, strict=True)
    ]
    rows.sort(key=lambda row: row["order"])
    data = {"code": type.code, "name": type.name, "order": type.order, "is_active": "on", **about}
    data = {name: value for name, value in data.items() if value} | fields(*rows, kept=len(rows))
    address = url("credentialtype", "change", type.pk)
    answer = browser.post(address, data)
    if answer.status_code == 200:
        assert "Nothing is saved yet." in answer.text
        answer = browser.post(address, {**data, "accepted_effects": answer.context["affecting"].digest})
    assert answer.status_code == 302


@pytest.fixture(params=CHANGES)
def changed(request, sign_in, type, requests):
    admin = sign_in(UserFactory(district=None, is_staff=True))
    about = {"is_active": ""} if request.param == "the type is offered no more" else {}
    change_type(admin, type, CHANGES[request.param], **about)
    return CredentialType.objects.get(pk=type.pk)


def read(browser, address):
    page = browser.get(address)
    assert page.status_code == 200, address
    return page.text


def test_everything_stays_readable_and_goes_on(changed, sign_in, approver, teacher, requests):
    the_teacher_reads_everything(sign_in(teacher), requests)
    the_administrator_reads_everything(sign_in(approver), teacher)
    what_is_requested_is_changed_and_requested_again(sign_in(teacher), requests)
    the_approver_reads_and_decides(sign_in(approver), requests)


def the_teacher_reads_everything(browser, requests):
    for each in requests.values():
        text = read(browser, f"{reverse('credentials:records')}?record={each.record_id}")
        assert [said for said in READABLE if said not in text] == []
        text = read(browser, reverse("credentials:request", args=[each.pk]))
        assert [said for said in ["Hours", "About forty", "Fifty", "Topics", "Writing"] if said not in text] == []
    read(browser, reverse("credentials:requests"))


def the_administrator_reads_everything(browser, teacher):
    for address in [reverse("credentials:staff"), reverse("credentials:staff_member", args=[teacher.pk])]:
        read(browser, address)
    content = browser.get(reverse("credentials:records_csv")).getvalue()
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert {row["hours"] for row in rows} == {"About forty"}
    assert {row["topics"] for row in rows} == {"Band; Choir"}
    assert list(edfi.lines_of(CredentialRecord.objects.all()))
    file = SimpleUploadedFile("records.csv", content)
    answer = browser.post(reverse("credentials:import_records"), {"file": file})
    assert "This file changes nothing" in answer.text


def what_is_requested_is_changed_and_requested_again(browser, requests):
    """Saved, or refused in words where what was requested is no answer to what is asked now."""
    for status in ("draft", "pending", "returned"):
        each = requests[status]
        editor = reverse("credentials:edit", args=[each.pk])
        answer = browser.post(editor, sent(browser.get(editor), brief_description="Said otherwise."))
        each.refresh_from_db()
        assert answer.status_code == 302 or answer.context["form"].errors
        assert (answer.status_code == 302) == (each.brief_description == "Said otherwise.")
        assert each.original == each.record.values
    for status in ("denied", "withdrawn"):
        editor = reverse("credentials:request_update", args=[requests[status].record_id])
        page = browser.get(editor)
        assert browser.post(editor, sent(page)).context["form"].errors
        read(browser, f"{editor}?again={requests[status].pk}")


def the_approver_reads_and_decides(browser, requests):
    for status, each in requests.items():
        if each.version:
            text = read(browser, each.decision_url)
            assert [said for said in ["About forty", "Band", "Reading"] if said not in text] == [], status
    read(browser, reverse("credentials:approvals"))
    pending = requests["pending"]
    pending.refresh_from_db()
    read(browser, f"{reverse('credentials:approve_several')}?request={pending.pk}")
    approval = reverse("credentials:approve", args=[pending.pk])
    assert browser.post(approval, {"version": pending.version}).status_code == 302
    pending.record.refresh_from_db()
    assert pending.record.values == pending.proposed


def test_what_is_stored_under_a_former_name_keeps_its_label(sign_in, type, teacher, requests):
    admin = sign_in(UserFactory(district=None, is_staff=True))
    change_type(admin, type, CHANGES["a key is renamed"])
    assert [(each.key, each.label, each.is_retired) for each in type.fields.filter(label="Area").order_by("key")] == [
        ("area", "Area", True),
        ("work", "Area", False),
    ]
    assert "<dt>Area</dt>" in read(sign_in(teacher), reverse("credentials:records"))
