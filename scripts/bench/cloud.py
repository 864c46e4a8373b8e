"""The servers that logins go to: the embedded cloud, a Cognito that nobody here wrote, and what stands before them."""

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.request

from .common import CLOUD, KEYFOB, ROOT, run


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
        self.answered = 0.0  # by the wall clock
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
                answer = message(answers)
                self.answered = time.time()
                client.sendall(answer)
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


class Tls:
    """Stands before a server on this computer and speaks TLS for it, as the real ones do.

    Its certificate is added to the system's own, so that all of those are read as well.
    """

    def __init__(self, url, folder):
        key, certificate, trusted = (os.path.join(folder, name) for name in ("tls.key", "tls.crt", "trusted.crt"))
        run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
             "-config", "/dev/stdin", "-keyout", key, "-out", certificate], CERTIFICATE)
        with open(trusted, "wb") as file:
            for one in ("/etc/ssl/certs/ca-certificates.crt", certificate):
                with open(one, "rb") as part:
                    file.write(part.read())
        os.environ["AWS_CA_BUNDLE"] = trusted
        self.server = tuple(url.rpartition("/")[2].rsplit(":", 1))
        self.speaks = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.speaks.load_cert_chain(certificate, key)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        while True:
            client, _ = self.listener.accept()
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, plain):
        with self.speaks.wrap_socket(plain, server_side=True) as client, \
                socket.create_connection(self.server) as server:
            threading.Thread(target=pass_on, args=(server, client), daemon=True).start()
            pass_on(client, server)


def pass_on(giver, taker):
    """Everything that one says, until it has said all."""
    try:
        while some := giver.recv(65536):
            taker.sendall(some)
        taker.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass


CERTIFICATE = b"""[req]
distinguished_name = name
x509_extensions = extensions
prompt = no
[name]
CN = localhost
[extensions]
basicConstraints = critical, CA:FALSE
subjectAltName = IP:127.0.0.1
"""


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]
