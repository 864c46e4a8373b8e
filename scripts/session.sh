#!/usr/bin/env bash
# Runs a command in a D-Bus session of its own, with an unlocked keychain that is gone afterwards:
#   scripts/session.sh HOME COMMAND…
# HOME is an existing folder; XDG folders lie below it. Nothing of the person's own session is seen or changed.
set -euo pipefail
home=$1
config=$(cd "$(dirname "$0")" && pwd)/bus.conf
shift
mkdir -p "$home"/{run,.config,.local/share,.local/state,.cache}
chmod 700 "$home/run"
unset DBUS_SESSION_BUS_ADDRESS DISPLAY WAYLAND_DISPLAY
export HOME=$home XDG_RUNTIME_DIR=$home/run XDG_CONFIG_HOME=$home/.config XDG_DATA_HOME=$home/.local/share \
  XDG_STATE_HOME=$home/.local/state XDG_CACHE_HOME=$home/.cache
exec dbus-run-session --config-file="$config" -- setpriv --pdeathsig KILL bash -c '
  printf secret | setpriv --pdeathsig KILL gnome-keyring-daemon --foreground --unlock --components=secrets >"$HOME/keyring.log" 2>&1 &
  owned() { gdbus call --session -d org.freedesktop.DBus -o / -m org.freedesktop.DBus.NameHasOwner org.freedesktop.secrets | grep -q true; }
  ready() { gdbus call --session -d org.freedesktop.secrets -o /org/freedesktop/secrets -m org.freedesktop.Secret.Service.ReadAlias default | grep -q /collection; }
  for _ in $(seq 6000); do
    owned && ready && exec "$@"
    sleep 0.02
  done
  echo "the keychain did not start:" >&2; cat "$HOME/keyring.log" >&2; exit 1' session "$@"
