"""The two editors: Credential - Update Record Request, and Credential - New Record Request."""

import re
from datetime import date, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from contacts.models import Role
from credentials.forms.widgets import find_several
from credentials.models import CredentialRecord, CredentialRequest, CredentialType
from tests.factories import CredentialRecordFactory, CredentialRequestFactory, CredentialTypeFactory, UserFactory

# Where the people of the tests are; the date there is not always that of UTC.
CHICAGO = ZoneInfo("America/Chicago")

pytestmark = pytest.mark.django_db
NEW = "/credentials/requests/new/"
MY_REQUESTS = "/credentials/requests/"


@pytest.fixture
def person():
    return UserFactory()


@pytest.fixture
def browser(sign_in, person):
    return sign_in(person)


@pytest.fixture
def license():
    return CredentialType.objects.get(code="LC")


@pytest.fixture
def record(person, license):
    return CredentialRecordFactory(
        holder=person, type=license, identifier="A-1", issuing_state="TX", issued_on=date(2020, 1, 1), field="Art"
    )


def update_url(record):
    return reverse("credentials:request_update", args=[record.pk])


def typed(record, **changes):
    """What a browser sends from the update editor."""
    values = {f"value_{name}": value for name, value in {**record.values, **changes}.items()}
    version = record.updated_at.isoformat()
    sent = {"brief_description": "Renewed.", "idempotency_key": uuid4(), "record_version": version}
    return {**sent, "shown_fields": fields_of(record.type), **values}


def new(type, **values):
    """What a browser sends from the new editor."""
    values = {f"value_{name}": value for name, value in values.items()}
    sent = {"brief_description": "Passed.", "idempotency_key": uuid4(), "type": type.pk}
    return {**sent, "shown_fields": fields_of(type), **values}


def fields_of(type):
    """As if all fields of the type were on the page."""
    return " ".join(f"value_{field.name}" for field in type.fields.all())


def show_fields(browser, type, url=NEW, **values):
    """The form after the type was chosen, or a choice on which its fields depend."""
    values = {f"value_{name}": value for name, value in values.items()}
    return browser.post(url, {"type": type.pk, "show_fields": "1", **values})


def hidden_values(response):
    return re.findall(r'<input type="hidden" name="value_(\w+)" value="([^"]*)">', response.text)


LICENSE = {"identifier": "N-1", "issuing_state": "TX", "issued_on": "2026-01-02"}


# --- update -------------------------------------------------------------------------------------------------------


def test_the_update_editor_shows_what_is_on_record(browser, record):
    text = browser.get(update_url(record)).text
    assert "Credential - Update Record Request" in text
    for value in [
        "A-1",
        "2020-01-01",
        'value="Texas (TX)"',
        '<option value="Art" selected',
        "Save Request",
    ]:
        assert value in text


def test_save_request_puts_a_row_on_my_requests_and_leaves_the_record(browser, record):
    response = browser.post(update_url(record), typed(record, expires_on="2031-05-06"), follow=True)
    assert response.redirect_chain[0][0] == MY_REQUESTS
    assert "Changes were requested on" in response.text
    assert "Renewed." in response.text
    credential_request = CredentialRequest.objects.get()
    assert credential_request.proposed == {**record.values, "expires_on": "2031-05-06"}
    record.refresh_from_db()
    assert record.expires_on is None


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, "You have not changed anything yet"),
        ({"identifier": ""}, "Enter the license or certificate number."),
        ({"issuing_state": ""}, "Choose an issuing state."),
        ({"issued_on": ""}, "Enter the date."),
        ({"expires_on": "2019-12-31"}, "The credential would expire before it was issued."),
        (
            {"effective_on": "2022-01-01", "expires_on": "2021-12-31"},
            "The credential would expire before it takes effect.",
        ),
        ({"expires_on": "tomorrow"}, "Enter the date as month, day, and year"),
        ({"issued_on": "0206-01-01"}, "Enter a year from "),
        ({"issuing_state": "Tejas"}, "Choose an issuing state from the list."),
        ({"subjects": ["Juggling"]}, "“Juggling” is not on the list."),
        ({"identifier": "x" * 61}, "Use at most 60 characters. You typed 61."),
    ],
)
def test_a_refused_update_says_why_and_saves_nothing(browser, record, changes, sentence):
    response = browser.post(update_url(record), typed(record, **changes))
    assert response.status_code == 200
    assert sentence in response.text
    assert "Renewed." in response.text
    assert not CredentialRequest.objects.exists()


def test_an_early_end_is_one_error_not_two(browser, record):
    early = {"effective_on": "2020-02-01", "expires_on": "2019-12-31"}
    form = browser.post(update_url(record), typed(record, **early)).context["form"]
    assert form.errors["value_expires_on"] == ["The credential would expire before it was issued."]


def test_a_brief_description_is_required(browser, record):
    response = browser.post(update_url(record), {**typed(record, identifier="B"), "brief_description": " "})
    assert "Enter a Brief Description." in response.text
    assert 'value="B"' in response.text
    assert not CredentialRequest.objects.exists()


def test_a_choice_that_the_lists_dropped_is_not_lost_by_an_update(browser, record):
    CredentialRecord.objects.filter(pk=record.pk).update(subjects=["Latin"], field="Falconry")
    record.refresh_from_db()
    assert 'value="Latin"' in browser.get(update_url(record)).text
    browser.post(update_url(record), typed(record, expires_on="2031-05-06"))
    proposed = CredentialRequest.objects.get().proposed
    assert (proposed["subjects"], proposed["field"]) == (["Latin"], "Falconry")


def test_values_that_the_type_does_not_ask_for_are_not_lost_by_an_update(browser, record):
    CredentialRecord.objects.filter(pk=record.pk).update(extra={"old_key": "kept"})
    record.refresh_from_db()
    data = typed(record, expires_on="2031-05-06")
    del data["value_old_key"]
    browser.post(update_url(record), data)
    assert CredentialRequest.objects.get().proposed["old_key"] == "kept"


def test_a_value_can_be_taken_away(browser, record):
    browser.post(update_url(record), typed(record, field=""))
    assert "field" not in CredentialRequest.objects.get().proposed


def test_a_record_that_changed_while_typing_is_not_overwritten_unseen(browser, record):
    data = typed(record, field="Music")
    CredentialRecord.objects.filter(pk=record.pk).update(updated_at=date(2027, 1, 1).isoformat() + "T00:00Z")
    response = browser.post(update_url(record), data)
    assert "Someone changed this record while you were typing" in response.text
    assert not CredentialRequest.objects.exists()


def test_a_pending_request_stands_in_the_way_of_another_editor(browser, record):
    browser.post(update_url(record), typed(record, field="Music"))
    response = browser.get(update_url(record))
    assert response.url == reverse("credentials:request", args=[CredentialRequest.objects.get().pk])
    response = browser.post(update_url(record), typed(record, field="Health"))
    assert "A request to change this record is already waiting for a decision." in response.text
    assert '<option value="Health" selected' in response.text
    assert CredentialRequest.objects.count() == 1


@pytest.mark.parametrize("kind", ["new", "update"])
def test_save_request_pressed_twice_saves_once(browser, record, license, kind):
    url, data = (NEW, new(license, **LICENSE)) if kind == "new" else (update_url(record), typed(record, field="Music"))
    browser.post(url, data)
    response = browser.post(url, data, follow=True)
    assert "Your request is saved" in response.text
    assert CredentialRequest.objects.count() == 1


@pytest.mark.parametrize("kind", ["new", "update"])
def test_a_form_sent_again_with_other_content_asks_and_keeps_what_was_typed(browser, record, license, kind):
    url, data = (NEW, new(license, **LICENSE)) if kind == "new" else (update_url(record), typed(record, field="Music"))
    browser.post(url, data)
    response = browser.post(url, {**data, "brief_description": "Something else."})
    assert response.status_code == 409
    assert "You already sent this form with different content." in response.text
    assert "Something else." in response.text
    assert str(data["idempotency_key"]) not in response.text
    assert CredentialRequest.objects.count() == 1


# --- new ----------------------------------------------------------------------------------------------------------


def test_a_new_request_chooses_the_type_first(browser, license):
    text = browser.get(NEW).text
    assert "Credential - New Record Request" in text
    assert license.name in text
    assert "value_identifier" not in text


def test_the_editor_has_a_sign_for_the_time_of_fetching(browser):
    text = browser.get(NEW).text
    assert 'hx-indicator="next .loading"' in text
    assert 'class="loading htmx-indicator" role="status"' in text


def test_the_fields_of_the_type_appear_and_the_description_stays(browser, license):
    data = {"brief_description": "I passed <it>.", "idempotency_key": uuid4(), "type": license.pk, "show_fields": "1"}
    response = browser.post(NEW, data)
    for words in ["value_identifier", "License or certificate number", "I passed &lt;it&gt;.", "Grade levels"]:
        assert words in response.text
    assert "There is a problem" not in response.text
    assert str(data["idempotency_key"]) in response.text


def test_htmx_gets_the_same_editor(browser, license):
    data = {"brief_description": "B.", "idempotency_key": uuid4(), "type": license.pk, "show_fields": "1"}
    text = browser.post(NEW, data, headers={"HX-Request": "true"}).text
    assert '<div id="editor">' in text
    assert "value_identifier" in text
    assert 'hx-select="#editor"' in text


def test_the_right_fields_appear_for_each_type(browser):
    highly_qualified = CredentialType.objects.get(code="HQ")
    text = browser.post(NEW, {"type": highly_qualified.pk, "show_fields": "1"}).text
    assert "Met HOUSSE" in text
    assert "value_identifier" not in text


def test_another_type_shows_its_fields_before_it_saves(browser, license):
    other = CredentialType.objects.get(code="OT")
    response = browser.post(NEW, {**new(other, identifier="7", title="First aid"), "shown_fields": fields_of(license)})
    assert response.status_code == 200
    assert 'value="First aid"' in response.text
    assert "Your choice brought up more fields" in response.text
    assert "There is a problem" not in response.text
    assert not CredentialRequest.objects.exists()


def test_save_request_asks_for_a_new_record(browser, person, license):
    values = {**LICENSE, "grade_levels": ["First grade", "Second grade"], "endorsements": "Algebra"}
    response = browser.post(NEW, new(license, **values), follow=True)
    assert response.redirect_chain[0][0] == MY_REQUESTS
    credential_request = CredentialRequest.objects.get()
    assert (
        credential_request.is_new,
        credential_request.type,
        credential_request.requester,
        credential_request.district,
    ) == (True, license, person, person.district)
    assert credential_request.proposed == values
    assert not CredentialRecord.objects.exists()


def test_own_fields_are_checked_by_their_data_type(browser):
    type = CredentialTypeFactory()
    for name in ["text", "long_text", "date", "number", "yes_no"]:
        type.fields.create(key=f"a_{name}", label=name, data_type=name)
    type.fields.create(key="a_choice", label="choice", data_type="choice", choices=["x", "y"])
    type.fields.create(key="a_choices", label="choices", data_type="choices", choices=["x", "y"])
    wrong = {
        "a_date": "no",
        "a_number": "no",
        "a_yes_no": "no",
        "a_choice": "z",
        "a_choices": ["z"],
        "a_text": "t" * 301,
    }
    text = browser.post(NEW, new(type, **wrong)).text
    summary = text[text.index("There is a problem") : text.index("</ul>", text.index("There is a problem"))]
    assert re.findall(r"#id_value_(\w+?)(?:_0)?\"", summary) == [
        "a_text",
        "a_date",
        "a_number",
        "a_yes_no",
        "a_choice",
        "a_choices",
    ]
    right = {
        "a_text": "t",
        "a_long_text": "t\nt",
        "a_date": "2026-01-02",
        "a_number": "3.50",
        "a_yes_no": "False",
        "a_choice": "x",
        "a_choices": ["x", "y"],
    }
    browser.post(NEW, new(type, **right))
    assert CredentialRequest.objects.get().proposed == {
        **right,
        "a_number": "3.5",
        "a_yes_no": False,
        "a_long_text": "t\nt",
    }


def test_what_an_admin_writes_about_a_field_is_text_not_html(browser):
    type = CredentialTypeFactory()
    type.fields.create(key="x", label="<b>X</b>", help_text="<meta http-equiv=refresh> & more", required=True)
    text = browser.post(NEW, new(type)).text
    assert "&lt;meta http-equiv=refresh&gt; &amp; more" in text
    assert "<meta http-equiv=refresh>" not in text
    assert "<b>X" not in text


def test_an_own_number_can_be_updated_and_compared(browser, person):
    type = CredentialTypeFactory()
    type.fields.create(key="hours", label="Hours", data_type="number")
    record = CredentialRecordFactory(holder=person, type=type, extra={"hours": "3.5"}, identifier="")
    assert "You have not changed anything yet" in browser.post(update_url(record), typed(record, hours="3.50")).text
    browser.post(update_url(record), typed(record, hours="4"))
    assert CredentialRequest.objects.get().proposed == {"hours": "4"}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"type": ""}, "Choose a Credential Type."),
        ({"type": "0"}, "Choose a Credential Type from the list."),
        ({"type": "9" * 30}, "Choose a Credential Type from the list."),
        ({"brief_description": ""}, "Enter a Brief Description."),
        ({"idempotency_key": "x"}, "There is a problem"),
    ],
)
def test_a_new_request_without_the_essentials_is_refused(browser, license, change, sentence):
    response = browser.post(NEW, {**new(license, **LICENSE), **change})
    assert response.status_code == 200
    assert sentence in response.text
    assert not CredentialRequest.objects.exists()


def test_a_new_record_says_something(browser):
    response = browser.post(NEW, new(CredentialTypeFactory()))
    assert "Fill in at least one value" in response.text


def test_a_type_that_is_not_offered_cannot_be_chosen(browser):
    closed = CredentialTypeFactory(is_active=False, name="Old kind")
    assert "Old kind" not in browser.get(NEW).text
    assert "Choose a Credential Type from the list." in browser.post(NEW, new(closed, identifier="7")).text


def test_a_number_that_the_district_has_already_is_explained(browser, record, license):
    response = browser.post(NEW, new(license, **{**LICENSE, "identifier": record.identifier}))
    assert "Your district already has a record with this identifier and state" in response.text


def test_every_form_has_an_idempotency_key_of_its_own(browser):
    keys = [re.search(r'name="idempotency_key" value="([^"]+)"', browser.get(NEW).text)[1] for _ in range(2)]
    assert len({UUID(token) for token in keys}) == 2


# --- fields that depend on other answers -------------------------------------------------------------------------


@pytest.fixture
def education():
    return CredentialType.objects.get(code="ED")


DEGREE = {"education_level": "Doctorate", "issued_on": "2020-01-02"}
CORE, ELEMENTARY = "Core Academic Subject Area", "Basic Elementary Curriculum"


def test_what_was_entered_for_a_type_comes_back_with_it(browser, license, education):
    response = show_fields(browser, education, identifier="N-1", subjects=["Art", "Music"], field="Art")
    assert hidden_values(response) == [("identifier", "N-1"), ("subjects", "Art"), ("subjects", "Music")]
    kept = {"identifier": "N-1", "subjects": ["Art", "Music"], "field": "Art", "institution": "Lakewood"}
    response = show_fields(browser, license, **kept)
    form = response.context["form"]
    assert form["value_identifier"].value() == "N-1"
    assert form["value_subjects"].value() == ["Art", "Music"]
    assert hidden_values(response) == [("institution", "Lakewood")]


def test_what_was_entered_for_another_type_is_not_requested(browser, education):
    browser.post(NEW, new(education, **DEGREE, identifier="N-1"))
    assert CredentialRequest.objects.get().proposed == DEGREE


def test_the_core_subject_area_appears_with_a_core_subject_type_only(browser, education):
    assert "Core Subject Area" in show_fields(browser, education, subject_type=CORE).text
    text = show_fields(browser, education, subject_type=ELEMENTARY).text
    assert "Core Subject Area" not in text
    assert 'hx-post=""' in text[text.index('name="value_subject_type"') :]


def test_the_core_subject_area_is_accepted_with_a_core_subject_type_only(browser, education):
    browser.post(NEW, new(education, **DEGREE, subject_type=ELEMENTARY, subjects=["Science"]))
    assert CredentialRequest.objects.get().proposed == {**DEGREE, "subject_type": ELEMENTARY}
    browser.post(NEW, new(education, **DEGREE, subject_type=CORE, subjects=["Science"]))
    assert CredentialRequest.objects.first().proposed == {**DEGREE, "subject_type": CORE, "subjects": ["Science"]}


def test_a_core_subject_type_shows_its_field_before_it_saves(browser, education):
    sent = new(education, **DEGREE, subject_type=CORE)
    sent["shown_fields"] = sent["shown_fields"].replace("value_subjects", "")
    response = browser.post(NEW, sent)
    assert "Your choice brought up more fields" in response.text
    assert "Core Subject Area" in response.text
    assert not CredentialRequest.objects.exists()


def degree(person, education, **values):
    extra = {"education_level": "Doctorate", **values}
    return CredentialRecordFactory(
        holder=person, type=education, identifier="", issued_on=date(2020, 1, 2), subjects=["Science"], extra=extra
    )


def test_an_update_to_another_subject_type_takes_the_core_subject_area_away(browser, person, education):
    record = degree(person, education, subject_type=CORE)
    assert "Core Subject Area" in browser.get(update_url(record)).text
    browser.post(update_url(record), typed(record, subject_type=ELEMENTARY))
    assert "subjects" not in CredentialRequest.objects.get().proposed


def test_subjects_that_an_import_brought_without_a_subject_type_survive_an_update(browser, person, education):
    record = degree(person, education)
    assert "Core Subject Area" not in browser.get(update_url(record)).text
    browser.post(update_url(record), typed(record, institution="Lakewood"))
    assert CredentialRequest.objects.get().proposed == {**record.values, "institution": "Lakewood"}


# --- long lists ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed_state", ["oh", "Ohio", "ohio (OH)", "Ohi", " OH "])
def test_a_state_is_typed(browser, record, typed_state):
    browser.post(update_url(record), typed(record, issuing_state=typed_state))
    assert CredentialRequest.objects.get().proposed["issuing_state"] == "OH"


def test_subjects_are_typed_with_commas_though_some_have_commas_themselves(browser, record):
    text = "math, Physical, Health, and Safety Education, reading; Science"
    browser.post(update_url(record), typed(record, subjects=["Writing"]) | {"more_value_subjects": text})
    assert CredentialRequest.objects.get().proposed["subjects"] == [
        "Writing",
        "Mathematics",
        "Physical, Health, and Safety Education",
        "Reading",
        "Science",
    ]


def test_what_is_typed_and_on_no_list_is_said_back(browser, record):
    text = browser.post(update_url(record), typed(record) | {"more_value_subjects": "Juggling, Art"}).text
    assert "“Juggling” is not on the list." in text
    assert not CredentialRequest.objects.exists()


@pytest.mark.parametrize("text", ["x," * 100 + "x", "x," * 100_000, "x;" * 100_000, "x," + "x" * 2000])
def test_a_text_longer_than_anybody_types_is_not_taken_apart(browser, record, text):
    assert find_several(text, [("x", "x")]) == [text]
    browser.post(update_url(record), typed(record) | {"more_value_subjects": text})
    assert not CredentialRequest.objects.exists()


def test_grade_levels_are_a_range_and_single_ones(browser, record):
    levels = {"from_value_grade_levels": "Third grade", "to_value_grade_levels": "First grade"}
    sent = typed(record, grade_levels=["Kindergarten"]) | levels | {"more_value_grade_levels": "ungraded"}
    browser.post(update_url(record), sent)
    assert CredentialRequest.objects.get().proposed["grade_levels"] == [
        "Kindergarten",
        "First grade",
        "Second grade",
        "Third grade",
        "Ungraded",
    ]


def test_the_range_on_record_stands_in_its_two_ends(browser, record):
    held = ["Kindergarten", "First grade", "Second grade", "Sixth grade"]
    CredentialRecord.objects.filter(pk=record.pk).update(grade_levels=held)
    text = browser.get(update_url(record)).text
    assert '<option value="Kindergarten" selected>' in text
    assert '<option value="Second grade" selected>' in text
    assert re.findall(r'name="value_grade_levels" value="([^"]+)" checked', text) == ["Sixth grade"]
    ends = {"from_value_grade_levels": "Kindergarten", "to_value_grade_levels": "Second grade"}
    record.refresh_from_db()
    again = browser.post(update_url(record), typed(record, grade_levels=["Sixth grade"]) | ends)
    assert "You have not changed anything yet" in again.text


def test_a_range_that_is_hidden_for_a_while_is_there_again(browser, license, education):
    ends = {"from_value_grade_levels": "First grade", "to_value_grade_levels": "Third grade"}
    text = browser.post(NEW, {"type": education.pk, "show_fields": "1", **ends}).text
    for name, value in ends.items():
        assert f'<input type="hidden" name="{name}" value="{value}">' in text
    form = browser.post(NEW, {"type": license.pk, "show_fields": "1", **ends}).context["form"]
    assert form["value_grade_levels"].value() == ["First grade", "Second grade", "Third grade"]


def test_no_list_of_the_editor_is_a_scroll_of_boxes(browser, license):
    assert show_fields(browser, license).text.count('type="checkbox"') == 0


# --- what differs from the record ---------------------------------------------------------------------------------


def marks(response):
    """What the editor says is on record, by label; a star where the form differs."""
    found = re.findall(
        r'<div class="edited( is-changed)?".*?class="on-record">On record: (.*?)</p>', response.text, re.S
    )
    return [("*" if changed else "") + re.sub("<.*?>", "", text) for changed, text in found]


def test_every_field_says_what_is_on_record_and_those_that_differ_are_marked(browser, record):
    assert marks(browser.get(update_url(record)))[:4] == ["A-1", "Texas (TX)", "nothing", "Jan 1, 2020"]
    sent = typed(record, identifier="B-2", issuing_state="TX", issued_on="no date") | {"brief_description": ""}
    again = marks(browser.post(update_url(record), sent))
    assert again[:4] == ["*A-1", "Texas (TX)", "nothing", "*Jan 1, 2020"]
    assert not any(each.startswith("*") for each in again[4:])


def test_a_new_record_has_nothing_to_differ_from(browser, license):
    assert marks(show_fields(browser, license)) == []


# --- dates --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "years", "sentence"),
    [
        ("issued_on", -101, "Enter a year from"),
        ("issued_on", 1, "Enter a date that is not in the future."),
        ("effective_on", 21, "Enter a year from"),
        ("expires_on", 21, "Enter a year from"),
    ],
)
def test_a_date_decades_away_is_refused(browser, record, name, years, sentence):
    day = timezone.localdate(timezone=CHICAGO) + timedelta(days=366 * years)
    form = browser.post(update_url(record), typed(record, **{name: str(day)})).context["form"]
    assert form.errors[f"value_{name}"][0].startswith(sentence)


def test_dates_within_a_working_life_are_accepted(browser, record):
    today = timezone.localdate(timezone=CHICAGO)
    dates = {"issued_on": str(today), "expires_on": str(today + timedelta(days=365 * 19))}
    browser.post(update_url(record), typed(record, **dates))
    assert CredentialRequest.objects.get().proposed == {**record.values, **dates}


def test_a_date_on_record_is_not_questioned_again(browser, record):
    CredentialRecord.objects.filter(pk=record.pk).update(expires_on=date(2099, 12, 31))
    record.refresh_from_db()
    browser.post(update_url(record), typed(record, field="Music"))
    assert CredentialRequest.objects.get().proposed["expires_on"] == "2099-12-31"


def test_a_list_in_another_order_is_no_change(browser, record):
    CredentialRecord.objects.filter(pk=record.pk).update(subjects=["Science", "Mathematics"])
    record.refresh_from_db()
    text = browser.post(update_url(record), typed(record, subjects=["Mathematics", "Science"])).text
    assert "You have not changed anything yet" in text


# --- request again ------------------------------------------------------------------------------------------------


def again(url, credential_request):
    return f"{url}?again={credential_request.pk}"


def unsuccessful(person, **values):
    return CredentialRequestFactory(requester=person, status="withdrawn", withdrawn_at=timezone.now(), **values)


def test_a_new_record_is_requested_again_from_the_earlier_values(browser, person, license):
    proposed = {"identifier": "N-1", "subjects": ["Art"]}
    earlier = unsuccessful(person, type=license, proposed=proposed, brief_description="I passed.")
    form = browser.get(again(NEW, earlier)).context["form"]
    assert (form["brief_description"].value(), form["type"].value()) == ("I passed.", license.pk)
    assert (form["value_identifier"].value(), form["value_subjects"].value()) == ("N-1", ["Art"])
    assert form["idempotency_key"].value() != earlier.idempotency_key


def test_an_update_is_requested_again_with_what_it_changed_on_the_record_of_today(browser, person, record):
    earlier = unsuccessful(
        person,
        record=record,
        is_new=False,
        type=record.type,
        original=record.values,
        proposed={**record.values, "expires_on": "2031-05-06", "field": ""},
    )
    CredentialRecord.objects.filter(pk=record.pk).update(identifier="B-2")
    form = browser.get(again(update_url(record), earlier)).context["form"]
    assert form["value_expires_on"].value() == "2031-05-06"
    assert form["value_identifier"].value() == "B-2"
    assert form["value_field"].value() == ""


def test_a_type_that_is_no_longer_offered_is_left_to_choose(browser, person):
    earlier = unsuccessful(person, type=CredentialTypeFactory(is_active=False))
    assert browser.get(again(NEW, earlier)).context["form"]["type"].value() is None


def test_only_an_own_denied_or_withdrawn_request_is_made_again(browser, person, record, license):
    pending = CredentialRequestFactory(requester=person, type=license)
    foreign = unsuccessful(UserFactory(district=person.district), type=license)
    assert [browser.get(again(NEW, each)).status_code for each in (pending, foreign)] == [404, 404]
    about_a_new_record = unsuccessful(person, type=license)
    assert browser.get(again(update_url(record), about_a_new_record)).status_code == 404
    for key in ("", "x", "9" * 30):
        assert browser.get(NEW, {"again": key}).status_code == 404


# --- who decides --------------------------------------------------------------------------------------------------


def test_a_district_without_an_approver_says_so_and_whom_to_ask(browser, record, license):
    for url in (NEW, update_url(record)):
        assert "Your district has no approver yet" in browser.get(url).text
    text = browser.post(NEW, new(license, **LICENSE), follow=True).text
    assert "Your request is saved, but your district has no approver who can decide it" in text
    assert "Your district administrator was told" in text


def test_an_approver_of_ones_own_requests_is_somebody_else(sign_in, license):
    only_approver = UserFactory(roles=[Role.CREDENTIAL_APPROVER])
    assert "no approver yet" in sign_in(only_approver).get(NEW).text
    UserFactory(district=only_approver.district, roles=[Role.CREDENTIAL_APPROVER])
    text = sign_in(only_approver).post(NEW, new(license, **LICENSE), follow=True).text
    assert "The record does not change until an approver of your district approves it" in text
    assert "no approver yet" not in text


def test_a_later_approver_finds_the_requests_that_waited(browser, sign_in, person, license):
    browser.post(NEW, new(license, **LICENSE))
    approver = UserFactory(district=person.district, roles=[Role.CREDENTIAL_APPROVER])
    assert "Passed." in sign_in(approver).get("/credentials/approvals/").text


# --- the right ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["get", "post"])
def test_without_the_right_nothing_can_be_requested(browser, person, record, license, method):
    person.district.staff_may_request_changes = False
    person.district.save()
    assert getattr(browser, method)(NEW, new(license, **LICENSE)).status_code == 403
    assert getattr(browser, method)(update_url(record), typed(record, field="Music")).status_code == 403
    assert not CredentialRequest.objects.exists()


def test_an_approver_may_request_for_themselves(sign_in, license):
    approver = UserFactory(roles=[Role.CREDENTIAL_APPROVER])
    sign_in(approver).post(NEW, new(license, **LICENSE))
    assert CredentialRequest.objects.get().requester == approver
