"""Replicas that share a store and find the same target broken: one of them probes it, the others leave it alone."""

import pytest

from configuration import openai
from harness import until
from metrics import total
from redis_server import RedisServer
from wire import chat_body, once, post

OPEN_MS = 300


@pytest.fixture
def redis(tmp_path):
    server = RedisServer(tmp_path / "redis")
    yield server
    server.kill()


@pytest.fixture
def replicas(start, primary, redis):
    breaker = {"failures": 3, "window_ms": 10_000, "open_ms": OPEN_MS}
    upstreams = {"primary": openai(primary.base_url, breaker=breaker)}
    models = [{"name": "guarded", "targets": [{"upstream": "primary", "model": "m"}], "fallbacks": ["fake"]}]
    return [start(upstreams=upstreams, models=models, workers=2, root={"store": redis.store}) for _ in range(2)]


def ask(gateway, label):
    """The upstream that answered."""
    answer = once(gateway.address(), post(chat_body("guarded", x_provider={"id": label})))
    assert answer.status == 200
    return answer["x-served-by"]


def state(gateway):
    return total(gateway, "sluice_upstream_breaker", upstream="primary", model="m")


def test_what_one_replica_finds_broken_the_others_leave_alone_until_it_is_well(replicas, primary):
    first, second = replicas
    assert [ask(gateway, "well") for gateway in replicas] == ["primary"] * 2
    primary.control("/__outage?status=503")
    assert {ask(first, "broken") for _ in range(3)} == {"fake"}
    until(lambda: state(second) > 0, 5, "the second replica to hear of the outage")
    assert {ask(second, "heard") for _ in range(20)} == {"fake"}
    assert primary.calls("heard") == [], "it was not even tried"
    primary.control("/__outage")
    until(lambda: ask(first, "probe") == "primary", 5, "the first replica's probe")
    until(lambda: ask(second, "after") == "primary", 5, "the second replica to hear that it is well")
    assert state(second) == 0


def test_a_replica_that_dies_keeps_nobody_from_the_target(replicas, primary):
    first, second = replicas
    primary.control("/__outage?status=503")
    assert {ask(first, "broken") for _ in range(3)} == {"fake"}
    until(lambda: state(second) > 0, 5, "the second replica to hear of the outage")
    primary.control("/__outage")
    first.kill()
    until(lambda: ask(second, "after") == "primary", 10, "the lease of the first replica to end")


def test_without_redis_each_replica_decides_by_itself(replicas, primary, redis):
    first, second = replicas
    redis.kill()
    primary.control("/__outage?status=503")
    assert {ask(first, "first") for _ in range(5)} == {"fake"}
    assert {ask(second, "second") for _ in range(3)} == {"fake"}
    assert len(primary.calls("second")) == 3 and state(first) > 0
    primary.control("/__outage")
    until(lambda: ask(second, "after") == "primary", 5, "the second replica's own probe")
