"""Messages are rows of their verb's transaction, and the outbox mails each once."""

import re
from datetime import timedelta
from smtplib import SMTPException

import pytest
from django.conf import settings
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import transaction
from django.utils import timezone

from contacts import actions, message_center, tasks
from contacts.models import Kind, Message, Role, User
from tests.contacts.races import at_once, locked
from tests.factories import MessageFactory, UserFactory

pytestmark = pytest.mark.django_db


class RefusingBackend(EmailBackend):
    """A mail server that takes no mail for people whose address starts with ``refused``."""

    def send_messages(self, messages):
        if any(to.startswith("refused") for message in messages for to in message.to):
            raise SMTPException("mailbox unavailable")
        return super().send_messages(messages)


class AwayBackend(EmailBackend):
    def open(self):
        raise ConnectionRefusedError("nobody listens")


def person_with_password(**fields):
    person = UserFactory(**fields)
    person.set_password("a-good-password")
    person.save()
    return person


@pytest.fixture
def refusing_server(settings):
    settings.EMAIL_BACKEND = f"{__name__}.RefusingBackend"


def test_a_message_is_undone_with_the_verb_that_failed():
    with transaction.atomic():
        message_center.send(
            "contacts/messages/invited.txt", to=[UserFactory()], kind=Kind.ACCOUNT, about="/profile/", subject="Yours"
        )
        transaction.set_rollback(True)
    assert not Message.objects.exists()


def test_an_email_carries_title_link_and_person_but_no_text():
    person = person_with_password()
    MessageFactory(recipient=person, title="Support replied", body="Her date of birth is secret.", link="/somewhere/1/")
    assert message_center.email_unsent() == 1
    (email,) = mail.outbox
    assert email.subject == "Support replied"
    assert email.to == [person.email]
    assert f"{settings.PORTAL_URL}/somewhere/1/" in email.body
    assert f"for {person}, {person.district}" in email.body
    assert "secret" not in email.message().as_string()


def test_a_line_break_in_a_stored_name_breaks_no_title():
    administrator = UserFactory(
        first_name="Eve\r\nBcc: x", last_name="Q\rX", district__name="Grand\rBend", roles=[Role.DISTRICT_ADMINISTRATOR]
    )
    actions.designate(UserFactory(district=administrator.district), role=Role.SUPPORT_CONTACT, by=administrator)
    actions.invite(UserFactory(district=administrator.district), by=administrator)
    message_center.email_unsent()
    assert mail.outbox[-1].subject == f"Eve Bcc: x Q X invited you to the {settings.PORTAL_NAME} for Grand Bend"


def test_a_message_without_a_link_leads_to_the_message_center():
    MessageFactory(recipient=person_with_password())
    message_center.email_unsent()
    assert f"{settings.PORTAL_URL}/messages/" in mail.outbox[0].body


def test_an_email_goes_out_once_with_a_stable_message_id():
    message = MessageFactory()
    message_center.email_unsent()
    message_center.email_unsent()
    assert [email.extra_headers["Message-ID"] for email in mail.outbox] == [f"<message-{message.pk}@localhost>"]
    message.refresh_from_db()
    assert message.emailed_at


@pytest.mark.django_db(transaction=True)
def test_four_runners_at_once_send_each_message_once():
    MessageFactory.create_batch(40)
    assert sum(at_once(*[message_center.email_unsent] * 4)) == 40
    assert len({email.extra_headers["Message-ID"] for email in mail.outbox}) == len(mail.outbox) == 40


@pytest.mark.django_db(transaction=True)
def test_runners_at_once_may_mail_the_same_new_person():
    for _ in range(5):
        MessageFactory.create_batch(4, recipient=UserFactory())
        assert sum(at_once(*[message_center.email_unsent] * 4)) == 4


@pytest.mark.usefixtures("refusing_server")
def test_one_refused_mail_stops_no_other():
    refused = MessageFactory(recipient__email="refused@example.org")
    other = MessageFactory()
    assert message_center.email_unsent() == 1
    for message in (refused, other):
        message.refresh_from_db()
    assert other.emailed_at
    assert (refused.emailed_at, refused.email_attempts) == (None, 1)


@pytest.mark.usefixtures("refusing_server")
def test_a_refused_mail_is_tried_again_later_and_parked_in_the_end():
    message = MessageFactory(recipient__email="refused@example.org")
    waits = []
    for _ in range(settings.EMAIL_MAX_ATTEMPTS):
        assert message.parked_at is None
        Message.objects.update(email_due_at=timezone.now())
        before = timezone.now()
        message_center.email_unsent()
        message_center.email_unsent()
        message.refresh_from_db()
        waits.append(round((message.email_due_at - before) / timedelta(minutes=1)))
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128]
    assert message.email_attempts == settings.EMAIL_MAX_ATTEMPTS
    assert message.parked_at
    Message.objects.update(email_due_at=timezone.now())
    assert message_center.email_unsent() == 0
    assert mail.outbox == []


def test_a_mail_server_that_is_down_costs_no_message_an_attempt(settings):
    message = MessageFactory()
    settings.EMAIL_BACKEND = f"{__name__}.AwayBackend"
    assert message_center.email_unsent() == 0
    message.refresh_from_db()
    assert (message.email_attempts, message.emailed_at) == (0, None)


def test_one_run_sends_a_batch_and_the_next_run_the_rest(settings):
    settings.EMAIL_BATCH_SIZE = 3
    MessageFactory.create_batch(5)
    assert message_center.email_unsent() == 3
    assert message_center.email_unsent() == 2


@pytest.mark.parametrize("fields", [{"email": None}, {"is_active": False}])
def test_people_without_an_address_or_account_get_no_mail(fields):
    MessageFactory(recipient=UserFactory(**fields))
    assert message_center.email_unsent() == 0


def test_what_waited_too_long_is_given_up_and_stays_in_the_message_center():
    waiting = MessageFactory(recipient__is_active=False, email_due_at=timezone.now() - settings.EMAIL_GIVE_UP_AFTER)
    User.objects.update(is_active=True)
    assert message_center.email_unsent() == 0
    Message.objects.update(email_due_at=waiting.email_due_at + timedelta(hours=1))
    assert message_center.email_unsent() == 1


def test_the_task_mails_what_is_due():
    MessageFactory()
    tasks.email_unsent_messages()
    assert len(mail.outbox) == 1


def link_in(email):
    return re.search(rf"{re.escape(settings.PORTAL_URL)}(\S+)", email.body).group(1)


def test_an_invited_person_chooses_a_password_by_the_mails_link_and_signs_in(client):
    administrator = UserFactory(roles=[Role.DISTRICT_ADMINISTRATOR])
    person = UserFactory(district=administrator.district)
    actions.invite(person, by=administrator)
    message_center.email_unsent()
    page = client.get(link_in(mail.outbox[0]), follow=True)
    assert page.status_code == 200
    new = "correct-horse-battery"
    client.post(page.redirect_chain[-1][0], {"password1": new, "password2": new})
    person.refresh_from_db()
    assert person.check_password(new)
    signed_in = client.post("/accounts/login/", {"login": person.email, "password": new}, follow=True)
    assert signed_in.context["user"] == person


def test_an_invitation_says_who_invites_to_what_with_which_sign_in():
    administrator = UserFactory(roles=[Role.DISTRICT_ADMINISTRATOR])
    person = UserFactory(district=administrator.district)
    actions.invite(person, by=administrator)
    message_center.email_unsent()
    (email,) = mail.outbox
    assert email.subject == f"{administrator} invited you to the {settings.PORTAL_NAME} for {person.district}"
    assert "you can see whom to ask for help, your own records" in email.body
    assert f"You sign in as {person.email}." in email.body
    assert f"{settings.PORTAL_URL}/accounts/login/" in email.body


def test_the_first_password_link_works_once_and_is_stored_nowhere(client):
    person = UserFactory()
    message = MessageFactory(recipient=person)
    message_center.email_unsent()
    link = link_in(mail.outbox[0])
    message.refresh_from_db()
    assert message.link == ""
    person.set_password("another-good-password")
    person.save()
    assert "password1" not in client.get(link, follow=True).content.decode()


def test_a_person_with_a_password_gets_the_plain_link():
    MessageFactory(recipient=person_with_password(), link="/somewhere/")
    message_center.email_unsent()
    assert link_in(mail.outbox[0]) == "/somewhere/"
    assert "no password" not in mail.outbox[0].body


@pytest.mark.django_db(transaction=True)
def test_the_outbox_waits_for_nobody():
    held, other = MessageFactory(), MessageFactory()
    with locked(Message, held):
        assert message_center.email_unsent() == 1
    assert Message.objects.get(emailed_at=None) == held
    assert [email.to for email in mail.outbox] == [[other.recipient.email]]
