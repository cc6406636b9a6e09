"""A fake OpenAI-compatible provider with control of every byte, for the end-to-end tests. Standard library only.

`python3 provider.py [--tls CERT KEY]` listens on a free loopback port, prints `{"port": N}`, and ends when its
standard input does. How a call misbehaves is said by the request itself: see answers.py. Control endpoints:

    GET /__received?id=ID   the calls with that label: request as it came (head, body in Base64), how it stands
    GET /__active           {"connections": open ones that carried a call, "transfers": calls not yet ended}
    GET /__outage?status=S  from now on every call is answered with that status; without one the outage is over
"""

import asyncio
import base64
import hashlib
import json
import os
import socket
import ssl
import struct
import sys
import time
from collections import Counter, deque
from dataclasses import asdict, dataclass, field
from urllib.parse import parse_qs, urlsplit

import anthropic_answers
import answers
import bedrock_answers
import gemini_answers
import relay_answers

REASONS = {200: "OK", 302: "Found", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found",
           429: "Too Many Requests", 500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable",
           529: "Overloaded"}


def answer(method, target, headers, body, request):
    """The answer in the form that belongs to the path."""
    if target.startswith("/model/"):
        return bedrock_answers.answer(method, target, headers, body, request)
    if target.startswith("/v1/messages"):
        return anthropic_answers.answer(request)
    if "enerateContent" in target:
        return gemini_answers.answer(request, ":streamGenerateContent?alt=sse" in target)
    return answers.answer(target, request)


@dataclass
class Call:
    """One request, as received, and how its answer stands. Times are those of the machine's monotonic clock."""

    id: str | None
    connection: int
    method: str
    path: str
    headers: list
    body: str
    state: str = "waiting"  # waiting → sending → done | cut | left (the peer closed first)
    events: int = 0
    sent: int = 0
    length: int = 0  # of a relayed body, as far as it was read
    sha256: str = ""
    started: float = field(default_factory=time.monotonic)
    ended: float | None = None

    def end(self, state, at=None):
        if self.ended is None:
            self.state, self.ended = state, at or time.monotonic()


class Provider:
    """What all connections share: the calls so far (the last 20,000) and the counts."""

    def __init__(self):
        self.calls = deque(maxlen=20_000)
        self.labels = Counter()
        self.connections = 0
        self.transfers = 0
        self.serial = 0
        self.outage = None
        self.seen = {}

    def count(self, label):
        """How many calls had this label before."""
        self.labels[label] += 1
        return self.labels[label] - 1

    def control(self, target):
        """The answer of a control endpoint, or None for another path."""
        url = urlsplit(target)
        if url.path == "/__active":
            return {"connections": self.connections, "transfers": self.transfers}
        if url.path == "/__received":
            label = parse_qs(url.query).get("id", [None])[0]
            return [asdict(call) for call in self.calls if label is None or call.id == label]
        if url.path == "/__outage":
            self.outage = parse_qs(url.query).get("status", [None])[0]
            return {"outage": self.outage}
        return None

    def choose(self, spec, model):
        """What a call meets: an outage comes first, `times` bounds how often a fault comes."""
        if self.outage:
            return {"id": spec.get("id"), "status": int(self.outage), "body": '{"error":{"message":"outage"}}'}
        if "times" in spec:
            place = spec.get("id"), model
            self.seen[place] = self.seen.get(place, 0) + 1
            if self.seen[place] > spec["times"]:
                spec = {key: spec[key] for key in ("id", "events", "words") if key in spec}
        return spec


class Connection(asyncio.StreamReaderProtocol):
    """One accepted connection: requests one after another, kept alive. A peer that leaves cancels the answer."""

    def __init__(self, provider):
        self.reader = asyncio.StreamReader(limit=1 << 27)
        super().__init__(self.reader)
        self.provider = provider
        self.writable = asyncio.Event()
        self.writable.set()
        self.call = None
        self.counted = False

    def connection_made(self, transport):
        super().connection_made(transport)
        self.transport = transport
        self.provider.serial += 1
        self.number = self.provider.serial
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        transport.set_write_buffer_limits(high=65_536)
        self.task = asyncio.ensure_future(self.serve())

    def pause_writing(self):
        self.writable.clear()

    def resume_writing(self):
        self.writable.set()

    def eof_received(self):
        self.left()
        self.transport.abort()
        return False

    def connection_lost(self, error):
        self.left()
        super().connection_lost(error)
        self.task.cancel()
        if self.counted:
            self.provider.connections -= 1

    def left(self):
        """The peer has closed: the call under way, if any, ends now."""
        if self.call:
            self.finish("left")

    def finish(self, state):
        self.call.end(state)
        self.call = None
        self.provider.transfers -= 1

    async def serve(self):
        try:
            while await self.exchange():
                pass
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            pass
        finally:
            self.transport.close()

    async def exchange(self):
        """One request and its answer. False when the connection is to be closed."""
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, target, _ = head[0].split(" ", 2)
        headers = [[name, value.strip()] for name, value in (line.split(":", 1) for line in head[1:] if line)]
        if relay_answers.is_relayed(target):
            return await self.relay(method, target, headers)
        body = await self.read_body({name.lower(): value for name, value in headers})
        control = self.provider.control(target)
        if control is not None:
            reply = json.dumps(control).encode()
            self.transport.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%b" % (len(reply), reply))
            return True
        if method == "GET":
            status = int(self.provider.outage or 200)
            self.transport.write(f"HTTP/1.1 {status} {REASONS[status]}\r\ncontent-length: 2\r\n\r\n{{}}".encode())
            return True
        try:
            request = json.loads(body)
            if spec := answers.spec_of(target, request):
                request["x_provider"] = spec
            label = spec.get("id")
            answers.settle(request, self.provider.count(label))
            spec = answers.spec_of(target, request)
            if "x_provider" in request:
                request["x_provider"] = spec = self.provider.choose(spec, request.get("model"))
        except ValueError:
            label, spec = None, {"status": 400, "body": '{"error":{}}'}
            request = {"model": None, "x_provider": spec}
        self.begin(Call(label, self.number, method, target, headers, base64.b64encode(body).decode()))
        return await self.reply(answer(method, target, headers, body, request), spec)

    async def relay(self, method, target, headers):
        """A call whose body is not kept: it is counted as it comes."""
        fields = {name.lower(): value for name, value in headers}
        spec = relay_answers.spec_of(fields)
        if spec:
            spec = self.provider.choose(spec, None)
        self.begin(Call(spec.get("id"), self.number, method, target, headers, ""))
        call, digest, start = self.call, hashlib.sha256(), b""
        early = min(spec.get(name, 1 << 60) for name in ("answer_early", "read_cut", "read_stall"))
        async for piece in self.pieces(fields):
            digest.update(piece)
            call.length += len(piece)
            start += piece[: 65_536 - len(start)]
            call.body, call.sha256 = base64.b64encode(start).decode(), digest.hexdigest()
            if call.length >= early:
                break
        if call.length >= early and "answer_early" not in spec:
            if "read_cut" in spec:
                self.cut("rst")
                return False
            self.transport.pause_reading()
            await asyncio.get_running_loop().create_future()
        body = {"length": call.length, "sha256": call.sha256}
        return await self.reply(relay_answers.answer(method, target, body, spec), spec) and call.length < early

    async def pieces(self, headers):
        if "transfer-encoding" not in headers:
            left = int(headers.get("content-length", 0))
            while left:
                piece = await self.reader.read(min(left, 65_536))
                if not piece:
                    raise asyncio.IncompleteReadError(b"", left)
                left -= len(piece)
                yield piece
            return
        while size := int(await self.reader.readuntil(b"\r\n"), 16):
            yield (await self.reader.readexactly(size + 2))[:-2]
        await self.reader.readexactly(2)

    async def read_body(self, headers):
        if headers.get("expect", "").lower() == "100-continue":
            self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        if "transfer-encoding" not in headers:
            return await self.reader.readexactly(int(headers.get("content-length", 0)))
        body = b""
        while size := int(await self.reader.readuntil(b"\r\n"), 16):
            body += (await self.reader.readexactly(size + 2))[:-2]
        await self.reader.readexactly(2)
        return body

    def begin(self, call):
        if not self.counted:
            self.counted = True
            self.provider.connections += 1
        self.call = call
        self.provider.calls.append(call)
        self.provider.transfers += 1

    async def reply(self, answer, spec):
        """Sends an answer. False when the connection is to be closed behind it."""
        if "drop" in spec:
            self.cut(spec["drop"])
            return False
        framing = spec.get("framing", "chunked" if answer.length is None else "length")
        if spec.get("head_ms"):
            await asyncio.sleep(spec["head_ms"] / 1000)
        await self.send_head(answer, spec, framing)
        self.call.state = "sending"
        for step in answer.steps:
            match step:
                case answers.Write(data):
                    await self.write_body(data, spec, framing)
                    self.call.events += 1
                case answers.Pause(milliseconds) if milliseconds:
                    await asyncio.sleep(milliseconds / 1000)
                case answers.Stall():
                    await asyncio.get_running_loop().create_future()
                case answers.Cut(how):
                    self.cut(how)
                    return False
        if framing == "chunked":
            await self.write(b"0\r\n\r\n", spec)
        self.finish("done")
        return framing == "chunked" or (framing == "length" and not spec.get("short"))

    async def send_head(self, answer, spec, framing):
        lines = [f"HTTP/1.1 {answer.status} {REASONS.get(answer.status, 'Other')}"]
        lines += [f"{name}: {value}" for name, value in answer.headers]
        if framing == "length":
            lines.append(f"content-length: {answer.length + spec.get('short', 0)}")
        else:
            lines.append("transfer-encoding: chunked" if framing == "chunked" else "connection: close")
        head = ("\r\n".join(lines) + "\r\n\r\n").encode()
        if not spec.get("head_byte_ms"):
            return await self.write(head, spec)
        for byte in head:
            self.transport.write(bytes([byte]))
            await asyncio.sleep(spec["head_byte_ms"] / 1000)

    async def write_body(self, data, spec, framing):
        size = spec.get("chunk_bytes") or len(data) or 1
        for start in range(0, len(data), size):
            piece = data[start : start + size]
            await self.write(b"%x\r\n%b\r\n" % (len(piece), piece) if framing == "chunked" else piece, spec)

    async def write(self, data, spec):
        """Writes, in pieces of `write_bytes`, no faster than the peer takes it."""
        size = spec.get("write_bytes") or len(data)
        for start in range(0, len(data), size):
            self.transport.write(data[start : start + size])
            self.call.sent += min(size, len(data) - start)
            if not self.writable.is_set():
                await self.writable.wait()
            elif spec.get("write_bytes") and start % 512 == 0:
                await asyncio.sleep(0)
        await asyncio.sleep(0)

    def cut(self, how):
        self.finish("cut")
        if how == "rst":
            linger = struct.pack("ii", 1, 0)
            self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.transport.abort()
        else:
            self.transport.close()


async def main(arguments):
    context = None
    if arguments[:1] == ["--tls"]:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*arguments[1:3])
    provider = Provider()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(provider), "127.0.0.1", 0, ssl=context, backlog=4096)
    print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    os._exit(0)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
