import errno
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
import redis
from kombu import Connection

from portal.embedded import Embedded, InUse, configured, erase, servers_for_a_command
from portal.processes import CannotRun, in_plain_words, is_alive
from portal.programs import copy_of_bundled_postgres

AN_OWNER = "import sys, time; from portal.embedded import Embedded; Embedded(sys.argv[1]).start({}); time.sleep(60)"


@contextmanager
def erased(data):
    embedded = Embedded(data, durable=False)
    try:
        yield embedded
    finally:
        embedded.stop()
        erase({"PORTAL_DATA_DIR": str(data)})
        shutil.rmtree(data, ignore_errors=True)


@pytest.fixture
def embedded():
    """Not in pytest's own directory, which no other account may enter."""
    with erased(tempfile.mkdtemp(prefix="portal-tests-")) as embedded:
        yield embedded


def ask(embedded, question):
    with psycopg.connect(embedded.owner_url, autocommit=True) as connection:
        answer = connection.execute(question)
        return answer.fetchone()[0] if answer.description else None


def start_elsewhere(data):
    """Another process that owns the servers in this directory."""
    owner = subprocess.Popen([sys.executable, "-c", AN_OWNER, str(data)])
    wait_until(lambda: Embedded(data).postgres_is_ready() and Embedded(data).redis_is_ready())
    return owner


def wait_until(true, seconds=20):
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_real_servers_answer_and_keep_their_data_when_they_are_started_again(embedded):
    embedded.start({})
    ask(embedded, "create table kept as select 42 as answer")
    with redis.Redis(unix_socket_path=str(embedded.redis_socket)) as broker:
        assert broker.info("server")["redis_version"]
    embedded.stop()
    assert not embedded.postgres_is_ready()
    assert not embedded.redis_is_ready()
    embedded.start({})
    assert ask(embedded, "select answer from kept") == 42


def test_the_database_sorts_and_searches_letters_beyond_ascii(embedded):
    embedded.start({})
    assert ask(embedded, "select upper('jörg') ilike 'JÖRG'")


def test_the_second_to_start_is_told_who_holds_the_data(embedded):
    embedded.start({})
    with pytest.raises(InUse, match=rf"in use by process {os.getpid()} \("):
        Embedded(embedded.data).acquire()


def test_after_kill_9_of_the_owner_its_servers_go_and_the_next_start_recovers(embedded):
    owner = start_elsewhere(embedded.data)
    ask(embedded, "create table kept as select 42 as answer")
    owner.kill()
    os.waitid(os.P_PID, owner.pid, os.WEXITED | os.WNOWAIT)  # dead, but still listed while the next one starts
    embedded.start({})
    assert ask(embedded, "select answer from kept") == 42
    owner.wait()


def test_after_kill_9_of_postgresql_the_next_start_recovers(embedded):
    embedded.start({})
    embedded.processes["postgres"].kill()
    embedded.stop()
    embedded.start({})
    assert ask(embedded, "select 1") == 1


def test_a_left_over_process_file_that_names_a_stranger_does_not_block_the_start(embedded):
    embedded.start({})
    embedded.stop()
    with subprocess.Popen(["/bin/sleep", "60"]) as stranger:
        lines = [stranger.pid, embedded.postgres_data, 0, 5432, embedded.sockets, "", "", "ready"]
        (embedded.postgres_data / "postmaster.pid").write_text("\n".join(map(str, lines)))
        embedded.start({})
        assert ask(embedded, "select 1") == 1
        assert stranger.poll() is None
        stranger.kill()


def test_what_an_interrupted_first_start_left_is_cleared_away(embedded):
    (embedded.postgres_data / "base").mkdir(parents=True)
    (embedded.postgres_data / "postgresql.conf").touch()
    embedded.start({})
    assert ask(embedded, "select 1") == 1


@pytest.mark.parametrize("name", ["a-long-name-" * 9, "my portal, 100% jörg+co"])
def test_a_path_that_no_socket_or_address_can_hold_works(tmp_path, name):
    with erased(tmp_path / name) as embedded:
        assert embedded.data not in embedded.sockets.parents
        embedded.start({})
        assert ask(embedded, "select 1") == 1
        with Connection(embedded.redis_url) as broker:
            broker.ensure_connection(max_retries=1)
    assert not embedded.sockets.exists()


def test_data_of_another_postgresql_version_is_refused_in_a_sentence(embedded):
    embedded.postgres_data.mkdir(parents=True)
    (embedded.postgres_data / "PG_VERSION").write_text("9\n")
    with pytest.raises(CannotRun, match="was made by PostgreSQL 9"):
        embedded.start({})
    assert embedded.lock is None


@pytest.mark.parametrize(
    ("environ", "started"),
    [
        ({"DATABASE_URL": "postgresql://elsewhere/portal"}, ["redis"]),
        ({"REDIS_URL": "redis://elsewhere"}, ["postgres"]),
        ({"DATABASE_URL": "postgresql://elsewhere/portal", "REDIS_URL": "redis://elsewhere"}, []),
        ({"DATABASE_URL": "", "REDIS_URL": ""}, ["postgres", "redis"]),
    ],
)
def test_no_server_is_started_in_place_of_a_configured_one(embedded, environ, started):
    embedded.start(environ)
    assert list(embedded.processes) == started


def test_a_command_without_a_running_portal_has_servers_while_it_runs(embedded):
    environ = {"PORTAL_DATA_DIR": str(embedded.data)}
    with servers_for_a_command(environ):
        assert environ["DATABASE_URL"] == embedded.database_url
        assert ask(embedded, "select 1") == 1
    assert not embedded.postgres_is_ready()


def test_a_command_beside_a_running_portal_uses_its_servers_and_leaves_them_running(embedded):
    embedded.start({})
    with servers_for_a_command({"PORTAL_DATA_DIR": str(embedded.data)}):
        assert ask(embedded, "select 1") == 1
    assert ask(embedded, "select 1") == 1


def test_a_command_with_both_addresses_set_starts_nothing(embedded):
    environ = {"PORTAL_DATA_DIR": str(embedded.data), "DATABASE_URL": "x", "REDIS_URL": "y", "SECRET_KEY": "z"}
    with servers_for_a_command(environ):
        assert not list(embedded.data.iterdir())
    assert "DEMO" not in environ


@pytest.mark.parametrize(
    ("environ", "demo"),
    [
        ({}, "true"),
        ({"DEMO": "false"}, "false"),
        ({"DATABASE_URL": "postgresql://elsewhere/portal"}, None),
        ({"DATABASE_URL": "postgresql://elsewhere/portal", "DEMO": "true"}, "true"),
    ],
)
def test_the_demo_is_on_by_itself_only_in_a_database_of_its_own(embedded, environ, demo):
    environ["PORTAL_DATA_DIR"] = str(embedded.data)
    configured(environ)
    assert environ.get("DEMO") == demo


def test_the_secret_key_is_made_once_and_only_its_owner_reads_it(embedded):
    key = embedded.secret_key()
    assert len(key) >= 50
    assert embedded.secret_key() == key
    assert (embedded.data / "secret_key").stat().st_mode & 0o777 == 0o600


def test_the_data_is_erased_but_not_while_it_is_in_use(embedded):
    environ = {"PORTAL_DATA_DIR": str(embedded.data)}
    embedded.start({})
    with pytest.raises(InUse):
        erase(environ)
    embedded.stop()
    erase(environ)
    assert not embedded.data.exists()
    erase(environ)


def test_a_directory_that_is_not_the_portals_is_never_erased(tmp_path):
    (tmp_path / "letters").touch()
    erase({"PORTAL_DATA_DIR": str(tmp_path)})
    assert (tmp_path / "letters").exists()


def test_a_full_disk_is_named_in_one_sentence():
    with pytest.raises(OSError, match="No space left") as full:
        Path("/dev/full").write_text("x")
    assert full.value.errno == errno.ENOSPC
    assert in_plain_words(full.value, ".data").startswith("The disk that holds .data is full.")


def test_a_process_that_ended_and_was_not_collected_is_not_alive():
    ended = subprocess.Popen([sys.executable, "-c", ""])
    os.waitid(os.P_PID, ended.pid, os.WEXITED | os.WNOWAIT)
    assert not is_alive(ended.pid)
    ended.wait()
    assert is_alive(os.getpid())
    assert not is_alive("")


def test_servers_end_with_their_owner_even_when_it_is_stopped_by_a_signal(embedded):
    owner = start_elsewhere(embedded.data)
    owner.send_signal(signal.SIGTERM)
    owner.wait()
    wait_until(lambda: not embedded.postgres_is_ready() and not embedded.redis_is_ready())


def test_the_data_directory_of_another_user_is_refused_in_a_sentence(tmp_path):
    theirs = tmp_path if os.geteuid() == 0 else Path("/usr")
    if os.geteuid() == 0:
        os.chown(theirs, 4711, 4711)
    with pytest.raises(CannotRun, match=rf"^{theirs} belongs to another user\. Set PORTAL_DATA_DIR"):
        Embedded(theirs).secret_key()


# Root alone can tell: PostgreSQL takes the account of nobody, who may not enter pytest's own directory.
if os.geteuid() == 0:

    def test_data_that_the_account_of_postgresql_cannot_reach_lies_elsewhere_and_is_found_and_erased(tmp_path):
        with erased(tmp_path / "data") as embedded:
            embedded.start({})
            ask(embedded, "create table kept as select 42 as answer")
            home = embedded.home
            assert tmp_path not in home.parents
            assert embedded.postgres_data.owner() == "nobody"
            embedded.stop()
            again = Embedded(embedded.data, durable=False)
            again.start({})
            assert ask(again, "select answer from kept") == 42
            again.stop()
        assert not home.exists()

    def test_programs_that_the_account_of_postgresql_cannot_reach_are_copied(tmp_path, embedded, monkeypatch):
        copy_of_bundled_postgres(tmp_path / "packages")
        monkeypatch.syspath_prepend(tmp_path / "packages")
        embedded.start({})
        assert ask(embedded, "select 1") == 1
        program = Path(f"/proc/{embedded.processes['postgres'].pid}/exe").readlink()
        assert program.is_relative_to(embedded.home / "programs")

    def test_data_of_an_earlier_version_out_of_reach_is_not_lost_but_asked_for(tmp_path, embedded):
        embedded.start({})
        embedded.stop()
        shutil.copytree(embedded.data, tmp_path / "data")
        with pytest.raises(CannotRun, match=rf"runs as nobody, who cannot reach {tmp_path}/data\. Move it"):
            Embedded(tmp_path / "data").start({})

    def test_data_of_an_earlier_version_in_a_closed_directory_of_its_own_is_opened(embedded):
        embedded.start({})
        ask(embedded, "create table kept as select 42 as answer")
        embedded.stop()
        embedded.data.chmod(0o700)
        embedded.start({})
        assert ask(embedded, "select answer from kept") == 42

    def test_nobody_but_root_reads_what_lies_beside_the_data(embedded):
        embedded.start({})
        closed = {path.name for path in embedded.data.iterdir() if path.stat().st_mode & 0o077 == 0}
        assert closed == {"postgres", "redis", "run", "postgres.log", "redis.log"}
        assert embedded.data.stat().st_mode & 0o777 == 0o711
