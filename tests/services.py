"""A pytest plugin: a private PostgreSQL and Redis for this run, and the rule for tests that need a browser.

pytest-django reads the settings before any conftest.py, so the servers' addresses must be known by then: pytest loads
this file first (`-p tests.services`).
"""

import os
import shutil
import tempfile

import psycopg
import pytest

from portal import roles
from portal.embedded import Embedded, configured, erase
from portal.processes import CannotRun

NO_CHROMIUM = "no Chromium on this machine (on Debian: apt-get install chromium)"
NO_SAMPLE_DISTRICT = "Ed-Fi's sample district is not beside this repository (../shared/data/edfi)"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
servers = pytest.StashKey[Embedded]()


def chromium():
    """The path of a Chromium for browser tests, or None."""
    return next((path for path in map(shutil.which, BROWSERS) if path), None)


def in_ci():
    return os.environ.get("CI") == "true"


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config):
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if not worker:
        early_config.stash[servers] = start_servers()
    # Workers share one Redis, each with a database of its own; the controller's is number 0.
    os.environ["REDIS_URL"] = os.environ["REDIS_URL"].replace("=0", f"={int(worker[2:] or -1) + 1}")
    return (yield)


def start_servers():
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "DEBUG", "EMAIL_URL"):
        os.environ.pop(name, None)
    os.environ["PORTAL_DATA_DIR"] = tempfile.mkdtemp(prefix="portal-tests-")
    embedded = configured(os.environ, SECRET_KEY="only-for-tests-" * 4)
    os.environ["DEMO"] = "false"
    # A measurement may load for minutes.
    os.environ["DATABASE_STATEMENT_TIMEOUT"] = "0"
    # Static files from where they lie, and the component page; pytest-django turns the rest of it off again.
    os.environ["DEBUG"] = "true"
    embedded.durable = False
    try:
        embedded.start()
        with psycopg.connect(host=str(embedded.sockets), user="postgres", autocommit=True) as connection:
            connection.execute(f"ALTER ROLE {roles.OWNER} CREATEDB")
        return embedded
    except CannotRun as refusal:
        raise pytest.UsageError(str(refusal)) from None


def pytest_unconfigure(config):
    if embedded := config.stash.get(servers, None):
        embedded.stop()
        erase({"PORTAL_DATA_DIR": str(embedded.data)})


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    if item.get_closest_marker("browser") and not chromium():
        pytest.skip(NO_CHROMIUM)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Under CI a skipped test has failed, unless it needs Ed-Fi's sample district, which a clone does not come with.

    Made-up districts in tests/credentials/samples have the same cases.
    """
    report = yield
    may_be_skipped = hasattr(report, "wasxfail") or NO_SAMPLE_DISTRICT in str(report.longrepr)
    if report.skipped and in_ci() and not may_be_skipped:
        report.outcome = "failed"
        report.longrepr = f"skipped under CI: {call.excinfo.value}"
    return report


def pytest_terminal_summary(terminalreporter):
    skipped = [str(report.longrepr) for report in terminalreporter.stats.get("skipped", [])]
    for reason in (NO_CHROMIUM, NO_SAMPLE_DISTRICT):
        if count := sum(reason in text for text in skipped):
            terminalreporter.write_line(f"{count} skipped: {reason}.")
    # What a test has counted (record_property), also where it ran in another process.
    for report in terminalreporter.stats.get("passed", []) + terminalreporter.stats.get("failed", []):
        for what, counted in report.user_properties:
            terminalreporter.write_line(f"{what}: {counted}")
