#!/usr/bin/env bash
# Builds .deb and .rpm into target/bundle, of the CLI and of tray and window, and fails when a file is missing in them.
# What goes into them stands in crates/cli/Cargo.toml and in Cargo.toml; neither tool downloads or asks anything.
set -euo pipefail
cd "$(dirname "$0")/.."
out=target/bundle

# tool NAME VERSION: a cargo subcommand, pinned, kept in .tools.
tool() {
  local have
  have=$(cargo install --list --root .tools 2>/dev/null | sed -n "s/^$1 v\([^: ]*\).*/\1/p")
  [ "$have" = "$2" ] || cargo install --quiet --locked --root .tools --target-dir target/tools "$1@$2"
}

tool cargo-deb 3.8.0
tool cargo-generate-rpm 0.21.1
export PATH=$PWD/.tools/bin:$PATH

cargo build --release --locked -p keyfob-cli -p keyfob-desktop
rm -rf "$out"
mkdir -p "$out"
for package in keyfob-cli keyfob-desktop; do
  cargo deb -q --no-build --no-strip -p "$package" -o "$out/"
done
cargo generate-rpm -p crates/cli -o "$out/"
cargo generate-rpm -o "$out/"

# has BUNDLE FILE…: each of the files is in it.
has() {
  local bundle=$1 list path
  shift
  case $bundle in
    *.deb) list=$(dpkg-deb -c "$bundle") ;;
    *.rpm) list=$(rpm -qlp "$bundle") ;;
  esac
  for path; do
    grep -q "$path" <<<"$list" || { echo "bundle: $path is not in $bundle" >&2; exit 1; }
  done
}

for kind in deb rpm; do
  has "$(echo "$out"/keyfob[_-][0-9]*."$kind")" usr/bin/keyfob usr/share/doc/keyfob/README.md usr/share/doc/keyfob/LICENSE
  has "$(echo "$out"/keyfob-desktop*."$kind")" usr/bin/keyfob-desktop usr/bin/keyfob-window \
    usr/share/applications/keyfob-desktop.desktop usr/share/icons/hicolor/scalable/apps/keyfob-desktop.svg
done
ls -l "$out"
