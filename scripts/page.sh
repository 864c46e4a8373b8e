#!/usr/bin/env bash
# Builds the page into ui/dist/app, which keyfob-window is compiled with. Does nothing when nothing has changed.
set -euo pipefail
cd "$(dirname "$0")/../ui"

command -v npm >/dev/null || { echo "page: Node is missing: install version 20 or later" >&2; exit 1; }

# hash FILE…: one for all of them.
hash() { sha256sum "$@" | sha256sum | cut -c1-32; }

lock=$(hash package-lock.json)
if [ "$(cat node_modules/.stamp 2>/dev/null)" != "$lock" ]; then
  echo "page: installing what package-lock.json names" >&2
  npm ci --silent --no-audit --no-fund </dev/null
  printf '%s' "$lock" >node_modules/.stamp
fi

mapfile -t sources < <(find src public ../icons/shapes.json -type f ! -path 'src/fixtures/*' | sort)
state=$(hash "${sources[@]}" index.html vite.config.ts package-lock.json)
if [ "$(cat dist/app.stamp 2>/dev/null)" != "$state" ]; then
  npm run --silent build -- --logLevel warn </dev/null
  printf "%s" "$state" >dist/app.stamp
fi
