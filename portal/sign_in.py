"""How django-allauth signs people in here: no open sign-up, activity noted, second factors encrypted at rest."""

import logging
import time
from base64 import urlsafe_b64encode
from hashlib import sha256

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView
from cryptography.fernet import Fernet
from django.conf import settings
from django.contrib.messages.constants import ERROR
from django.db import transaction
from django.urls import reverse

from contacts import actions
from portal.access import principals

logger = logging.getLogger(__name__)


def has_second_factor(user):
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()


def used_second_factor(request):
    """Whether a second factor was used in this session. One that another session set up does not count here."""
    return any(record["method"] == "mfa" for record in get_authentication_records(request, request.user))


class EnrollView(ActivateTOTPView):
    """Setting up a second factor takes a valid code, so this session has used it from then on."""

    def form_valid(self, form):
        response = super().form_valid(form)
        record_authentication(self.request, self.request.user, method="mfa", type="totp")
        return response


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "The e-mail address or the password is not right.",
        "incorrect_password": "The password is not right.",
        "incorrect_code": "The code is not right, or its time is over. Type the one that the app shows now.",
        "too_many_login_attempts": "Too many attempts. Wait five minutes and try again, or choose a new password.",
    }

    def is_open_for_signup(self, request):
        return False

    def get_reset_password_from_key_url(self, key):
        """The portal's own address, never one that a request's Host header names."""
        uidb36, _, token = key.partition("-")
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": uidb36, "key": token})
        return f"{settings.PORTAL_URL}{path}"

    def send_mail(self, template_prefix, email, context):
        """A mail server that is down is said in a sentence, the same for known and unknown addresses."""
        try:
            super().send_mail(template_prefix, email, context)
        except OSError:
            logger.exception("An e-mail about signing in could not be sent.")
            self.add_message(self.request, ERROR, message="The e-mail could not be sent. Please try again later.")

    @transaction.atomic
    def login(self, request, user):
        super().login(request, user)
        actions.note_sign_in(user)

    def is_reauthentication_required(self, *, app, **kwargs):
        """A sign-in of a few minutes ago counts, so that nobody types the password twice to enroll."""
        records = get_authentication_records(context.request, context.request.user)
        if records and time.time() - records[-1]["at"] < app_settings.REAUTHENTICATION_TIMEOUT:
            return False
        return super().is_reauthentication_required(app=app, **kwargs)


class MFAAdapter(DefaultMFAAdapter):
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
