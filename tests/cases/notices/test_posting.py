"""What Support says of incidents and maintenance, and who is told of it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from cases import actions, tasks
from cases.models import Notice
from contacts import ActionRefused, DuplicateSubmission, Outdated
from contacts.models import AuditEvent, Message, Role
from tests.factories import AgentFactory, DesignationFactory, DistrictFactory, UserFactory

pytestmark = pytest.mark.django_db


def titles(person):
    return list(person.messages.order_by("pk").values_list("title", flat=True))


def test_an_incident_is_told_to_the_contacts_of_its_districts_alone(post, contact, technical_contact, teacher):
    stranger = UserFactory(roles=[Role.SUPPORT_CONTACT])
    notice = post()
    assert titles(contact) == titles(technical_contact) == ["Incident: Attendance is slow"]
    assert titles(teacher) == titles(stranger) == []
    message = contact.messages.get()
    assert (message.link, message.district) == (f"/notices/{notice.pk}/", contact.district)
    assert "Take attendance on paper." in message.body
    event = AuditEvent.objects.get(action="notice.post")
    assert (event.object_key, event.actor_key) == (str(notice.pk), str(notice.posted_by_id))


def test_a_notice_for_all_is_told_to_the_contacts_of_every_district(post, contact):
    stranger = UserFactory(roles=[Role.SUPPORT_CONTACT])
    post(everyone=True)
    assert titles(contact) == titles(stranger) == ["Incident: Attendance is slow"]


def test_whose_role_has_ended_or_who_cannot_sign_in_is_not_told(post, district):
    over = UserFactory(district=district, roles=[Role.SUPPORT_CONTACT])
    over.designations.update(ended_at=timezone.now() + timedelta(minutes=1))
    past = {"started_at": "2020-01-01T00:00Z", "ends_at": "2020-01-02T00:00Z"}
    DesignationFactory(user=UserFactory(district=district), **past)
    UserFactory(district=district, roles=[Role.SUPPORT_CONTACT], email=None)
    post()
    assert not Message.objects.exists()


def test_a_person_with_two_roles_is_told_once(post, contact):
    UserFactory(district=contact.district)
    contact.designations.create(role=Role.TECHNICAL_CONTACT, district=contact.district)
    post()
    assert len(titles(contact)) == 1


def test_moments_in_messages_are_in_the_readers_own_zone(post, contact, technical_contact):
    contact.time_zone = "America/New_York"
    contact.save()
    start = timezone.now().replace(month=1, day=15, hour=18, minute=5)
    post(starts_at=start, expected_end=start + timedelta(hours=2))
    assert f"and is expected to end Jan 15, {start.year}, 3:05 PM." in contact.messages.get().body
    assert f"and is expected to end Jan 15, {start.year}, 2:05 PM." in technical_contact.messages.get().body


def test_the_same_form_sent_twice_posts_once_and_with_other_words_asks(post):
    form = {"idempotency_key": uuid4(), "starts_at": timezone.now(), "expected_end": None}
    assert post(**form) == post(**form) == Notice.objects.get()
    for other in ({"title": "Grades are slow"}, {"instructions": "Wait."}, {"everyone": True}, {"is_public": True}):
        with pytest.raises(DuplicateSubmission):
            post(**form | other)


def test_a_notice_is_for_somebody(post, change, agent):
    with pytest.raises(ActionRefused, match="Choose the districts"):
        post(districts=[])
    notice = post()
    with pytest.raises(ActionRefused, match="Choose the districts"):
        change(notice, districts=[])


def test_each_update_is_kept_in_order_and_told(post, contact, agent):
    notice, later = post(), timezone.now() + timedelta(hours=9)
    actions.update_notice(notice, by=agent, text="We found the cause.", expected_end=later)
    actions.resolve_notice(notice, by=AgentFactory(), text="It is quick again.")
    notice.refresh_from_db()
    updates = list(notice.updates.values_list("number", "step", "text"))
    assert updates == [(1, "posted", ""), (2, "updated", "We found the cause."), (3, "resolved", "It is quick again.")]
    assert (notice.expected_end, notice.number, notice.is_open) == (later, 3, False)
    assert titles(contact)[1:] == ["Update: Attendance is slow", "Resolved: Attendance is slow"]


def test_who_presses_twice_says_it_once(post, contact, agent):
    notice = post()
    for _ in range(2):
        actions.update_notice(notice, by=agent, text="We found the cause.", expected_end=None, newest=1)
    for _ in range(2):
        actions.resolve_notice(notice, by=agent, text="Over.", newest=2)
    assert notice.updates.count() == 3
    assert len(titles(contact)) == 3


def test_a_district_that_is_added_later_reads_from_then_on(post, change, contact):
    other = UserFactory(roles=[Role.SUPPORT_CONTACT])
    notice = post()
    change(notice, districts=[contact.district, other.district], text="One more district.")
    assert titles(other) == ["Update: Attendance is slow"]
    assert Notice.objects.affecting(other).get() == notice


def test_a_closed_notice_takes_nothing_more(post, change, agent):
    notice = post()
    actions.resolve_notice(notice, by=agent, text="Over.")
    for verb in (
        lambda: actions.update_notice(notice, by=agent, text="More.", expected_end=None),
        lambda: actions.resolve_notice(notice, by=agent, text="Over again."),
        lambda: change(notice),
    ):
        with pytest.raises(ActionRefused, match=r"Incident: Attendance is slow is closed\. Post a new notice"):
            verb()


def test_what_was_written_without_reading_another_agents_update_comes_back_with_it(post, change, agent):
    notice, other = post(), AgentFactory()
    actions.update_notice(notice, by=other, text="We found the cause.", expected_end=None, newest=1)
    for verb in (
        lambda: actions.update_notice(notice, by=agent, text="We look for it.", expected_end=None, newest=1),
        lambda: actions.resolve_notice(notice, by=agent, text="Over.", newest=1),
        lambda: change(notice, by=agent, newest=1),
    ):
        with pytest.raises(Outdated, match="has changed since you opened this page") as refusal:
            verb()
        assert [update.text for update in refusal.value.news] == ["We found the cause."]
    actions.resolve_notice(notice, by=agent, text="Over.", newest=2)


def test_anyone_reads_a_public_notice_so_it_names_no_district(post, change, district, agent):
    name = district.name.upper()
    with pytest.raises(ActionRefused, match=f"this one names {district}"):
        post(is_public=True, instructions=f"At {name} only.")
    notice = post(is_public=True)
    for verb in (
        lambda: actions.update_notice(notice, by=agent, text=f"At {name} only.", expected_end=None),
        lambda: actions.resolve_notice(notice, by=agent, text=f"At {name} too."),
        lambda: change(notice, title=f"{district} is slow"),
    ):
        with pytest.raises(ActionRefused, match="Leave the name out"):
            verb()
    assert post(instructions=f"At {name} only.")


def test_a_notice_does_not_become_public_with_an_update_that_names_a_district(post, change, district, agent):
    notice = post()
    actions.update_notice(notice, by=agent, text=f"Only {district} so far.", expected_end=None)
    with pytest.raises(ActionRefused, match=f"this one names {district}"):
        change(notice, is_public=True)
    notice.refresh_from_db()
    assert not notice.is_public


def test_a_name_is_found_as_whole_words_however_they_are_spaced(post):
    DistrictFactory(name="Ada")
    DistrictFactory(name="St. Ives School District")
    with pytest.raises(ActionRefused, match="names St"):
        post(is_public=True, instructions="At st ives\nschool  district only.")
    assert post(is_public=True, instructions="Use the other adapter.")


def test_the_same_words_with_another_end_or_for_others_are_no_second_press(post, change, district, agent):
    notice, end = post(), timezone.now() + timedelta(days=1)
    for expected in (None, end):
        for _ in range(2):
            actions.update_notice(notice, by=agent, text="Still looking into it.", expected_end=expected)
    assert list(notice.updates.values_list("expected_end", flat=True)[1:]) == [None, end]
    notice.refresh_from_db()
    other = DistrictFactory()
    for said in ({"title": "Attendance stands still"}, {"districts": [district, other]}):
        for _ in range(2):
            change(notice, text="Corrected.", **said)
            notice.refresh_from_db()
    assert {*notice.districts.all()} == {district, other}
    assert AuditEvent.objects.filter(action="notice.change").count() == 2


def test_only_support_speaks(post, contact, lead):
    with pytest.raises(ActionRefused, match="Your role has ended"):
        post(by=contact)
    assert post(by=lead)


def test_maintenance_is_announced_two_weeks_ahead_and_reminded_of_the_day_before(post, contact, settings):
    notice = post("maintenance", starts_at=timezone.now() + timedelta(days=30), expected_end=_in(31))
    assert titles(contact) == []
    assert actions.announce_notices() == 0
    Notice.objects.update(starts_at=_in(13.9))
    tasks.announce_notices()
    tasks.announce_notices()
    (title,) = titles(contact)
    assert title.startswith("Maintenance: Attendance is slow, ")
    Notice.objects.update(starts_at=_in(0.9), announced_at=_in(-13))
    tasks.announce_notices()
    tasks.announce_notices()
    assert len(titles(contact)) == 2
    assert titles(contact)[1].startswith("Within a day: Attendance is slow, ")
    assert AuditEvent.objects.filter(action__in=["notice.announce", "notice.remind"]).count() == 2
    notice.refresh_from_db()
    assert notice.number == 1


def test_how_early_it_is_announced_is_a_setting(post, contact, settings):
    settings.MAINTENANCE_ANNOUNCED_BEFORE = timedelta(days=5)
    post("maintenance")
    assert titles(contact) == []
    settings.MAINTENANCE_ANNOUNCED_BEFORE = timedelta(days=8)
    assert actions.announce_notices() == 1


def test_maintenance_posted_late_is_announced_at_once_and_not_also_reminded_of(post, contact):
    post("maintenance", starts_at=_in(0.5), expected_end=_in(0.6))
    assert actions.announce_notices() == 0
    assert len(titles(contact)) == 1


def test_maintenance_moved_to_another_day_reminds_of_that_day(post, change, contact):
    notice = post("maintenance")
    Notice.objects.update(starts_at=_in(0.9), announced_at=_in(-7), reminded_at=timezone.now())
    notice.refresh_from_db()
    change(notice, starts_at=_in(0.8))
    assert actions.announce_notices() == 1


def test_maintenance_is_canceled_silently_before_it_is_announced_and_aloud_after(post, contact, agent):
    early = post("maintenance", starts_at=_in(40), expected_end=_in(41))
    actions.resolve_notice(early, by=agent, text="Not needed.")
    assert titles(contact) == []
    notice = post("maintenance")
    actions.resolve_notice(notice, by=agent, text="Not needed.")
    assert titles(contact)[1:] == ["Canceled: Attendance is slow"]


def test_a_canceled_one_is_never_announced(post, contact, agent):
    actions.resolve_notice(post("maintenance", starts_at=_in(40), expected_end=_in(41)), by=agent, text="Not needed.")
    assert Notice.objects.get().announced_at is None
    assert actions.announce_notices() == 0


def test_the_districts_of_a_notice_for_all_are_not_listed(post, change, district):
    notice = post()
    change(notice, everyone=True)
    assert list(notice.districts.all()) == []
    assert Notice.objects.affecting(UserFactory(district=DistrictFactory())).exists()


def _in(days):
    return timezone.now() + timedelta(days=days)
