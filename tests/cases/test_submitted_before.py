"""Back, and the same once more: the portal shows the case that there is, and the person decides."""

from datetime import timedelta
from uuid import uuid4

import pytest

from cases import actions
from cases.models import Case, TimelineEntry
from contacts.models import AuditEvent, Message
from tests.cases.conftest import NO_IMPACT
from tests.factories import AgentFactory, ProductAreaFactory, UserFactory

pytestmark = pytest.mark.django_db
URL = "/cases/new/"


@pytest.fixture
def said():
    said = {"kind": "question", "product_area": ProductAreaFactory().pk, "subject": "One", "description": "How?\nSo?"}
    return {**said, "urgency": "normal", **NO_IMPACT}


def with_key(said, **changed):
    return {**said, "idempotency_key": uuid4(), **changed}


def test_the_same_again_shows_the_case_that_there_is_and_makes_none(contact, sign_in, said):
    AgentFactory()
    client = sign_in(contact)
    client.post(URL, with_key(said))
    case = Case.objects.get()
    told, noted = Message.objects.count(), AuditEvent.objects.count()
    page = client.post(URL, with_key(said))
    assert page.status_code == 409
    assert f"You submitted the same a moment ago: it is case {case.number}." in page.text
    assert f'href="{case.get_absolute_url()}"' in page.text
    assert "Submit it again anyway" in page.text
    assert "How?\nSo?" in page.text
    assert Case.objects.count() == 1
    assert (Message.objects.count(), AuditEvent.objects.count()) == (told, noted)


def test_submitting_it_again_anyway_makes_another_case_and_a_second_press_none(contact, sign_in, said):
    client = sign_in(contact)
    client.post(URL, with_key(said))
    asked = client.post(URL, with_key(said))
    again = said | {"again": "1", "idempotency_key": asked.context["form"]["idempotency_key"].value()}
    first, second = client.post(URL, again), client.post(URL, again)
    assert first.status_code == 302
    assert first.url == second.url
    assert Case.objects.count() == 2


def test_what_is_submitted_after_that_is_asked_about_anew(contact, sign_in, said):
    client = sign_in(contact)
    client.post(URL, with_key(said))
    client.post(URL, with_key(said, again="1"))
    page = client.post(URL, with_key(said))
    assert page.status_code == 409
    assert f"it is case {Case.objects.latest('pk').number}." in page.text
    assert 'name="again" value="1"' in page.text
    assert '<input type="hidden" name="again"' not in page.text


@pytest.mark.parametrize(
    "changed", [{"subject": "Two"}, {"description": "Why?"}, {"kind": "request"}, {"product_area": ProductAreaFactory}]
)
def test_other_words_are_another_case(changed, contact, sign_in, said):
    client = sign_in(contact)
    client.post(URL, with_key(said))
    changed = {name: value().pk if callable(value) else value for name, value in changed.items()}
    assert client.post(URL, with_key(said, **changed)).status_code == 302
    assert Case.objects.count() == 2


def test_another_persons_same_words_are_another_case(contact, technical_contact, sign_in, said):
    sign_in(contact).post(URL, with_key(said))
    assert sign_in(technical_contact).post(URL, with_key(said)).status_code == 302


@pytest.mark.parametrize(("ago", "status"), [(timedelta(minutes=9, seconds=50), 409), (timedelta(minutes=11), 302)])
def test_after_ten_minutes_it_is_another_case(ago, status, contact, sign_in, said, monkeypatch):
    client = sign_in(contact)
    now = actions.submitting.timezone.now()
    with monkeypatch.context() as earlier:
        earlier.setattr("django.utils.timezone.now", lambda: now - ago)
        client.post(URL, with_key(said))
    assert TimelineEntry.objects.get().created_at == now - ago
    assert client.post(URL, with_key(said)).status_code == status


def test_the_very_same_form_is_a_second_press_at_first_and_asked_about_later(contact, sign_in, said, monkeypatch):
    client, sent = sign_in(contact), with_key(said)
    assert client.post(URL, sent).url == client.post(URL, sent).url
    later = actions.submitting.timezone.now() + timedelta(seconds=30)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    page = client.post(URL, sent)
    assert page.status_code == 409
    assert "Submit it again anyway" in page.text
    again = sent | {"again": "1", "idempotency_key": page.context["form"]["idempotency_key"].value()}
    assert client.post(URL, again).status_code == 302
    assert Case.objects.count() == 2


def test_a_case_that_another_contact_took_over_is_still_known(contact, technical_contact, sign_in, said):
    client = sign_in(contact)
    client.post(URL, with_key(said))
    Case.objects.update(contact=technical_contact)
    assert client.post(URL, with_key(said)).status_code == 409


def test_nobody_is_told_of_a_case_of_another_district(contact, sign_in, said):
    sign_in(UserFactory(roles=["support_contact"])).post(URL, with_key(said))
    assert sign_in(contact).post(URL, with_key(said)).status_code == 302
