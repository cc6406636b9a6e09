"""Streams, answers and tasks that replicas share in a Redis behind TLS, and behind Sentinels that replace the master."""

import json

import pytest

from harness import until
from metrics import total
from redis_server import SecureRedisServer, SentinelGroup
from sharing import follow, remainder
from tasks import Tasks
from test_replica_cache import SHARED, request
from test_replica_tasks import Watcher, hold, text
from test_resume import Client, again, ask, frames
from wire import Wire, content, once

ROOMY = {"lease_ms": 20_000}


@pytest.fixture
def secure(replicas_on):
    return replicas_on(SecureRedisServer)


@pytest.fixture
def watched(replicas_on):
    return replicas_on(SentinelGroup)


def words_of(data):
    """The words that were told, which must be the first ones, each once."""
    words = content(data).split()
    assert words == [f"w{n}" for n in range(len(words))], "nothing twice, nothing missing"
    return words


def is_interrupted(data):
    return "error" in (told := json.loads(data)) and told["error"]["code"] == "completion_interrupted"


def read_on(gateway, client):
    """What a client that lost its stream is told when it comes back here; nothing: nobody knows the stream."""
    response = once(gateway.address(), again(client.stream, client.last))
    if response.status == 404:
        assert response.error["code"] == "stream_not_found"
        return []
    assert response.status == 200
    return [data for _, data in frames(response.body)]


# TLS


def test_a_client_that_is_sent_from_replica_to_replica_has_the_exact_text_over_tls(secure, provider, label):
    gateways = secure.start(2)
    client = Client(gateways[0])
    client.read(ask(label, events=40, gap_ms=10), 1)
    turns = 0
    while not client.done:
        turns += 1
        client.gateway = gateways[turns % 2]
        client.read(again(client.stream, client.last), 2)
    assert len(words_of(client.events)) == 40 and turns > 8 and len(provider.calls(label)) == 1


def test_a_large_answer_is_followed_and_kept_over_tls(secure, provider, label):
    """Of more than TLS records, socket buffers and one read take at once."""
    one, other = secure.start(2, policies=[SHARED])
    words = [f"w{n}{'é' * 10_000} " for n in range(40)]
    asked = request(label, words=words, gap_ms=10)
    with Wire(one.address()) as leader, Wire(other.address()) as far:
        leader.send(asked)
        leader.until(b"w2")
        far.send(asked)
        told = far.response()
        assert told["x-cache"] == "live" and content(told.events) == "".join(words)
        leader.until(b"data: [DONE]\n\n")
    for gateway in (one, other):
        kept = once(gateway.address(), asked)
        assert kept["x-cache"] == "hit" and kept.body == told.body
    assert len(provider.calls(label)) == 1


def test_tasks_are_watched_and_cancelled_from_another_replica_over_tls(secure, provider, label):
    one, other = [Tasks(gateway) for gateway in secure.start(2)]
    held = hold(one, provider, f"{label}-held")
    watcher = Watcher(other, held)
    watcher.sees("text", 2)
    assert other.cancel(held).json()["status"] == "cancelled"
    provider.call(f"{label}-held", "left")
    assert watcher.all()[-1][2]["error"]["code"] == "task_cancelled"
    task = one.submit("fake", x_provider={"id": label, "events": 12, "gap_ms": 20})
    told = [Watcher(tasks, task).all() for tasks in (one, other)]
    assert told[0] == told[1] == other.events(task) and text(told[0]) == "".join(f"w{n} " for n in range(12))
    assert one.result(task).json() == other.result(task).json()


# A failover


def test_a_stream_that_a_failover_interrupts_is_never_told_as_whole(watched, provider, label):
    """Its own replica tells all of it; who reads it at another one, or comes back to it there, gets the beginning."""
    one, other = watched.start(2, policies=[SHARED])
    client = Client(one)
    asked = ask(label, events=60, gap_ms=60)
    with Wire(one.address()) as leader, Wire(other.address()) as far:
        leader.send(asked)
        client.stream = leader.head()["x-stream-id"]
        while len(client.events) < 6:
            for id, data in frames(leader.chunk()):
                client.take(id, data)
        body = follow(far, asked, b"w8 ")
        watched.redis.replicate()
        watched.redis.fail_over()
        body += remainder(far)
        told = [data for _, data in frames(body)]
        assert is_interrupted(told[-1]) and 8 < len(words_of(told[:-1])) < 60
        assert leader.until(b"data: [DONE]\n\n"), "its own client has all of it"
    more = read_on(other, client)
    assert not more or is_interrupted(more[-1]) and len(words_of(client.events + more[:-1])) < 60
    whole = read_on(one, client)
    assert whole[-1] == "[DONE]" and len(words_of(client.events + whole[:-1])) == 60
    assert len(provider.calls(label)) == 1


def test_what_was_kept_before_a_failover_is_there_after_it_and_streams_are_shared_again(watched, provider, label):
    one, other = watched.start(2, policies=[SHARED])
    kept = request(f"{label}-kept", events=5)
    assert once(one.address(), kept)["x-cache"] == "miss"
    finished = once(one.address(), ask(f"{label}-finished", events=5))
    stream = finished["x-stream-id"]
    watched.redis.replicate()
    watched.redis.fail_over()
    for gateway in (one, other):
        until(lambda: total(gateway, "sluice_store_servers_failing") == 0, what="the store to be found")
    assert once(other.address(), kept)["x-cache"] == "hit"
    replayed = once(other.address(), again(stream, f"{stream}-1"))
    assert frames(replayed.body) == frames(finished.body)[2:]
    assert len(provider.calls(f"{label}-kept")) == 1
    shared = iter(range(1000))

    def is_shared():
        asked = request(f"{label}-{next(shared)}", events=2)
        return once(one.address(), asked)["x-cache"] == "miss" and once(other.address(), asked)["x-cache"] == "hit"

    until(is_shared, what="answers to be shared again")


def test_a_gap_that_a_failover_leaves_in_a_log_is_not_told_as_its_end(watched, provider, label):
    """What was told before it is lost with the master; what is told after it is written by a replica that missed nothing."""
    one, other = watched.start(2, policies=[SHARED], lease_ms=9_000)
    slow = {"by_call": [{"events": 4, "gap_ms": 1_500}, {"events": 4}]}
    with Wire(one.address()) as wire:
        wire.send(ask(label, **slow))
        stream = wire.head()["x-stream-id"]
        watched.redis.replicate()
        watched.redis.part()
        wire.until(b"w0 ")
        watched.redis.fail_over()
        answers = [once(other.address(), again(stream))]
        assert wire.until(b"data: [DONE]\n\n")
    answers.append(once(other.address(), again(stream)))
    for response in answers:
        told = [data for _, data in frames(response.body)] if response.status == 200 else []
        assert not told or is_interrupted(told[-1]) and len(words_of(told[:-1])) < 4
    anew = once(other.address(), request(label, **slow))
    assert content(anew.events) == "w0 w1 w2 w3 " and anew.body.endswith(b"data: [DONE]\n\n")


@pytest.mark.parametrize("lossy", [False, True], ids=["whole", "lossy"])
def test_tasks_go_on_through_a_failover_and_are_told_whole_at_every_replica(watched, provider, label, lossy):
    """Those that run, also if the new master lacks what was told last; one that waits; and one that is cancelled then."""
    one, other = [Tasks(gateway) for gateway in watched.start(2, root={"tasks": {"max_running": 2}}, **ROOMY)]
    held = [hold(one, provider, f"{label}-{n}") for n in range(3)]
    task = one.submit("fake", x_provider={"id": label, "events": 50, "gap_ms": 60})
    waiting = one.submit("fake", x_provider={"id": f"{label}-waiting", "events": 3})
    watchers = [Watcher(tasks, task) for tasks in (one, other)]
    for watcher in watchers:
        watcher.sees("text", 3)
    watched.redis.replicate()
    if lossy:
        watched.redis.part()
        for watcher in watchers:
            watcher.sees("text", 12)
    watched.redis.fail_over()
    expected = "".join(f"w{n} " for n in range(50))
    for watcher in watchers:
        told = watcher.all()
        assert [number for number, _, _ in told] == list(range(51)) and text(told) == expected
    for tasks in (one, other):
        tasks.wait(task, "completed")
        assert tasks.events(task) == told and len(provider.calls(label)) == 1
    for number, cancelled in enumerate(held):
        assert (one, other)[number % 2].cancel(cancelled).json()["status"] == "cancelled"
        provider.call(f"{label}-{number}", "left")
    other.wait(waiting, "completed")
    assert text(one.events(waiting)) == "w0 w1 w2 " and len(provider.calls(f"{label}-waiting")) == 1
    other.wait(one.submit("echo"), "completed")
