#!/usr/bin/env bash
# Everything that must hold before a change lands, quickest first. Ends with one line of counts.
set -euo pipefail
cd "$(dirname "$0")/.."
export CARGO_TERM_COLOR=${CARGO_TERM_COLOR:-never}
log=$(mktemp)
trap 'rm -f "$log"' EXIT
failed=0

step() {
  local name=$1 start=$SECONDS
  shift
  printf '\n== %s\n' "$name"
  if ! "$@" 2>&1 | tee -a "$log"; then
    failed=1
    printf '== %s: FAILED\n' "$name"
  fi
  printf '== %s: %d s\n' "$name" $((SECONDS - start))
}

# Always the whole workspace: a selection would build its dependencies again with other features.
step "format" cargo fmt --all --check
step "rules" cargo test --workspace --test rules --quiet
step "lint" cargo clippy --workspace --all-targets --quiet -- -D warnings
step "build" cargo build --workspace --bins --examples --quiet
: >"$log" # what ran so far runs again below
step "tests" cargo test --workspace --no-fail-fast --quiet

awk '/^test result:/ { for (i = 1; i <= NF; i++) { if ($i == "passed;") p += $(i-1); if ($i == "failed;") f += $(i-1); if ($i == "ignored;") s += $(i-1) } }
  END { printf "\n%d passed, %d failed, %d skipped\n", p, f, s }' "$log"
exit $failed
