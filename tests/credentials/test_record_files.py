"""The records of a district as files, out and in, for its administrators."""

import csv
import io
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from contacts import ActionRefused
from contacts.models import AuditEvent, Role, User
from contacts.reports.cells import harmless
from credentials import actions
from credentials.forms import RecordFileForm, record_rows
from credentials.models import CredentialRecord, CredentialType
from credentials.reports import header, lines, own_keys
from tests.factories import (
    CredentialRecordFactory,
    DistrictFactory,
    SchoolFactory,
    UserFactory,
)
from tests.steps import steps

pytestmark = pytest.mark.django_db
URL, CSV, IMPORT = "/credentials/staff/", "/credentials/staff/csv/", "/credentials/staff/import/"


@pytest.fixture
def district():
    return DistrictFactory(state="TX", identifier="900")


@pytest.fixture
def administrator(district):
    return UserFactory(district=district, roles=[Role.DISTRICT_ADMINISTRATOR])


@pytest.fixture
def browser(sign_in, administrator):
    return sign_in(administrator)


@pytest.fixture
def teacher(district):
    return UserFactory(district=district, staff_identifier="S-1", last_name="Ortiz")


@pytest.fixture
def license():
    return CredentialType.objects.get(code="LC")


@pytest.fixture
def record(teacher, license):
    return CredentialRecordFactory(
        holder=teacher, type=license, identifier="A-1", issuing_state="TX", issued_on=date(2020, 1, 1)
    )


# --- the list -----------------------------------------------------------------------------------------------------


def found(browser, **query):
    return [record.identifier for record in browser.get(URL, query).context["page"].rows]


def test_the_list_has_every_record_of_the_district_the_last_changed_first(browser, record):
    CredentialRecordFactory(holder=UserFactory(district=record.district), identifier="NEWER")
    CredentialRecordFactory(identifier="ELSEWHERE")
    assert found(browser) == ["NEWER", "A-1"]


def test_the_list_is_narrowed_by_person_type_school_and_validity(browser, record, district):
    today, school = district.today, SchoolFactory(district=district)
    other = UserFactory(district=district, school=school, last_name="Lee")
    for identifier, dates in {
        "OVER": {"expires_on": today - timedelta(days=1)},
        "SOON": {"expires_on": today + timedelta(days=180)},
        "LATER": {"effective_on": today + timedelta(days=1)},
        "LONG": {"expires_on": today + timedelta(days=181)},
    }.items():
        CredentialRecordFactory(holder=other, identifier=identifier, **dates)
    assert found(browser, q="ortiz") == ["A-1"]
    assert found(browser, type=record.type.pk) == ["A-1"]
    assert found(browser, school=school.pk, validity="expired") == ["OVER"]
    assert found(browser, validity="expiring") == ["SOON"]
    assert found(browser, validity="not_yet_valid") == ["LATER"]
    assert found(browser, validity="valid") == ["LONG", "A-1"]


# --- out ----------------------------------------------------------------------------------------------------------


def exported(browser, **query):
    response = browser.get(CSV, query)
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_the_file_has_each_value_in_its_column(browser, record):
    CredentialRecord.objects.update(
        subjects=["Reading", "Science"], extra={"teaching_credential": "Master", "met_housse": True, "gone": "=1+1"}
    )
    [row] = exported(browser)
    assert (row["Record"], row["Staff ID"], row["Type"]) == (str(record.pk), "S-1", "LC")
    assert (row["identifier"], row["issued_on"], row["subjects"]) == ("A-1", "2020-01-01", "Reading; Science")
    assert (row["teaching_credential"], row["met_housse"], row["gone"]) == ("Master", "Yes", "'=1+1")
    assert AuditEvent.objects.filter(action="credential_record.export").count() == 1


def test_the_file_keeps_to_the_filters(browser, record):
    CredentialRecordFactory(holder=UserFactory(district=record.district, last_name="Lee"))
    assert len(exported(browser)) == 2
    assert [row["identifier"] for row in exported(browser, q="Ortiz")] == ["A-1"]


def test_the_ed_fi_file_has_the_records_of_the_district(browser, record):
    CredentialRecordFactory(identifier="ELSEWHERE")
    response = browser.get("/credentials/staff/edfi/")
    text = b"".join(response.streaming_content).decode()
    assert "<CredentialIdentifier>A-1</CredentialIdentifier>" in text
    assert "ELSEWHERE" not in text
    assert response.headers["Content-Disposition"].endswith('.xml"')


def test_an_ed_fi_file_without_a_record_is_not_made(browser, record):
    User.objects.filter(pk=record.holder_id).update(staff_identifier="")
    page = browser.get("/credentials/staff/edfi/", follow=True)
    assert page.redirect_chain == [(URL, 302)]
    assert "None of the records can be written as Ed-Fi." in page.text


# --- in -----------------------------------------------------------------------------------------------------------


def table(*rows):
    names = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, names, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def send(browser, *rows, text=None):
    content = (table(*rows) if text is None else text).encode()
    return browser.post(IMPORT, {"file": SimpleUploadedFile("records.csv", content)})


def accept(browser, page):
    form = page.context["form"]
    return browser.post(IMPORT, {"content": form.text, "accepted": form.digest})


def errors(page):
    return page.context["form"].non_field_errors()


def test_a_file_is_shown_first_and_saved_when_it_was_seen(browser, record):
    page = send(
        browser,
        {"Record": record.pk, "identifier": "A-1", "expires_on": "2031-05-06", "subjects": "MATH; Reading"},
        {"Staff ID": "S-1", "Type": "Other", "identifier": "N-1", "subjects": "Science"},
    )
    assert errors(page) == []
    assert "<strong>1</strong> new, <strong>1</strong> changed" in page.text
    assert "<ins>May 6, 2031</ins>" in page.text
    record.refresh_from_db()
    assert record.expires_on is None
    answer = accept(browser, page)
    assert answer.url == URL
    assert "1 record was added, and 1 record was changed." in browser.get(URL).text
    record.refresh_from_db()
    assert (record.expires_on, record.subjects, record.identifier) == (
        date(2031, 5, 6),
        ["Mathematics", "Reading"],
        "A-1",
    )
    added = CredentialRecord.objects.get(identifier="N-1")
    assert (added.holder, added.type.code, added.subjects) == (record.holder, "OT", ["Science"])
    [event] = AuditEvent.objects.filter(action="credential_record.import")
    assert (event.detail["added"], event.detail["changed"]) == (1, 1)


def test_every_change_of_a_long_file_can_be_read_before_it_is_saved(browser, record):
    names = [f"N-{number}" for number in range(402)]
    page = send(browser, *({"Staff ID": "S-1", "Type": "Other", "identifier": name} for name in names))
    assert [name for name in names if f"<ins>{name}</ins>" not in page.text] == []
    assert "200 more changes, from line 202 on" in page.text
    assert "2 more changes, from line 402 on" in page.text


def test_the_audit_says_what_a_file_changed_record_by_record(browser, record):
    new = {"Staff ID": "S-1", "Type": "OT", "identifier": "N-1", "Belongs to": "A-1"}
    accept(browser, send(browser, new))
    accept(browser, send(browser, {"Record": record.pk, "issued_on": "2021-02-03", "expires_on": "2031-05-06"}))
    added, changed = AuditEvent.objects.filter(action="credential_record.import_one").order_by("pk")
    assert added.object_key == str(CredentialRecord.objects.get(identifier="N-1").pk)
    assert [change[1:] for change in added.detail["changes"]] == [["", "N-1"], ["", "A-1"]]
    assert changed.object_key == str(record.pk)
    assert [change[1:] for change in changed.detail["changes"]] == [["2020-01-01", "2021-02-03"], ["", "2031-05-06"]]


def test_the_preview_says_changes_as_the_pages_say_values(browser, record):
    first = CredentialRecordFactory(holder=record.holder, identifier="A-2")
    line = {"Record": record.pk, "issued_on": "2021-02-03", "issuing_state": "OH", "Belongs to": "A-2"}
    text = send(browser, line).text
    assert "<del>Jan 1, 2020</del> <ins>Feb 3, 2021</ins>" in text
    assert "<ins>Ohio" in text
    assert f"Belongs to: <ins>{first.identifier}</ins>" in text


def test_a_large_file_asks_no_more_of_the_database_for_each_record(
    administrator, teacher, license, django_assert_max_num_queries
):
    held = [CredentialRecordFactory(holder=teacher, type=license, identifier=f"A-{n}") for n in range(30)]
    rows = [{"Record": each.pk, "subjects": "Reading"} for each in held]
    form = RecordFileForm({"content": table(*rows)}, by=administrator)
    assert form.is_valid()
    with django_assert_max_num_queries(25):
        actions.import_records(by=administrator, rows=form.rows)


def test_what_was_accepted_is_what_was_shown(browser, record):
    page = send(browser, {"Record": record.pk, "expires_on": "2031-05-06"})
    CredentialRecord.objects.update(expires_on=date(2030, 1, 1))
    again = accept(browser, page)
    assert again.status_code == 200
    assert "<del>Jan 1, 2030</del>" in again.text
    record.refresh_from_db()
    assert record.expires_on == date(2030, 1, 1)


def test_one_wrong_line_keeps_all_from_being_saved(browser, record):
    page = send(
        browser,
        {"Record": record.pk, "expires_on": "2031-05-06"},
        {"Record": "", "Staff ID": "NOBODY", "Type": "LC"},
    )
    assert errors(page) == ["Line 3: No person of your district has this staff ID or e-mail address."]
    assert not page.context["is_read"]
    accept(browser, page)
    record.refresh_from_db()
    assert record.expires_on is None


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"issued_on": "tomorrow"}, "Issued on: Enter the date as month, day, and year"),
        ({"issued_on": ""}, "Issued on: Enter the date."),
        ({"issuing_state": "Tejas"}, "Issuing state: Choose an issuing state from the list."),
        ({"subjects": "Juggling"}, "Subjects: “Juggling” is not on the list."),
        ({"expires_on": "2019-12-31"}, "The credential would expire before it was issued."),
        ({"expires_on": "9999-12-31"}, "Enter a day from 1900 to 2099."),
        ({"issued_on": "0001-01-01"}, "Enter a day from 1900 to 2099."),
        ({"identifier": "TAKEN"}, "Another record of your district has this identifier and state."),
        ({"shoe_size": "42"}, "Licensure/Certification has no field “shoe_size”."),
        ({"Type": "OT"}, "The type of a record does not change."),
        ({"Type": "XX"}, "There is no Credential Type “XX”."),
        ({"Staff ID": "S-2"}, "A record stays with the person who holds it."),
        ({"Belongs to": "#" + "9" * 5000}, "has no record “#999"),
        ({"Belongs to": "NOWHERE"}, "has no record “NOWHERE” to which this could belong."),
        ({"Record": "999999"}, "Your district has no record 999999."),
    ],
)
def test_a_line_that_cannot_be_says_why(browser, record, changes, sentence):
    CredentialRecordFactory(holder=record.holder, identifier="TAKEN", issuing_state="TX")
    [problem] = errors(send(browser, {"Record": record.pk, **changes}))
    assert problem.startswith("Line 2: ")
    assert sentence in problem


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Choose a file."),
        ("Name,Age\nx,1\n", "The first line must name the columns"),
        ("Record,Record\n1,2\n", "Two columns have the same name."),
        ('Record\n"unclosed', "The file is no table"),
        ("Record,field\n1\n", "another number of cells"),
    ],
)
def test_a_file_that_is_no_table_says_so(browser, text, sentence):
    assert sentence in send(browser, text=text).text


def test_a_record_of_another_district_does_not_exist_here(browser):
    foreign = CredentialRecordFactory()
    assert errors(send(browser, {"Record": foreign.pk, "field": "Art"})) == [
        f"Line 2: Your district has no record {foreign.pk}."
    ]


def test_two_lines_do_not_claim_one_record_or_one_identity(browser, record):
    twice = errors(send(browser, {"Record": record.pk, "field": "Art"}, {"Record": record.pk, "field": "Music"}))
    assert twice == [f"Line 3: Record {record.pk} stands in two lines."]
    new = {"Staff ID": "S-1", "Type": "OT", "identifier": "N-1"}
    assert "Another record" in errors(send(browser, new, new))[0]


def test_an_endorsement_comes_with_its_credential_and_leaves_it_again(browser, teacher):
    new = {"Staff ID": "S-1", "Type": "OT", "identifier": "E-1", "Belongs to": "L-1"}
    accept(browser, send(browser, new, {"Staff ID": "S-1", "Type": "OT", "identifier": "L-1"}))
    endorsement = teacher.credential_records.get(identifier="E-1")
    assert endorsement.parent.identifier == "L-1"
    accept(browser, send(browser, {"Record": endorsement.pk, "Belongs to": ""}))
    endorsement.refresh_from_db()
    assert endorsement.parent is None


def test_a_record_that_changed_after_the_look_is_not_overwritten(administrator, record):
    form = RecordFileForm({"content": table({"Record": record.pk, "field": "Art"})}, by=administrator)
    assert form.is_valid()
    CredentialRecord.objects.update(field="Music")
    with pytest.raises(ActionRefused, match="changed in the meantime"):
        actions.import_records(by=administrator, rows=form.rows)


def test_a_record_without_a_number_is_not_added_again_by_the_same_file(browser, teacher):
    new = {"Staff ID": "S-1", "Type": "OT", "subjects": "Science"}
    page = send(browser, new)
    assert accept(browser, page).url == URL
    # Pressed twice, or sent again another day.
    assert errors(accept(browser, page)) == [f"Line 2: {teacher} has this record already."]
    assert accept(browser, send(browser, new | {"subjects": "Reading"})).url == URL
    assert [each.subjects for each in CredentialRecord.objects.order_by("pk")] == [["Science"], ["Reading"]]


def test_nor_is_one_that_belongs_to_another_record(browser, teacher):
    CredentialRecordFactory(holder=teacher, identifier="L-1")
    page = send(browser, {"Staff ID": "S-1", "Type": "OT", "subjects": "Science", "Belongs to": "L-1"})
    assert accept(browser, page).url == URL
    assert errors(accept(browser, page)) == [f"Line 2: {teacher} has this record already."]


def test_nobody_changes_their_own_records_by_a_file(browser, administrator, record):
    mine = {"holder": administrator, "type": record.type, "identifier": "MINE", "issuing_state": "TX"}
    own = CredentialRecordFactory(field="Art", issued_on=date(2020, 1, 1), **mine)
    refused = "Your own records do not change by a file."
    assert refused in errors(send(browser, {"Record": own.pk, "subjects": "Reading"}))[0]
    assert refused in errors(send(browser, {"E-mail": administrator.email, "Type": "OT", "identifier": "N-1"}))[0]
    assert "This file changes nothing" in send(browser, {"Record": own.pk, "field": "Art"}).text
    colleague = UserFactory(district=administrator.district, roles=[Role.DISTRICT_ADMINISTRATOR])
    form = RecordFileForm({"content": table({"Record": own.pk, "subjects": "Reading"})}, by=colleague)
    assert form.is_valid()
    with pytest.raises(ActionRefused, match=refused):
        actions.import_records(by=administrator, rows=form.rows)
    actions.import_records(by=colleague, rows=form.rows)
    own.refresh_from_db()
    assert own.subjects == ["Reading"]


def test_twice_as_many_endorsements_are_twice_the_work(administrator, teacher):
    new = {"Staff ID": "S-1", "Type": "OT"}

    def work(count):
        endorsements = [{**new, "identifier": f"N-{n}", "Belongs to": f"N-{n - 1}"} for n in range(1, count)]
        content = table({**new, "identifier": "N-0", "Belongs to": ""}, *endorsements)
        return steps(RecordFileForm({"content": content}, by=administrator).is_valid, module=record_rows.__name__)

    assert work(200) < 2.1 * work(100)


def test_a_formula_in_a_cell_stays_a_text(browser, teacher):
    accept(browser, send(browser, {"Staff ID": "S-1", "Type": "OT", "title": "'=1+1", "identifier": "N-1"}))
    record = teacher.credential_records.get()
    assert record.extra == {"title": "=1+1"}
    [row] = exported(browser)
    assert row["title"] == "'=1+1"
    assert "This file changes nothing" in send(browser, row).text


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
VALUES = st.fixed_dictionaries(
    {"field": TEXT, "subjects": st.lists(TEXT, max_size=3), "grade_levels": st.lists(TEXT, max_size=2)}
)
EXTRA = st.dictionaries(
    st.sampled_from(["notes", "title", "met_housse", "gone"]),
    TEXT | st.booleans() | st.lists(TEXT, max_size=2) | st.integers(-9, 9),
)


class TestRoundTrip(TestCase):
    @settings(max_examples=60, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(st.lists(st.tuples(VALUES, EXTRA), min_size=1, max_size=4))
    def test_any_file_that_was_exported_changes_nothing(self, drawn):
        holder = UserFactory(staff_identifier="S-1")
        types = list(CredentialType.objects.all())
        for number, (values, extra) in enumerate(drawn):
            CredentialRecordFactory(holder=holder, type=types[number % 4], extra=extra, **values)
        records = CredentialRecord.objects.filter(district=holder.district)
        keys, out = own_keys(records), io.StringIO(newline="")
        writer = csv.writer(out)
        writer.writerow(header(keys))
        writer.writerows([harmless(cell) for cell in line] for line in lines(records, keys))
        form = RecordFileForm({"content": out.getvalue()}, by=UserFactory(district=holder.district))
        assert not form.is_valid()
        assert form.non_field_errors() == ["This file changes nothing: every record already says what it says."]
