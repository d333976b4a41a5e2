# From a fresh checkout: `make run`, `make test`. Everything is set up in .venv.

PYTHON ?= python3
BIN := .venv/bin
# Settings (PORT, ONETHREAD_DATA, …) reach the server from the environment or from make's command line.

.PHONY: run test check bench clean

# The server with the demo organization; http://127.0.0.1:8000 unless PORT says otherwise, data in ./data.
run: .venv/installed
	@exec $(BIN)/onethread serve --demo

# Everything that is checked, then all tests.
test: check
	$(BIN)/python -m pytest

check: .venv/developed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Every scenario of loadtest/ in turn, some two minutes; prints the figures and where the report is.
bench: .venv/developed
	$(BIN)/python -m loadtest flood steady storm return idle hot slow

clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis

.venv/installed: pyproject.toml .venv/made
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[chat]'
	@touch $@

.venv/developed: pyproject.toml .venv/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

.venv/made:
	@PYTHON="$(PYTHON)" sh .ci/make-venv
	@echo 'make: installing what Onethread needs into .venv'
	@touch $@
