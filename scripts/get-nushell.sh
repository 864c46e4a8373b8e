#!/usr/bin/env bash
# Puts Nushell at .tools/nushell/nu: Debian has no package of it, and tests/shells wants the real one.
# The binary comes from npm, pinned by version and checksum.
set -euo pipefail
cd "$(dirname "$0")/.."
version=0.115.1
package=@nushell/linux-x64
integrity=sha512-w6eMwPZJ/JqIEq2BgUif71fzBuNFxA1xvrIshC+bQYq44x2PgOE+x1IX+URNUBQSkCLAY9ze2Egec00RMyDtMA==
if [ "$(uname -sm)" != "Linux x86_64" ]; then
  echo "get-nushell: npm has no binary for $(uname -sm): install Nushell $version yourself" >&2
  exit 0
fi

target=.tools/nushell
if [ "$(cat "$target/stamp" 2>/dev/null)" = "$integrity" ] && [ -x "$target/nu" ]; then exit 0; fi

echo "get-nushell: fetching $package $version" >&2
fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT
npm pack --silent --pack-destination "$fresh" "$package@$version" </dev/null >/dev/null
archive=$(echo "$fresh"/*.tgz)
found=sha512-$(openssl dgst -sha512 -binary "$archive" | base64 -w0)
if [ "$found" != "$integrity" ]; then
  echo "get-nushell: the archive is not the one we know ($found)" >&2
  exit 1
fi
tar -xzf "$archive" -C "$fresh" package/bin/nu
mkdir -p "$target"
mv "$fresh/package/bin/nu" "$target/nu"
printf '%s' "$integrity" >"$target/stamp"
