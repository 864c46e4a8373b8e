"""A desktop without a screen: a display, a window manager, a tray host and a notification server."""

import json
import os
import subprocess
import sys
import time

import dbus
import dbus.mainloop.glib
from gi.repository import GLib

WATCHER = "org.kde.StatusNotifierWatcher"
NOTICES = "org.freedesktop.Notifications"
XFCONF = "org.xfce.Xfconf"
PATIENCE = 180

PANEL = """<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0"><property name="configver" type="int" value="2"/>
<property name="panels" type="array"><value type="int" value="1"/><property name="panel-1" type="empty">
<property name="position" type="string" value="p=6;x=0;y=0"/><property name="length" type="uint" value="100"/>
<property name="plugin-ids" type="array"><value type="int" value="1"/></property></property></property>
<property name="plugins" type="empty"><property name="plugin-1" type="string" value="systray"/></property></channel>
"""


class Desk:
    """All of it in the session that this program runs in; `DISPLAY` is set for whatever is started later."""

    def __enter__(self):
        self.children = []
        self.home = os.environ["HOME"]
        dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
        self.loop = GLib.MainContext.default()
        # What is waited for in vain ends the wait all the same.
        GLib.timeout_add(500, lambda: True)
        self.bus = dbus.SessionBus()
        try:
            self.begin()
        except BaseException:
            self.__exit__()
            raise
        return self

    def begin(self):
        screen = self.start("Xvfb", "-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp",
                            stdout=subprocess.PIPE)
        os.environ.update(DISPLAY=f":{screen.stdout.readline().decode().strip()}", NO_AT_BRIDGE="1",
                          BROWSER="true")
        self.start("openbox")
        folder = os.path.join(os.environ["XDG_CONFIG_HOME"], "xfce4/xfconf/xfce-perchannel-xml")
        os.makedirs(folder)
        with open(os.path.join(folder, "xfce4-panel.xml"), "w", encoding="utf-8") as file:
            file.write(PANEL)
        # The panel's settings are in a program of their own, and this bus starts nobody.
        self.start(program_of("org.xfce.Xfconf.service"))
        self.look(lambda: self.bus.name_has_owner(XFCONF), "the settings of the panel are there")
        self.start("xfce4-panel", "--disable-wm-check")
        can = json.dumps({"capabilities": "actions body persistence"})
        self.start("/usr/bin/python3", "-m", "dbusmock", "--session", "--template", "notification_daemon",
                   "--parameters", can)
        self.look(lambda: all(self.bus.name_has_owner(name) for name in (WATCHER, NOTICES)), "the desktop is there")

    def start(self, *command, stdout=None):
        """A program of this desktop: it ends with this one."""
        log = open(os.path.join(self.home, os.path.basename(command[0]) + ".log"), "ab")  # noqa: SIM115
        with log:
            child = subprocess.Popen(["setpriv", "--pdeathsig", "KILL", "--", *command], stdin=subprocess.DEVNULL,
                                     stdout=stdout or log, stderr=log)
        self.children.append(child)
        return child

    def hear(self, until, what):
        """Waits for what a signal on the bus brings about."""
        deadline = time.monotonic() + PATIENCE
        while not until():
            self.loop.iteration(True)
            if time.monotonic() > deadline:
                sys.exit(f"bench: in {PATIENCE} s it was never so that {what}")

    def look(self, until, what, pause=0.01):
        """Waits for what nobody tells of."""
        deadline = time.monotonic() + PATIENCE
        while not until():
            self.rest(pause)
            if time.monotonic() > deadline:
                sys.exit(f"bench: in {PATIENCE} s it was never so that {what}")

    def rest(self, seconds):
        """Lets time pass; what the bus says meanwhile is heard at the end of it."""
        time.sleep(seconds)
        while self.loop.iteration(False):
            pass

    def __exit__(self, *_):
        for child in reversed(self.children):
            child.kill()
            child.wait()


def program_of(service):
    """The program that a service file starts: some lie where only that file knows."""
    with open(os.path.join("/usr/share/dbus-1/services", service), encoding="utf-8") as file:
        return next(line.split("=", 1)[1].split()[0] for line in file if line.startswith("Exec="))
