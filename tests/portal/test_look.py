"""The look: every part is shown, nothing is inline, every color can be read, and the pages for errors help."""

import re
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from django import forms
from django.core.exceptions import PermissionDenied
from django.forms.renderers import DjangoTemplates, TemplatesSetting
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.views import defaults

from cases.models import TimelineEntry
from contacts.models import Role, User
from portal.templatetags import portal_tags
from tests.factories import AgentFactory, DistrictFactory, MessageFactory, UserFactory

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
PARTIALS = {f"_partials/{path.name}" for path in (ROOT / "templates" / "_partials").glob("*.html")}
STYLES = sorted((ROOT / "static").glob("*.css"))
INLINE = re.compile(r"<script(?![^>]*\ssrc=)|<style|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|javascript:", re.IGNORECASE)

# Ink and what it is written on. WCAG 2.1 AA asks 4.5 to 1 of text, and 3 to 1 of borders and focus rings.
TONES = ["neutral", "info", "waiting", "good", "bad", "internal"]
TEXT_PAIRS = [
    *[(ink, ground) for ink in ("ink", "ink-2", "accent", "danger") for ground in ("paper", "surface", "sunk")],
    *[(ink, ground) for ink in ("ink", "accent", "accent-strong") for ground in ("hover", "accent-wash")],
    *[(f"{tone}-ink", f"{tone}-wash") for tone in TONES],
    *[("ink", f"{tone}-wash") for tone in TONES],
    *[("on-accent", "accent"), ("on-accent", "accent-strong"), ("on-danger", "danger"), ("on-danger", "danger-strong")],
    *[("on-mast", "mast"), ("on-mast-2", "mast"), ("on-mast", "mast-line"), ("on-lamp", "lamp")],
]
EDGE_PAIRS = [
    *[(edge, ground) for edge in ("line-strong", "focus", "accent") for ground in ("paper", "surface")],
    *[("mast-focus", "mast"), ("lamp", "mast")],
]


def tokens(theme):
    """The colors of tokens.css for a theme: {name: (red, green, blue)}."""
    text = (ROOT / "static" / "tokens.css").read_text()
    pairs = re.findall(r"--([a-z0-9-]+): light-dark\(#([0-9a-f]{6}), #([0-9a-f]{6})\);", text)
    colors = {name: (light, dark)[theme == "dark"] for name, light, dark in pairs}
    colors |= dict(re.findall(r"--([a-z0-9-]+): #([0-9a-f]{6});", text))
    return {name: tuple(bytes.fromhex(color)) for name, color in colors.items()}


def luminance(color):
    parts = [value / 255 for value in color]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.fixture
def components(sign_in):
    return sign_in(UserFactory()).get(reverse("components"))


FOUR = ("First", "Second", "Third", "Fourth")


class ExampleForm(forms.Form):
    subject = forms.CharField()
    kind = forms.ChoiceField(choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)

    def clean(self):
        raise forms.ValidationError("The two do not fit together.")


class ChoiceForm(forms.Form):
    kind = forms.ChoiceField(
        choices=[("a", "A"), ("b", "B")],
        widget=forms.RadioSelect,
        help_text="There are two",
        error_messages={"required": "Choose the kind"},
    )


def squeezed(html):
    return re.sub(r"\s+", " ", html)


@pytest.mark.django_db
def test_the_component_page_shows_every_partial(components):
    assert PARTIALS - {template.name for template in components.templates} == set()


@pytest.mark.django_db
def test_every_page_can_be_drawn_without_inline_script_or_style(components):
    assert INLINE.findall(components.content.decode()) == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_no_template_has_inline_script_or_style(template):
    assert INLINE.findall(template.read_text()) == []


@pytest.mark.parametrize("style", STYLES, ids=lambda path: path.name)
def test_a_stylesheet_fetches_nothing_from_elsewhere(style):
    assert re.findall(r"@import|url\((?!\s*[\"']?data:)", style.read_text()) == []


@pytest.mark.parametrize("style", STYLES, ids=lambda path: path.name)
def test_a_stylesheet_uses_only_tokens_that_exist(style):
    known = set(re.findall(r"(--[a-z0-9-]+)\s*:", "".join(path.read_text() for path in STYLES)))
    used = set(re.findall(r"var\((--[a-z0-9-]+)", style.read_text()))
    assert {name for name in used - known if not name.startswith("--bs-")} == set()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_pair_of_tokens_can_be_read(theme):
    colors = tokens(theme)
    text = {pair: contrast(*map(colors.get, pair)) for pair in TEXT_PAIRS}
    edges = {pair: contrast(*map(colors.get, pair)) for pair in EDGE_PAIRS}
    assert {pair: round(ratio, 2) for pair, ratio in text.items() if ratio < 4.5} == {}
    assert {pair: round(ratio, 2) for pair, ratio in edges.items() if ratio < 3} == {}


@pytest.mark.django_db
def test_the_header_says_who_for_which_district_in_which_role_and_what_is_unread(sign_in):
    district = DistrictFactory(name="Lakeside Schools")
    roles = [Role.BUILDING_COACH, Role.CREDENTIAL_APPROVER]
    user = UserFactory(first_name="Ada", last_name="Reader", district=district, roles=roles)
    MessageFactory.create_batch(2, recipient=user)
    page = sign_in(user).get(reverse("components")).content.decode()
    header = squeezed(re.search(r"<header class=\"masthead\">.*?</header>", page, re.DOTALL)[0])
    assert "<strong>Ada Reader</strong>" in header
    for words in ("Lakeside Schools", "Building coach", "Credential approver"):
        assert f"<span>{words}</span>" in header
    assert f'href="{reverse("contacts:messages")}"' in header
    assert '<span class="badge-count">2<span class="visually-hidden"> unread</span></span>' in header


@pytest.mark.django_db
def test_the_header_names_support_for_its_agents(sign_in):
    page = sign_in(AgentFactory()).get(reverse("components")).content.decode()
    assert '<span class="who-where"><span>Support</span>' in page


@pytest.mark.django_db
def test_the_header_calls_a_person_without_a_designation_staff(sign_in):
    page = sign_in(UserFactory()).get(reverse("components")).content.decode()
    assert "<span>Staff</span></span>" in page


@pytest.mark.django_db
def test_the_navigation_offers_only_what_the_person_may_open(sign_in):
    page = sign_in(UserFactory()).get(reverse("components")).content.decode()
    assert reverse("contacts:directory") in page
    assert reverse("credentials:approvals") not in page
    assert reverse("admin:index") not in page


@pytest.mark.django_db
def test_the_sign_in_page_leads_to_the_districts_help(client):
    page = client.get(reverse("account_login")).content.decode()
    assert "Need help signing in?" in page
    assert f'<a href="{reverse("contacts:help")}">Find your district\'s help</a>' in page


@pytest.mark.django_db
def test_a_refused_sign_in_says_so_and_keeps_the_address(client):
    page = client.post(reverse("account_login"), {"login": "ada@example.org", "password": "wrong"}).content.decode()
    assert "There is a problem" in page
    assert 'value="ada@example.org"' in page
    assert 'value="wrong"' not in page


@pytest.mark.parametrize("prefix", [None, "reply"])
def test_the_error_summary_links_to_each_field(prefix):
    form = ExampleForm({}, prefix=prefix)
    summary = render_to_string("_partials/error_summary.html", {"form": form})
    page = render_to_string("_partials/form.html", {"form": form})
    targets = re.findall(r'href="#([^"]+)"', summary)
    assert targets == [f"id_{prefix}-subject", f"id_{prefix}-kind_0"] if prefix else ["id_subject", "id_kind_0"]
    assert all(f'id="{target}"' in page for target in targets)
    assert "<li>The two do not fit together.</li>" in summary


def test_a_form_says_each_error_once_in_the_summary_and_once_at_the_field():
    page = render_to_string("_partials/form.html", {"form": ExampleForm({})})
    assert page.count("The two do not fit together.") == 1
    assert page.count("This field is required.") == 4


def test_the_hint_and_the_error_of_a_choice_stand_above_its_answers():
    page = render_to_string("_partials/form.html", {"form": ChoiceForm({})})
    places = [page.index(words) for words in ("There are two", "<strong>Choose the kind", "form-check-input")]
    assert places == sorted(places)


def test_a_list_to_choose_from_has_the_options_that_django_would_write():
    class Choices(forms.Form):
        groups = [("<North>", [("a&b", "A & B"), (2, "Two")]), ("South", [("c", "C")]), ("", "Nothing")]
        one = forms.ChoiceField(choices=groups, initial=2, required=False)
        several = forms.MultipleChoiceField(choices=groups, initial=["a&b", "c"])

    def options(renderer):
        return [re.sub(r"\s*([<>])\s*", r"\1", str(field)) for field in Choices(renderer=renderer)]

    assert options(TemplatesSetting()) == options(DjangoTemplates())


def test_a_form_without_errors_has_no_error_summary():
    assert render_to_string("_partials/error_summary.html", {"form": ExampleForm()}).strip() == ""


def test_what_people_wrote_is_shown_as_text():
    text = "<script>1</script>\nnext line"
    entry = TimelineEntry(action="replied", by=User(first_name="<b>Ada</b>", last_name="Ames"), text=text)
    page = render_to_string("cases/_timeline.html", {"timeline": [entry]})
    assert "&lt;script&gt;1&lt;/script&gt;<br>next line" in page
    assert "&lt;b&gt;Ada&lt;/b&gt; Ames" in page


def test_a_moment_is_shown_in_the_readers_zone_with_the_exact_one_on_hover():
    at = datetime(2026, 7, 4, 3, 5, 9, tzinfo=UTC)
    with timezone.override("America/Chicago"):
        written, with_zone = portal_tags.moment(at), portal_tags.moment(at, zone=True)
    exact = "Fri, Jul 3, 2026, 10:05:09 PM CDT"
    assert written == f'<time datetime="2026-07-03T22:05:09-05:00" title="{exact}">Jul 3, 2026, 10:05 PM</time>'
    assert ">Jul 3, 2026, 10:05 PM CDT<" in with_zone


def test_a_day_is_written_as_american_districts_write_it():
    assert portal_tags.day(date(2026, 11, 22)) == '<time datetime="2026-11-22">Nov 22, 2026</time>'


def test_a_long_address_breaks_after_its_at_sign_and_is_escaped():
    assert portal_tags.breakable("o'hara@demo.example") == "o&#x27;hara@<wbr>demo.example"


def test_an_internal_note_says_so_in_words():
    timeline = [TimelineEntry(action="noted", is_internal=True), TimelineEntry(action="replied")]
    assert render_to_string("cases/_timeline.html", {"timeline": timeline}).count("Internal note") == 1


def test_a_changed_row_is_marked_in_words_and_an_empty_value_too():
    rows = [
        {"label": "State", "old": "MN", "new": "WI", "changed": True},
        {"label": "Field", "old": "", "new": 0, "changed": False},
    ]
    page = squeezed(render_to_string("_partials/old_new.html", {"rows": rows}))
    assert "<del>MN</del>" in page
    assert "<ins>WI</ins>" in page
    assert page.count("</svg>Changed</span>") == 1
    assert page.count("Not given") == 1
    assert '<td class="new" data-label="Requested">0</td>' in page


def test_what_changed_comes_before_what_stays_the_same_which_waits_behind_a_line():
    rows = [{"label": label, "old": "a", "new": "b", "changed": label in ("Third", "Fourth")} for label in FOUR]
    page = squeezed(render_to_string("_partials/old_new.html", {"rows": rows}))
    assert re.findall(r'<th scope="row">(\w+)</th>', page) == ["Third", "Fourth", "First", "Second"]
    assert '<details class="stays"> <summary>2 fields stay the same</summary>' in page


def test_where_nothing_changed_all_fields_are_shown():
    rows = [{"label": "First", "old": "a", "new": "a", "changed": False}]
    page = squeezed(render_to_string("_partials/old_new.html", {"rows": rows}))
    assert '<details class="stays" open> <summary>1 field stays the same</summary>' in page


def test_where_everything_changed_nothing_waits():
    rows = [{"label": "First", "old": "", "new": "a", "changed": True}]
    assert "<details" not in render_to_string("_partials/old_new.html", {"rows": rows})


@pytest.mark.django_db
def test_a_page_that_is_not_there_says_what_to_do(client):
    response = client.get("/no/such/page/")
    assert response.status_code == 404
    assert "There is no such page" in response.content.decode()
    assert "no/such/page" not in response.content.decode()


@pytest.mark.django_db
def test_a_refusal_says_why_and_whom_to_ask(rf):
    district = DistrictFactory(name="Lakeside Schools", help_phone="555-0123", help_email="help@lakeside.example")
    request = rf.get("/")
    request.user = UserFactory(district=district)
    page = defaults.permission_denied(request, PermissionDenied("Only an approver decides.")).content.decode()
    assert "Only an approver decides." in page
    assert 'href="tel:555-0123"' in page
    assert 'href="mailto:help@lakeside.example"' in page
    assert reverse("contacts:directory") in page


@pytest.mark.django_db
def test_a_refusal_without_a_reason_still_has_words(rf):
    request = rf.get("/")
    request.user = UserFactory()
    assert "Your role in the portal" in defaults.permission_denied(request, PermissionDenied()).content.decode()


@pytest.mark.parametrize(
    ("view", "words"), [(defaults.server_error, "on our side"), (defaults.bad_request, "could not read that")]
)
def test_the_pages_for_a_broken_portal_need_no_database_and_no_session(rf, view, words):
    page = view(rf.get("/"), *([ValueError()] if view is defaults.bad_request else [])).content.decode()
    assert words in page
    assert "Nothing was changed" in page or "was not saved" in page


@pytest.mark.django_db
def test_a_form_from_elsewhere_or_too_old_is_refused_in_words():
    response = Client(enforce_csrf_checks=True).post(reverse("account_login"), {"login": "a@example.org"})
    assert response.status_code == 403
    page = response.content.decode()
    assert "Please send it again" in page
    assert "Go back and copy what you typed. Then load the page again" in page


def test_a_person_can_be_written_to_and_called():
    person = SimpleNamespace(display_name="Ada Reader", email="ada@example.org", phone="555-0123")
    page = render_to_string("_partials/person.html", {"person": person, "flag": "Flagged inactive"})
    assert 'href="mailto:ada@example.org"' in page
    assert 'href="tel:555-0123"' in page
    assert "Flagged inactive" in page


@pytest.mark.django_db
@pytest.mark.parametrize("known", [True, False])
def test_the_mail_about_a_password_uses_the_portals_words(client, mailoutbox, known):
    person = UserFactory()
    client.post(reverse("account_reset_password"), {"email": person.email if known else "nobody@example.org"})
    [mail] = mailoutbox
    assert "District Support Portal sent this automatically" in mail.body
    assert ("/accounts/password/reset/key/" in mail.body) is known
    assert "sign up" not in mail.body


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("roles", "action", "offered"),
    [
        ([Role.SUPPORT_CONTACT, Role.CREDENTIAL_APPROVER], "cases:new", "contacts:code"),
        ([Role.CREDENTIAL_APPROVER], "contacts:ask", "credentials:records"),
        ([Role.DISTRICT_ADMINISTRATOR], "contacts:choose_person", "contacts:settings"),
        ([], "contacts:ask", "contacts:directory"),
    ],
)
def test_the_home_page_leads_each_role_to_its_job(sign_in, settings, roles, action, offered):
    settings.MFA_REQUIRED_ROLES = frozenset()
    page = sign_in(UserFactory(roles=roles)).get(reverse("home")).content.decode()
    header = re.search(r"<header class=\"page-header\">.*?</header>", page, re.DOTALL)[0]
    ways = re.search(r"<ul class=\"ways\">.*?</ul>", page, re.DOTALL)[0]
    assert f'href="{reverse(action)}"' in header
    assert f'href="{reverse(offered)}"' in ways
    assert f'href="{reverse(action)}"' not in ways
    assert (reverse("contacts:settings") in ways) == (Role.DISTRICT_ADMINISTRATOR in roles)
