"""Child processes that never outlive the one that started them, and what to say when they cannot run."""

import ctypes
import errno
import os
import signal
import stat
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

PR_SET_PDEATHSIG = 1


class CannotRun(Exception):
    """One sentence for the person at the terminal."""


def in_plain_words(error, place):
    """Say that the disk is full when that is the reason, else what the system says."""
    text = str(error).strip()
    if getattr(error, "errno", None) == errno.ENOSPC or "No space left on device" in text:
        return f"The disk that holds {place} is full. Free some space and start again; what was stored is kept."
    return text


def open_to_everyone(place):
    """Whether any account may pass through every directory on the way, as far as they exist."""
    place = place.resolve()
    return all(each.stat().st_mode & stat.S_IXOTH for each in (place, *place.parents) if each.exists())


def is_alive(pid):
    if sys.platform == "linux" and str(pid).isdigit():
        with suppress(OSError):  # empty for a process that ended and was not yet collected
            return bool(Path(f"/proc/{pid}/cmdline").read_bytes())
        return False
    with suppress(OSError, ValueError):
        os.kill(int(pid), 0)
        return True
    return False


def spawn(command, stop_signal=signal.SIGTERM, **how):
    """Start a child in a session of its own, so that Ctrl-C reaches only the one who stops all in order."""
    return subprocess.Popen(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=tied_to_parent(stop_signal),
        **how,
    )


def stop_all(processes, stop_signal=signal.SIGTERM, seconds=8):
    """Ask all at once, wait for each, then end what is left of their groups."""
    for process in processes:
        if process.poll() is None:
            process.send_signal(stop_signal)
    deadline = time.monotonic() + seconds
    for process in processes:
        with suppress(subprocess.TimeoutExpired):
            process.wait(max(deadline - time.monotonic(), 0))
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def tied_to_parent(stop_signal=signal.SIGTERM):
    """What a child does before it becomes another program, so that it ends when its parent ends."""
    parent = os.getpid()
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None

    def before_exec():
        if libc:  # subprocess has changed the account by now, which would clear this
            libc.prctl(PR_SET_PDEATHSIG, stop_signal, 0, 0, 0)
            if os.getppid() != parent:
                os._exit(1)

    return before_exec


def end_with_parent(parent, stop_signal=signal.SIGTERM):
    """Let the kernel stop this process, too, when the one that started it is killed, or was already."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, stop_signal, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit(1)
