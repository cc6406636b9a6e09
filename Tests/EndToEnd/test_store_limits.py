"""Limits that several replicas count together in a real redis-server, also while it fails."""

import hashlib
import json
import select
import signal
import time

import pytest

from harness import until
from metrics import total, wait_idle
from redis_server import RedisServer
from replicas import LONG, SHARED, Load, Replicas, echo, hold_again, missed, spread
from wire import Wire, chat_body, get, once, post


@pytest.fixture
def redis(tmp_path):
    server = RedisServer(tmp_path / "redis")
    yield server
    server.process.send_signal(signal.SIGCONT)
    server.kill()


@pytest.fixture
def replicas(start, redis):
    return Replicas(start, redis.store)


def test_four_replicas_admit_as_many_as_one(replicas):
    replicas.store["command_timeout_ms"] = 10_000  # however busy the machine is, none counts by itself
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


def test_places_are_exact_over_replicas_and_those_of_a_killed_one_become_free(
        replicas, redis, provider, label):
    gateways = replicas(4, [{"kind": "concurrency", "per": "user", "max": 10, "lease_ms": 1500}])
    held = fill(gateways, provider, label, 40, 10)
    lost = sum(replica == held[0][0] for replica, _ in held)
    rest = [gateway for number, gateway in enumerate(gateways) if number != held[0][0]]
    gateways[held[0][0]].kill()
    key = "sluice:{limits}:c:concurrency/concurrency/user:tess"
    until(lambda: int(redis.call("ZCOUNT", key, f"({time.time_ns() // 1000}", "+inf")) == 10 - lost, 2, "free places")
    more = fill(rest, provider, f"{label}-more", 20, lost)
    for _, wire in held + more:
        wire.socket.close()


def test_a_replica_that_drains_leaves_no_place_behind(replicas, redis, provider, label):
    (gateway,) = replicas(1, [{"kind": "concurrency", "per": "user", "max": 10, "lease_ms": 60_000}])
    wire = Wire(gateway.address()).send(post(chat_body("fake", x_provider={"id": label, "first_ms": 300})))
    provider.call(label)
    key = "sluice:{limits}:c:concurrency/concurrency/user:tess"
    assert redis.call("ZCARD", key) == "1"
    gateway.signal(signal.SIGTERM)
    assert wire.response().status == 200
    assert gateway.wait() == 0
    until(lambda: redis.call("ZCARD", key) == "0", what="a free place")


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


def test_a_request_that_one_limit_refuses_takes_nothing_of_the_others(replicas, redis):
    (gateway,) = replicas(1, [
        {"kind": "rate_limit", "name": "all", "per": "user", "requests": 5, "window_ms": LONG},
        {"kind": "budget", "name": "money", "per": "user", "tokens": 10**9},
        {"kind": "concurrency", "name": "places", "per": "user", "max": 5},
        {"kind": "rate_limit", "name": "each", "per": "body_user", "requests": 2, "window_ms": LONG}])
    address = gateway.address()
    assert [once(address, echo("ann")).status for _ in range(2)] == [200, 200]
    wait_idle(gateway)
    used = until(lambda: redis.call("HGET", "sluice:{limits}:b:money/budget of tokens/user:tess", "used"), what="a budget")
    assert [once(address, echo("ann")).status for _ in range(6)] == [429] * 6
    assert redis.call("HGET", "sluice:{limits}:b:money/budget of tokens/user:tess", "used") == used
    assert [once(address, echo(f"user-{number}")).status for number in range(4)] == [200, 200, 200, 429]
    wait_idle(gateway)
    until(lambda: redis.call("ZCARD", "sluice:{limits}:c:places/concurrency/user:tess") == "0", what="free places")


def test_what_is_told_of_counters_is_what_all_replicas_have_used(replicas):
    key = "sk-operator-5d01"
    first, second = replicas(
        2, [{"kind": "rate_limit", "name": "minute", "per": "user", "requests": 5, "window_ms": LONG},
            {"kind": "budget", "name": "money", "per": "body_client_id", "tokens": 10**6, "window": "total"}],
        listeners=[{"name": "public", "address": "127.0.0.1:0"},
                   {"name": "operators", "address": "127.0.0.1:0", "serves": ["metrics", "health", "admin"]}],
        admin={"keys": [{"id": "root", "sha256": hashlib.sha256(key.encode()).hexdigest()}]})
    body = json.loads(chat_body("echo", client_id="c7"))
    question = post(json.dumps({"key_id": "tester", "body": body}).encode(), "/admin/explain", key=key)

    def told():
        policies = once(second.address("operators"), question).json()["policies"]
        return {policy["name"]: policy["counters"][0] for policy in policies if policy.get("counters")}

    assert (told()["minute"]["used"], told()["money"]["used"]) == (0, 0)
    assert once(first.address(), post(json.dumps(body).encode())).status == 200
    wait_idle(first)
    assert (told()["minute"]["used"], told()["minute"]["remaining"]) == (1, 4)
    used = until(lambda: told()["money"]["used"], what="a settled budget")
    info = once(second.address(), get("/v1/client/info?client_id=c7")).json()
    assert info == {"client_id": "c7", "quota_used": used, "max_quota": 10**6}


# Redis fails


def paused(redis, gateways):
    redis.call("CLIENT", "PAUSE", 1500, "ALL")
    until(lambda: missed(gateways), what="decisions without Redis")
    redis.call("PING")  # answered when the pause is over


def frozen(redis, gateways):
    redis.process.send_signal(signal.SIGSTOP)
    until(lambda: missed(gateways), what="decisions without Redis")
    redis.process.send_signal(signal.SIGCONT)


def restarted_empty(redis, gateways):
    redis.kill()
    until(lambda: missed(gateways), what="decisions without Redis")
    redis.start()


def out_of_memory(redis, gateways):
    redis.call("CONFIG", "SET", "maxmemory", 1)
    until(lambda: missed(gateways), what="decisions without Redis")
    redis.call("CONFIG", "SET", "maxmemory", 0)


def slow(redis, gateways):
    until(lambda: redis.call("DEBUG", "SLEEP", 0.3) and missed(gateways), what="decisions without Redis")


def disconnected(redis, gateways):
    until(lambda: redis.call("CLIENT", "KILL", "TYPE", "normal") and missed(gateways), what="decisions without Redis")


@pytest.mark.parametrize("failure", [paused, frozen, restarted_empty, out_of_memory, slow, disconnected])
def test_no_request_hangs_or_fails_and_limits_hold_again(replicas, redis, failure):
    gateways = replicas(2, SHARED)
    with Load(gateways) as load:
        failure(redis, gateways)
        hold_again(gateways)
    load.assert_served()
    for gateway in gateways:
        wait_idle(gateway)
    # All places are free: those that were given while Redis failed, too.
    until(lambda: redis.call("ZCARD", "sluice:{limits}:c:places/concurrency/user:tess") == "0", what="free places")


def test_what_was_used_without_redis_is_not_forgotten(replicas, redis):
    gateways = replicas(2, [{"kind": "rate_limit", "per": "user", "requests": 100, "window_ms": LONG}])
    redis.kill()
    until(lambda: all(total(gateway, "sluice_store_servers_failing") == 1 for gateway in gateways), what="the loss")
    assert [once(gateways[0].address(), echo()).status for _ in range(60)].count(200) == 50, "its half"
    redis.start()
    until(lambda: redis.call("EXISTS", "sluice:{limits}:w:rate_limit/rate of requests/user:tess") == "1", what="news")
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
