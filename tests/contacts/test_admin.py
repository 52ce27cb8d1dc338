"""The Django admin of districts, schools, people, designations, messages and audit events."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from contacts import audit, message_center
from contacts.models import (
    AuditEvent,
    ContactRequest,
    Designation,
    District,
    InactivityRun,
    Message,
    Nomination,
    Role,
    School,
    User,
)
from portal.management.commands.migrate import as_owner
from tests.contacts.races import locked
from tests.factories import (
    ContactRequestFactory,
    DesignationFactory,
    DistrictFactory,
    MessageFactory,
    NominationFactory,
    SchoolFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin_client(sign_in):
    """Someone who has opened the admin before, which is noted once."""
    client = sign_in(UserFactory(district=None, is_staff=True, last_name="Admin"))
    client.get(reverse("admin:index"))
    return client


NEW = {"name": "New", "slug": "new", "time_zone": "America/Chicago", "support_contacts_allowed": 2}


def address(model, page, *args):
    return reverse(f"admin:contacts_{model._meta.model_name}_{page}", args=args)


def act(client, model, action, *objects):
    data = {"action": action, "_selected_action": [each.pk for each in objects]}
    return client.post(address(model, "changelist"), data, follow=True).content.decode()


MAKE = {
    District: DistrictFactory,
    School: SchoolFactory,
    User: UserFactory,
    Designation: DesignationFactory,
    Message: MessageFactory,
    Nomination: NominationFactory,
    ContactRequest: ContactRequestFactory,
    InactivityRun: lambda: InactivityRun.objects.create(started_at=timezone.now(), finished_at=timezone.now()),
    AuditEvent: lambda: audit.record("person.sign_in", by=None, on=UserFactory()),
}


@pytest.mark.parametrize("model", MAKE)
def test_each_list_is_found_searched_and_costs_the_same_for_many(admin_client, model):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert admin_client.get(address(model, "changelist"), {"q": "a"}).status_code == 200
        return len(captured)

    MAKE[model]()
    few = queries()
    for _ in range(8):
        MAKE[model]()
    assert queries() == few <= 12


@pytest.mark.parametrize("model", MAKE)
def test_each_row_opens(admin_client, model):
    assert admin_client.get(address(model, "change", MAKE[model]().pk)).status_code == 200


@pytest.mark.parametrize("model", [Message, AuditEvent])
def test_messages_and_audit_events_are_only_read(admin_client, model):
    row = MAKE[model]()
    assert admin_client.get(address(model, "add")).status_code == 403
    assert admin_client.post(address(model, "change", row.pk), {"title": "x"}).status_code == 403
    assert admin_client.post(address(model, "delete", row.pk), {"post": "yes"}).status_code == 403


def test_the_text_of_a_message_is_not_shown(admin_client):
    message = MessageFactory(body="Between the portal and its reader.")
    assert "Between the portal" not in admin_client.get(address(Message, "change", message.pk)).content.decode()


def test_a_parked_message_is_sent_again(admin_client):
    long_ago = timezone.now() - timedelta(days=30)
    parked = MessageFactory(email_attempts=8, parked_at=long_ago, email_due_at=long_ago)
    assert "goes out" in act(admin_client, Message, "email_again", parked)
    assert message_center.email_unsent() == 1
    assert "is not sent twice" in act(admin_client, Message, "email_again", parked)
    assert AuditEvent.objects.get(action="message.email_again").object_key == str(parked.pk)


def test_people_are_filtered_by_district_and_by_a_missing_address(admin_client):
    wanted = UserFactory(email=None, last_name="Wanted")
    UserFactory(district=wanted.district, last_name="Reachable")
    UserFactory(email=None, last_name="Elsewhere")
    query = {"district": wanted.district.name, "email__isempty": 1}
    found = admin_client.get(address(User, "changelist"), query)
    assert list(found.context["cl"].result_list) == [wanted]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE contacts_auditevent SET action = 'x'",
        "DELETE FROM contacts_auditevent",
        "TRUNCATE contacts_auditevent",
    ],
)
def test_not_even_the_owner_of_the_tables_rewrites_an_audit_event(change):
    MAKE[AuditEvent]()
    with as_owner(), connection.cursor() as cursor, pytest.raises(IntegrityError, match="only ever added"):
        cursor.execute(change)
    assert AuditEvent.objects.exists()


def test_no_password_is_seen_or_set(admin_client):
    person = UserFactory()
    person.set_password("a-good-password")
    person.save()
    page = admin_client.get(address(User, "change", person.pk)).content.decode()
    assert (
        "password" not in page.replace("password/change", "").replace("password_change", "").lower().split("<form")[2]
    )
    assert person.password not in page


def person_data(person, **changes):
    data = {"first_name": person.first_name, "last_name": person.last_name, "email": person.email, "is_active": "on"}
    return data | {"district": person.district_id or ""} | changes


def test_a_person_is_added_without_a_password_and_invited(admin_client):
    district = DistrictFactory()
    new = User(first_name="New", last_name="Person", email="New@Example.org", district=district)
    admin_client.post(address(User, "add"), person_data(new))
    person = User.objects.get(email="new@example.org")
    assert not person.has_chosen_password
    assert f"{person} is invited." in act(admin_client, User, "invite", person)
    assert Message.objects.filter(recipient=person).exists()
    assert set(AuditEvent.objects.values_list("action", flat=True)) == {"admin.open", "person.add", "person.invite"}


def test_inviting_a_person_without_an_address_says_why_not(admin_client):
    person = UserFactory(email=None)
    assert "has no e-mail address yet" in act(admin_client, User, "invite", person)


def test_an_old_address_no_longer_opens_the_account(admin_client, client):
    person = UserFactory(email="old@example.org")
    person.set_password("a-good-password")
    person.save()
    person.emailaddress_set.create(email="old@example.org", verified=True, primary=True)
    admin_client.post(address(User, "change", person.pk), person_data(person, email="new@example.org"))
    client.logout()
    client.post(reverse("account_login"), {"login": "old@example.org", "password": "a-good-password"})
    assert "_auth_user_id" not in client.session


def test_a_school_of_another_district_is_refused(admin_client):
    person, school = UserFactory(), SchoolFactory()
    page = admin_client.post(address(User, "change", person.pk), person_data(person, school=school.pk))
    assert "Choose a school of the person" in page.content.decode()


def test_a_django_admin_belongs_to_no_district(admin_client):
    person = UserFactory()
    page = admin_client.post(address(User, "change", person.pk), person_data(person, is_staff="on"))
    assert "A Django admin sees every district" in page.content.decode()
    assert not User.objects.get(pk=person.pk).is_staff


def test_what_only_the_verb_refuses_is_said_on_the_next_page(admin_client, monkeypatch):
    """As when two admins save the same address at one moment: the form found nothing wrong."""
    monkeypatch.setattr(User, "validate_constraints", lambda *args, **kwargs: None)
    person, taken = UserFactory(), UserFactory()
    change = address(User, "change", person.pk)
    page = admin_client.post(change, person_data(person, email=taken.email), follow=True)
    assert "Another person signs in with this address." in page.content.decode()


def test_a_staff_number_of_a_colleague_is_refused_beside_the_field(admin_client):
    colleague = UserFactory(staff_identifier="7")
    person = UserFactory(district=colleague.district)
    page = admin_client.post(address(User, "change", person.pk), person_data(person, staff_identifier="7"))
    assert "Another person of this district has this staff number." in page.text


def test_a_school_stays_in_its_district(admin_client):
    school = SchoolFactory()
    data = {"name": "New name", "identifier": "", "district": DistrictFactory().pk}
    admin_client.post(address(School, "change", school.pk), data)
    stored = School.objects.get()
    assert (stored.name, stored.district) == ("New name", school.district)


@pytest.mark.parametrize("model", [User, Designation])
def test_people_and_designations_are_never_deleted(admin_client, model):
    assert admin_client.post(address(model, "delete", MAKE[model]().pk), {"post": "yes"}).status_code == 403


def test_a_person_of_support_is_designated(admin_client):
    person = UserFactory(district=None)
    admin_client.post(address(Designation, "add"), {"user": person.pk, "role": Role.SUPPORT_AGENT})
    designation = person.designations.get()
    assert (designation.role, designation.district) == (Role.SUPPORT_AGENT, None)
    assert designation.started_by.last_name == "Admin"
    assert AuditEvent.objects.filter(action="contact.designate").exists()


@pytest.mark.parametrize("role", [Role.SUPPORT_CONTACT, Role.DISTRICT_ADMINISTRATOR])
def test_roles_of_a_district_do_not_begin_in_the_admin(admin_client, role):
    person = UserFactory(district=None)
    admin_client.post(address(Designation, "add"), {"user": person.pk, "role": role})
    assert not Designation.objects.exists()


def test_people_of_a_district_are_not_made_support(admin_client):
    page = admin_client.post(
        address(Designation, "add"), {"user": UserFactory().pk, "role": Role.SUPPORT_AGENT}
    ).content.decode()
    assert "people of Support belong to none" in page


@pytest.mark.parametrize(
    ("fields", "what_to_do"),
    [({"email": None}, "Add one first."), ({"is_active": False}, "Restore their sign-in first.")],
)
def test_who_cannot_act_is_not_made_support(admin_client, fields, what_to_do):
    person = UserFactory(district=None, **fields)
    page = admin_client.post(address(Designation, "add"), {"user": person.pk, "role": Role.SUPPORT_AGENT})
    assert what_to_do in page.text
    assert not Designation.objects.exists()


def test_designations_end_but_not_the_last_administrators(admin_client):
    contact = DesignationFactory()
    last = DesignationFactory(role=Role.DISTRICT_ADMINISTRATOR)
    page = act(admin_client, Designation, "end", contact, last)
    assert "is the only district administrator" in page
    assert list(Designation.objects.current()) == [last]


def test_a_district_is_changed_and_the_change_is_audited(admin_client, settings):
    settings.HOSTED_BY_VENDOR_LABEL = "Hosted in the Example Cloud"
    district = DistrictFactory()
    page = admin_client.get(address(District, "change", district.pk))
    assert "Hosted in the Example Cloud" in page.text
    data = {
        **NEW,
        "name": district.name,
        "slug": district.slug,
        "support_contacts_allowed": 5,
        "hosted_by_vendor": "on",
        # As the page carries it along.
        "initial-staff_may_request_changes": "True",
    }
    admin_client.post(address(District, "change", district.pk), data)
    event = AuditEvent.objects.get(action="district.change_settings")
    assert event.object_key == str(district.pk)
    changed = {"hosted_by_vendor": True, "staff_may_request_changes": False, "support_contacts_allowed": 5}
    assert event.detail == changed


@pytest.mark.django_db(transaction=True)
def test_a_district_that_cannot_be_saved_right_now_is_said_on_the_next_page(admin_client):
    with locked(User, User.objects.get(is_staff=True)):
        page = admin_client.post(address(District, "change", DistrictFactory().pk), NEW, follow=True)
    assert "Someone else is changing this right now." in page.text
    assert not District.objects.filter(name="New").exists()


def test_a_district_is_added(admin_client):
    admin_client.post(address(District, "add"), NEW)
    assert District.objects.get(slug="new")
    assert AuditEvent.objects.filter(action="district.add").exists()
