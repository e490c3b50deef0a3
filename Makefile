# `make run` and `make test` need Python 3.11 or newer (with venv) and make; they set up everything else in .venv.
# Another Python: make env PYTHON=/path/to/python3.13

VENV := .venv
IN_VENV := $(VENV)/bin/python
BUILT := $(VENV)/.built
PYTHON ?= python3
TESTS ?=
JOBS ?= 2

.PHONY: help env run test check torture bench pictures wheel
.DEFAULT_GOAL := help

help:
	@echo 'make run       open the demo: a desk, visitors who write by themselves, and the console'
	@echo 'make test      run the tests (TESTS=tests/core for a part)'
	@echo 'make check     what CI runs: format, lint, types, import walls, tests'
	@echo 'make torture   the long kill-and-restart runs'
	@echo 'make bench     measure, as ratios beside a floor measured in the same run'
	@echo 'make pictures  draw the pictures of docs/ from the running console'
	@echo 'make wheel     build the wheel into dist/, to install it elsewhere (docs/install.md)'
	@echo 'make env       build .venv (the others do it by themselves)'

env: $(BUILT)

$(BUILT): pyproject.toml constraints.txt
	@PYTHON='$(PYTHON)' VENV='$(VENV)' sh .ci/make-env
	@touch $@

run: env
	@$(VENV)/bin/agent-tui demo

test: env
	$(IN_VENV) -m pytest -n $(JOBS) --dist loadgroup $(TESTS)

check: env
	$(IN_VENV) -m ruff format --check .
	$(IN_VENV) -m ruff check .
	$(IN_VENV) -m mypy
	$(VENV)/bin/lint-imports
	$(MAKE) test

torture: env
	$(IN_VENV) -m pytest -m torture $(TESTS)

bench: env
	$(IN_VENV) -m tests.bench

pictures: env
	$(IN_VENV) -m tests.pictures docs/pictures

wheel: env
	$(IN_VENV) -m build --wheel --no-isolation --outdir dist .
