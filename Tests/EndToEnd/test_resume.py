"""Streams that a client may come back to: it gets exactly what it missed, and nobody else gets anything."""

import hashlib
import json

import pytest

from configuration import KEY
from harness import until
from metrics import total, wait_idle
from wire import Wire, blocks, chat_body, content, get, once, post

RESUMABLE = ("x-stream-resume: true",)
GUARD = {"kind": "guard", "redact": [{"pattern": "sk-[a-z0-9]{8,}", "with": "[key]"}]}
OTHER_KEY = "sk-other-0123456789abcdef"


def ask(label, stream=True, headers=RESUMABLE, **spec):
    return post(chat_body("fake", stream=stream, x_provider={"id": label, **spec}), headers=headers)


def frames(body):
    """(id or None, data) of each event."""
    found = []
    for lines in blocks(body):
        fields = dict(line.split(": ", 1) for line in lines)
        assert set(fields) <= {"id", "data"}, lines
        found.append((fields.get("id"), fields["data"]))
    return found


def again(stream, after=None, query="", key=KEY):
    headers = () if after is None else (f"last-event-id: {after}",)
    return get(f"/v1/chat/completions/{stream}/events{query}", key=key, headers=headers)


class Client:
    """A client that is cut off again and again, and comes back each time with the last id that it has."""

    def __init__(self, gateway):
        self.gateway = gateway
        self.events = []
        self.last = self.stream = None
        self.done = False

    def read(self, request, events):
        """Reads so many events at least, then is killed."""
        with Wire(self.gateway.address()) as wire:
            wire.send(request)
            head = wire.head()
            assert head.status == 200
            self.stream = head["x-stream-id"]
            target = len(self.events) + events
            while len(self.events) < target and not self.done:
                for id, data in frames(wire.chunk()):
                    self.take(id, data)
            wire.reset()

    def take(self, id, data):
        if data == "[DONE]":
            self.done = True
            return
        self.last = id
        self.events.append(data)


@pytest.fixture
def gateway(gateway_with):
    return gateway_with(workers=4)


@pytest.mark.parametrize("policies", [[], [GUARD], [{"kind": "cache"}]], ids=["plain", "guarded", "cached"])
def test_a_client_killed_a_hundred_times_has_the_exact_text(gateway_with, provider, label, policies):
    gateway = gateway_with(policies=policies, workers=4)
    words = [f"é{n} " if n % 7 else f"sk-secret{n:04} " for n in range(120)]
    client = Client(gateway)
    client.read(ask(label, words=words, gap_ms=8), 1)
    kills = 1
    while not client.done:
        client.read(again(client.stream, client.last), 1)
        kills += 1
    text = "".join(words)
    for n in range(0, 120, 7):
        text = text.replace(f"sk-secret{n:04}", "[key]") if policies == [GUARD] else text
    assert content(client.events) == text
    assert kills >= 100 and len(provider.calls(label)) == 1
    reasons = [json.loads(event)["choices"][0]["finish_reason"] for event in client.events]
    assert reasons.count("stop") == 1
    assert provider.call(label)["state"] == "done"


@pytest.mark.parametrize("policies", [[], [GUARD]], ids=["plain", "guarded"])
def test_a_finished_stream_is_replayed_from_any_event(gateway_with, label, policies):
    gateway = gateway_with(policies=policies, workers=4)
    whole = once(gateway.address(), ask(label, words=["a ", "sk-abc", "defgh12345", " b ", "sk-no", " c ", "sk-", "held98765"]))
    events, stream = frames(whole.body), whole["x-stream-id"]
    assert [id for id, _ in events] == [f"{stream}-{n}" for n in range(len(events) - 1)] + [None]
    assert frames(once(gateway.address(), again(stream)).body) == events
    for place, (id, _) in enumerate(events[:-1]):
        assert frames(once(gateway.address(), again(stream, id)).body) == events[place + 1 :]
        assert frames(once(gateway.address(), again(stream, query=f"?after={place}")).body) == events[place + 1 :]


@pytest.mark.parametrize("policies", [[], [GUARD]], ids=["plain", "guarded"])
def test_behind_the_last_event_is_the_end_alone_and_behind_that_is_nothing(gateway_with, label, policies):
    gateway = gateway_with(policies=policies, workers=4)
    whole = once(gateway.address(), ask(label))
    stream, last = whole["x-stream-id"], len(frames(whole.body)) - 2
    assert frames(once(gateway.address(), again(stream, query=f"?after={last}")).body) == [(None, "[DONE]")]
    # The usage, for which this client did not ask, has a number, too.
    for offset in (last + 2, 2**62):
        for request in (again(stream, query=f"?after={offset}"), again(stream, f"{stream}-{offset}")):
            refused = once(gateway.address(), request)
            error = json.loads(frames(refused.body)[-1][1])["error"] if policies else refused.error
            assert error["code"] == "invalid_value" and b"[DONE]" not in refused.body
            assert refused.status == (200 if policies else 400)


def test_ids_are_for_those_who_ask(gateway, label):
    plain = once(gateway.address(), ask(label, headers=()))
    assert plain["x-stream-id"] is None and b"id: " not in plain.body
    whole = once(gateway.address(), ask(label, stream=False))
    assert whole["x-stream-id"] is None and whole.status == 200


def test_two_connections_may_read_at_once(gateway, provider, label):
    with Wire(gateway.address()) as one, Wire(gateway.address()) as other:
        one.send(ask(label, events=20, gap_ms=15))
        head = one.head()
        one.read_body(head, "POST")
        other.send(again(head["x-stream-id"]))
        assert other.response().body == head.body
    assert len(provider.calls(label)) == 1


def test_a_stream_belongs_to_who_asked_for_it(gateway_with, provider, label):
    keys = [{"id": name, "sha256": hashlib.sha256(secret.encode()).hexdigest(), "user": name, "models": ["*"]}
            for name, secret in (("tester", KEY), ("other", OTHER_KEY))]
    gateway = gateway_with(root={"keys": keys})
    stream = once(gateway.address(), ask(label))["x-stream-id"]
    refused = once(gateway.address(), again(stream, key=OTHER_KEY))
    assert refused.status == 404 and refused.error["code"] == "stream_not_found"
    assert once(gateway.address(), again(stream, key=None)).status == 401
    assert once(gateway.address(), again(stream)).status == 200


@pytest.mark.parametrize("path, status", [
    ("/v1/chat/completions/00112233445566778899aabbccddeeff/events", 404),
    ("/v1/chat/completions/short/events", 404),
])
def test_a_stream_that_is_not_there(gateway, path, status):
    assert once(gateway.address(), get(path)).status == status


def test_an_offset_that_is_none(gateway, label):
    stream = once(gateway.address(), ask(label))["x-stream-id"]
    assert once(gateway.address(), again(stream, query="?after=x")).error["param"] == "after"
    assert once(gateway.address(), again(stream, after="7")).error["param"] == "Last-Event-ID"


def test_a_client_that_does_not_come_back_is_given_up(gateway_with, provider, label):
    gateway = gateway_with(root={"resume": {"grace_ms": 400}})
    client = Client(gateway)
    client.read(ask(label, events=2_000, gap_ms=10), 3)
    assert provider.call(label)["state"] == "sending", "for now it goes on"
    provider.call(label, "left")
    until(lambda: once(gateway.address(), again(client.stream, client.last)).status == 404, what="the stream to be gone")
    wait_idle(gateway)
    until(lambda: total(gateway, "sluice_store_bytes") == 0, what="its memory to be given back")


def test_a_client_that_comes_back_in_time_keeps_its_stream(gateway_with, provider, label):
    gateway = gateway_with(root={"resume": {"grace_ms": 400}})
    client = Client(gateway)
    client.read(ask(label, events=60, gap_ms=25), 1)
    while not client.done:
        client.read(again(client.stream, client.last), 10)
    assert content(client.events) == "".join(f"w{n} " for n in range(60))
    assert provider.call(label)["state"] == "done", "it took longer than the grace, but nobody was away so long"


def test_a_stream_that_failed_tells_so_again(gateway, label):
    broken = once(gateway.address(), ask(label, events=9, cut_after=4))
    replayed = once(gateway.address(), again(broken["x-stream-id"]))
    assert replayed.body == broken.body and b"[DONE]" not in broken.body
    assert "error" in json.loads(frames(broken.body)[-1][1])
