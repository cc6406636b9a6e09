"""Opens many streams at the same time on plain sockets; standard library only.

`many_streams.py HOST PORT KEY MODEL COUNT`: prints `open` once all streams have their first event, then reads them to
their end and prints {"complete", "broken", "peak"} (streams open at the same time).
"""

import asyncio
import json
import resource
import sys

CONTENT = "eins zwei drei 四 five"
BODY = {"stream": True, "messages": [{"role": "user", "content": CONTENT}]}


class Tally:
    def __init__(self):
        self.open = self.peak = self.complete = self.broken = 0


async def stream(host, port, request, tally, count, gate):
    async with gate:
        reader, writer = await asyncio.open_connection(host, port)
        writer.write(request)
    try:
        body = await reader.readuntil(b"data: ")
        tally.open += 1
        tally.peak = max(tally.peak, tally.open)
        if tally.open == count:
            print("open", flush=True)
        body += await reader.readuntil(b"\r\n0\r\n\r\n")
        text = "".join(
            json.loads(line[6:])["choices"][0]["delta"].get("content") or ""
            for line in body.split(b"\n") if line.startswith(b"data: {"))
        whole = text == CONTENT and b"data: [DONE]\n\n" in body
    except (asyncio.IncompleteReadError, ConnectionError, ValueError):
        whole = False
    tally.complete += whole
    tally.broken += not whole
    tally.open -= 1
    writer.close()


async def main(host, port, key, model, count):
    body = json.dumps({"model": model, **BODY}, ensure_ascii=False).encode()
    head = f"POST /v1/chat/completions HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {key}\r\n"
    head += f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    tally, gate = Tally(), asyncio.Semaphore(200)
    request = head.encode() + body
    await asyncio.gather(*(stream(host, port, request, tally, count, gate) for _ in range(count)))
    print(json.dumps({"complete": tally.complete, "broken": tally.broken, "peak": tally.peak}), flush=True)


if __name__ == "__main__":
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    host, port, key, model, count = sys.argv[1:]
    asyncio.run(main(host, int(port), key, model, int(count)))
