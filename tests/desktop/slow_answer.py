"""A bus between a program and its bus, on which the answer that nobody is there by a name comes late.

Arguments: the socket to listen on, the path of the bus, the name, and a folder. `held` is put there while an answer is
kept back, and it goes on once `go` is there.
"""

import os
import socket
import sys
import threading
import time

here, bus, name, folder = sys.argv[1:]
refused = (b"org.freedesktop.DBus.Error.ServiceUnknown", name.encode())


def hold():
    open(os.path.join(folder, "held"), "w").close()
    while not os.path.exists(os.path.join(folder, "go")):
        time.sleep(0.005)


def pass_on(source, target, answers):
    try:
        while some := source.recv(65536):
            if answers and all(part in some for part in refused):
                hold()
            target.sendall(some)
    except OSError:
        pass
    for end in (source, target):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


door = socket.socket(socket.AF_UNIX)
door.bind(here)
door.listen()
while True:
    program, _ = door.accept()
    daemon = socket.socket(socket.AF_UNIX)
    daemon.connect(bus)
    for ends in ((program, daemon, False), (daemon, program, True)):
        threading.Thread(target=pass_on, args=ends, daemon=True).start()
