"""PostgreSQL and Redis for one machine, when DATABASE_URL and REDIS_URL name no others.

Whoever starts the servers owns the data directory for as long as it lives: it holds a lock on `owner.lock`, and the
servers inherit the open file. So the lock is free only when the owner *and* everything it started are gone, however
they went, and no list of process numbers can go stale. On Linux the kernel ends the servers when their owner ends.

Standard library only, so that `make clean` can run this file without a virtual environment.
"""

import errno
import fcntl
import hashlib
import os
import pwd
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path

from portal import roles
from portal.processes import CannotRun, in_plain_words, is_alive, open_to_everyone, spawn, stop_all, tied_to_parent
from portal.programs import copy_of_bundled_postgres, postgres_programs, redis_program

SERVER_TIMEOUT = 30  # seconds to start
LONGEST_SOCKET_PATH = 100  # bytes; the kernel's limit is 107


class InUse(CannotRun):
    pass


class Embedded:
    """Knows the addresses before anything runs; `start` and `stop` are the owner's."""

    def __init__(self, data, durable=True):
        self.data = Path(data).absolute()
        self.durable = durable
        # PostgreSQL refuses to run as root.
        self.account = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
        self.sockets = self._sockets()
        self.redis_socket = self.sockets / "redis.sock"
        self.database_url = f"postgresql://{roles.WEB}@/portal?host={self.sockets}"
        self.owner_url = f"postgresql://{roles.OWNER}@/portal?host={self.sockets}"
        self.redis_url = f"redis+socket://{self.redis_socket}?virtual_host=0"
        self.processes = {}
        self.lock = None

    @property
    def home(self):
        """The directory of PostgreSQL's files: `data`, or where a link there leads when `data` was out of reach."""
        link = self.data / "outside"
        return link.resolve() if link.is_symlink() else self.data

    @property
    def postgres_data(self):
        return self.home / "postgres"

    def _sockets(self):
        """Beside the data, unless that path is out of reach, too long, or holds what has a meaning in an address."""
        inside = self.data / "run"
        is_short = len(os.fsencode(inside / ".s.PGSQL.5432.lock")) <= LONGEST_SOCKET_PATH
        is_plain = re.fullmatch(r"[\w./-]+", str(inside), re.ASCII)
        if is_short and is_plain and (not self.account or open_to_everyone(self.data.parent)):
            return inside
        name = hashlib.sha256(os.fsencode(self.data)).hexdigest()[:12]
        return Path("/var/run" if self.account else tempfile.gettempdir()) / f"portal-{os.geteuid()}-{name}"

    def secret_key(self):
        self._make_private_directory(self.data)
        path = self.data / "secret_key"
        if not path.exists():
            draft = self.data / f"secret_key.{os.getpid()}"
            draft.touch(mode=0o600)
            draft.write_text(secrets.token_urlsafe(50))
            draft.replace(path)  # whole or not at all, however full the disk is
        return path.read_text()

    # --- ownership ------------------------------------------------------------------------------------------------

    def acquire(self):
        """Take the data directory, waiting only for what a killed owner left behind."""
        self._make_private_directory(self.data)
        (self.data / "owner.lock").touch()
        handle = open(self.data / "owner.lock", "r+b", buffering=0)  # noqa: SIM115 - open means owned
        deadline = time.monotonic() + SERVER_TIMEOUT
        while not _locked(handle):
            handle.seek(0)
            owner, _, command = handle.read().decode().partition(" ")
            if is_alive(owner) or time.monotonic() > deadline:
                handle.close()
                raise InUse(f"{self.data} is in use by process {owner} ({command}). Stop that one first.")
            time.sleep(0.1)
        handle.seek(0)
        handle.write(f"{os.getpid()} {' '.join([Path(sys.argv[0]).name, *sys.argv[1:2]])}".encode())
        handle.truncate()
        self.lock = handle

    def wanted(self, environ):
        """The servers that the environment does not replace by others."""
        own = {"postgres": ("DATABASE_URL", self.database_url), "redis": ("REDIS_URL", self.redis_url)}
        return [name for name, (variable, url) in own.items() if (environ.get(variable) or url) == url]

    def start(self, environ=os.environ):
        if not self.lock:
            self.acquire()
        try:
            self._make_private_directory(self.sockets)
            for name in self.wanted(environ):
                getattr(self, f"_start_{name}")()
        except (OSError, subprocess.SubprocessError) as error:
            self.stop()
            raise CannotRun(in_plain_words(error, self.data)) from error
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self):
        for name, stop_signal in (("redis", signal.SIGTERM), ("postgres", signal.SIGINT)):
            if name in self.processes:
                stop_all([self.processes.pop(name)], stop_signal)
        if self.lock:
            with suppress(OSError):
                self.sockets.rmdir()
            self.lock.close()
            self.lock = None

    def wait_for_owner(self, environ):
        """Until the servers that another process has just started accept connections."""
        deadline = time.monotonic() + SERVER_TIMEOUT
        while not all(getattr(self, f"{name}_is_ready")() for name in self.wanted(environ)):
            if time.monotonic() > deadline:
                raise CannotRun(f"The portal of {self.data} uses other servers. Set DATABASE_URL or REDIS_URL too.")
            time.sleep(0.05)

    def _make_private_directory(self, path):
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            owner = path.stat().st_uid
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise CannotRun(in_plain_words(error, path)) from error
            raise CannotRun(f"{path}: {error.strerror}. Set PORTAL_DATA_DIR to a directory of your own.") from error
        if owner not in (os.geteuid(), self.account and self.account.pw_uid):
            raise CannotRun(f"{path} belongs to another user. Set PORTAL_DATA_DIR to a directory of your own.")

    # --- the two servers ------------------------------------------------------------------------------------------

    def _spawn(self, name, command, **how):
        log = self.data / f"{name}.log"
        log.touch(mode=0o600)
        with open(log, "wb") as output:
            self.processes[name] = process = spawn(
                command, stdout=output, stderr=output, cwd="/", pass_fds=[self.lock.fileno()], **how
            )
        deadline = time.monotonic() + SERVER_TIMEOUT
        while not getattr(self, f"{name}_is_ready")():
            if process.poll() is not None or time.monotonic() > deadline:
                reason = log.read_text(errors="replace")[-1500:]
                raise CannotRun(in_plain_words(f"{name} did not start:\n{reason}", self.data))
            time.sleep(0.02)

    def _start_postgres(self):
        programs = postgres_programs()
        if self.account:
            self._open_home()
            if not open_to_everyone(programs):
                programs = copy_of_bundled_postgres(self.home / "programs")
        self.postgres_data.mkdir(mode=0o700, exist_ok=True)
        if self.account:
            for directory in (self.postgres_data, self.sockets):
                os.chown(directory, self.account.pw_uid, self.account.pw_gid)
        self._initialize(programs)
        # The lock is ours and the servers of a killed owner held it too, so nobody is behind this file.
        (self.postgres_data / "postmaster.pid").unlink(missing_ok=True)
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": self.sockets,
            "unix_socket_permissions": "0700",
            "max_connections": 60,
        }
        if not self.durable:
            settings |= dict.fromkeys(("fsync", "synchronous_commit", "full_page_writes"), "off")
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        command = [programs / "postgres", "-D", self.postgres_data, *options]
        self._spawn("postgres", command, stop_signal=signal.SIGINT, **self._as_account())
        self._prepare_roles(programs)

    def _as_account(self):
        """What makes subprocess leave root."""
        return {"user": self.account.pw_uid, "group": self.account.pw_gid, "extra_groups": []} if self.account else {}

    def _open_home(self):
        """Let root's account into the home, which is made outside when it cannot get to `data`."""
        if self.home == self.data and not open_to_everyone(self.data.parent):
            if (self.postgres_data / "PG_VERSION").exists():
                raise CannotRun(
                    f"Started by root, PostgreSQL runs as {self.account.pw_name}, who cannot reach {self.data}. "
                    "Move it to a place that everyone may enter, such as /srv/portal, and set PORTAL_DATA_DIR to that."
                )
            outside = tempfile.mkdtemp(prefix="district-support-portal-", dir="/var/lib")
            (self.data / "outside").symlink_to(outside)
        for directory in {self.data, self.home}:
            directory.chmod(0o711)

    def _initialize(self, programs):
        version = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True, check=True)
        major = version.stdout.split()[2].partition(".")[0]
        if (self.postgres_data / "PG_VERSION").exists():
            made_by = (self.postgres_data / "PG_VERSION").read_text().strip()
            if made_by != major:
                raise CannotRun(f"{self.data} was made by PostgreSQL {made_by}, this is {major}. Move it away first.")
            return
        for leftover in self.postgres_data.iterdir():  # of an initdb that was cut short
            shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
        command = [programs / "initdb", "-D", self.postgres_data, "-U", "postgres", "--auth=trust", "--encoding=UTF8"]
        command += ["--no-sync", "--locale=C.UTF-8"] + (["--locale-provider=builtin"] if int(major) >= 17 else [])
        how = {"cwd": "/", "preexec_fn": tied_to_parent(signal.SIGINT), **self._as_account()}
        done = subprocess.run(command, capture_output=True, text=True, check=False, **how)
        if done.returncode:
            raise CannotRun(in_plain_words(f"initdb failed:\n{done.stdout[-500:]}{done.stderr[-1000:]}", self.data))

    def postgres_is_ready(self):
        with suppress(OSError, IndexError):
            lines = (self.postgres_data / "postmaster.pid").read_text().splitlines()
            return lines[7].strip() == "ready" and is_alive(lines[0])
        return False

    def _prepare_roles(self, programs):
        command = [programs / "psql", "--no-psqlrc", "--quiet", "--username=postgres", "--dbname=postgres"]
        command += [f"--host={self.sockets}", f"--file={roles.SCRIPT}"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise CannotRun(in_plain_words(f"The roles were not made:\n{done.stderr[-1000:]}", self.data))

    def _start_redis(self):
        directory = self.data / "redis"
        directory.mkdir(mode=0o700, exist_ok=True)
        self.redis_socket.unlink(missing_ok=True)
        command = [redis_program(), "--port", "0", "--unixsocket", self.redis_socket, "--unixsocketperm", "700"]
        command += ["--dir", directory, "--databases", "64", "--save", "", "--maxmemory-policy", "noeviction"]
        command += ["--appendonly", "yes" if self.durable else "no", "--loglevel", "warning"]
        self._spawn("redis", command)

    def redis_is_ready(self):
        with suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(self.redis_socket))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
        return False


def _locked(handle):
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def embedded_in(environ):
    return Embedded(environ.get("PORTAL_DATA_DIR") or Path(__file__).resolve().parent.parent / ".data")


def configured(environ, **defaults):
    """Give the environment what a portal on one machine need not be told; the demo is for its own database only."""
    embedded = embedded_in(environ)
    own = {"DATABASE_URL": embedded.database_url, "REDIS_URL": embedded.redis_url}
    if "postgres" in embedded.wanted(environ):
        own["DATABASE_OWNER_URL"] = embedded.owner_url
        defaults["DEMO"] = "true"
    for name, value in {**defaults, **own}.items():
        environ[name] = environ.get(name) or value
    environ["PORTAL_DATA_DIR"] = str(embedded.data)
    environ["SECRET_KEY"] = environ.get("SECRET_KEY") or embedded.secret_key()
    return embedded


@contextmanager
def servers_for_a_command(environ=os.environ):
    """The running portal's servers or, without one, servers that live as long as the command."""
    embedded = configured(environ)
    if embedded.wanted(environ):
        try:
            embedded.start(environ)
        except InUse:
            embedded.wait_for_owner(environ)
    try:
        yield
    finally:
        embedded.stop()


def erase(environ=os.environ):
    """Remove everything that the portal stored on this machine."""
    embedded = embedded_in(environ)
    if (embedded.data / "owner.lock").exists():
        embedded.acquire()
        shutil.rmtree(embedded.home, ignore_errors=True)
        shutil.rmtree(embedded.sockets, ignore_errors=True)
        if embedded.data.exists():
            shutil.rmtree(embedded.data)
        embedded.stop()


if __name__ == "__main__":
    try:
        erase()
    except (CannotRun, OSError) as refusal:
        sys.exit(str(refusal))
