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
step "page: types" npm --prefix ui run --silent check
step "build" cargo build --workspace --bins --examples --quiet
: >"$log" # what ran so far runs again below
export KEYFOB_BUILT=1 # so no test builds its program again
step "page: units" npm --prefix ui run --silent test
step "page: in a browser" npm --prefix ui run --silent pages
step "window: in its web view" ui/tests/window/run.sh
step "tests" cargo test --workspace --no-fail-fast --quiet

# cargo, vitest, Playwright and node each count in their own words.
sed 's/\x1b\[[0-9;]*m//g' "$log" | awk '
  /^test result:/ { for (i = 1; i <= NF; i++) { if ($i == "passed;") p += $(i-1); if ($i == "failed;") f += $(i-1); if ($i == "ignored;") s += $(i-1) } }
  /^ +Tests +[0-9]/ || /^ +[0-9]+ (passed|failed|skipped)/ { for (i = 2; i <= NF; i++) { if ($i == "passed") p += $(i-1); if ($i == "failed") f += $(i-1); if ($i == "skipped") s += $(i-1) } }
  /^(# |ℹ )(pass|fail|skipped) [0-9]+$/ { if ($2 == "pass") p += $3; if ($2 == "fail") f += $3; if ($2 == "skipped") s += $3 }
  END { printf "\n%d passed, %d failed, %d skipped\n", p, f, s }'
exit $failed
