# SPDX-License-Identifier: Apache-2.0
"""Whoever talks to a unix socket: as HTTP wants it, or as it does not."""

import http.client
import json
import select
import socket
import subprocess

from .match import Failed, holds, shorten

PATIENCE_SECONDS = 30


def connect(path):
    s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    s.settimeout(PATIENCE_SECONDS)
    s.connect(path)
    return s


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=PATIENCE_SECONDS)
        self.path = path

    def connect(self):
        self.sock = connect(self.path)


def ask(path, method, url, body=None):
    """Status and text of the answer; BODY is sent as JSON."""
    c = UnixConnection(path)
    try:
        c.request(method, url, None if body is None else json.dumps(body))
        r = c.getresponse()
        return r.status, r.read().decode(errors="backslashreplace")
    finally:
        c.close()


class RawClient:
    """One connection, on which bytes are sent as they are."""

    def __init__(self, path):
        self.socket = connect(path)

    def send(self, data):
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass  # the other side has heard enough; what it says of it is still to be read

    def answer(self):
        """All that comes until the end, or as much as Content-Length tells; "" for an end without an answer."""
        said = b""
        while not is_whole(said):
            try:
                more = self.socket.recv(65536)
            except ConnectionResetError:
                break
            except TimeoutError as e:
                raise Failed(f"no answer within {PATIENCE_SECONDS} s, only {said!r}") from e
            if not more:
                break
            said += more
        return said.decode(errors="backslashreplace")

    def is_dropped(self):
        if not select.select([self.socket], [], [], 0)[0]:
            return False
        try:
            return self.socket.recv(65536) == b""
        except ConnectionResetError:
            return True

    def close(self):
        self.socket.close()


class Mailbox:
    """What systemd would hear over $NOTIFY_SOCKET. Only a few messages fit in between two looks."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(path)
        self.text = ""

    def read(self):
        while select.select([self.socket], [], [], 0)[0]:
            self.text += self.socket.recv(4096).decode() + "\n"
        return self.text

    def close(self):
        self.socket.close()


def is_whole(said):
    head, end, body = said.partition(b"\r\n\r\n")
    lengths = [line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    return bool(end and lengths) and len(body) >= int(lengths[0])


def judge_with(tool, text):
    """A program that reads the answer on its standard input must accept it."""
    done = subprocess.run(tool, input=text, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False)
    if done.returncode != 0:
        raise Failed(f"{' '.join(tool)} refuses it: {done.stdout}{done.stderr}\n{shorten(text)}")


def judge_answer(what, order, status, text):
    if status != order.get("status", 200):
        raise Failed(f"{what}: the status is {status}, not {order.get('status', 200)}: {shorten(text, 2000)}")
    for part in order.get("contains", []):
        if part not in text:
            raise Failed(f"{what}: the answer does not hold {part!r}: {shorten(text)}")
    for part in order.get("not-contains", []):
        if part in text:
            raise Failed(f"{what}: the answer holds {part!r}: {shorten(text)}")
    if "json" in order:
        holds(what, order["json"], json.loads(text))
    if "tool" in order:
        judge_with(order["tool"], text)
