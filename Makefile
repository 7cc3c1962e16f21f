# `make demo` and `make test` need Python 3.11 or newer, git and make, and nothing else.

.DEFAULT_GOAL := test
.PHONY: demo test test-full check tests bench screenshot clean

PY := .venv/bin/python
PIP := $(PY) -m pip --disable-pip-version-check install --quiet --constraint constraints.txt
SOURCES := pyproject.toml constraints.txt

demo: .venv/installed-demo
	.venv/bin/cutline demo

test: check tests

test-full: export CUTLINE_TEST_FULL = 1
test-full: export PYTEST_ADDOPTS += --timeout 1800
test-full: check tests

check: .venv/installed-test
	$(PY) -m ruff check
	$(PY) -m ruff format --check
	$(PY) -m mypy

# What kills processes, or measures how long a key waits, has the machine for itself.
tests: .venv/installed-test
	$(PY) -m pytest --numprocesses auto --maxprocesses 4 --dist worksteal --ignore tests/real
	$(PY) -m pytest tests/real

bench: .venv/installed-test
	$(PY) -m tests.bench

screenshot: .venv/installed-test
	$(PY) docs/screenshots.py

clean:
	rm -rf .venv build dist *.egg-info

.venv/pyvenv.cfg:
	@for python in python3.13 python3.12 python3.11 python3 python; do \
	  if "$$python" -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    echo "creating .venv with $$("$$python" --version)"; \
	    exec "$$python" -m venv --clear .venv; \
	  fi; \
	done; \
	echo "make: found no Python 3.11 or newer with venv (on Debian: apt-get install python3 python3-venv)" >&2; \
	exit 1

# Stamps: what is installed is installed again only when the list of it changes.
.venv/installed-demo: .venv/pyvenv.cfg $(SOURCES)
	$(PIP) --editable '.[demo]'
	@touch $@

# timm names torchvision as a need, which fits no torch without CUDA and which cutline does without.
.venv/installed-test: .venv/pyvenv.cfg $(SOURCES)
	$(PIP) --editable '.[demo,test]'
	$(PIP) safetensors torch
	$(PIP) --no-deps timm
	@touch $@ .venv/installed-demo
