# Keyfob. `make demo` shows it, `make test` proves it; both install what they need on Debian.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help demo test check dev bench bundle

help: ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 18

demo: ## the journeys, told step by step, on an embedded cloud
	@scripts/setup.sh demo
	@cargo build --quiet --workspace --bin keyfob
	@target/debug/keyfob demo

test: ## format, rules, lint, and every test there is
	@scripts/setup.sh test
	@scripts/test.sh

check: ## format, rules and lint only
	cargo fmt --all --check
	cargo test --workspace --test rules --quiet
	cargo clippy --workspace --all-targets -- -D warnings

dev: ## a shell with the CLI, an embedded cloud and folders of its own
	@scripts/setup.sh dev
	@scripts/dev.sh

bench: ## the measurements of docs/performance.md
	@scripts/setup.sh bench
	@/usr/bin/python3 scripts/bench.py

bundle: ## a .deb and an .rpm in target/bundle
	@scripts/setup.sh bundle
	@scripts/bundle.sh
