"""Whoever is switched off or gets another address is signed out for good, and told at the address they had."""

import re
from urllib.parse import urlsplit

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.contrib.auth.hashers import make_password
from django.core import mail
from django.test import Client
from django.urls import reverse

from contacts import actions, message_center
from contacts.models import Message, Role, User
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough phrase"
OLD, NEW = "sam.old@example.org", "sam.new@example.org"


@pytest.fixture
def administrator():
    return UserFactory(first_name="Ada", last_name="Ames", roles=[Role.DISTRICT_ADMINISTRATOR])


@pytest.fixture
def person(administrator):
    return UserFactory(email=OLD, district=administrator.district, password=make_password(PASSWORD))


@pytest.fixture
def change(person, administrator):
    """change(is_active=False) as the administrator's pages do."""

    def change(**fields):
        current = User.objects.get(pk=person.pk)
        for name, value in fields.items():
            setattr(current, name, value)
        actions.change_person(current, by=administrator, changed=list(fields))

    return change


def sign_in(email=OLD):
    browser = Client()
    browser.post(reverse("account_login"), {"login": email, "password": PASSWORD})
    return browser


def is_served(browser):
    return browser.get(reverse("contacts:messages")).status_code == 200


def link_in_e_mail():
    return urlsplit(re.search(r"https?://\S+/reset/key/\S+", mail.outbox[-1].body)[0]).path


def opens(link):
    return "This link no longer works" not in Client().get(link, follow=True).content.decode()


THERE_AND_BACK = [({"is_active": False}, {"is_active": True}), ({"email": NEW}, {"email": OLD})]


@pytest.mark.parametrize(("there", "back"), THERE_AND_BACK)
def test_a_session_ends_and_does_not_come_back(person, change, there, back):
    browser, waiting = sign_in(), sign_in()
    assert is_served(browser)
    change(**there)
    assert not is_served(browser)
    change(**back)
    assert not is_served(waiting)
    assert is_served(sign_in())


@pytest.mark.parametrize(("there", "back"), THERE_AND_BACK)
def test_a_password_link_from_before_ends_too(person, change, there, back):
    Client().post(reverse("account_reset_password"), {"email": OLD})
    link = link_in_e_mail()
    assert opens(link)
    change(**there)
    change(**back)
    assert not opens(link)


@pytest.mark.parametrize(("there", "back"), THERE_AND_BACK)
def test_a_sign_in_that_waits_for_its_code_ends_too(person, change, there, back):
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(person, secret)
    browser = sign_in()
    change(**there)
    change(**back)
    code = totp.format_hotp_value(totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time())))
    answer = browser.post(reverse("mfa_authenticate"), {"code": code})
    assert answer.url == reverse("account_login")
    assert not is_served(browser)


def test_other_changes_end_nothing_and_tell_nobody(person, change):
    browser = sign_in()
    change(first_name="Samantha", phone="555-0100")
    assert is_served(browser)
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("fields", "subject"),
    [
        ({"is_active": False}, "Ada Ames stopped your sign-in to the District Support Portal"),
        ({"email": NEW}, "Ada Ames changed the e-mail address of your account in the District Support Portal"),
        ({"email": None}, "Ada Ames changed the e-mail address of your account in the District Support Portal"),
    ],
)
@pytest.mark.parametrize("has_password", [True, False])
def test_the_old_address_is_told_and_gets_no_way_in(person, change, fields, subject, has_password):
    User.objects.filter(pk=person.pk).update(password=make_password(PASSWORD if has_password else None))
    change(**fields)
    assert message_center.email_unsent() == 1
    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == ([OLD], subject)
    assert "If you did not expect this" in sent.body
    assert "/reset/key/" not in sent.body


def test_a_new_address_and_a_stop_at_once_are_both_told_at_the_old_address(person, change):
    change(email=NEW, is_active=False)
    assert message_center.email_unsent() == 2
    assert [sent.to for sent in mail.outbox] == [[OLD], [OLD]]


def test_a_first_address_and_a_restored_sign_in_tell_nobody(person, change):
    User.objects.filter(pk=person.pk).update(email=None, is_active=False)
    change(email=NEW, is_active=True)
    assert not Message.objects.exists()


def test_the_new_owner_reads_in_the_portal_what_changed(person, change):
    change(email=NEW)
    page = sign_in(NEW).get(reverse("contacts:messages")).content.decode()
    assert "changed the e-mail address of your account" in page
