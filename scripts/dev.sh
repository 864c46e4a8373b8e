#!/usr/bin/env bash
# A shell to play in: the CLI from these sources, an embedded cloud with demo accounts, and a home, a keychain
# and a session of its own below .dev, made anew each time. The cloud and the session end with the shell.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo build --quiet --workspace --bin keyfob --example cloud
rm -rf .dev
mkdir .dev

# The cloud runs until its input closes, which happens when this script ends.
coproc cloud { exec target/debug/examples/cloud; }
read -r facts <&"${cloud[0]}"
fact() {
  /usr/bin/python3 -c 'import functools, json, sys; print(functools.reduce(dict.get, sys.argv[2].split("."), json.loads(sys.argv[1])))' "$facts" "$1"
}
url=$(fact url) region=$(fact region)

cat >.dev/rc <<EOF
PS1='(keyfob) \w\$ '
PATH=$PWD/target/debug:\$PATH
keyfob team add acme --provider aws-sso --set start-url=$(fact start_url) --set region=$region \\
  --set oidc-endpoint=$url --set portal-endpoint=$url
keyfob team add pool --provider cognito --set region=$region --set user-pool-id=$(fact pool) \\
  --set client-id=$(fact clients.srp) --set endpoint=$url
echo
echo "The cloud is $url. Try:  keyfob login acme    (approve the code on the page it shows)"
echo "                         keyfob login pool    (user ann, password $(fact password))"
EOF
# Not exec: this shell holds the cloud's input.
scripts/session.sh "$PWD/.dev" bash --rcfile "$PWD/.dev/rc" -i
