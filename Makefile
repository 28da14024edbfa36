# The commands of this repository; `make` lists them.

.DEFAULT_GOAL := help
PYTHON ?= python3
CHECK ?=
ARGS ?=
RUN := .venv/bin/python -m
FAST := tests/extensions tests/render -k "not broken and not can_fail"

.PHONY: help setup demo test test-all test-fast lint format bench bench-docker reference snapshots clean

help: ## Show these commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-13s %s\n", $$1, $$2}'

setup: .venv/installed ## Install the development tools into .venv (the other commands do it by themselves)

demo: .venv/installed ## Render the shop example and run it; CHECK=1 tries every operation and stops
	@$(RUN) tools.demo $(if $(CHECK),--check)

test: .venv/installed ## Run the fast tests
	@$(RUN) pytest -m "not slow and not containers" -n auto --dist loadfile $(ARGS)

test-fast: .venv/installed ## Run the most telling tests in half a minute: few apps, with every pair of answers
	@MATRIX=pairs $(RUN) pytest -m "not slow and not containers" -n auto --dist loadfile $(or $(ARGS),$(FAST))

test-all: .venv/installed ## Run every test on every combination: apps on real databases, containers
	@MATRIX=$${MATRIX:-all} $(RUN) pytest -n auto --dist loadfile $(ARGS)

lint: .venv/installed ## Check style, formatting, types and YAML of the template itself
	@$(RUN) ruff check .
	@$(RUN) ruff format --check .
	@$(RUN) mypy
	@$(RUN) yamllint --strict copier.yml examples .github .yamllint.yml

format: .venv/installed ## Format the code and apply automatic fixes
	@$(RUN) ruff format .
	@$(RUN) ruff check --fix .

bench: .venv/installed ## Measure `copier copy` against a one-file template, and what observability costs; ARGS=--apps: also test suites
	@$(RUN) tools.bench $(ARGS)

bench-docker: .venv/installed ## Measure image and stack, and compare with the baseline
	@$(RUN) tools.bench_docker

reference: .venv/installed ## Write docs/reference from copier.yml and the entity models, and the list of decisions
	@$(RUN) tools.reference

snapshots: .venv/installed ## Write tests/render/snapshots: which answers bring which files, and some files of two apps
	@$(RUN) tests.render.snapshots

clean: ## Remove what was made here
	@rm -rf build .venv .mypy_cache .pytest_cache .ruff_cache

.venv/installed: pyproject.toml
	@$(PYTHON) -c 'import tomllib' 2>/dev/null || { echo "Python 3.11 or newer is needed: make $(MAKECMDGOALS) PYTHON=python3.13"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { echo "Python's venv module is not complete: apt-get install python3-venv"; exit 1; }
	@echo "Installing the development tools into .venv ..."
	@$(PYTHON) -m venv .venv
	@$(RUN) pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	@$(RUN) pip install --quiet --group dev
	@touch $@
