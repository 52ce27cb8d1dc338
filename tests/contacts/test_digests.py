"""The daily e-mail: once a day, in the morning of whom it is for, with what they have not read."""

from datetime import UTC, datetime, timedelta
from smtplib import SMTPException
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from contacts import actions, message_center, tasks
from contacts.message_center.digests import last_digest
from contacts.models import Delivery, Message, User
from tests.contacts.races import at_once, locked
from tests.factories import MessageFactory, UserFactory

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


class KilledBackend(EmailBackend):
    """The mail server takes the mail, and then the worker is killed."""

    def send_messages(self, messages):
        super().send_messages(messages)
        raise SystemExit


class RefusingBackend(EmailBackend):
    def send_messages(self, messages):
        raise SMTPException("mailbox unavailable")


@pytest.fixture
def reader():
    return UserFactory()


def waiting(person, **fields):
    """A message from before today's daily e-mail, or yesterday's."""
    created_at = last_digest(person.zone, timezone.now()) - timedelta(minutes=5)
    return MessageFactory(recipient=person, **{"delivery": Delivery.DIGEST, "created_at": created_at} | fields)


def test_what_waits_goes_out_in_one_mail_with_titles_a_link_and_no_text(reader):
    waiting(reader, title="Support replied", body="Her date of birth is secret.")
    waiting(reader, title="A case was closed")
    waiting(reader, title="At once", delivery=Delivery.AT_ONCE)
    waiting(reader, title="Only here", delivery=Delivery.HERE)
    assert message_center.email_digests() == 1
    (email,) = mail.outbox
    assert email.to == [reader.email]
    assert email.subject == f"2 new messages in the {settings.PORTAL_NAME}"
    assert "- Support replied\n- A case was closed\n" in email.body
    assert f"{settings.PORTAL_URL}/messages/" in email.body
    assert f"for {reader}, {reader.district}" in email.body
    for other in ("secret", "At once", "Only here"):
        assert other not in email.message().as_string()


def test_a_message_goes_out_in_one_daily_mail_only(reader):
    waiting(reader)
    assert message_center.email_digests() == 1
    assert message_center.email_digests() == 0
    assert Message.objects.get().emailed_at


def test_the_daily_mail_waits_for_the_morning(reader):
    waiting(reader, created_at=last_digest(reader.zone, timezone.now()) + timedelta(seconds=1))
    assert message_center.email_digests() == 0


def test_there_is_one_daily_mail_a_day(reader):
    waiting(reader)
    message_center.email_digests()
    late = waiting(reader)
    assert message_center.email_digests() == 0
    # A day later.
    Message.objects.exclude(pk=late.pk).update(emailed_at=timezone.now() - DAY)
    assert message_center.email_digests() == 1


def test_what_was_read_by_then_is_not_in_it(reader):
    waiting(reader, read_at=timezone.now())
    assert message_center.email_digests() == 0
    waiting(reader, title="Unread")
    message_center.email_digests()
    assert mail.outbox[0].subject.startswith("1 new message in")


def test_the_outbox_leaves_the_daily_mail_alone(reader):
    waiting(reader)
    waiting(reader, delivery=Delivery.HERE)
    assert message_center.email_unsent() == 0


def test_each_person_gets_their_own(reader):
    other = UserFactory()
    for person in (reader, reader, other):
        waiting(person, title=f"For {person}")
    assert message_center.email_digests() == 2
    assert {email.to[0]: f"- For {reader}" in email.body for email in mail.outbox} == {
        reader.email: True,
        other.email: False,
    }


@pytest.mark.parametrize("fields", [{"email": None}, {"is_active": False}])
def test_people_without_an_address_or_account_get_none(fields):
    waiting(UserFactory(**fields))
    assert message_center.email_digests() == 0


def moment(*when, zone="UTC"):
    return datetime(*when, tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize(
    ("zone", "now", "last"),
    [
        ("America/New_York", (2026, 1, 15, 12, 0), (2026, 1, 15, 12, 0)),
        ("America/New_York", (2026, 1, 15, 11, 59), (2026, 1, 14, 12, 0)),
        ("Pacific/Honolulu", (2026, 1, 15, 12, 0), (2026, 1, 14, 17, 0)),
        ("Asia/Kolkata", (2026, 1, 15, 1, 30), (2026, 1, 15, 1, 30)),
        # The clocks go forward on March 8, and back on November 1.
        ("America/New_York", (2026, 3, 7, 23, 0), (2026, 3, 7, 12, 0)),
        ("America/New_York", (2026, 3, 8, 11, 0), (2026, 3, 8, 11, 0)),
        ("America/New_York", (2026, 3, 8, 10, 59), (2026, 3, 7, 12, 0)),
        ("America/New_York", (2026, 11, 1, 11, 59), (2026, 10, 31, 11, 0)),
        ("America/New_York", (2026, 11, 1, 12, 0), (2026, 11, 1, 12, 0)),
    ],
)
def test_it_goes_out_at_seven_by_the_clock_of_the_person(zone, now, last):
    assert last_digest(ZoneInfo(zone), moment(*now)) == moment(*last)


@pytest.mark.parametrize(("zone", "hour", "last"), [("America/New_York", 2, (2026, 3, 8, 7, 0))])
def test_an_hour_that_the_clocks_leave_out_comes_all_the_same(zone, hour, last, settings):
    settings.MESSAGE_DIGEST_HOUR = hour
    assert last_digest(ZoneInfo(zone), moment(2026, 3, 8, 12, 0)) == moment(*last)


def test_the_hour_is_a_setting(reader, settings):
    settings.MESSAGE_DIGEST_HOUR = 16
    assert last_digest(reader.zone, timezone.now()).astimezone(reader.zone).hour == 16


@pytest.mark.django_db(transaction=True)
def test_four_runs_at_once_send_each_person_one_mail():
    people = UserFactory.create_batch(8)
    for person in people:
        for _ in range(5):
            waiting(person)
    assert sum(at_once(*[message_center.email_digests] * 4)) == 8
    assert sorted(email.to[0] for email in mail.outbox) == sorted(person.email for person in people)
    assert all("5 new messages" in email.subject for email in mail.outbox)


@pytest.mark.django_db(transaction=True)
def test_a_run_waits_for_nobody(reader):
    held, other = waiting(reader), waiting(UserFactory())
    with locked(Message, held):
        assert message_center.email_digests() == 1
    assert mail.outbox[0].to == [other.recipient.email]
    assert message_center.email_digests() == 1


@pytest.mark.django_db(transaction=True)
def test_a_kill_repeats_one_mail_under_the_same_message_id(reader, settings):
    first = waiting(reader)
    waiting(reader)
    usual, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, f"{__name__}.KilledBackend"
    with pytest.raises(SystemExit):
        message_center.email_digests()
    settings.EMAIL_BACKEND = usual
    assert message_center.email_digests() == 1
    assert message_center.email_digests() == 0
    sent = [(email.extra_headers["Message-ID"], email.body) for email in mail.outbox]
    assert len(sent) == 2
    assert len(set(sent)) == 1
    assert sent[0][0] == f"<digest-{first.pk}@localhost>"


def test_a_refused_mail_is_tried_again_later_and_parked_in_the_end(reader, settings):
    waiting(reader)
    waiting(reader)
    settings.EMAIL_BACKEND = f"{__name__}.RefusingBackend"
    waits = []
    for _ in range(settings.EMAIL_MAX_ATTEMPTS):
        assert not Message.objects.exclude(parked_at=None).exists()
        Message.objects.update(email_due_at=timezone.now())
        before = timezone.now()
        message_center.email_digests()
        message_center.email_digests()
        waits += {round((message.email_due_at - before) / timedelta(minutes=1)) for message in Message.objects.all()}
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128]
    assert not Message.objects.filter(parked_at=None).exists()


def test_a_refused_mail_keeps_nobody_elses_back(reader, settings):
    settings.EMAIL_BATCH_SIZE = 1
    for person in (reader, UserFactory()):
        waiting(person)
    assert message_center.email_digests() == 1
    assert message_center.email_digests() == 1


def test_whoever_chooses_otherwise_before_the_morning_gets_no_daily_mail(reader):
    actions.choose_deliveries({"case": "digest"}, by=reader)
    waiting(reader)
    actions.choose_deliveries({"case": "here"}, by=reader)
    assert message_center.email_digests() == message_center.email_unsent() == 0


def test_whoever_chooses_the_daily_mail_gets_what_was_not_mailed_yet_in_it(reader):
    waiting(reader, delivery=Delivery.AT_ONCE)
    actions.choose_deliveries({"case": "digest"}, by=reader)
    assert message_center.email_unsent() == 0
    assert message_center.email_digests() == 1


def test_the_task_mails_what_is_due(reader):
    waiting(reader)
    tasks.email_digests()
    assert len(mail.outbox) == 1


def test_looking_takes_one_query_where_nothing_waits(django_assert_num_queries):
    User.objects.exists()
    with django_assert_num_queries(1):
        message_center.email_digests()
