"""Somebody who forgot their password gets in again, sets up the second factor and loses their phone."""

import re
from urllib.parse import urlsplit

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.core import mail
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
EMAIL, PHRASE = "administrator@demo.example", "another long phrase"


def submit(page, button, fields):
    for label, text in fields.items():
        page.get_by_role("textbox", name=re.compile(rf"^{re.escape(label)}\W*$")).fill(text)
    page.get_by_role("button", name=button, exact=True).click()


def test_a_forgotten_password_a_new_phone_and_a_lost_one(person, settings):
    settings.MFA_REQUIRED_ROLES = frozenset({"district_administrator"})
    owner = person.stranger()
    page = owner.page
    page.goto("/accounts/login/")
    owner.look("sign-in")
    submit(page, "Sign in", {"E-mail": EMAIL, "Password": "not the phrase"})
    expect(page).to_have_title(re.compile("^Error: Sign in"))
    owner.look("sign-in-wrong")
    for _ in range(5):
        submit(page, "Sign in", {"E-mail": EMAIL, "Password": "not the phrase"})
    expect(page.get_by_role("alert")).to_contain_text("Too many failed attempts.")
    owner.look("sign-in-locked")

    page.get_by_role("link", name="Forgot your password").click()
    owner.look("reset")
    submit(page, "Send the link", {"E-mail": EMAIL})
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your e-mail")
    owner.look("reset-sent")
    page.goto(urlsplit(re.search(r"https?://\S+", mail.outbox[0].body)[0]).path)
    owner.look("choose-password")
    submit(page, "Save password", {"New password": PHRASE, "New password (again)": PHRASE})
    owner.look("password-chosen")
    page.get_by_role("link", name="Sign in").last.click()
    submit(page, "Sign in", {"E-mail": EMAIL, "Password": PHRASE})

    expect(page.get_by_role("heading", level=1)).to_have_text("Set up your authenticator app")
    owner.look("enroll")
    submit(page, "Turn on", {"Authenticator code": "1"})
    expect(page).to_have_title(re.compile("^Error: "))
    owner.look("enroll-wrong")
    page.get_by_text("Type a setup key instead").click()
    secret = page.locator("code.secret").inner_text()
    code = totp.format_hotp_value(totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time())))
    submit(page, "Turn on", {"Authenticator code": code})
    expect(page.get_by_role("heading", level=1)).to_have_text("Your recovery codes")
    owner.look("recovery-codes")
    recovery_code = page.locator(".codes li").first.inner_text()
    page.goto("/accounts/2fa/")
    owner.look("second-factor")

    page.context.clear_cookies(name="sessionid")
    page.goto("/accounts/login/")
    submit(page, "Sign in", {"E-mail": EMAIL, "Password": PHRASE})
    expect(page.get_by_role("heading", level=1)).to_have_text("Enter your code")
    submit(page, "Sign in", {"Code": "123"})
    expect(page.get_by_role("alert")).to_contain_text("That code is wrong")
    owner.look("code-wrong")
    submit(page, "Sign in", {"Code": recovery_code})
    expect(page).to_have_url(re.compile("/$"))
