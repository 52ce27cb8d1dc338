import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _fresh_rate_limits(request):
    """The rate counters live in the database cache; where a test's rows are rolled back, so are they."""
    yield
    if request.node.get_closest_marker("django_db"):
        cache.clear()


@pytest.fixture(autouse=True)
def _quick_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def every_page(client, address, **query):
    """The pages of a list from the first to the last, as its Next links lead."""
    pages = [client.get(address, query)]
    while cursor := pages[-1].context["page"].next:
        pages.append(client.get(address, {**query, "cursor": cursor}))
    return pages


@pytest.fixture
def sign_in(client):
    """Sign the test client in: ``sign_in(user)`` gives the client back."""

    def sign_in(user):
        client.force_login(user)
        return client

    return sign_in
