"""Conversations with agents, and agents that clients make, over replicas that share a real Redis, also while it fails."""

import hashlib
import json
import signal
import time

import pytest

from agents import call, hear_all, message, open_socket, say, told, using
from dialects import asking
from harness import at_once, until
from redis_server import RedisServer, free_ports
from sharing import SharingReplicas
from wire import Wire, get, once, post

PLAIN = {"instructions": "Be kind.", "model": "fake", "tools": ["calculate"]}
# Of the caller's usual conversation with the default agent.
KEY = "sluice:conversation:{%s}" % hashlib.sha256(b'["user tess","default","default"]').hexdigest()
POET = json.dumps({"instructions": "Rhyme.", "model": "fake"}).encode()


def settings(**dialect):
    return {"dialects": {"agent": dialect}, "agents": {"default": PLAIN}}


@pytest.fixture
def pair(replicas):
    return replicas.start(2, root=settings())


def ask(gateway, text, **fields):
    answer = once(gateway.address(), message(text, **fields))
    assert answer.status == 200, answer.body
    return answer.json()


def chat(gateway, label, text, answer="ok", **fields):
    """One message and its answer."""
    return ask(gateway, asking(text, id=label, words=[answer]), **fields)


def words(provider, label):
    """What the model was told that was said, without what the fake provider is told behind it."""
    return [(content or "").split(" @@")[0] for role, content in told(provider, label) if role != "system"]


def conversations(replicas):
    return replicas.keys("sluice:conversation:*")


# Conversations


def test_a_conversation_goes_on_at_another_replica_with_its_calls_and_is_reset_for_all(pair, provider, label):
    one, other = pair
    ask(one, using(label, call("calculate", expression="6*7"), then=["It is 42."]))
    chat(other, f"{label}-2", "And then?")
    assert [role for role, _ in told(provider, f"{label}-2")] == [
        "system", "user", "assistant", "tool", "assistant", "user"]
    assert words(provider, f"{label}-2")[1:] == ["", "42", "It is 42.", "And then?"]
    chat(one, f"{label}-3", "Anew", reset_history=True)
    chat(other, f"{label}-4", "Next")
    assert words(provider, f"{label}-4") == ["Anew", "ok", "Next"]
    chat(one, f"{label}-5", "Else", conversation_id="else")
    assert words(provider, f"{label}-5") == ["Else"]


def test_a_replica_that_is_killed_in_a_chat_leaves_what_was_whole(pair, provider, label):
    one, other = pair
    chat(one, f"{label}-1", "First", answer="yes")
    with Wire(one.address()) as wire:
        wire.send(message(asking("Second", id=f"{label}-2", words=["a", "b"], stall_after=2), "/chat/stream"))
        wire.until(b'"a"')
        one.kill()
    chat(other, f"{label}-3", "Third")
    assert words(provider, f"{label}-3") == ["First", "yes", "Third"]


def test_two_chats_of_one_conversation_at_one_time_stay_whole(pair, provider, label):
    def run(number):
        for step in range(5):
            chat(pair[number % 2], f"{label}-{number}-{step}", f"q{number}.{step}", answer=f"a{number}.{step}")

    at_once(4, run)
    chat(pair[0], label, "end")
    *said, last = words(provider, label)
    questions = said[::2]
    assert last == "end" and said[1::2] == [question.replace("q", "a") for question in questions]
    assert sorted(questions) == sorted(f"q{number}.{step}" for number in range(4) for step in range(5))
    for number in range(4):
        assert [q for q in questions if q.startswith(f"q{number}.")] == [f"q{number}.{step}" for step in range(5)]


def test_a_conversation_is_kept_for_its_time_and_within_its_size(replicas, provider, label):
    one, other = replicas.start(2, root=settings(history_ttl_ms=2_000, max_conversation_bytes=1_024))
    for number in range(4):
        chat(one, f"{label}-{number}", f"{number}" * 300)
    chat(other, f"{label}-4", "end")
    # A turn has its texts and about 120 bytes around them.
    assert words(provider, f"{label}-4") == ["2" * 300, "ok", "3" * 300, "ok", "end"]
    [key] = conversations(replicas)
    assert key == KEY and 0 < int(replicas.redis.call("PTTL", key)) <= 2_000
    until(lambda: not conversations(replicas), what="the end of its time")
    chat(other, f"{label}-5", "again")
    assert words(provider, f"{label}-5") == ["again"]


def test_a_socket_goes_on_in_the_same_conversation(pair, provider, label):
    one, other = pair
    chat(one, f"{label}-1", "By HTTP", conversation_id="c")
    with open_socket(other) as socket:
        text = asking("By socket", id=f"{label}-2", words=["yes"])
        say(socket, "chat", message=text, conversation_id="c")
        assert hear_all(socket)[-1][1]["conversation_id"] == "c"
        say(socket, "chat", message=asking("Alone", id=f"{label}-3", words=["yes"]))
        own = hear_all(socket)[-1][1]["conversation_id"]
    assert words(provider, f"{label}-2") == ["By HTTP", "ok", "By socket"]
    assert words(provider, f"{label}-3") == ["Alone"]
    chat(one, f"{label}-4", "Back", conversation_id=own)
    assert words(provider, f"{label}-4") == ["Alone", "yes", "Back"]


# Agents


def test_agents_that_a_client_makes_at_one_replica_are_there_at_all(pair, provider, label):
    one, other = pair
    assert once(one.address(), post(POET, "/agents/poet")).status == 200
    chat(other, label, "Hi", agent_name="poet")
    assert told(provider, label)[0] == ("system", "Rhyme.")
    assert once(other.address(), get("/agents")).json() == {"agents": ["default", "poet"], "count": 2}
    anew = json.dumps({"instructions": "Be brief.", "model": "fake"}).encode()
    assert once(other.address(), post(anew, "/agents/poet")).status == 200
    assert once(one.address(), get("/agents/poet")).json()["instructions"] == "Be brief."
    with open_socket(one) as socket:
        say(socket, "chat", message=asking("Hi", id=f"{label}-2", words=["ok"]), agent_name="poet")
        assert hear_all(socket)[-1][0] == "chat_complete"
    assert told(provider, f"{label}-2")[0] == ("system", "Be brief.")
    assert once(other.address(), get("/agents/poet", "DELETE")).status == 200
    assert once(one.address(), get("/agents/poet")).error["code"] == "agent_not_found"
    assert once(one.address(), message("Hi", agent_name="poet")).error["code"] == "agent_not_found"
    assert once(one.address(), get("/agents/poet", "DELETE")).status == 404
    for request in (post(POET, "/agents/default"), get("/agents/default", "DELETE")):
        assert once(other.address(), request).error["code"] == "agent_read_only"


def test_agents_are_bounded_over_all_replicas(replicas):
    pair = replicas.start(2, root=settings(max_agents_per_caller=3))
    for number in range(3):
        assert once(pair[number % 2].address(), post(POET, f"/agents/a{number}")).status == 200
    for gateway in pair:
        error = once(gateway.address(), post(POET, "/agents/more")).error
        assert error["code"] == "too_many_agents" and "3 agents" in error["message"]
        assert once(gateway.address(), post(POET, "/agents/a1")).status == 200
    assert once(pair[0].address(), get("/agents/a0", "DELETE")).status == 200
    assert once(pair[1].address(), post(POET, "/agents/more")).status == 200


# Redis fails


def lines(gateway):
    text = gateway.stderr.text + gateway.stdout.text
    return text.count("the store does not answer"), text.count("the store answers again")


def lose(gateway):
    """Chats until a replica has found out that Redis does not answer; how long the slowest took, in seconds."""
    slowest = 0
    while lines(gateway)[0] == 0:
        began = time.monotonic()
        ask(gateway, asking("x", words=["y"]), conversation_id="loses")
        slowest = max(slowest, time.monotonic() - began)
    return slowest


@pytest.mark.parametrize("way", ["killed", "frozen"])
def test_without_redis_chats_go_on_and_what_was_said_is_told_later(start, tmp_path, provider, label, way):
    made = SharingReplicas(start, tmp_path)
    try:
        store = made.redis.store | {"command_timeout_ms": 200}
        one, other = [start(root=settings() | {"store": store}) for _ in range(2)]
        chat(one, f"{label}-1", "First", answer="yes")
        assert once(one.address(), post(POET, "/agents/poet")).status == 200
        if way == "killed":
            made.redis.kill()
        else:
            made.redis.process.send_signal(signal.SIGSTOP)
        assert lose(one) < 2, "a chat hung"
        began = time.monotonic()
        for number in range(5):
            chat(one, f"{label}-away-{number}", f"Away {number}", answer="yes")
        assert time.monotonic() - began < 2
        assert words(provider, f"{label}-away-1") == ["First", "yes", "Away 0", "yes", "Away 1"]
        chat(one, f"{label}-poet", "Hi", agent_name="poet")
        assert told(provider, f"{label}-poet")[0] == ("system", "Rhyme.")
        for request in (post(POET, "/agents/new"), get("/agents/poet", "DELETE"), get("/agents"), get("/agents/new")):
            answer = once(one.address(), request)
            assert answer.status == 503 and answer["retry-after"] == "1", answer.body
        assert once(one.address(), get("/agents/default")).status == 200
        if way == "killed":
            made.redis.start()
        else:
            made.redis.process.send_signal(signal.SIGCONT)
        kept = ["First"] * (way == "frozen") + [f"Away {number}" for number in range(5)]
        until(lambda: made.redis.call("HGET", KEY, "next") == str(len(kept)), what="Redis to be told")
        until(lambda: lines(other)[0] == lines(other)[1], what="the other replica to find Redis")
        chat(other, f"{label}-back", "Back")
        assert words(provider, f"{label}-back") == [*(text for said in kept for text in (said, "yes")), "Back"]
        assert lines(one) == (1, 1), "one line for each change"
    finally:
        made.stop()


# A cluster


def test_conversations_and_agents_in_a_cluster_of_three_masters(start, tmp_path, provider, label):
    ports = free_ports(3)
    masters = []
    try:
        for port in ports:
            masters.append(RedisServer(tmp_path / f"redis-{port}", "--port", port, "--cluster-enabled", "yes"))
        for master, first, last in zip(masters, (0, 5461, 10_923), (5460, 10_922, 16_383)):
            assert master.call("CLUSTER", "ADDSLOTSRANGE", first, last) == "OK"
            assert master.call("CLUSTER", "MEET", "127.0.0.1", ports[0]) == "OK"
        for master in masters:
            until(lambda: "cluster_state:ok" in (info := master.call("CLUSTER", "INFO"))
                  and "known_nodes:3" in info, what="a cluster")
        store = {"kind": "redis", "url": f"redis://127.0.0.1:{ports[0]}", "cluster": True}
        one, other = [start(root=settings() | {"store": store}) for _ in range(2)]
        for number in range(12):
            chat(one, f"{label}-{number}", f"First {number}", conversation_id=f"c{number}")
            chat(other, f"{label}-{number}-2", "Second", conversation_id=f"c{number}")
            assert words(provider, f"{label}-{number}-2") == [f"First {number}", "ok", "Second"]
        held = [master.call("KEYS", "sluice:conversation:*").split() for master in masters]
        assert sum(map(len, held)) == 12 and all(held), "spread over all"
        assert once(one.address(), post(POET, "/agents/poet")).status == 200
        chat(other, label, "Hi", agent_name="poet")
        assert told(provider, label)[0] == ("system", "Rhyme.")
        assert once(other.address(), get("/agents/poet", "DELETE")).status == 200
        assert once(one.address(), get("/agents/poet")).status == 404
    finally:
        for master in masters:
            master.kill()
