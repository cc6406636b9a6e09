"""Several gateways that count limits together, and what clients see of it."""

import threading
import time

from harness import at_once, until
from metrics import total
from wire import Wire, chat_body, once, post

LONG = 3_600_000


class Replicas:
    """Starts gateways of one configuration, and waits until they know of each other."""

    def __init__(self, start, store):
        self.start = start
        self.store = store | {"command_timeout_ms": 200}

    def __call__(self, count, policies, **root):
        gateways = [self.start(policies=policies, root={"store": self.store} | root) for _ in range(count)]
        until(lambda: all(total(gateway, "sluice_store_replicas") == count for gateway in gateways), what="all beats")
        return gateways


def echo(user=None, **fields):
    return post(chat_body("echo", **({"user": user} if user else {}), **fields))


def spread(gateways, clients, each):
    """So many clients in parallel, each with so many requests one after another; how often each status came."""
    wires = [Wire(gateways[number % len(gateways)].address()) for number in range(clients)]
    found = []
    gate = threading.Barrier(20)

    def run(first):
        mine = wires[first::20]
        gate.wait()
        for _ in range(each):
            for wire in mine:
                wire.send(echo())
            found.extend(wire.response().status for wire in mine)

    at_once(20, run)
    for wire in wires:
        wire.socket.close()
    return {status: found.count(status) for status in sorted(set(found))}


# A limit that all replicas share, one of each kind; users are told apart by the body.
SHARED = [
    {"kind": "rate_limit", "name": "each", "per": "body_user", "requests": 20, "window_ms": LONG},
    {"kind": "concurrency", "name": "places", "per": "user", "max": 64},
    {"kind": "budget", "name": "money", "per": "user", "tokens": 10**12, "on_store_failure": "open"},
]


def hold_again(gateways, within=2):
    """Until the limit `each` is one for both again, a second after Redis is, and what asking takes meanwhile."""
    attempts = iter(range(1000))

    def admitted():
        user = f"after-{next(attempts)}"
        return sum(once(gateways[number > 25].address(), echo(user)).status == 200 for number in range(30))

    # By their shares they would admit ten and four.
    until(lambda: admitted() == 20, within, "one limit for both")


def missed(gateways):
    """Whether each has decided without Redis."""
    return all(total(gateway, "sluice_limits_without_store_total") for gateway in gateways)


class Load:
    """Requests without pause on two replicas, each by a user of its own."""

    def __init__(self, gateways):
        self.statuses, self.slowest, self.is_over = [], 0, False
        self.threads = [threading.Thread(target=self.run, args=(gateways[number % 2], number)) for number in range(4)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.is_over = True
        for thread in self.threads:
            thread.join()

    def run(self, gateway, number):
        with Wire(gateway.address()) as wire:
            count = 0
            while not self.is_over:
                count += 1
                began = time.monotonic()
                self.statuses.append(wire.exchange(echo(f"load-{number}-{count}")).status)
                self.slowest = max(self.slowest, time.monotonic() - began)

    def assert_served(self):
        assert set(self.statuses) == {200} and len(self.statuses) > 100
        assert self.slowest < 2, "a request hung"
