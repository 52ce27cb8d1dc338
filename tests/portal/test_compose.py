"""No container engine runs the tests, so they hold docker-compose.yml against the schema and against the code."""

import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from portal import roles

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = ROOT / "docker-compose.yml"
SERVICES = YAML(typ="safe").load(COMPOSE)["services"]
OURS = ["migrate", "web", "worker", "beat"]
LASTING = sorted(set(SERVICES) - {"migrate"})
DOCKERFILE = (ROOT / "Dockerfile").read_text()


def test_the_file_fits_the_compose_specification():
    check = Path(sys.executable).with_name("check-jsonschema")
    done = subprocess.run(
        [check, "--builtin-schema", "vendor.compose-spec", COMPOSE], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_it_has_the_servers_the_site_the_workers_and_a_one_off_migrate():
    assert set(SERVICES) == {"postgres", "redis", "migrate", "web", "worker", "beat"}


@pytest.mark.parametrize("name", OURS)
def test_every_variable_is_one_that_the_settings_read(name):
    read = set(re.findall(r'\benv(?:\.\w+)?\(\s*"([A-Z_]+)"', (ROOT / "portal" / "settings.py").read_text()))
    assert set(SERVICES[name]["environment"]) <= read


@pytest.mark.parametrize("name", ["SECRET_KEY", "POSTGRES_PASSWORD", "PORTAL_OWNER_PASSWORD", "PORTAL_WEB_PASSWORD"])
def test_a_secret_comes_from_the_environment_and_has_no_default(name):
    uses = re.findall(rf"\$\{{{name}([^}}]*)\}}", COMPOSE.read_text())
    assert uses
    assert all(use.startswith(":?") for use in uses)


@pytest.mark.parametrize("name", LASTING)
def test_what_should_last_is_restarted_and_watched(name):
    assert SERVICES[name]["restart"] == "unless-stopped"
    assert SERVICES[name]["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}


@pytest.mark.parametrize("name", ["web", "worker", "beat"])
def test_nothing_of_ours_starts_before_the_database_is_migrated(name):
    assert SERVICES[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


def test_migrate_runs_once():
    assert SERVICES["migrate"]["restart"] == "no"
    assert SERVICES["migrate"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}


@pytest.mark.parametrize("name", OURS)
def test_everything_works_as_a_role_that_owns_nothing_and_migrate_alone_knows_the_owner(name):
    variables = SERVICES[name]["environment"]
    assert variables["DATABASE_URL"].startswith(f"postgresql://{roles.WEB}:${{PORTAL_WEB_PASSWORD:?")
    assert ("DATABASE_OWNER_URL" in variables) == (name == "migrate")


def test_migrate_connects_as_the_owner():
    owner = SERVICES["migrate"]["environment"]["DATABASE_OWNER_URL"]
    assert owner.startswith(f"postgresql://{roles.OWNER}:${{PORTAL_OWNER_PASSWORD:?")


def test_the_servers_first_start_makes_both_roles_and_gives_the_owner_the_database():
    script = f"./{roles.SCRIPT.relative_to(ROOT)}:/docker-entrypoint-initdb.d/roles.sql:ro"
    assert script in SERVICES["postgres"]["volumes"]
    read = set(re.findall(r"^\\getenv \w+ (\w+)$", roles.SCRIPT.read_text(), re.MULTILINE))
    assert read == {"PORTAL_OWNER_PASSWORD", "PORTAL_WEB_PASSWORD"}
    assert read <= set(SERVICES["postgres"]["environment"])


@pytest.mark.parametrize("name", ["web", "worker"])
def test_web_and_worker_can_be_scaled(name):
    assert "container_name" not in SERVICES[name]
    for port in SERVICES[name].get("ports", []):
        assert re.fullmatch(r"127\.0\.0\.1:\d+-\d+:8000", port), "one fixed host port fits one container only"


@pytest.mark.parametrize("name", ["worker", "beat"])
def test_the_workers_name_a_module_that_exists(name):
    command = SERVICES[name]["command"]
    assert command[:3] == ["celery", "-A", "portal"]
    assert find_spec("portal.celery")


def test_the_image_runs_the_site_as_an_ordinary_user_on_hashed_requirements():
    assert re.search(r"^USER (?!root)\w+$", DOCKERFILE, re.MULTILINE)
    assert "--require-hashes -r requirements.txt" in DOCKERFILE
    assert '"gunicorn", "portal.wsgi"' in DOCKERFILE
    assert find_spec("portal.wsgi")


def test_the_settings_that_the_readme_promises_reach_the_containers():
    promised = set(re.findall(r"^\| `([A-Z_]+)` ", (ROOT / "README.md").read_text(), re.MULTILINE))
    assert promised
    assert promised <= set(SERVICES["web"]["environment"])


def test_by_default_the_containers_ask_the_same_roles_for_a_second_factor_as_the_settings(settings):
    value = SERVICES["web"]["environment"]["MFA_REQUIRED_ROLES"]
    default = re.fullmatch(r"\$\{MFA_REQUIRED_ROLES-(.*)\}", value)[1]
    assert set(default.split(",")) == settings.MFA_REQUIRED_ROLES


@pytest.mark.parametrize("name", [".dockerignore", ".gitignore"])
def test_the_file_of_secrets_stays_out_of_the_image_and_the_repository(name):
    assert ".env" in (ROOT / name).read_text().replace("/", "").split()
