"""An update is mailed to 5,000 people by workers of which one is killed: each gets it, and nobody gets two."""

import os
import subprocess
import sys
import time
from collections import Counter

import pytest
from django.db import connection
from django.utils import timezone

from contacts.models import Designation, Message, Role, User
from tests.factories import DistrictFactory

DISTRICTS, PEOPLE = 10, 500
WORKER = """
import django
django.setup()
from contacts import message_center, scope
with scope.system("e-mail"):
    while message_center.email_unsent():
        pass
"""
# Longer than the whole mailing takes on a busy machine.
PATIENCE = 300

pytestmark = [pytest.mark.mailing, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def contacts():
    people = User.objects.bulk_create(
        User(email=f"person{n}@d{district.pk}.example", district=district, first_name="Ann", last_name=f"Lee {n}")
        for district in DistrictFactory.create_batch(DISTRICTS)
        for n in range(PEOPLE)
    )
    now = timezone.now()
    Designation.objects.bulk_create(
        Designation(
            user=person, district_id=person.district_id, role=Role.SUPPORT_CONTACT, started_at=now, inactive_since=now
        )
        for person in people
    )
    return people


@pytest.fixture
def worker(tmp_path):
    """Starts a worker that mails until nothing is due, each mail a file of its own."""
    workers = []
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "DATABASE_URL": database_url(),
        "EMAIL_URL": f"filemail:///{tmp_path}",
    }

    def start():
        workers.append(subprocess.Popen([sys.executable, "-c", WORKER], env=environment))
        return workers[-1]

    yield start
    for started in workers:
        started.kill()
        started.wait()


def database_url():
    at = connection.settings_dict
    return f"postgresql://{at['USER']}@/{at['NAME']}?host={at['OPTIONS'].get('host') or at['HOST']}"


def mailed(folder):
    """How often each Message-ID went out."""
    texts = (file.read_text() for file in folder.iterdir())
    return Counter(line for text in texts for line in text.splitlines() if line.startswith("Message-ID: "))


def test_an_update_reaches_5000_people_once_though_a_worker_is_killed(post, agent, contacts, worker, tmp_path):
    notice = post(everyone=True)
    assert Message.objects.filter(about=notice.get_absolute_url()).count() == DISTRICTS * PEOPLE
    first = worker()
    deadline = time.monotonic() + PATIENCE
    while mailed(tmp_path).total() < PEOPLE:
        assert first.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.2)
    first.kill()
    first.wait()
    for each in [worker(), worker()]:
        assert each.wait(PATIENCE) == 0
    counts = mailed(tmp_path)
    assert len(counts) == DISTRICTS * PEOPLE
    # Only the mail in the killed worker's hand may go out again, and then under the same Message-ID.
    assert counts.total() <= DISTRICTS * PEOPLE + 1
    assert not Message.objects.unsent(timezone.now()).exists()
