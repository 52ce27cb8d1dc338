import pytest
from allauth.mfa.models import Authenticator
from django.urls import NoReverseMatch, reverse

from contacts.models import AuditEvent
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_second_factor(settings):
    settings.MFA_REQUIRED_ROLES = frozenset()


@pytest.mark.parametrize("model", ["auth_group", "account_emailaddress"])
def test_what_would_open_an_account_around_the_rules_is_not_in_the_admin(model):
    with pytest.raises(NoReverseMatch):
        reverse(f"admin:{model}_changelist")


def test_an_admin_removes_the_second_factor_of_a_lost_phone_and_is_audited(sign_in):
    owner = UserFactory()
    lost = Authenticator.objects.create(user=owner, type="totp", data={"secret": "encrypted-secret"})
    client = sign_in(UserFactory(district=None, is_staff=True))
    page = client.get(reverse("admin:mfa_authenticator_change", args=[lost.pk]))
    assert "encrypted-secret" not in page.content.decode()
    client.post(reverse("admin:mfa_authenticator_delete", args=[lost.pk]), {"post": "yes"})
    assert not owner.authenticator_set.exists()
    assert AuditEvent.objects.get(action="person.remove_second_factor").object_key == str(owner.pk)


def test_nobody_writes_a_second_factor_in_the_admin(sign_in):
    client = sign_in(UserFactory(district=None, is_staff=True))
    assert client.get(reverse("admin:mfa_authenticator_add")).status_code == 403
