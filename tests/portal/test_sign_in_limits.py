"""Guessing is slow, a district signs in at 8:00 behind one address, and nobody locks out a colleague."""

import re
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.hashers import make_password
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from contacts.models import User
from tests.contacts.races import at_once
from tests.factories import DistrictFactory, UserFactory

pytestmark = pytest.mark.django_db
PASSWORD, WRONG = "a long enough phrase", "not the phrase"
LOCKED = "Too many failed attempts."
SCHOOL, ELSEWHERE = "203.0.113.7", "198.51.100.{}"


@pytest.fixture
def person():
    return a_person()


def a_person(**fields):
    return UserFactory(password=make_password(PASSWORD), **fields)


def attempt(person, password=PASSWORD, *, address=SCHOOL, browser=None):
    """Try to sign in: "in", "wrong" or "locked"."""
    form = {"login": getattr(person, "email", person), "password": password}
    response = (browser or Client()).post(reverse("account_login"), form, REMOTE_ADDR=address)
    if response.status_code == 302:
        return "in"
    return "locked" if LOCKED in response.content.decode() else "wrong"


def known_browser(person):
    """A browser from which the person signed in before, and out again."""
    browser = Client()
    assert attempt(person, browser=browser) == "in"
    browser.post(reverse("account_logout"))
    return browser


def attempts(number, *args, **kwargs):
    return [attempt(*args, **kwargs) for _ in range(number)]


def test_300_people_behind_one_address_sign_in_within_a_minute_though_every_fifth_mistypes():
    district, password = DistrictFactory(), make_password(PASSWORD)
    people = [
        User(email=f"teacher{n}@example.org", first_name="T", last_name=str(n), district=district, password=password)
        for n in range(300)
    ]
    outcomes = []
    for n, person in enumerate(User.objects.bulk_create(people)):
        if n % 5 == 0:
            assert attempt(person, WRONG) == "wrong"
        outcomes.append(attempt(person))
    assert outcomes == ["in"] * 300


def test_300_people_behind_one_address_choose_a_password_within_a_minute(client):
    answers = set()
    for n in range(300):
        form = {"email": f"teacher{n}@example.org"}
        answers.add(client.post(reverse("account_reset_password"), form, REMOTE_ADDR=SCHOOL).status_code)
    assert answers == {302}


def test_a_link_in_an_e_mail_opens_for_a_whole_school_at_once(client):
    link = reverse("account_reset_password_from_key", kwargs={"uidb36": "1", "key": "set-password"})
    assert {client.post(link, REMOTE_ADDR=SCHOOL).status_code for _ in range(60)} == {200}


def test_a_sign_in_never_counts(person):
    assert attempts(20, person) == ["in"] * 20


def test_after_five_wrong_passwords_the_right_one_has_to_wait(person):
    assert attempts(6, person, WRONG) == ["wrong"] * 5 + ["locked"]
    assert attempt(person) == "locked"


def test_a_sign_in_between_guesses_gives_no_further_guesses(person):
    other = a_person()
    outcomes = [attempt(person, WRONG) for _ in range(5) if attempt(other) == "in"]
    assert [*outcomes, attempt(person, WRONG)] == ["wrong"] * 5 + ["locked"]


def test_an_unknown_address_is_locked_in_the_same_words():
    assert attempts(6, "nobody@example.org", WRONG) == ["wrong"] * 5 + ["locked"]


def test_the_spelling_of_the_address_gives_no_further_guesses(person):
    spellings = [person.email, person.email.upper(), f" {person.email}", person.email.title(), person.email]
    assert [attempt(spelling, WRONG) for spelling in spellings] == ["wrong"] * 5
    assert attempt(person) == "locked"


def test_a_person_who_is_locked_out_locks_out_no_colleague_behind_the_same_address(person):
    attempts(10, a_person(), WRONG)
    assert attempt(person) == "in"


def test_whoever_guesses_elsewhere_does_not_lock_the_person_out_at_school(person):
    for n in range(9):
        attempts(6, person, WRONG, address=ELSEWHERE.format(n))
    assert attempt(person) == "in"


def test_whoever_guesses_at_the_next_desk_does_not_lock_out_the_persons_own_browser(person):
    browser = known_browser(person)
    attempts(6, person, WRONG)
    assert attempt(person) == "locked"
    assert attempt(person, browser=browser) == "in"


def test_guesses_from_everywhere_stop_but_the_persons_own_browser_is_let_in(person, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"login_failed_person": "10/d/key"}
    browser = known_browser(person)
    outcomes = [attempt(person, WRONG, address=ELSEWHERE.format(n)) for n in range(12)]
    assert outcomes == ["wrong"] * 10 + ["locked"] * 2
    assert attempt(person, browser=browser, address=ELSEWHERE.format(99)) == "in"


def test_an_address_that_only_fails_is_stopped_but_known_browsers_there_are_let_in(person, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"login_failed_address": "10/10m/ip"}
    browser = known_browser(person)
    outcomes = [attempt(f"nobody{n}@example.org", WRONG) for n in range(12)]
    assert outcomes == ["wrong"] * 10 + ["locked"] * 2
    assert attempt(person) == "locked"
    assert attempt(person, browser=browser) == "in"
    assert attempt(person, address=ELSEWHERE.format(1)) == "in"


def test_a_try_that_is_refused_counts_nowhere(person, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"login_failed_address": "6/10m/ip"}
    assert attempts(20, person, WRONG)[5:] == ["locked"] * 15
    assert attempt(a_person()) == "in"


def test_a_known_browser_is_locked_too_after_five_wrong_passwords(person):
    browser = known_browser(person)
    assert attempts(6, person, WRONG, browser=browser) == ["wrong"] * 5 + ["locked"]


def test_a_browser_known_for_one_person_is_unknown_for_another(person):
    browser = known_browser(a_person())
    attempts(5, person, WRONG)
    assert attempt(person, browser=browser) == "locked"


def test_a_made_up_cookie_of_a_known_browser_is_worth_nothing(person):
    attempts(5, person, WRONG)
    browser = Client()
    browser.cookies["known_browser"] = "made-up:1t2u3v:signature"
    assert attempt(person, browser=browser) == "locked"


def test_a_new_password_by_e_mail_lets_in_at_once(person):
    attempts(6, person, WRONG)
    client = Client(REMOTE_ADDR=SCHOOL)
    client.post(reverse("account_reset_password"), {"email": person.email})
    form = client.get(urlsplit(re.search(r"https?://\S+", mail.outbox[0].body)[0]).path, follow=True)
    phrase = "another long phrase"
    client.post(form.redirect_chain[-1][0], {"password1": phrase, "password2": phrase})
    assert attempt(person, phrase) == "in"


def test_nobody_fills_a_mailbox_with_links(client, person):
    answers = [client.post(reverse("account_reset_password"), {"email": person.email}) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [302] * 5 + [429]
    assert len(mail.outbox) == 5
    assert "check your e-mail" in answers[-1].content.decode()


@pytest.mark.django_db(transaction=True)
def test_twenty_guesses_at_once_are_five(person):
    outcomes = at_once(*[lambda: attempt(person, WRONG)] * 20)
    assert sorted(outcomes) == ["locked"] * 15 + ["wrong"] * 5


def test_lock_outs_outlive_a_busy_morning():
    cache.set("first", 5)
    cache.set_many({f"counter-{n}": n for n in range(400)})
    assert cache.get("first") == 5
