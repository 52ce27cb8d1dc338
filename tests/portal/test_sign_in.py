import re
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from allauth.core.context import request_context
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from cryptography.fernet import InvalidToken
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from contacts.models import AuditEvent, Designation, Role, User
from portal.sign_in import AccountAdapter, MFAAdapter
from tests.factories import AgentFactory, UserFactory

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough phrase"


@pytest.fixture
def person():
    return a_person()


def a_person(**fields):
    user = UserFactory(**fields)
    user.set_password(PASSWORD)
    user.save()
    return user


def post_password(client, user, password=PASSWORD):
    return client.post(reverse("account_login"), {"login": user.email, "password": password})


def code_of(secret):
    return totp.format_hotp_value(totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time())))


def submit_code(client, secret):
    """Where the code of this half minute leads at sign-in; None when it is refused."""
    return getattr(client.post(reverse("mfa_authenticate"), {"code": code_of(secret)}), "url", None)


def enroll(client):
    """Set up a second factor on the enrollment page; returns its secret."""
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    return secret


def test_a_person_signs_in_with_their_e_mail_in_any_case(client, person):
    response = client.post(reverse("account_login"), {"login": person.email.upper(), "password": PASSWORD})
    assert response.url == reverse("home")
    assert client.get(reverse("home")).context["user"] == person


def test_a_wrong_password_and_an_unknown_person_read_the_same_answer(client, person):
    wrong = post_password(client, person, "not the phrase").content.decode()
    unknown = client.post(reverse("account_login"), {"login": "nobody@example.org", "password": PASSWORD})
    sentence = "The e-mail address or the password is wrong."
    assert sentence in wrong
    assert sentence in unknown.content.decode()


def test_an_address_is_called_e_mail_and_no_placeholder_says_a_label_twice(client):
    for name in ("account_login", "account_reset_password"):
        page = client.get(reverse(name)).content.decode()
        assert re.search(r'<label\s+for="id_\w+" class="form-label requiredField">\s*E-mail<', page), name
        assert "placeholder" not in page, name


def test_nobody_is_told_that_they_just_signed_in(client, person):
    post_password(client, person)
    assert "signed in as" not in client.get(reverse("home")).content.decode().replace("Signed in as", "")


def test_a_refusal_puts_no_traceback_on_the_console(client, person, caplog):
    client.force_login(person)
    assert client.get(reverse("credentials:approvals")).status_code == 403
    assert caplog.records == []


def test_a_person_who_may_not_sign_in_is_refused(client):
    person = a_person(is_active=False)
    post_password(client, person)
    assert client.get(reverse("home")).status_code == 302


def test_nobody_signs_up(client):
    client.post(reverse("account_signup"), {"email": "me@example.org", "password1": PASSWORD})
    assert client.get(reverse("home")).status_code == 302


def test_a_session_of_someone_who_may_no_longer_sign_in_is_not_served(client, person):
    client.force_login(person)
    assert client.get(reverse("home")).status_code == 200
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert client.get(reverse("home")).url == f"{reverse('account_login')}?next=/"


def test_the_admin_has_no_sign_in_of_its_own(client):
    admin = a_person(district=None, is_staff=True)
    address = reverse("admin:login")
    assert client.get(address).url == f"{reverse('account_login')}?next=%2Fadmin%2Flogin%2F"
    client.post(address, {"username": admin.email, "password": PASSWORD})
    assert client.get(reverse("home")).status_code == 302


def test_the_title_of_a_refused_form_begins_with_error(client, person):
    assert "<title>Sign in" in client.get(reverse("account_login")).content.decode()
    assert "<title>Error: Sign in" in post_password(client, person, "not the phrase").content.decode()
    wrong = client.post(reverse("account_reset_password"), {"email": "nobody"})
    assert "<title>Error: " in wrong.content.decode()


def test_pages_that_change_the_e_mail_address_do_not_exist(client, person):
    client.force_login(person)
    assert client.get("/accounts/email/").status_code == 404


def test_strangers_are_led_to_sign_in_and_back(client):
    assert client.get("/contacts/").url == f"{reverse('account_login')}?next=/contacts/"


def test_signing_in_restarts_the_180_days_and_is_audited(client):
    contact = a_person(roles=[Role.SUPPORT_CONTACT])
    before = Designation.objects.get(user=contact).inactive_since
    post_password(client, contact)
    assert Designation.objects.get(user=contact).inactive_since > before
    assert AuditEvent.objects.get(action="person.sign_in").actor_key == str(contact.pk)


def test_a_wrong_password_is_audited_without_what_was_typed(client, person):
    post_password(client, person, "not the phrase")
    event = AuditEvent.objects.get(action="person.sign_in_failed")
    assert (event.object_key, event.actor_key) == (str(person.pk), "")
    assert event.detail == {"step": "password", "address": "127.0.0.1"}


def test_an_address_that_nobody_has_leaves_nothing_in_the_audit(client):
    client.post(reverse("account_login"), {"login": "nobody@example.org", "password": "not the phrase"})
    assert not AuditEvent.objects.exists()


def test_tries_that_are_locked_out_leave_nothing_in_the_audit(client, person):
    for _ in range(8):
        post_password(client, person, "not the phrase")
    assert AuditEvent.objects.filter(action="person.sign_in_failed").count() == 5


def test_a_new_password_is_audited_when_chosen_by_e_mail_and_when_changed(client, person):
    set_new_password(client, person, "another long phrase")
    post_password(client, person, "another long phrase")
    form = {"oldpassword": "another long phrase", "password1": "the third phrase", "password2": "the third phrase"}
    client.post(reverse("account_change_password"), form)
    events = AuditEvent.objects.filter(action="person.change_password")
    assert [event.object_key for event in events] == [str(person.pk)] * 2
    assert "phrase" not in str([event.detail for event in events])


def test_choosing_a_password_changes_nothing_else(person, rf):
    User.objects.filter(pk=person.pk).update(is_active=False)  # meanwhile
    with request_context(rf.post("/")):
        AccountAdapter().set_password(person, "another long phrase")
    person.refresh_from_db()
    assert not person.is_active
    assert person.check_password("another long phrase")


def set_new_password(client, person, phrase):
    """By the link in the e-mail, as somebody who forgot the old one."""
    client.post(reverse("account_reset_password"), {"email": person.email})
    link = re.search(r"https?://\S+", mail.outbox[0].body)[0]
    form = client.get(urlsplit(link).path, follow=True)
    client.post(form.redirect_chain[-1][0], {"password1": phrase, "password2": phrase})


def test_a_forgotten_password_is_replaced_by_the_link_in_the_e_mail(client, person):
    set_new_password(client, person, "another long phrase")
    assert post_password(Client(), person, "another long phrase").url == reverse("home")


def test_a_reset_for_an_unknown_address_looks_the_same_and_sends_no_link(client, person):
    known = client.post(reverse("account_reset_password"), {"email": person.email})
    unknown = client.post(reverse("account_reset_password"), {"email": "nobody@example.org"})
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert all("/reset/key/" not in message.body for message in mail.outbox[1:])


def test_the_link_leads_to_the_portals_own_address_whatever_the_request_says(client, person, settings):
    settings.ALLOWED_HOSTS = ["*"]
    client.post(reverse("account_reset_password"), {"email": person.email}, headers={"host": "evil.example:8080"})
    assert f"{settings.PORTAL_URL}/accounts/password/reset/key/" in mail.outbox[0].body
    assert "evil.example" not in mail.outbox[0].body


def test_a_mail_server_that_is_down_is_said_in_a_sentence(client, person, settings):
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = "django.core.mail.backends.smtp.EmailBackend", "127.0.0.1"
    settings.EMAIL_PORT = 9  # nobody listens there
    answer = client.post(reverse("account_reset_password"), {"email": person.email}, follow=True)
    assert answer.status_code == 200
    assert "The e-mail could not be sent." in answer.content.decode()


class TestSecondFactor:
    @pytest.fixture(autouse=True)
    def _within_one_half_minute(self, monkeypatch):
        monkeypatch.setattr(totp, "time", SimpleNamespace(time=lambda: 1_800_000_000))

    @pytest.fixture
    def agent(self):
        agent = AgentFactory()
        agent.set_password(PASSWORD)
        agent.save()
        return agent

    def test_a_role_that_needs_one_reaches_nothing_but_enrollment(self, client, agent):
        post_password(client, agent)
        for page in (reverse("home"), "/cases/", "/messages/", "/admin/", reverse("account_change_password")):
            assert client.get(page).url == reverse("mfa_activate_totp"), page

    @pytest.mark.parametrize(
        "role", [Role.CREDENTIAL_APPROVER, Role.DISTRICT_ADMINISTRATOR, Role.TECHNICAL_CONTACT, Role.SUPPORT_LEAD]
    )
    def test_the_other_roles_that_decide_or_see_much_need_one_too(self, client, role):
        factory = AgentFactory if role == Role.SUPPORT_LEAD else UserFactory
        client.force_login(factory(roles=[role]))
        assert client.get(reverse("home")).url == reverse("mfa_activate_totp")

    def test_a_support_contact_and_a_coach_need_none(self, client):
        client.force_login(UserFactory(roles=[Role.SUPPORT_CONTACT, Role.BUILDING_COACH]))
        assert client.get(reverse("home")).status_code == 200

    def test_a_django_admin_needs_one(self, client):
        admin = a_person(district=None, is_staff=True)
        post_password(client, admin)
        assert client.get("/admin/").url == reverse("mfa_activate_totp")

    def test_a_teacher_needs_none(self, client, person):
        post_password(client, person)
        assert client.get(reverse("home")).status_code == 200

    def test_setting_it_up_opens_the_portal_in_the_same_session(self, client, agent):
        post_password(client, agent)
        enroll(client)
        assert client.get(reverse("home")).status_code == 200

    def test_the_next_sign_in_asks_for_a_code(self, client, agent):
        post_password(client, agent)
        secret = enroll(client)
        client = Client()
        assert post_password(client, agent).url == reverse("mfa_authenticate")
        assert client.get(reverse("home")).status_code == 302
        cache.clear()  # instead of waiting for the next code
        assert submit_code(client, secret) == reverse("home")

    def test_a_code_works_once_the_one_of_the_enrollment_too(self, agent):
        first, second, third = Client(), Client(), Client()
        post_password(first, agent)
        secret = enroll(first)
        post_password(second, agent)
        assert submit_code(second, secret) is None
        cache.clear()  # instead of waiting for the next code
        assert submit_code(second, secret) == reverse("home")
        post_password(third, agent)
        assert submit_code(third, secret) is None

    def test_after_five_wrong_codes_only_a_new_password_helps(self, agent):
        post_password(owner := Client(), agent)
        secret = enroll(owner)
        cache.clear()
        post_password(thief := Client(), agent)
        pages = [thief.post(reverse("mfa_authenticate"), {"code": "1"}).content.decode() for _ in range(6)]
        assert ["Too many failed attempts." in page for page in pages] == [False] * 5 + [True]
        assert submit_code(thief, secret) is None
        set_new_password(Client(), agent, "another long phrase")
        post_password(owner := Client(), agent, "another long phrase")
        assert submit_code(owner, secret) == reverse("home")

    def test_a_wrong_code_is_audited_at_sign_in_and_when_asked_again(self, client, agent):
        post_password(client, agent)
        enroll(client)
        client.post(reverse("mfa_reauthenticate"), {"code": "1"})
        post_password(client := Client(), agent)
        client.post(reverse("mfa_authenticate"), {"code": "1"})
        failures = AuditEvent.objects.filter(action="person.sign_in_failed")
        assert [(failure.object_key, failure.detail["step"]) for failure in failures] == [(str(agent.pk), "code")] * 2

    def test_a_recovery_code_works_once(self, client, agent):
        post_password(client, agent)
        enroll(client)
        codes = Authenticator.objects.get(user=agent, type="recovery_codes").wrap()
        code = codes.get_unused_codes()[0]
        for expected in (200, 302):
            client = Client()
            post_password(client, agent)
            client.post(reverse("mfa_authenticate"), {"code": code})
            assert client.get(reverse("home")).status_code == expected

    def test_a_session_from_before_the_enrollment_is_asked_for_a_code(self, client, agent):
        """Whoever knows the password alone gains nothing by the owner's enrollment."""
        thief = Client()
        post_password(thief, agent)
        post_password(client, agent)
        enroll(client)
        for page in (reverse("home"), reverse("mfa_view_recovery_codes"), reverse("mfa_index")):
            assert thief.get(page).url == reverse("mfa_reauthenticate"), page

    def test_the_codes_are_not_shown_before_a_second_factor_was_used(self, client, agent):
        post_password(client, agent)
        assert client.get(reverse("mfa_view_recovery_codes")).url == reverse("mfa_activate_totp")

    def test_it_cannot_be_switched_off_by_a_role_that_needs_it(self, client, agent):
        post_password(client, agent)
        enroll(client)
        client.post(reverse("mfa_deactivate_totp"))
        assert Authenticator.objects.filter(user=agent, type="totp").exists()

    def test_its_secret_is_not_readable_in_the_database(self, client, agent):
        post_password(client, agent)
        secret = enroll(client)
        stored = Authenticator.objects.get(user=agent, type="totp").data["secret"]
        assert secret not in stored
        assert MFAAdapter().decrypt(stored) == secret

    def test_it_is_encrypted_with_a_key_of_its_own(self, settings):
        settings.MFA_ENCRYPTION_KEY = "a key for second factors"
        stored = MFAAdapter().encrypt("secret")
        settings.SECRET_KEY = "another key for everything else"
        assert MFAAdapter().decrypt(stored) == "secret"
        settings.MFA_ENCRYPTION_KEY = "another key for second factors"
        with pytest.raises(InvalidToken):
            MFAAdapter().decrypt(stored)

    def test_without_a_key_of_its_own_it_is_encrypted_with_the_secret_key(self, settings):
        settings.MFA_ENCRYPTION_KEY = ""
        stored = MFAAdapter().encrypt("secret")
        settings.SECRET_KEY = "another key for everything"
        with pytest.raises(InvalidToken):
            MFAAdapter().decrypt(stored)
