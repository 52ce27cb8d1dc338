"""Tables as files: safe in a spreadsheet, and read in the scope of who asked for them."""

import pytest
from django.db import connection

from contacts import scope
from contacts.views.exports import CsvResponse, harmless
from tests.factories import DistrictFactory

pytestmark = pytest.mark.django_db


def scope_of_database():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('portal.scope'), current_setting('portal.district')")
        yield cursor.fetchone()


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", '=HYPERLINK("x")', "  =1", "-", "+49 555"]
)
def test_no_text_is_run_as_a_formula(text):
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("value", [-1, 2.5, 0, "", "Riverbend", "1 - 2", "a=b", None])
def test_numbers_and_plain_words_stay_as_they_are(value):
    assert harmless(value) == value


def test_a_file_has_its_header_its_rows_and_a_name():
    response = CsvResponse("riverbend", ["School", "Cases"], [["=Cedar, Hill", 3], ['A "B"', -1]])
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"] == 'attachment; filename="riverbend.csv"'
    assert response.getvalue().decode() == ('\ufeffSchool,Cases\r\n"\'=Cedar, Hill",3\r\n"A ""B""",-1\r\n')


def test_rows_are_read_while_they_are_sent():
    read = []

    def rows():
        for number in range(3):
            read.append(number)
            yield [number]

    sent = iter(CsvResponse("x", ["Number"], rows()))
    assert [next(sent), next(sent), read] == ["\ufeff".encode(), b"Number\r\n", []]
    assert [next(sent), read] == [b"0\r\n", [0]]


def test_rows_are_read_in_the_scope_of_who_asked_for_them_and_in_no_other_afterwards():
    district = DistrictFactory()
    with scope.of_district(district):
        response = CsvResponse("x", ["Scope", "District"], scope_of_database())
    before = connection.scope
    assert response.getvalue().decode().endswith(f"district,{district.pk}\r\n")
    assert connection.scope == before
    assert next(scope_of_database())[0] == before.kind
