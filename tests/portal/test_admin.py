import re
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from django.urls import NoReverseMatch, reverse, reverse_lazy

from contacts import ActionRefused, actions, audit
from contacts.models import AuditEvent, Role
from portal.admin import AUDIT_PHRASES
from tests.factories import DesignationFactory, UserFactory

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


AUDIT = reverse_lazy("admin:contacts_auditevent_changelist")


@pytest.fixture
def admin_client(sign_in):
    return sign_in(UserFactory(district=None, is_staff=True))


def recorded(action="contact.designate", *, by=None, on=None):
    return audit.record(action, by=by, on=on or DesignationFactory())


def shown(page):
    return list(page.context["cl"].result_list)


def test_an_audit_event_reads_as_a_sentence(admin_client):
    administrator = UserFactory(first_name="Ada", last_name="Ames", district__name="Riverbend")
    contact = UserFactory(first_name="Lee", last_name="Lund", district=administrator.district)
    recorded(by=administrator, on=DesignationFactory(user=contact))
    page = admin_client.get(AUDIT).text
    assert "Ada Ames designated Lee Lund, support contact" in page
    assert ">Riverbend<" in page


def test_a_refusal_reads_as_a_sentence(admin_client):
    administrator = UserFactory(first_name="Ada", last_name="Ames", roles=[Role.DISTRICT_ADMINISTRATOR])
    contact = DesignationFactory(user__last_name="Lund", user__district=administrator.district)
    with pytest.raises(ActionRefused):
        actions.keep(contact, by=administrator, reason="Stays.")
    page = admin_client.get(AUDIT, {"action": "action.refused"}).text
    assert "Ada Ames could not keep Sam Lund, support contact: This contact is no longer flagged inactive." in page


def test_every_recorded_action_has_its_words():
    sources = [
        path.read_text() for app in ("contacts", "cases", "credentials", "portal") for path in Path(app).rglob("*.py")
    ]
    recording = re.compile(r'(?:audit\.\w+|_note_and_tell)\(\s*"([\w.]+)"')
    actions = {action for source in sources for action in recording.findall(source)}
    assert len(actions) > 20
    assert actions <= AUDIT_PHRASES.keys()


def test_audit_events_are_filtered_by_person_district_action_and_date(admin_client):
    person, stranger = UserFactory(last_name="Rivera"), UserFactory(last_name="Young")
    acted = recorded("person.sign_in", by=person, on=person)
    suffered = recorded("person.invite", by=stranger, on=person)
    other = recorded("person.invite", by=stranger, on=stranger)
    admin_client.get(AUDIT)
    opened = AuditEvent.objects.get(action="admin.open")
    for query, expected in [
        ({"person": "rivera"}, [suffered, acted]),
        ({"district": person.district.name}, [suffered, acted]),
        ({"action": "person.invite"}, [other, suffered]),
        ({"person": "rivera", "action": "person.invite"}, [suffered]),
        ({"person": "nobody of this name"}, []),
        ({"happened_at__year": "2001"}, []),
        ({"happened_at__year": str(acted.happened_at.year)}, [opened, other, suffered, acted]),
    ]:
        assert shown(admin_client.get(AUDIT, query)) == expected, query


def test_a_typed_filter_keeps_the_others(admin_client):
    page = admin_client.get(AUDIT, {"person": 'ri"><b>', "action": "person.invite"}).text
    assert '<input type="hidden" name="action" value="person.invite">' in page
    assert 'value="ri&quot;&gt;&lt;b&gt;"' in page


@pytest.mark.parametrize(
    "query",
    [
        {"happened_at__year": "abc"},
        {"happened_at__year": "99999999999"},
        {"happened_at__year": "0"},
        {"happened_at__year": "2026", "happened_at__month": "13"},
        {"happened_at__year": "2026", "happened_at__month": "2", "happened_at__day": "31"},
        {"happened_at__gte": "not a date"},
    ],
)
def test_a_garbage_date_in_the_address_is_a_bad_request_in_words(admin_client, query):
    recorded()
    page = admin_client.get(AUDIT, query)
    assert page.status_code == 400
    assert "could not be read" in page.text


def test_the_audit_list_takes_as_many_queries_for_many_events(admin_client, django_assert_max_num_queries):
    for _ in range(30):
        recorded(by=UserFactory())
    admin_client.get(AUDIT)
    with django_assert_max_num_queries(11):
        admin_client.get(AUDIT)


def test_who_opens_the_admin_is_noted_once_in_a_session(admin_client):
    for _ in range(2):
        page = admin_client.get(AUDIT)
    opened = AuditEvent.objects.get(action="admin.open")
    assert opened.actor_key == opened.object_key == str(page.context["user"].pk)
    assert f"{opened.actor_label} opened the admin" in page.text


def test_who_is_refused_the_admin_has_not_opened_it(sign_in, settings):
    sign_in(UserFactory()).get(reverse("admin:index"))
    settings.MFA_REQUIRED_ROLES = frozenset({"admin"})
    sign_in(UserFactory(district=None, is_staff=True)).get(reverse("admin:index"))
    assert not AuditEvent.objects.filter(action="admin.open").exists()
