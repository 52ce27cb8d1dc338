import pytest
from django.core.cache import cache
from django.db import connection
from django.template import Template
from django.test import TransactionTestCase
from django.test.utils import _TestState

from contacts import scope
from portal import roles
from portal.management.commands.migrate import as_owner
from portal.postgresql.base import DatabaseWrapper


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings):
    """The test database is made, and removed, by the owner of its tables."""
    connection.settings_dict["USER"] = roles.OWNER


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup):
    """Tests connect as the portal does, so that its walls stand. What they prepare, they prepare as the portal."""
    connection.close()
    connection.settings_dict["USER"] = roles.WEB
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(DatabaseWrapper, "scope", scope.Scope("system", name="tests"))
        yield
    connection.settings_dict["USER"] = roles.OWNER


@pytest.fixture(autouse=True, scope="session")
def _tables_are_emptied_by_their_owner():
    """Between tests without a transaction; the table of audit events refuses it everywhere else."""
    empty = TransactionTestCase._fixture_teardown

    def empty_as_owner(case):
        with as_owner():
            with connection.cursor() as cursor:
                cursor.execute("SET portal.history_may_be_truncated = 'on'")
            empty(case)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(TransactionTestCase, "_fixture_teardown", empty_as_owner)
        yield


@pytest.fixture(scope="module")
def connected_as_owner(django_db_setup):
    """The tests of a module connect as the owner of the tables, past every grant."""
    with as_owner():
        yield


@pytest.fixture(autouse=True)
def _fresh_rate_limits(request):
    """The rate counters live in the database cache; where a test's rows are rolled back, so are they."""
    yield
    if request.node.get_closest_marker("django_db"):
        cache.clear()


@pytest.fixture(autouse=True)
def _quick_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def bare_templates(monkeypatch):
    """For thousands of answers whose context nobody asks for: the test client copies it for no template."""
    monkeypatch.setattr(Template, "_render", _TestState.saved_data.template_render)


def every_page(client, address, **query):
    """The pages of a list from the first to the last, as its Next links lead."""
    pages = [client.get(address, query)]
    while cursor := pages[-1].context["page"].next:
        pages.append(client.get(address, {**query, "cursor": cursor}))
    return pages


@pytest.fixture
def sign_in(client):
    """Sign the test client in: ``sign_in(user)`` returns the client."""

    def sign_in(user):
        client.force_login(user)
        return client

    return sign_in
