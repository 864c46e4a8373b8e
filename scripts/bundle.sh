#!/usr/bin/env bash
# Builds a .deb and an .rpm of the CLI into target/bundle, and fails when a file that belongs in them is missing.
# What goes into them stands in crates/cli/Cargo.toml; neither tool downloads or asks anything.
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

cargo build --release --locked -p keyfob-cli
rm -rf "$out"
mkdir -p "$out"
cargo deb -q --no-build --no-strip -p keyfob-cli -o "$out/"
cargo generate-rpm -p crates/cli -o "$out/"

# has FILE LISTING: the listing names the program, the README and the licences.
has() {
  local path
  for path in usr/bin/keyfob usr/share/doc/keyfob/README.md usr/share/doc/keyfob/LICENSE; do
    grep -q "$path" <<<"$2" || { echo "bundle: $path is not in $1" >&2; exit 1; }
  done
}

deb=$(echo "$out"/*.deb) rpm=$(echo "$out"/*.rpm)
has "$deb" "$(dpkg-deb -c "$deb")"
has "$rpm" "$(rpm -qlp "$rpm")"
ls -l "$deb" "$rpm"
