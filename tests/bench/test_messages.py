"""What the Message Center costs a person with a thousand messages, beside a hundred thousand of their district.

Prints milliseconds and the plan, and asserts nothing about them.
"""

import time
from statistics import median

import pytest
from django.db import connection
from django.test import Client

from contacts.models import Kind, Message
from contacts.views.messages import UNREAD_FIRST
from tests.factories import UserFactory

pytestmark = [pytest.mark.bench, pytest.mark.django_db(transaction=True)]
OTHERS, OWN, MESSAGES = 100, 1_000, 100_000


def test_the_message_center(capsys, request):
    reader = UserFactory()
    people = UserFactory.create_batch(OTHERS, district=reader.district)
    kinds = list(Kind)
    Message.objects.bulk_create(
        Message(
            recipient=reader if n < OWN else people[n % OTHERS],
            district=reader.district,
            kind=kinds[n % len(kinds)],
            about=f"/cases/{n % 400}/",
            subject=f"Case {n % 400} · Something",
            title=f"Ann Lee replied: Something (case {n % 400})",
            body="Open the case to read the reply. " * 3,
            read_at="2026-01-01T00:00Z" if n % 3 else None,
        )
        for n in range(MESSAGES)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE contacts_message")
    client = Client()
    client.force_login(reader)
    for address in ("/messages/", "/messages/?kind=case"):
        taken = []
        for _ in range(request.config.getoption("rounds")):
            started = time.perf_counter()
            assert client.get(address).status_code == 200
            taken.append(1000 * (time.perf_counter() - started))
        with capsys.disabled():
            print(f"\n{address}: p50 {median(taken):.1f} ms")
    with capsys.disabled():
        groups = Message.objects.visible_to(reader).in_groups().order_by(*UNREAD_FIRST)
        print(groups[:26].explain(analyze=True))
