import re

import pytest
from django.utils import timezone

from cases import actions
from cases.models import Case, TimelineEntry
from contacts.actions import move_to_district
from contacts.models import Designation, Message, Role
from tests.factories import CaseFactory, UserFactory

pytestmark = pytest.mark.django_db
Action = TimelineEntry.Action
# What differs between any two answers: the form tokens.
TOKENS = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')


def body(response):
    return TOKENS.sub("", response.text)


def test_all_contacts_of_the_district_read_the_case(case_in, technical_contact, sign_in):
    case = case_in(Case.Status.NEW)
    page = sign_in(technical_contact).get(case.get_absolute_url())
    assert case.subject in page.text
    assert case.description in page.text
    assert f"Case {case.number}" in page.text


@pytest.mark.parametrize("verb", ["", "reply/", "close/", "reopen/"])
def test_another_districts_case_is_the_same_404_as_none(verb, case_in, sign_in):
    client = sign_in(UserFactory(roles=[Role.SUPPORT_CONTACT]))
    ask = client.post if verb else client.get
    anothers = ask(f"/cases/{case_in(Case.Status.NEW).number}/{verb}", {"text": "Words."})
    none = ask(f"/cases/999999/{verb}", {"text": "Words."})
    assert anothers.status_code == none.status_code == 404
    assert body(anothers) == body(none)


def test_a_number_beyond_every_number_is_a_404_too(contact, sign_in):
    assert sign_in(contact).get(f"/cases/{10**30}/").status_code == 404


def test_a_person_whose_designation_ended_sees_nothing(contact, case_in, sign_in):
    case = case_in(Case.Status.NEW)
    Designation.objects.filter(user=contact).update(ended_at=timezone.now())
    client = sign_in(contact)
    assert client.get(case.get_absolute_url()).status_code == 403
    assert client.get("/cases/").status_code == 403


def test_a_contact_of_another_district_who_moved_here_sees_nothing(contact, case_in, sign_in):
    case = case_in(Case.Status.NEW)
    moved = move_to_district(UserFactory(roles=[Role.SUPPORT_CONTACT]), to=contact.district, by=None)
    assert sign_in(moved).get(case.get_absolute_url()).status_code == 403


def test_a_note_is_for_support_alone(contact, agent, lead, case_in, sign_in):
    case = case_in(Case.Status.ASSIGNED)
    before = body(sign_in(contact).get(case.get_absolute_url()))
    list_before = body(sign_in(contact).get("/cases/"))
    actions.note(case=case, by=lead, text="The district must not read zebra.")

    assert "zebra" in sign_in(agent).get(case.get_absolute_url()).text
    client = sign_in(contact)
    key = re.compile(r'name="idempotency_key" value="[-\w]+"')
    assert key.sub("", body(client.get(case.get_absolute_url()))) == key.sub("", before)
    assert body(client.get("/cases/")) == list_before
    assert "No cases found" in client.get("/cases/?q=zebra").text
    assert not Message.objects.exclude(recipient=agent).exists()


def test_the_timeline_says_who_did_what_in_order(contact, agent, case_in, sign_in):
    case = case_in(Case.Status.NEW)
    actions.take(case=case, by=agent)
    actions.ask(case=case, by=agent, text="Which school?")
    actions.reply(case=case, by=contact, text="Hillside.")
    actions.resolve(case=case, by=agent, text="Press print.")
    actions.close(case=case, by=contact, text="Thanks.")
    steps = [entry.action for entry in case.timeline.all()]
    assert steps == [
        Action.TAKEN,
        Action.ASKED,
        Action.REPLIED,
        Action.RESOLVED,
        Action.CLOSED,
    ]
    page = sign_in(contact).get(case.get_absolute_url()).text
    said = ["took the case", "Which school?", "Hillside.", "Press print.", "Thanks."]
    assert [page.index(words) for words in said] == sorted(page.index(words) for words in said)
    assert f"{agent} (Support)" in page


def test_what_people_wrote_is_text_and_never_markup(contact, sign_in):
    case = CaseFactory(contact=contact, subject="<script>alert(1)</script>", description="<img src=x onerror=alert(1)>")
    actions.reply(case=case, by=contact, text="<b>bold</b>")
    page = sign_in(contact).get(case.get_absolute_url()).text
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "<b>bold" not in page


def test_the_page_tells_the_contact_what_support_waits_for(contact, case_in, sign_in):
    client = sign_in(contact)
    assert "Support needs your input" in client.get(case_in(Case.Status.PENDING_INPUT).get_absolute_url()).text
    page = client.get(case_in(Case.Status.PENDING_VERIFICATION).get_absolute_url()).text
    assert "Support wrote a resolution" in page


@pytest.mark.parametrize("who", ["contact", "agent"])
def test_the_page_takes_as_many_queries_however_long_the_timeline(
    who, contact, agent, lead, case_in, sign_in, django_assert_num_queries
):
    case = case_in(Case.Status.ASSIGNED)
    client = sign_in({"contact": contact, "agent": agent}[who])
    client.get(case.get_absolute_url())  # fills what Django reads once per process
    # Session, scope, savepoint (twice), person, designations; the case, its messages, the unread count, the timeline;
    # the links and the other connected cases, the draft; for Support the product areas and the contacts, twice, the
    # canned replies, and who else is here, once it is noted that the agent is.
    expected = 6 + 7 + (6 if who == "agent" else 0)
    with django_assert_num_queries(expected):
        client.get(case.get_absolute_url())
    for person in (contact, agent, lead) * 10:
        actions.reply(case=case, by=person, text="Words.")
    with django_assert_num_queries(expected):
        client.get(case.get_absolute_url())


def test_the_case_page_changes_nothing(contact, case_in, sign_in):
    case = case_in(Case.Status.NEW)
    sign_in(contact).get(case.get_absolute_url())
    assert Case.objects.get(pk=case.pk).updated_at == case.updated_at


def test_opening_a_case_marks_its_messages_read_and_no_others(contact, agent, case_in, sign_in):
    case, another = case_in(Case.Status.ASSIGNED), case_in(Case.Status.ASSIGNED)
    for each in (case, case, another):
        actions.reply(case=each, by=agent, text="Words.")
    assert contact.messages.unread().count() == 3
    page = sign_in(contact).get(case.get_absolute_url())
    assert [message.link for message in contact.messages.unread()] == [another.get_absolute_url()]
    assert page.context["user"].unread_count == 1


def test_after_a_verb_the_person_lands_on_the_newest_entry(contact, case_in, sign_in):
    case = case_in(Case.Status.ASSIGNED)
    actions.reply(case=case, by=contact, text="Earlier words.")
    client = sign_in(contact)
    answer = client.post(f"{case.get_absolute_url()}reply/", {"text": "Newest words."})
    assert answer.url == f"{case.get_absolute_url()}#latest"
    page = client.get(case.get_absolute_url()).text
    assert page.count('id="latest"') == 1
    assert page.index("Earlier words.") < page.index('id="latest"') < page.index("Newest words.")


def test_a_contact_cannot_tell_that_the_newest_entry_is_a_note(contact, agent, case_in, sign_in):
    case = case_in(Case.Status.ASSIGNED)
    actions.reply(case=case, by=agent, text="Public words.")
    actions.note(case=case, by=agent, text="Internal words.")
    page = sign_in(contact).get(case.get_absolute_url()).text
    assert page.index('id="latest"') < page.index("Public words.")


@pytest.mark.parametrize("who", ["contact", "agent"])
def test_an_open_case_offers_the_reply_first_and_a_closed_one_does_not(who, contact, agent, case_in, sign_in):
    client = sign_in({"contact": contact, "agent": agent}[who])
    for status in (Case.Status.NEW, Case.Status.ASSIGNED):
        page = client.get(case_in(status).get_absolute_url()).text
        assert 'mode=reply#composer"' in page
        assert re.search(r'<div class="composer-mode" id="reply" data-mode-of="reply">', page)
    assert "mode=reply#composer" not in client.get(case_in(Case.Status.CLOSED).get_absolute_url()).text


def test_a_question_of_support_is_one_press_away(contact, case_in, sign_in):
    page = sign_in(contact).get(case_in(Case.Status.PENDING_INPUT).get_absolute_url())
    assert re.search(r'<a [^>]*href="#latest">Go to the question</a>', page.text)


@pytest.mark.parametrize("who", ["technical_contact", "agent"])
def test_the_facts_say_how_to_reach_the_contact(who, request, contact, case_in, sign_in):
    contact.phone = "555 0123"
    contact.save()
    case = case_in(Case.Status.ASSIGNED)
    page = sign_in(request.getfixturevalue(who)).get(case.get_absolute_url()).text
    assert f'href="mailto:{contact.email}">' in page
    assert '<a href="tel:555 0123">' in page
    assert (f'href="/contacts/?district={case.district_id}"' in page) == (who == "agent")


def test_a_contact_without_phone_has_none_on_the_page(contact, case_in, sign_in):
    assert "tel:" not in sign_in(contact).get(case_in(Case.Status.ASSIGNED).get_absolute_url()).text


def test_the_tab_names_the_case_and_its_subject(contact, sign_in):
    case = CaseFactory(contact=contact, subject="Report <cards>")
    assert f"<title>Case {case.number}: Report &lt;cards&gt;" in sign_in(contact).get(case.get_absolute_url()).text
