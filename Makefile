# Supportlotsen: `make run` starts it, `make test` tests it. Both begin by installing what is missing.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory --no-builtin-rules

PYTHON := .venv/bin/python
BIN := .venv/bin
# A module in the sealed runtime (nlu/.venv), in the environment that it needs.
SEALED := $(PYTHON) -m scripts.sealed

SOURCES := actions bench gateway knowledge scripts tests

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

# ---- to use it

.PHONY: run
run: ## start the whole system and tell its address; Ctrl-C stops it
	@scripts/any-python -m scripts.ports
	@$(MAKE) install
	@exec $(PYTHON) -m scripts.run

.PHONY: shell
shell: install ## talk to the bot in the terminal (rasa shell)
	@exec $(PYTHON) -m scripts.shell

# ---- to prepare it

.PHONY: install
install: .venv/.installed nlu/.venv/.installed ## install both runtimes from their locks, if the locks have changed
	@:

.venv/.installed: pyproject.toml uv.lock
	@scripts/install . 3.13

nlu/.venv/.installed: nlu/pyproject.toml nlu/uv.lock
	@scripts/install nlu 3.10

.PHONY: train
train: install ## train the model, if its data, content or code have changed
	@$(PYTHON) -m scripts.train

# ---- to check it

.PHONY: test
test: ## run every check and every test, the quick ones first
	@$(MAKE) install debian-packages
	@$(MAKE) lint
	@$(MAKE) check-knowledge
	@$(MAKE) test-unit
	@$(MAKE) train
	@$(MAKE) validate
	@$(MAKE) test-nlu
	@$(MAKE) test-system
	@scripts/debian-packages

.PHONY: lint
lint: install ## ruff and strict mypy, in both runtimes
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy $(SOURCES)
	@nlu/.venv/bin/mypy --config-file nlu/pyproject.toml nlu tests/unit/nlu tests/nlu

.PHONY: format
format: install ## put imports and layout right
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

.PHONY: check-knowledge
check-knowledge: install ## check the content against its documents
	@$(PYTHON) -m knowledge check

.PHONY: validate
validate: install ## check Rasa's files against each other, warnings as errors
	@$(PYTHON) -m knowledge export
	@$(SEALED) scripts.rasa data validate --fail-on-warnings --config config.yml --domain domain.yml --data data

.PHONY: test-unit
test-unit: install ## the tests that need neither model nor system
	@scripts/with-postgres $(BIN)/pytest tests/unit

.PHONY: test-nlu
test-nlu: train ## the tests of the sealed runtime
	@$(SEALED) pytest -c nlu/pyproject.toml --rootdir . --confcutdir tests/unit/nlu tests/unit/nlu
	@$(SEALED) pytest -c nlu/pyproject.toml --rootdir . --confcutdir tests/nlu tests/nlu

.PHONY: test-system
test-system: train ## the tests against the running system: conversations, browser, faults
	@$(if $(REQUIRE_ALL),,ALLOW_SKIP_BROWSER=$(if $(shell command -v chromium chromium-browser),0,1)) \
	scripts/with-postgres $(BIN)/pytest tests --ignore tests/unit --ignore tests/nlu

.PHONY: evaluate
evaluate: train ## measure the understanding on questions that it was not trained on
	@$(SEALED) nlu.evaluate

.PHONY: bench-knowledge
bench-knowledge: install ## time look-ups and loading with up to 10,000 topics, on SQLite and PostgreSQL
	@scripts/with-postgres $(PYTHON) -m bench.knowledge

.PHONY: bench-answers
bench-answers: train ## put the held-out questions to a running system and count right answers
	@$(PYTHON) -m scripts.run --free-ports $(PYTHON) -m bench.answers $(wildcard ../shared/data/facts_dev.jsonl)

.PHONY: debian-packages
debian-packages: ## install what tests need of Debian, where that is allowed
	@scripts/debian-packages

.PHONY: clean
clean: ## remove what was built and trained; the runtimes and the database stay
	@rm -rf build models reports .rasa data/nlu/topics.yml .mypy_cache .pytest_cache .ruff_cache
