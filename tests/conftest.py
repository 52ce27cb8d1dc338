import pytest
from django.core.cache import cache
from django.db import connection


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Between tests the tables are emptied, which the table of audit events refuses everywhere else."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        name = connection.ops.quote_name(connection.settings_dict["NAME"])
        cursor.execute(f"ALTER DATABASE {name} SET portal.history_may_be_truncated = 'on'")
        connection.close()


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
