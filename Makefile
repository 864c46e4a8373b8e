# Keyfob. `make demo` shows it, `make test` proves it; both install what they need on Debian.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help demo test check fuzz mutants dev bench bundle

help: ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 18

demo: ## tray and window on an embedded cloud; without a display on a virtual one, with pictures of each step
	@scripts/setup.sh demo
	@cargo build --quiet --workspace --bins
	@target/debug/keyfob demo

test: ## format, rules, lint, and every test there is
	@scripts/setup.sh test
	@scripts/test.sh

check: ## format, rules, lint and types only
	cargo fmt --all --check
	cargo test --workspace --test rules --quiet
	scripts/page.sh
	cargo clippy --workspace --all-targets -- -D warnings
	npm --prefix ui run --silent check

dev: ## a shell with the CLI, an embedded cloud and folders of its own
	@scripts/setup.sh dev
	@scripts/dev.sh

fuzz: ## new inputs for every target of tests/fuzz: MINUTES=5 for all of them, TARGET=name for one, SEED=… repeats
	@scripts/setup.sh test
	@scripts/fuzz.sh

mutants: ## changes core one place at a time: its tests must notice each; FILE=quote.rs for one file
	@scripts/mutants.sh

bench: ## the measurements of docs/performance.md
	@scripts/setup.sh bench
	@/usr/bin/python3 scripts/bench.py

bundle: ## a .deb and an .rpm in target/bundle
	@scripts/setup.sh bundle
	@scripts/bundle.sh
