"""How upstreams are, as operators are told."""

import time

import pytest

from configuration import PROVIDER_KEY, echo, model, openai
from harness import Provider, until
from operators import LISTENERS, Operators
from wire import Wire, chat_body, once, post


@pytest.fixture
def primary():
    primary = Provider()
    yield primary
    primary.stop()


def begin(start, primary, **fields):
    upstreams = {"primary": openai(primary.base_url, **fields), "local": echo()}
    gateway = start(root={"listeners": LISTENERS}, upstreams=upstreams, models=[model("m", "primary", "m") | {"balance": "latency"}], workers=2)
    return gateway, Operators(gateway)


def upstream(operators, name="primary"):
    return next(row for row in operators.read("/admin/upstreams")["data"] if row["name"] == name)


def ask(gateway, **spec):
    return once(gateway.address(), post(chat_body("m", x_provider={"id": "m", **spec})))


def test_failures_open_the_breaker_and_that_shows(start, primary):
    gateway, operators = begin(start, primary, breaker={"failures": 3, "open_ms": 60_000})
    assert ask(gateway, head_ms=40).status == 200
    fine = upstream(operators)
    assert fine["state"] == "healthy" and fine["kind"] == "openai" and fine["check"] is None
    assert fine["keys"] == [{"key": PROVIDER_KEY[-4:], "state": "ready", "until": None, "asked": False}]
    assert fine["targets"][0]["breaker"] == "closed" and fine["targets"][0]["since"] is None
    assert 10 < fine["targets"][0]["latency_ms"] < 10_000
    primary.control("/__outage?status=500")
    for failures in (1, 2):
        assert ask(gateway).status == 500
        assert upstream(operators)["targets"][0]["consecutive_failures"] == failures
    before = int(time.time())
    assert ask(gateway).status == 500
    broken = upstream(operators)
    target = broken["targets"][0]
    assert broken["state"] == "unhealthy" and (target["model"], target["breaker"]) == ("m", "open")
    assert before - 1 <= target["since"] <= time.time() and 58 <= target["until"] - target["since"] <= 61


def test_a_health_check_that_fails_shows(start, primary):
    gateway, operators = begin(start, primary, health_check={"interval_ms": 100, "timeout_ms": 500, "failures": 2})
    until(lambda: upstream(operators)["check"]["state"] == "healthy", what="the first answer")
    primary.control("/__outage?status=503")
    until(lambda: upstream(operators)["state"] == "unhealthy", what="two failures")
    check = upstream(operators)["check"]
    assert check["state"] == "unhealthy" and check["failure"] == "status 503" and check["consecutive_failures"] >= 2
    primary.control("/__outage")
    until(lambda: upstream(operators)["state"] == "healthy", what="the provider to be back")


def test_calls_under_way_are_counted_over_all_workers(start, primary):
    gateway, operators = begin(start, primary)
    wires = [Wire(gateway.address()) for _ in range(6)]
    for wire in wires:
        wire.send(post(chat_body("m", stream=True, x_provider={"id": "m", "stall_after": 2})))
        wire.head(), wire.chunk()
    told = upstream(operators)
    assert told["in_flight"] == told["targets"][0]["in_flight"] == 6
    assert told["targets"][0]["breaker"] == "off"
    for wire in wires:
        wire.socket.close()
    until(lambda: upstream(operators)["in_flight"] == 0, what="the calls to end")


def test_a_key_that_was_refused_rests(start, primary):
    gateway, operators = begin(start, primary, breaker={"failures": 0, "cooldown_ms": 60_000})
    primary.control("/__outage?status=429")
    assert ask(gateway).status == 429
    told = upstream(operators)
    assert told["state"] in ("degraded", "unhealthy") and told["keys"][0]["state"] == "resting"
    assert told["keys"][0]["until"] > time.time()
    assert PROVIDER_KEY not in str(operators.read("/admin/upstreams"))


def test_what_is_no_provider_is_told_too(start, primary):
    local = upstream(begin(start, primary)[1], "local")
    assert local == {"name": "local", "kind": "echo", "state": "healthy", "check": None, "in_flight": 0,
                     "max_in_flight": None, "queued": 0, "keys": [], "targets": []}
