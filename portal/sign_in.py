"""How django-allauth signs people in here: no open sign-up, failures counted, second factors encrypted at rest."""

import logging
import time
from base64 import urlsafe_b64encode
from hashlib import sha256

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.core import context, ratelimit
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal.ratelimit import get_ip
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base import views as mfa_views
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView
from cryptography.fernet import Fernet
from django.conf import settings
from django.contrib.messages.constants import ERROR
from django.db import transaction
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.crypto import constant_time_compare, get_random_string

from contacts import actions, audit, scope
from contacts.models import User
from portal.access import principals

logger = logging.getLogger(__name__)
KNOWN_BROWSER = "known_browser"
AUTH_HASH = "auth_hash_before_second_step"


def has_second_factor(user):
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()


def used_second_factor(request):
    """Whether a second factor was used in this session. One that another session set up does not count here."""
    return any(record["method"] == "mfa" for record in get_authentication_records(request, request.user))


class EnrollView(ActivateTOTPView):
    """Setting up a second factor takes a valid code, so this session has used it from then on."""

    @transaction.atomic
    def form_valid(self, form):
        response = super().form_valid(form)
        totp = Authenticator.objects.get(user=self.request.user, type=Authenticator.Type.TOTP)
        # Like any other, this code works once: checking it on the new authenticator marks it as used.
        totp.wrap().validate_code(form.cleaned_data["code"])
        record_authentication(self.request, self.request.user, method="mfa", type="totp")
        return response


class AuditWrongCodeMixin:
    def form_invalid(self, form):
        if form.has_error("code", "incorrect_code"):
            _record_failure(self.request, form.user, step="code")
        return super().form_invalid(form)


class AuthenticateView(AuditWrongCodeMixin, mfa_views.AuthenticateView):
    pass


class ReauthenticateView(AuditWrongCodeMixin, mfa_views.ReauthenticateView):
    pass


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "The e-mail address or the password is wrong.",
        "incorrect_password": "The password is wrong.",
        "incorrect_code": "That code is wrong, too old or already used. Type the one your app shows now.",
        "rate_limited": "Too many wrong codes. Wait five minutes, then try again.",
        "too_many_login_attempts": "Too many failed attempts. Wait five minutes, then try again. "
        "To sign in sooner, choose a new password.",
    }

    def is_open_for_signup(self, request):
        return False

    def get_reset_password_from_key_url(self, key):
        """The portal's own address, never one that a request's Host header names."""
        uidb36, _, token = key.partition("-")
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": uidb36, "key": token})
        return f"{settings.PORTAL_URL}{path}"

    def send_mail(self, template_prefix, email, context):
        """When the mail server is down, the page says so, in the same words for known and unknown addresses."""
        try:
            super().send_mail(template_prefix, email, context)
        except OSError:
            logger.exception("An e-mail about signing in could not be sent.")
            self.add_message(self.request, ERROR, message="The e-mail could not be sent. Please try again later.")

    def pre_authenticate(self, request, **credentials):
        """The tight counter counts each try beforehand, so that many at once gain nothing, and takes it back when the
        password was right. The wide ones are only looked at here.
        """
        for action, key in _wide_counters(request, **credentials):
            if not ratelimit.consume(request, action=action, key=key, dry_run=True):
                raise self.validation_error("too_many_login_attempts")
        super().pre_authenticate(request, **credentials)

    def authenticate(self, request, **credentials):
        """Before the password is checked, the database must show the person whose address was typed."""
        scope.enter(scope.of_person(email=credentials.get("email", "")))
        return super().authenticate(request, **credentials)

    def authentication_failed(self, request, *, email="", **credentials):
        for action, key in _wide_counters(request, email=email):
            ratelimit.consume(request, action=action, key=key)
        # Addresses that nobody here has are not recorded: anyone could fill the audit log with them.
        if person := User.objects.filter(email=email.lower()).first():
            _record_failure(request, person, step="password")

    def _get_login_attempts_cache_key(self, request, *, email="", **credentials):
        return f"{email.lower()} {_known_browser(request, email) or get_ip(request)}"

    @transaction.atomic
    def set_password(self, user, password):
        """Whoever proved by e-mail who they are is no longer locked out; failures counted by IP address stay."""
        user.set_password(password)
        user.save(update_fields=["password"])
        audit.record("person.change_password", by=user, on=user)
        own = self._get_login_attempts_cache_key(self.request, email=user.email)
        for action, key in [
            ("login_failed", own),
            ("login_failed", f"mfa-auth-user-{user.pk}"),
            ("login_failed_person", user.email),
        ]:
            ratelimit.clear(self.request, action=action, key=key)

    def post_login(self, request, user, **kwargs):
        response = super().post_login(request, user, **kwargs)
        response.set_signed_cookie(
            KNOWN_BROWSER,
            get_random_string(22),
            salt=user.email,
            max_age=settings.KNOWN_BROWSER_AGE,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
        return response

    def pre_login(self, request, user, **kwargs):
        request.session[AUTH_HASH] = user.get_session_auth_hash()
        return super().pre_login(request, user, **kwargs)

    @transaction.atomic
    def login(self, request, user):
        """Between password and code the account may have been switched off, or got a new address or password."""
        at_password = request.session.pop(AUTH_HASH, "")
        if not constant_time_compare(at_password, user.get_session_auth_hash()):
            raise ImmediateHttpResponse(redirect("account_login"))
        super().login(request, user)
        actions.note_sign_in(user)

    def is_reauthentication_required(self, *, app, **kwargs):
        """A sign-in of a few minutes ago counts, so that nobody types the password twice to enroll."""
        records = get_authentication_records(context.request, context.request.user)
        if records and time.time() - records[-1]["at"] < app_settings.REAUTHENTICATION_TIMEOUT:
            return False
        return super().is_reauthentication_required(app=app, **kwargs)


def _record_failure(request, person, *, step):
    audit.record("person.sign_in_failed", by=None, on=person, step=step, address=get_ip(request))


def _known_browser(request, email):
    """The key of a browser from which the person signed in before; None for any other browser."""
    age = settings.KNOWN_BROWSER_AGE
    return request.get_signed_cookie(KNOWN_BROWSER, default=None, salt=email.lower(), max_age=age)


def _wide_counters(request, *, email="", **credentials):
    """The counters of the person and of the IP address, as (action of ACCOUNT_RATE_LIMITS, key).

    They do not hold for a browser from which the person signed in before, so nobody else's failures lock it out.
    """
    if _known_browser(request, email):
        return []
    return [("login_failed_person", email.lower()), ("login_failed_address", None)]


class MFAAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": AccountAdapter.error_messages["incorrect_code"],
        "cannot_delete_authenticator": "Your role requires the authenticator app.",
    }

    def can_delete_authenticator(self, authenticator):
        return settings.MFA_REQUIRED_ROLES.isdisjoint(principals(authenticator.user))

    @property
    def _fernet(self):
        secret = settings.MFA_ENCRYPTION_KEY or f"second factors:{settings.SECRET_KEY}"
        return Fernet(urlsafe_b64encode(sha256(secret.encode()).digest()))

    def encrypt(self, text):
        return self._fernet.encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text):
        return self._fernet.decrypt(encrypted_text.encode()).decode()
