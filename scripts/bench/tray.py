"""The tray program at work: its icon and menu on the bus, and what the system says of its process."""

import os
import subprocess
import sys
import time

import dbus

from .common import DESKTOP
from .desk import WATCHER

ITEM = "org.kde.StatusNotifierItem"
MENU = "com.canonical.dbusmenu"


class Tray:
    """One that was started in the background and whose icon is registered."""

    def __init__(self, desk):
        self.desk, self.service, self.registered, self.announced = desk, None, None, []
        heard = desk.bus.add_signal_receiver(self.hear, "StatusNotifierItemRegistered", WATCHER)
        with open(os.path.join(desk.home, "tray.log"), "ab") as log:
            begun = time.perf_counter()
            # Without closing other files first, Python starts programs in the quickest way there is.
            self.process = subprocess.Popen([DESKTOP, "--background"], stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=log, close_fds=False)
        desk.hear(lambda: self.registered or self.process.poll() is not None, "the icon is registered")
        heard.remove()
        if not self.registered:
            sys.exit(f"bench: the tray program ended: {self.process.poll()}")
        self.took = self.registered - begun
        # The first when rows come or go, the second when only their words change.
        for signal in ("LayoutUpdated", "ItemsPropertiesUpdated"):
            desk.bus.add_signal_receiver(self.announce, signal, MENU, bus_name=self.service)

    def hear(self, service):
        now = time.perf_counter()
        if f"-{self.process.pid}-" in service:
            self.registered, self.service = now, str(service).partition("/")[0]

    def announce(self, *_):
        self.announced.append(time.perf_counter())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)

    def rows(self):
        """Labels and ids of the whole menu, by the labels that lead there."""
        menu = dbus.Interface(self.desk.bus.get_object(self.service, "/MenuBar", introspect=False), MENU)
        found = {}

        def walk(node, path):
            number, values, inner = node
            # One underscore where the protocol has two.
            label = str(values.get("label", "")).replace("__", "_")
            path = (*path, label) if label else path
            found[path] = int(number)
            for one in inner:
                walk(one, path)

        walk(menu.GetLayout(0, -1, dbus.Array(signature="s"))[1], ())
        return found

    def find(self, *begins):
        """The id of the row that is reached by labels that hold these words, or `None`."""
        for path, number in self.rows().items():
            if len(path) == len(begins) and all(words in label for words, label in zip(begins, path)):
                return number
        return None

    def until_row(self, *begins):
        self.desk.look(lambda: self.find(*begins) is not None, f"the menu has {' → '.join(begins)}", 0.03)
        return self.find(*begins)

    def click(self, number):
        """Clicks a row; the moment before the click."""
        return self.send("/MenuBar", MENU, "Event", "isvu", number, "clicked", dbus.String("", variant_level=1), 0)

    def activate(self):
        """A left click on the icon; the moment before the click."""
        return self.send("/StatusNotifierItem", ITEM, "Activate", "ii", 1, 1)

    def send(self, path, interface, method, signature, *values):
        message = dbus.lowlevel.MethodCallMessage(self.service, path, interface, method)
        message.append(*values, signature=signature)
        message.set_no_reply(True)
        begun = time.perf_counter()
        self.desk.bus.send_message(message)
        self.desk.bus.flush()
        return begun

    def memory(self):
        """Bytes that would come free if it ended, and what this number is called."""
        try:
            with open(f"/proc/{self.process.pid}/smaps_rollup", encoding="ascii") as file:
                return next(int(line.split()[1]) * 1024 for line in file if line.startswith("Pss:")), "PSS"
        except PermissionError:
            # Nobody but root may look into it. What is in memory of all its pages is more, never less.
            with open(f"/proc/{self.process.pid}/status", encoding="ascii") as file:
                return next(int(line.split()[1]) * 1024 for line in file if line.startswith("VmRSS:")), "RSS"

    def wakes(self):
        """How often each of its threads went to sleep so far, by number and name."""
        found = {}
        for thread in os.listdir(f"/proc/{self.process.pid}/task"):
            with open(f"/proc/{self.process.pid}/task/{thread}/status", encoding="ascii") as file:
                values = dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)
            found[f"{thread} {values['Name']}"] = int(values["voluntary_ctxt_switches"])
        return found
