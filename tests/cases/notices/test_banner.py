"""The banner on every page: for those affected, from the next page on, until it is dismissed."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases import actions
from cases.models import Notice
from tests.factories import DistrictFactory, MaintenanceFactory, NoticeFactory, UserFactory

pytestmark = pytest.mark.django_db
BAR = 'class="notice-bar'
PAGES = ["home", "contacts:profile", "contacts:messages", "contacts:help"]


def bar_of(client, address="contacts:profile"):
    """The text of the banner, empty where there is none."""
    text = client.get(reverse(address)).content.decode()
    return text.partition(BAR)[2].partition("</aside>")[0]


@pytest.mark.parametrize("address", PAGES)
def test_it_stands_on_every_page_of_those_affected_and_only_there(sign_in, teacher, district, address):
    stranger = UserFactory()
    notice = NoticeFactory(districts=[district])
    assert notice.title in bar_of(sign_in(teacher), address)
    assert bar_of(sign_in(stranger), address) == ""
    assert bar_of(Client(), "contacts:help") == ""


def test_support_sees_it_too(sign_in, agent):
    notice = NoticeFactory(districts=[DistrictFactory()])
    assert notice.title in bar_of(sign_in(agent))


def test_an_incident_comes_before_maintenance_each_with_its_word_and_icon(sign_in, teacher, agent):
    maintenance, incident = MaintenanceFactory(everyone=True), NoticeFactory(everyone=True)
    bar = bar_of(sign_in(teacher))
    assert "<strong>Incident:</strong>" in bar
    assert "tone-waiting" in bar
    assert "<svg" in bar
    actions.resolve_notice(incident, by=agent, text="Over.")
    bar = bar_of(sign_in(teacher))
    assert "<strong>Maintenance:</strong>" in bar
    assert "tone-info" in bar
    actions.resolve_notice(maintenance, by=agent, text="Not needed.")
    assert bar_of(sign_in(teacher)) == ""


def test_a_public_notice_of_other_districts_and_one_not_announced_have_no_banner(sign_in, teacher):
    NoticeFactory(is_public=True)
    MaintenanceFactory(everyone=True, announced_at=None)
    assert bar_of(sign_in(teacher)) == ""


def dismiss(client, notice, newest, before=""):
    return client.post(reverse("notices:dismiss", args=[notice.pk]), {"newest": newest}, headers={"referer": before})


def test_who_dismisses_it_sees_it_no_more_until_the_next_update(sign_in, teacher, district, agent):
    notice, colleague = NoticeFactory(everyone=True), UserFactory(district=district)
    assert dismiss(sign_in(teacher), notice, 1, before="http://testserver/profile/?a=b").url == "/profile/?a=b"
    assert bar_of(sign_in(teacher)) == ""
    assert bar_of(sign_in(colleague)) != ""
    actions.update_notice(notice, by=agent, text="News.", expected_end=None)
    assert bar_of(sign_in(teacher)) != ""
    dismiss(sign_in(teacher), notice, 2)
    assert bar_of(sign_in(teacher)) == ""


def test_an_update_that_was_not_seen_is_not_dismissed(sign_in, teacher, agent):
    notice = NoticeFactory(everyone=True)
    actions.update_notice(notice, by=agent, text="News.", expected_end=None)
    dismiss(sign_in(teacher), notice, 1)
    assert bar_of(sign_in(teacher)) != ""


@pytest.mark.parametrize("newest", ["", "x", "9" * 30, "-1"])
def test_a_dismissal_of_nonsense_dismisses_nothing(sign_in, teacher, newest):
    notice = NoticeFactory(everyone=True)
    assert dismiss(sign_in(teacher), notice, newest).status_code == 302
    assert bar_of(sign_in(teacher)) != ""


@pytest.mark.parametrize("elsewhere", ["https://x.example/", "//x.example", "javascript:alert(1)", "", "/\\x.example"])
def test_dismissing_leads_nowhere_else(sign_in, teacher, elsewhere):
    notice = NoticeFactory(everyone=True)
    assert dismiss(sign_in(teacher), notice, 1, before=elsewhere).url == reverse("notices:open")


def test_where_nothing_is_open_no_page_asks_and_where_something_is_each_asks_once(sign_in, teacher, agent):
    client = sign_in(teacher)

    def queries():
        with CaptureQueriesContext(
            connection,
        ) as seen:
            client.get(reverse("contacts:profile"))
        return len(seen)

    before = queries()
    notices = NoticeFactory.create_batch(2, everyone=True)
    assert queries() == before + 1
    NoticeFactory.create_batch(40, everyone=True)
    MaintenanceFactory.create_batch(40, everyone=True)
    assert queries() == before + 1
    for notice in Notice.objects.exclude(pk__in=[each.pk for each in notices]):
        actions.resolve_notice(notice, by=agent, text="Over.")
    assert queries() == before + 1


def test_a_notice_shows_on_the_next_page_of_500_people_who_have_pages_open(agent, district, post):
    """Nothing between the database and the page holds it back, nor keeps it longer than it is open."""
    people = UserFactory.create_batch(500, district=district)
    clients = [Client() for _ in people]
    for client, person in zip(clients, people, strict=True):
        client.force_login(person)
    assert not any(bar_of(client, "home") for client in clients[:20])
    notice = post()
    counts = set()
    for client in clients:
        with CaptureQueriesContext(connection) as seen:
            answer = client.get(reverse("home"))
        assert notice.title in answer.content.decode().partition(BAR)[2]
        assert "no-store" in answer.headers["Cache-Control"]
        counts.add(len(seen))
    assert len(counts) == 1
    actions.resolve_notice(notice, by=agent, text="Over.")
    assert not any(bar_of(client, "home") for client in clients[-20:])
