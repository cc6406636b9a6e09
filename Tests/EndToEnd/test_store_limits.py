"""Limits that several replicas count together in a real redis-server, also while it fails."""

import select
import signal
import threading
import time

import pytest

from harness import until
from metrics import total, wait_idle
from redis_server import RedisServer
from wire import Wire, chat_body, once, post

LONG = 3_600_000


@pytest.fixture
def redis(tmp_path):
    server = RedisServer(tmp_path / "redis")
    yield server
    server.process.send_signal(signal.SIGCONT)
    server.kill()


@pytest.fixture
def replicas(start, redis):
    """Starts so many gateways of one configuration, and waits until they know of each other."""

    def begin(count, policies, **fields):
        root = {"store": redis.store | {"command_timeout_ms": 200}}
        gateways = [start(policies=policies, root=root, **fields) for _ in range(count)]
        until(lambda: redis.call("ZCARD", "sluice:{limits}:replicas") == str(count), what="all replicas' beats")
        time.sleep(1.1)  # each of them hears of the others with its next beat
        return gateways

    return begin


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

    threads = [threading.Thread(target=run, args=(first,)) for first in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for wire in wires:
        wire.socket.close()
    return {status: found.count(status) for status in sorted(set(found))}


def test_four_replicas_admit_as_many_as_one(replicas):
    gateways = replicas(4, [{"kind": "rate_limit", "per": "user", "requests": 1000, "window_ms": LONG}])
    assert spread(gateways, 400, 4) == {200: 1000, 429: 600}


def fill(gateways, provider, label, count, expected):
    """So many requests that the provider never answers, of which as many as expected are let in: those, by replica."""
    slow = post(chat_body("fake", stream=True, x_provider={"id": label, "first_ms": 60_000}))
    wires = [(number % len(gateways), Wire(gateways[number % len(gateways)].address()).send(slow))
             for number in range(count)]
    sockets = [wire.socket for _, wire in wires]
    until(lambda: len(select.select(sockets, [], [], 0)[0]) == count - expected, what="refusals")
    refused = select.select(sockets, [], [], 0)[0]
    assert {wire.response().status for _, wire in wires if wire.socket in refused} == {429}
    until(lambda: len(provider.calls(label)) == expected, what="calls")
    return [(replica, wire) for replica, wire in wires if wire.socket not in refused]


def test_places_are_exact_over_replicas_and_those_of_a_killed_one_become_free(replicas, provider, label):
    gateways = replicas(4, [{"kind": "concurrency", "per": "user", "max": 10, "lease_ms": 1500}])
    held = fill(gateways, provider, label, 40, 10)
    lost = sum(replica == held[0][0] for replica, _ in held)
    rest = [gateway for number, gateway in enumerate(gateways) if number != held[0][0]]
    gateways[held[0][0]].kill()
    until(lambda: once(rest[0].address(), echo()).status == 200, 6, "a place of the killed replica")
    time.sleep(0.3)  # its leases were made within less
    more = fill(rest, provider, f"{label}-more", 20, lost)
    for _, wire in held + more:
        wire.socket.close()


def test_who_waits_on_one_replica_gets_the_place_of_another(replicas, provider, label):
    first, second = replicas(2, [{"kind": "concurrency", "per": "user", "max": 1, "queue": {"max": 3}}])
    slow = chat_body("fake", stream=True, x_provider={"id": label, "first_ms": 60_000})
    holder = Wire(first.address()).send(post(slow))
    provider.call(label)
    waiting = [Wire(second.address()).send(echo()) for _ in range(3)]
    until(lambda: once(second.address(), echo()).status == 429, what="a full line")
    holder.reset()
    assert [wire.response().status for wire in waiting] == [200] * 3
    for wire in waiting:
        wire.socket.close()


# Redis fails


class Load:
    """Requests without pause on two replicas, each by a user of its own."""

    def __init__(self, gateways):
        self.statuses, self.slowest, self.is_over = [], 0, False
        self.threads = [threading.Thread(target=self.run, args=(gateways[number % 2], number)) for number in range(4)]
        for thread in self.threads:
            thread.start()

    def run(self, gateway, number):
        with Wire(gateway.address()) as wire:
            count = 0
            while not self.is_over:
                count += 1
                began = time.monotonic()
                self.statuses.append(wire.exchange(echo(f"load-{number}-{count}")).status)
                self.slowest = max(self.slowest, time.monotonic() - began)

    def end(self):
        self.is_over = True
        for thread in self.threads:
            thread.join()


def paused(redis):
    redis.call("CLIENT", "PAUSE", 1500, "ALL")
    time.sleep(1.5)


def frozen(redis):
    redis.process.send_signal(signal.SIGSTOP)
    time.sleep(1.5)
    redis.process.send_signal(signal.SIGCONT)


def restarted_empty(redis):
    redis.kill()
    time.sleep(1)
    redis.start()


def out_of_memory(redis):
    redis.call("CONFIG", "SET", "maxmemory", 1)
    time.sleep(1)
    redis.call("CONFIG", "SET", "maxmemory", 0)


def slow(redis):
    for _ in range(5):
        redis.call("DEBUG", "SLEEP", 0.3)


@pytest.mark.parametrize("failure", [paused, frozen, restarted_empty, out_of_memory, slow])
def test_no_request_hangs_or_fails_and_limits_hold_again(replicas, redis, failure):
    gateways = replicas(2, [
        {"kind": "rate_limit", "name": "each", "per": "body_user", "requests": 20, "window_ms": LONG},
        {"kind": "concurrency", "name": "places", "per": "user", "max": 64},
        {"kind": "budget", "name": "money", "per": "user", "tokens": 10**12, "on_store_failure": "open"}])
    load = Load(gateways)
    try:
        failure(redis)
        until(lambda: all(total(gateway, "sluice_store_servers_failing") == 0 for gateway in gateways), what="recovery")
        attempts = iter(range(1000))
        until(lambda: admitted(gateways, f"after-{next(attempts)}") == 20, 5, "one limit for both")
    finally:
        load.end()
    assert set(load.statuses) == {200} and len(load.statuses) > 100
    assert load.slowest < 2
    assert sum(total(gateway, "sluice_limits_without_store_total", way="local") for gateway in gateways)
    for gateway in gateways:
        wait_idle(gateway)
    # All places are free: those that were given while Redis failed, too.
    until(lambda: redis.call("ZCARD", "sluice:{limits}:c:places/concurrency/user:tess") == "0", what="free places")


def admitted(gateways, user):
    return sum(once(gateways[number % 2].address(), echo(user)).status == 200 for number in range(30))


def test_what_was_used_without_redis_is_not_forgotten(replicas, redis):
    gateways = replicas(2, [{"kind": "rate_limit", "per": "user", "requests": 100, "window_ms": LONG}])
    redis.kill()
    until(lambda: all(total(gateway, "sluice_store_servers_failing") == 1 for gateway in gateways), what="the loss")
    assert [once(gateways[0].address(), echo()).status for _ in range(60)].count(200) == 50, "its half"
    redis.start()
    until(lambda: redis.call("EXISTS", "sluice:{limits}:s:rate_limit/rate of requests/user:tess") == "1", what="news")
    assert [once(gateways[1].address(), echo()).status for _ in range(60)].count(200) == 50, "the other half"


def test_a_closed_limit_refuses_without_redis(replicas, redis):
    (gateway,) = replicas(1, [{"kind": "rate_limit", "per": "user", "requests": 100, "on_store_failure": "closed"}])
    redis.kill()
    refused = until(lambda: failing(gateway), what="a refusal")
    assert (refused["retry-after"], refused["x-policy"]) == ("1", "rate_limit")
    assert refused.error["code"] == "server_is_overloaded"
    redis.start()
    until(lambda: once(gateway.address(), echo()).status == 200, what="recovery")


def failing(gateway):
    response = once(gateway.address(), echo())
    return response if response.status == 503 else None
