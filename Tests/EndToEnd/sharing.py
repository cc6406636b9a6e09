"""Several gateways that share one real redis-server."""

import asyncio
import signal

import crowd
from redis_server import RedisServer

LEASE = 900


def follow(wire, asked, mark):
    """Asks by `wire` for what another replica is making; the body up to the chunk with `mark`."""
    wire.send(asked)
    assert wire.head()["x-cache"] == "live"
    body = wire.chunk()
    while mark not in body:
        body += wire.chunk()
    return body


def remainder(wire):
    """What is left of a body, to its end."""
    body = b""
    while data := wire.chunk():
        body += data
    return body


class SharingReplicas:
    """Gateways of one configuration, and what is in their store, which is of the given kind."""

    def __init__(self, start, directory, kind=RedisServer):
        self.start_gateway = start
        self.redis = kind(directory / "redis")
        self.gateways = []

    def start(self, count, lease_ms=LEASE, root=None, **options):
        store = self.redis.store | {"lease_ms": lease_ms, "command_timeout_ms": 1_000}
        self.gateways = [self.start_gateway(root={"store": store} | (root or {}), **options) for _ in range(count)]
        return self.gateways

    def keys(self, pattern):
        return [key for key in self.redis.call("KEYS", pattern).split("\n") if key]

    def ask_all(self, request, count, over=0.0):
        """The answers to `count` equal requests, spread over all replicas and `over` seconds."""

        async def run():
            return await asyncio.gather(*(
                crowd.client(self.gateways[n % len(self.gateways)].address(), request, over * n / count)
                for n in range(count)))

        return asyncio.run(run())

    def stop(self):
        self.redis.process.send_signal(signal.SIGCONT)
        self.redis.kill()
