"""Types and their fields are data: a change of them breaks no record and no request."""

import pytest
from django.db import connection
from django.urls import reverse

from contacts.models import District
from credentials.models import (
    CredentialField,
    CredentialRequest,
    CredentialType,
    DataType,
    Descriptor,
    Vocabulary,
    shown,
    waiting_in_vain,
)
from credentials.models.vocabularies import GRADE_LEVELS, STATES, SUBJECTS
from tests.credentials.test_admin import fields, url
from tests.credentials.test_editors import new, typed, update_url
from tests.factories import (
    CredentialFieldFactory,
    CredentialRecordFactory,
    CredentialRequestFactory,
    CredentialTypeFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
NEW = "/credentials/requests/new/"


@pytest.fixture
def teacher():
    return UserFactory(district__state="OH")


@pytest.fixture
def type():
    return CredentialTypeFactory(name="Coaching")


@pytest.fixture
def browser(sign_in, teacher):
    return sign_in(teacher)


@pytest.fixture
def admin(sign_in):
    return sign_in(UserFactory(district=None, is_staff=True))


def field(type, key, **how):
    return CredentialFieldFactory(type=type, key=key, label=how.pop("label", key.title()), **how)


# --- the vocabulary -----------------------------------------------------------------------------------------------


def test_the_ed_fi_vocabulary_is_shipped_with_its_uris():
    offered = Descriptor.objects.offered()
    assert set(offered) == set(Vocabulary)
    assert offered["AcademicSubject"] == SUBJECTS
    assert offered["GradeLevel"] == GRADE_LEVELS
    assert offered["StateAbbreviation"] == list(STATES)
    assert Descriptor.objects.get(code_value="Licensure").uri == "uri://ed-fi.org/CredentialTypeDescriptor#Licensure"
    assert Descriptor.objects.by_local_code()["GradeLevel", "KG"] == "Kindergarten"


def test_what_the_vocabulary_offers_no_more_is_not_asked_for(browser):
    Descriptor.objects.filter(code_value="Military Science").update(is_offered=False)
    license = CredentialType.objects.get(code="LC")
    text = browser.post(NEW, {"type": license.pk, "show_fields": "1"}).text
    assert "Reading" in text
    assert "Military Science" not in text


def test_a_local_code_stands_for_one_value(admin):
    first = Descriptor.objects.get(code_value="First grade")
    data = {"vocabulary": "GradeLevel", "code_value": "First grade", "uri": first.uri, "order": 1}
    page = admin.post(url("descriptor", "change", first.pk), {**data, "local_codes": "1\nKG"})
    assert "One of these codes already stands for “Kindergarten”." in page.text
    assert admin.post(url("descriptor", "change", first.pk), {**data, "local_codes": "1\nPrimary 1"}).status_code == 302
    assert Descriptor.objects.by_local_code()["GradeLevel", "Primary 1"] == "First grade"


# --- data types ---------------------------------------------------------------------------------------------------


def test_a_field_of_its_own_asks_for_a_state_for_subjects_and_for_grade_levels(browser, type):
    field(type, "trained_in", data_type="state")
    field(type, "covers", data_type="subjects")
    field(type, "levels", data_type="grade_levels", choices=["First grade", "Second grade"])
    sent = {"trained_in": "OH", "covers": ["Art", "Reading"], "levels": ["First grade"]}
    text = browser.post(NEW, new(type, **sent)).text
    assert "“Art” is not on the list." in text
    browser.post(NEW, new(type, **{**sent, "covers": ["Reading"]}))
    assert CredentialRequest.objects.get().proposed == {**sent, "covers": ["Reading"]}


# --- conditions ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "is_shown"), [("B", True), ("A", False), (["A", "B"], True), ([], False), (None, False), ("", False)]
)
def test_a_field_is_shown_with_the_answers_that_it_names(type, answer, is_shown):
    rows = [field(type, "kind"), field(type, "more", when_field="kind", when_values=["B", "C"])]
    assert ("more" in [each.name for each in shown(rows, {"kind": answer}.get)]) == is_shown


@pytest.mark.parametrize(("answer", "is_shown"), [(True, True), ("True", True), (False, False), (None, False)])
def test_yes_and_no_are_answers_too(type, answer, is_shown):
    rows = [field(type, "met", data_type="yes_no"), field(type, "on", when_field="met", when_values=["Yes"])]
    assert ("on" in [each.name for each in shown(rows, {"met": answer}.get)]) == is_shown


def test_what_is_not_shown_has_no_answer(type):
    first = field(type, "first")
    second = field(type, "second", when_field="first", when_values=["x"])
    third = field(type, "third", when_field="second", when_values=["y"])
    said = {"first": "other", "second": "y"}
    assert shown([first, second, third], said.get) == [first]


@pytest.mark.parametrize(
    ("rows", "in_vain"),
    [
        ([("hen", "egg", ""), ("egg", "hen", "")], ["hen", "egg"]),
        ([("a", "a", "")], ["a"]),
        ([("a", "nowhere", "")], ["a"]),
        ([("a", "", ""), ("b", "a", ""), ("c", "b", "")], []),
        ([("a", "", ""), ("b", "a", "OH"), ("b", "", "TX"), ("c", "b", "TX")], []),
        ([("a", "", "OH"), ("b", "a", "OH")], []),
        # Outside Ohio nobody is asked what it waits for.
        ([("a", "", "OH"), ("b", "a", "")], ["b"]),
        # In Ohio they wait for each other.
        ([("a", "", ""), ("b", "a", ""), ("a", "b", "OH")], ["b", "a"]),
    ],
)
def test_the_form_and_the_database_say_the_same_of_what_waits_in_vain(type, rows, in_vain):
    fields = [
        CredentialField(type=type, key=key, label=key, when_field=when, when_values=[when] if when else [], state=state)
        for key, when, state in rows
    ]
    assert [each.key for each in waiting_in_vain(fields)] == in_vain
    CredentialField.objects.bulk_create(fields)
    with connection.cursor() as cursor:
        cursor.execute("SELECT fields_wait_in_vain(%s)", [type.pk])
        assert cursor.fetchone() == (bool(in_vain),)
    # It is refused when the transaction ends, so that a circle can be made and undone within it.
    type.fields.all().delete()


def test_what_waits_in_vain_is_not_shown(type):
    rows = [CredentialField(key="hen", when_field="egg", when_values=["x"])]
    rows += [CredentialField(key="egg", when_field="hen", when_values=["x"])]
    assert shown(rows, lambda name: "x") == []


# --- editions of states -------------------------------------------------------------------------------------------


def test_a_type_of_one_state_is_offered_there_only(browser, teacher):
    CredentialTypeFactory(name="Ohio permit", state="OH")
    texan = CredentialTypeFactory(name="Texas permit", state="TX")
    text = browser.get(NEW).text
    assert "Ohio permit" in text
    assert "Texas permit" not in text
    browser.post(NEW, new(texan, identifier="1"))
    assert not CredentialRequest.objects.exists()


def test_the_field_of_a_state_stands_for_the_field_of_every_state(type):
    field(type, "hours", label="Hours")
    field(type, "hours", label="Clock hours", state="OH")
    field(type, "county", label="County", state="TX")
    assert [str(each) for each in type.fields_in("OH")] == ["Clock hours"]
    assert [str(each) for each in type.fields_in("TX")] == ["Hours", "County"]
    assert type.labels_in("OH") == {"hours": "Clock hours", "county": "County"}


# --- changes ------------------------------------------------------------------------------------------------------


def test_a_value_of_a_retired_field_stays_readable_under_its_label(browser, teacher, type):
    record = CredentialRecordFactory(holder=teacher, type=type, extra={"gone_on": "2020-05-06"})
    field(type, "gone_on", label="Left on", data_type="date", is_retired=True)
    text = browser.get("/credentials/").text
    assert "Left on" in text
    assert "May 6, 2020" in text
    assert "value_gone_on" not in browser.get(update_url(record)).text


@pytest.mark.parametrize("now", DataType.values)
@pytest.mark.parametrize("then", ["old text", ["a", "b"], True, "2.5", "2020-05-06"])
def test_a_value_survives_whatever_its_field_becomes(browser, teacher, type, then, now):
    changed = field(type, "thing", data_type=now, choices=["x"] if now.startswith("choice") else [])
    field(type, "other")
    record = CredentialRecordFactory(holder=teacher, type=type, extra={"thing": then})
    form = browser.get(update_url(record)).context["form"]
    shown_value = form["value_thing"].value()
    sent = typed(record, other="new", thing="" if shown_value is None else shown_value)
    browser.post(update_url(record), sent)
    assert CredentialRequest.objects.get().proposed["thing"] == then, changed


def saved(type, *rows):
    """What the admin's form of the type sends; rows of fields that are there carry their key."""
    about = {"code": type.code, "name": type.name, "order": 5, "is_active": "on"}
    rows = [{**row, "type": type.pk} for row in rows]
    return {**about, **fields(*rows, kept=sum("id" in row for row in rows))}


def test_the_admin_shows_what_a_change_affects_before_it_saves(admin, type):
    own = field(type, "area", data_type="choice", choices=["Art", "Music"])
    CredentialRecordFactory.create_batch(2, type=type, extra={"area": "Art"})
    CredentialRecordFactory(type=type, extra={"area": "Music"})
    CredentialRequestFactory(type=type, proposed={"area": "Art"})
    row = {"id": own.pk, "key": "area", "label": "Area", "data_type": "choice", "choices": "Music"}
    page = admin.post(url("credentialtype", "change", type.pk), saved(type, row))
    assert "Nothing is saved yet." in page.text
    [effect] = page.context["affecting"].effects
    assert (effect.change, effect.records, effect.requests) == ("“Area”: “Art” is no longer offered", 2, 1)
    assert type.fields.get().choices == ["Art", "Music"]
    accepted = {**saved(type, row), "accepted_effects": page.context["affecting"].digest}
    assert admin.post(url("credentialtype", "change", type.pk), accepted).status_code == 302
    assert type.fields.get().choices == ["Music"]


def test_what_was_accepted_is_what_was_shown(admin, type):
    own = field(type, "area")
    CredentialRecordFactory(type=type, extra={"area": "Art"})
    row = {"id": own.pk, "key": "area", "label": "Area", "data_type": "date"}
    digest = admin.post(url("credentialtype", "change", type.pk), saved(type, row)).context["affecting"].digest
    CredentialRecordFactory(type=type, extra={"area": "Music"})
    page = admin.post(url("credentialtype", "change", type.pk), {**saved(type, row), "accepted_effects": digest})
    assert "Date instead of Text" in page.text
    assert type.fields.get().data_type == "text"


def test_a_field_in_use_that_is_removed_is_retired_and_an_unused_one_is_deleted(admin, type):
    used, unused = field(type, "used"), field(type, "unused")
    CredentialRecordFactory(type=type, extra={"used": "x"})
    rows = [
        {"id": each.pk, "key": each.key, "label": each.label, "data_type": "text", "DELETE": "on"}
        for each in (used, unused)
    ]
    page = admin.post(url("credentialtype", "change", type.pk), saved(type, *rows))
    assert "“Used” is asked no more" in page.text
    digest = page.context["affecting"].digest
    admin.post(url("credentialtype", "change", type.pk), {**saved(type, *rows), "accepted_effects": digest})
    assert list(type.fields.values_list("key", "is_retired")) == [("used", True)]


def test_a_change_that_concerns_nobody_is_saved_at_once(admin, type):
    own = field(type, "area")
    row = {"id": own.pk, "key": "area", "label": "Field of work", "data_type": "long_text"}
    assert admin.post(url("credentialtype", "change", type.pk), saved(type, row)).status_code == 302
    assert str(type.fields.get()) == "Field of work"


@pytest.mark.parametrize("named", ["nowhere", "area", "kind"])
def test_a_condition_names_another_field_that_is_asked(admin, type, named):
    kind = field(type, "kind")
    rows = [{"key": "area", "label": "Area", "when_field": named, "when_values": "x"}]
    if named == "kind":
        rows.append({"id": kind.pk, "key": "kind", "label": "Kind", "data_type": "text", "DELETE": "on"})
    page = admin.post(url("credentialtype", "change", type.pk), saved(type, *reversed(rows)))
    assert f"“Area” depends on “{named}”, which is not asked along with it" in page.text
    assert list(type.fields.all()) == [kind]


def test_fields_that_depend_on_each_other_are_saved_in_whichever_order(admin, type):
    own = field(type, "area")
    rows = [
        {"id": own.pk, "key": "area", "label": "Area", "data_type": "text", "when_field": "kind", "when_values": "x"},
        {"key": "kind", "label": "Kind"},
    ]
    assert admin.post(url("credentialtype", "change", type.pk), saved(type, *rows)).status_code == 302
    assert [each.name for each in shown(list(type.fields.all()), {"kind": "x"}.get)] == ["area", "kind"]


def test_a_request_that_waits_is_approved_after_its_type_changed(sign_in, teacher, type):
    approver = UserFactory(district=teacher.district, roles=["credential_approver"])
    waiting = CredentialRequestFactory(
        requester=teacher, type=type, proposed={"area": "Art"}, labels={"area": "Area of then"}
    )
    field(type, "area", data_type="date", label="Area of now")
    assert "Area of then" in sign_in(approver).get(waiting.decision_url).text
    sign_in(approver).post(reverse("credentials:approve", args=[waiting.pk]), {"version": 1})
    assert teacher.credential_records.get().extra == {"area": "Art"}


def test_a_district_without_a_state_has_what_is_for_every_state(type):
    CredentialTypeFactory(state="OH")
    assert type in CredentialType.objects.offered_in(District())
    assert not CredentialType.objects.offered_in(District()).filter(state="OH").exists()
