"""How the thread reads: links in what people wrote, small changes folded, and where the conversation went on."""

from functools import partial

import pytest
from django.utils import timezone

from cases import actions
from cases.models import CannedReply, Case
from cases.templatetags import thread_tags
from cases.templatetags.thread_tags import with_links
from tests.factories import CaseFactory, ProductAreaFactory
from tests.steps import steps

pytestmark = pytest.mark.django_db
Status = Case.Status


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("See https://docs.example.org/a?b=1&c=2.", "https://docs.example.org/a?b=1&amp;c=2"),
        ("(see http://example.org/a_(b))", "http://example.org/a_(b)"),
        ("HTTPS://EXAMPLE.ORG/x, and more", "HTTPS://EXAMPLE.ORG/x"),
        ("https://example.org/é/ü", "https://example.org/é/ü"),
    ],
)
def test_addresses_of_the_web_can_be_followed(text, address):
    assert f'<a href="{address}" rel="noopener noreferrer nofollow">{address}</a>' in with_links(text)


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://example.org",
        "file:///etc/passwd",
        "www.example.org",
        "example.org",
        "someone@example.org",
        "xhttps://example.org",
        "https:example.org",
        "https://",
        "//example.org",
    ],
)
def test_everything_else_is_plain_text(text):
    assert "<a " not in with_links(text)


def test_what_stands_in_an_address_never_becomes_markup():
    drawn = with_links("https://example.org/\"onmouseover=alert(1) https://a.example/<script>alert(1)</script>\n'<b>")
    assert "<script" not in drawn
    assert "<b>" not in drawn
    assert 'href="https://example.org/"' in drawn
    assert drawn.count("<br>") == 1


def test_an_endless_address_is_no_more_work_than_a_long_one():
    long, endless = ("http://example.org/" + ")" * count for count in (4_000, 20_000))
    assert with_links(endless).count("<a ") == 1
    work = [steps(partial(with_links, text), module=thread_tags.__name__) for text in (long, endless)]
    assert work[0] == work[1]


def test_links_work_in_what_both_sides_write(contact, agent, sign_in):
    case = CaseFactory(contact=contact, description="At https://one.example/ it fails.")
    actions.reply(case=case, by=agent, text="Read https://two.example/ first.")
    page = sign_in(contact).get(case.get_absolute_url()).text
    for address in ("https://one.example/", "https://two.example/"):
        assert f'<a href="{address}" rel="noopener noreferrer nofollow">' in page


def test_small_changes_in_a_row_fold_into_one_line_and_the_newest_is_seen(contact, agent, lead, case_in, sign_in):
    case = case_in(Status.ASSIGNED)
    for by in (lead, agent, lead, agent):
        actions.assign(case=case, by=by, agent=by)
    page = sign_in(contact).get(case.get_absolute_url()).text
    assert "3 changes:" in page
    assert page.index("</details>", page.index("3 changes:")) < page.index('id="latest"')
    assert page.count("The case is now with") == 4


def test_a_number_in_what_a_person_wrote_leads_nowhere(contact, agent, case_in, sign_in):
    case, other = case_in(Status.ASSIGNED), case_in(Status.ASSIGNED)
    actions.reply(case=case, by=contact, text=f"As in case {other.number}.")
    assert other.get_absolute_url() not in sign_in(contact).get(case.get_absolute_url()).text


def test_a_closed_case_shows_the_case_that_goes_on_with_it(contact, case_in, sign_in):
    case = case_in(Status.CLOSED)
    new = CaseFactory(contact=contact, follows=case)
    page = sign_in(contact).get(case.get_absolute_url()).text
    assert f'The conversation goes on in <a href="{new.get_absolute_url()}">case {new.number}' in page


@pytest.mark.parametrize(
    ("status", "step", "turn"),
    [
        (Status.NEW, "Submitted", "It is Support's turn:"),
        (Status.ASSIGNED, "With Support", "It is Support's turn:"),
        (Status.SCHEDULED, "With Support", "the work is scheduled for Jan 2, 2030."),
        (Status.DEVELOPMENT, "With Support", "look into it as D-1."),
        (Status.PENDING_INPUT, "Your input", "It is your turn: Support needs your input."),
        (Status.PENDING_VERIFICATION, "Verify", "It is your turn: Support wrote a resolution."),
        (Status.CLOSED, "Closed", "This case is closed."),
    ],
)
def test_the_tracker_says_how_far_the_case_is_and_whose_turn_it_is(
    status, step, turn, contact, agent, case_in, sign_in
):
    case = case_in(status)
    page = sign_in(contact).get(case.get_absolute_url()).text
    assert f'<li class="is-now" aria-current="step"><span>{step}</span></li>' in page
    assert turn in page
    assert "tracker" not in sign_in(agent).get(case.get_absolute_url()).text


def test_the_tracker_says_by_when_support_answers(contact, agent, sign_in):
    soon = timezone.now() + timezone.timedelta(hours=3)
    case = CaseFactory(contact=contact, answer_since=timezone.now(), answer_soon_at=soon, answer_due_at=soon)
    assert "Its answer is due by" in sign_in(contact).get(case.get_absolute_url()).text
    Case.objects.update(answer_due_at=timezone.now(), answer_soon_at=timezone.now())
    assert "Its answer was due by" in sign_in(contact).get(case.get_absolute_url()).text


# --- canned replies -----------------------------------------------------------------------------------------------


@pytest.fixture
def canned(case_in):
    case = case_in(Status.ASSIGNED)
    text = "Hello {contact}, about case {number}: {contact.password} stays."
    return case, CannedReply.objects.create(title="Greeting", product_area=case.product_area, text=text)


def test_a_canned_reply_names_the_contact_and_the_case_and_fills_nothing_else(canned, agent, contact, sign_in):
    case, reply = canned
    page = sign_in(agent).get(f"{case.get_absolute_url()}?mode=reply&canned={reply.pk}").text
    said = f"Hello {contact}, about case {case.number}: {{contact.password}} stays."
    assert f"{said}</textarea>" in page
    assert f'data-canned="{said}"' in page


def test_a_canned_reply_stands_after_what_was_typed(canned, agent, sign_in):
    case, reply = canned
    client = sign_in(agent)
    said = {"text": "Typed.", "mode": "reply", "idempotency_key": "00000000-0000-0000-0000-000000000001"}
    client.post(f"{case.get_absolute_url()}draft/", said)
    page = client.get(f"{case.get_absolute_url()}?canned={reply.pk}").text
    assert "Typed.\n\nHello" in page


def test_canned_replies_are_offered_by_area_and_to_support_alone(canned, agent, contact, sign_in):
    case, _ = canned
    CannedReply.objects.create(title="For all", text="Hi.")
    CannedReply.objects.create(title="Of elsewhere", text="Hi.", product_area=ProductAreaFactory())
    CannedReply.objects.create(title="Of earlier", text="Hi.", is_active=False)
    page = sign_in(agent).get(case.get_absolute_url()).text
    assert "Greeting" in page
    assert "For all" in page
    assert "Of elsewhere" not in page
    assert "Of earlier" not in page
    page = sign_in(contact).get(f"{case.get_absolute_url()}?canned={CannedReply.objects.first().pk}").text
    assert "anned" not in page
