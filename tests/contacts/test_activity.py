"""The 180-day rule: activity restarts it, the sweep flags, both at once never contradict each other."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contacts import actions, tasks
from contacts.models import AuditEvent, Designation, Message, Role
from tests.contacts.races import at_once, locked
from tests.factories import AgentFactory, DesignationFactory, DistrictFactory, UserFactory

HALF_A_YEAR = timedelta(days=180)
MICROSECOND = timedelta(microseconds=1)


def idle_contact(idle=HALF_A_YEAR, *, role=Role.SUPPORT_CONTACT, now=None, **fields):
    since = (now or timezone.now()) - idle
    return DesignationFactory(role=role, started_at=since, inactive_since=since, **fields)


def flagged_contact(**fields):
    return idle_contact(flagged_at=timezone.now(), **fields)


def titles_to(person):
    return list(Message.objects.filter(recipient=person).values_list("title", flat=True))


@pytest.fixture
def stopped_clock(monkeypatch):
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)
    return now


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("idle", "flagged"),
    [(HALF_A_YEAR - MICROSECOND, False), (HALF_A_YEAR, True), (HALF_A_YEAR + MICROSECOND, True)],
)
def test_a_contact_is_flagged_at_exactly_180_days(stopped_clock, idle, flagged):
    contact = idle_contact(idle, now=stopped_clock)
    actions.flag_inactive()
    contact.refresh_from_db()
    assert (contact.flagged_at == stopped_clock) is flagged


@pytest.mark.django_db
def test_the_180_days_are_the_portals_policy():
    assert settings.CONTACT_INACTIVE_AFTER == HALF_A_YEAR


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.BUILDING_COACH, Role.CREDENTIAL_APPROVER, Role.DISTRICT_ADMINISTRATOR])
def test_only_authorized_contacts_are_flagged(role):
    idle_contact(role=role)
    assert actions.flag_inactive() == 0


@pytest.mark.django_db
def test_an_ended_designation_is_not_flagged():
    idle_contact(ended_at=timezone.now())
    assert actions.flag_inactive() == 0


@pytest.mark.django_db
def test_the_sweep_tells_the_contact_the_others_the_administrators_and_support_once():
    contact = idle_contact()
    district = contact.district
    other = UserFactory(district=district, roles=[Role.TECHNICAL_CONTACT])
    administrator = UserFactory(district=district, roles=[Role.DISTRICT_ADMINISTRATOR])
    lead, agent = AgentFactory(roles=[Role.SUPPORT_LEAD]), AgentFactory()
    stranger = UserFactory(roles=[Role.SUPPORT_CONTACT])
    assert actions.flag_inactive() == 1
    assert actions.flag_inactive() == 0
    assert titles_to(contact.user) == ["You were flagged inactive as a support contact"]
    assert titles_to(other) == titles_to(administrator) == [f"{district}: 1 contact flagged inactive"]
    assert titles_to(lead) == ["1 contact flagged inactive"]
    assert titles_to(agent) == titles_to(stranger) == []
    assert AuditEvent.objects.filter(action="contact.flag", actor_label="The portal").count() == 1


@pytest.mark.django_db
def test_two_flagged_contacts_of_a_district_hear_of_each_other():
    contact = idle_contact()
    second = idle_contact(user__district=contact.district)
    actions.flag_inactive()
    assert len(titles_to(contact.user)) == len(titles_to(second.user)) == 2


@pytest.mark.django_db
def test_the_sweep_costs_the_same_for_many_as_for_one():
    def queries(people):
        for _ in range(people):
            idle_contact()
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert actions.flag_inactive() == people
        return len(captured)

    assert queries(1) == queries(30)


@pytest.mark.django_db
def test_a_person_who_holds_both_kinds_is_flagged_in_both():
    contact = idle_contact()
    idle_contact(role=Role.TECHNICAL_CONTACT, user=contact.user)
    assert actions.flag_inactive() == 2


@pytest.mark.django_db
def test_signing_in_restarts_the_count_and_is_recorded():
    contact = idle_contact()
    actions.note_sign_in(contact.user)
    contact.refresh_from_db()
    assert timezone.now() - contact.inactive_since < timedelta(minutes=1)
    assert AuditEvent.objects.filter(action="person.sign_in", actor_key=str(contact.user_id)).exists()
    assert actions.flag_inactive() == 0


@pytest.mark.django_db
def test_activity_of_an_unflagged_contact_tells_nobody():
    contact = idle_contact(timedelta(days=10))
    AgentFactory(roles=[Role.SUPPORT_LEAD])
    actions.note_activity(contact.user)
    assert not Message.objects.exists()


@pytest.mark.django_db
def test_activity_lifts_the_flag_and_tells_the_others_and_support():
    contact = flagged_contact()
    other = UserFactory(district=contact.district, roles=[Role.SUPPORT_CONTACT])
    administrator = UserFactory(district=contact.district, roles=[Role.DISTRICT_ADMINISTRATOR])
    lead = AgentFactory(roles=[Role.SUPPORT_LEAD])
    actions.note_activity(contact.user)
    contact.refresh_from_db()
    assert contact.flagged_at is None
    assert titles_to(other) == titles_to(administrator) == titles_to(lead) == [f"{contact.user} is active again"]
    assert titles_to(contact.user) == []
    assert AuditEvent.objects.get(action="contact.flag_lifted").actor_key == str(contact.user_id)


@pytest.mark.django_db
def test_activity_takes_one_query_more_than_nothing_for_people_who_are_no_contacts(django_assert_num_queries):
    person = UserFactory(roles=[Role.BUILDING_COACH])
    with django_assert_num_queries(3):  # the savepoint of the caller's transaction, twice, and the look
        actions.note_activity(person)


@pytest.mark.django_db(transaction=True)
def test_activity_is_undone_with_the_verb_that_failed():
    contact = flagged_contact()
    with transaction.atomic():
        actions.note_activity(contact.user)
        transaction.set_rollback(True)
    contact.refresh_from_db()
    assert contact.flagged_at
    assert not AuditEvent.objects.exists()


@pytest.mark.django_db
def test_people_without_an_address_are_not_told():
    contact = flagged_contact()
    district = contact.district
    for role in (Role.SUPPORT_CONTACT, Role.DISTRICT_ADMINISTRATOR):
        UserFactory(district=district, roles=[role], email=None)
    AgentFactory(roles=[Role.SUPPORT_LEAD], email=None)
    actions.note_activity(contact.user)
    assert not Message.objects.exists()
    Designation.objects.filter(pk=contact.pk).update(inactive_since=contact.started_at)
    actions.flag_inactive()
    assert {message.recipient for message in Message.objects.all()} == {contact.user}


@pytest.mark.django_db(transaction=True)
def test_the_sweep_waits_for_nobody():
    held, other = idle_contact(), idle_contact()
    with locked(Designation, held):
        assert actions.flag_inactive() == 1
    other.refresh_from_db()
    assert other.flagged_at


@pytest.mark.django_db(transaction=True)
def test_sweeps_at_once_flag_and_tell_once():
    contacts = [idle_contact() for _ in range(20)]
    counts = at_once(*[actions.flag_inactive] * 4)
    assert sum(counts) == len(contacts)
    assert Message.objects.filter(title__startswith="You were flagged").count() == len(contacts)
    assert AuditEvent.objects.filter(action="contact.flag").count() == len(contacts)


@pytest.mark.django_db(transaction=True)
def test_a_contact_who_signed_in_is_never_flagged_however_the_sweep_races_it():
    for _ in range(100):
        contact = idle_contact()
        raised = at_once(lambda user=contact.user: actions.note_sign_in(user), actions.flag_inactive)
        assert not [each for each in raised if isinstance(each, Exception)]
        assert Designation.objects.get(pk=contact.pk).flagged_at is None


@pytest.mark.django_db
def test_the_hourly_task_runs_the_sweep():
    contact = idle_contact()
    tasks.flag_inactive_contacts()
    contact.refresh_from_db()
    assert contact.flagged_at


@pytest.mark.django_db
@pytest.mark.usefixtures("connected_as_owner")  # who alone may ANALYZE
def test_the_sweep_looks_only_at_contacts_not_yet_flagged():
    DesignationFactory.create_batch(200, user__district=DistrictFactory(), flagged_at=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE contacts_designation")
        cursor.execute("SET LOCAL enable_seqscan = off")
        due = Designation.objects.due_to_be_flagged(timezone.now())
        plan = due.select_for_update(skip_locked=True, of=("self",)).explain()
    assert "contacts_not_yet_flagged" in plan
