"""The shared store goes away, hangs, forgets or is full: no request fails for it, and nothing that was lost is kept."""

import json
import signal
import threading

import pytest

import sharing
from harness import until
from metrics import total, wait_idle
from test_accounting import LISTENERS, usage
from wire import Wire, chat_body, content, events, once, post

SHARED = {"kind": "cache", "coalesce": True, "scope": "global"}


# Answers the same way each time, so that a stream that broke off can be spliced.
MENDED = {"name": "mended", "targets": [{"upstream": "fake", "model": "fake"}], "mid_stream": ["splice"]}


def request(label, n=0, model="fake", **spec):
    return post(chat_body(model, f"question {n}", stream=True, x_provider={"id": label, **spec}))


def lack(gateway, label, n=0, model="fake"):
    """Asks for three words and tells what is wrong with the answer: its status and its last event. None: nothing is."""
    try:
        response = once(gateway.address(), request(label, n, model, events=3))
    except (OSError, EOFError) as error:
        return f"{n}: {error!r}"
    if response.status == 200 and response.whole and content(response.events) == "w0 w1 w2 ":
        return None
    end = response.events[-1:] if response.status == 200 else response.body
    return f"{n}: {response.status}, x-cache: {response['x-cache']}, whole: {response.whole}, at last {end}"


def is_served(gateway, label, n=0):
    return lack(gateway, label, n) is None


class Load:
    """Requests one after another, each a new question, until it is stopped."""

    def __init__(self, gateway, label, model="fake"):
        self.gateway, self.label, self.model = gateway, label, model
        self.served, self.failed = 0, []
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        number = 0
        while not self.stopped.is_set():
            number += 1
            if wrong := lack(self.gateway, self.label, number, self.model):
                self.failed.append(wrong)
            else:
                self.served += 1

    def serves(self, more=20):
        """Waits until so many further requests were served."""
        goal = self.served + more
        until(lambda: self.served >= goal or self.failed, what="requests to be served")

    def stop(self):
        self.stopped.set()
        self.thread.join(20)
        assert not self.failed, self.failed
        assert not self.thread.is_alive()


def lines(gateway):
    """What the gateway says of its store, one word per line."""
    text = gateway.stderr.text + gateway.stdout.text
    return [word for line in text.split("\n") for word in ("does not answer", "answers again") if f"the store {word}" in line]


def test_a_store_that_dies_and_comes_back_fails_no_request(replicas, provider, label):
    """Both ask the same: whoever has been told a part of the other's answer when the store dies has it mended."""
    one, other = replicas.start(2, policies=[SHARED], models=[MENDED])
    loads = [Load(gateway, label, "mended") for gateway in (one, other)]
    for load in loads:
        load.serves()
    replicas.redis.kill()
    for load in loads:
        load.serves()
    until(lambda: lines(one) == ["does not answer"], what="one line")
    assert total(one, "sluice_store_unshared_completions_total") > 0
    replicas.redis.start()
    until(lambda: lines(one)[-1] == lines(other)[-1] == "answers again", what="the store to be found")
    for load in loads:
        load.serves()
        load.stop()
    asked = request(label, "last", events=2)
    assert once(one.address(), asked)["x-cache"] == "miss" and once(other.address(), asked)["x-cache"] == "hit"


def test_a_store_that_hangs_hangs_no_request(replicas, provider, label):
    (one,) = replicas.start(1, policies=[SHARED])
    load = Load(one, label)
    load.serves()
    replicas.redis.process.send_signal(signal.SIGSTOP)
    load.serves(30)
    replicas.redis.process.send_signal(signal.SIGCONT)
    until(lambda: lines(one)[-1:] == ["answers again"], what="the store to be found")
    load.serves()
    load.stop()


def test_a_store_that_is_full_fails_no_request(replicas, provider, label):
    one, other = replicas.start(2, policies=[SHARED])
    assert is_served(one, label)
    replicas.redis.call("CONFIG", "SET", "maxmemory", "1")
    for n in range(5):
        assert is_served(one, label, n) and is_served(other, label, n)
    replicas.redis.call("CONFIG", "SET", "maxmemory", "0")
    assert is_served(one, label, "after")
    assert once(other.address(), request(label, "after", events=3))["x-cache"] == "hit"


def test_an_answer_of_which_the_store_lost_a_part_is_not_kept(replicas, provider, label):
    """The store is full for a while in the middle of a stream."""
    one, other = replicas.start(2, policies=[SHARED])
    with Wire(one.address()) as wire:
        wire.send(request(label, events=40, gap_ms=30))
        wire.until(b"w3 ")
        replicas.redis.call("CONFIG", "SET", "maxmemory", "1")
        until(lambda: total(one, "sluice_store_unshared_completions_total") == 1, what="an append to fail")
        replicas.redis.call("CONFIG", "SET", "maxmemory", "0")
        assert wire.until(b"data: [DONE]\n\n"), "its own client has all of it"
    assert once(other.address(), request(label, events=40, gap_ms=0))["x-cache"] == "miss"


def read_along(leader, far, asked, mark=b"w3 "):
    """A stream that `leader` begins and `far` reads along at another replica, as far as its client has it: up to `mark`."""
    leader.send(asked)
    leader.until(b"w1 ")
    return sharing.follow(far, asked, mark)


def rest(wire, body=b""):
    """The events of a body of which `body` was read."""
    return events(body + sharing.remainder(wire))


def lines_of(model, gateway, count=1):
    """The lines of the access log about a model's requests, once there are so many."""
    def found():
        return [line for line in gateway.access_log() if line.get("model") == model]

    return until(lambda: len(found()) >= count and found(), what="the lines of the access log")


def mended(gateway):
    """How many streams of the model were mended, and how many could not be."""
    return [total(gateway, "sluice_streams_mended_total", model="mended", result=how) for how in ("mended", "failed")]


def test_a_store_that_forgets_ends_what_is_followed(replicas, provider, label):
    """Killed and started empty while one replica writes and another follows."""
    one, other = replicas.start(2, policies=[SHARED])
    asked = request(label, events=50, gap_ms=30)
    with Wire(one.address()) as leader, Wire(other.address()) as far:
        body = read_along(leader, far, asked)
        replicas.redis.kill()
        replicas.redis.start()
        told = rest(far, body)
        assert "completion_interrupted" in told[-1] and "[DONE]" not in told
        words = content(told[:-1]).split()
        assert words == [f"w{n}" for n in range(len(words))]
        assert leader.until(b"data: [DONE]\n\n")
    until(lambda: once(other.address(), asked)["x-cache"] in ("miss", "hit"), what="an answer")
    wait_idle(one)


def test_who_was_told_nothing_has_its_answer_made_when_the_store_dies(replicas, provider, label):
    one, other = replicas.start(2, policies=[SHARED])
    asked = request(label, by_call=[{"head_ms": 60_000}, {"events": 3}])
    with Wire(one.address()) as leader, Wire(other.address()) as far:
        leader.send(asked)
        provider.call(label)
        far.send(asked)
        until(lambda: replicas.keys("sluice:readers:*"), what="the other replica to follow")
        replicas.redis.kill()
        response = far.response()
    assert response.status == 200 and content(response.events) == "w0 w1 w2 "


@pytest.mark.parametrize("fault", ["store dies", "store forgets", "writer dies"])
def test_who_was_told_a_part_has_the_rest_spliced(replicas, provider, label, fault):
    one, other = replicas.start(2, policies=[SHARED], models=[MENDED], root={"listeners": LISTENERS})
    spec = {"events": 60, "by_call": [{"stall_after": 20}, {}]}
    with Wire(one.address()) as leader, Wire(other.address()) as far:
        body = read_along(leader, far, request(label, model="mended", **spec))
        if fault == "writer dies":
            one.kill()
        else:
            replicas.redis.kill()
        if fault == "store forgets":
            replicas.redis.start()
        told = rest(far, body)
        assert told[-1] == "[DONE]" and content(told) == "".join(f"w{n} " for n in range(60))
        assert len({json.loads(event)["id"] for event in told[:-1]}) == 1, "one name for the whole stream"
    assert len(provider.calls(label)) == 2 and mended(other) == [1, 0]
    wait_idle(other)
    row = usage(other)["mended"]
    assert (row["requests"], row["errors"]) == (1, 0) and row["completion_tokens"] == 60, "the call has a payer"
    told, = lines_of("mended", other)
    assert (told["upstream"], told["upstream_model"], told["attempts"]) == ("fake", "fake", 1)
    assert told["outcome"] == "completed" and told["cache"] == "live" and told["upstream_ms"] > 0
    call, = told["calls"]
    assert (call["upstream"], call["model"], call["outcome"], call["tokens_out"]) == ("fake", "mended", "ok", 60)


def test_another_answer_is_not_spliced_to_what_was_told(replicas, provider, label):
    one, other = replicas.start(2, policies=[SHARED], models=[MENDED])
    spec = {"by_call": [{"events": 60, "stall_after": 20}, {"words": ["w0 ", "another ", "answer"]}]}
    with Wire(one.address()) as leader, Wire(other.address()) as far:
        body = read_along(leader, far, request(label, model="mended", **spec))
        replicas.redis.kill()
        told = rest(far, body)
    assert "completion_interrupted" in told[-1] and "[DONE]" not in told
    words = content(told[:-1]).split()
    assert words == [f"w{n}" for n in range(len(words))]
    assert len(provider.calls(label)) == 2 and mended(other) == [0, 1]


def test_a_spliced_answer_is_nobody_elses(replicas, provider, label):
    """All who read it along have it mended by one call; who asks later, or leaves before the end, changes nothing."""
    one, other = replicas.start(2, policies=[SHARED], models=[MENDED])
    spec = {"events": 60, "by_call": [{"stall_after": 20}, {"gap_ms": 10}, {"words": ["anew"]}]}
    asked = request(label, model="mended", **spec)
    with Wire(one.address()) as leader, Wire(other.address()) as far, Wire(other.address()) as near:
        body = read_along(leader, far, asked)
        near.send(asked)
        assert near.head()["x-cache"] == "live"
        replicas.redis.kill()
        near.until(b"w50 ")
        late = once(other.address(), asked)
        assert late["x-cache"] == "miss" and content(late.events) == "anew"
        near.reset()
        told = rest(far, body)
        assert told[-1] == "[DONE]" and content(told) == "".join(f"w{n} " for n in range(60))
    assert len(provider.calls(label)) == 3 and mended(other) == [1, 0]
    asked_for = {line["outcome"]: line["attempts"] for line in lines_of("mended", other, 3) if line["cache"] == "live"}
    assert asked_for == {"client_disconnected": 0, "completed": 1}, "one line tells of the call"
    assert content(once(other.address(), asked).events) == "anew"
    wait_idle(other)


def test_who_leaves_a_spliced_answer_as_the_last_tells_of_the_call(replicas, provider, label):
    one, other = replicas.start(2, policies=[SHARED], models=[MENDED])
    spec = {"events": 60, "stall_after": 20, "by_call": [{}, {"stall_after": 40}]}
    with Wire(one.address()) as leader, Wire(other.address()) as far:
        read_along(leader, far, request(label, model="mended", **spec))
        replicas.redis.kill()
        far.until(b"w30 ")
        far.reset()
    told, = lines_of("mended", other)
    assert (told["outcome"], told["upstream"], told["attempts"]) == ("client_disconnected", "fake", 1)
    assert [call["outcome"] for call in told["calls"]] == ["cancelled"]


def test_a_stream_that_clients_may_come_back_to_is_not_spliced_elsewhere(replicas, provider, label):
    """Their events have numbers, which must mean the same at every replica."""
    one, other = replicas.start(2, policies=[SHARED], models=[MENDED])
    asked = request(label, model="mended", events=60, stall_after=20)
    with Wire(one.address()) as leader, Wire(other.address()) as far:
        leader.send(asked)
        leader.until(b"w1 ")
        far.send(asked.replace(b"\r\n\r\n", b"\r\nx-stream-resume: true\r\n\r\n", 1))
        far.until(b"w3 ")
        one.kill()
        assert far.until(b"completion_interrupted")
    assert len(provider.calls(label)) == 1 and mended(other) == [0, 0]
