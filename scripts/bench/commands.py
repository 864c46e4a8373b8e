"""What the command line does: start, a cached credential, logins, a crowd."""

import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import threading
import time

from .cloud import Cloud, Ministack, Relay, log_in
from .common import EXAMPLES, KEYFOB, MINIMAL, keyfob, once, paired, ratio, row, run, settings


def measure():
    with Cloud() as cloud:
        set_up(cloud)
        return [
            prompt_line(),
            cached_credential(),
            login_to_a_stranger(),
            login_to_the_cloud(cloud),
            thousand_teams(),
            crowd(cloud),
            unkept(cloud),
            peak_memory(),
        ]


def set_up(cloud):
    """Two teams; one is logged in by device flow and has a profile with a cached credential."""
    facts, url = cloud.facts, cloud.url
    keyfob("team", "add", "acme", "--provider", "aws-sso", *settings({
        "start-url": facts["start_url"], "region": facts["region"], "oidc-endpoint": url, "portal-endpoint": url}))
    keyfob("team", "add", "pool", "--provider", "cognito", *settings({
        "region": facts["region"], "user-pool-id": facts["pool"], "client-id": facts["clients"]["srp"],
        "endpoint": url}))
    keyfob("profile", "add", "acme", "dev", "--account", "222222222222", "--role", "Developer")
    log_in(cloud)
    keyfob("credential-process", "--team", "acme", "--profile", "dev")


def prompt_line():
    ours, theirs = paired([KEYFOB, "status", "--prompt"], [MINIMAL], 400)
    return ratio("`status --prompt` against a minimal Rust program", ours, theirs, 2.0)


def cached_credential():
    item = ["secret-tool", "lookup", "bench", "same-size"]
    size = stored_size()
    text = "".join(random.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=size))
    run(["secret-tool", "store", "--label", "bench", "bench", "same-size"], text.encode())
    ours, theirs = paired([KEYFOB, "credential-process", "--team", "acme", "--profile", "dev"], item, 200)
    return ratio(f"`credential-process`, cached, against `secret-tool lookup` of {size} bytes", ours, theirs, 1.3)


def stored_size():
    """How long the cached credential is in the keychain: the largest of our items but the session."""
    found = run(["secret-tool", "search", "--all", "--unlock", "service", "keyfob"])
    blocks, current = [], {}
    for line in found.splitlines():
        key, _, value = line.partition(" = ")
        if line.startswith("[/"):
            current = {}
            blocks.append(current)
        current[key] = value
    # The attributes come on stderr and the secret on stdout in one order; only the secret is needed.
    sizes = [len(block["secret"]) for block in blocks if "SecretAccessKey" in block.get("secret", "")
             or "secret_key" in block.get("secret", "")]
    return max(sizes) if sizes else max(len(block.get("secret", "")) for block in blocks)


def login_to_a_stranger():
    """A Cognito that nobody here wrote; its time is what a relay sees between a request and its whole answer."""
    with Ministack() as server:
        relay = Relay(server.port)
        keyfob("team", "add", "strict", "--provider", "cognito", *settings({
            "region": "eu-west-1", "user-pool-id": server.facts["pool"], "client-id": server.facts["client"],
            "endpoint": relay.url}))
        totals, servers = logins("strict", "ada", server.facts["password"], 30, relay.taken)
    return ratio("password login (SRP), third-party server, against the server's own time", totals, servers, 1.3)


def login_to_the_cloud(cloud):
    """No limit: its own time is a few milliseconds, less than the client's half of the arithmetic."""
    def taken():
        return [seen["took"] for seen in cloud.log(clear=True)]

    totals, servers = logins("pool", "ann", cloud.facts["password"], 30, taken)
    ours, theirs = statistics.median(totals) * 1000, statistics.median(servers) * 1000
    text = f"{ours:.1f} ms, of which the server {theirs:.1f} ms and Keyfob {ours - theirs:.1f} ms"
    return row("password login (SRP), embedded cloud", text, len(totals), "none, for comparison", None)


def logins(team, username, password, rounds, taken):
    """Seconds of each whole login, and of the server's part of it."""
    command = [KEYFOB, "login", team, "--username", username, "--password-stdin"]
    totals, servers = [], []
    for i in range(rounds + 2):
        taken()
        total = once(command, password.encode())
        if i >= 2:
            totals.append(total)
            servers.append(sum(taken()))
    return totals, servers


def thousand_teams():
    out = run([os.path.join(EXAMPLES, "menu_1000")])
    found = json.loads(out.strip().splitlines()[-1])
    milliseconds = found["milliseconds"]
    return row("1,000 teams: menu and view", f"{milliseconds:.2f} ms", found["rounds"], "under 5 ms", milliseconds < 5)


def crowd(cloud):
    """200 calls at once on an expired session and an expired credential."""
    short = {"access_token": 2, "role_credentials": 2}
    before = cloud.control("setup")["lifetimes"]
    cloud.control("setup", lifetimes=short)
    log_in(cloud)
    keyfob("credential-process", "--team", "acme", "--profile", "dev")
    time.sleep(2.5)
    cloud.control("setup", lifetimes={key: before[key] for key in short})
    cloud.log(clear=True)
    answers = []

    def call():
        done = subprocess.run([KEYFOB, "credential-process", "--team", "acme", "--profile", "dev"],
                              stdin=subprocess.DEVNULL, capture_output=True, check=False)
        answers.append((done.returncode, done.stdout, done.stderr))

    begun = time.perf_counter()
    threads = [threading.Thread(target=call) for _ in range(200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - begun
    seen = [entry["operation"] for entry in cloud.log()]
    refreshes, minted = seen.count("RefreshToken"), seen.count("GetRoleCredentials")
    good = {stdout for code, stdout, _ in answers if code == 0}
    fine = sum(1 for code, _, _ in answers if code == 0)
    for code, _, stderr in [a for a in answers if a[0]][:3]:
        print(f"exit {code}: {stderr.decode()}", file=sys.stderr)
    text = f"{refreshes} refresh, {minted} mint, {fine} answers ({len(good)} different), {took:.1f} s"
    held = refreshes == 1 and fine == 200 and len(good) == 1
    return row("200 × `credential-process` at once, session expired", text, 1, "1 refresh, 200 equal answers", held)


def unkept(cloud):
    """How long a rotated token is in one process only: from the server's answer until the keychain has it."""
    relay = Relay(int(cloud.url.rsplit(":", 1)[1]))
    for endpoint in ("oidc-endpoint", "portal-endpoint"):
        keyfob("team", "edit", "acme", "--set", f"{endpoint}={relay.url}")
    times = []
    for _ in range(30):
        with KeychainWrites() as writes:
            keyfob("renew", "acme")
            times.append(writes.first() - relay.answered)
    text = f"{statistics.median(times) * 1000:.1f} ms, at most {max(times) * 1000:.1f} ms"
    return row("renewal: from the server's answer to the keychain's", text, len(times), "under 25 ms", max(times) < 0.025)


class KeychainWrites:
    """Listens on the bus to when the keychain has answered that it keeps something."""

    def __enter__(self):
        command = ["dbus-monitor", "--session", "--profile"]
        self.monitor = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        # It announces itself by losing its own name.
        while "NameLost" not in self.monitor.stdout.readline():
            pass
        return self

    def __exit__(self, *_):
        self.monitor.kill()
        self.monitor.wait()

    def first(self):
        """When the first secret was kept, by the wall clock in seconds."""
        asked = None
        for line in self.monitor.stdout:
            kind, *fields = line.rstrip("\n").split("\t")
            if kind == "mc" and fields[-1] == "SetSecret":
                asked = (fields[1], fields[2])
            if kind == "mr" and asked and (fields[4], fields[3]) == asked:
                return float(fields[0])
        sys.exit("bench: nothing was kept")


def peak_memory():
    # GNU time forks, so that the peak is the program's own and not that of this interpreter.
    command = ["/usr/bin/time", "-f", "%M", KEYFOB, "credential-process", "--team", "acme", "--profile", "dev"]
    peaks = []
    for _ in range(20):
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=True)
        peaks.append(int(done.stderr.split()[-1]) * 1024 / 1e6)
    text = f"{statistics.median(peaks):.1f} MB, at most {max(peaks):.1f} MB"
    return row("`credential-process`, cached, peak memory", text, len(peaks), "at most 10 MB", max(peaks) <= 10)
