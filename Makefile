SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory --warn-undefined-variables

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
T ?= tests
export PYTHONPATH := $(CURDIR)
# Eighteen processes that compile the same modules at every start would take most of the start.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help
help: ## Print this list
	@awk -F ':.*## ' '/^##@/ { printf "\n%s\n", substr($$0, 5) } /^[a-z-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

##@ Set-up

.PHONY: setup
setup: $(VENV)/.installed ## Create the virtual environment with hash-pinned dependencies

$(VENV)/.installed: requirements/dev.txt requirements/uv.txt pyproject.toml
	@$(PYTHON) -c 'import sys; ok = (3, 11) <= sys.version_info < (3, 14); ok or sys.exit("Shipyard needs Python 3.11 to 3.13, $(PYTHON) is %d.%d: set PYTHON=/path/to/python3.11" % sys.version_info[:2])'
	@echo "installing the packages of requirements/dev.txt into $(VENV): half a minute or more"
	@test -x $(BIN)/uv || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@$(BIN)/uv pip sync --quiet --compile-bytecode --python $(BIN)/python --require-hashes requirements/uv.txt requirements/dev.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --offline --no-deps --no-build-isolation --editable .
	@touch $@

.PHONY: shell
shell: setup ## Start a shell that finds shipyard, pytest and the rest of .venv/bin
	@PATH="$(CURDIR)/$(BIN):$$PATH" exec $${SHELL:-/bin/bash}

##@ Quality

.PHONY: check
check: setup ## Check format, lint, types and imports; and that generated code, tables and locks are up to date
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.architecture.generated_code
	$(BIN)/python -m tests.architecture.environment
	$(BIN)/python -m tests.architecture.metrics
	$(BIN)/python -m tests.architecture.command_line
	$(BIN)/python -m tests.architecture.locks

.PHONY: audit
audit: setup ## List known vulnerabilities of every locked package; fails if no vulnerability service answers
	@$(BIN)/python -m tests.architecture.audit

.PHONY: format
format: setup ## Format, and fix what ruff can fix
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

##@ Documentation

DOCS := .cache/docs

.PHONY: docs
docs: $(DOCS)/venv/.installed ## Build the documentation site into .cache/docs/site; a warning or a file of another host fails
	@rm -rf $(DOCS)/source && mkdir -p $(DOCS)/source
	@git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents --target-directory=$(DOCS)/source
	@cp $(DOCS)/venv/lib/python3*/site-packages/mermaidx/assets/mermaid.js $(DOCS)/source
	@NO_MKDOCS_2_WARNING=1 $(DOCS)/venv/bin/mkdocs build --strict --quiet
	@! grep --recursive --include=*.html --only-matching --extended-regexp '<(script|link|img|iframe)[^>]* (src|href)="https?:[^>]*>' $(DOCS)/site
	@echo "open $(DOCS)/site/index.html; to search, serve it: python3 -m http.server --directory $(DOCS)/site"

.PHONY: docs-test
docs-test: setup ## Run every command of the tutorial, in a clone and on ports of its own: a minute or more
	$(BIN)/pytest -m page tests/e2e

$(DOCS)/venv/.installed: requirements/docs.txt | setup
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(DOCS)/venv
	@$(BIN)/uv pip sync --quiet --python $(DOCS)/venv/bin/python --require-hashes requirements/docs.txt
	@touch $@

##@ The system on this machine

LOCAL = $(BIN)/python -m deploy.local
S ?=
SINCE ?=
LEVEL ?=
ORDER ?=

ORDERS ?= 20
STARTED_AT := $(shell date +%s)

.PHONY: demo up down ps logs kill clean doctor memory flush-redis dlq-accept
demo: setup ## Start everything, place ORDERS=20 orders and show their progress
	@$(BIN)/python -m deploy.local.demo --orders $(ORDERS) --started-at $(STARTED_AT)

up: setup ## Start engines and services, wait until they are ready
	@$(LOCAL) up

down: ## Stop everything; the data stays
	@test ! -e $(BIN)/python || $(LOCAL) down

ps: setup ## Show every process with its state, memory, restarts and problem; tab-separated in a pipe
	@$(BIN)/shipyard ps

logs: setup ## Follow the logs; some with S=name, SINCE=5m, LEVEL=warning, ORDER=uuid
	@$(BIN)/shipyard logs --follow $(S) $(if $(SINCE),--since $(SINCE)) $(if $(LEVEL),--level $(LEVEL)) $(if $(ORDER),--order $(ORDER))

kill: setup ## Kill a process, or several, with S=name; supervisor starts it again
	@$(LOCAL) kill $(S)

memory: setup ## Show the memory of every process
	@$(LOCAL) memory

flush-redis: setup ## Delete everything in Redis; no order may be lost
	@$(LOCAL) flush-redis

dlq-accept: setup ## Release every consumer that reached the malformed-record limit
	@$(LOCAL) dlq-accept

clean: ## Stop everything and delete data, logs and passwords
	@test ! -e $(BIN)/python || $(LOCAL) clean

doctor: setup ## List problems of this machine, and how to fix them
	@$(BIN)/shipyard doctor

##@ Containers

PROJECTS := core inventory payment order assembly notification operator
REVERSED := operator notification assembly order payment inventory core
# Those with a schema: their migration ends well, or no role is touched.
MIGRATED := inventory order notification

.PHONY: env compose-up compose-down compose-ps $(PROJECTS:%=compose-up-%)
env: ## Create the containers' environment files, with random passwords on first use
	@deploy/env/generate-env.sh

compose-up: ## Build and start all containers; compose-up-<service> for one
	@for name in $(PROJECTS); do $(MAKE) compose-up-$$name; done

compose-down: env ## Stop and remove all containers; the data stays
	@for name in $(REVERSED); do deploy/compose/compose.sh $$name down; done

compose-ps: ## Show every container with its state, restarts and what it said before its last end; tab-separated in a pipe
	@deploy/compose/ps.sh

$(PROJECTS:%=compose-up-%): compose-up-%: env
	@deploy/docker/build.sh $*
	@$(if $(filter $*,$(MIGRATED)),deploy/compose/compose.sh $* run --rm -T $*-migrate)
	@deploy/compose/compose.sh $* up --detach
	@$(if $(filter $*,operator),deploy/compose/operator/users.sh)

.PHONY: rehearse
rehearse: setup ## Follow docs/deploy.md on a Docker engine: yours, or Debian's docker.io started as root
	@$(BIN)/python -m tests.rehearsal

##@ Generated files

PROTOS := $(wildcard libs/contracts/*/v1/*.proto)

.PHONY: proto
proto: setup ## Generate the code beside each .proto
	$(BIN)/python -m grpc_tools.protoc -I . --python_out=. --pyi_out=. $(PROTOS)
	$(BIN)/python -m grpc_tools.protoc -I . --grpc_python_out=. $(filter-out %/events.proto,$(PROTOS))

.PHONY: env-docs
env-docs: setup ## Write the environment per role into each README, and deploy/env/*.env.template
	@$(BIN)/python -m tests.architecture.environment --write

.PHONY: metrics-docs
metrics-docs: setup ## Write the list of metrics into docs/metrics.md
	@$(BIN)/python -m tests.architecture.metrics --write

.PHONY: cli-docs
cli-docs: setup ## Write docs/cli.md from the commands of shipyard
	@$(BIN)/python -m tests.architecture.command_line --write

LOCKS := order payment inventory assembly notification core operator dev docs
COMPILE := uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links

.PHONY: lock
lock: setup ## Write hash-pinned requirements/*.txt from pyproject.toml
	@for extra in $(LOCKS); do \
	  UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/$(COMPILE) --extra $$extra pyproject.toml -o requirements/$$extra.txt; \
	done

##@ Tests

.PHONY: test
test: setup ## Run all tests on engines that they start, beside a running stack; some with T=path
	$(BIN)/pytest --numprocesses=2 --dist=loadfile --max-worker-restart=0 $(if $(filter $(T),tests),--cov --cov-report=term,) $(T)

URL ?=
INVENTORY ?=

.PHONY: test-api
test-api: setup ## Run the contract's acceptance flow on this stack; on any implementation with URL=, INVENTORY= and API_KEY
	@$(BIN)/python -m tests.acceptance $(if $(URL),--url $(URL)) $(if $(INVENTORY),--inventory $(INVENTORY))

QUICK ?=
ONLY ?=
BASE ?=
TURNS ?= 0

.PHONY: bench
bench: setup ## Measure rates, latency and CPU per order; QUICK=1, ONLY=cost,rest, BASE=commit compares with it
	@$(BIN)/python -m tests.bench --only "$(ONLY)" --base "$(BASE)" --turns $(TURNS) $(if $(QUICK),--quick)

SCENARIO ?=
SEED ?= 0
TIMES ?= 1
JOBS ?= 1

.PHONY: chaos
chaos: setup ## Inject faults into the whole system, all or SCENARIO=a,b with SEED=n, and check the result
	@$(BIN)/python -m tests.chaos --scenario "$(SCENARIO)" --seed $(SEED) --times $(TIMES) --jobs $(JOBS)

CONDITION ?=
ALL ?=
ALERTS ?=

.PHONY: drill
drill: setup ## Break one thing in a private stack, for you to find with shipyard: SEED=n, CONDITION=a,b; ALL=1 shows all ten; ALERTS=1 shows their alerts
	@$(BIN)/python -m tests.drill --seed $(SEED) --condition "$(CONDITION)" $(if $(ALL),--all) $(if $(ALERTS),--alerts)
