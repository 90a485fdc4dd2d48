# For POSIX sh and GNU make 3.81 or newer.
.PHONY: help run dev invite install upgrade test lint bench lock broken

# As requires-python in pyproject.toml says.
IS_SUPPORTED := (3, 11) <= sys.version_info < (3, 15)
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(not $(IS_SUPPORTED))' 2>/dev/null && echo $$python && break; done)
IN_VENV := .venv/bin/python
BACKUP_DIR ?= /srv/backup
INSTALL := $(IN_VENV) -m pip --disable-pip-version-check -qq install --require-hashes
COMPILE := uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 pyproject.toml
# A bucket for uploads needs more packages.
INSTALLED := .venv/installed $(if $(filter s3%,$(value UPLOADS)),.venv/installed-s3)

help: ## list what make can do here
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

run: $(INSTALLED) ## set the portal up where that's needed, and run it
	@$(IN_VENV) manage.py serve

dev: $(INSTALLED) ## run it with DEBUG, starting anew at every change of the code
	@DEBUG=yes $(IN_VENV) manage.py serve

invite: $(INSTALLED) ## print a one-time link to a new administrator's account
	@test -n "$$DATA_DIR$$DATABASE_URL" || test -e var/portal.sqlite3 || { \
		echo "There is no portal in var/: start it with “make run” first, or on a server use “sudo portal invite” (docs/deploy.md)."; exit 1; }
	@$(IN_VENV) manage.py invite

install: $(INSTALLED) ## install the packages that the portal needs
	@:

# The running portal is restarted afterwards: docs/deploy.md, Update.
upgrade: $(INSTALLED) ## after an update: install, back up the database, migrate, and check
	@$(IN_VENV) manage.py back_up_database "$(BACKUP_DIR)/before-upgrade-$$(date +%Y-%m-%d-%H%M%S)"
	@$(IN_VENV) manage.py migrate
	@$(IN_VENV) manage.py check --deploy --database default

test: lint ## run every check and test
	@tests/run

lint: .venv/installed-dev ## check the style of code and templates, and who imports whom
	@$(IN_VENV) -m ruff check --quiet
	@$(IN_VENV) -m ruff format --quiet --check
	@find . -path '*templates/*.html' -not -path './.venv/*' -exec .venv/bin/djade --check --target-version 5.2 {} +
	@.venv/bin/lint-imports --no-logo --no-cache

bench: .venv/installed-dev ## compare it with bare gunicorn and plain Django; needs some minutes
	@$(IN_VENV) -m tests.bench

lock: ## pin what pyproject.toml asks for, with hashes
	@command -v uv >/dev/null || { echo "make lock needs uv: install it with “pip install uv”."; exit 1; }
	$(COMPILE) -o requirements.txt
	$(COMPILE) --extra s3 -c requirements.txt -o requirements-s3.txt
	$(COMPILE) --extra s3 --group dev -c requirements-s3.txt -o tests/requirements.txt

# An environment that wasn't finished, or whose Python has been replaced, is made anew.
.venv/installed: requirements.txt $(shell test -e .venv/installed && $(IN_VENV) -c 'import django' 2>/dev/null || echo broken)
	@$(if $(filter broken,$^),$(require_python)$(PYTHON) -m venv --clear .venv)
	@echo "Installing the packages that the portal needs …"
	@$(INSTALL) -r $<
	@touch $@

.venv/installed-s3: requirements-s3.txt .venv/installed
	@$(INSTALL) -r $<
	@touch $@

.venv/installed-dev: tests/requirements.txt .venv/installed
	@$(INSTALL) -r $<
	@touch $@

has = $(if $(PYTHON),$(shell $(PYTHON) -c 'import sys, $(1); print($(IS_SUPPORTED) or "")' 2>/dev/null))
require_python = $(if $(call has,sys),$(if $(call has,venv$(comma) ensurepip),,$(error $(no_venv))),$(error $(no_python)))
no_python = The portal needs Python 3.11, 3.12, 3.13 or 3.14: install one of them (on Debian or Ubuntu: apt-get install python3 python3-venv) and try again
no_venv = Python's venv is missing: install it (on Debian or Ubuntu: apt-get install $(notdir $(PYTHON))-venv) and try again
comma := ,
