# The targets people use. CI runs `make test`; everything else is a part of it.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PY := .venv/bin/python
UV := .venv/bin/uv
HOME_FOLDER ?= home
PORT ?= 8000
SPREAD ?= -n 2 --dist loadfile
# Where it is set, every process that a test or a command starts compiles a thousand modules again, for a second.
unexport PYTHONDONTWRITEBYTECODE

help:  ## show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: .venv/run.stamp web-built catalogue  ## install, build, load the demo town, serve it at http://127.0.0.1:8000
	.venv/bin/chuangwen demo --home $(HOME_FOLDER) --port $(PORT)

setup: .venv/dev.stamp web-built catalogue  ## install everything a developer needs, build the front end

test: machine .venv/dev.stamp web-built catalogue  ## everything CI runs, each on one of two processors
	export CHUANGWEN_TEST_RUN=$$(mktemp -d); trap 'rm -rf "$$CHUANGWEN_TEST_RUN"' EXIT; \
	$(MAKE) --no-print-directory -j2 --output-sync=target SPREAD= test-browser test-sqlite test-postgres fuzz check test-web

check: .venv/dev.stamp  ## style, contracts, types, spelling, locks
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/lint-imports
	.venv/bin/mypy
	.venv/bin/codespell src tests docs/adr README.md CONTRIBUTING.md
	.venv/bin/djade --check --target-version 5.2 $$(git ls-files '*.html' | grep templates/)
	@! grep -ln '://' requirements/*.lock web/package-lock.json || { echo 'A lock file names a host.'; exit 1; }

fix: .venv/dev.stamp  ## let the tools mend style
	.venv/bin/ruff check --fix . ; .venv/bin/ruff format .
	.venv/bin/djade --target-version 5.2 $$(git ls-files '*.html' | grep templates/) || true

test-sqlite: .venv/dev.stamp  ## tests on SQLite
	$(PY) -m pytest $(SPREAD) -m 'not browser and not long'

test-postgres: .venv/dev.stamp  ## tests on PostgreSQL (a cluster of its own); the kernel knows no database
	tools/with_postgres $(PY) -m pytest $(SPREAD) -m 'not browser and not long' --ignore tests/kernel --ignore tests/house_rules \
	  --ignore tests/figures --ignore tests/doors/test_crawl_of_the_demo.py

test-web: web/node_modules/.stamp  ## tests of the TypeScript parts
	cd web && npm test --silent

test-browser: .venv/dev.stamp web-built  ## tests in a real browser
	$(PY) -m pytest -m browser tests/browser

fuzz: .venv/dev.stamp  ## broken bytes at every reader of files, a minute in all (an hour: tools/fuzz.py --seconds 3600)
	$(PY) tools/fuzz.py

mutants: .venv/dev.stamp  ## break the product in small ways; a test must notice (ONLY=records/duties for one room)
	$(PY) tools/mutate.py --share 0.15 --out .cache/mutants.json $(if $(ONLY),--only $(ONLY))

long: .venv/dev.stamp  ## long runs: kill drivers, whole deliveries
	$(PY) -m pytest -m long

ocr: .venv/run.stamp requirements/ocr.lock  ## install recognition of scans and photos of papers (RapidOCR, 180 MB)
	$(UV) pip install --python $(PY) --quiet --require-hashes -r requirements/ocr.lock

bench: .venv/dev.stamp  ## speed as ratios (ONLY=id for one)
	$(PY) -m bench $(ONLY)

docs: .venv/dev.stamp  ## write the generated reference anew
	$(PY) tools/reference.py

lock: .venv/bin/uv  ## write the lock files anew from pyproject.toml
	for set in 'run:--extra postgres --group build' 'dev:--extra postgres --extra ocr --group build --group dev' \
	  'ocr:--extra postgres --extra ocr --group build'; do \
	  $(UV) pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --no-header --no-annotate -q $${set#*:} pyproject.toml -o requirements/$${set%%:*}.lock || exit 1; done

machine:  ## what the tests need of the machine (Debian): a browser, fonts, PostgreSQL
	tools/machine

.venv/bin/uv: requirements/uv.lock
	test -x .venv/bin/python || tools/make_venv
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.lock
	touch $@

.venv/run.stamp: .venv/bin/uv requirements/run.lock pyproject.toml
	$(UV) pip install --python $(PY) --quiet --require-hashes -r requirements/run.lock
	$(UV) pip install --python $(PY) --quiet --no-deps --no-build-isolation -e .
	touch $@

.venv/dev.stamp: .venv/bin/uv requirements/dev.lock pyproject.toml
	$(UV) pip install --python $(PY) --quiet --require-hashes -r requirements/dev.lock
	$(UV) pip install --python $(PY) --quiet --no-deps --no-build-isolation -e .
	touch $@ .venv/run.stamp

web/node_modules/.stamp: web/package-lock.json web/package.json
	cd web && npm ci --silent --no-audit --no-fund
	touch $@

WEB_SOURCES := $(shell find web -path web/node_modules -prune -o -type f -print 2>/dev/null)
web-built: src/chuangwen/static/built/.stamp
src/chuangwen/static/built/.stamp: web/node_modules/.stamp $(WEB_SOURCES)
	cd web && npm run --silent build
	touch $@

catalogue: .venv/run.stamp  ## compile the English catalogue
	$(PY) tools/catalogue.py compile

.PHONY: help run setup test check fix test-sqlite test-postgres test-web test-browser fuzz mutants long ocr bench docs lock machine web-built catalogue
