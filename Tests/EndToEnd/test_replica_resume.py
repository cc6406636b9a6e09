"""A stream that was begun at one replica is read on at another, while the first lives and after it was killed."""

import hashlib
import json

import pytest

from configuration import KEY
from harness import until
from metrics import wait_idle
from test_resume import GUARD, OTHER_KEY, Client, again, ask, frames
from wire import Wire, content, once


@pytest.mark.parametrize("policies", [[], [GUARD], [{"kind": "cache", "coalesce": True}]], ids=["plain", "guarded", "cached"])
def test_a_killed_replica_leaves_what_it_told_and_then_an_error(replicas, provider, label, policies):
    one, other = replicas.start(2, policies=policies)
    client = Client(one)
    with Wire(one.address()) as wire:
        wire.send(ask(label, events=50, stall_after=30))
        client.stream = wire.head()["x-stream-id"]
        while len(client.events) < 11:
            for id, data in frames(wire.chunk()):
                client.take(id, data)
        # What the replica tells its client it has told the store in the same turn.
        until(lambda: int(replicas.redis.call("XLEN", replicas.keys("sluice:log:*")[0])) > 0, what="the log")
        one.kill()
    response = once(other.address(), again(client.stream, client.last))
    told = frames(response.body)
    assert response.status == 200 and json.loads(told[-1][1])["error"]["code"] == "completion_interrupted"
    assert [id for id, _ in told[:-1]] == [f"{client.stream}-{n}" for n in range(11, 11 + len(told) - 1)]
    words = content(client.events + [data for _, data in told[:-1]]).split()
    assert words == [f"w{n}" for n in range(len(words))], "nothing twice, nothing missing"
    assert frames(once(other.address(), again(client.stream)).body)[11:] == told, "it can be told again"
    assert len(provider.calls(label)) == 1


@pytest.mark.parametrize("policies", [[], [GUARD]], ids=["plain", "guarded"])
def test_a_client_that_is_sent_from_replica_to_replica_has_the_exact_text(replicas, provider, label, policies):
    gateways = replicas.start(3, policies=policies)
    words = [f"é{n} " if n % 7 else f"sk-secret{n:04} " for n in range(60)]
    client = Client(gateways[0])
    client.read(ask(label, words=words, gap_ms=15), 1)
    turns = 0
    while not client.done:
        turns += 1
        client.gateway = gateways[turns % 3]
        client.read(again(client.stream, client.last), 2)
    text = "".join(words)
    if policies:
        for n in range(0, 60, 7):
            text = text.replace(f"sk-secret{n:04}", "[key]")
    assert content(client.events) == text
    assert turns > 8 and len(provider.calls(label)) == 1 and provider.call(label)["state"] == "done"


def test_a_finished_stream_is_replayed_from_another_replica(replicas, label):
    one, other = replicas.start(2)
    whole = once(one.address(), ask(label, events=6))
    events, stream = frames(whole.body), whole["x-stream-id"]
    assert frames(once(other.address(), again(stream)).body) == events
    one.kill()
    assert frames(once(other.address(), again(stream, f"{stream}-2")).body) == events[3:]


def test_a_stream_belongs_to_who_asked_for_it_at_every_replica(replicas, label):
    keys = [{"id": name, "sha256": hashlib.sha256(secret.encode()).hexdigest(), "user": name, "models": ["*"]}
            for name, secret in (("tester", KEY), ("other", OTHER_KEY))]
    one, other = replicas.start(2, root={"keys": keys})
    stream = once(one.address(), ask(label))["x-stream-id"]
    refused = once(other.address(), again(stream, key=OTHER_KEY))
    assert refused.status == 404 and refused.error["code"] == "stream_not_found"
    assert once(other.address(), again(stream)).status == 200
    assert once(other.address(), again("00112233445566778899aabbccddeeff")).status == 404


def test_who_comes_back_to_another_replica_keeps_the_stream(replicas, provider, label):
    one, other = replicas.start(2, root={"resume": {"grace_ms": 600}})
    client = Client(one)
    client.read(ask(label, events=120, gap_ms=25), 1)
    client.gateway = other
    client.read(again(client.stream, client.last), 1_000)
    assert content(client.events) == "".join(f"w{n} " for n in range(120))
    assert provider.call(label)["state"] == "done", "it took longer than the grace of the first replica"


def test_who_does_not_come_back_is_given_up(replicas, provider, label):
    one, other = replicas.start(2, root={"resume": {"grace_ms": 300}})
    client = Client(one)
    client.read(ask(label, events=2_000, gap_ms=10), 1)
    client.gateway = other
    client.read(again(client.stream, client.last), 1)
    provider.call(label, "left")
    until(lambda: not replicas.keys("sluice:ticket:*"), what="the ticket to be gone")
    assert once(other.address(), again(client.stream)).status == 404
    wait_idle(one)
