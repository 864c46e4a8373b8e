"""What all measurements share: where the programs are, how one is run and timed, and the rows of the table."""

import os
import shutil
import statistics
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
# "debug" only to work on the measurements themselves: its numbers mean nothing.
PROFILE = os.environ.get("KEYFOB_BENCH_PROFILE", "release")
TARGET = os.path.join(ROOT, "target", PROFILE)
EXAMPLES = os.path.join(TARGET, "examples")
CLOUD = os.path.join(EXAMPLES, "cloud")
# Copied here, as programs are when they are installed: what a linker wrote here and there is slower to map.
BENCH = os.path.join(ROOT, "target/bench" if PROFILE == "release" else f"target/bench-{PROFILE}")
KEYFOB, DESKTOP, WINDOW = (os.path.join(BENCH, name) for name in ("keyfob", "keyfob-desktop", "keyfob-window"))
MINIMAL = os.path.join(BENCH, "minimal")


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


def settings(values):
    return [word for key, value in values.items() for word in ("--set", f"{key}={value}")]


def keyfob(*words):
    return run([KEYFOB, *words])


def run(command, stdin=b""):
    done = subprocess.run(command, input=stdin, capture_output=True, check=False, cwd=ROOT)
    if done.returncode:
        sys.exit(f"{' '.join(command)}: exit {done.returncode}\n{done.stdout.decode()}{done.stderr.decode()}")
    return done.stdout.decode()
