"""HTTP/1.1 on a raw socket: tests decide every byte that goes out and see every byte that comes in."""

import json
import socket
import ssl
import struct
from dataclasses import dataclass

from configuration import KEY


@dataclass
class Response:
    """One answer. `chunks` are the HTTP chunks as they were framed; `whole` says that the framing came to its end."""

    status: int
    version: str
    headers: list
    body: bytes = b""
    chunks: list | None = None
    whole: bool = True

    def __getitem__(self, name):
        """The value of a header, or None; several are joined with a comma."""
        return ", ".join(value for key, value in self.headers if key == name.lower()) or None

    def json(self):
        return json.loads(self.body)

    @property
    def error(self):
        """The error object, checked to be of the form that API.md gives."""
        assert self["content-type"].startswith("application/json"), self.headers
        error = self.json()["error"]
        assert set(error) >= {"message", "type", "param", "code"}, error
        assert isinstance(error["message"], str) and error["message"] and isinstance(error["type"], str), error
        return error

    @property
    def events(self):
        return events(self.body)


def blocks(body):
    """The lines of each server-sent event, comments left out."""
    for block in body.decode().split("\n\n"):
        if lines := [line for line in block.split("\n") if line and not line.startswith(":")]:
            yield lines


def events(body):
    """The `data` of each server-sent event, comments left out. Only `data:` lines and comments are legal here."""
    found = []
    for lines in blocks(body):
        assert all(line.startswith("data: ") for line in lines), lines
        found.append("\n".join(line[6:] for line in lines))
    return found


def content(payloads):
    """The content of choice 0 over the payloads of a chat stream."""
    deltas = [choice for text in payloads if text != "[DONE]" for choice in json.loads(text).get("choices", [])]
    return "".join(choice["delta"].get("content") or "" for choice in deltas if choice["index"] == 0)


def chat_body(model, content="hello", **fields):
    return json.dumps({"model": model, "messages": [{"role": "user", "content": content}], **fields}).encode()


def post(body, path="/v1/chat/completions", key=KEY, headers=()):
    """The bytes of a POST with content-length."""
    lines = [f"POST {path} HTTP/1.1", "host: gateway.test", "content-type: application/json"]
    lines += [f"content-length: {len(body)}"] + ([f"authorization: Bearer {key}"] if key else [])
    return "\r\n".join([*lines, *headers, "", ""]).encode("latin-1") + body


def get(path, method="GET", key=KEY, headers=()):
    lines = [f"{method} {path} HTTP/1.1", "host: gateway.test"] + ([f"authorization: Bearer {key}"] if key else [])
    return "\r\n".join([*lines, *headers, "", ""]).encode("latin-1")


def once(address, request):
    """One exchange on a connection of its own, for requests after which the gateway may close."""
    with Wire(address) as wire:
        return wire.exchange(request)


def stream(gateway, words, **script):
    """The provider's words as a stream, with what else its script says."""
    body = chat_body("fake", stream=True, x_provider={"words": words, **script})
    return once(gateway.address(), post(body))


class Wire:
    """One connection. Reads fail after `timeout` seconds; the end of the connection is an EOFError."""

    def __init__(self, address, tls=None, timeout=15, receive_buffer=None):
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(timeout)
        self.socket.connect(address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls:
            self.socket = ssl.create_default_context(cafile=tls).wrap_socket(self.socket, server_hostname="localhost")
        self.buffer = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def reset(self):
        """Closes by RST, as the kernel does for a process that is killed with bytes unread."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)
        return self

    def fill(self):
        data = self.socket.recv(65_536)
        if not data:
            raise EOFError(f"the gateway closed; left over: {self.buffer[:200]!r}")
        self.buffer += data

    def until(self, mark):
        """Takes bytes up to and including `mark`."""
        while (end := self.buffer.find(mark)) < 0:
            self.fill()
        taken, self.buffer = self.buffer[: end + len(mark)], self.buffer[end + len(mark) :]
        return taken

    def exactly(self, count):
        while len(self.buffer) < count:
            self.fill()
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken

    def head(self):
        lines = self.until(b"\r\n\r\n").decode("latin-1").split("\r\n")[:-2]
        version, status, _ = (lines[0] + " ").split(" ", 2)
        headers = [(name.lower(), value.strip()) for name, value in (line.split(":", 1) for line in lines[1:])]
        return Response(int(status), version, headers)

    def chunk(self):
        """The next HTTP chunk; empty at the end of the body."""
        size = int(self.until(b"\r\n").split(b";")[0], 16)
        data = self.exactly(size)
        assert self.exactly(2) == b"\r\n"
        return data

    def response(self, method="POST"):
        """One whole answer. A body that ends early is given as far as it came, with `whole` false."""
        response = self.head()
        try:
            self.read_body(response, method)
        except (EOFError, ConnectionResetError):
            response.whole = False
            response.body += self.buffer if response.chunks is None else b""
        return response

    def read_body(self, response, method):
        if method == "HEAD" or response.status in (204, 304) or response.status < 200:
            return
        if (response["transfer-encoding"] or "").lower() == "chunked":
            response.chunks = []
            while data := self.chunk():
                response.chunks.append(data)
                response.body += data
        elif response["content-length"] is not None:
            response.body = self.exactly(int(response["content-length"]))
        else:
            while data := self.socket.recv(65_536):
                self.buffer += data
            response.body, self.buffer = self.buffer, b""

    def exchange(self, request):
        return self.send(request).response(request.split(b" ", 1)[0].decode())

    def is_closed(self, within=5.0):
        """True when the gateway closes without another byte."""
        self.socket.settimeout(within)
        try:
            return not self.buffer and self.socket.recv(1) == b""
        except ConnectionResetError:
            return True
        except TimeoutError:
            return False
