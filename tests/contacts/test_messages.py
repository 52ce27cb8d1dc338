"""The Message Center: what concerns one, each thing once, unread first."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from contacts import actions
from contacts.models import Kind, Message
from contacts.templatetags.contact_tags import KIND_ICONS
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
    return [message for message, _ in page.context["rows"]]


def test_unread_messages_come_first_then_the_newest(sign_in, reader):
    old_unread, new_read = message(reader, 30), message(reader, 1, read=True)
    new_unread, old_read = message(reader, 5), message(reader, 60, read=True)
    message(UserFactory())
    assert rows(sign_in(reader).get(MESSAGES)) == [new_unread, old_unread, new_read, old_read]


def test_messages_about_the_same_are_one_row_with_the_newest_of_them(sign_in, reader):
    message(reader, 30, about="/cases/7/", read=True)
    message(reader, 20, about="/cases/7/", subject="Case 7 · Old name")
    newest = message(reader, 10, about="/cases/7/", subject="Case 7 · New name")
    other = message(reader, 15, about="/cases/8/")
    message(UserFactory(), about="/cases/7/")
    page = sign_in(reader).get(MESSAGES)
    assert rows(page) == [newest, other]
    group = page.context["rows"][0][1]
    assert (group.size, group.unread) == (3, 2)
    assert "2 new" in page.content.decode()
    assert "Old name" not in page.content.decode()


def test_one_unread_message_makes_its_row_unread(sign_in, reader):
    message(reader, 40, about="/cases/7/")
    newest = message(reader, 30, about="/cases/7/", read=True)
    message(reader, 10, read=True)
    assert rows(sign_in(reader).get(MESSAGES))[0] == newest


def test_a_row_says_what_it_is_about_and_what_happened_in_a_line(sign_in, reader):
    message(
        reader,
        subject="Case 7 · <i>Roster</i> is empty",
        title="Ann replied: <i>Roster</i> is empty (case 7)",
        body="Two\nlines",
    )
    page = sign_in(reader).get(MESSAGES).content.decode()
    assert "Case 7 · &lt;i&gt;Roster&lt;/i&gt; is empty</a>" in page
    assert '<p class="excerpt">Ann replied · Two lines</p>' in page


def test_each_kind_has_an_icon_and_its_words(sign_in, reader):
    for kind in Kind:
        message(reader, kind=kind)
    page = sign_in(reader).get(MESSAGES).content.decode()
    for kind in Kind:
        assert f'<span class="visually-hidden">{kind.label}</span></span>' in page
    assert len(set(KIND_ICONS.values())) == len(KIND_ICONS) == len(Kind)


def test_the_list_is_filtered_by_kind_at_an_address_of_its_own(sign_in, reader):
    case, decided = message(reader, kind=Kind.CASE), message(reader, kind=Kind.DECIDED, read=True)
    message(reader, kind=Kind.CASE, about=case.about, read=True)
    client = sign_in(reader)
    assert rows(client.get(MESSAGES, {"kind": "decided"})) == [decided]
    assert "No messages of this kind" in client.get(MESSAGES, {"kind": "notice"}).content.decode()
    assert len(rows(client.get(MESSAGES, {"kind": "no such kind"}))) == 2


def test_tabs_are_the_kinds_of_which_there_are_messages_with_how_many_are_unread(sign_in, reader):
    message(reader, kind=Kind.CASE)
    message(reader, kind=Kind.CASE)
    message(reader, kind=Kind.DECIDED, read=True)
    message(UserFactory(), kind=Kind.NOTICE)
    page = sign_in(reader).get(MESSAGES, {"kind": "case"})
    tabs = [(tab.label, tab.url, tab.unread, tab.is_current) for tab in page.context["tabs"]]
    assert tabs == [
        ("All", MESSAGES, 2, False),
        ("Decided", f"{MESSAGES}?kind=decided", 0, False),
        ("Cases", f"{MESSAGES}?kind=case", 2, True),
    ]


def test_an_empty_message_center_says_what_comes_here(sign_in, reader):
    assert "You get a message here" in sign_in(reader).get(MESSAGES).content.decode()


def test_the_badge_counts_what_is_unread(sign_in, reader):
    for _ in range(3):
        message(reader)
    message(reader, read=True)
    assert '<span class="badge-count">3' in sign_in(reader).get(MESSAGES).content.decode()


def test_the_list_pages_by_key_without_gaps_or_repeats(sign_in, reader):
    at = timezone.now()
    for number in range(90):
        message(reader, read=number % 3 == 0, about=f"/cases/{number % 60}/")
    Message.objects.filter(pk__in=Message.objects.values("pk")[:30]).update(created_at=at)
    pages = [[*page.context["rows"]] for page in every_page(sign_in(reader), MESSAGES)]
    seen = [group for page in pages for _, group in page]
    assert [len(page) for page in pages] == [25, 25, 10]
    assert len({group.newest for group in seen}) == 60
    assert seen == sorted(seen, key=lambda group: (group.is_read, -group.newest_at.timestamp(), -group.newest))


def test_what_was_read_meanwhile_does_not_hide_other_unread_messages(sign_in, reader):
    for number in range(30):
        message(reader, number)
    client = sign_in(reader)
    first = client.get(MESSAGES)
    last = rows(first)[-1]
    client.post(reverse("contacts:mark_read", args=[last.pk]))
    second = client.get(MESSAGES, {"cursor": first.context["page"].next})
    assert [group.is_read for _, group in second.context["rows"]][:5] == [False] * 5


@pytest.mark.parametrize("how_many", [10, 1000])
def test_the_list_takes_three_queries_however_long(sign_in, reader, how_many, django_assert_num_queries):
    fields = {"recipient": reader, "district": reader.district, "kind": Kind.CASE, "subject": "Something"}
    Message.objects.bulk_create(Message(**fields, title="News", about=f"/{n % 400}/") for n in range(how_many))
    client = sign_in(reader)
    with django_assert_num_queries(3 + 7):
        client.get(MESSAGES)


def test_opening_marks_all_that_was_said_about_it_before_as_read(sign_in, reader):
    before, opened, later = [message(reader, about="/cases/7/") for _ in range(3)]
    elsewhere, theirs = message(reader), message(UserFactory(), about="/cases/7/")
    sign_in(reader).get(reverse("contacts:open_message", args=[opened.pk]))
    assert set(Message.objects.unread()) == {later, elsewhere, theirs}
    assert before.pk < opened.pk


def test_what_leads_nowhere_opens_as_a_message(sign_in, reader):
    mine = message(reader, link="", body="Two lines\n<b>here</b>")
    page = sign_in(reader).get(reverse("contacts:open_message", args=[mine.pk]), follow=True)
    assert page.redirect_chain == [(reverse("contacts:messages_about", args=[mine.pk]), 302)]
    assert "Two lines<br>&lt;b&gt;here&lt;/b&gt;" in page.content.decode()


def test_all_that_was_said_about_the_same_is_read_in_full_the_newest_first(sign_in, reader, django_assert_num_queries):
    told = [message(reader, about="/cases/7/", link="/cases/7/", body=f"Text {number}") for number in range(30)]
    message(reader, body="Of something else")
    message(UserFactory(), about="/cases/7/", body="Somebody else's")
    client = sign_in(reader)
    with django_assert_num_queries(3 + 7):
        page = client.get(reverse("contacts:messages_about", args=[told[-1].pk]))
    assert page.context["page"].rows == told[:4:-1]
    assert Message.objects.unread().filter(recipient=reader).count() == 1
    assert "else" not in page.content.decode().partition("<main")[2].partition("</main>")[0]


def test_opening_a_message_marks_it_read_and_leads_to_what_it_is_about(sign_in, reader):
    mine = message(reader, link="/contacts/")
    response = sign_in(reader).get(reverse("contacts:open_message", args=[mine.pk]))
    assert response.url == "/contacts/"
    mine.refresh_from_db()
    assert mine.read_at


def test_opening_again_keeps_when_it_was_read_first(sign_in, reader):
    mine, client = message(reader, link="/contacts/"), sign_in(reader)
    for _ in range(2):
        assert client.get(reverse("contacts:open_message", args=[mine.pk])).url == "/contacts/"
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


def test_everything_of_a_kind_is_marked_read_and_nothing_else(sign_in, reader):
    case, decided = message(reader, kind=Kind.CASE), message(reader, kind=Kind.DECIDED)
    response = sign_in(reader).post(f"{reverse('contacts:mark_all_read')}?kind=case", {"newest": decided.pk})
    assert response.url == f"{MESSAGES}?kind=case"
    assert list(Message.objects.unread()) == [decided]
    assert case.pk < decided.pk


def test_seeing_a_page_marks_the_messages_about_it_read_and_no_others(reader):
    for _ in range(2):
        message(reader, about="/here/1/")
    elsewhere, theirs = message(reader, about="/here/12/"), message(UserFactory(), about="/here/1/")
    actions.mark_read_about(reader, "/here/1/")
    assert set(Message.objects.unread()) == {elsewhere, theirs}


def test_a_message_that_was_read_before_keeps_the_time_it_was_read(reader):
    before = message(reader, about="/here/1/", read=True)
    actions.mark_read_about(reader, "/here/1/")
    assert Message.objects.get().read_at == before.read_at


@pytest.mark.parametrize(
    ("address", "method"), [("open_message", "get"), ("messages_about", "get"), ("mark_read", "post")]
)
def test_other_peoples_messages_are_not_found(sign_in, reader, address, method):
    theirs = message(UserFactory(district=reader.district))
    client = sign_in(reader)
    assert getattr(client, method)(reverse(f"contacts:{address}", args=[theirs.pk])).status_code == 404
    theirs.refresh_from_db()
    assert theirs.read_at is None
