"""Many clients that ask at the same time, each on a connection of its own."""

import asyncio
import re
from dataclasses import dataclass

HEAD = re.compile(rb"HTTP/1.1 (\d+)")


@dataclass
class Member:
    """What one client of a crowd got. `whole` says that its answer's framing came to its end."""

    status: int = 0
    cache: str = ""
    body: bytes = b""
    whole: bool = False


def dechunked(data):
    body = b""
    while data:
        size, data = data.split(b"\r\n", 1)
        length = int(size, 16)
        body, data = body + data[:length], data[length + 2 :]
    return body


async def client(address, request, wait):
    member = Member()
    await asyncio.sleep(wait)
    reader, writer = await asyncio.open_connection(*address, limit=1 << 24)
    try:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        member.status = int(HEAD.match(head)[1])
        fields = dict(line.split(": ", 1) for line in head.decode().lower().split("\r\n")[1:] if line)
        member.cache = fields.get("x-cache", "")
        if "content-length" in fields:
            member.body = await reader.readexactly(int(fields["content-length"]))
        else:
            member.body = dechunked(await reader.readuntil(b"0\r\n\r\n"))
        member.whole = True
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    writer.close()
    return member


def ask_together(address, request, count, over=0.0):
    """The answers to `count` equal requests, begun within `over` seconds."""

    async def run():
        return await asyncio.gather(*(client(address, request, over * n / count) for n in range(count)))

    return asyncio.run(run())
