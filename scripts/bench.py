#!/usr/bin/env python3
"""Measures what docs/performance.md promises, each as a ratio or a limit in one run, and prints one table.

usage: bench.py [--write] [--debug] [commands] [desktop]
    --write   puts the table into docs/performance.md; only when everything was measured
    --debug   measures what `cargo build` left behind and builds nothing: to work on the measurements themselves

Each group runs in a D-Bus session and a home of its own (scripts/session.sh), against the embedded cloud and,
for password logins, also against a Cognito that nobody here wrote. Exit status 1 when a limit is broken.
"""

import importlib
import json
import os
import platform
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True

from bench.common import BENCH, DESKTOP, KEYFOB, MINIMAL, PROFILE, ROOT, TARGET, WINDOW, run  # noqa: E402

DOCUMENT = os.path.join(ROOT, "docs/performance.md")
BEGIN, END = "<!-- bench: begin -->", "<!-- bench: end -->"
GROUPS = ["commands", "desktop"]


def main():
    words = sys.argv[1:]
    if "--debug" in words and PROFILE == "release":
        os.execve(sys.executable, [sys.executable, __file__, *words], dict(os.environ, KEYFOB_BENCH_PROFILE="debug"))
    groups = [group for group in GROUPS if group in words] or GROUPS
    if PROFILE == "release":
        build()
    install()
    load, cores = os.getloadavg()[0], os.cpu_count()
    if load > cores / 2:
        print(f"bench: the machine is busy (load {load:.1f} on {cores} cores); the numbers say less", file=sys.stderr)
    rows = [row for group in groups for row in in_a_session(group)]
    table = render(rows)
    print(table)
    if "--write" in words and groups == GROUPS and PROFILE == "release":
        write(table)
    broken = [row["what"] for row in rows if row["held"] is False]
    if broken:
        sys.exit("limits broken: " + "; ".join(broken))


def build():
    cargo = ["cargo", "build", "--quiet", "--release"]
    run([*cargo, "-p", "keyfob-cli", "-p", "keyfob-desktop", "--bins"])
    run([*cargo, "-p", "keyfob-sandbox", "--example", "cloud"])
    run([*cargo, "-p", "keyfob-core", "--example", "menu_1000", "--features", "testkit"])


def install():
    os.makedirs(BENCH, exist_ok=True)
    source = MINIMAL + ".rs"
    with open(source, "w", encoding="utf-8") as file:
        file.write('fn main() { println!("acme 1h"); }\n')
    run(["rustc", "-C", "opt-level=3", "-C", "strip=symbols", "-o", MINIMAL + ".linked", source])
    unpack(MINIMAL + ".linked", MINIMAL)
    for program in (KEYFOB, DESKTOP, WINDOW):
        unpack(os.path.join(TARGET, os.path.basename(program)), program)


def unpack(built, program):
    """Writes a program as dpkg does, in pieces of 32 KiB: Linux maps a file in pieces as large as it was written in."""
    if os.path.exists(program):
        os.remove(program)
    with open(built, "rb") as source, open(program, "wb", buffering=0) as file:
        while piece := source.read(32 * 1024):
            file.write(piece)
        os.fchmod(file.fileno(), 0o755)


def in_a_session(group):
    """The rows of one group, measured in a session and a home that are gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="keyfob-bench-", ignore_cleanup_errors=True) as home:
        answer = os.path.join(home, "rows.json")
        script = [os.path.join(ROOT, "scripts/session.sh"), home, sys.executable, __file__, group]
        # A session of its own for the scheduler as well, which shares the time out among sessions first.
        done = subprocess.run(script, env=dict(os.environ, KEYFOB_BENCH=answer), check=False, start_new_session=True)
        if done.returncode:
            sys.exit(f"bench: the measurement of {group} failed")
        with open(answer, encoding="utf-8") as file:
            return json.load(file)


def inside(group, answer):
    """Measures one group; whatever else runs on this computer is to be in the way as little as possible."""
    try:
        with open("/proc/self/autogroup", "w", encoding="ascii") as file:
            file.write("-10")
        os.nice(-5)
    except OSError:
        # Not for everybody, and not on every kernel.
        pass
    rows = importlib.import_module(f"bench.{group}").measure()
    with open(answer, "w", encoding="utf-8") as file:
        json.dump(rows, file)


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
            f"rustc {run(['rustc', '--version']).split()[1]}, {PROFILE} build")


def write(table):
    with open(DOCUMENT, encoding="utf-8") as file:
        text = file.read()
    head, rest = text.split(BEGIN)
    tail = rest.split(END)[1]
    with open(DOCUMENT, "w", encoding="utf-8") as file:
        file.write(f"{head}{BEGIN}\n{table}\n{END}{tail}")


if __name__ == "__main__":
    if "KEYFOB_BENCH" in os.environ:
        inside(sys.argv[1], os.environ["KEYFOB_BENCH"])
    else:
        main()
