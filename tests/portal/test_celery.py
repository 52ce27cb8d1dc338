import time
from datetime import timedelta

import pytest
from celery.contrib.testing.worker import start_worker
from django.urls import reverse
from django.utils import timezone

from cases.models import Case
from contacts.models import Designation, Role
from portal.celery import app
from tests.cases.conftest import NO_IMPACT
from tests.factories import DesignationFactory, ProductAreaFactory, UserFactory


def wait_for(condition, seconds=15):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def test_beat_asks_for_tasks_that_the_worker_knows():
    app.loader.import_default_modules()
    assert {entry["task"] for entry in app.conf.beat_schedule.values()} <= app.tasks.keys()


@pytest.mark.parametrize("sweep", ["flag inactive contacts", "follow up on resolutions"])
def test_the_sweeps_run_every_hour(sweep):
    schedule = app.conf.beat_schedule[sweep]["schedule"]
    assert len(schedule.minute) == 1
    assert len(schedule.hour) == 24


def test_no_task_outlives_the_time_after_which_it_is_handed_out_again():
    assert app.conf.task_time_limit < app.conf.broker_transport_options["visibility_timeout"]
    assert app.conf.task_acks_late
    assert app.conf.task_reject_on_worker_lost
    assert app.conf.worker_prefetch_multiplier == 1
    assert app.conf.accept_content == ["json"]


@pytest.mark.django_db(transaction=True)
def test_a_worker_takes_the_sweep_from_redis_and_flags():
    long_ago = timezone.now() - timedelta(days=181)
    idle = DesignationFactory(started_at=long_ago, inactive_since=long_ago)
    with start_worker(app, perform_ping_check=False, pool="solo"):
        app.send_task("contacts.tasks.flag_inactive_contacts")
        wait_for(lambda: Designation.objects.flagged().filter(pk=idle.pk).exists())


@pytest.mark.django_db
def test_a_case_is_submitted_and_told_while_redis_is_down(sign_in, monkeypatch, tmp_path):
    monkeypatch.setattr(app.conf, "broker_write_url", f"redis+socket://{tmp_path}/nobody.sock")
    contact = UserFactory(roles=[Role.SUPPORT_CONTACT])
    colleague = UserFactory(district=contact.district, roles=[Role.SUPPORT_CONTACT])
    answers = {"kind": "question", "product_area": ProductAreaFactory().pk, "subject": "One", "urgency": "low"}
    sign_in(contact).post(reverse("cases:new"), answers | NO_IMPACT | {"description": "How?"})
    assert Case.objects.get().subject == "One"
    assert colleague.messages.unread().count() == 1
