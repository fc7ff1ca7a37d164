# Everything a fresh machine needs is installed by `make setup`: only Python ≥ 3.11, make and git are assumed.
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
HERE := $(CURDIR)

.PHONY: setup run test check bench docs soak clean

setup: var/setup/python var/setup/assets

var/setup/python: requirements/development.txt pyproject.toml
	@mkdir -p var/setup
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed" if sys.version_info < (3, 11) else 0)'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/development.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
	@touch $@

var/setup/assets: var/setup/python package-lock.json zhixing/assets.py
	@mkdir -p var/setup
	command -v npm >/dev/null || $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/node.txt
	PATH="$$PATH:$(HERE)/$(BIN)" npm ci --silent --no-audit --no-fund
	$(BIN)/python -m zhixing.assets
	@touch $@

run: setup
	@ZHIXING_BIND=127.0.0.1:$(PORT) ZHIXING_LOG_LEVEL=$${ZHIXING_LOG_LEVEL:-warning} PYTHONWARNINGS=ignore exec $(BIN)/zhixing up --demo

test: setup
	$(BIN)/python -m zhixing.local.rabbitmq
	$(BIN)/python -m pytest

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/unit tests/contract

bench: setup
	$(BIN)/python -m zhixing.local.rabbitmq
	@for name in pipeline intake pages rebuild close consensus; do PYTHONWARNINGS=ignore $(BIN)/zhixing bench $$name --json; done

soak: setup
	$(BIN)/python -m zhixing.local.rabbitmq
	ZHIXING_SOAK_ROUNDS=10 $(BIN)/python -m pytest tests/faults

docs: setup
	PYTHONWARNINGS=ignore $(BIN)/python -m zhixing.documents

clean:
	rm -rf .venv node_modules var gateway/pages/static/vendor
