#!/usr/bin/env bash
# Builds the page into ui/dist/app, which keyfob-window is compiled with. Does nothing when nothing has changed.
set -euo pipefail
cd "$(dirname "$0")/../ui"

wanted=$(sed -n 's/.*"engines": { "node": "\(.*\)" }.*/\1/p' package.json)
command -v npm >/dev/null || { echo "page: Node is missing: install a version of $wanted" >&2; exit 1; }
# npm only warns, in the middle of much else, and what breaks then does not say why.
# shellcheck disable=SC2016 # the dollar is for node
node -e '
  const [major, minor] = process.versions.node.split(".").map(Number);
  const fits = part => {
    const [, sign, from, least = 0] = /(\^|>=)(\d+)(?:\.(\d+))?/.exec(part);
    return (major == from && minor >= least) || (sign == ">=" && major > from);
  };
  process.exit(process.argv[1].split("||").some(fits) ? 0 : 1)' "$wanted" ||
  { echo "page: this is Node $(node --version): install a version of $wanted" >&2; exit 1; }

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
