# The only command surface: people and CI call the same targets. `make` alone lists them.
.DEFAULT_GOAL := help
SHELL := /bin/sh
.SHELLFLAGS := -eu -c
MAKEFLAGS += --no-print-directory

VENV ?= .venv
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# The peers of the benchmark have an environment of their own: they are no dependencies.
PEERS_VENV ?= .venv-peers
PEERS_READY := $(PEERS_VENV)/.ready
# Without autoloaded plugins pytest starts in a fraction of the time: schemathesis costs seconds. The
# tests wait more than they work, so there are more of them at a time than cores.
PYTEST := PYTEST_DISABLE_PLUGIN_AUTOLOAD=1 $(BIN)/python -m pytest -q -p pytest_timeout -p xdist -n 4 --dist worksteal
# What tests the wrapper runs with its coverage, which the rest, twice as slow with it, adds nothing to.
OF_OTHERS := $(addprefix contract_tests/unit/,spec sandbox benchmarks vendoring)
OF_WRAPPER := $(addprefix contract_tests/,unit wire consumer journey chaos)
OF_THE_REST := $(filter-out $(OF_WRAPPER) %/__pycache__,$(patsubst %/,%,$(wildcard contract_tests/*/))) $(OF_OTHERS)
WITHOUT_OTHERS := $(addprefix --ignore=,$(OF_OTHERS))
# Runs a command and tells its last line under a name; all that it said where it fails, or says nothing.
told = $(2) >$(VENV)/$(1).log 2>&1 && said=$$(tail -n 1 $(VENV)/$(1).log | grep .) && echo "$(1): $$said" \
	|| { cat $(VENV)/$(1).log; exit 1; }

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: setup
setup: $(READY) ## make the environment from the lock

# The lock is complete, so nothing is resolved: pip holds "coverage[toml]" apart from a locked "coverage", and takes
# the newest one, whose hash is unknown.
$(READY): requirements/dev.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; set PYTHON=/path/to/it"; exit 1; }
	@echo "setup: installing the locked environment into $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes --no-deps -r requirements/dev.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(BIN)/python -m pip check --disable-pip-version-check >/dev/null || $(BIN)/python -m pip check
	@touch $(READY)
	@echo "setup: ready, $$($(BIN)/python --version), $$($(BIN)/python -m pip list --format=freeze | wc -l) packages"

.PHONY: lock
lock: $(READY) ## renew requirements/dev.lock from pyproject.toml
	@$(BIN)/uv pip compile -q pyproject.toml --all-extras --group generate --group test --group check \
		--group build --group lock --universal --generate-hashes --python-version 3.11 --upgrade \
		--custom-compile-command 'make lock' -o requirements/dev.lock
	@$(BIN)/uv pip compile -q requirements/peers.in --universal --generate-hashes --python-version 3.11 \
		--upgrade --custom-compile-command 'make lock' -o requirements/peers.txt
	@echo "lock: $$(grep -c == requirements/dev.lock) packages"

.PHONY: demo
demo: $(READY) ## four variations of a photograph, from a sandbox of its own
	@$(BIN)/python -m demo

.PHONY: test
test: lint types layers drift tests conformance ## everything that CI runs

.PHONY: tests
tests: cover rest ## every test

.PHONY: cover
cover: $(READY) ## the tests of the wrapper, with its branch coverage
	@$(PYTEST) -p pytest_cov --cov --cov-report=term --cov-fail-under=97 $(OF_WRAPPER) $(WITHOUT_OTHERS)

.PHONY: rest
rest: $(READY) ## the tests of what builds the contract and checks it
	@$(PYTEST) $(OF_THE_REST)

.PHONY: check
check: $(READY) ## lint, types, layers, drift, unit, wire, census, side by side (under 30 s)
	@$(MAKE) -j2 lint types layers drift unit

.PHONY: lint
lint: $(READY) ## rules and format
	@$(BIN)/ruff check -q . && $(BIN)/ruff format -q --check . && echo "lint: clean"

.PHONY: fmt
fmt: $(READY) ## rewrite the sources into the house's format
	@$(BIN)/ruff check -q --fix . && $(BIN)/ruff format .

.PHONY: types
types: $(READY) ## mypy --strict
	@$(call told,types,$(BIN)/mypy)

.PHONY: layers
layers: $(READY) ## who may import whom
	@$(call told,layers,$(BIN)/lint-imports --no-logo)

.PHONY: spec
spec: $(READY) ## build openapi.yaml from spec/
	@$(BIN)/python -m spec build

.PHONY: import
import: $(READY) ## a vendor's page -> spec/: PAGE= [ACCEPT=1] [DRY_RUN=1] [REPLACE=1] [SLUG=]
	@$(BIN)/python -m spec import "$(PAGE)" $(if $(ACCEPT),--accept) $(if $(DRY_RUN),--dry-run) \
		$(if $(REPLACE),--replace) $(if $(SLUG),--slug $(SLUG))

.PHONY: update
update: $(READY) ## a new or changed page, all the way: PAGE= [ALLOW_BREAKING=1]
	@$(BIN)/python -m spec update "$(PAGE)" $(if $(ALLOW_BREAKING),--allow-breaking)

.PHONY: generate
generate: $(READY) ## build generated/ from openapi.yaml
	@$(BIN)/python -m spec generate

.PHONY: drift
drift: $(READY) ## openapi.yaml equals its sources, generated/ equals openapi.yaml
	@$(call told,drift,$(BIN)/python -m spec drift)

.PHONY: diff
diff: $(READY) ## what changed between two contracts or pages, and whom it breaks: OLD= NEW= [ALLOW=]
	@$(BIN)/python -m spec diff "$(or $(OLD),current)" "$(or $(NEW),current)" \
		$(if $(ALLOW),--allow $(ALLOW)) $(if $(MARKDOWN),--markdown $(MARKDOWN)) \
		$(if $(REPORT),--json $(REPORT)) $(if $(GITHUB_ACTIONS),--github)

# These tests work more than they wait: workers beyond the cores would only start up once more.
.PHONY: unit
unit: $(READY) ## the client without a server: flows fed by hand, wire, census
	@$(call told,unit,$(PYTEST) -n auto $(addprefix contract_tests/,unit wire census) $(WITHOUT_OTHERS))

.PHONY: journey
journey: $(READY) ## wrapper and command line against the sandbox over loopback
	@$(PYTEST) contract_tests/journey

.PHONY: soak
soak: $(READY) ## a storm over JOBS= jobs with KILLS= kills and a SEED= (10,000, 200, 1; long)
	@$(BIN)/python -m contract_tests.chaos --jobs $(or $(JOBS),10000) --kills $(or $(KILLS),200) --seed $(or $(SEED),1)

.PHONY: crowd
crowd: $(READY) ## JOBS= jobs in flight in one process (5000), then Ctrl-C: memory and seconds
	@$(BIN)/python -m contract_tests.chaos.crowd --jobs $(or $(JOBS),5000)

.PHONY: contract
contract: $(READY) ## both sides of the contract: wire, consumer, and the harness on the sandbox
	@$(PYTEST) contract_tests/wire contract_tests/consumer
	@$(MAKE) conformance

# API_KEY is read from the environment and never passed as an argument, which process lists show.
.PHONY: conformance
conformance: export API_KEY ?=
conformance: $(READY) ## any server: BASE_URL= API_KEY= DIALECT= HTML= REPORT= SEED=; else the sandbox
	@$(BIN)/python -m contract_tests.harness $(if $(BASE_URL),--base-url $(BASE_URL)) \
		$(if $(DIALECT),--dialect $(DIALECT)) $(if $(SEED),--seed $(SEED)) \
		$(if $(REPORT),--report $(REPORT)) $(if $(HTML),--html $(HTML)) \
		$(if $(KILLS),--kill-table $(KILLS)) \
		$(if $(GITHUB_ACTIONS),--github)

# Costs money: JOBS= paid jobs at most (1). Without API_KEY it says that it was skipped.
.PHONY: contract-live
contract-live: export API_KEY ?=
contract-live: $(READY) ## the live server, at most JOBS= paid jobs (1): BASE_URL= API_KEY= REPLAY=
	@$(BIN)/python -m contract_tests.live $(if $(REPLAY),--replay $(REPLAY)) \
		$(if $(BASE_URL),--base-url $(BASE_URL)) $(if $(DIALECT),--dialect $(DIALECT)) \
		$(if $(JOBS),--jobs $(JOBS)) $(if $(SEED),--seed $(SEED)) \
		$(if $(REPORT),--report $(REPORT)) $(if $(GITHUB_ACTIONS),--github)

.PHONY: fuzz
fuzz: $(READY) ## the harness on the sandbox with a random seed, which it prints
	@seed=$$($(BIN)/python -c 'import secrets; print(secrets.randbelow(2**31))'); \
		echo "fuzz: SEED=$$seed"; $(MAKE) conformance SEED=$$seed

.PHONY: mutation
mutation: $(READY) ## put faults in one at a time and say what the harness kills (within 10 minutes on 2 cores): PART=
	@$(BIN)/python -m contract_tests.mutation all $(if $(PART),--part $(PART)) \
		--json docs/kill-table --markdown docs/kill-table.md

.PHONY: mutation-matrix
mutation-matrix: $(READY) ## the same, and what is no longer caught with a layer switched off (long): PART= MISSING=
	@$(BIN)/python -m contract_tests.mutation all --matrix $(if $(PART),--part $(PART)) \
		$(if $(MISSING),--missing $(MISSING)) \
		--json docs/kill-table --markdown docs/kill-table.md

.PHONY: alarms
alarms: $(READY) ## the unbroken system over SEEDS= seeds (20): no layer may find anything (long)
	@$(BIN)/python -m contract_tests.mutation provider --unbroken-only --unbroken-seeds $(or $(SEEDS),20)

.PHONY: simulate
simulate: $(READY) ## schedules of polls against the best possible ones, simulated
	@$(BIN)/python -m benchmarks.simulate

$(PEERS_READY): requirements/peers.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; set PYTHON=/path/to/it"; exit 1; }
	@echo "bench: installing the peers into $(PEERS_VENV)"
	@$(PYTHON) -m venv $(PEERS_VENV)
	@$(PEERS_VENV)/bin/python -m pip install -q --disable-pip-version-check --require-hashes --no-deps \
		-r requirements/peers.txt
	@touch $(PEERS_READY)

# The client is taken from the sources, not installed, so the environment need not be made anew for each change.
.PHONY: bench
bench: $(PEERS_READY) ## this client beside its peers -> docs/performance.md: SCENARIOS= ROUNDS= QUICK=1
	@PYTHONPATH=wrapper:generated:. $(PEERS_VENV)/bin/python -m benchmarks \
		$(if $(SCENARIOS),--scenarios $(SCENARIOS)) $(if $(ROUNDS),--rounds $(ROUNDS)) \
		$(if $(QUICK),--quick) $(if $(REPORT_ONLY),--report-only)

.PHONY: vendor
vendor: $(READY) ## copy the client: DEST=app/_vendor NAME=fluxclient [WITH=cli]; CHECK=1 DEST= looks
	@$(BIN)/python -m vendoring "$(DEST)" $(if $(CHECK),--check,--name "$(NAME)") \
		$(if $(WITH),--with $(WITH)) $(if $(FORCE),--force)

.PHONY: sandbox
sandbox: $(READY) ## serve the sandbox until Ctrl-C
	@$(BIN)/python -m chainhub_fal_sandbox

.PHONY: clean
clean: ## remove the environment and caches, by name
	@rm -rf $(VENV) $(PEERS_VENV) .mypy_cache .ruff_cache .import_linter_cache .hypothesis .demo .mutation .live \
		.bench
	@echo "clean"
