# Everything one does with Realist from a shell. A target needs Python 3.11 to 3.13, pip and make; it builds the rest.

# The interpreter to build .venv with where not the newest, for example: make run PYTHON=/usr/bin/python3.12
PYTHON ?=
# The port of `make run` and `make dev`.
PORT ?= 8000
export PORT
# The database of `make test-quick`: sqlite or postgresql.
ENGINE ?= sqlite
export ENGINE
# Without bytecode every start takes twice as long, so where none may stand beside the sources it stands in .local.
ifdef PYTHONDONTWRITEBYTECODE
unexport PYTHONDONTWRITEBYTECODE
export PYTHONPYCACHEPREFIX := $(CURDIR)/.local/bytecode
endif

venv = .venv/bin/python
build = python=$$(sh tools/find_python.sh "$(PYTHON)") && "$$python" -m tools.virtual_environment
build_for_tests = $(build) --tests

.DEFAULT_GOAL := help
.PHONY: run dev test test-quick soak check fix lock schema bench clean help

run: ## Serve Realist on this machine; PORT= chooses the port, DATABASE_URL= another database than SQLite.
	@$(build) && exec $(venv) -m tools.run

dev: ## Serve Realist while changing it, with Django's own server, DEBUG and reload; PORT= and DATABASE_URL= as above.
	@$(build_for_tests) && exec $(venv) -m tools.dev

test: ## Run every test on SQLite and PostgreSQL; ARGS= is handed to pytest, as in ARGS="-k cmoc".
	@$(build_for_tests) && exec $(venv) -m tools.suite $(ARGS)

test-quick: ## Run the tests but slow and browser ones on SQLite; ARGS= names a file, ENGINE=postgresql the other database.
	@$(build_for_tests) && exec $(venv) -m tools.quick $(ARGS)

soak: ## Run the full size of the tests that `make test` runs small, on SQLite and PostgreSQL.
	@$(build_for_tests) && exec $(venv) -m tools.suite --soak $(ARGS)

check: ## Check style, types, templates, imports, migrations, deployment settings and the API's committed schema.
	@$(build_for_tests) && exec $(venv) -m tools.checks

fix: ## Repair what a tool can repair: style, formatting, templates and generated files.
	@$(build_for_tests) && exec $(venv) -m tools.fix

schema: ## Write the generated files anew: OpenAPI, the package's JSON Schema, the data-model page.
	@$(build_for_tests) && exec $(venv) -m tools.schema

lock: ## Resolve pyproject.toml into the hashed requirements; UPGRADE=yes takes the newest versions.
	@$(build_for_tests) && exec $(venv) -m tools.lock $(if $(UPGRADE),--upgrade)

bench: ## Measure speed on this machine.
	@$(build_for_tests) && exec $(venv) -m tools.bench

clean: ## Remove what was built; the database and the secret key stay.
	@rm -rf .venv .local/static .local/tests .local/bytecode .coverage .coverage.* .*_cache .hypothesis .schemathesis

help: ## List what can be made.
	@sed -n 's/^\([a-z-]*\): ## /\1	/p' Makefile | expand -t 12
