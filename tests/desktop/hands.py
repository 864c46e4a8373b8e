"""Reads and clicks a desktop over D-Bus: a question as one line of JSON, an answer as one line of JSON."""

import json
import sys
import time

import dbus

PROPERTIES = "org.freedesktop.DBus.Properties"
WATCHER = "org.kde.StatusNotifierWatcher"
ITEM = "org.kde.StatusNotifierItem"
MENU = "com.canonical.dbusmenu"
NOTICES = "org.freedesktop.Notifications"
MOCK = "org.freedesktop.DBus.Mock"

bus = dbus.SessionBus()


def item(pid):
    """The icon of a process, as the tray host knows it."""
    if not bus.name_has_owner(WATCHER):
        return None
    watcher = dbus.Interface(bus.get_object(WATCHER, "/StatusNotifierWatcher"), PROPERTIES)
    for found in watcher.Get(WATCHER, "RegisteredStatusNotifierItems"):
        name, _, path = str(found).partition("/")
        if f"-{pid}-" in name and bus.name_has_owner(name):
            return name, "/" + path
    return None


def properties(found):
    return dbus.Interface(bus.get_object(*found), PROPERTIES).GetAll(ITEM)


def menu_of(found):
    return dbus.Interface(bus.get_object(found[0], properties(found)["Menu"]), MENU)


def row(node):
    number, values, inner = node
    return {
        "id": int(number),
        "visible": bool(values.get("visible", True)),
        # What a person reads: one underscore where the protocol has two.
        "label": str(values.get("label", "---" if values.get("type") == "separator" else "")).replace("__", "_"),
        "rows": [one for one in map(row, inner) if one["visible"]],
    }


def tray(pid):
    found = item(pid)
    if found is None:
        return None
    values = properties(found)
    return {
        "title": str(values["Title"]),
        "status": str(values["Status"]),
        "tooltip": str(values["ToolTip"][2]),
        "sizes": [int(icon[0]) for icon in values["IconPixmap"]],
        "icon": hash(bytes(values["IconPixmap"][0][2])),
        "menu": row(menu_of(found).GetLayout(0, -1, [])[1])["rows"],
    }


def click(pid, path):
    """Looks again when the menu has changed between the look and the click, as a person does."""
    while True:
        try:
            return click_as_it_is(pid, path)
        except dbus.DBusException as error:
            if "id not found" not in str(error):
                raise


def click_as_it_is(pid, path):
    menu = directly(pid)
    press(menu, find(menu, path))


def directly(pid):
    """The menu of a process, whatever the tray host is doing."""
    for name in bus.list_names():
        if f"StatusNotifierItem-{pid}-" in name:
            return menu_of((name, "/StatusNotifierItem"))
    raise LookupError(f"no icon of {pid}")


def press(menu, number):
    menu.Event(number, "clicked", dbus.String("", variant_level=1), dbus.UInt32(0))


def click_row(pid, number):
    try:
        press(directly(pid), number)
    except dbus.DBusException as error:
        if "id not found" in str(error):
            return False
        raise
    return True


def answers(pid):
    begin = time.monotonic()
    menu = directly(pid)
    menu.GetLayout(0, -1, [])
    return time.monotonic() - begin


def find(menu, path):
    rows = row(menu.GetLayout(0, -1, [])[1])["rows"]
    for depth, begins in enumerate(path, 1):
        inner = depth < len(path)
        match = [one for one in rows if begins in one["label"] and (one["rows"] or not inner)]
        if not match:
            raise LookupError(f"no {begins} among {[one['label'] for one in rows]}")
        rows = match[0]["rows"]
    return match[0]["id"]


def activate(pid):
    dbus.Interface(bus.get_object(*item(pid)), ITEM).Activate(1, 1)


def calls(method):
    mock = dbus.Interface(bus.get_object(NOTICES, "/org/freedesktop/Notifications"), MOCK)
    return [args for _, args in mock.GetMethodCalls(method)]


def notices():
    found, number = [], 0
    for _, replaces, _, title, body, actions, hints, expires in calls("Notify"):
        if not replaces:
            number += 1
        found.append(
            {
                "number": int(replaces) or number,
                "replaces": int(replaces),
                "title": str(title),
                "body": str(body),
                "actions": [str(action) for action in actions],
                "urgency": int(hints.get("urgency", 1)),
                "category": str(hints.get("category", "")),
                "expires": int(expires),
            }
        )
    return found


def signal(name, signature, values):
    mock = dbus.Interface(bus.get_object(NOTICES, "/org/freedesktop/Notifications"), MOCK)
    mock.EmitSignal(NOTICES, name, signature, values)


def answer(question):
    match question["do"]:
        case "has":
            return bool(bus.name_has_owner(question["name"]))
        case "tray":
            return tray(question["pid"])
        case "click":
            return click(question["pid"], question["path"])
        case "answers":
            return answers(question["pid"])
        case "row":
            return find(directly(question["pid"]), question["path"])
        case "click-row":
            return click_row(question["pid"], question["row"])
        case "activate":
            return activate(question["pid"])
        case "notices":
            return notices()
        case "closed":
            return [int(args[0]) for args in calls("CloseNotification")]
        case "press":
            return signal("ActionInvoked", "us", [dbus.UInt32(question["number"]), question["key"]])
        case "close":
            return signal("NotificationClosed", "uu", [dbus.UInt32(question["number"]), dbus.UInt32(question["reason"])])
    raise LookupError(question["do"])


for line in sys.stdin:
    question = json.loads(line)
    try:
        said = {"answer": answer(question)}
    except dbus.DBusException as error:
        # An icon that comes or goes just now is none.
        said = {"answer": None} if question["do"] == "tray" else {"error": str(error)}
    except LookupError as error:
        said = {"error": str(error)}
    print(json.dumps(said), flush=True)
