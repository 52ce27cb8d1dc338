"""The search by a function of the database, which reads past the policies, finds what the plain query finds."""

import re

import pytest
from django.db import connection

from cases.models import Case, search
from contacts import scope
from contacts.models import Role
from tests.cases.test_list import STRANGE
from tests.factories import CaseFactory, UserFactory

pytestmark = pytest.mark.django_db
SUBJECTS = [
    "Report cards print twice",
    "Schedules of Hillside are missing",
    "The roster of period 3 is empty",
    "Attendance: żółw and schedules",
    "A zebra's report is late",
]
WORDS = sorted({word for text in SUBJECTS for word in re.findall(r"\w+", text)})


@pytest.fixture
def contacts():
    """One of each of three districts that all have the same cases."""
    people = [UserFactory(roles=[Role.SUPPORT_CONTACT]) for _ in range(3)]
    for person in people:
        for subject in SUBJECTS:
            CaseFactory(contact=person, subject=subject)
    return people


def scopes(contacts):
    districts = [scope.Scope("district", person.district_id, person.pk) for person in contacts]
    return [*districts, scope.Scope("support"), scope.Scope("system"), scope.PUBLIC, scope.Scope("person"), scope.NONE]


def found(words, *, most, monkeypatch):
    """By key where there are at most so many, else by the plain query."""
    monkeypatch.setattr(search, "MOST_BY_KEY", most)
    return set(Case.objects.matching(words).values_list("pk", flat=True))


@pytest.mark.parametrize("words", [*WORDS, "rep", "sched", "report or zebra", "-report", *STRANGE])
def test_the_function_finds_what_the_plain_query_finds_in_every_scope(words, contacts, monkeypatch):
    for each in scopes(contacts):
        with scope.using(each):
            assert found(words, most=1000, monkeypatch=monkeypatch) == found(words, most=-1, monkeypatch=monkeypatch)


def test_the_function_itself_never_leaves_the_scope(contacts):
    with connection.cursor() as cursor:
        for each in scopes(contacts):
            own = set(Case.objects.filter(district=each.district_id).values_list("pk", flat=True))
            with scope.using(each):
                cursor.execute("SELECT cases_found('report | schedul | ~d%s'::tsquery, 100)", [contacts[0].district_id])
                numbers = {number for (number,) in cursor}
            if each.kind == "district":
                assert numbers
                assert numbers <= own
            else:
                assert bool(numbers) == (each.kind in ("support", "system")), each


def test_no_scope_of_a_district_without_the_district_finds_anything(contacts):
    with scope.using(scope.Scope("district")), connection.cursor() as cursor:
        cursor.execute("SELECT cases_found('report'::tsquery, 100)")
        assert cursor.fetchall() == []
