"""What the pages of cases cost at 10,000 cases in one district, beside the bare SQL of the same rows.

Prints medians in milliseconds and asserts nothing about them: ``pytest -m bench -s tests/bench``.
"""

from statistics import median
from time import perf_counter
from uuid import uuid4

import pytest
from django.db import connection
from django.template import Template
from django.test.utils import _TestState

from cases.models import Case, TimelineEntry
from contacts.models import Role
from tests.factories import AgentFactory, ProductAreaFactory, UserFactory

pytestmark = [pytest.mark.bench, pytest.mark.django_db]
ROUNDS = 50
ROWS = """SELECT number, subject, status, kind, urgency, updated_at FROM cases_case WHERE district_id = %s"""
NEWEST = " ORDER BY updated_at DESC, number DESC LIMIT 26"
FOUND = " AND search @@ (websearch_to_tsquery('english', %s) && %s::tsquery)"


@pytest.fixture
def contact():
    contact, area = UserFactory(roles=[Role.SUPPORT_CONTACT]), ProductAreaFactory()
    AgentFactory.create_batch(5)
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO cases_case (district_id, contact_id, kind, product_area_id, subject, description,
                steps_to_replicate,
                urgency, status, created_at, updated_at, is_exception, caller_name, caller_reach, emergency)
            SELECT %s, %s, 'question', %s, 'Case of ' || n || ' ' || (ARRAY['grades', 'buses', 'meals'])[1 + n %% 3],
                CASE WHEN n %% 2500 = 0 THEN 'A zebra. ' ELSE '' END || repeat('An ordinary description. ', 20), '',
                'normal', 'new', now(), now() - n * interval '1 minute', false, '', '', ''
            FROM generate_series(1, 10000) n""",
            [contact.district_id, contact.pk, area.pk],
        )
        cursor.execute("VACUUM ANALYZE cases_case" if connection.get_autocommit() else "ANALYZE cases_case")
    return contact


def milliseconds(run):
    run()
    taken = []
    for _ in range(ROUNDS):
        start = perf_counter()
        run()
        taken.append((perf_counter() - start) * 1000)
    return median(taken)


def test_the_pages_of_cases(contact, sign_in, monkeypatch):
    # Tests look over the shoulder of every template, which doubles the time of a page of many parts.
    monkeypatch.setattr(Template, "_render", _TestState.saved_data.template_render)
    client, district = sign_in(contact), contact.district_id
    case = Case.objects.first()
    TimelineEntry.objects.bulk_create(
        TimelineEntry(case=case, district_id=district, action="replied", text="Words.", by=contact, status="new")
        for _ in range(10)
    )

    def sql(query, *values):
        def run():
            with connection.cursor() as cursor:
                cursor.execute(query, values)
                cursor.fetchall()

        return run

    def submit():
        answers = {"kind": Case.Kind.QUESTION, "product_area": case.product_area_id, "subject": "One", "urgency": "low"}
        assert (
            client.post("/cases/new/", answers | {"description": "One.", "idempotency_key": uuid4()}).status_code == 302
        )

    lexeme = f"'~d{district}'"
    measured = {
        "list": (lambda: client.get("/cases/"), sql(ROWS + NEWEST, district)),
        "rare word": (lambda: client.get("/cases/?q=zebra"), sql(ROWS + FOUND + NEWEST, district, "zebra", lexeme)),
        "common word": (lambda: client.get("/cases/?q=grades"), sql(ROWS + FOUND + NEWEST, district, "grades", lexeme)),
        "detail": (
            lambda: client.get(case.get_absolute_url()),
            sql("SELECT * FROM cases_timelineentry WHERE case_id = %s ORDER BY created_at, id", case.pk),
        ),
        "submit": (submit, sql("SELECT 1")),
    }
    print(f"\n{'10,000 cases, ms':20}{'page':>8}{'SQL':>8}")
    for name, (page, bare) in measured.items():
        print(f"{name:20}{milliseconds(page):8.2f}{milliseconds(bare):8.2f}")
