"""Whose rows a transaction reaches: set for it alone, by each request and each task."""

from contextlib import contextmanager

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from django.http import StreamingHttpResponse
from django.test import Client
from django.test.signals import template_rendered
from django.urls import reverse
from django.utils.http import int_to_base36

from contacts import scope
from contacts.models import District, Message, Role, User
from portal.celery import app
from tests.factories import AgentFactory, DistrictFactory, MessageFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "a long enough phrase"
BEAT = sorted(entry["task"] for entry in app.conf.beat_schedule.values())


@pytest.fixture(autouse=True)
def _no_second_factor(settings):
    settings.MFA_REQUIRED_ROLES = frozenset()


@pytest.fixture
def district(db):
    return DistrictFactory()


def told():
    """The scope as PostgreSQL has it now, asked past Django."""
    names = ("portal.scope", "portal.district", "portal.person")
    asked = [connection.connection.execute("SELECT current_setting(%s, true)", [name]) for name in names]
    return [answer.fetchone()[0] or "" for answer in asked]


def scopes_of(client, address):
    """The kinds of scope under which the request's statements ran, besides those of the test itself."""
    kinds = set()

    def note(execute, *statement):
        kinds.add(connection.scope.kind)
        return execute(*statement)

    with connection.execute_wrapper(note):
        client.get(address)
    return kinds - {"system", ""}


@pytest.mark.parametrize("fails", [False, True])
def test_a_scope_is_set_for_one_transaction(district, fails):
    with scope.of_district(district):
        assert told() == ["", "", ""]
        with transaction.atomic():
            assert told() == ["district", str(district.pk), ""]
            transaction.set_rollback(fails)
        assert told() == ["", "", ""]
    assert connection.connection.info.transaction_status == psycopg.pq.TransactionStatus.IDLE


def test_a_single_statement_has_the_scope_too(district):
    DistrictFactory()
    with scope.of_district(district):
        assert list(District.objects.all()) == [district]
    assert told() == ["", "", ""]


def test_leaving_a_scope_restores_the_one_before(district):
    with transaction.atomic(), scope.of_district(district):
        with scope.system("look at everything"):
            assert told()[0] == "system"
        assert told() == ["district", str(district.pk), ""]


def test_an_error_inside_leaves_the_scope_as_it_was(district):
    with transaction.atomic(), scope.of_district(district):
        with pytest.raises(DatabaseError), transaction.atomic(), scope.system("fail"):
            connection.cursor().execute("SELECT 1 / 0")
        assert told() == ["district", str(district.pk), ""]


def test_an_error_of_the_whole_transaction_leaves_the_scope_as_it_was(district):
    with scope.of_district(district):
        with pytest.raises(DatabaseError), transaction.atomic(), scope.system("fail"):
            connection.cursor().execute("SELECT 1 / 0")
        with transaction.atomic():
            assert told() == ["district", str(district.pk), ""]


def test_a_request_of_one_district_leaves_nothing_to_one_of_another_on_the_same_connection():
    one, other = (UserFactory(roles=[Role.DISTRICT_ADMINISTRATOR]) for _ in range(2))
    clients = {person: Client() for person in (one, other)}
    for person, client in clients.items():
        client.force_login(person)
    session = connection.connection.info.backend_pid
    for person in (one, other, one):
        seen = clients[person].get(reverse("contacts:people")).context["page"].rows
        assert seen == [person]
        assert told() == ["", "", ""]
    assert connection.connection.info.backend_pid == session


@contextmanager
def without_a_scope():
    """As in production, where a connection begins without one."""
    connection.close()
    with scope.using(scope.NONE):
        assert not User.objects.exists()
        yield


@pytest.mark.parametrize("name", BEAT)
def test_every_task_sets_a_scope_of_its_own(name, settings):
    settings.SUPPORT_PHONE = "555 0199"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    app.loader.import_default_modules()
    kinds = set()

    def note(execute, *statement):
        kinds.add(connection.scope.kind)
        return execute(*statement)

    MessageFactory(recipient=UserFactory())
    with without_a_scope(), connection.execute_wrapper(note):
        app.tasks[name]()
        assert connection.scope == scope.NONE
    assert kinds
    if name.startswith("contacts."):
        assert kinds == {"system"}


def test_messages_are_e_mailed_by_a_worker_that_begins_without_a_scope(mailoutbox):
    message = MessageFactory(recipient=UserFactory())
    with without_a_scope():
        app.tasks["contacts.tasks.email_unsent_messages"]()
    assert [mail.subject for mail in mailoutbox] == [message.title]


def test_contacts_are_flagged_by_a_worker_that_begins_without_a_scope(settings):
    contact = UserFactory(roles=[Role.SUPPORT_CONTACT])
    settings.CONTACT_INACTIVE_AFTER *= 0
    with without_a_scope():
        app.tasks["contacts.tasks.flag_inactive_contacts"]()
    assert contact.designations.get().flagged_at


def test_people_sign_in_on_a_connection_that_begins_without_a_scope(client):
    person = UserFactory(roles=[Role.SUPPORT_CONTACT])
    person.set_password(PASSWORD)
    person.save()
    with without_a_scope():
        page = client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD}, follow=True)
    assert page.context["user"] == person


def test_a_page_that_fails_takes_back_what_it_wrote(client, monkeypatch):
    message = MessageFactory(recipient=UserFactory())
    client.force_login(message.recipient)
    client.raise_request_exception = False
    monkeypatch.setattr("contacts.views.messages.redirect", None)
    assert client.get(reverse("contacts:open_message", args=[message.pk])).status_code == 500
    assert Message.objects.get().read_at is None
    monkeypatch.undo()
    client.get(reverse("contacts:open_message", args=[message.pk]))
    assert Message.objects.get().read_at


def is_made_in_a_transaction(client, address):
    """Whether the page is drawn within one."""
    found = set()

    def note(**drawn):
        found.add(connection.in_atomic_block)

    template_rendered.connect(note)
    try:
        client.get(address)
    finally:
        template_rendered.disconnect(note)
    (answer,) = found
    return answer


@pytest.mark.parametrize("name", ["account_login", "account_reset_password", "contacts:help"])
def test_sign_in_and_public_pages_run_without_a_transaction(name, client):
    assert not is_made_in_a_transaction(client, reverse(name))


def test_the_pages_of_a_person_run_in_one_transaction(client):
    client.force_login(UserFactory())
    assert is_made_in_a_transaction(client, reverse("home"))


def test_an_answer_that_would_read_after_its_transaction_is_refused(client, monkeypatch):
    client.force_login(UserFactory())
    monkeypatch.setattr("contacts.views.messages.render", lambda *drawn: StreamingHttpResponse([b"late"]))
    with pytest.raises(TypeError, match="after its scope has ended"):
        client.get(reverse("contacts:messages"))


@pytest.mark.parametrize("key", [int_to_base36(999_999_999), "zzzzzzzzzzzzz", "zzzzzzzzzzzzzz", "0"])
def test_a_password_link_of_nobody_is_an_ordinary_page(key, client):
    page = client.get(reverse("account_reset_password_from_key", kwargs={"uidb36": key, "key": "set-password"}))
    assert page.status_code == 200
    assert "form" not in page.context or page.context["token_fail"]


@pytest.mark.parametrize("fields", [{}, {"district": None}, {"district": None, "is_staff": True}])
def test_who_may_not_sign_in_reaches_nothing_but_themselves(fields):
    person = UserFactory(**fields, is_active=False)
    assert scope.of_person(key=person.pk, in_admin=True) == scope.Scope("person", None, person.pk)


@pytest.mark.parametrize(("roles", "elsewhere"), [([], "person"), ([Role.SUPPORT_LEAD], "support")])
def test_a_django_admin_reaches_every_row_in_the_admin_alone(roles, elsewhere, client):
    client.force_login(AgentFactory(roles=roles, is_staff=True) if roles else UserFactory(district=None, is_staff=True))
    assert scopes_of(client, reverse("admin:index")) == {"admin"}
    for name in ("home", "contacts:profile", "contacts:messages"):
        assert scopes_of(client, reverse(name)) == {elsewhere}


def test_nobody_but_a_django_admin_has_the_scope_of_the_admin(client):
    for person in (UserFactory(), AgentFactory()):
        client.force_login(person)
        assert "admin" not in scopes_of(client, reverse("admin:index"))
