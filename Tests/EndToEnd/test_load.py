"""Many streams at once on one worker."""

import json
import os
import subprocess
import sys
from pathlib import Path

from configuration import KEY, echo, model
from harness import HERE
from metrics import total, wait_idle
from wire import Wire, chat_body, post

STREAMS = int(os.environ.get("STREAMS", 1_000))


def test_many_concurrent_streams_complete(start):
    """The gaps are so long that all streams are open at the same time; memory is read at that moment."""
    gap = max(2_000, STREAMS)
    held = echo(first_event_ms=200, gap_ms=gap)
    gateway = start(upstreams={"held": held}, models=[model("held", "held")], bounds={"header_timeout_ms": 10_000})
    before = gateway.resident()
    arguments = [*gateway.address(), KEY, "held", STREAMS]
    client = subprocess.Popen([sys.executable, HERE / "clients" / "many_streams.py", *map(str, arguments)],
                              stdout=subprocess.PIPE, text=True)
    with client:
        assert client.stdout.readline() == "open\n", "all streams are open at the same time"
        memory, in_flight = gateway.resident() - before, total(gateway, "sluice_requests_in_flight")
        tally = json.loads(client.stdout.readline())
    print(f"\n{STREAMS} streams at once: {memory / STREAMS / 1024:.1f} KiB of memory each")
    assert tally == {"complete": STREAMS, "broken": 0, "peak": STREAMS} and in_flight == STREAMS
    assert memory / STREAMS < 64 * 1024, "25 KiB is the aim; this bound allows for a small number of streams"
    wait_idle(gateway)
    assert gateway.descriptors() < 100


def test_no_more_threads_than_workers_and_a_few(start):
    """The supervisor, the workers, the writer of logs and libcurl's resolver; no pool that works on requests."""
    gateway = start(workers=2)
    names = [task.read_text().strip() for task in Path(f"/proc/{gateway.pid}/task").glob("*/comm")]
    assert len(names) <= 2 + 4, names


def test_memory_does_not_grow_with_requests(start):
    """A leak of one kilobyte for each request would show."""
    gateway = start()
    request = post(chat_body("echo", "a " * 200))

    def serve(count):
        with Wire(gateway.address()) as wire:
            for _ in range(count):
                assert wire.exchange(request).status == 200
        return gateway.resident()

    before = serve(1_000)
    growth = serve(4_000) - before
    print(f"\n4,000 requests: memory {growth / 1024:+.0f} KiB")
    assert growth < 2 << 20
