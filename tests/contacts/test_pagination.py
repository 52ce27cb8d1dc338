"""Pages by key, of any order: nothing is left out and nothing comes twice."""

import pytest
from django.db.models import Value

from contacts.models import User
from contacts.pagination import cursor_from, paginate
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
BY_NAME = ["last_name", "-first_name", "pk"]


@pytest.fixture
def people():
    """Thirty people, of whom many share a last name, some both names."""
    for number in range(30):
        UserFactory(last_name=f"L{number % 3}", first_name=f"F{number % 5}")
    return User.objects.annotate(one=Value(1))


def all_pages(rows, order, size):
    pages = [paginate(rows, order, size=size)]
    while pages[-1].next:
        pages.append(paginate(rows, order, pages[-1].next, size))
    return pages


@pytest.mark.parametrize(
    "order", [BY_NAME, ["pk"], ["-pk"], ["-date_joined", "-pk"], ["is_active", "-last_name", "pk"]]
)
@pytest.mark.parametrize("size", [1, 7, 30, 31])
def test_pages_follow_each_other_without_gaps_or_repeats_in_both_directions(people, order, size):
    down = all_pages(people, order, size)
    assert [row for page in down for row in page.rows] == list(people.order_by(*order))
    assert all(len(page.rows) == size for page in down[:-1])
    up = [down[-1]]
    while up[0].previous:
        up.insert(0, paginate(people, order, up[0].previous, size))
    assert [page.rows for page in up] == [page.rows for page in down]


@pytest.mark.parametrize("order", [BY_NAME, ["-pk"], ["is_active", "-last_name", "pk"]])
def test_a_page_may_begin_with_any_row_and_its_neighbors_meet_it(people, order):
    rows = list(people.order_by(*order))
    for start in (7, 12, 29):
        page = paginate(people, order, cursor_from(rows[start], order), 5)
        assert page.rows == rows[start : start + 5]
        assert paginate(people, order, page.previous, 5).rows == rows[start - 5 : start]
        if page.next:
            assert paginate(people, order, page.next, 5).rows == rows[start + 5 : start + 10]


def test_a_short_list_has_one_page(people):
    page = paginate(people, BY_NAME, size=30)
    assert (page.previous, page.next) == ("", "")


def test_times_are_exact_to_the_microsecond(people):
    first = paginate(people, ["date_joined"], size=1)
    second = paginate(people, ["date_joined"], first.next, size=1)
    assert second.rows == [people.order_by("date_joined")[1]]


@pytest.mark.parametrize("cursor", ["x", "²", "\0", "9" * 300, "eyJ", "[true, 1]"])
def test_a_made_up_cursor_gives_the_first_page(people, cursor):
    assert paginate(people, BY_NAME, cursor) == paginate(people, BY_NAME)


def test_the_cursor_of_another_list_gives_the_first_page(people):
    assert paginate(people, BY_NAME, paginate(people, ["pk"], size=5).next) == paginate(people, BY_NAME)


def test_a_cursor_past_the_end_gives_an_empty_page(people):
    cursor = paginate(people, ["pk"], size=29).next
    but_the_last = people.exclude(pk=people.order_by("pk").last().pk)
    assert paginate(but_the_last, ["pk"], cursor).rows == []
