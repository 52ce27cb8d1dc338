"""While a subject is typed: the district's cases that it may be about, and joining one instead of making a second."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases import actions
from cases.models import Case, Draft
from contacts import scope
from contacts.models import AuditEvent
from tests.cases.conftest import NO_IMPACT
from tests.factories import AgentFactory, CaseFactory, ProductAreaFactory, UserFactory

pytestmark = pytest.mark.django_db
URL, NEW = "/cases/similar/", "/cases/new/"
HTMX = {"HX-Request": "true"}
SUBJECT = "Period attendance of Friday is missing"


def found(client, subject):
    return [case.pk for case in client.get(URL, {"subject": subject}, headers=HTMX).context["similar"]]


def closed(days, **fields):
    return CaseFactory(status=Case.Status.CLOSED, closed_at=timezone.now() - timedelta(days=days), **fields)


def test_open_cases_with_the_same_words_are_found_and_the_best_comes_first(contact, sign_in):
    best = CaseFactory(contact=contact, subject=SUBJECT)
    good = CaseFactory(contact=contact, subject="Attendance", description="It is missing since Friday.")
    CaseFactory(contact=contact, subject="Report cards print twice")
    page = sign_in(contact).get(URL, {"subject": "the attendance of friday misses a period"}, headers=HTMX)
    assert [case.pk for case in page.context["similar"]] == [best.pk, good.pk]
    assert f'formaction="/cases/{best.pk}/join/"' in page.text
    assert "<html" not in page.text


def test_one_word_in_common_is_too_little_unless_few_were_typed(contact, sign_in):
    case = CaseFactory(contact=contact, subject=SUBJECT)
    client = sign_in(contact)
    assert found(client, "The buses of Friday arrive late") == []
    assert found(client, "attendance") == [case.pk]
    assert found(client, "attendance imports") == [case.pk]


def test_recently_closed_cases_are_found_as_long_as_they_can_be_reopened(contact, sign_in):
    recent = closed(59, contact=contact, subject=SUBJECT)
    closed(61, contact=contact, subject=SUBJECT)
    closed(1, contact=contact, subject=SUBJECT, merged_into=recent)
    assert found(sign_in(contact), SUBJECT) == [recent.pk]


def test_at_most_five_are_shown(contact, sign_in):
    cases = CaseFactory.create_batch(7, contact=contact, subject=SUBJECT)
    assert found(sign_in(contact), SUBJECT) == [case.pk for case in reversed(cases)][:5]


def test_no_other_districts_case_is_ever_found(contact, sign_in):
    CaseFactory(subject=SUBJECT)
    assert found(sign_in(contact), SUBJECT) == []


def test_the_function_finds_only_within_the_scope_of_a_district(contact):
    case, other = CaseFactory(contact=contact, subject=SUBJECT), CaseFactory(subject=SUBJECT)
    reached = {
        scope.Scope("district", contact.district_id, contact.pk): [case.pk],
        scope.Scope("district", other.district_id, other.contact_id): [other.pk],
    }
    nothing = [scope.Scope("support"), scope.Scope("system"), scope.Scope("district"), scope.PUBLIC, scope.NONE]
    reached |= {each: [] for each in nothing}
    for each, numbers in reached.items():
        with scope.using(each), connection.cursor() as cursor:
            cursor.execute("SELECT cases_like(%s, '2020-01-01', 5)", [SUBJECT])
            assert [number for (number,) in cursor] == numbers, each


def test_no_word_of_a_note_finds_or_orders_anything(contact, agent, sign_in):
    one, _ = CaseFactory.create_batch(2, contact=contact, subject=SUBJECT)
    client = sign_in(contact)
    before = found(client, f"{SUBJECT} zeppelin")
    actions.note(case=one, by=agent, text=f"zeppelin {SUBJECT}")
    assert found(client, f"{SUBJECT} zeppelin") == before
    assert found(client, "zeppelin") == []


@pytest.mark.parametrize(
    "subject", ["", "the of and", "' \\' & | ! :* ( <-> \\\\", "%s %L", "x" * 3_000, "👋 日本", "a'b\\c"]
)
def test_strange_subjects_find_nothing_and_break_nothing(subject, contact, sign_in):
    CaseFactory(contact=contact)
    assert found(sign_in(contact), subject) == []


def test_looking_costs_the_same_however_many_there_are(contact, sign_in):
    client = sign_in(contact)

    def queries():
        with CaptureQueriesContext(
            connection,
        ) as captured:
            client.get(URL, {"subject": SUBJECT}, headers=HTMX)
        return len(captured)

    CaseFactory.create_batch(2, contact=contact, subject=SUBJECT)
    few = queries()
    CaseFactory.create_batch(30, contact=contact, subject=SUBJECT)
    assert queries() == few


def test_opened_as_a_page_it_leads_to_the_form(contact, sign_in):
    assert sign_in(contact).get(URL).url == NEW


@pytest.fixture
def typed():
    return {
        "kind": "issue",
        "product_area": ProductAreaFactory().pk,
        "subject": SUBJECT,
        "description": "Nobody\r\nis there.",
        "steps_to_replicate": "Open attendance.",
        "urgency": "high",
        **NO_IMPACT,
    }


def test_without_scripts_a_button_shows_them_and_keeps_what_was_typed(contact, sign_in, typed):
    case = CaseFactory(contact=contact, subject=SUBJECT)
    page = sign_in(contact).post(NEW, typed | {"look": "similar"})
    assert f'formaction="/cases/{case.pk}/join/"' in page.text
    form = page.context["form"]
    assert {name: str(form[name].value()) for name in typed} == {name: str(value) for name, value in typed.items()}
    assert "There is a problem" not in page.text
    assert Case.objects.count() == 1


def test_without_scripts_it_says_when_there_are_none(contact, sign_in, typed):
    page = sign_in(contact).post(NEW, typed | {"look": "similar"})
    assert "No open or recently closed case of your district is similar." in page.text


def test_a_refused_form_shows_them_too(contact, sign_in, typed):
    case = CaseFactory(contact=contact, subject=SUBJECT)
    assert [each.pk for each in sign_in(contact).post(NEW, typed | {"urgency": ""}).context["similar"]] == [case.pk]


def joined(client, case, typed):
    return client.post(reverse("cases:join", args=[case.pk]), typed, follow=True)


WORDS = f"{SUBJECT}\n\nNobody\r\nis there.\n\nSteps to replicate\nOpen attendance."


def test_it_is_this_one_brings_what_was_typed_into_a_reply(contact, sign_in, typed):
    AgentFactory()
    case = CaseFactory(contact=contact, subject=SUBJECT)
    client = sign_in(contact)
    page = joined(client, case, typed)
    assert page.redirect_chain == [(f"/cases/{case.pk}/?mode=reply#composer", 302)]
    assert "Nothing is sent yet" in page.text
    assert [(draft.mode, draft.text) for draft in Draft.objects.all()] == [("reply", WORDS)]
    composer = page.context["composer"]
    (form,) = [form for verb, form, _ in composer.modes if verb.name == "reply"]
    assert form["text"].value() == WORDS
    assert not case.timeline.exists()
    said = {"text": WORDS, "idempotency_key": form["idempotency_key"].value()}
    client.post(reverse("cases:reply", args=[case.pk]), said)
    assert [entry.action for entry in case.timeline.all()] == ["replied"]
    assert not Draft.objects.exists()
    assert Case.objects.count() == 1


def test_a_recently_closed_one_is_reopened_with_it(contact, sign_in, typed):
    case = closed(3, contact=contact, subject=SUBJECT)
    client = sign_in(contact)
    page = joined(client, case, typed)
    assert page.redirect_chain == [(f"/cases/{case.pk}/?mode=reopen#composer", 302)]
    assert "press “Reopen the case”" in page.text
    client.post(reverse("cases:reopen", args=[case.pk]), {"text": WORDS})
    case.refresh_from_db()
    assert not case.is_closed


def test_a_draft_that_stands_there_already_is_kept_and_a_second_press_adds_nothing(contact, sign_in, typed):
    case = CaseFactory(contact=contact, subject=SUBJECT)
    actions.save_draft(case=case, by=contact, mode="reply", text="As I said,", idempotency_key="0" * 31 + "1")
    client = sign_in(contact)
    joined(client, case, typed)
    joined(client, case, typed)
    assert Draft.objects.get().text == f"As I said,\n\n{WORDS}"


def test_one_that_was_closed_too_long_ago_keeps_the_form_for_a_case_that_goes_on_with_it(contact, sign_in, typed):
    case = closed(100, contact=contact, subject=SUBJECT)
    client = sign_in(contact)
    page = joined(client, case, typed)
    assert "cannot be reopened any more. What you typed is kept below." in page.text
    assert page.context["form"]["description"].value() == typed["description"]
    assert page.context["address"] == f"/cases/new/?follows={case.pk}"
    assert not Draft.objects.exists()
    assert client.post(page.context["address"], typed).status_code == 302
    assert Case.objects.latest("pk").follows == case


def test_joining_tells_nobody_and_leaves_no_trace_until_it_is_sent(contact, sign_in, typed):
    case = CaseFactory(contact=contact, subject=SUBJECT)
    joined(sign_in(contact), case, typed)
    assert not AuditEvent.objects.exists()
    assert not UserFactory(district=contact.district, roles=["support_contact"]).messages.exists()
