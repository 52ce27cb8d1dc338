"""What a district lacks among its contacts: as it stands, as it was, and what it is told before."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from contacts import actions, tasks
from contacts.models import AuditEvent, CoverageGap, Designation, District, Gap, Role, TrainingNeed, with_coverage
from contacts.reports import gaps
from tests.contacts.races import at_once
from tests.contacts.test_activity import HALF_A_YEAR, MICROSECOND, flagged_contact, idle_contact, titles_to
from tests.factories import (
    AgentFactory,
    DesignationFactory,
    DistrictFactory,
    TrainingCompletionFactory,
    TrainingModuleFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
COVERAGE = reverse("contacts:coverage")
DAY = timedelta(days=1)
SUPPORT, TECHNICAL = Role.SUPPORT_CONTACT, Role.TECHNICAL_CONTACT
CHICAGO = ZoneInfo("America/Chicago")


@pytest.fixture(autouse=True)
def _nothing_to_learn(db):
    """Where a test is about training, it says which."""
    TrainingNeed.objects.all().delete()


@pytest.fixture
def clock(monkeypatch):
    """``clock(timedelta)`` moves on; it stands still otherwise."""
    moment = [timezone.now()]
    monkeypatch.setattr(timezone, "now", lambda: moment[0])

    def move(by):
        moment[0] += by
        return moment[0]

    return move


@pytest.fixture
def district():
    return DistrictFactory(time_zone="America/Chicago")


@pytest.fixture
def administrator(district):
    return UserFactory(district=district, roles=[Role.DISTRICT_ADMINISTRATOR])


@pytest.fixture
def lead():
    return AgentFactory(roles=[Role.SUPPORT_LEAD], time_zone="America/Chicago")


def contacts(district, *roles, **fields):
    return [UserFactory(district=district, roles=[role], **fields) for role in roles]


def missing(district, at=None):
    return gaps(with_coverage(District.objects.filter(pk=district.pk), at or timezone.now()).get().severity)


# --- as it stands -------------------------------------------------------------------------------------------------


def test_a_district_without_contacts_lacks_all_of_them(district, administrator):
    assert missing(district) == [Gap.NO_CONTACT, Gap.NO_TECHNICAL_CONTACT, Gap.TOO_FEW_SUPPORT_CONTACTS]


def test_the_recommended_set_lacks_nothing(district):
    contacts(district, SUPPORT, SUPPORT, TECHNICAL)
    assert missing(district) == []


def test_two_roles_of_one_person_leave_the_district_with_one_person(district):
    UserFactory(district=district, roles=[SUPPORT, TECHNICAL])
    contacts(district, SUPPORT, away_until=timezone.localdate(timezone=CHICAGO) + DAY)
    assert missing(district) == [Gap.ONE_PERSON_HERE]


def test_who_cannot_be_reached_is_no_contact_to_count_on(district):
    contacts(district, SUPPORT, SUPPORT)
    contacts(district, TECHNICAL, email=None)
    assert missing(district) == [Gap.NO_TECHNICAL_CONTACT]


def test_contacts_of_another_district_and_former_ones_do_not_count(district):
    contacts(DistrictFactory(), SUPPORT, SUPPORT, TECHNICAL)
    contacts(district, SUPPORT, SUPPORT)
    former = DesignationFactory(user=UserFactory(district=district), role=TECHNICAL)
    former.end(timezone.now(), by=None, reason="Retired.")
    former.save()
    assert missing(district) == [Gap.NO_TECHNICAL_CONTACT]


def test_who_is_away_is_back_on_the_day_by_the_districts_calendar(district):
    contacts(district, SUPPORT, TECHNICAL, SUPPORT)
    back = datetime(2026, 12, 1, tzinfo=CHICAGO)
    district.people.update(away_until=back.date())
    assert missing(district, back - MICROSECOND) == [Gap.ONE_PERSON_HERE]
    assert missing(district, back) == []


def test_a_flagged_contact_is_a_gap_until_someone_decides(district):
    contacts(district, SUPPORT, SUPPORT)
    flagged_contact(user__district=district, role=TECHNICAL)
    assert missing(district) == [Gap.FLAGGED_CONTACTS]


def test_each_gap_weighs_more_than_all_that_are_less_bad():
    weights = [gap.weight for gap in Gap]
    assert all(weight > sum(weights[number:]) for number, weight in enumerate(weights, 1))


# --- the pages ----------------------------------------------------------------------------------------------------


def test_a_lead_sees_every_district_the_worst_first(lead, client):
    good, _, vacant = (DistrictFactory(name=name) for name in ("Aspen", "Birch", "Cedar"))
    contacts(good, SUPPORT, SUPPORT, TECHNICAL)
    contacts(vacant, SUPPORT, SUPPORT)
    client.force_login(lead)
    page = client.get(COVERAGE)
    assert [row.name for row in page.context["page"].rows] == ["Birch", "Cedar", "Aspen"]
    assert dict(page.context["numbers"]) == {
        Gap.NO_CONTACT: 1,
        Gap.NO_TECHNICAL_CONTACT: 2,
        Gap.TOO_FEW_SUPPORT_CONTACTS: 1,
        Gap.ONE_PERSON_HERE: 0,
        Gap.UNTRAINED_CONTACTS: 0,
        Gap.FLAGGED_CONTACTS: 0,
    }
    assert [row.name for row in client.get(COVERAGE, {"gap": "no_contact"}).context["page"].rows] == ["Birch"]
    assert [row.name for row in client.get(COVERAGE, {"q": "ced"}).context["page"].rows] == ["Cedar"]


def test_the_list_of_districts_pages_by_key(lead, client):
    for number in range(30):
        contacts(DistrictFactory(name=f"District {number:02}"), *[SUPPORT] * (number % 3))
    client.force_login(lead)
    first = client.get(COVERAGE).context["page"]
    second = client.get(COVERAGE, {"cursor": first.next}).context["page"]
    severities = [row.severity for row in (*first.rows, *second.rows)]
    assert len(first.rows) == 25
    assert len({row.pk for row in (*first.rows, *second.rows)}) == 30
    assert severities == sorted(severities, reverse=True)


def test_the_page_says_since_when_the_seat_is_taken_or_vacant(lead, district, client, clock):
    seat = DesignationFactory(user=UserFactory(district=district), role=TECHNICAL, started_at=clock(0 * DAY) - 9 * DAY)
    client.force_login(lead)
    assert f"Since {(timezone.localtime(seat.started_at, CHICAGO)):%b %-d, %Y}" in text(client.get(COVERAGE))
    seat.end(timezone.now() - 2 * DAY, by=None, reason="Retired.")
    seat.save()
    vacant = f"Vacant since {(timezone.localtime(seat.ended_at, CHICAGO)):%b %-d, %Y}"
    assert vacant in text(client.get(COVERAGE))
    assert vacant in text(client.get(COVERAGE, {"district": district.pk}))


def text(page):
    return " ".join(re.sub("<[^>]+>", "", page.content.decode()).split())


def test_an_administrator_sees_their_own_district_with_what_to_do_next(administrator, district, client):
    client.force_login(administrator)
    page = text(client.get(COVERAGE))
    assert f"Coverage of {district}" in page
    assert "Nobody can bring anything to Support. Designate a support contact" in page
    assert client.get(COVERAGE, {"district": DistrictFactory().pk}).status_code == 404


def test_a_district_that_lacks_nothing_reads_so(administrator, district, client):
    contacts(district, SUPPORT, SUPPORT, TECHNICAL)
    client.force_login(administrator)
    assert "Nothing is missing" in text(client.get(COVERAGE))


@pytest.mark.parametrize("roles", [[], [SUPPORT], [TECHNICAL], [Role.BUILDING_COACH]])
def test_coverage_is_for_those_who_choose_the_contacts(district, roles, client):
    client.force_login(UserFactory(district=district, roles=roles))
    assert client.get(COVERAGE).status_code == 403


@pytest.mark.parametrize("on", ["2999-01-01", "yesterday"])
def test_a_day_that_cannot_be_looked_at_is_refused_in_words(lead, client, on):
    client.force_login(lead)
    page = client.get(COVERAGE, {"on": on})
    assert page.status_code == 200
    assert "There is a problem" in page.content.decode()


def test_the_pages_cost_the_same_for_many(lead, administrator, district, client):
    def cost(address):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    client.force_login(lead)
    addresses = [COVERAGE, f"{COVERAGE}?district={district.pk}"]
    client.get(COVERAGE)
    few = [cost(address) for address in addresses]
    for _ in range(9):
        contacts(DistrictFactory(), SUPPORT, TECHNICAL)
    contacts(district, *[SUPPORT] * 9, away_until=timezone.localdate() + 9 * DAY)
    actions.record_gaps()
    assert [cost(address) for address in addresses] == few


def test_a_role_that_ends_at_midnight_reads_with_its_last_day(administrator, district, client):
    """The day before that midnight, as on every other page."""
    last_day = timezone.localdate(timezone=CHICAGO) + 9 * DAY
    seat = UserFactory(district=district)
    DesignationFactory(user=seat, role=TECHNICAL, is_acting=True, ends_at=district.end_of(last_day))
    client.force_login(administrator)
    page = text(client.get(COVERAGE))
    assert f"{date_format(last_day)} {seat}, technical contact Last day of the designation" in page
    assert f"Last day {date_format(last_day)}" in page
    assert date_format(last_day + DAY) not in page
    actions.alert_of_gaps()
    message = administrator.messages.get()
    assert message.title == f"{ahead(district)}{date_format(last_day + DAY)}"
    assert f"The last day of {seat} as a technical contact is {date_format(last_day)}." in message.body


@pytest.mark.parametrize("name", ["coverage", "inactive", "forecast", "contact_requests"])
def test_the_pages_of_coverage_stand_under_one_tab(administrator, client, name):
    client.force_login(administrator)
    page = client.get(reverse(f"contacts:{name}")).content.decode()
    for other in ("coverage", "inactive", "forecast", "contact_requests"):
        assert f'<li><a href="{reverse(f"contacts:{other}")}"' in page
    assert re.search('aria-current="(page|true)">Coverage<', page)
    elsewhere = client.get(reverse("contacts:people")).content.decode()
    assert "Contact requests" not in elsewhere
    assert "Forecast" not in elsewhere


# --- as it was ----------------------------------------------------------------------------------------------------


def recorded(district):
    return [(each.kind, each.began_at, each.ended_at) for each in district.gaps.order_by("began_at", "kind")]


def test_a_gap_is_recorded_from_when_it_opens_until_it_closes(district, clock):
    contacts(district, SUPPORT, TECHNICAL)
    opened = clock(0 * DAY)
    tasks.watch_coverage()
    clock(DAY)
    tasks.watch_coverage()
    assert recorded(district) == [("too_few_support_contacts", opened, None)]
    contacts(district, SUPPORT)
    closed = clock(DAY)
    tasks.watch_coverage()
    tasks.watch_coverage()
    assert recorded(district) == [("too_few_support_contacts", opened, closed)]
    Designation.objects.filter(role=TECHNICAL).update(ended_at=timezone.now())
    again = clock(DAY)
    tasks.watch_coverage()
    assert recorded(district)[1:] == [("no_technical_contact", again, None)]


@pytest.mark.django_db(transaction=True)
def test_two_looks_at_once_record_each_gap_once():
    districts = DistrictFactory.create_batch(20)
    for number in range(20):
        at_once(actions.record_gaps, actions.record_gaps)
        assert CoverageGap.objects.open().count() == 60 - 3 * number
        contacts(districts[number], SUPPORT, SUPPORT, TECHNICAL)
    at_once(actions.record_gaps, actions.record_gaps)
    assert CoverageGap.objects.count() == 60
    assert not CoverageGap.objects.open().exists()


def test_the_pages_show_how_it_was_at_the_end_of_a_day(lead, administrator, district, client):
    """Midnight of Chicago ends the day; the contact came an hour later, and the gap closed with them."""
    midnight = timezone.make_aware(datetime(2026, 6, 2), CHICAGO)
    CoverageGap.objects.create(
        district=district,
        kind=Gap.NO_TECHNICAL_CONTACT,
        began_at=midnight - 3 * DAY,
        ended_at=midnight + timedelta(hours=1),
    )
    came = {"started_at": midnight + timedelta(hours=1), "inactive_since": timezone.now()}
    held = DesignationFactory(user=UserFactory(district=district), role=TECHNICAL, **came)
    client.force_login(administrator)
    page = text(client.get(COVERAGE, {"on": "2026-06-01"}))
    assert "As it was at the end of Jun 1, 2026" in page
    then = page.partition("As it was at the end of")[2]
    assert "No technical contact" in then
    assert "The district had no authorized contact." in then
    then = text(client.get(COVERAGE, {"on": "2026-06-02"})).partition("As it was at the end of")[2]
    assert "Nothing is missing" in then
    assert f"{held.user}, technical contact since Jun 2, 2026" in then
    client.force_login(lead)
    rows = client.get(COVERAGE, {"on": "2026-06-01", "gap": "no_technical_contact"}).context["page"].rows
    assert [row.pk for row in rows] == [district.pk]
    assert not client.get(COVERAGE, {"on": "2026-06-02", "gap": "no_technical_contact"}).context["page"].rows


# --- before a gap -------------------------------------------------------------------------------------------------


def ahead(district):
    return f"{district} will be short of contacts from "


def test_a_district_is_told_once_before_the_last_contact_whom_it_needs_is_flagged(administrator, district, clock):
    technical = idle_contact(HALF_A_YEAR - 31 * DAY, now=clock(0 * DAY), role=TECHNICAL, user__district=district)
    support = contacts(district, SUPPORT, SUPPORT)
    tasks.watch_coverage()
    assert titles_to(administrator) == []
    clock(DAY)
    tasks.watch_coverage()
    clock(DAY)
    tasks.watch_coverage()
    day = timezone.localtime(technical.inactive_since + HALF_A_YEAR, CHICAGO)
    for person in (administrator, *support):
        assert titles_to(person) == [f"{ahead(district)}{day:%b %-d, %Y}"]
    assert titles_to(technical.user) == []
    assert AuditEvent.objects.filter(action="contact.alert_of_gap", actor_label="The portal").count() == 1


def test_a_district_is_told_before_a_designation_ends(administrator, district, clock):
    contacts(district, SUPPORT, SUPPORT)
    seat = UserFactory(district=district)
    DesignationFactory(user=seat, role=TECHNICAL, ends_at=clock(0 * DAY) + 10 * DAY)
    tasks.watch_coverage()
    message = administrator.messages.get()
    assert message.title.startswith(ahead(district))
    assert f"The last day of {seat} as a technical contact is" in message.body
    assert "can count on 0 technical contacts; 1 is recommended" in message.body


def test_who_leaves_no_gap_is_not_announced(administrator, district):
    contacts(district, SUPPORT, SUPPORT)
    DesignationFactory(user=UserFactory(district=district), ends_at=timezone.now() + 10 * DAY)
    tasks.watch_coverage()
    assert titles_to(administrator) == []


def test_of_three_who_go_together_the_second_and_the_third_leave_a_gap(administrator, district):
    for days in (10, 20, 25):
        DesignationFactory(user=UserFactory(district=district), ends_at=timezone.now() + days * DAY)
    tasks.watch_coverage()
    assert len(titles_to(administrator)) == 2


def test_a_new_date_is_announced_anew(administrator, district, clock):
    held = DesignationFactory(user=UserFactory(district=district), ends_at=clock(0 * DAY) + 10 * DAY)
    tasks.watch_coverage()
    Designation.objects.filter(pk=held.pk).update(ends_at=timezone.now() + 20 * DAY)
    tasks.watch_coverage()
    tasks.watch_coverage()
    assert len(titles_to(administrator)) == 2


def test_without_anybody_in_the_district_the_leads_are_told(lead, district):
    DesignationFactory(user=UserFactory(district=district), ends_at=timezone.now() + 10 * DAY)
    tasks.watch_coverage()
    assert [title.startswith(ahead(district)) for title in titles_to(lead)] == [True]


@pytest.mark.django_db(transaction=True)
def test_two_looks_at_once_tell_a_district_once():
    district = DistrictFactory()
    administrator = UserFactory(district=district, roles=[Role.DISTRICT_ADMINISTRATOR])
    for number in range(1, 21):
        DesignationFactory(user=UserFactory(district=district), ends_at=timezone.now() + 5 * DAY)
        at_once(actions.alert_of_gaps, actions.alert_of_gaps)
        actions.alert_of_gaps()
        assert len(titles_to(administrator)) == number


def test_a_contact_without_the_expected_training_is_a_gap_and_named(administrator, district, client):
    untrained, trained, technical = contacts(district, SUPPORT, SUPPORT, TECHNICAL)
    module = TrainingModuleFactory(expected_of=[SUPPORT], recommended_to=[TECHNICAL])
    TrainingCompletionFactory(person=trained, module=module)
    assert missing(district) == [Gap.UNTRAINED_CONTACTS]
    client.force_login(administrator)
    page = client.get(COVERAGE)
    assert "1 contact has not completed the expected training. See who is missing training" in text(page)
    assert {held.user: held.is_untrained for held in page.context["held"]} == {
        untrained: True,
        trained: False,
        technical: False,
    }


def test_a_seat_that_goes_back_leaves_no_gap(administrator, district, client):
    contacts(district, SUPPORT, SUPPORT)
    back, acting = UserFactory.create_batch(2, district=district)
    until = timezone.now() + 10 * DAY
    DesignationFactory(user=acting, role=TECHNICAL, is_acting=True, ends_at=until, reverts_to=back)
    tasks.watch_coverage()
    assert titles_to(administrator) == []
    client.force_login(administrator)
    assert f"The seat goes back to {back}" in text(client.get(COVERAGE))
