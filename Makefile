# `make` alone lists the targets.
PYTHON ?= python3
BIN := .venv/bin
RUNTIME := requirements.lock requirements-torch.lock
INSTALL := $(BIN)/uv pip install --quiet --python $(BIN)/python

.DEFAULT_GOAL := help
.PHONY: help demo up test unit check bench lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-7s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: .venv/runtime ## set up, then show the whole way on fictional sites (about a minute after the install)
	@$(BIN)/secnews demo

up: .venv/runtime ## set up, then start the Prefect server and the schedule until Ctrl-C
	@$(BIN)/secnews up

test: .venv/dev ## set up, then run every test
	@$(BIN)/python -m pytest

unit: .venv/dev ## the fast layer of the tests, half a minute
	@$(BIN)/python -m pytest -n 2 -m "not service and not pages"

check: .venv/dev ## ruff, mypy --strict and import-linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/dev ## measure speed, as ratios within one run
	@$(BIN)/python -m bench

lock: .venv/build ## resolve the dependencies anew and write requirements*.lock
	@$(BIN)/python tools/lock.py

clean: ## remove .venv and the demo's files; keeps your index and archive
	rm -rf .venv data/demo data/cache dist

# Each step leaves a stamp, so that a second `make` installs nothing.
.venv/build: requirements-build.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "secnews needs Python 3.11 or newer; name one: make PYTHON=python3.12 ..." >&2; exit 1; }
	@echo "setting up .venv (first time: some minutes and 6 GB, most of it torch) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-build.lock
	@touch $@

.venv/runtime: .venv/build $(RUNTIME) pyproject.toml
	@$(INSTALL) --require-hashes $(addprefix -r ,$(RUNTIME))
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev: .venv/runtime requirements-dev.lock
	@$(INSTALL) --require-hashes $(addprefix -r ,$(RUNTIME)) -r requirements-dev.lock
	@touch $@
