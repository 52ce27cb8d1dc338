"""Credentials in the Django admin."""

from functools import partial

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from credentials.models import Course, CredentialType, RequestGrant
from tests.credentials.test_races import while_uncommitted
from tests.factories import (
    ApprovalDelegationFactory,
    CredentialFieldFactory,
    CredentialRecordFactory,
    CredentialRequestFactory,
    CredentialTypeFactory,
    DistrictFactory,
    RequestGrantFactory,
    RequestVersionFactory,
    RequirementFactory,
    TypeRuleFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
FOR_READING = [
    ("credentialrecord", CredentialRecordFactory),
    ("credentialrequest", CredentialRequestFactory),
    ("requestversion", RequestVersionFactory),
    ("requestgrant", RequestGrantFactory),
    ("approvaldelegation", ApprovalDelegationFactory),
    ("typerule", TypeRuleFactory),
]


@pytest.fixture
def browser(sign_in):
    """Of someone who has opened the admin before, which is noted once."""
    client = sign_in(UserFactory(district=None, is_staff=True))
    client.get(reverse("admin:index"))
    return client


def url(model, page="changelist", *args):
    return reverse(f"admin:credentials_{model}_{page}", args=args)


def fields(*rows, kept=0):
    data = {"fields-TOTAL_FORMS": len(rows), "fields-INITIAL_FORMS": kept}
    for number, row in enumerate(rows):
        blank = {"element": "", "key": "", "label": "", "data_type": "text", "choices": "", "order": "10"}
        data |= {f"fields-{number}-{name}": value for name, value in {**blank, **row}.items()}
    return data


def test_a_type_is_made_with_its_fields(browser):
    rows = fields(
        {"element": "identifier", "required": "on"},
        {"key": "area", "label": "Area", "data_type": "choice", "choices": "Physical, Health\r\n\r\n Other \r\n"},
    )
    response = browser.post(url("credentialtype", "add"), {"code": "CP", "name": "Coaching", "order": 5, **rows})
    assert response.status_code == 302, response.context["errors"]
    made = CredentialType.objects.get(code="CP")
    assert [field.name for field in made.fields.all()] == ["identifier", "area"]
    assert made.fields.get(key="area").choices == ["Physical, Health", "Other"]


def test_a_type_that_is_opened_and_saved_stays_as_it_is(browser):
    license = CredentialType.objects.get(code="LC")
    before = list(license.fields.values())
    page = browser.get(url("credentialtype", "change", license.pk))
    forms = page.context["inline_admin_formsets"][0].formset.initial_forms
    data = {"code": license.code, "name": license.name, "order": license.order, "is_active": "on"}
    data |= {"fields-TOTAL_FORMS": len(forms), "fields-INITIAL_FORMS": len(forms)}
    for form in forms:
        data |= {f"{form.prefix}-id": form.instance.pk, f"{form.prefix}-type": license.pk}
        data |= {bound.html_name: bound.value() for bound in form if bound.value() not in (None, False)}
    assert browser.post(url("credentialtype", "change", license.pk), data).status_code == 302
    assert list(license.fields.values()) == before


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({"key": "area"}, "Choose a standard element, or enter a key and a label."),
        ({"key": "subjects", "label": "Mine"}, "This key belongs to a standard element."),
        ({"key": "area", "label": "Area", "data_type": "choice"}, "Enter the choices, one per line."),
        ({"element": "issuing_state", "choices": "TX\nTexas"}, "at most 2 characters. “Texas” has more."),
        ({"element": "subjects", "choices": "S" * 101}, "at most 100 characters"),
    ],
)
def test_half_a_field_is_refused_in_words(browser, row, sentence):
    response = browser.post(url("credentialtype", "add"), {"code": "CP", "name": "Coaching", "order": 5, **fields(row)})
    assert response.status_code == 200
    assert sentence in response.text


def test_a_type_in_use_is_not_deleted(browser):
    record = CredentialRecordFactory()
    browser.post(url("credentialtype", "delete", record.type.pk), {"post": "yes"})
    assert CredentialType.objects.filter(pk=record.type.pk).exists()


@pytest.mark.parametrize(("model", "make"), FOR_READING)
def test_what_happened_is_for_reading(browser, model, make):
    row = make()
    assert browser.get(url(model), {"q": row.district.name}).context["cl"].result_count == 1
    assert browser.get(url(model), {"q": "Nobody"}).context["cl"].result_count == 0
    assert "Save" not in browser.get(url(model, "change", row.pk)).text
    assert browser.post(url(model, "change", row.pk), {}).status_code == 403
    assert browser.get(url(model, "add")).status_code == 403
    assert browser.post(url(model, "delete", row.pk), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize(("model", "make"), FOR_READING)
def test_no_filter_lists_all_districts(browser, model, make):
    make()
    other = DistrictFactory(name="A district without credentials")
    assert other.name not in browser.get(url(model)).text


@pytest.mark.parametrize(("model", "make"), FOR_READING)
def test_the_lists_ask_few_queries(browser, model, make, django_assert_max_num_queries):
    for _ in range(10):
        make()
    with django_assert_max_num_queries(12):
        browser.get(url(model))


def test_a_right_is_found_by_whom_it_is_given_to_and_says_when_it_ended(browser):
    RequestGrantFactory(position="Counselor")
    ended = RequestGrantFactory(position="Librarian")
    RequestGrant.objects.filter(pk=ended.pk).update(ended_at=timezone.now(), ended_by=ended.granted_by)
    assert browser.get(url("requestgrant"), {"q": "Counselor"}).context["cl"].result_count == 1
    page = browser.get(url("requestgrant"), {"ended_at__isempty": "0"})
    assert [(str(each), each.kind) for each in page.context["cl"].result_list] == [("Librarian", "Position")]


def test_the_versions_of_a_request_are_found_by_its_number(browser):
    version, _ = RequestVersionFactory(), RequestVersionFactory()
    page = browser.get(url("requestversion"), {"q": version.request_id})
    assert list(page.context["cl"].result_list) == [version]


def test_an_admin_adds_a_course_and_reads_what_it_asks_for(browser):
    district = DistrictFactory()
    subject = "Physical, Health, and Safety Education"
    data = {"district": district.pk, "code": "PE-1", "title": "Sport", "subjects": subject, "grade_levels": ""}
    assert browser.post(url("course", "add"), data).status_code == 302
    course = Course.objects.get()
    assert (course.subjects, course.grade_levels) == ([subject], [])
    RequirementFactory(course=course, field="Physical Education")
    assert "Group 1: field Physical Education" in browser.get(url("course", "change", course.pk)).text
    assert browser.post(url("course", "delete", course.pk), {"post": "yes"}).status_code == 403
    assert browser.get(url("course"), {"q": "Sport"}).context["cl"].result_count == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_change_a_type_at_once_leave_no_circle():
    kind = CredentialTypeFactory(code="CO", name="Coaching")
    area, hours = (CredentialFieldFactory(type=kind, key=key, label=key, order=10) for key in ("area", "hours"))

    def say_that_one_waits_for_the_other(waiting, other):
        admin = Client()
        admin.force_login(UserFactory(district=None, is_staff=True))
        row = {"type": kind.pk, "when_field": "", "when_values": ""}
        rows = [row | {"id": each.pk, "key": each.key, "label": each.label} for each in (waiting, other)]
        rows[0] |= {"when_field": other.key, "when_values": "Yes"}
        about = {"code": "CO", "name": "Coaching", "order": kind.order, "is_active": "on"}
        return partial(admin.post, url("credentialtype", "change", kind.pk), about | fields(*rows, kept=2))

    answers = while_uncommitted(
        say_that_one_waits_for_the_other(hours, area), say_that_one_waits_for_the_other(area, hours)
    )
    assert [answer.status_code for answer in answers] == [302, 302]
    assert [*kind.fields.exclude(when_field="").values_list("key", flat=True)] == ["area"]
