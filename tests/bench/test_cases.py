"""What the pages of cases cost over HTTP, beside a bare signed-in list of 25 cases, the bare SQL, and the same pages
without the policies that keep districts apart, all in the same run.

Prints p50 and p95 in milliseconds and asserts nothing about them. A million cases take some minutes to load:
``make bench ARGS="--cases 1000000"``.
"""

import http.client
import os
import re
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from statistics import median, quantiles
from urllib.parse import quote, urlencode
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases.models import Case, TimelineEntry
from contacts import scope
from contacts.models import District, Role
from portal.management.commands.migrate import as_owner
from portal.walls import TABLES, Rows
from tests.cases.conftest import NO_IMPACT
from tests.factories import AgentFactory, UserFactory

pytestmark = [pytest.mark.bench, pytest.mark.django_db(transaction=True)]
DISTRICTS = 500
OWN_CASES = 5_000
LOAD = """
INSERT INTO cases_case (district_id, contact_id, kind, product_area_id, subject, description, steps_to_replicate,
    urgency, priority, status, created_at, updated_at, is_exception, caller_name, caller_reach, emergency,
    defect_reference, assignee_id)
SELECT district, contact, 'question', (SELECT min(id) FROM cases_productarea),
    'Question ' || n || ' about ' || (ARRAY['grades', 'buses', 'meals'])[1 + n %% 3],
    CASE WHEN n %% 1000 = 0 THEN 'A zebra. ' ELSE '' END || repeat('An ordinary description of some length. ', 6), '',
    'normal', 'normal', CASE WHEN n %% 20 = 0 THEN 'assigned' ELSE 'new' END, moment, moment, false, '', '', '', '',
    CASE WHEN n %% 20 = 0 THEN %s END
FROM generate_series(1, %s) n
CROSS JOIN LATERAL (SELECT now() - n * interval '1 minute' AS moment) AS time
CROSS JOIN LATERAL (SELECT CASE WHEN n <= %s THEN 1 ELSE 1 + n %% %s END AS turn) AS pick
JOIN bench_turn USING (turn)
"""
ROWS = "SELECT number, subject, status, kind, priority, updated_at FROM cases_case"
NEWEST = " ORDER BY updated_at DESC, number DESC LIMIT 26"


@pytest.fixture
def world(request):
    """(contact of the first district, agent) beside so many cases of 500 districts."""
    count, started = request.config.getoption("cases"), time.perf_counter()
    districts = District.objects.bulk_create(
        District(name=f"District {number:03} of the bench", slug=f"bench-{number}") for number in range(DISTRICTS)
    )
    contacts = [UserFactory(district=district, roles=[Role.SUPPORT_CONTACT]) for district in districts]
    agent = AgentFactory()
    # Without a scope, so that each statement is no transaction: VACUUM refuses that.
    with as_owner(), scope.using(scope.NONE), connection.cursor() as cursor:
        cursor.execute("DROP INDEX cases_search")
        cursor.execute("CREATE TABLE bench_turn (turn int, district bigint, contact bigint)")
        turns = [(turn, person.district_id, person.pk) for turn, person in enumerate(contacts, start=1)]
        cursor.executemany("INSERT INTO bench_turn VALUES (%s, %s, %s)", turns)
        cursor.execute(LOAD, [agent.pk, count, min(OWN_CASES, count), DISTRICTS])
        cursor.execute("CREATE INDEX cases_search ON cases_case USING gin (search)")
        cursor.execute("DROP TABLE bench_turn")
        cursor.execute("VACUUM ANALYZE")
    print(f"\n{count:,} cases in {DISTRICTS} districts, loaded in {time.perf_counter() - started:.0f} s")
    return contacts[0], agent


@pytest.fixture
def server():
    """The address of the production server on the test database."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    host, name = connection.settings_dict["HOST"], connection.settings_dict["NAME"]
    environment = os.environ | {
        "DATABASE_URL": f"postgresql://{connection.settings_dict['USER']}@/{name}?host={host}",
        "DJANGO_SETTINGS_MODULE": "tests.bench.settings",
        "DEBUG": "false",
        "MFA_REQUIRED_ROLES": "",
    }
    subprocess.run(
        [sys.executable, "-m", "django", "collectstatic", "--noinput", "--verbosity=0"], env=environment, check=True
    )
    gunicorn = [sys.executable, "-m", "gunicorn", "portal.wsgi", f"--bind=127.0.0.1:{port}", "--workers=2"]
    process = subprocess.Popen([*gunicorn, "--threads=4", "--keep-alive=60", "--log-level=warning"], env=environment)
    try:
        wait_until_up(port)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=20)


def wait_until_up(port):
    for _ in range(200):
        try:
            with socket.create_connection(("127.0.0.1", port)):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("The server did not start.")


class Browser:
    """One signed-in client on a connection that stays open."""

    def __init__(self, port, user):
        client = Client()
        client.force_login(user)
        self.connection = http.client.HTTPConnection("127.0.0.1", port)
        self.cookies = {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}
        self.client = client

    def ask(self, method, path, body=None):
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "X-CSRFToken": self.cookies["csrftoken"]}
        self.connection.request(method, path, body and urlencode(body), headers)
        response = self.connection.getresponse()
        page = response.read()
        if cookie := re.search(r"csrftoken=(\w+)", response.headers.get("Set-Cookie", "")):
            self.cookies["csrftoken"] = cookie[1]
        assert response.status in (200, 302), (path, response.status)
        return page

    def get(self, path):
        return self.ask("GET", path)

    def queries(self, path):
        with CaptureQueriesContext(connection) as captured:
            self.client.get(path)
        return len(captured)


def measure(run, rounds):
    """(p50, p95) in milliseconds."""
    for _ in range(5):
        run()
    taken = []
    for _ in range(rounds):
        start = time.perf_counter()
        run()
        taken.append((time.perf_counter() - start) * 1000)
    return median(taken), quantiles(taken, n=20)[-1]


def sql(query, *values):
    def run():
        with connection.cursor() as cursor:
            cursor.execute(query, values)
            cursor.fetchall()

    return run


def bare_sql(user):
    """The bare SQL of each page's rows."""
    where, values = (" WHERE district_id = %s", [user.district_id]) if user.district_id else (" WHERE true", [])
    lexeme = f"'~d{user.district_id}' & " if user.district_id else ""
    found = f"{where} AND search @@ (%s)::tsquery"

    def search(words):
        return sql(ROWS + found + NEWEST, *values, f"{lexeme}{words}")

    return {
        "list": sql(ROWS + where + NEWEST, *values),
        "filtered list": sql(f"{ROWS}{where} AND status = 'assigned'{NEWEST}", *values),
        "search, rare": search("'zebra'"),
        "search, common": search("'grade'"),
        "search, two words": search("'ordinari' & 'grade'"),
        "search, no hit": search("'xylophon'"),
    }


def pages(case):
    return {
        "list": "/cases/",
        "filtered list": "/cases/?status=assigned",
        "tab": "/cases/?view=us",
        "sorted list": "/cases/?sort=-priority",
        "list by name": "/cases/?sort=agent",
        "search, rare": "/cases/?q=zebra",
        "search, common": "/cases/?q=grades",
        "search, two words": f"/cases/?q={quote('ordinary grades')}",
        "search, no hit": "/cases/?q=xylophone",
        "detail": case.get_absolute_url(),
        "home": "/",
    }


def test_the_pages_of_cases(world, server, request):
    rounds = request.config.getoption("rounds")
    contact, agent = world
    case = Case.objects.filter(contact=contact).order_by("pk")[0]
    TimelineEntry.objects.bulk_create(
        TimelineEntry(case=case, district_id=case.district_id, action="replied", text="Words.", by=by, status="new")
        for by in [contact, agent] * 5
    )
    print(f"{'':20}{'p50':>8}{'p95':>8}{'x bare':>8}{'SQL':>8}{'policies':>10}{'queries':>9}{'bytes':>9}")
    for who, user in (("contact", contact), ("agent", agent)):
        browser, plain = Browser(server, user), bare_sql(user)
        request.addfinalizer(browser.connection.close)
        base, slowest = measure(lambda browser=browser: browser.get("/bare/"), rounds)
        print(f"as {who}\n{'bare list':20}{base:8.1f}{slowest:8.1f}{1:8.1f}")
        for name, path in pages(case).items():
            p50, p95 = measure(lambda browser=browser, path=path: browser.get(path), rounds)
            with without_policies():
                open_p50, _ = measure(lambda browser=browser, path=path: browser.get(path), rounds)
            bare = f"{measure(plain[name], rounds)[0]:8.2f}" if name in plain else f"{'':8}"
            size = len(browser.get(path))
            ratios = f"{p50 / base:8.1f}{bare}{p50 / open_p50:10.2f}"
            print(f"{name:20}{p50:8.1f}{p95:8.1f}{ratios}{browser.queries(path):9}{size:9,}")
        for name, (path, body) in forms(case, who).items():
            p50, p95 = measure(lambda b=browser, path=path, body=body: b.ask("POST", path, body()), rounds)
            print(f"{name:20}{p50:8.1f}{p95:8.1f}{p50 / base:8.1f}")


@contextmanager
def without_policies():
    def row_level_security(state):
        with as_owner(), connection.cursor() as cursor:
            for table, rule in TABLES.items():
                if isinstance(rule, Rows):
                    cursor.execute(f"ALTER TABLE {table} {state} ROW LEVEL SECURITY")

    row_level_security("DISABLE")
    try:
        yield
    finally:
        row_level_security("ENABLE")


def forms(case, who):
    def reply():
        return {"text": "Words.", "idempotency_key": uuid4()}

    def submit():
        answers = {
            "kind": "question",
            "product_area": case.product_area_id,
            "subject": f"One {uuid4()}",
            "urgency": "low",
        }
        return answers | NO_IMPACT | {"description": "One.", "idempotency_key": uuid4()}

    found = {"reply": (f"{case.get_absolute_url()}reply/", reply)}
    return {"submit": ("/cases/new/", submit), **found} if who == "contact" else found
