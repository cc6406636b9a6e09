"""Replicas that share a store answer equal requests once, and keep what they answered for each other."""

import json

import pytest

from harness import until
from metrics import wait_idle
from wire import Wire, chat_body, content, events, once, post

SHARED = {"kind": "cache", "coalesce": True, "scope": "global"}


def request(label, stream=True, headers=(), **spec):
    return post(chat_body("fake", stream=stream, x_provider={"id": label, **spec}), headers=headers)


@pytest.mark.parametrize("stream", [True, False], ids=["stream", "whole"])
def test_a_finished_answer_is_a_hit_at_another_replica(replicas, provider, label, stream):
    one, other = replicas.start(2, policies=[SHARED])
    asked = request(label, stream, words=["é", "日"], usage={"prompt_tokens": 7})
    first, second = once(one.address(), asked), once(other.address(), asked)
    assert (first["x-cache"], second["x-cache"]) == ("miss", "hit") and second["age"] == "0"
    assert first.body == second.body and first.status == 200
    turned = once(other.address(), request(label, not stream, words=["é", "日"], usage={"prompt_tokens": 7}))
    assert turned["x-cache"] == "hit"
    text = turned.json()["choices"][0]["message"]["content"] if stream else content(turned.events)
    assert text == "é日" and len(provider.calls(label)) == 1


def test_duplicates_over_four_replicas_are_one_call(replicas, provider, label):
    replicas.start(4, policies=[SHARED], workers=2)
    members = replicas.ask_all(request(label, events=40, gap_ms=40), 400, over=1.2)
    assert all(member.whole and member.status == 200 for member in members)
    assert len({member.body for member in members}) == 1, "byte for byte the same"
    assert members[0].body.endswith(b"data: [DONE]\n\n") and members[0].body.count(b"data: ") == 40 + 3
    caches = [member.cache for member in members]
    assert caches.count("miss") == 1 and set(caches) <= {"miss", "live", "hit"} and caches.count("live") > 100
    assert len(provider.calls(label)) == 1
    for gateway in replicas.gateways:
        wait_idle(gateway)


def test_events_come_to_other_replicas_as_they_are_made(replicas, provider, label):
    one, other = replicas.start(2, policies=[SHARED])
    asked = request(label, events=60, stall_after=30)
    with Wire(one.address()) as leader, Wire(other.address()) as late:
        leader.send(asked)
        leader.until(b"w28 ")
        late.send(asked)
        assert late.head()["x-cache"] == "live"
        late.until(b"w28 ")
    assert len(provider.calls(label)) == 1


@pytest.mark.parametrize("abandoned, state", [("cancel", "left"), ("finish", "done")])
def test_the_last_reader_of_all_replicas_decides(replicas, provider, label, abandoned, state):
    one, other = replicas.start(2, policies=[SHARED | {"when_abandoned": abandoned}])
    asked = request(label, events=200, gap_ms=20)
    with Wire(other.address()) as far:
        with Wire(one.address()) as leader:
            leader.send(asked)
            leader.until(b"w2 ")
            far.send(asked)
            far.until(b"w3 ")
            leader.reset()
        far.until(b"w40 ")
        assert provider.call(label)["state"] == "sending", "somebody reads on"
        far.reset()
    provider.call(label, state)
    wait_idle(one)
    if state == "done":
        assert once(other.address(), asked)["x-cache"] == "hit"


def test_a_refresh_is_seen_by_all(replicas, provider, label):
    one, other = replicas.start(2, policies=[SHARED])
    spec = {"by_call": [{"words": ["old"]}, {"words": ["new"]}]}
    for gateway in (one, other):
        assert content(once(gateway.address(), request(label, **spec)).events) == "old"
    fresh = once(other.address(), request(label, headers=("cache-control: no-cache",), **spec))
    assert fresh["x-cache"] == "bypass"
    again = once(one.address(), request(label, **spec))
    assert again["x-cache"] == "hit" and content(again.events) == "new"


@pytest.mark.parametrize("failure", [{"cut_after": 0}, {"status": 503, "body": '{"error":{"message":"x"}}'}], ids=str)
def test_a_failure_before_content_lets_another_replica_write(replicas, provider, label, failure):
    replicas.start(3, policies=[SHARED])
    failure = {"first_ms": 600, **failure} if "cut_after" in failure else {"head_ms": 600, **failure}
    members = replicas.ask_all(request(label, words=["the ", "answer"], by_call=[failure, {"first_ms": 100}]), 30)
    assert len(provider.calls(label)) == 2, "one was elected"
    good = [member for member in members if b"the" in member.body and b"error" not in member.body]
    assert len(good) == 29 and len({member.body for member in good}) == 1


def test_a_failure_after_content_is_told_to_all_and_not_kept(replicas, provider, label):
    replicas.start(3, policies=[SHARED])
    spec = {"gap_ms": 80, "by_call": [{"events": 9, "cut_after": 5}, {"events": 2}]}
    members = replicas.ask_all(request(label, **spec), 12)
    assert len(provider.calls(label)) == 1 and len({member.body for member in members}) == 1
    last = members[0].body.decode().strip().split("\n\n")[-1]
    assert "error" in json.loads(last.removeprefix("data: ")) and b"[DONE]" not in members[0].body
    for gateway in replicas.gateways:
        assert content(once(gateway.address(), request(label, **spec)).events) == "w0 w1 "
    assert len(provider.calls(label)) == 2


def test_readers_of_a_killed_replica_get_all_that_it_told_and_then_an_error(replicas, provider, label):
    one, other = replicas.start(2, policies=[SHARED])
    spec = {"by_call": [{"events": 50, "stall_after": 20}, {"words": ["anew"]}]}
    with Wire(one.address()) as leader, Wire(other.address()) as far:
        leader.send(request(label, **spec))
        leader.until(b"w17 ")
        far.send(request(label, **spec))
        assert far.head()["x-cache"] == "live"
        body = b""
        while b"w17 " not in body:
            body += far.chunk()
        one.kill()
        while data := far.chunk():
            body += data
    told = events(body)
    assert json.loads(told[-1])["error"]["code"] == "completion_interrupted" and b"[DONE]" not in body
    words = content(told[:-1]).split()
    assert words == [f"w{n}" for n in range(len(words))] and len(words) >= 18
    again = once(other.address(), request(label, **spec))
    assert again["x-cache"] == "miss" and content(again.events) == "anew"


def test_readers_of_a_killed_replica_that_was_told_nothing_get_an_answer(replicas, provider, label):
    one, other = replicas.start(2, policies=[SHARED])
    asked = request(label, by_call=[{"head_ms": 60_000}, {"words": ["anew"]}])
    with Wire(one.address()) as leader, Wire(other.address()) as far:
        leader.send(asked)
        provider.call(label)
        far.send(asked)
        until(lambda: replicas.keys("sluice:readers:*"), what="the other replica to follow")
        one.kill()
        response = far.response()
    assert response.status == 200 and content(response.events) == "anew"
    assert len(provider.calls(label)) == 2


def test_a_replica_that_drains_tells_its_answer_to_the_end(replicas, provider, label):
    one, other = replicas.start(2, policies=[SHARED])
    asked = request(label, events=20, gap_ms=20)
    with Wire(one.address()) as leader, Wire(other.address()) as far:
        leader.send(asked)
        leader.until(b"w1 ")
        far.send(asked)
        far.until(b"w1 ")
        one.stop()
        assert far.until(b"data: [DONE]\n\n")
    assert once(other.address(), asked)["x-cache"] == "hit" and len(provider.calls(label)) == 1
