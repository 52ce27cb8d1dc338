"""A text that looks sensitive is asked about before it is sent: the person decides, the audit keeps no word of it."""

import re

import pytest
from django.urls import reverse

from cases.models import Case, TimelineEntry
from cases.models.sensitive import look_for_sensitive
from contacts.models import AuditEvent
from tests.cases.conftest import NO_IMPACT
from tests.factories import ProductAreaFactory

SECURITY_NUMBER, STUDENTS, BIRTHS = "a social security number", "a list of student numbers", "a list of birth dates"
PASSWORD, KEY = "a password", "a key or token"


def kinds(text):
    return [what for what, _ in look_for_sensitive(text, 2026)]


@pytest.mark.parametrize(
    ("what", "text"),
    [
        (SECURITY_NUMBER, "Her number is 219-09-9999, and it is refused."),
        (SECURITY_NUMBER, "219 09 9999"),
        (SECURITY_NUMBER, "SSN: 219099999"),
        (SECURITY_NUMBER, "The social security number 219099999 is there twice."),
        (STUDENTS, "These are missing: 1204481, 1204482, 1204497, 1204511 and 1204533."),
        (STUDENTS, "Students 20411, 20412, 20413 have no schedule."),
        (STUDENTS, "1204481,1204482,1204497,1204511,1204533"),
        (STUDENTS, "Ann Lopez\t4100231\nBen Ode\t4100232\nCy Park\t4100240\nDee Ray\t4100251\nEd Sun\t4100263"),
        (BIRTHS, "Ann 3/14/2012, Ben 4/1/2011, Cy 12/30/2012"),
        (BIRTHS, "2012-03-14\n2011-04-01\n2012-12-30"),
        (BIRTHS, "Born Mar 14, 2012; April 1, 2011; Dec 30 2012"),
        (BIRTHS, "The dates of birth of the staff are 3/14/1962, 4/1/1971 and 12/30/1980."),
        (PASSWORD, "My password: Sunshine"),
        (PASSWORD, "password = hunter22 does not work"),
        (PASSWORD, "Her password is Tulip#19 today."),
        (PASSWORD, "The feed is at https://roster:s3cret@files.example.org/"),
        (KEY, "-----BEGIN RSA PRIVATE KEY-----\nMIIEow"),
        (KEY, "AKIAIOSFODNN7EXAMPLE"),
        (KEY, "api_key: 8f14e45fceea167a5a36"),
        (KEY, "Authorization: Bearer 8f14e45fceea167a5a36dedd4bea2543"),
    ],
)
def test_what_looks_sensitive_is_noticed(what, text):
    assert kinds(text) == [what]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "How do I print report cards?",
        "Case 100001 is about the same thing.",
        "See cases 100001, 100007, 100012, 100013 and 100020.",
        "See #100001 #100007 #100012 #100013 #100020",
        "Call me at 555-0101 or (312) 555-0199, or 312-555-0142.",
        "Phone: 5550101",
        "It began on 11/24/2026.",
        "It happened on Nov 20, 2026, Nov 23, 2026 and Nov 24, 2026.",
        "She was born on 3/14/2012.",
        "The terms begin on 2025-08-11, 2025-10-20, 2026-01-05 and 2026-03-16.",
        "Student 1204481 has no schedule.",
        "I reset the password twice, and the password is not accepted.",
        "It says: Password: invalid",
        "The password is reset every 90 days.",
        "The password was changed yesterday.",
        "Where do I find the token? The key to the room is missing.",
        "Open https://portal.example.org/cases/100001/?back=200002 at 10:15:30.",
        "Version 2025.1104.22381, error 0x80070005, 12,345 rows",
        "The file 20261124.csv has 48210 lines and ends with 99999.",
        "000-12-3456 and 900-12-3456 are no numbers of persons.",
    ],
)
def test_what_people_write_every_day_is_not_asked_about(text):
    assert kinds(text) == []


def test_dates_that_are_none_do_not_stop_the_look():
    assert kinds("Born 13/45/2012, 0/0/2012, 99/1/2012, 2012-99-99, 2/30/2012") == []


def test_a_long_text_is_looked_through_at_once():
    for text in ("1" * 20_000, "12345 " * 3_333, "password: " * 2_000, "a://b:" * 3_000, "case 1, " * 2_500):
        look_for_sensitive(text, 2026)


@pytest.fixture
def answers(db):
    def answers(**changed):
        return {
            "kind": Case.Kind.QUESTION,
            "product_area": ProductAreaFactory().pk,
            "subject": "Who may see this?",
            "description": "Her number is 219-09-9999.",
            "urgency": "normal",
            **NO_IMPACT,
        } | changed

    return answers


def tick_of(form):
    ((value, _),) = form.fields["send_sensitive"].choices
    return value


def warnings():
    return [(event.object_label, event.detail) for event in AuditEvent.objects.filter(action="case.send_sensitive")]


def test_a_case_with_such_a_text_is_asked_about_and_nothing_is_sent(contact, sign_in, answers):
    page = sign_in(contact).post("/cases/new/", answers())
    assert "“Description” seems to contain a social security number." in page.text
    assert "Her number is 219-09-9999." in page.text
    assert "Send it anyway: it is needed" in page.text
    assert not Case.objects.exists()
    assert warnings() == []


def test_the_question_names_every_field_and_not_the_text(contact, sign_in, answers):
    page = sign_in(contact).post("/cases/new/", answers(subject="password: Tulip#19"))
    (error,) = page.context["form"].errors["send_sensitive"]
    assert "“Subject” seems to contain a password." in error
    assert "“Description” seems to contain a social security number." in error
    assert "Tulip" not in error
    assert "219" not in error


def test_the_person_decides_and_the_audit_says_what_and_where_but_not_the_text(contact, sign_in, answers):
    client, sent = sign_in(contact), answers()
    tick = tick_of(client.post("/cases/new/", sent).context["form"])
    assert client.post("/cases/new/", sent | {"send_sensitive": tick}).status_code == 302
    case = Case.objects.get()
    assert case.description == sent["description"]
    assert warnings() == [(f"Case {case.number}", {"what": "Description: a social security number"})]


def test_taking_it_out_needs_no_tick_and_leaves_no_trace(contact, sign_in, answers):
    client, sent = sign_in(contact), answers()
    tick = tick_of(client.post("/cases/new/", sent).context["form"])
    page = client.post("/cases/new/", sent | {"description": "Her number is refused.", "send_sensitive": tick})
    assert page.status_code == 302
    assert warnings() == []


def test_a_tick_stands_for_what_was_found_and_for_nothing_else(contact, sign_in, answers):
    client, sent = sign_in(contact), answers()
    tick = tick_of(client.post("/cases/new/", sent).context["form"])
    other = sent | {"description": "His number is 219-09-8888.", "send_sensitive": tick}
    page = client.post("/cases/new/", other)
    assert page.status_code == 200
    assert not Case.objects.exists()
    assert f'value="{tick}"' not in page.text
    more = sent | {"subject": "password: Tulip#19", "send_sensitive": tick}
    assert client.post("/cases/new/", more).status_code == 200
    assert not Case.objects.exists()


def test_a_tick_stays_when_another_answer_is_refused(contact, sign_in, answers):
    client, sent = sign_in(contact), answers()
    tick = tick_of(client.post("/cases/new/", sent).context["form"])
    page = client.post("/cases/new/", sent | {"subject": "", "send_sensitive": tick})
    assert page.context["form"].errors.keys() == {"subject"}
    assert re.search(rf'<input[^>]* value="{tick}"[^>]* checked', page.text)


@pytest.mark.parametrize(
    ("verb", "status", "by", "action"),
    [
        ("reply", Case.Status.ASSIGNED, "contact", "replied"),
        ("reply", Case.Status.ASSIGNED, "agent", "replied"),
        ("ask", Case.Status.ASSIGNED, "agent", "asked"),
        ("resolve", Case.Status.ASSIGNED, "agent", "resolved"),
        ("close", Case.Status.ASSIGNED, "contact", "closed"),
        ("reopen", Case.Status.CLOSED, "contact", "reopened"),
    ],
)
def test_whatever_both_sides_read_is_asked_about_too(verb, status, by, action, case_in, sign_in, request):
    case, client = case_in(status), sign_in(request.getfixturevalue(by))
    url = reverse(f"cases:{verb}", args=[case.pk])
    said = {"text": "The password is Tulip#19.", "settled_as": "how_to"}
    page = client.post(url, said)
    assert "seems to contain a password." in page.text
    (form,) = [form for each, form, _ in page.context["verbs"] if each.name == verb]
    assert warnings() == []
    assert client.post(url, said | {"send_sensitive": tick_of(form)}).status_code == 302
    assert TimelineEntry.objects.latest("pk").action == action
    assert [label for label, _ in warnings()] == [f"Case {case.number}"]
    assert "Tulip" not in str(warnings())


def test_an_internal_note_is_not_asked_about_since_its_audit_would_tell_of_it(agent, case_in, sign_in):
    case = case_in(Case.Status.ASSIGNED)
    sign_in(agent).post(reverse("cases:note", args=[case.pk]), {"text": "password: Tulip#19"})
    assert TimelineEntry.objects.latest("pk").action == "noted"
    assert warnings() == []
