"""The whole portal on one machine, started and stopped as a person does it."""

import os
import pty
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import psycopg
import pytest

from portal import roles
from portal.embedded import Embedded, erase

pytestmark = pytest.mark.starts
ROOT = Path(__file__).resolve().parents[2]


def environment(data, **extra):
    """A fresh terminal's: nothing of the test run's own servers."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "LD_LIBRARY_PATH") if name in os.environ}
    return {**inherited, "PORTAL_DATA_DIR": str(data), **extra}


def manage(data, *arguments, **extra):
    """A manage.py command in a second terminal."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment(data, **extra),
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def processes_of(data):
    """Everything alive that was started for this data directory."""
    wanted, found = f"PORTAL_DATA_DIR={data}".encode(), []
    for each in Path("/proc").glob("[0-9]*"):
        try:
            if wanted in (each / "environ").read_bytes() and (each / "cmdline").read_bytes():
                found.append(int(each.name))
        except OSError:
            continue
    return found


def wait_until(true, seconds=120):
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.1)


class Portal:
    def __init__(self, data, port=None, stdin=subprocess.DEVNULL, **extra):
        self.data, self.port = data, port or free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "up"],
            cwd=ROOT,
            env=environment(data, PORT=self.port, **extra),
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.said = ""

    def wait_for_banner(self):
        for line in self.process.stdout:
            self.said += line
            if "Ctrl-C stops everything" in line:
                return self
        self.process.communicate()
        raise AssertionError(self.said)

    def get(self, path):
        with urllib.request.urlopen(self.address + path, timeout=10) as answer:  # noqa: S310 - our own
            return answer.status, answer.read().decode()

    def status(self, path):
        """The answer to a person whose browser has a session."""
        request = urllib.request.Request(self.address + path, headers={"Cookie": f"sessionid={'a' * 32}"})  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
                return answer.status
        except urllib.error.HTTPError as refused:
            refused.close()
            return refused.code

    def ends(self):
        self.said += self.process.communicate(timeout=120)[0]
        wait_until(lambda: not processes_of(self.data), seconds=60)
        return self.process.returncode


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """One data directory for the whole module: only the first start has to fill it."""
    data = tmp_path_factory.mktemp("up")
    yield data
    for process in processes_of(data):
        os.kill(process, signal.SIGKILL)
    wait_until(lambda: not processes_of(data))
    erase({"PORTAL_DATA_DIR": str(data)})


@pytest.fixture
def idle_data(data):
    """The same with nothing running there, whichever tests came before."""
    for process in processes_of(data):
        os.kill(process, signal.SIGINT)
    wait_until(lambda: not processes_of(data))
    return data


@pytest.fixture(scope="module")
def portal(data):
    """Runs until the test of Ctrl-C, the last that asks for it."""
    portal = Portal(data).wait_for_banner()
    yield portal
    if portal.process.poll() is None:
        portal.process.send_signal(signal.SIGINT)
        portal.ends()
    portal.process.stdout.close()


def test_the_first_start_serves_pages_and_prints_the_address_and_the_demo_people(portal):
    assert portal.address in portal.said
    for person in ("teacher@demo.example", "agent@support.example", "portal-demo"):
        assert person in portal.said
    assert portal.get("/livez")[0] == 200
    assert '"broker": "ok"' in portal.get("/readyz")[1]
    status, page = portal.get("/accounts/login/")
    assert status == 200
    style = re.search(r'href="(/static/[^"]+\.css)"', page)
    assert portal.get(style[1])[0] == 200


def test_a_second_start_says_who_holds_it_and_a_command_in_a_second_terminal_talks_to_it(portal):
    second = manage(portal.data, "up", PORT=free_port())
    assert second.returncode != 0
    assert f"in use by process {portal.process.pid} (manage.py up)" in second.stderr
    assert len(second.stderr.splitlines()) == 1
    ask = "from contacts.models import User; print(User.objects.filter(email='teacher@demo.example').count())"
    assert manage(portal.data, "shell", "-v0", "-c", ask).stdout.strip() == "1"
    assert portal.get("/livez")[0] == 200


def test_while_the_database_is_lost_pages_say_so_and_then_they_are_back(portal):
    with psycopg.connect(
        Embedded(portal.data).owner_url, user="postgres", dbname="postgres", autocommit=True
    ) as connection:
        connection.execute("ALTER DATABASE portal ALLOW_CONNECTIONS false")
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'portal'")
        assert [portal.status(path) for path in ("/readyz", "/")] == [503, 503]
        connection.execute("ALTER DATABASE portal ALLOW_CONNECTIONS true")
    assert [portal.status(path) for path in ("/readyz", "/")] == [200, 200]


def test_ctrl_c_stops_everything_even_when_pressed_twice(portal):
    portal.process.send_signal(signal.SIGINT)
    time.sleep(0.2)
    portal.process.send_signal(signal.SIGINT)
    assert portal.ends() == 0


def test_after_kill_9_everything_goes_and_the_next_start_recovers_by_itself(idle_data):
    portal = Portal(idle_data).wait_for_banner()
    portal.process.kill()
    portal.process.wait()
    wait_until(lambda: not processes_of(idle_data))
    again = Portal(idle_data, portal.port).wait_for_banner()
    portal.process.stdout.close()
    try:
        assert again.get("/readyz")[0] == 200
    finally:
        again.process.send_signal(signal.SIGINT)
    assert again.ends() == 0
    again.process.stdout.close()


@pytest.mark.parametrize("moment", ["", "Preparing", "Ctrl-C stops everything"])
def test_after_kill_9_of_make_everything_goes_without_a_traceback(idle_data, moment):
    as_make = "import os, subprocess, sys; subprocess.call([*sys.argv[1:], str(os.getpid())])"
    with subprocess.Popen(
        [sys.executable, "-c", as_make, sys.executable, "manage.py", "up", "--with-parent"],
        cwd=ROOT,
        env=environment(idle_data, PORT=free_port()),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as make:
        if moment:
            assert any(moment in line for line in make.stdout)
        else:
            wait_until(lambda: len(processes_of(idle_data)) == 2)
        make.kill()
        wait_until(lambda: not processes_of(idle_data))
        assert "Traceback" not in make.stdout.read()


def test_a_closed_terminal_stops_everything(idle_data):
    terminal, its_end = pty.openpty()
    portal = Portal(idle_data, stdin=its_end).wait_for_banner()
    os.close(its_end)
    os.close(terminal)
    assert portal.ends() == 0


def test_a_command_without_a_running_portal_has_servers_of_its_own(idle_data):
    assert manage(idle_data, "migrate", "-v0").returncode == 0
    ask = "from contacts.models import User; print(User.objects.filter(email='nobody@demo.example').count())"
    assert manage(idle_data, "shell", "-v0", "-c", ask).stdout.strip() == "0"
    assert not processes_of(idle_data)


def test_a_busy_port_is_one_clear_sentence(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        refused = manage(tmp_path, "up", PORT=str(port))
    assert refused.returncode != 0
    assert refused.stderr == f"Port {port} is in use. Choose another: make run PORT={port + 1}\n"


@pytest.mark.parametrize("port", ["eighty", "99999"])
def test_a_port_that_is_not_a_port_number_is_one_clear_sentence(tmp_path, port):
    refused = manage(tmp_path, "up", PORT=port)
    assert refused.returncode != 0
    assert refused.stderr == f"PORT is {port!r}, which is not a port number.\n"


def test_a_database_that_does_not_answer_is_one_clear_sentence(tmp_path):
    refused = manage(tmp_path, "up", PORT=free_port(), DATABASE_URL="postgresql://nobody@localhost:9/portal")
    assert refused.returncode != 0
    assert re.fullmatch(
        r"The database cannot be used: .*Connection refused.* Check DATABASE_URL and that server\.\n", refused.stderr
    )


@pytest.mark.parametrize(
    "address",
    ["nonsense", "mysql://elsewhere/portal", "sqlite:///portal", "postgresql://h:port/portal", "postgresql://h"],
)
@pytest.mark.parametrize("command", ["up", "migrate"])
def test_an_address_that_is_not_postgresqls_is_one_clear_sentence(tmp_path, command, address):
    refused = manage(tmp_path, command, DATABASE_URL=address, REDIS_URL="redis://127.0.0.1:9")
    assert refused.returncode != 0
    assert refused.stderr == (
        "DATABASE_URL is not the address of a PostgreSQL database,"
        " such as postgresql://user:password@host:5432/portal.\n"
    )


def test_the_data_directory_of_another_user_is_one_clear_sentence(tmp_path):
    theirs = tmp_path if os.geteuid() == 0 else "/usr"
    if os.geteuid() == 0:
        os.chown(theirs, 4711, 4711)
    for command in ("up", "migrate"):
        refused = manage(theirs, command)
        assert refused.returncode != 0
        assert refused.stderr == (
            f"{theirs} belongs to another user. Set PORTAL_DATA_DIR to a directory of your own.\n"
        )


@pytest.fixture
def somebody_elses():
    """An empty database beside the tests' own, with an owner who is no superuser."""
    name = f"somebody_{os.getpid()}"  # the workers of a run share one server
    superuser = os.environ["DATABASE_URL"].replace(f"{roles.WEB}@/portal", "postgres@/postgres")
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {name} LOGIN")
        connection.execute(f"CREATE DATABASE {name} OWNER {name}")
        yield superuser.replace("postgres@/postgres", f"{name}@/{name}")
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
        connection.execute(f"DROP ROLE {name}")


def test_a_database_in_which_nothing_may_be_made_is_one_clear_sentence(tmp_path, somebody_elses):
    with psycopg.connect(somebody_elses, autocommit=True) as connection:
        connection.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC, pg_database_owner")
    refused = manage(tmp_path, "up", PORT=free_port(), DATABASE_URL=somebody_elses)
    assert refused.returncode != 0
    assert re.fullmatch(
        r"The database cannot be used: .*permission denied for schema public.* Check DATABASE_URL and that server\.\n",
        refused.stderr,
    )


@pytest.mark.parametrize("whose", ["somebody else's", "its own"])
def test_without_the_demo_the_first_admin_is_made_by_the_printed_command(tmp_path, somebody_elses, whose):
    extra = {"DATABASE_URL": somebody_elses} if whose == "somebody else's" else {"DEMO": "false"}
    portal = Portal(tmp_path, **extra).wait_for_banner()
    try:
        assert "demo" not in portal.said
        where = ", with the same DATABASE_URL" if whose == "somebody else's" else ""
        printed = f"in a second terminal{where}:\n    .venv/bin/python manage.py createsuperuser\n"
        assert printed in portal.said
        ask = "from contacts.models import User; print(list(User.objects.values_list('email', 'is_staff')))"
        assert manage(tmp_path, "shell", "-v0", "-c", ask, **extra).stdout.strip() == "[]"
        answers = ["--noinput", "--email=first@example.org", "--first_name=First", "--last_name=Admin"]
        manage(tmp_path, "createsuperuser", *answers, DJANGO_SUPERUSER_PASSWORD="a password of theirs", **extra)
        assert manage(tmp_path, "shell", "-v0", "-c", ask, **extra).stdout.strip() == "[('first@example.org', True)]"
    finally:
        portal.process.send_signal(signal.SIGINT)
        assert portal.ends() == 0
        portal.process.stdout.close()
        erase({"PORTAL_DATA_DIR": str(tmp_path)})


def test_a_full_disk_is_one_clear_sentence(tmp_path):
    (tmp_path / "owner.lock").symlink_to("/dev/full")
    for command in ("up", "check"):
        refused = manage(tmp_path, command)
        assert refused.returncode != 0
        assert refused.stderr.startswith(f"The disk that holds {tmp_path} is full.")
        assert len(refused.stderr.splitlines()) == 1


def test_make_refuses_an_old_python_in_one_clear_sentence(tmp_path):
    command, env = ["make", "run", "PYTHON=false"], environment(tmp_path)
    refused = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert refused.returncode != 0
    assert refused.stdout == "Python 3.11 or later is needed: make run PYTHON=/path/to/python3.11\n"


def test_python_older_than_3_11_is_one_clear_sentence():
    too_old = "import sys; sys.version_info = (3, 9, 2); sys.version = '3.9.2 (main)'; import manage; manage.main()"
    refused = subprocess.run([sys.executable, "-c", too_old], cwd=ROOT, capture_output=True, text=True, check=False)
    assert refused.returncode != 0
    assert refused.stderr == "Python 3.11 or later is needed; this is Python 3.9.2\n"
