#!/usr/bin/env bash
# Runs apt-get as root, by sudo where that is needed, and waits while another program is at it: a fresh machine often
# updates itself.
#   scripts/apt.sh update -qq
set -euo pipefail
# Seconds after which something is wrong with whoever holds the lock.
patience=${KEYFOB_APT_PATIENCE:-1800}

say() { printf 'setup: %s\n' "$*" >&2; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else say "this needs root, and there is no sudo: $*"; return 1
  fi
}

errors=$(mktemp)
trap 'rm -f "$errors"' EXIT
told=
# apt's own DPkg::Lock::Timeout knows nothing of the lock of the lists, and tells nobody that it waits.
until as_root env LC_ALL=C DEBIAN_FRONTEND=noninteractive apt-get "$@" </dev/null 2>"$errors" >&2; do
  lock=$(sed -n 's/^E: Could not get lock \([^ ]*[^ .]\).*/\1/p' "$errors" | head -n 1)
  [ -n "$lock" ] || { cat "$errors" >&2; exit 1; }
  holder=$(sed -n 's/.*It is held by \(process [0-9]* ([^)]*)\).*/\1/p' "$errors" | head -n 1)
  holder=${holder:-another program}
  if [ "$SECONDS" -ge "$patience" ]; then
    say "apt-get $1 still cannot begin after $SECONDS s: $holder holds $lock. Let it finish or end it, then try again."
    exit 1
  fi
  [ "$told" = "$holder" ] || say "apt is busy: waiting for $holder, which holds $lock"
  told=$holder
  sleep 1
done
cat "$errors" >&2
