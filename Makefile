# kossa: `make demo` and `make test` set up all they need; only Python >= 3.11, make and a package index are assumed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LOCK_OPTIONS := --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links

.PHONY: setup setup-dev demo test check format validate bench lock coverage clean help

help:
	@echo "make demo      two virtual people, made, scanned and read cold: build/demo/index.html"
	@echo "make test      the test suite"
	@echo "make check     lint, strict types, import contract, lock files"
	@echo "make validate  every bar of docs/validation.md that needs longer than a test (KOSSA_SHARED)"
	@echo "make bench     speed, as ratios against a reference in the same run"

$(VENV)/run-ready: requirements.lock pyproject.toml
	@$(PYTHON) tools/check_python.py
	@[ -x $(BIN)/python ] || $(PYTHON) -m venv $(VENV)
	@echo "Installing what kossa needs (about a minute) ..."
	@if [ ! -e $(VENV)/dev-ready ]; then $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock; fi
	@$(BIN)/python tools/link_package.py
	@touch $@

$(VENV)/dev-ready: requirements-dev.lock pyproject.toml
	@$(PYTHON) tools/check_python.py
	@[ -x $(BIN)/python ] || $(PYTHON) -m venv $(VENV)
	@echo "Installing what the tests need (about a minute) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-dev.lock
	@$(BIN)/python tools/link_package.py
	@touch $@ $(VENV)/run-ready

setup: $(VENV)/run-ready

setup-dev: $(VENV)/dev-ready

demo: setup
	@$(BIN)/kossa demo -o build/demo

test: setup-dev
	@$(BIN)/python -m pytest

coverage: setup-dev
	@$(BIN)/python -m coverage run -m pytest -q
	@$(BIN)/python -m coverage report --include 'src/kossa/ct/*,src/kossa/intake/*,src/kossa/evidence/*' --fail-under 90

check: setup-dev
	@$(BIN)/ruff format --check src tests tools bench validate
	@$(BIN)/ruff check src tests tools bench validate
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/python tools/check_text.py

format: setup-dev
	@$(BIN)/ruff format src tests tools bench validate
	@$(BIN)/ruff check --fix --quiet src tests tools bench validate || true

validate: setup-dev
	@$(BIN)/python -m validate

bench: setup-dev
	@$(BIN)/python -m bench

lock: setup-dev
	@$(BIN)/uv pip compile $(LOCK_OPTIONS) pyproject.toml --group dev -o requirements-dev.lock
	@$(BIN)/uv pip compile $(LOCK_OPTIONS) pyproject.toml -c requirements-dev.lock -o requirements.lock
	@! grep -nE '://|index-url|find-links' requirements.lock requirements-dev.lock

clean:
	rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
