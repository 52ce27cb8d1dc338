"""The untaken queue is read from an index in its order, however many cases there are."""

import pytest
from django.db import connection

from cases.models import Case, sorting

pytestmark = pytest.mark.django_db


def test_the_untaken_queue_is_read_in_its_order():
    queue = sorting.SORTS["queue"]
    first = Case.objects.unassigned().annotate(**queue.add(None)).order_by(*queue.names)[:3]
    with connection.cursor() as cursor:
        # As for a table that is too large to be read whole, or sorted.
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
    plan = first.explain()
    assert "Index Scan using cases_nobody_has_taken" in plan
    assert "Sort" not in plan
