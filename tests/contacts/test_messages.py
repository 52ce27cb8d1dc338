"""The Message Center: one's own messages, unread first."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from contacts import actions
from contacts.models import Message
from tests.conftest import every_page
from tests.factories import MessageFactory, UserFactory

pytestmark = pytest.mark.django_db
MESSAGES = reverse("contacts:messages")


@pytest.fixture
def reader():
    return UserFactory()


def message(reader, minutes_ago=0, *, read=False, **fields):
    at = timezone.now() - timedelta(minutes=minutes_ago)
    return MessageFactory(recipient=reader, created_at=at, read_at=timezone.now() if read else None, **fields)


def rows(page):
    return page.context["page"].rows


def test_unread_messages_come_first_then_the_newest(sign_in, reader):
    old_unread, new_read = message(reader, 30), message(reader, 1, read=True)
    new_unread, old_read = message(reader, 5), message(reader, 60, read=True)
    message(UserFactory())
    assert rows(sign_in(reader).get(MESSAGES)) == [new_unread, old_unread, new_read, old_read]


def test_an_empty_message_center_says_what_comes_here(sign_in, reader):
    assert "You get a message here" in sign_in(reader).get(MESSAGES).content.decode()


def test_the_badge_counts_what_is_unread(sign_in, reader):
    for _ in range(3):
        message(reader)
    message(reader, read=True)
    assert '<span class="badge-count">3' in sign_in(reader).get(MESSAGES).content.decode()


def test_the_text_of_a_message_is_shown_and_never_markup(sign_in, reader):
    message(reader, title="News", body="Two lines\n<b>here</b>")
    page = sign_in(reader).get(MESSAGES).content.decode()
    assert "Two lines<br>&lt;b&gt;here&lt;/b&gt;" in page


def test_the_list_pages_by_key_without_gaps_or_repeats(sign_in, reader):
    at = timezone.now()
    for number in range(60):
        message(reader, read=number % 3 == 0)
    Message.objects.filter(pk__in=Message.objects.values("pk")[:30]).update(created_at=at)
    seen = [message for page in every_page(sign_in(reader), MESSAGES) for message in rows(page)]
    newest_first = Message.objects.order_by("-created_at", "-pk")
    assert seen == [*newest_first.unread(), *newest_first.exclude(read_at=None)]


def test_what_was_read_meanwhile_does_not_hide_other_unread_messages(sign_in, reader):
    for number in range(30):
        message(reader, number)
    client = sign_in(reader)
    first = client.get(MESSAGES)
    last = rows(first)[-1]
    client.post(reverse("contacts:mark_read", args=[last.pk]))
    second = client.get(MESSAGES, {"cursor": first.context["page"].next})
    assert [each.is_read for each in rows(second)][:5] == [False] * 5


def test_the_list_takes_one_query_however_long(sign_in, reader, django_assert_num_queries):
    for _ in range(30):
        message(reader)
    client = sign_in(reader)
    with django_assert_num_queries(1 + 7):
        client.get(MESSAGES)


def test_opening_a_message_marks_it_read_and_leads_to_what_it_is_about(sign_in, reader):
    mine = message(reader, link="/contacts/")
    response = sign_in(reader).get(reverse("contacts:open_message", args=[mine.pk]))
    assert response.url == "/contacts/"
    mine.refresh_from_db()
    assert mine.read_at


def test_opening_again_keeps_when_it_was_read_first(sign_in, reader):
    mine, client = message(reader), sign_in(reader)
    for _ in range(2):
        assert client.get(reverse("contacts:open_message", args=[mine.pk])).url == MESSAGES
        Message.objects.filter(read_at__gt=timezone.now() - timedelta(days=1)).update(read_at="2026-01-01T00:00Z")
    mine.refresh_from_db()
    assert mine.read_at.year == 2026
    assert mine.read_at.month == 1


def test_a_message_is_marked_read(sign_in, reader):
    mine, other = message(reader), message(reader)
    sign_in(reader).post(reverse("contacts:mark_read", args=[mine.pk]))
    assert list(Message.objects.unread()) == [other]


def test_everything_the_reader_saw_is_marked_read_and_nothing_newer(sign_in, reader):
    message(reader)
    client = sign_in(reader)
    newest = client.get(MESSAGES).context["newest"]
    newer, stranger = message(reader), message(UserFactory())
    client.post(reverse("contacts:mark_all_read"), {"newest": newest})
    assert set(Message.objects.unread()) == {newer, stranger}


def test_seeing_a_page_marks_the_messages_about_it_read_and_no_others(reader):
    for _ in range(2):
        message(reader, link="/somewhere/1/")
    elsewhere, theirs = message(reader, link="/somewhere/12/"), message(UserFactory(), link="/somewhere/1/")
    actions.mark_read_about(reader, "/somewhere/1/")
    assert set(Message.objects.unread()) == {elsewhere, theirs}


def test_a_message_that_was_read_before_keeps_the_time_it_was_read(reader):
    before = message(reader, link="/somewhere/1/", read=True)
    actions.mark_read_about(reader, "/somewhere/1/")
    assert Message.objects.get().read_at == before.read_at


@pytest.mark.parametrize(("address", "method"), [("open_message", "get"), ("mark_read", "post")])
def test_other_peoples_messages_are_not_found(sign_in, reader, address, method):
    theirs = message(UserFactory(district=reader.district))
    client = sign_in(reader)
    assert getattr(client, method)(reverse(f"contacts:{address}", args=[theirs.pk])).status_code == 404
    theirs.refresh_from_db()
    assert theirs.read_at is None
