"""What the tray and the window cost: time from a click to what it is for, memory, and work while nothing happens."""

import json
import os
import re
import statistics
import sys
import time

from .cloud import Cloud, Tls
from .common import KEYFOB, keyfob, row, run, settings
from .desk import Desk
from .screen import Screen
from .tray import Tray

PORTALS, POOLS = ["acme", "beta", "gamma"], ["delta", "epsilon"]
# --accent-soft of ui/src/theme.css: only the page that has its view shows it, in the sidebar.
PAINTED, SIDEBAR = 0xE7EFFC, (240, 0, 8, 800)
# How long the idle program is watched; its sleeps are 30 s long.
IDLE_MINUTES = 2


def measure():
    with Cloud() as cloud, Desk() as desk:
        screen = Screen()
        set_up(cloud, Tls(cloud.url, desk.home))
        with Tray(desk) as tray:
            log_in(tray, cloud)
            renew(tray, cloud)
            desk.rest(2)
            fresh = tray.memory()
            copies = copy(tray, screen)
            first, again = [look(tray, screen)], []
            for _ in range(10):
                close(desk, screen)
                again.append(look(tray, screen))
            close(desk, screen)
            left = web_processes_after_a_minute(desk)
            wakes, threads = idle(tray)
            used = tray.memory()
        starts = [start(desk) for _ in range(21)]
        first += [first_look(desk, screen) for _ in range(6)]
        clicks, edits = many_teams(desk)
    print(f"idle threads: {threads}", file=sys.stderr)
    return [
        limit("`keyfob-desktop`: start to icon registered, 5 teams", starts, 60, 20),
        memory(fresh, used),
        row("idle wake-ups a minute, all threads", f"{wakes:g}", 1, "at most 6, aim 2", wakes <= 6),
        row("web processes a minute after the window was closed", f"{left}", 1, "0", left == 0),
        limit("click to window painted, first", first, 800, 500),
        limit("click to window painted, again within a minute", again, 150, 80),
        limit("tray click on *Copy export* to clipboard owner", copies, 50, 10),
        limit("500 teams: click to menu rebuilt and announced", clicks, 30, 5),
        row("500 teams: config file changed to menu announced", f"{statistics.median(edits) * 1000:.1f} ms, of which "
            "60 ms wait for the last write", len(edits), "none, for comparison", None),
    ]


def limit(what, seconds, must, aim):
    """Milliseconds: the median is judged, the slowest is told."""
    median, slowest = statistics.median(seconds) * 1000, max(seconds) * 1000
    digits = 0 if median >= 100 else 1
    text = f"{median:.{digits}f} ms, at most {slowest:.{digits}f} ms"
    return row(what, text, len(seconds), f"under {must} ms, aim {aim}", median < must)


def memory(fresh, used):
    (fresh, name), (used, _) = fresh, used
    text = f"{fresh / 1e6:.1f} MB, {used / 1e6:.1f} MB after copies and a window"
    return row(f"idle memory ({name}), 5 teams, after logins and renewals over TLS", text, 1, "at most 20 MB, aim 10",
               max(fresh, used) <= 20e6)


def set_up(cloud, tls):
    facts, url = cloud.facts, tls.url
    # Sessions that outlast the measurement without a renewal.
    cloud.control("setup", lifetimes={"access_token": 8 * 3600})
    for name in PORTALS:
        keyfob("team", "add", name, "--provider", "aws-sso", *settings({
            "start-url": facts["start_url"], "region": facts["region"], "oidc-endpoint": url, "portal-endpoint": url, "flow": "code"}))
    for name in POOLS:
        keyfob("team", "add", name, "--provider", "cognito", *settings({
            "region": facts["region"], "user-pool-id": facts["pool"], "client-id": facts["clients"]["srp"],
            "endpoint": url}))


def log_in(tray, cloud):
    """The portals by clicks in the tray; the pools, whose password would be typed in the window, beside it."""
    for name in PORTALS:
        tray.click(tray.until_row(name, "Log in…"))
        tray.desk.look(lambda: cloud.control("pending")["codes"], "a login waits for its code")
        cloud.control("approve_next")
        tray.until_row(f"● {name}")
    for name in POOLS:
        run([KEYFOB, "login", name, "--username", "ann", "--password-stdin"], cloud.facts["password"].encode())
        tray.until_row(f"● {name}")


def renew(tray, cloud):
    for name, operation in ((PORTALS[0], "RefreshToken"), (POOLS[0], "InitiateAuth")):
        cloud.log(clear=True)
        tray.click(tray.until_row(name, "Renew now"))
        tray.desk.look(lambda o=operation: any(o in seen["operation"] for seen in cloud.log()), "it was renewed")
        tray.until_row(f"● {name}")


def copy(tray, screen):
    row_id, times = tray.until_row("Copy export IOT_TEAM="), []
    for _ in range(21):
        tray.desk.rest(0.1)
        screen.forget()
        begun = tray.click(row_id)
        times.append(screen.owned() - begun)
    return times


def look(tray, screen):
    """Seconds from a left click on the icon until the page is on the screen."""
    begun = tray.activate()
    while not screen.shows(PAINTED, SIDEBAR):
        if time.perf_counter() - begun > 20:
            sys.exit("bench: the window was never painted")
        # To look all the time would take the time of those who paint.
        time.sleep(0.002)
    return time.perf_counter() - begun


def close(desk, screen):
    desk.rest(0.4)
    screen.close(screen.window("Keyfob"))
    desk.look(lambda: not screen.shows(PAINTED, SIDEBAR), "the window is closed")
    desk.rest(0.4)


def first_look(desk, screen):
    with Tray(desk) as tray:
        desk.rest(0.5)
        took = look(tray, screen)
    desk.look(lambda: not screen.shows(PAINTED, SIDEBAR), "the window is gone")
    desk.rest(0.5)
    return took


def web_processes_after_a_minute(desk):
    if not window_processes(desk.home):
        sys.exit("bench: the window has no process although it was just shown")
    desk.rest(61)
    return len(window_processes(desk.home))


def window_processes(home):
    """The window program and WebKit's, known by the home of this session."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/environ", "rb") as file:
                ours = f"HOME={home}".encode() in file.read().split(b"\0")
            with open(f"/proc/{pid}/comm", encoding="utf-8") as file:
                name = file.read()
        except OSError:
            continue
        if ours and (name.startswith("WebKit") or name.startswith("keyfob-window")):
            found.append(name.strip())
    return found


def idle(tray):
    """Wake-ups a minute, and which threads they were of."""
    before = tray.wakes()
    tray.desk.rest(60 * IDLE_MINUTES)
    after = tray.wakes()
    each = {name: count - before.get(name, 0) for name, count in after.items()}
    return sum(each.values()) / IDLE_MINUTES, each


def start(desk):
    with Tray(desk) as tray:
        desk.rest(0.1)
    return tray.took


def many_teams(desk):
    """500 teams, all but the first logged in; what a click and what a change of the config file lead to."""
    config = os.path.join(os.environ["XDG_CONFIG_HOME"], "keyfob/config.toml")
    names = [f"team-{number:03}" for number in range(500)]
    ids = {name: f"{number:016}".replace("0", "a").replace("1", "b") for number, name in enumerate(names)}
    with open(config, encoding="utf-8") as file:
        # Every one of them like the first portal, but for name and id.
        table = re.search(r"(?m)^\[team\.acme\]\n((?:.+\n)+)", file.read())[1]
    text = "version = 1\n\n" + "\n".join(
        f"[team.{name}]\n" + re.sub(r'(?m)^id = .*$', f'id = "{ids[name]}"', table) for name in names)
    write(config, text)
    facts_file = os.path.join(os.environ["XDG_STATE_HOME"], "keyfob/facts.json")
    with open(facts_file, encoding="utf-8") as file:
        facts = json.load(file)
    session = next(team["session"] for team in facts["teams"].values() if team["name"] == "acme")
    facts["teams"] = {ids[name]: {"name": name, "session": session} for name in names[1:]}
    write(facts_file, json.dumps(facts))
    clicks, edits = [], []
    with Tray(desk) as tray:
        for _ in range(15):
            for label in ("Log in…", "Cancel"):
                clicks.append(announced(tray, lambda words=label: tray.click(tray.until_row(names[0], words))))
        for turn in range(15):
            edits.append(announced(tray, lambda t=turn: write(config, renamed(text, names[0], t))))
    return clicks, edits


def renamed(text, name, turn):
    return text.replace(f"[team.{name}]", f"[team.{name}-{turn}]")


def announced(tray, act):
    """Seconds from an act until the menu is announced anew."""
    # Whatever an earlier act led to is over; rows have other numbers after each of them.
    tray.desk.rest(0.5)
    tray.announced.clear()
    begun = act()
    tray.desk.hear(lambda: tray.announced, "the menu is announced")
    return tray.announced[0] - begun


def write(path, text):
    """Writes a file as a whole; the moment before it is there."""
    with open(path + ".new", "w", encoding="utf-8") as file:
        file.write(text)
    begun = time.perf_counter()
    os.replace(path + ".new", path)
    return begun
