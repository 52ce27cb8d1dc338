"""Each wall alone keeps two districts apart: the policies without the code, and the code without the policies."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from cases.models import Case
from contacts.models import AUTHORIZED_CONTACTS, User
from credentials.models import CredentialRequest
from portal import walls
from portal.management.commands.migrate import as_owner
from tests.isolation.crawl import FAULTS, Crawl, Walk
from tests.isolation.world import world

pytestmark = pytest.mark.isolation
ROWS = [table for table, rule in walls.TABLES.items() if isinstance(rule, walls.Rows)]
AT_LEAST = 5_000


@pytest.fixture
def policies(request, django_db_setup, django_db_blocker):
    """Whether the policies are in force, decided before the test's own transaction begins."""

    def alter(what):
        with django_db_blocker.unblock(), as_owner(), connection.cursor() as cursor:
            for table in ROWS:
                cursor.execute(f"ALTER TABLE {table} {what} ROW LEVEL SECURITY")

    if not request.param:
        alter("DISABLE")
    try:
        yield request.param
    finally:
        alter("ENABLE")


@pytest.fixture
def code(request, monkeypatch):
    """Whether the querysets that limit rows to a person or a district do."""
    if not request.param:
        users, cases = type(User.objects.all()), type(Case.objects.all())
        matching = cases.matching
        for model in apps.get_models():
            if hasattr(model._default_manager, "visible_to"):
                monkeypatch.setattr(type(model._default_manager.all()), "visible_to", lambda rows, user: rows)
        monkeypatch.setattr(type(CredentialRequest.objects.all()), "decidable_by", lambda rows, user: rows)
        monkeypatch.setattr(cases, "matching", lambda rows, words, district_id: matching(rows, words))
        monkeypatch.setattr(users, "contacts_of", lambda rows, district: rows.active().holding(*AUTHORIZED_CONTACTS))
        # Its name is that of a view, too.
        people = import_module("contacts.views.people")
        monkeypatch.setattr(people, "_staff", lambda request: User.objects.all())
    return request.param


@pytest.fixture
def crawl(policies, code, db, settings, bare_templates):
    settings.MFA_REQUIRED_ROLES = frozenset()
    return Crawl(world(), code=code)


def in_words(counts):
    return ", ".join(f"{counts[name]:,} {name}" for name in ("requests", "pages", *FAULTS))


@pytest.mark.parametrize(
    ("policies", "code"),
    [
        pytest.param(True, True, id="both_walls"),
        pytest.param(True, False, id="the_policies_alone"),
        pytest.param(False, True, id="the_code_alone"),
    ],
    indirect=True,
)
def test_nothing_of_another_district_is_seen_or_changed(crawl, request, record_property):
    crawl.run()
    record_property(f"Isolation, {request.node.callspec.id.replace('_', ' ')}", in_words(crawl.counts))
    assert crawl.faults == []
    assert crawl.counts["requests"] >= AT_LEAST


@pytest.mark.parametrize(("policies", "code"), [(False, False)], indirect=True)
def test_a_crawl_without_either_wall_finds_what_is_open(crawl, record_property):
    walk = Walk(crawl, "district_administrator", crawl.world.readers["district_administrator"])
    crawl.before = crawl.state_of_others()
    walk.put_keys_into_paths()
    record_property("Isolation, without either wall", in_words(crawl.counts))
    assert crawl.counts["canaries"] > 50
    assert crawl.counts["changes"] > 5
    assert crawl.counts["differences"] > 50
