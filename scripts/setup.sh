#!/usr/bin/env bash
# Installs what building, the demo or the tests need and this machine lacks. Quiet and quick when all is there.
#   scripts/setup.sh demo|dev|test|bench|bundle
# System packages come by apt (as root, or by sudo); packages of Python and Node, and small tools, stay in .venv and .tools.
set -euo pipefail
cd "$(dirname "$0")/.."
what=${1:-test}

build=(build-essential pkg-config)
keychain=(dbus dbus-x11 gnome-keyring libsecret-tools libglib2.0-bin)
shells=(fish zsh tcsh elvish mksh ksh busybox)
# What the window is built with.
window=(libwebkit2gtk-4.1-dev librsvg2-dev)
# A desktop without a screen, and the drivers of its web views.
desktop=(xvfb openbox xfce4-panel xfce4-notifyd xfconf xdotool x11-utils x11-xserver-utils scrot xclip chromium
  fonts-dejavu-core fonts-noto-core dbus util-linux)
# What reads and drives it in the tests.
hands=(webkit2gtk-driver python3-dbus python3-dbusmock python3-xlib imagemagick faketime)
peers=(keepassxc python3-venv python3-dbusmock python3-gi tmux strace openssl procps)

case $what in
  bundle) packages=("${build[@]}" "${window[@]}" dpkg-dev rpm) ;;
  demo) packages=("${build[@]}" "${window[@]}" "${desktop[@]}") ;;
  dev) packages=("${build[@]}" "${window[@]}" "${keychain[@]}") ;;
  bench)
    packages=("${build[@]}" "${window[@]}" "${keychain[@]}" "${desktop[@]}" "${hands[@]}" python3-venv python3-gi openssl
      ca-certificates time)
    ;;
  test)
    packages=("${build[@]}" "${window[@]}" "${keychain[@]}" "${shells[@]}" "${peers[@]}" "${desktop[@]}" "${hands[@]}")
    ;;
  *) echo "usage: scripts/setup.sh demo|dev|test|bench|bundle" >&2; exit 2 ;;
esac

say() { printf 'setup: %s\n' "$*" >&2; }

# Says which of the packages named are not installed.
missing() {
  local installed
  installed=$(dpkg-query -W -f='${db:Status-Abbrev} ${Package}\n' "$@" 2>/dev/null | sed -n 's/^ii  *//p' || true)
  comm -13 <(sort -u <<<"$installed") <(printf '%s\n' "$@" | sort -u)
}

system_packages() {
  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    say "not a Debian system: install the likes of these yourself: ${packages[*]}"
    return
  fi
  local wanted
  mapfile -t wanted < <(missing "${packages[@]}")
  [ ${#wanted[@]} -gt 0 ] || return 0
  say "installing ${wanted[*]}"
  scripts/apt.sh update -qq
  scripts/apt.sh install -y -qq --no-install-recommends "${wanted[@]}"
}

rust() {
  command -v cargo >/dev/null || { say "Rust is missing: install the stable toolchain from https://rustup.rs"; return 1; }
  # Both come with rustup's default profile, but not with its minimal one.
  cargo fmt --version >/dev/null 2>&1 || rustup component add rustfmt
  cargo clippy --version >/dev/null 2>&1 || rustup component add clippy
}

# venv FOLDER REQUIREMENTS: a virtual environment with exactly these packages, made anew when the list changes.
venv() {
  local folder=$1 list=$2 stamp
  stamp=$(sha256sum "$list" | cut -c1-32)
  if [ "$(cat "$folder/stamp" 2>/dev/null)" = "$stamp" ]; then return; fi
  say "filling $folder from $list"
  local python=/usr/bin/python3
  [ -x "$python" ] || python=python3
  rm -rf "$folder"
  "$python" -m venv "$folder"
  "$folder/bin/pip" install -q --disable-pip-version-check --no-input -r "$list" </dev/null
  printf '%s' "$stamp" >"$folder/stamp"
}

# npm_peer FOLDER FROM: a Node program with exactly the packages of FROM's lock file, made anew when that changes.
npm_peer() {
  local folder=$1 from=$2 stamp
  stamp=$(sha256sum "$from/package-lock.json" | cut -c1-32)
  if [ "$(cat "$folder/stamp" 2>/dev/null)" = "$stamp" ]; then return; fi
  say "filling $folder from $from/package-lock.json"
  rm -rf "$folder"
  mkdir -p "$folder"
  cp "$from/package.json" "$from/package-lock.json" "$folder/"
  npm --prefix "$folder" ci --silent --no-audit --no-fund </dev/null
  printf '%s' "$stamp" >"$folder/stamp"
}

mkdir -p .tools
# Two makes at once must not fill one folder together.
if command -v flock >/dev/null; then
  exec 9>.tools/setup.lock
  flock --nonblock 9 || { say "another setup is at work here: waiting for it"; flock 9; }
fi

system_packages
rust
scripts/page.sh
case $what in
  test | bench)
    venv .venv tests/peers/requirements.txt
    venv .tools/ministack tests/peers/ministack.txt
    npm_peer .tools/oidc-provider tests/peers/oidc
    ;;
esac
[ "$what" != test ] || scripts/get-nushell.sh
