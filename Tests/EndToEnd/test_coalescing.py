"""Equal requests at the same time: one call to the provider, and every client gets the same bytes."""

import hashlib
import json
import statistics
import threading
import time

import pytest

from configuration import KEY, model
from crowd import ask_together
from harness import until
from metrics import total, wait_idle
from operators import LISTENERS, Operators
from wire import Wire, chat_body, content, post

SHARED = {"kind": "cache", "coalesce": True, "scope": "global"}
READER = "sk-e2e-reader-6c2b9e"
KEYS = [{"id": name, "sha256": hashlib.sha256(key.encode()).hexdigest(), "user": name, "models": ["*"]}
        for name, key in (("starter", KEY), ("reader", READER))]
PRICED = {**model("fake", "fake", "fake"), "price": {"input_per_million_usd": 1, "output_per_million_usd": 10}}


@pytest.fixture
def shared(gateway_with):
    return gateway_with(policies=[SHARED], workers=4)


def request(label, stream=True, **spec):
    return post(chat_body("fake", stream=stream, x_provider={"id": label, **spec}))


def until_streaming(provider, label, events=1):
    until(lambda: any(call["events"] >= events for call in provider.calls(label)), what=f"{events} events at the provider")


class Reader:
    """A client that reads along on a thread of its own."""

    def __init__(self, gateway, request):
        self.wire = Wire(gateway.address(), timeout=30)
        self.wire.send(request)
        self.response = None
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self):
        self.response = self.wire.response()

    def result(self):
        self.thread.join(30)
        self.wire.socket.close()
        return self.response


def test_a_thousand_equal_streams_are_one_call(shared, provider, label):
    """Four workers; the clients come while the answer is written."""
    members = ask_together(shared.address(), request(label, events=40, gap_ms=50), 1_000, over=0.8)
    assert all(member.whole and member.status == 200 for member in members)
    assert len({member.body for member in members}) == 1, "byte for byte the same"
    assert members[0].body.endswith(b"data: [DONE]\n\n") and members[0].body.count(b"data: ") == 40 + 3
    caches = [member.cache for member in members]
    assert caches.count("miss") == 1 and set(caches) <= {"miss", "live", "hit"}
    assert caches.count("live") > 500, "most came while it was written"
    assert len(provider.calls(label)) == 1
    wait_idle(shared)


def test_late_joiners_get_what_there_is_at_once(shared, provider, label):
    times = []
    with Wire(shared.address()) as leader:
        leader.send(request(label, events=60, stall_after=50))
        until_streaming(provider, label, 50)
        for _ in range(200):
            with Wire(shared.address()) as late:
                began = time.perf_counter()
                late.send(request(label, events=60, stall_after=50))
                assert late.head()["x-cache"] == "live"
                first = late.chunk()
                times.append((time.perf_counter() - began) * 1_000)
                text = first
                while b"w48 " not in text:
                    text += late.chunk()
    print(f"\nfirst byte of the prefix after {statistics.median(times):.2f} ms (median), {max(times):.2f} ms (most)")
    assert len(provider.calls(label)) == 1


def test_the_leader_may_leave(shared, provider, label):
    leader = Wire(shared.address())
    leader.send(request(label, events=30, gap_ms=20))
    until_streaming(provider, label)
    readers = [Reader(shared, request(label, events=30, gap_ms=20)) for _ in range(10)]
    until(lambda: total(shared, "sluice_requests_in_flight") == 11, what="all to be there")
    leader.reset()
    for reader in readers:
        response = reader.result()
        assert response.events[-1] == "[DONE]" and content(response.events) == "".join(f"w{n} " for n in range(30))
    (call,) = provider.calls(label)
    assert call["state"] == "done"


@pytest.mark.parametrize("end, expected", [("cancel", "left"), ("finish", "done")])
def test_when_the_last_reader_has_left(gateway_with, provider, label, end, expected):
    gateway = gateway_with(policies=[SHARED | {"when_abandoned": end}], workers=2)
    wires = [Wire(gateway.address()) for _ in range(5)]
    for wire in wires:
        wire.send(request(label, events=20, gap_ms=20))
    until_streaming(provider, label, 3)
    until(lambda: total(gateway, "sluice_requests_in_flight") == 5, what="all to be there")
    for wire in wires:
        wire.reset()
    assert (provider.call(label, expected)["events"] == 20 + 4) == (end == "finish"), "with role, end, usage and mark"
    (late,) = ask_together(gateway.address(), request(label, events=20, gap_ms=20), 1)
    assert late.cache == ("hit" if end == "finish" else "miss") and late.whole
    assert len(provider.calls(label)) == (1 if end == "finish" else 2)
    wait_idle(gateway)


@pytest.mark.parametrize("failure", [{"cut_after": 0}, {"cut_after": 1}, {"status": 503, "body": '{"error":{"message":"x"}}'}], ids=str)
@pytest.mark.parametrize("stream", [True, False])
def test_a_failure_before_content_lets_another_write(shared, provider, label, failure, stream):
    failure = {"first_ms": 400, **failure} if "cut_after" in failure else {"head_ms": 400, **failure}
    if not stream and "cut_after" in failure:
        failure["cut_after"] = 10 * failure["cut_after"]
    asked = request(label, stream, words=["the ", "answer"], by_call=[failure, {"first_ms": 100}])
    members = ask_together(shared.address(), asked, 30)
    assert len(provider.calls(label)) == 2, "one was elected"
    good = [member for member in members if b"the" in member.body and b"error" not in member.body]
    assert len(good) == 29 and len({member.body for member in good}) == 1
    assert all(member.whole for member in members), "nobody waits for ever"


def test_a_provider_that_always_fails_is_asked_a_few_times(shared, provider, label):
    members = ask_together(shared.address(), request(label, head_ms=150, status=500, body='{"error":{"message":"x"}}'), 40)
    assert {member.status for member in members} == {500} and all(member.whole for member in members)
    assert len(provider.calls(label)) <= 5


def test_a_failure_after_content_is_told_to_all(shared, provider, label):
    members = ask_together(shared.address(), request(label, events=9, cut_after=5, gap_ms=60), 20)
    assert len(provider.calls(label)) == 1 and len({member.body for member in members}) == 1
    last = members[0].body.decode().strip().split("\n\n")[-1]
    assert "error" in json.loads(last.removeprefix("data: ")) and b"[DONE]" not in members[0].body


@pytest.mark.parametrize("first", [True, False], ids=["stream-first", "whole-first"])
def test_the_other_form_reads_along(shared, provider, label, first):
    pauses = {"first_ms": 400}
    one = Reader(shared, request(label, first, words=["é", "日"], **pauses))
    until(lambda: provider.calls(label), what="the call")
    other = Reader(shared, request(label, not first, words=["é", "日"], **pauses))
    texts = []
    for reader, is_stream in ((one, first), (other, not first)):
        response = reader.result()
        texts.append(content(response.events) if is_stream else response.json()["choices"][0]["message"]["content"])
    assert texts == ["é日", "é日"] and other.response["x-cache"] == "live"
    assert len(provider.calls(label)) == 1


def test_without_coalescing_each_asks(gateway_with, provider, label):
    gateway = gateway_with(policies=[SHARED | {"coalesce": False}])
    members = ask_together(gateway.address(), request(label, first_ms=300), 5)
    assert {member.cache for member in members} == {"miss"} and len(provider.calls(label)) == 5


def test_sharing_without_keeping(gateway_with, provider, label):
    gateway = gateway_with(policies=[SHARED | {"ttl_ms": 0}])
    for calls in (1, 2):
        members = ask_together(gateway.address(), request(label, first_ms=200), 5)
        assert sorted(member.cache for member in members) == ["live"] * 4 + ["miss"]
        assert len(provider.calls(label)) == calls


def test_saved_tokens_are_counted(gateway_with, provider, label):
    gateway = gateway_with(policies=[SHARED | {"name": "counted"}])
    ask_together(gateway.address(), request(label, first_ms=200, events=3), 11)
    wait_idle(gateway)
    assert total(gateway, "sluice_cache_saved_tokens_total") == 10 * 10


# What callers have used


@pytest.fixture
def billed(start, provider, label):
    """A gateway whose operators see who has used what, and a request to it by the key of its starter or a reader."""

    def begin(**policy):
        gateway = start(policies=[SHARED | policy], workers=4, root={"listeners": LISTENERS, "keys": KEYS, "models": [PRICED]})
        body = chat_body("fake", stream=True, x_provider={"id": label, "events": 30, "gap_ms": 20})
        starter = Wire(gateway.address()).send(post(body))
        until_streaming(provider, label)
        return gateway, starter, post(body, key=READER)

    return begin


def used(gateway):
    """By user: requests, errors, tokens of prompts and answers, dollars."""
    wait_idle(gateway)
    names = ("requests", "errors", "prompt_tokens", "completion_tokens", "cost_usd")
    rows = Operators(gateway).read("/admin/usage")["data"]
    return {row["user"]: tuple(row[name] for name in names) for row in rows}


ALL = (7, 30, pytest.approx((7 + 30 * 10) / 1e6))


def test_an_answer_is_used_by_who_has_started_it(billed):
    gateway, starter, request = billed()
    readers = [Reader(gateway, request) for _ in range(3)]
    assert all(reader.result().events[-1] == "[DONE]" for reader in readers) and starter.response().whole
    assert used(gateway) == {"starter": (1, 0, *ALL), "reader": (3, 0, 0, 0, 0)}


def test_an_answer_whose_starter_has_left_is_used_once_by_who_was_answered(billed):
    gateway, starter, request = billed()
    readers = [Reader(gateway, request) for _ in range(5)]
    until(lambda: total(gateway, "sluice_requests_in_flight") == 6, what="all to be there")
    starter.reset()
    assert all(reader.result().events[-1] == "[DONE]" for reader in readers)
    assert used(gateway) == {"starter": (1, 1, 0, 0, 0), "reader": (5, 0, *ALL)}
    costs = [line["cost_usd"] for line in gateway.access_log() if "cost_usd" in line]
    assert costs == [ALL[2]], "in one line of the access log"


def test_an_answer_that_nobody_has_read_is_used_by_who_has_started_it(billed, provider, label):
    gateway, starter, _ = billed(when_abandoned="finish")
    starter.reset()
    provider.call(label, "done")
    until(lambda: used(gateway) == {"starter": (1, 1, *ALL)}, what="the row of the starter")
