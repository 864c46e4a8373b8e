"""Logs in with the keyfob program on a running sandbox, and lets boto3 fetch its keys by `credential_process`.

    boto3_reads_keyfob.py KEYFOB CLOUD_FACTS_JSON MOTO_URL      (inside scripts/session.sh; prints JSON)
"""

import json
import os
import subprocess
import sys
import time
import urllib.request

import boto3
import botocore.session


def main(keyfob, facts, moto):
    url, region = facts["url"], facts["region"]

    def run(*words):
        return subprocess.run([keyfob, *words], check=True, capture_output=True, text=True, stdin=subprocess.DEVNULL)

    def control(verb, **body):
        request = urllib.request.Request(f"{url}/_control/{verb}", json.dumps(body).encode())
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)

    places = {"start-url": facts["start_url"], "region": region, "oidc-endpoint": url, "portal-endpoint": url, "sts-endpoint": url}
    run("team", "add", "acme", "--provider", "aws-sso", *[w for k, v in places.items() for w in ("--set", f"{k}={v}")])
    run("profile", "add", "acme", "dev", "--account", "222222222222", "--role", "Developer")
    run("profile", "add", "acme", "deploy", "--via", "dev", "--role-arn", "arn:aws:iam::111111111111:role/Deploy")

    login = subprocess.Popen(
        [keyfob, "login", "acme", "--no-open", "--timeout", "60s"], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    while not control("pending")["codes"]:
        if login.poll() is not None:
            sys.exit(login.stderr.read().decode())
        time.sleep(0.05)
    control("approve_next")
    if login.wait(60):
        sys.exit(login.stderr.read().decode())

    config = os.path.expanduser("~/.aws/config")
    os.makedirs(os.path.dirname(config), exist_ok=True)
    with open(config, "w", encoding="utf-8") as file:
        for name in ("dev", "deploy"):
            file.write(
                f"[profile acme-{name}]\nregion = {region}\n"
                f"credential_process = {keyfob} credential-process --team acme --profile {name}\n"
            )

    def caller(endpoint, profile="acme-dev"):
        session = boto3.Session(profile_name=profile, botocore_session=botocore.session.Session())
        answer = session.client("sts", endpoint_url=endpoint).get_caller_identity()
        keys = session.get_credentials()
        return {"arn": answer["Arn"], "account": answer["Account"], "method": keys.method, "key": keys.access_key}

    control("log", clear=True)
    strict, stranger = caller(url), caller(moto)
    minted = [seen for seen in control("log")["seen"] if seen["operation"] == "GetRoleCredentials"]
    chained = caller(url, "acme-deploy")
    # A role of a server that nobody here wrote, behind keys of ours.
    run("team", "edit", "acme", "--set", f"sts-endpoint={moto}")
    run("profile", "add", "acme", "moto", "--via", "dev", "--role-arn", "arn:aws:iam::123456789012:role/Moto")
    foreign = json.loads(run("whoami", "acme", "--profile", "moto", "--json").stdout)
    seen = {"strict": strict, "stranger": stranger, "minted": len(minted), "chained": chained, "foreign": foreign}
    json.dump(seen, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]), sys.argv[3])
