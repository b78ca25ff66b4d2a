# The two commands to know: make demo, make test. The rest is in `make help`.

PYTHON ?= python3
RUN := .venv/bin/python
PORT ?= 8000
PRODUCT_PORT ?= 8001
DEMO_DIR ?= .local/demo
ARGS ?=
export PORT PRODUCT_PORT DEMO_DIR

# Each command starts many Python processes; none of them should compile the same modules again.
export PYTHONPYCACHEPREFIX := $(CURDIR)/.local/pycache
unexport PYTHONDONTWRITEBYTECODE

APPS := opsconsole audit accounts tenants grants impersonation

# Settings for checks that need no running database.
CHECK_ENV := OPSCONSOLE_SECRET_KEY=only-for-checks-only-for-checks-only-for-checks-0123456789 \
	DATABASE_URL=postgresql://check@127.0.0.1:1/check OWNER_DATABASE_URL= REDIS_URL=redis://127.0.0.1:1/0 \
	PRODUCT_DATABASE_URL=postgresql://check@127.0.0.1:1/check OPSCONSOLE_PUBLIC_URL=https://console.example

.DEFAULT_GOAL := help
.PHONY: help demo test check bench reset lock audit-packages install-demo install-dev

help:
	@echo "make demo    everything for a first look; prints 'ready http://127.0.0.1:8000' when the first page answers"
	@echo "             reads PORT (8000), PRODUCT_PORT (8001), DEMO_DIR (.local/demo), DATABASE_URL, REDIS_URL,"
	@echo "             PRODUCT_DATABASE_URL and OPSCONSOLE_POLICY; stop it with Ctrl-C"
	@echo "make test    the whole test suite, browser tests included; ARGS='tests/grants -k approve' for a part of it"
	@echo "make check   formatter, linter, types, import floors, templates, deployment, migrations, policy bundles"
	@echo "make bench   the benchmarks; a table of ratios, kept in bench/results/; ARGS=startup for one of them"
	@echo "make reset   wipes the demo's data in DEMO_DIR, never anything else"
	@echo "make audit-packages  asks whether a known hole stands in a locked package; one loud line where nobody can be asked"
	@echo "make lock    writes requirements/*.txt again from pyproject.toml"
	@echo "make help    this list"

install-demo:
	@$(PYTHON) -m tools.install demo

install-dev:
	@$(PYTHON) -m tools.install dev

demo: install-demo
	@exec $(RUN) -m demo --parent $$PPID

test: install-dev
	@exec $(RUN) -m tools.run_tests $(ARGS)

CHECKS := format lint types floors templates packages deploy migrations policy
.PHONY: $(CHECKS:%=check-%)
check: $(CHECKS:%=check-%)

check-format: install-dev
	$(RUN) -m ruff format --check --output-format concise .
check-lint: install-dev
	$(RUN) -m ruff check .
check-types: install-dev
	@$(CHECK_ENV) $(RUN) -m mypy manage.py $(APPS) demo bench tests tools
check-floors: install-dev
	.venv/bin/lint-imports
check-templates: install-dev
	$(RUN) -m tools.check_templates
check-packages: install-dev
	$(RUN) -m pip check
check-deploy: install-dev
	@$(CHECK_ENV) $(RUN) manage.py check --deploy --fail-level WARNING
check-migrations: install-dev
	@$(CHECK_ENV) $(RUN) -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
check-policy: install-dev
	@$(CHECK_ENV) $(RUN) manage.py policy check policy
	@$(CHECK_ENV) $(RUN) manage.py policy check demo/policy
	@for example in docs/examples/*/; do $(CHECK_ENV) $(RUN) manage.py policy check $$example || exit 1; done

bench: install-dev
	@exec $(RUN) -m bench $(ARGS)

reset: install-demo
	@exec $(RUN) -m demo.reset

audit-packages: install-dev
	@$(RUN) -m tools.audit_packages

LOCK := uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --quiet
lock: export UV_CUSTOM_COMPILE_COMMAND = make lock
lock: install-dev
	.venv/bin/$(LOCK) -o requirements/base.txt
	.venv/bin/$(LOCK) --extra embedded -c requirements/base.txt -o requirements/demo.txt
	.venv/bin/$(LOCK) --extra embedded --extra dev -c requirements/base.txt -o requirements/dev.txt
