"""What is on the screen, what lies on the clipboard, and the window as its manager sees it."""

import select
import time

from Xlib import X, display
from Xlib.ext import xfixes
from Xlib.protocol import event


class Screen:
    def __init__(self):
        self.x = display.Display()
        self.root = self.x.screen().root
        self.x.xfixes_query_version()
        self.clipboard = self.x.intern_atom("CLIPBOARD")
        self.x.xfixes_select_selection_input(self.root, self.clipboard, xfixes.XFixesSetSelectionOwnerNotifyMask)
        self.x.sync()

    def owned(self, limit=10):
        """Waits until somebody takes the clipboard; the moment it was heard."""
        deadline = time.monotonic() + limit
        while time.monotonic() < deadline:
            while self.x.pending_events():
                found = self.x.next_event()
                if found.type == self.x.extension_event.SetSelectionOwnerNotify[0] and found.owner != X.NONE:
                    return time.perf_counter()
            select.select([self.x], [], [], 0.05)
        raise TimeoutError("nobody took the clipboard")

    def forget(self):
        """Leaves out what was heard until now."""
        self.x.sync()
        while self.x.pending_events():
            self.x.next_event()

    def window(self, title):
        """The window with this in its title that is on the screen, if there is one."""
        listed = self.root.get_full_property(self.x.intern_atom("_NET_CLIENT_LIST"), X.AnyPropertyType)
        for number in listed.value if listed else []:
            window = self.x.create_resource_object("window", number)
            name = window.get_full_text_property(self.x.intern_atom("_NET_WM_NAME")) or ""
            if title in name and window.get_attributes().map_state == X.IsViewable:
                return window
        return None

    def close(self, window):
        """Asks the window manager to close it, as its button does."""
        asked = event.ClientMessage(window=window, client_type=self.x.intern_atom("_NET_CLOSE_WINDOW"),
                                    data=(32, [X.CurrentTime, 2, 0, 0, 0]))
        self.root.send_event(asked, event_mask=X.SubstructureRedirectMask | X.SubstructureNotifyMask)
        self.x.sync()

    def shows(self, colour, area):
        """Whether a pixel of this colour (0xRRGGBB) is in this part of the screen: left, top, width, height."""
        pixels = self.root.get_image(*area, X.ZPixmap, 0xFFFFFFFF).data
        wanted = colour.to_bytes(3, "little")
        at = pixels.find(wanted)
        while at >= 0 and at % 4:
            at = pixels.find(wanted, at + 1)
        return at >= 0
