"""rate_limit, concurrency and budget with real clients in parallel, on several workers."""

import itertools
import json
import os
import random
import select
import signal
import threading
import time

import pytest

from harness import at_once, until
from metrics import wait_idle
from openai_client import Endpoint
from wire import Wire, chat_body, once, post

ABORTS = int(os.environ.get("ABORTS", 2_000))


def rate(**fields):
    return {"kind": "rate_limit", "per": "user", **fields}


def places(**fields):
    return {"kind": "concurrency", "per": "user", **fields}


def parallel(gateway, requests):
    """Sends every request on a connection of its own, all at once; the responses in the same order."""
    wires = [Wire(gateway.address()) for _ in requests]
    responses = [None] * len(requests)
    gate = threading.Barrier(16)

    def send(first):
        gate.wait()
        for index in range(first, len(requests), 16):
            wires[index].send(requests[index])
        for index in range(first, len(requests), 16):
            responses[index] = wires[index].response()

    at_once(16, send)
    for wire in wires:
        wire.socket.close()
    return responses


def statuses(responses):
    found = [response.status for response in responses]
    return {status: found.count(status) for status in sorted(set(found))}


def echo(**fields):
    return post(chat_body("echo", **fields))


def slow(provider_id):
    """A request that the provider never answers."""
    return post(chat_body("fake", stream=True, x_provider={"id": provider_id, "first_ms": 60_000}))


def test_as_many_as_allowed_are_admitted_over_all_workers(start):
    gateway = start(workers=4, policies=[rate(requests=70)])
    assert statuses(parallel(gateway, [echo() for _ in range(200)])) == {200: 70, 429: 130}


def test_a_window_admits_anew_when_it_is_over(start):
    gateway = start(workers=4, policies=[rate(requests=40, window_ms=1000)])
    began = time.monotonic()
    admitted = sum(response.status == 200 for response in parallel(gateway, [echo() for _ in range(200)]))
    passed = time.monotonic() - began
    assert 40 <= admitted <= 40 * (int(passed) + 1)
    response = once(gateway.address(), echo())
    if response.status == 429:
        time.sleep(int(response["retry-after-ms"]) / 1000)  # what clients are told to do, and it must be enough
        assert once(gateway.address(), echo()).status == 200


def test_a_request_that_one_limit_refuses_takes_nothing_of_the_others(start):
    policies = [rate(name="all", requests=60), rate(name="each", per="body_user", requests=3)]
    gateway = start(workers=4, policies=policies)
    requests = [echo(user=f"user-{number % 10}") for number in range(200)]
    assert statuses(parallel(gateway, requests)) == {200: 30, 429: 170}
    requests = [echo(user=f"other-{number}") for number in range(100)]
    assert statuses(parallel(gateway, requests)) == {200: 30, 429: 70}


def test_a_refusal_says_which_limit_its_value_what_was_used_and_when_to_come_back(start):
    gateway = start(policies=[rate(name="per-user", requests=2, window_ms=20_000)])
    with Wire(gateway.address()) as wire:
        first, second, third = (wire.exchange(echo()) for _ in range(3))
    assert (first["x-ratelimit-limit-requests"], first["x-ratelimit-remaining-requests"]) == ("2", "1")
    assert (second["x-ratelimit-remaining-requests"], second["x-policy"]) == ("0", None)
    assert third.status == 429
    assert third["x-policy"] == "per-user"
    assert third["x-ratelimit-remaining-requests"] == "0"
    assert 0 < int(third["retry-after-ms"]) <= 20_000 and 0 < int(third["retry-after"]) <= 20
    assert third["x-should-retry"] is None
    assert (third.error["type"], third.error["code"], third.error["param"]) == ("requests", "rate_limit_exceeded", None)
    for part in ("'per-user'", "user tess", "limit 2 requests per 20s", "used 2", "try again in"):
        assert part in third.error["message"]


def test_a_long_wait_tells_clients_not_to_retry(start):
    gateway = start(policies=[rate(requests=1, window_ms=600_000)])
    assert once(gateway.address(), echo()).status == 200
    assert once(gateway.address(), echo())["x-should-retry"] == "false"


def test_the_openai_client_raises_its_rate_limit_error(start, openai_client):
    gateway = start(policies=[rate(requests=1)])
    endpoint = Endpoint(openai_client, gateway.urls["public"] + "/v1")
    assert endpoint.raw("echo")["headers"]["x-ratelimit-reset-requests"] == "1m0s"
    error = endpoint.chat("echo", stream=True).error
    assert (error["class"], error["code"], error["status_code"]) == ("RateLimitError", "rate_limit_exceeded", 429)
    assert error["request_id"]


def test_tokens_are_reserved_and_reconciled_with_usage(start):
    gateway = start(policies=[rate(tokens=1000)])
    response = once(gateway.address(), echo(max_tokens=600))
    assert int(response["x-ratelimit-remaining-tokens"]) < 400
    used = response.json()["usage"]["total_tokens"]
    response = once(gateway.address(), echo(max_tokens=600))
    assert 400 - 2 * used - 40 < int(response["x-ratelimit-remaining-tokens"]) < 400
    refused = once(gateway.address(), echo(max_tokens=5000))
    assert (refused.status, refused.error["type"], refused["x-should-retry"]) == (429, "tokens", "false")


def test_a_failed_request_gets_its_tokens_back(start):
    gateway = start(policies=[rate(tokens=1000)])
    for _ in range(5):
        failed = once(gateway.address(), post(chat_body("nowhere", max_tokens=900)))
        assert failed.status == 502 and failed["x-ratelimit-limit-tokens"] == "1000"


def test_shadow_limits_change_nothing(start):
    gateway = start(policies=[rate(requests=1, mode="shadow"), places(max=1, mode="shadow")])
    responses = parallel(gateway, [echo() for _ in range(50)])
    assert statuses(responses) == {200: 50}
    assert responses[0]["x-ratelimit-limit-requests"] is None


def test_counters_survive_a_reload(start):
    gateway = start(workers=2, policies=[rate(requests=10)])
    assert statuses(parallel(gateway, [echo() for _ in range(20)])) == {200: 10, 429: 10}
    configuration = json.loads(gateway.file.read_text())
    configuration["policies"][-1]["requests"] = 15
    gateway.file.write_text(json.dumps(configuration))
    gateway.signal(signal.SIGHUP)
    until(lambda: "reloaded" in gateway.stderr.text, what="the reload")
    admitted = [once(gateway.address(), echo()).status for _ in range(40)].count(200)
    assert admitted == 5, "fifteen, of which ten were used before"


def test_budgets_are_exhausted_and_not_to_be_retried(start, openai_client):
    priced = {"name": "priced", "targets": [{"upstream": "echo"}],
              "price": {"input_per_million_usd": 1000, "output_per_million_usd": 1000}}
    gateway = start(models=[priced], policies=[{"kind": "budget", "per": "team", "usd": 0.5, "window": "total"}])
    endpoint = Endpoint(openai_client, gateway.urls["public"] + "/v1")
    assert endpoint.chat("priced", max_tokens=300).message["content"]
    error = endpoint.chat("priced", max_tokens=600).error
    assert (error["class"], error["code"], error["type"]) == (
        "RateLimitError", "insufficient_quota", "insufficient_quota")
    assert error["headers"]["x-should-retry"] == "false" and error["headers"]["x-policy"] == "budget"
    assert "team qa" in error["message"] and "0.50 USD in total" in error["message"]
    assert endpoint.chat("echo", max_tokens=600).message["content"], "a model without price costs nothing"


# Concurrency


def leave(wires, how="close"):
    for wire in wires:
        wire.reset() if how == "reset" else wire.socket.close()


def fill(gateway, provider, label):
    """Four requests under way, which is as many as may; None while places of clients that left are not yet free."""
    wires = [Wire(gateway.address()).send(slow(f"{label}-{number}")) for number in range(4)]

    def settled():
        refused = select.select([wire.socket for wire in wires], [], [], 0)[0]
        under_way = sum(len(provider.calls(f"{label}-{number}")) for number in range(4))
        return (under_way,) if under_way + len(refused) == 4 else None

    if until(settled, what="an answer or a place for each of four") == (4,):
        return wires
    return leave(wires)


def test_no_place_leaks_when_clients_leave(start, provider, label):
    gateway = start(workers=2, policies=[places(max=4)])
    for number in range(300):
        leave([Wire(gateway.address()).send(slow(label)) for _ in range(4)], "reset" if number % 2 else "close")
        until(lambda: once(gateway.address(), echo()).status == 200, what="a free place")
    tries = itertools.count()
    held = until(lambda: fill(gateway, provider, f"{label}-last-{next(tries)}"), what="four free places")
    assert once(gateway.address(), echo()).status == 429
    leave(held)
    wait_idle(gateway)


def test_no_place_leaks_over_many_aborts_at_any_moment(start):
    gateway = start(
        workers=2, policies=[places(per="global", max=8)],
        upstreams={"silent": {"kind": "echo", "first_event_ms": 600_000}},
        models=[{"name": "silent", "targets": [{"upstream": "silent"}]}])
    chance, wires = random.Random(7), []
    for _ in range(ABORTS):
        request = post(chat_body("silent", stream=chance.random() < 0.5))
        end = chance.randrange(1, len(request)) if chance.random() < 0.1 else len(request)
        wires.append(Wire(gateway.address()).send(request[:end]))
        while len(wires) > chance.choice((0, 1, 4, 12)):
            leave([wires.pop(chance.randrange(len(wires)))], chance.choice(("close", "reset")))
    leave(wires)
    wait_idle(gateway)
    held = [Wire(gateway.address()).send(post(chat_body("silent"))) for _ in range(8)]
    until(lambda: once(gateway.address(), echo()).status == 429, what="eight requests to hold all places")
    assert not select.select([wire.socket for wire in held], [], [], 0)[0], "each of the eight has a place"
    leave(held)


def test_the_queue_is_bounded_has_a_deadline_and_lets_in_over_workers(start, provider, label):
    gateway = start(workers=3, policies=[places(max=1, queue={"max": 5, "deadline_ms": 700})])
    holder = Wire(gateway.address()).send(slow(label))
    provider.call(label)
    began = time.monotonic()
    responses = parallel(gateway, [echo() for _ in range(16)])
    assert statuses(responses) == {408: 5, 429: 11}
    assert 0.65 < time.monotonic() - began < 5
    late = next(response for response in responses if response.status == 408)
    assert (late.error["type"], late["x-policy"]) == ("timeout_error", "concurrency")
    waiting = [Wire(gateway.address()).send(echo(content=f"number {number}")) for number in range(5)]
    holder.socket.close()
    assert [wire.response().status for wire in waiting] == [200] * 5
    for wire in waiting:
        wire.socket.close()


def queue_one(gateway):
    """A client that waits in a queue for one: of two that come, one is refused."""
    pair = [Wire(gateway.address()).send(echo()) for _ in range(2)]
    answered = select.select([wire.socket for wire in pair], [], [], 5)[0]
    refused, waiting = sorted(pair, key=lambda wire: wire.socket not in answered)
    assert refused.response().status == 429
    refused.socket.close()
    if select.select([waiting.socket], [], [], 0.1)[0]:
        return waiting.socket.close()
    return waiting


def test_a_client_that_leaves_the_queue_makes_room(start, provider, label):
    gateway = start(workers=2, policies=[places(max=1, queue={"max": 1, "deadline_ms": 60_000})])
    holder = Wire(gateway.address()).send(slow(label))
    provider.call(label)
    for _ in range(10):
        until(lambda: queue_one(gateway), what="room in the queue").reset()
    waiting = until(lambda: queue_one(gateway), what="room in the queue")
    holder.reset()
    assert waiting.response().status == 200
    waiting.socket.close()
    wait_idle(gateway)


@pytest.mark.parametrize("value, served", [("high", "first"), ("low", "last")])
def test_higher_classes_go_first(start, provider, label, value, served):
    policy = places(
        max=1, queue={"max": 9, "deadline_ms": 30_000}, priority=[{"headers": {"x-priority": "high"}}])
    gateway = start(policies=[policy])
    holder = Wire(gateway.address()).send(slow(label))
    provider.call(label)
    with Wire(gateway.address()) as plain, Wire(gateway.address()) as marked:
        plain.send(post(chat_body("fake", x_provider={"id": f"{label}-plain"})))
        marked.send(post(chat_body("fake", x_provider={"id": f"{label}-marked"}), headers=[f"x-priority: {value}"]))
        for _ in range(3):
            assert once(gateway.address(), post(b"{}")).status == 400
        holder.reset()
        assert (plain.response().status, marked.response().status) == (200, 200)
    began = {name: provider.call(f"{label}-{name}")["started"] for name in ("plain", "marked")}
    assert (began["marked"] < began["plain"]) == (served == "first")
