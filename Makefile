# Supportlotsen: `make run` starts it, `make test` tests it. Both begin by installing what is missing.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory --no-builtin-rules

PYTHON := .venv/bin/python
BIN := .venv/bin
# A module in the sealed runtime (nlu/.venv), in the environment that it needs.
SEALED := $(PYTHON) -m scripts.sealed

SOURCES := actions bench desks gateway knowledge records redaction scripts tests

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

.PHONY: purge
purge: install ## erase what has been kept for its time (RETENTION_..._DAYS)
	@$(PYTHON) -m records purge

.PHONY: check-channels
check-channels: install ## try the credentials and addresses of Slack, Teams and the phone queue; sends nothing to users
	@$(PYTHON) -m gateway.channels

# ---- to prepare it

.PHONY: install
install: .venv/.installed nlu/.venv/.installed ## install both runtimes from their locks, if the locks have changed
	@:

.venv/.installed: pyproject.toml uv.lock
	@scripts/install . 3.13

nlu/.venv/.installed: nlu/pyproject.toml nlu/uv.lock
	@scripts/install nlu 3.10

.PHONY: widget
widget: install ## bundle the chat widget, if its sources have changed
	@$(PYTHON) -m scripts.widget

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
	@$(MAKE) test-contract
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
	@nlu/.venv/bin/mypy --config-file nlu/pyproject.toml nlu redaction tests/unit/nlu tests/nlu

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

.PHONY: test-contract
test-contract: install ## the tests with the outside's systems: ticket systems and live desks, real where they can be had
	@scripts/with-postgres $(BIN)/pytest tests/contract

.PHONY: test-widget
test-widget: install ## bundle, type-check and unit-test the widget
	@$(PYTHON) -m scripts.widget check

.PHONY: test-nlu
test-nlu: train ## the tests of the sealed runtime
	@scripts/with-postgres $(SEALED) pytest -c nlu/pyproject.toml --rootdir . --confcutdir tests/unit/nlu tests/unit/nlu
	@$(SEALED) pytest -c nlu/pyproject.toml --rootdir . --confcutdir tests/nlu tests/nlu

.PHONY: test-system
test-system: train widget ## the tests against the running system: conversations, browser, faults
	@$(if $(REQUIRE_ALL),,ALLOW_SKIP_BROWSER=$(if $(shell command -v chromium chromium-browser),0,1)) \
	scripts/with-postgres $(BIN)/pytest tests --ignore tests/unit --ignore tests/nlu --ignore tests/contract

.PHONY: evaluate
evaluate: train ## measure the understanding on questions that it was not trained on
	@$(SEALED) nlu.evaluate

.PHONY: ablation
ablation: train ## what each part of the understanding earns, for the report (5 minutes)
	@$(SEALED) nlu.ablation

.PHONY: bench-nlu
bench-nlu: install ## our intent classifier beside three peers on MASSIVE sv-SE, which lies in ../shared (25 minutes: DIET is slow)
	@$(SEALED) nlu.peers ../shared/data/massive_sv

.PHONY: cross-validation
cross-validation: train ## Rasa's own cross-validation of the pipeline, for the report (10 minutes)
	@$(SEALED) scripts.rasa test nlu --cross-validation --folds 3 --nlu data/nlu --config config.yml --domain domain.yml \
	--out reports/cross-validation --no-plot

.PHONY: bench
bench: train ## what a turn costs, beside stock Rasa in the same run (QUICK=1: 3 minutes, TURNS=1: the ratios with targets, five times; stock is trained once, which takes long)
	@scripts/with-postgres $(PYTHON) -m bench.turns $(if $(QUICK),--quick) $(if $(TURNS),--turns)

.PHONY: bench-knowledge
bench-knowledge: install ## time look-ups and loading with up to 10,000 topics, on SQLite and PostgreSQL
	@scripts/with-postgres $(PYTHON) -m bench.knowledge

.PHONY: bench-answers
bench-answers: train ## put the held-out questions to a running system and count right answers
	@$(PYTHON) -m scripts.run --free-ports $(PYTHON) -m bench.answers $(wildcard ../shared/data/facts_dev.jsonl ../shared/data/questions_dev.jsonl)

# Its own records and a clock that stands still, so that it shows the same every time.
DEMO := build/demo
.PHONY: demo-conversations
demo-conversations: train ## play whole conversations against the running system and print them
	@rm -rf $(DEMO) && mkdir -p $(DEMO)
	@HELPDESK_NOW=2026-11-23T10:00+01:00 LIVE_DALARNA=console TRACKER_DB_URL=memory GATEWAY_ADDRESS_RATE=100000/minute \
	RECORDS_DB_URL=sqlite:///$(DEMO)/records.db $(PYTHON) -m scripts.run --free-ports $(PYTHON) -m tests.conversations

.PHONY: bench-gateway
bench-gateway: train ## measure the gateway's share of a turn, and its load with 500 open conversations beside Rasa alone
	@$(PYTHON) -m scripts.run --free-ports $(PYTHON) -m bench.gateway

.PHONY: bench-channels
bench-channels: install ## fifty messages a second, mixed over the page, Slack, Teams and SMS, beside each alone
	@$(PYTHON) -m bench.channels

.PHONY: debian-packages
debian-packages: ## install what tests need of Debian, where that is allowed
	@scripts/debian-packages

.PHONY: clean
clean: ## remove what was built and trained; the runtimes and the database stay
	@rm -rf build models reports .rasa .mypy_cache .pytest_cache .ruff_cache
