"""A search finds the words of replies, and of notes for Support alone; the line under the subject marks them."""

import pytest
from django.db import connection

from cases import actions
from cases.models import Case, search
from contacts import scope
from contacts.models import Role
from tests.cases.test_list import STRANGE
from tests.factories import CaseFactory, UserFactory

pytestmark = pytest.mark.django_db


def hits(page):
    return {case.subject: (case.hit.where, case.hit.text) for case in page.context["page"].rows if case.hit}


@pytest.fixture
def said(contact, agent):
    """A case with a reply of each side, a note, and a correction that names the words too."""
    case = CaseFactory(contact=contact, subject="Buses", description="Nothing special.")
    actions.reply(case=case, by=contact, text="Since Monday the giraffes are missing.")
    actions.reply(case=case, by=agent, text="We look for the giraffes & <b>zebras</b> now.")
    actions.note(case=case, by=agent, text="The okapi of another district was missing, too.")
    return case


def test_words_of_replies_are_found_and_marked_where_they_stand(said, contact, agent, sign_in):
    page = sign_in(contact).get("/cases/?q=giraffe")
    where, text = hits(page)["Buses"]
    assert where == agent.display_name
    assert "<mark>giraffes</mark>" in text
    assert f"{where}: {text}" in page.text.replace("&#x27;", "'")


def test_what_people_wrote_is_escaped_before_it_is_marked(said, contact, sign_in):
    text = hits(sign_in(contact).get("/cases/?q=zebras"))["Buses"][1]
    assert "giraffes &amp; " in text
    assert "<b>" not in text
    actions.reply(case=said, by=contact, text="Here: \x02unicorn\x03 <mark>unicorns</mark> \x02")
    text = hits(sign_in(contact).get("/cases/?q=unicorns"))["Buses"][1]
    assert text.count("<mark>") == text.count("</mark>") == 2
    assert "\x02" not in text


def test_a_note_is_found_by_support_alone(said, contact, agent, sign_in):
    assert hits(sign_in(agent).get("/cases/?q=okapi"))["Buses"][0] == "Internal note"
    assert "is-internal" in sign_in(agent).get("/cases/?q=okapi").text
    page = sign_in(contact).get("/cases/?q=okapi")
    assert not page.context["page"].rows


def test_a_note_moves_nothing_of_what_a_district_finds(said, contact, agent, sign_in):
    other = CaseFactory(contact=contact, subject="Okapi in the subject")
    client = sign_in(contact)
    before = client.get("/cases/?q=okapi")
    for text in ("Okapi, okapi, okapi.", "An okapi again."):
        actions.note(case=other, by=agent, text=text)
    # Taking the case is no secret; from here on nothing changes but the notes.
    before = client.get("/cases/?q=okapi").content
    actions.note(case=other, by=agent, text="The last okapi.")
    actions.note(case=said, by=agent, text="More okapi.")
    after = client.get("/cases/?q=okapi").content
    assert without_fleeting(before) == without_fleeting(after)


def without_fleeting(content):
    return [line for line in content.splitlines() if b"csrf" not in line]


def test_words_of_what_the_portal_wrote_itself_find_nothing(said, contact, agent, lead, sign_in):
    actions.assign(case=said, by=lead, agent=lead)
    assert not sign_in(contact).get("/cases/?q=%22case+is+now+with%22").context["page"].rows


def test_words_of_another_districts_replies_are_not_found(said, sign_in):
    stranger = UserFactory(roles=[Role.SUPPORT_CONTACT])
    assert not sign_in(stranger).get("/cases/?q=giraffes").context["page"].rows


def test_the_line_names_the_text_where_the_words_stand(contact, sign_in):
    CaseFactory(contact=contact, subject="One", description="The heron " + "stands here " * 60)
    CaseFactory(contact=contact, subject="Two", kind="issue", steps_to_replicate="Press heron.")
    CaseFactory(contact=contact, subject="Three heron")
    found = hits(sign_in(contact).get("/cases/?q=heron"))
    assert {subject: where for subject, (where, _) in found.items()} == {
        "One": "Description",
        "Two": "Steps to replicate",
    }
    assert len(found["One"][1]) < 400


def test_a_case_found_by_its_contact_says_so(contact, district, sign_in):
    CaseFactory(contact=contact, subject="Hers")
    assert hits(sign_in(contact).get("/cases/", {"q": contact.last_name}))["Hers"][0] == "Contact"


def found(words, *, most, monkeypatch, **who):
    monkeypatch.setattr(search, "MOST_BY_KEY", most)
    return set(Case.objects.matching(words, **who).values_list("pk", flat=True))


@pytest.mark.parametrize("words", ["giraffe", "gira", "okapi", "okapi or giraffe", "-giraffe", "missing", *STRANGE])
def test_by_key_and_by_the_plain_query_the_same_is_found_in_every_scope(words, said, contact, monkeypatch):
    stranger = UserFactory(roles=[Role.SUPPORT_CONTACT])
    scopes = [scope.Scope("district", each.district_id, each.pk) for each in (contact, stranger)]
    for each in [*scopes, scope.Scope("support"), scope.Scope("system"), scope.PUBLIC, scope.NONE]:
        for who in ({}, {"district_id": contact.district_id}):
            with scope.using(each):
                by_key, plain = (found(words, most=most, monkeypatch=monkeypatch, **who) for most in (1000, -1))
                assert by_key == plain, (each, who)


@pytest.mark.parametrize("function", ["replies_found", "notes_found"])
def test_the_functions_themselves_never_leave_the_scope(function, said, contact, agent):
    stranger = UserFactory(roles=[Role.SUPPORT_CONTACT])
    district = scope.Scope("district", contact.district_id, contact.pk)
    reached = {district: function == "replies_found", scope.Scope("support"): True, scope.Scope("system"): True}
    others = [scope.Scope("district", stranger.district_id, stranger.pk), scope.Scope("district")]
    for each in [*reached, *others, scope.Scope("person"), scope.PUBLIC, scope.NONE]:
        with scope.using(each), connection.cursor() as cursor:
            cursor.execute(f"SELECT {function}('giraff | okapi'::tsquery, 100)")
            assert bool(cursor.fetchall()) is reached.get(each, False), each
