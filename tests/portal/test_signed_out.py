"""Whoever was signed out while typing, or opens an address that takes forms only, is not left with a blank page."""

import pytest
from django import forms
from django.test import Client
from django.urls import get_resolver, reverse

from portal.middleware import NOT_TYPED
from tests.factories import CaseFactory

pytestmark = pytest.mark.django_db
BROWSER = {"Accept": "text/html,application/xhtml+xml"}


def sent_too_late(client, data, referer="http://testserver/cases/5/?a=1"):
    return client.post("/cases/5/reply/", data, headers={"Referer": referer})


def test_what_was_typed_comes_back_to_be_copied(client):
    answer = sent_too_late(client, {"text": "The roster\nis empty.", "value_expires_on": "2030-01-01", "steps": " "})
    assert answer.status_code == 401
    assert answer.context["typed"] == [("Your text", "The roster\nis empty."), ("Expires on", "2030-01-01")]
    page = answer.content.decode()
    assert "You were signed out before this was sent" in page
    assert "readonly>\nThe roster\nis empty.</textarea>" in page
    assert 'href="/accounts/login/?next=%2Fcases%2F5%2F%3Fa%3D1"' in page


def test_what_was_typed_is_shown_as_text_and_never_run(client):
    attack = '</textarea><script>alert(1)</script><b title="'
    page = sent_too_late(client, {"text": attack, "x><script>": "y"}).content.decode()
    assert "<script>alert" not in page
    assert "x><script>" not in page
    assert "&lt;/textarea&gt;&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_passwords_codes_and_hidden_fields_are_never_shown_again(client):
    secrets = {"password": "s3cret1", "oldpassword": "s3cret2", "password1": "s3cret3", "code": "s3cret4"}
    secrets |= {
        "csrfmiddlewaretoken": "s3cret5",
        "token": "s3cret6",
        "idempotency_key": "s3cret7",
        "record_version": "s3cret8",
    }
    page = sent_too_late(client, secrets).content.decode()
    assert "s3cret" not in page
    assert "What you typed" not in page


def test_no_hidden_field_of_any_form_counts_as_typed():
    get_resolver().url_patterns  # noqa: B018 - reading them imports every view, and with them every form
    hidden = {
        name
        for form in _kinds_of(forms.BaseForm)
        if form.__module__.split(".")[0] in ("portal", "contacts", "cases", "credentials")
        for name, field in form.base_fields.items()
        if field.widget.is_hidden
    }
    assert {"idempotency_key", "record_version"} <= hidden
    assert {name for name in hidden if not NOT_TYPED.search(name)} == set()


def _kinds_of(kind):
    for each in kind.__subclasses__():
        if hasattr(each, "base_fields"):
            yield each
        yield from _kinds_of(each)


@pytest.mark.parametrize(
    "elsewhere", ["", "http://evil.example/cases/5/", "http://testserver//evil.example/", "javascript:alert(1)"]
)
def test_sign_in_leads_back_to_our_own_pages_only(client, elsewhere):
    page = sent_too_late(client, {"text": "x"}, referer=elsewhere).content.decode()
    assert '<a class="btn btn-primary" href="/accounts/login/">' in page
    assert "evil" not in page


def test_a_form_whose_sender_is_unknown_is_refused_before_it_is_shown():
    answer = Client(enforce_csrf_checks=True).post("/cases/5/reply/", {"text": "The roster is empty."})
    assert answer.status_code == 403
    assert b"The roster" not in answer.content


@pytest.mark.parametrize("verb", ["reply", "close"])
def test_the_address_of_a_verb_opened_in_a_browser_leads_to_its_case(sign_in, verb):
    case = CaseFactory()
    client = sign_in(case.contact)
    answer = client.get(reverse(f"cases:{verb}", args=[case.pk]), headers=BROWSER)
    assert answer.url == case.get_absolute_url()
    assert client.get(answer.url).status_code == 200


def test_a_program_that_asks_in_the_wrong_way_is_told_so(sign_in):
    case = CaseFactory()
    address = reverse("cases:reply", args=[case.pk])
    assert sign_in(case.contact).get(address, headers={"Accept": "application/json"}).status_code == 405


@pytest.mark.parametrize(
    "address", ["/help/%00", "/help/?q=%00", "/accounts/login/?next=%00", "/cases/?q=a%00b", "/admin/?x=%00"]
)
def test_an_address_with_a_nul_is_not_understood(client, address):
    answer = client.get(address)
    assert answer.status_code == 400
    assert "could not read that" in answer.content.decode()


def test_a_cookie_with_a_nul_is_not_understood(client):
    answer = client.get("/help/", headers={"Cookie": r'sessionid="abcdefgh\000klm"'})
    assert answer.status_code == 400
