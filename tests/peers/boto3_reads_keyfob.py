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

    places = {"start-url": facts["start_url"], "region": region, "oidc-endpoint": url, "portal-endpoint": url}
    run("team", "add", "acme", "--provider", "aws-sso", *[w for k, v in places.items() for w in ("--set", f"{k}={v}")])
    run("profile", "add", "acme", "dev", "--account", "222222222222", "--role", "Developer")

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
        file.write(
            f"[profile acme-dev]\nregion = {region}\n"
            f"credential_process = {keyfob} credential-process --team acme --profile dev\n"
        )

    def caller(endpoint):
        session = boto3.Session(profile_name="acme-dev", botocore_session=botocore.session.Session())
        answer = session.client("sts", endpoint_url=endpoint).get_caller_identity()
        keys = session.get_credentials()
        return {"arn": answer["Arn"], "account": answer["Account"], "method": keys.method, "key": keys.access_key}

    control("log", clear=True)
    strict, stranger = caller(url), caller(moto)
    minted = [seen for seen in control("log")["seen"] if seen["operation"] == "GetRoleCredentials"]
    json.dump({"strict": strict, "stranger": stranger, "minted": len(minted)}, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]), sys.argv[3])
