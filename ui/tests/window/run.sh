#!/usr/bin/env bash
# Tests the real window program on a display, a bus and a home folder of its own. Needs a built program, nothing else:
# cargo build -p keyfob-desktop --bin keyfob-window && ui/tests/window/run.sh [TEST FILE…]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)

if [ "${1-}" != --inside ]; then
  export KEYFOB_WINDOW=${KEYFOB_WINDOW:-${CARGO_TARGET_DIR:-$root/target}/debug/keyfob-window}
  if [ ! -x "$KEYFOB_WINDOW" ]; then
    echo "window tests: $KEYFOB_WINDOW is not built: cargo build -p keyfob-desktop --bin keyfob-window" >&2
    exit 1
  fi
  for program in node Xvfb openbox dbus-run-session xdotool WebKitWebDriver faketime; do
    command -v "$program" >/dev/null || { echo "window tests: $program is missing: scripts/setup.sh installs it" >&2; exit 1; }
  done
  home=$(mktemp -d)
  trap 'rm -rf "$home"' EXIT
  mkdir -m 700 "$home/run"
  unset DBUS_SESSION_BUS_ADDRESS DISPLAY WAYLAND_DISPLAY
  exec 9>&2 # the bus says much on its standard error
  # Everything started below ends with this session, whatever becomes of us.
  env HOME="$home" XDG_RUNTIME_DIR="$home/run" XDG_CONFIG_HOME="$home/.config" XDG_CACHE_HOME="$home/.cache" \
    XDG_DATA_HOME="$home/.local/share" GTK_A11Y=none NO_AT_BRIDGE=1 \
    dbus-run-session --config-file="$root/scripts/bus.conf" -- setpriv --pdeathsig KILL bash "$0" --inside "$@" 2>"$home/bus.log"
  exit
fi
shift
exec 2>&9

mkfifo "$HOME/display"
setpriv --pdeathsig KILL Xvfb -displayfd 3 -screen 0 1280x800x24 -nolisten tcp 3>"$HOME/display" >"$HOME/xvfb.log" 2>&1 &
pids=$!
read -r display <"$HOME/display"
export DISPLAY=:$display
setpriv --pdeathsig KILL openbox >"$HOME/openbox.log" 2>&1 &
pids="$pids $!"
[ $# -gt 0 ] || set -- "$here"/*.test.mjs
code=0
# One file at a time: closing a window by its keys needs the focus.
node --test --test-concurrency=1 "$@" || code=$?
# shellcheck disable=SC2086
kill $pids 2>/dev/null || true # some may have ended
exit "$code"
