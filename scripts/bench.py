#!/usr/bin/env python3
"""Measures what docs/performance.md promises, each as a ratio or a limit in one run, and prints one table.

usage: bench.py [--write]      --write also puts the table into docs/performance.md

Everything runs in a D-Bus session and a home of its own (scripts/session.sh), against the embedded cloud.
Exit status 1 when a limit is broken.
"""

import json
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BENCH = os.path.join(ROOT, "target/bench")
KEYFOB = os.path.join(ROOT, "target/release/keyfob")
MINIMAL = os.path.join(BENCH, "minimal")
CLOUD = os.path.join(ROOT, "target/release/examples/cloud")
DOCUMENT = os.path.join(ROOT, "docs/performance.md")
BEGIN, END = "<!-- bench: begin -->", "<!-- bench: end -->"


def main():
    if os.environ.get("KEYFOB_BENCH") != "inside":
        build()
        with tempfile.TemporaryDirectory(prefix="keyfob-bench-") as home:
            inside = dict(os.environ, KEYFOB_BENCH="inside")
            script = [os.path.join(ROOT, "scripts/session.sh"), home, sys.executable, __file__, *sys.argv[1:]]
            sys.exit(subprocess.run(script, env=inside, check=False).returncode)
    rows = measure()
    table = render(rows)
    print(table)
    if "--write" in sys.argv:
        write(table)
    broken = [row["what"] for row in rows if not row["held"]]
    if broken:
        sys.exit("limits broken: " + "; ".join(broken))


def build():
    os.makedirs(BENCH, exist_ok=True)
    cargo = ["cargo", "build", "--quiet", "--release"]
    run([*cargo, "-p", "keyfob-cli"])
    run([*cargo, "-p", "keyfob-sandbox", "--example", "cloud"])
    run([*cargo, "-p", "keyfob-core", "--example", "menu_1000", "--features", "testkit"])
    source = MINIMAL + ".rs"
    with open(source, "w", encoding="utf-8") as file:
        file.write('fn main() { println!("acme 1h"); }\n')
    run(["rustc", "-C", "opt-level=3", "-C", "strip=symbols", "-o", MINIMAL, source])


def measure():
    with Cloud() as cloud:
        set_up(cloud)
        return [
            prompt_line(),
            cached_credential(),
            password_login(cloud),
            thousand_teams(),
            crowd(cloud),
            peak_memory(),
        ]


class Cloud:
    """The embedded cloud as a process of its own, and its control surface."""

    def __enter__(self):
        self.process = subprocess.Popen([CLOUD], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.facts = json.loads(self.process.stdout.readline())
        self.url = self.facts["url"]
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(10)

    def control(self, verb, **body):
        request = urllib.request.Request(
            f"{self.url}/_control/{verb}", json.dumps(body).encode(), {"content-type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)

    def log(self, clear=False):
        return self.control("log", clear=clear)["seen"]


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


def log_in(cloud):
    login = subprocess.Popen([KEYFOB, "login", "acme", "--no-open", "--timeout", "30s"],
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    deadline = time.monotonic() + 30
    while not cloud.control("pending")["codes"]:
        if login.poll() is not None or time.monotonic() > deadline:
            sys.exit(f"no login began: {login.communicate()[0].decode()}")
        time.sleep(0.02)
    cloud.control("approve_next")
    said = login.communicate(timeout=30)[0].decode()
    if login.returncode:
        sys.exit(f"the login failed: {said}")


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


def password_login(cloud):
    password = cloud.facts["password"].encode()
    command = [KEYFOB, "login", "pool", "--username", "ann", "--password-stdin"]
    totals, servers = [], []
    for _ in range(20):
        cloud.log(clear=True)
        begun = time.perf_counter()
        run(command, password)
        totals.append(time.perf_counter() - begun)
        servers.append(sum(seen["took"] for seen in cloud.log()))
    return ratio("password login (SRP) against the server's own time", totals, servers, 1.3)


def thousand_teams():
    out = run([os.path.join(ROOT, "target/release/examples/menu_1000")])
    milliseconds = float(json.loads(out.strip().splitlines()[-1])["milliseconds"])
    return row("1,000 teams: menu and view", f"{milliseconds:.2f} ms", "under 5 ms", milliseconds < 5)


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
    return row("200 × `credential-process` at once, session expired", text, "1 refresh, 200 equal answers", held)


def peak_memory():
    # GNU time forks, so that the peak is the program's own and not that of this interpreter.
    done = subprocess.run(["/usr/bin/time", "-f", "%M", KEYFOB, "credential-process", "--team", "acme", "--profile", "dev"],
                          stdin=subprocess.DEVNULL, capture_output=True, check=True)
    megabytes = int(done.stderr.split()[-1]) / 1024
    return row("`credential-process`, peak memory", f"{megabytes:.1f} MB", "at most 10 MB", megabytes <= 10)


def paired(ours, theirs, rounds):
    """Seconds of each run of two commands, taken in turns so that whatever else happens hits both."""
    times = ([], [])
    for i in range(rounds + 10):
        for which in ((0, 1), (1, 0))[i % 2]:
            seconds = once((ours, theirs)[which])
            if i >= 10:
                times[which].append(seconds)
    return times


def once(command):
    null = [(os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0), (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    program = command[0] if os.path.isabs(command[0]) else run(["which", command[0]]).strip()
    begun = time.perf_counter()
    pid = os.posix_spawn(program, command, os.environ, file_actions=null)
    _, status = os.waitpid(pid, 0)
    took = time.perf_counter() - begun
    if status:
        sys.exit(f"{' '.join(command)}: exit {os.waitstatus_to_exitcode(status)}")
    return took


def ratio(what, ours, theirs, limit):
    a, b = statistics.median(ours), statistics.median(theirs)
    return row(what, f"{a * 1000:.2f} ms : {b * 1000:.2f} ms = {a / b:.2f}", f"within {limit}×", a / b <= limit)


def row(what, measured, limit, held):
    return {"what": what, "measured": measured, "limit": limit, "held": held}


def render(rows):
    lines = [f"Machine: {machine()}. Medians.", "", "| What | Measured | Limit | |", "|---|---|---|---|"]
    for r in rows:
        lines.append(f"| {r['what']} | {r['measured']} | {r['limit']} | {'held' if r['held'] else '**broken**'} |")
    return "\n".join(lines)


def machine():
    name = platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())
    rustc = run(["rustc", "--version"]).split()[1]
    return f"{os.cpu_count()} cores, {platform.machine()}, {name}, rustc {rustc}, release build"


def write(table):
    with open(DOCUMENT, encoding="utf-8") as file:
        text = file.read()
    head, rest = text.split(BEGIN)
    tail = rest.split(END)[1]
    with open(DOCUMENT, "w", encoding="utf-8") as file:
        file.write(f"{head}{BEGIN}\n{table}\n{END}{tail}")


def settings(values):
    return [word for key, value in values.items() for word in ("--set", f"{key}={value}")]


def keyfob(*words):
    return run([KEYFOB, *words])


def run(command, stdin=b""):
    done = subprocess.run(command, input=stdin, capture_output=True, check=False, cwd=ROOT)
    if done.returncode:
        sys.exit(f"{' '.join(command)}: exit {done.returncode}\n{done.stdout.decode()}{done.stderr.decode()}")
    return done.stdout.decode()


if __name__ == "__main__":
    main()
