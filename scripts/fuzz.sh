#!/usr/bin/env bash
# Feeds every target of tests/fuzz with new inputs, one after the other, each on all cores.
#   MINUTES=5    for all of them together
#   TARGET=name  only those whose names hold this
#   SEED=number  begins with the input of this seed, as a failure names it
set -euo pipefail
cd "$(dirname "$0")/.."
minutes=${MINUTES:-5} target=${TARGET:-}
fuzz=(cargo test --workspace --quiet --test fuzz -- --test-threads=1)
listed=$("${fuzz[@]}" --list | sed -n '/::/d; s/: test$//p' | grep -F -- "$target") ||
  { echo "fuzz: no target is called $target" >&2; exit 2; }
mapfile -t targets <<<"$listed"
each=$((minutes * 60 / ${#targets[@]}))
export KEYFOB_FUZZ_SECONDS=$((each > 0 ? each : 1)) KEYFOB_FUZZ_SEED=${SEED:-}
printf 'fuzz: %d targets, %d s each\n' ${#targets[@]} "$KEYFOB_FUZZ_SECONDS" >&2
exec "${fuzz[@]}" --exact "${targets[@]}"
