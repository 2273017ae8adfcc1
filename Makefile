# What people type; the words are explained in README.md.
.DEFAULT_GOAL := help
.PHONY: help setup setup-dev serve test coverage check bench accuracy train lock clean
SHELL := /bin/sh
PYTHON ?= $(shell for p in python3 python3.11 python3.12 python3.13 python3.14; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet
CHECKED := models moderation training benchmarks tests service.py

help: ## lists these targets
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 18

setup: .venv/.runtime ## the environment that serving needs
setup-dev: .venv/.dev ## the same, with what tests and training need

serve: setup ## makes the environment, data/ and a first site, and serves on 127.0.0.1:8000
	@$(BIN)/candor serve --first-run

test: setup-dev ## the whole suite; what cannot run here is skipped and says why
	@if command -v npm >/dev/null 2>&1; then for folder in tests/clients tests/browser; do \
		npm ci --prefix $$folder --silent --no-audit --no-fund \
		|| echo "npm ci failed in $$folder: the tests that need its packages will be skipped" >&2; done; fi
	$(BIN)/python -m pytest -n auto --maxprocesses 8 --max-worker-restart 1 --dist loadfile $(PYTEST_ARGS)

coverage: setup-dev ## the same in one process, and which lines and branches no test reached
	$(BIN)/python -m pytest --cov --cov-report=term $(PYTEST_ARGS)

check: setup-dev ## exactly what CI runs: format, lint, types, architecture, tests
	$(BIN)/ruff format --check $(CHECKED)
	$(BIN)/ruff check $(CHECKED)
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/test_architecture.py
	$(MAKE) test

bench: setup-dev ## measures speed as ratios in one run; report under benchmarks/results/
	$(BIN)/python -m benchmarks

accuracy: setup-dev ## measures accuracy beside other filters, about a quarter of an hour; writes docs/accuracy.md
	$(BIN)/python -m benchmarks accuracy

train: setup-dev ## rebuilds the shipped model from CANDOR_DATA, with its card and figures
	$(BIN)/python -m training publish

lock: ## rewrites both lock files from pyproject.toml (maintainers)
	$(BIN)/python -m pip install --quiet uv
	echo setuptools | $(BIN)/uv pip compile $(LOCK) --extra dev -o requirements-dev.lock pyproject.toml -
	echo setuptools | $(BIN)/uv pip compile $(LOCK) -c requirements-dev.lock -o requirements.lock pyproject.toml -
LOCK := --quiet --no-strip-extras --generate-hashes --universal --python-version 3.11 --no-header --no-annotate --no-emit-index-url

clean: ## removes the environment and caches, never data/
	rm -rf .venv .pytest_cache .ruff_cache .mypy_cache .hypothesis .coverage* tests/*/node_modules

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Candor needs Python 3.11 or newer: apt install python3" >&2; exit 1; }
	@$(PYTHON) -m venv .venv >/dev/null 2>&1 || { $(PYTHON) -m venv --clear --without-pip .venv && $(BIN)/python .ci/bootstrap_pip.py; }

.venv/.runtime: requirements.lock pyproject.toml | .venv/bin/python
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) --quiet --no-deps --no-build-isolation -e .
	@touch $@

.venv/.dev: requirements-dev.lock .venv/.runtime
	$(PIP) --require-hashes -r requirements-dev.lock
	@touch $@
