import pytest


@pytest.fixture(autouse=True)
def _no_second_factor(settings):
    """These tests are about the pages behind it; tests/portal/test_sign_in.py is about the second factor."""
    settings.MFA_REQUIRED_ROLES = frozenset()
