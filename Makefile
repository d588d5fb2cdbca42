# Two commands for a newcomer: `make rehearse` and `make test`. Python 3.11+, make and the package index are all they need.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed

.PHONY: rehearse test live drill servers test-live test-crashes lint types check bench docs golden clean

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(0 if v >= (3, 11) else f"Huanjie needs Python 3.11 or newer, this is {v.major}.{v.minor}: make PYTHON=python3.11 ...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable . --group dev
	@touch $@

# Sixty communities of one district, with one fault of each kind that this plan can have, so that there is something to catch.
FAULTS := F1=1 F3=1 F4=1 F5=1 F6=1 F7=1 F8=1 F9=1 F10=1

rehearse: $(STAMP)
	$(BIN)/huanjie rehearse street-2021 --units 60 --seed 2026 $(addprefix --fault ,$(FAULTS)) --out out/rehearsal

test: $(STAMP)
	$(BIN)/python -m pytest

# A pilot county on this machine (registry, Temporal server, worker) in ./county; the first time the server is built once.
live: $(STAMP)
	$(BIN)/huanjie live

# The same as a drill: its own home, a clock that can be compressed and set forward.
drill: $(STAMP)
	HUANJIE_HOME=$${HUANJIE_HOME:-out/drill} $(BIN)/huanjie live --drill

# The Temporal server and its SQL tool: found, or built once with Go and kept.
servers: $(STAMP)
	$(BIN)/huanjie server find

# Against real servers: Temporal (HUANJIE_TEMPORAL_SERVER, on PATH, or once `make servers` has run) and PostgreSQL (Debian's
# package postgresql). What is not there is skipped visibly; with CI=true it fails instead.
test-live: $(STAMP)
	$(BIN)/python -m pytest -n 0 -m server tests/server --ignore tests/server/test_crashes.py
	$(MAKE) test-crashes

# A part of test-live: worker killed 50 times, server 10, registry locked or its disk full 10, over elections that must end as
# if nothing had happened. About six minutes; says how often each happened.
test-crashes: $(STAMP)
	$(BIN)/python -m pytest -n 0 -m server tests/server/test_crashes.py -s

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMP)
	$(BIN)/mypy

check: lint types test

bench: $(STAMP)
	@$(BIN)/python -m bench

docs: $(STAMP)
	$(BIN)/python -m docs.generate

golden: $(STAMP)
	$(BIN)/python -m tests.golden

clean:
	rm -rf $(VENV) out .pytest_cache .mypy_cache .ruff_cache
