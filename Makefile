.DEFAULT_GOAL := help
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
PY := .venv/bin/python
LOCK := .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate
export PIP_DISABLE_PIP_VERSION_CHECK = 1

help:  ## list the commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 11

run: .venv/installed  ## set up everything and serve the portal on 127.0.0.1 (PORT=8000)
	@exec env $(if $(PORT),PORT=$(PORT)) $(PY) manage.py up --with-parent $$PPID

test: .venv/installed-dev  ## run every test on private servers (ARGS="tests/cases -x")
	@$(PY) -m pytest -n 2 $(ARGS)

walks: .venv/installed-dev  ## walk the portal in a browser, as people do it, minutes long
	@$(PY) -m pytest -n 2 -m browser $(ARGS)

starts: .venv/installed-dev  ## start whole portals, from nothing and from earlier data, minutes long
	@$(PY) -m pytest -n 2 -m starts $(ARGS)

isolation: .venv/installed-dev  ## try all that one district can send at another, minutes long
	@$(PY) -m pytest -n 2 -m isolation $(ARGS)

machine: .venv/installed-dev  ## try every verb of a case in every status as every role, minutes long
	@$(PY) -m pytest -n 2 -m machine $(ARGS)

timelines: .venv/installed-dev  ## tell the lives of 5,000 contacts against the 180-day rule, minutes long
	@$(PY) -m pytest -n 2 -m timelines $(ARGS)

lint: .venv/installed-dev  ## check the style of code, templates and docker-compose.yml
	@$(PY) -m ruff check . && $(PY) -m ruff format --check .
	@find templates -name '*.html' -exec .venv/bin/djade --target-version 5.2 --check {} +
	@.venv/bin/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml

mutants: .venv/installed-dev  ## list the changes to code that no test notices (ARGS=cases/actions)
	@$(PY) -m tests.mutants $(ARGS)

bench: .venv/installed-dev  ## measure cases, the look for inactive contacts, who may teach what (ARGS="--cases 1000000")
	@$(PY) -m pytest tests/bench -m bench $(ARGS)

lock: .venv/installed-dev  ## remake the locks from pyproject.toml (ARGS=--upgrade for newer versions)
	@$(LOCK) $(ARGS) pyproject.toml -o requirements.txt
	@$(LOCK) $(ARGS) pyproject.toml --group dev -c requirements.txt -o requirements-dev.txt

clean: python  ## remove the stored data (.data)
	@$(PYTHON) -m portal.embedded

python:
	@$(or $(PYTHON),false) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	echo "Python 3.11 or later is needed: make $(MAKECMDGOALS) PYTHON=/path/to/python3.11"; exit 1; }

.venv/installed: requirements.txt | python
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	echo "Python's venv module is needed (on Debian: apt-get install python3-venv)."; exit 1; }
	@test -x .venv/bin/pip || $(PYTHON) -m venv --clear .venv
	@echo "Installing $< into .venv ..."
	@.venv/bin/pip install --quiet --require-hashes -r $<
	@touch $@

.venv/installed-dev: requirements-dev.txt .venv/installed
	@echo "Installing $< into .venv ..."
	@.venv/bin/pip install --quiet --require-hashes -r $<
	@touch $@

.PHONY: help run test walks starts isolation machine timelines lint mutants bench lock clean python
