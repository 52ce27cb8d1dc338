"""A headless Chromium in which people do their jobs, and axe-core, which looks at each page they see."""

import os

import pytest
from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from django.core.management import call_command
from django.test import Client
from playwright.sync_api import expect, sync_playwright

from tests import reference_data
from tests.services import chromium
from tests.walk.snapshot import Snapshot

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
LOOKS = [(width, scheme) for width in (1280, 390) for scheme in ("light", "dark")]
# Dark is the same page in other colors, so that the rules about colors are asked again, and no others.
AXE = {
    "light": {"resultTypes": ["violations"]},
    "dark": {"resultTypes": ["violations"], "runOnly": ["color-contrast", "link-in-text-block"]},
}
# Milliseconds, which only a very busy machine needs.
PATIENCE = 30_000
expect.set_options(timeout=PATIENCE)
SHOTS = os.environ.get("SCREENSHOTS")


class Person:
    """Somebody of the demo at their own browser."""

    def __init__(self, browser, address, *, scripts=True):
        context = browser.new_context(base_url=address, reduced_motion="reduce", java_script_enabled=scripts)
        self.page, self.scripts, self.address = context.new_page(), scripts, address
        self.page.set_default_timeout(PATIENCE)
        self.trouble = []
        self.page.on("console", lambda line: self.trouble.append(line.text) if line.type == "error" else None)
        self.page.on("pageerror", lambda error: self.trouble.append(str(error)))

    def sign_in(self, email):
        """As the sign-in page does, without drawing it: its own walk looks at that."""
        client = Client()
        assert client.post("/accounts/login/", {"login": email, "password": "portal-demo"}).status_code == 302
        cookies = [{"name": each.key, "value": each.value, "url": self.address} for each in client.cookies.values()]
        self.page.context.add_cookies(cookies)
        self.page.goto("/")
        return self

    def look(self, name):
        """Check the page as it stands in light and dark, wide and narrow: no axe violation, no sideways scroll.

        Axe is a script itself, so a browser that runs none has nothing to look with.
        """
        if not self.scripts:
            return
        self.page.wait_for_load_state()  # a click waits for the answer, not for the page in it
        self.page.evaluate(AXE_SCRIPT)
        for width, scheme in LOOKS:
            self.page.set_viewport_size({"width": width, "height": 900})
            self.page.emulate_media(color_scheme=scheme)
            if SHOTS:
                self.page.screenshot(path=f"{SHOTS}/{name}-{width}-{scheme}.png", full_page=True)
            found = AxeResults(self.page.evaluate("options => axe.run(options)", AXE[scheme]))
            assert not found.response["violations"], f"{name}, {width} px, {scheme}:\n{found.generate_report()}"
            wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, f"{name} at {width} px scrolls sideways by {wide} px"
        self.page.set_viewport_size({"width": 1280, "height": 900})
        assert not self.trouble, f"{name}: {self.trouble}"


@pytest.fixture(scope="session")
def browser():
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # playwright's sync API runs an event loop in this thread
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def portal(transactional_db, live_server, settings, demo):
    """The portal as `make run` shows it: the demo people, who need no second factor."""
    settings.DEMO, settings.SUPPORT_PHONE, settings.MFA_REQUIRED_ROLES = True, "555-0199", frozenset()
    demo()
    return live_server


@pytest.fixture(scope="session")
def demo():
    """Puts the demo in: loaded for the first walk, and for each one after it as it stood then."""

    taken = []

    def put_in():
        if taken:
            taken[0].restore()
        else:
            reference_data.put_back()
            call_command("load_demo", verbosity=0)
            taken.append(Snapshot())

    return put_in


@pytest.fixture
def person(portal, browser):
    """``person("teacher@demo.example")`` is signed in, in a browser of their own; ``person.stranger()`` is not.

    With ``scripts=False`` the browser runs no JavaScript.
    """
    people = []

    def stranger(**how):
        people.append(Person(browser, portal.url, **how))
        return people[-1]

    def arrive(email, **how):
        return stranger(**how).sign_in(email)

    arrive.stranger = stranger
    yield arrive
    for somebody in people:
        somebody.page.context.close()
