"""Clients that vanish: the work upstream ends with them, in every phase, and nothing stays behind."""

import os
import random
import select
import time

import pytest

from harness import until
from metrics import total, wait_idle
from wire import Wire, chat_body, post

KILLS = int(os.environ.get("KILLS", 200))

# Phase → (x_provider, whether a stream is asked for, what the client reads before it goes).
PHASES = {
    "waiting for the head, plain": ({"head_ms": 60_000}, False, None),
    "waiting for the head, stream": ({"head_ms": 60_000}, True, None),
    "while the head comes": ({"head_byte_ms": 300}, True, None),
    "waiting for the body, plain": ({"stall_after": 0}, False, None),
    "in the body, plain": ({"stall_after": 30}, False, None),
    "waiting for the first event": ({"first_ms": 60_000}, True, None),
    "between events": ({"events": 100_000, "gap_ms": 25}, True, "chunk"),
    "in silence after events": ({"stall_after": 3}, True, "chunk"),
    "in a flood of events": ({"events": 200_000, "size": 2_000}, True, "chunk"),
    "in a flood that is not read": ({"events": 20_000, "size": 16_384}, True, "head"),
}


def leave(wire, how):
    """Ends the client's side; gives the moment, by the machine's monotonic clock."""
    moment = time.monotonic()
    wire.reset() if how == "reset" else wire.socket.close()
    return moment


def begin(gateway, phase, label):
    """A client in the middle of a phase, as far as it can see."""
    spec, streams, reads = PHASES[phase]
    wire = Wire(gateway.address())
    wire.send(post(chat_body("fake", stream=streams, x_provider={"id": label, **spec})))
    if reads:
        wire.head()
    if reads == "chunk":
        wire.chunk()
    return wire


@pytest.mark.parametrize("how", ["close", "reset"])
@pytest.mark.parametrize("phase", PHASES)
def test_a_client_that_leaves_cancels_its_transfer(gateway, provider, label, phase, how):
    wire = begin(gateway, phase, label)
    spec = PHASES[phase][0]
    provider.call(label, "waiting" if {"head_ms", "head_byte_ms"} & set(spec) else "sending")
    left = leave(wire, how)
    delay = provider.call(label, "left", 5)["ended"] - left
    print(f"\n{phase}, {how}: gone upstream after {delay * 1000:.1f} ms")
    assert delay < 1, "50 ms on a quiet machine"
    wait_idle(gateway)


def test_a_client_over_tls_that_leaves_cancels_its_transfer(gateway, provider, label):
    wire = Wire(gateway.address("secure"), tls=gateway.certificate)
    wire.send(post(chat_body("fake", stream=True, x_provider={"id": label, "stall_after": 2})))
    provider.call(label, "sending")
    left = leave(wire, "close")
    assert provider.call(label, "left", 5)["ended"] - left < 1


def test_a_client_that_leaves_in_its_own_body_reaches_no_provider(gateway, provider, label):
    with Wire(gateway.address()) as wire:
        wire.send(post(chat_body("fake", x_provider={"id": label}))[:-5])
    wait_idle(gateway)
    assert provider.calls(label) == []


def test_a_client_that_leaves_the_echo_model_ends_its_stream(gateway):
    with Wire(gateway.address()) as wire:
        wire.send(post(chat_body("echo-slow", "word " * 5_000, stream=True)))
        wire.head(), wire.chunk()
        assert total(gateway, "sluice_requests_in_flight") == 1
    wait_idle(gateway)


def test_pipelined_requests_of_a_client_that_leaves_are_dropped(gateway, provider, label):
    with Wire(gateway.address()) as wire:
        request = post(chat_body("fake", stream=True, x_provider={"id": label, "stall_after": 2}))
        wire.send(request * 5)
        provider.call(label, "sending")
    provider.call(label, "left")
    wait_idle(gateway)
    assert provider.active()["transfers"] == 0


def kill_many(gateway, count, seed):
    """Clients that go at any moment: while they send, at once after it, in up to 20 ms, after some of the answer."""
    chance = random.Random(seed)
    specs = [{"head_ms": 60_000}, {"first_ms": 60_000}, {"stall_after": 2}, {"events": 5_000, "gap_ms": 2},
             {"events": 3}, {"events": 5_000, "size": 1_000}, {"cut_after": 2}]
    for _ in range(count):
        spec, streams, how = chance.choice(specs), chance.random() < 0.8, chance.choice(["close", "reset"])
        secure = chance.random() < 0.1
        wire = Wire(gateway.address("secure" if secure else "public"), tls=gateway.certificate if secure else None)
        request = post(chat_body("fake", stream=streams, x_provider=spec))
        part = chance.random() < 0.1
        wire.send(request[: chance.randrange(len(request))] if part else request)
        moment = chance.random() ** 3 * 0.02
        if select.select([wire.socket], [], [], moment)[0] and not secure and chance.random() < 0.5:
            wire.socket.recv(chance.choice([1, 100, 65_536]))
        leave(wire, "close" if secure else how)


def test_many_kills_leave_nothing_behind(start, provider):
    gateway = start()
    kill_many(gateway, 100, seed=1)
    wait_idle(gateway)
    until(lambda: provider.active()["transfers"] == 0, what="the provider to be idle")
    descriptors, memory, began = gateway.descriptors(), gateway.resident(), time.monotonic()
    kill_many(gateway, KILLS, seed=2)
    wait_idle(gateway)
    until(lambda: provider.active()["transfers"] == 0, what="the provider to be idle")
    until(lambda: gateway.descriptors() <= descriptors + 4, what=f"descriptors to come back to {descriptors}")
    growth = gateway.resident() - memory
    print(f"\n{KILLS} kills in {time.monotonic() - began:.1f} s: "
          f"descriptors {descriptors} → {gateway.descriptors()}, memory {growth / 1024:+.0f} KiB")
    assert growth < 8 << 20
