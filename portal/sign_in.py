"""How django-allauth signs people in here: no open sign-up, activity noted, second factors encrypted at rest."""

import time
from base64 import urlsafe_b64encode
from hashlib import sha256

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.conf import settings
from django.db import transaction

from contacts import actions
from portal.access import hats


def has_second_factor(user):
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()


def used_second_factor(request):
    """Whether a second factor was used, or was set up with a valid code, since this session's sign-in."""
    records = get_authentication_records(request, request.user)
    if any(record["method"] == "mfa" for record in records):
        return True
    enrolled = Authenticator.objects.filter(user=request.user, type=Authenticator.Type.TOTP).first()
    return bool(enrolled and records and enrolled.created_at.timestamp() >= records[0]["at"])


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request):
        return False

    @transaction.atomic
    def login(self, request, user):
        super().login(request, user)
        actions.note_sign_in(user)

    def is_reauthentication_required(self, *, app, **kwargs):
        """A sign-in of a few minutes ago counts, so that nobody types the password twice to enrol."""
        records = get_authentication_records(context.request, context.request.user)
        if records and time.time() - records[-1]["at"] < app_settings.REAUTHENTICATION_TIMEOUT:
            return False
        return super().is_reauthentication_required(app=app, **kwargs)


class MFAAdapter(DefaultMFAAdapter):
    def can_delete_authenticator(self, authenticator):
        return settings.MFA_REQUIRED_ROLES.isdisjoint(hats(authenticator.user))

    @property
    def _fernet(self):
        secret = settings.MFA_ENCRYPTION_KEY or f"second factors:{settings.SECRET_KEY}"
        return Fernet(urlsafe_b64encode(sha256(secret.encode()).digest()))

    def encrypt(self, text):
        return self._fernet.encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text):
        return self._fernet.decrypt(encrypted_text.encode()).decode()
