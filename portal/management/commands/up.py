"""The whole portal on one machine: its servers, the site, a Celery worker and Celery beat, until Ctrl-C."""

import os
import signal
import socket
import sys
import time
import urllib.request
from contextlib import suppress

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import BaseCommand, call_command
from django.db import NotSupportedError, OperationalError, connections
from django.db.migrations.exceptions import MigrationSchemaMissing

from portal.embedded import configured
from portal.processes import CannotRun, end_with_parent, in_plain_words, spawn, stop_all

READY_TIMEOUT = 60  # seconds
BANNER = """
  The portal is ready:  {address}
{sign_in}
  Ctrl-C stops everything.
"""
DEMO_PEOPLE = """
  Sign in with the password  portal-demo  as one of these demo people:
    teacher@demo.example         coach@demo.example       support@demo.example
    technical@demo.example       approver@demo.example    administrator@demo.example
    agent@support.example        lead@support.example     admin@support.example  (also {address}/admin/)
  The second demo district has the same six people at other.example.
"""
FIRST_ADMIN = """
  There is no admin yet. Make the first one in a second terminal{where}:
    .venv/bin/python manage.py createsuperuser
"""


class Stop(BaseException):
    """Ctrl-C, a request to end, or a closed terminal."""


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("--with-parent", type=int, metavar="PID", help="stop, too, when this process is killed")

    def handle(self, *, with_parent, **options):
        if with_parent:
            end_with_parent(with_parent)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _stop)
        embedded = configured(os.environ)
        try:
            embedded.acquire()
            address = f"http://127.0.0.1:{free_port(os.environ.get('PORT') or '8000')}"
            embedded.start()
            self.prepare(embedded)
            banner = BANNER.format(address=address, sign_in=self.who_signs_in(embedded, address))
            connections.close_all()
            self.serve(address, embedded, banner)
        except Stop:
            pass
        finally:
            embedded.stop()

    def prepare(self, embedded):
        self.say("Preparing the database and the static files ...")
        try:
            call_command("migrate", interactive=False, verbosity=0)
            call_command("collectstatic", interactive=False, verbosity=0)
            if settings.DEMO and not get_user_model().objects.exists():
                self.say("The database is empty: loading the demo data ...")
                call_command("load_demo", verbosity=0)
        except (OperationalError, NotSupportedError, MigrationSchemaMissing) as error:
            words = " ".join(in_plain_words(error, settings.DATA_DIR).split())
            hint = "" if "postgres" in embedded.processes else " Check DATABASE_URL and that server."
            raise CannotRun(f"The database cannot be used: {words}{hint}") from error
        except OSError as error:
            raise CannotRun(in_plain_words(error, settings.DATA_DIR)) from error

    def who_signs_in(self, embedded, address):
        """The demo people, how to make the first admin, or nothing."""
        people = get_user_model().objects
        if settings.DEMO and people.filter(email="teacher@demo.example").exists():
            return DEMO_PEOPLE.format(address=address)
        if people.filter(is_staff=True, is_active=True).exists():
            return ""
        where = "" if "postgres" in embedded.processes else ", with the same DATABASE_URL"
        return FIRST_ADMIN.format(where=where)

    def serve(self, address, embedded, banner):
        children, has_terminal = {}, os.isatty(0)
        # They inherit the lock, too: after a kill -9 the next start waits until the last of them has freed the port.
        how = {"env": environment(address), "cwd": settings.BASE_DIR, "pass_fds": [embedded.lock.fileno()]}
        try:
            for name, command in commands(address.rpartition(":")[2]).items():
                children[name] = spawn(command, **how)
            watched = {**embedded.processes, **children}
            wait_until_ready(address, watched)
            self.say(banner)
            watch(watched, has_terminal)
        finally:
            self.say("Stopping ...")
            stop_all(children.values())

    def say(self, text):
        with suppress(OSError):  # the terminal may be closed
            self.stdout.write(text)
            self.stdout.flush()


def _stop(number, frame):
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # a second Ctrl-C does not cut the stop short
        signal.signal(each, signal.SIG_IGN)
    raise Stop


def free_port(text):
    try:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", int(text)))
            probe.listen()
    except (ValueError, OverflowError):
        raise CannotRun(f"PORT is {text!r}, which is not a port number.") from None
    except PermissionError:
        raise CannotRun(f"Port {text} is reserved for root. Choose another: make run PORT=8001") from None
    except OSError:
        raise CannotRun(f"Port {text} is in use. Choose another: make run PORT={int(text) + 1}") from None
    return int(text)


def environment(address):
    own = {"PORTAL_URL": address, "PYTHONUNBUFFERED": "1", "PYTHONWARNINGS": "ignore:You're running the worker"}
    return {**own, **os.environ}


def commands(port):
    memory = "/dev/shm"  # noqa: S108 - gunicorn makes an unguessable file there
    gunicorn = [sys.executable, "-m", "gunicorn", "portal.wsgi", f"--bind=127.0.0.1:{port}", "--workers=2"]
    gunicorn += ["--threads=4", "--graceful-timeout=3", "--no-control-socket", "--log-level=warning"]
    gunicorn += [f"--worker-tmp-dir={memory if os.access(memory, os.W_OK) else settings.DATA_DIR}"]
    celery = [sys.executable, "-m", "celery", "--quiet", "-A", "portal"]
    return {
        "web": gunicorn,
        "worker": [*celery, "worker", "--concurrency=2", "--loglevel=warning"],
        "beat": [*celery, "beat", "--pidfile=", "--loglevel=warning"],
    }


def check(processes):
    for name, process in processes.items():
        if process.poll() is not None:
            raise CannotRun(f"{name} stopped by itself (status {process.returncode}); its last output is above.")


def wait_until_ready(address, processes):
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + READY_TIMEOUT
    while time.monotonic() < deadline:
        check(processes)
        with suppress(OSError):
            direct.open(f"{address}/readyz", timeout=5).close()
            return
        time.sleep(0.1)
    raise CannotRun(f"{address} did not become ready within {READY_TIMEOUT} seconds.")


def watch(processes, has_terminal):
    """Until a child stops or the terminal closes: a process started without a shell gets no signal for that."""
    while not has_terminal or os.isatty(0):
        check(processes)
        time.sleep(0.3)
