import pytest


@pytest.fixture(autouse=True)
def _without_second_factors(settings):
    """Approvers and admins sign in by a password here; tests/portal proves that they need more."""
    settings.MFA_REQUIRED_ROLES = frozenset()
