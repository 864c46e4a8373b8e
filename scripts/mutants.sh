#!/usr/bin/env bash
# Changes core one place at a time, in a copy, and says which changes its tests do not notice: there are to be none
# beyond those that scripts/mutants.toml explains. Takes an hour or two.
#   FILE=quote.rs  only this file
set -euo pipefail
cd "$(dirname "$0")/.."
version=27.1.0
export PATH=$PWD/.tools/bin:$PATH
if [ "$(cargo mutants --version 2>/dev/null)" != "cargo-mutants $version" ]; then
  echo "mutants: installing cargo-mutants $version in .tools (cargo install cargo-mutants --version $version --locked --root .tools)" >&2
  cargo install --quiet cargo-mutants --version "$version" --locked --root .tools
fi

# Fewer cases do, and the tests that are left out take longer than all others together and are about other code.
slow=(--skip any_events_in_any_order --skip no_click_does_harm --skip no_team_is_tried_twice --skip edits_tests)
export PROPTEST_CASES=${PROPTEST_CASES:-48} CARGO_PROFILE_DEV_DEBUG=0 CARGO_PROFILE_TEST_DEBUG=0
# What a text becomes on its way to a shell, when something is renewed, warned of and over, all that reads, writes and
# ends a session, and the gate for texts of others.
files=(face/export/{mod,quote,variable}.rs hands/record.rs 'hands/sessions/*.rs' mind/{expiry,renewal}.rs
  mind/update/renewals.rs words/{plain,secret}.rs)
chosen=("${files[@]/#/--file=crates/core/src/}")
[ -z "${FILE:-}" ] || chosen=("--file=$FILE")
mkdir -p target
status=0
cargo mutants --config scripts/mutants.toml --package keyfob-core --output target "${chosen[@]}" -- -- "${slow[@]}" || status=$?
# 3: some went round for ever, and were noticed by that.
[ "$status" = 3 ] || exit "$status"
