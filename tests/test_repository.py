"""What holds for the repository as a whole."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command, get_commands
from django.template.utils import get_app_template_dirs

ROOT = Path(__file__).resolve().parents[1]
APPS = ["portal", "contacts", "cases", "credentials"]
LOCKS = ["requirements.txt", "requirements-dev.txt"]
README = (ROOT / "README.md").read_text()
MAKEFILE = (ROOT / "Makefile").read_text()
# Django and allauth ask for these by name, whether or not one of their own exists.
ASKED_FOR_BY_NAME = {f"{name}.html" for name in ("400", "403", "403_csrf", "404", "429", "500")}
ASKED_FOR_BY_NAME.add("account/password_reset_help_text.html")


def tracked_files():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def test_imports_run_one_way_and_every_module_has_its_place():
    program = Path(sys.executable).with_name("lint-imports")
    checked = subprocess.run(
        [program, "--no-logo", "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout


@pytest.mark.django_db
def test_the_migrations_agree_with_the_models():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_the_portal_owns_no_models():
    assert list(apps.get_app_config("portal").get_models()) == []
    assert not (ROOT / "portal" / "migrations").exists()


def template_names(*directories):
    return {
        str(path.relative_to(directory))
        for directory in directories
        for path in Path(directory).rglob("*.*")
        if path.is_file()
    }


def test_every_template_is_used():
    sources = [path for app in APPS for path in (ROOT / app).rglob("*.py")]
    sources += [path for path in (ROOT / "templates").rglob("*.*") if path.is_file()]
    text = "".join(path.read_text() for path in sources)
    quoted = set(re.findall(r"""["']([\w./-]+)(?:#\w+)?["']""", text))
    # Such as f"cases/messages/{message}.txt", with the message's name somewhere else.
    composed = [re.sub(r"{\w+}", r"(\\w+)", name) for name in re.findall(r'f"([\w/]*{\w+}\.(?:txt|html))"', text)]

    def is_used(name):
        return name in quoted or any(
            (found := re.fullmatch(pattern, name)) and found[1] in quoted for pattern in composed
        )

    overrides = template_names(*get_app_template_dirs("templates"))
    ours = template_names(ROOT / "templates") - overrides - ASKED_FOR_BY_NAME
    assert {name for name in ours if not is_used(name)} == set()


@pytest.mark.parametrize("lock", LOCKS)
def test_every_line_of_a_lock_has_a_hash_and_no_line_names_a_host(lock):
    text = (ROOT / lock).read_text()
    assert not re.search(r"://|^\s*(-i|--index|--extra-index|--find-links|--trusted-host)\b", text, re.MULTILINE)
    requirements = re.split(r"\n(?=\S)", text.strip())
    assert len(requirements) > 30
    assert [line for line in requirements if "==" not in line or "--hash=sha256:" not in line] == []


def test_both_locks_agree():
    pinned = [set(re.findall(r"^[a-z0-9._-]+==[^ \n]+", (ROOT / lock).read_text(), re.MULTILINE)) for lock in LOCKS]
    assert pinned[0] <= pinned[1]


def test_the_locks_hold_what_pyproject_asks_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    asked = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    locked = re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements-dev.txt").read_text(), re.MULTILINE)
    assert {re.match(r"[a-z0-9-]+", name)[0] for name in asked} <= set(locked)


def test_no_file_carries_a_path_of_one_machine():
    private = re.compile(r"/(?:work|root|home|Users)/[A-Za-z]")
    texts = {path: path.read_text(errors="ignore") for path in tracked_files()}
    assert [str(path) for path, text in texts.items() if private.search(text)] == []


def test_the_readme_names_only_commands_that_exist():
    targets = set(re.findall(r"^([a-z]+):.*##", MAKEFILE, re.MULTILINE))
    assert {"run", "test", "lint"} <= set(re.findall(r"`make ([a-z]+)", README))
    assert set(re.findall(r"\bmake ([a-z]+)[` \n]", README)) <= targets
    assert set(re.findall(r"manage\.py ([a-z_]+)", README)) <= set(get_commands())


def test_continuous_integration_calls_the_readmes_test_command():
    assert re.search(r"^make test$", (ROOT / ".ci" / "run").read_text(), re.MULTILINE)


@pytest.mark.parametrize("app", APPS)
def test_no_module_is_longer_than_people_like_to_read(app):
    # Every setting stands in one list, however long it is.
    aside = {"migrations", "settings.py"}
    modules = [path for path in (ROOT / app).rglob("*.py") if aside.isdisjoint(path.parts)]
    assert {path.name: lines for path in modules if (lines := len(path.read_text().splitlines())) > 320} == {}
