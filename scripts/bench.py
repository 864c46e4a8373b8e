#!/usr/bin/env python3
"""Measures what docs/performance.md promises, each as a ratio or a limit in one run, and prints one table.

usage: bench.py [--write]      --write also puts the table into docs/performance.md

Everything runs in a D-Bus session and a home of its own (scripts/session.sh), against the embedded cloud and,
for password logins, also against a Cognito that nobody here wrote. Exit status 1 when a limit is broken.
"""

import json
import os
import platform
import random
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BENCH = os.path.join(ROOT, "target/bench")
KEYFOB = os.path.join(BENCH, "keyfob")
MINIMAL = os.path.join(BENCH, "minimal")
CLOUD = os.path.join(ROOT, "target/release/examples/cloud")
DOCUMENT = os.path.join(ROOT, "docs/performance.md")
BEGIN, END = "<!-- bench: begin -->", "<!-- bench: end -->"


def main():
    if os.environ.get("KEYFOB_BENCH") != "inside":
        build()
        with tempfile.TemporaryDirectory(prefix="keyfob-bench-") as home:
            # The home in there is empty, and rustup with it.
            inside = dict(os.environ, KEYFOB_BENCH="inside", RUSTC_VERSION=run(["rustc", "--version"]).split()[1])
            script = [os.path.join(ROOT, "scripts/session.sh"), home, sys.executable, __file__, *sys.argv[1:]]
            sys.exit(subprocess.run(script, env=inside, check=False).returncode)
    load, cores = os.getloadavg()[0], os.cpu_count()
    if load > cores / 2:
        print(f"bench: the machine is busy (load {load:.1f} on {cores} cores); the numbers say less", file=sys.stderr)
    rows = measure()
    table = render(rows)
    print(table)
    if "--write" in sys.argv:
        write(table)
    broken = [row["what"] for row in rows if row["held"] is False]
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
    run(["rustc", "-C", "opt-level=3", "-C", "strip=symbols", "-o", MINIMAL + ".linked", source])
    # Copied, as programs are when they are installed: what a linker wrote here and there is slower to map.
    run(["install", MINIMAL + ".linked", MINIMAL])
    run(["install", os.path.join(ROOT, "target/release/keyfob"), KEYFOB])


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


class Ministack:
    """The strict Cognito of tests/peers, with a pool and a person in it."""

    def __enter__(self):
        self.port = free_port()
        environment = dict(os.environ, AUTH="true", IOT_MTLS_ENABLED="0")
        python = os.path.join(ROOT, ".tools/ministack/bin/python")
        with open(os.path.join(os.environ["HOME"], "ministack.log"), "wb") as log:
            self.process = subprocess.Popen(
                [python, "-m", "hypercorn", "--bind", f"127.0.0.1:{self.port}", "ministack.app:app"],
                env=environment, cwd=os.environ["HOME"], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True)
        try:
            self.wait()
            pool = [os.path.join(ROOT, ".venv/bin/python"), os.path.join(ROOT, "tests/peers/cognito_pool.py")]
            self.facts = json.loads(run([*pool, f"http://127.0.0.1:{self.port}"]))
        except BaseException:
            self.__exit__()
            raise
        return self

    def wait(self):
        deadline = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    sys.exit("ministack does not listen; run scripts/setup.sh bench")
                time.sleep(0.05)

    def __exit__(self, *_):
        # Its worker is a process of its own that outlives it otherwise.
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)


class Relay:
    """Passes HTTP/1.1 messages on, whole, and notes the time from a request's arrival to its whole answer."""

    def __init__(self, port):
        self.port, self.seen = port, []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.listen, daemon=True).start()

    def taken(self):
        """What was noted since the last time."""
        seen, self.seen = self.seen, []
        return seen

    def listen(self):
        while True:
            client, _ = self.listener.accept()
            threading.Thread(target=self.relay, args=(client,), daemon=True).start()

    def relay(self, client):
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        requests, server = client.makefile("rb"), None
        with client:
            while first := requests.readline():
                begun = time.perf_counter()
                request = first + message(requests)
                if server is None:
                    server = socket.create_connection(("127.0.0.1", self.port))
                    server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    answers = server.makefile("rb")
                server.sendall(request)
                client.sendall(message(answers))
                self.seen.append(time.perf_counter() - begun)
        if server:
            server.close()


def message(stream):
    """An HTTP message, or what its first line left of it, as it is; empty at the end of the stream."""
    head, length = [], 0
    while True:
        line = stream.readline()
        if not line:
            return b""
        head.append(line)
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
        if name.lower() == b"transfer-encoding":
            raise ValueError("the relay passes on bodies of a known length only")
        if line == b"\r\n":
            return b"".join(head) + stream.read(length)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def thousand_teams():
    out = run([os.path.join(ROOT, "target/release/examples/menu_1000")])
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


def peak_memory():
    # GNU time forks, so that the peak is the program's own and not that of this interpreter.
    command = ["/usr/bin/time", "-f", "%M", KEYFOB, "credential-process", "--team", "acme", "--profile", "dev"]
    peaks = []
    for _ in range(20):
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=True)
        peaks.append(int(done.stderr.split()[-1]) * 1024 / 1e6)
    text = f"{statistics.median(peaks):.1f} MB, at most {max(peaks):.1f} MB"
    return row("`credential-process`, cached, peak memory", text, len(peaks), "at most 10 MB", max(peaks) <= 10)


def paired(ours, theirs, rounds):
    """Seconds of each run of two commands, taken in turns so that whatever else happens hits both."""
    ours, theirs = ([shutil.which(command[0]), *command[1:]] for command in (ours, theirs))
    times = ([], [])
    for i in range(rounds + 10):
        for which in ((0, 1), (1, 0))[i % 2]:
            seconds = once((ours, theirs)[which])
            if i >= 10:
                times[which].append(seconds)
    return times


def once(command, stdin=b""):
    """Seconds from start to end; what it says goes nowhere."""
    readable, writable = os.pipe()
    os.write(writable, stdin)
    os.close(writable)
    nowhere = [(os.POSIX_SPAWN_OPEN, stream, os.devnull, os.O_WRONLY, 0) for stream in (1, 2)]
    streams = [(os.POSIX_SPAWN_DUP2, readable, 0), *nowhere]
    begun = time.perf_counter()
    pid = os.posix_spawn(command[0], command, os.environ, file_actions=streams)
    _, status = os.waitpid(pid, 0)
    took = time.perf_counter() - begun
    os.close(readable)
    if status:
        sys.exit(f"{' '.join(command)}: exit {os.waitstatus_to_exitcode(status)}")
    return took


def ratio(what, ours, theirs, limit):
    a, b = statistics.median(ours), statistics.median(theirs)
    text = f"{a * 1000:.2f} ms : {b * 1000:.2f} ms = {a / b:.2f}"
    return row(what, text, len(ours), f"within {limit}×", a / b <= limit)


def row(what, measured, runs, limit, held):
    return {"what": what, "measured": measured, "runs": runs, "limit": limit, "held": held}


def render(rows):
    lines = [machine(), "", "| What | Measured (medians) | Runs | Limit | |", "|---|---|---|---|---|"]
    for r in rows:
        verdict = {True: "held", False: "**broken**", None: ""}[r["held"]]
        lines.append(f"| {r['what']} | {r['measured']} | {r['runs']} | {r['limit']} | {verdict} |")
    return "\n".join(lines)


def machine():
    name = platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        kind = "virtual machine" if "hypervisor" in file.read() else "computer"
    return (f"{time.strftime('%Y-%m-%d')} · {kind} with {os.cpu_count()} cores, {platform.machine()}, {name} · "
            f"rustc {os.environ['RUSTC_VERSION']}, release build")


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
