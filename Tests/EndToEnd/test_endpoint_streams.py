"""Large bodies in both directions: handed on as they come, never held, cut where they are cut."""

import hashlib
import threading
import time

import pytest

from configuration import HASTY, openai
from harness import until
from metrics import wait_idle
from relayed import ROOT, chunked, digest, form, get, head, pattern_digest
from wire import Wire, once

BLOCK = bytes(range(256)) * 256
MEGABYTE = 1 << 20


@pytest.fixture
def relaying(gateway_with):
    return gateway_with(root=ROOT)


def take(wire):
    """The head of an answer and the digest of its body, which is not kept."""
    answer, sha = wire.head(), hashlib.sha256()
    if answer["content-length"] is None:
        while piece := wire.chunk():
            sha.update(piece)
        return answer, sha.hexdigest()
    left = int(answer["content-length"])
    while left:
        if not wire.buffer:
            wire.fill()
        piece, wire.buffer = wire.buffer[:left], wire.buffer[left:]
        left -= len(piece)
        sha.update(piece)
    return answer, sha.hexdigest()


def read(gateway, spec):
    with Wire(gateway.address(), timeout=60) as wire:
        wire.send(get("/v1/files/file-1/content", spec))
        return take(wire)


class Memory:
    """The most that a gateway's memory grows meanwhile, in bytes."""

    def __init__(self, gateway):
        self.gateway, self.isOver, self.most = gateway, False, 0

    def __enter__(self):
        self.base = self.gateway.resident()
        self.thread = threading.Thread(target=self.watch)
        self.thread.start()
        return self

    def watch(self):
        while not self.isOver:
            self.most = max(self.most, self.gateway.resident())
            time.sleep(0.005)  # how often it is looked at

    def __exit__(self, *_):
        self.isOver = True
        self.thread.join()

    @property
    def growth(self):
        return self.most - self.base


def upload(gateway, size, spec, path="/v1/files", in_chunks=False):
    """Sends a file of that size; gives the answer, and the digest of what was sent."""
    start, end = form(("purpose", "batch"), ("file", b"", "a.bin"), end=False)[:-2], b"\r\n--sluice-e2e--\r\n"
    blocks = [BLOCK[: min(len(BLOCK), size - at)] for at in range(0, size, len(BLOCK))]
    with Wire(gateway.address(), timeout=60) as wire:
        wire.send(head(path, None if in_chunks else len(start) + size + len(end), spec))
        for piece in [start, *blocks, end]:
            wire.send(b"%x\r\n%b\r\n" % (len(piece), piece) if in_chunks else piece)
        if in_chunks:
            wire.send(b"0\r\n\r\n")
        return wire.response(), digest(start, *blocks, end)


@pytest.mark.parametrize("size, in_chunks", [(100, False), (16, True)], ids=["length", "chunks"])
def test_a_large_upload_takes_no_memory(relaying, provider, label, size, in_chunks):
    upload(relaying, 2 * MEGABYTE, {"id": label + "-warm"}, in_chunks=in_chunks)
    with Memory(relaying) as memory:
        answer, sent = upload(relaying, size * MEGABYTE, {"id": label}, in_chunks=in_chunks)
    assert answer.status == 200 and answer.json()["bytes"] > size * MEGABYTE
    assert provider.call(label)["sha256"] == sent
    assert memory.growth < 1.5 * MEGABYTE


@pytest.mark.parametrize("size, length", [(16 * MEGABYTE, False), (64 * MEGABYTE, True)], ids=["chunks", "length"])
def test_a_large_download_takes_no_memory(relaying, size, length):
    read(relaying, {"size": 2 * MEGABYTE, "length": length})
    with Memory(relaying) as memory:
        answer, found = read(relaying, {"size": size, "length": length})
    assert found == pattern_digest(size) and (answer["content-length"] is not None) == length
    assert memory.growth < 1.5 * MEGABYTE


def test_a_client_that_does_not_read_holds_the_provider_back(relaying, provider, label):
    size = 32 * MEGABYTE
    with Wire(relaying.address(), receive_buffer=65_536) as wire, Memory(relaying) as memory:
        wire.send(get("/v1/files/file-1/content", {"id": label, "size": size}))
        call = until(lambda: steady(lambda: provider.call(label)["sent"]), what="the provider to be held back")
        assert 0 < call < 24 * MEGABYTE
        assert take(wire)[1] == pattern_digest(size)
    assert memory.growth < 2 * MEGABYTE


def test_a_provider_that_does_not_read_holds_the_client_back(relaying, provider, label):
    with Wire(relaying.address()) as wire, Memory(relaying) as memory:
        wire.send(head("/v1/files", 90 * MEGABYTE, {"id": label, "read_stall": 100_000}))
        wire.send(form(("purpose", "batch"), ("file", b"", "a.bin"), end=False)[:-2])
        wire.socket.setblocking(False)
        sent = 0

        def push():
            """Sends as much as the gateway takes just now; the sum of all."""
            nonlocal sent
            while True:
                try:
                    sent += wire.socket.send(BLOCK)
                except BlockingIOError:
                    return sent

        assert until(lambda: steady(push), what="the client to be held back") < 24 * MEGABYTE
    provider.call(label, "left")
    assert memory.growth < 2 * MEGABYTE


def steady(number):
    """The number, if it stays the same for a while."""
    first = number()
    time.sleep(0.2)  # the window in which nothing must move
    return first if first and number() == first else None


@pytest.mark.parametrize("spec", [{}, {"read_stall": 100_000}], ids=str)
def test_a_client_that_leaves_in_the_middle_of_its_upload_cancels_the_call(relaying, provider, label, spec):
    with Wire(relaying.address()) as wire:
        wire.send(head("/v1/files", 50 * MEGABYTE, {"id": label, **spec}))
        wire.send(form(("file", BLOCK * 4, "a"), end=False))
        provider.call(label)
    provider.call(label, "left")
    wait_idle(relaying)


def test_a_client_that_leaves_in_the_middle_of_its_download_cancels_the_call(relaying, provider, label):
    with Wire(relaying.address()) as wire:
        wire.send(get("/v1/files/file-1/content", {"id": label, "size": 50 * MEGABYTE}))
        wire.head()
        wire.chunk()
    provider.call(label, "left")
    wait_idle(relaying)


@pytest.mark.parametrize("length", [False, True], ids=["chunks", "length"])
@pytest.mark.parametrize("cut", ["fin", "rst"])
def test_a_cut_is_a_cut_for_the_client(relaying, length, cut):
    spec = {"size": MEGABYTE, "length": length, "cut_after": 300_000, "cut": cut, "gap_ms": 2}
    answer = once(relaying.address(), get("/v1/files/file-1/content", spec))
    assert answer.status == 200 and not answer.whole


def test_a_provider_that_cuts_an_upload_is_a_bad_gateway(relaying, label):
    answer, _ = upload(relaying, 2 * MEGABYTE, {"id": label, "read_cut": 400_000})
    assert answer.status == 502 and answer.error["type"] == "upstream_error"


def test_an_answer_before_the_end_of_the_upload_is_handed_on(relaying, label):
    with Wire(relaying.address()) as wire:
        spec = {"id": label, "answer_early": 200_000, "status": 413}
        wire.send(head("/v1/files", 50 * MEGABYTE, spec) + form(("file", BLOCK * 8, "a"), end=False))
        answer = wire.response()
    assert answer.status == 413 and answer.error["message"] == "theirs" and answer["connection"] == "close"


def test_uploads_are_bounded(start):
    gateway = start(bounds={"max_upload_bytes": 200_000, "max_body_bytes": 1_024}, root=ROOT)
    body = form(("file", b"x" * 199_000, "a"))
    assert once(gateway.address(), head("/v1/files", len(body)) + body).status == 200
    over = once(gateway.address(), head("/v1/files", 200_001))
    assert over.status == 413 and "200000" in over.error["message"]
    body = form(("file", b"x" * 200_000, "a"))
    assert once(gateway.address(), head("/v1/files") + chunked(body)).error["code"] == "request_too_large"
    assert once(gateway.address(), head("/v1/files", 3) + b"{}").status == 408, "a body that does not come is waited for"


def test_a_slow_upload_is_not_too_slow_as_long_as_it_comes(start, provider, label):
    gateway = start(bounds={"body_timeout_ms": 500}, root=ROOT)
    body = form(("file", b"x" * 200_000, "a"))
    with Wire(gateway.address()) as wire:
        wire.send(head("/v1/files", len(body), {"id": label}))
        for at in range(0, len(body), 50_000):
            wire.send(body[at : at + 50_000])
            time.sleep(0.2)  # four times 200 ms: longer than the limit in all
        assert wire.response().status == 200
        wire.send(head("/v1/files", len(body), {"id": label + "-s"}) + body[:150_000])
        assert wire.response().status == 408
    provider.call(label + "-s", "left")


def test_a_provider_that_goes_silent_times_out(start, provider):
    gateway = start(upstreams={"mute": openai(provider.base_url, timeouts=HASTY)},
                    root={"dialects": {"openai": {"files_upstream": "mute"}}})
    assert once(gateway.address(), get("/v1/files", {"head_ms": 60_000})).status == 504
    cut = once(gateway.address(), get("/v1/files/f/content", {"size": MEGABYTE, "stall_after": 100_000}))
    assert cut.status == 200 and not cut.whole


def test_a_request_that_waits_for_leave_to_send_its_body_gets_it(relaying, label):
    body = form(("file", b"x" * 100_000, "a"))
    with Wire(relaying.address()) as wire:
        wire.send(head("/v1/files", len(body), headers=["expect: 100-continue"]))
        assert wire.until(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        assert wire.send(body).response().status == 200


def test_the_process_may_end_in_the_middle(start, provider, label):
    gateway = start(root=ROOT, bounds={"drain_timeout_ms": 100})
    with Wire(gateway.address()) as wire:
        wire.send(head("/v1/files", 50 * MEGABYTE, {"id": label}) + form(("file", BLOCK * 4, "a"), end=False))
        provider.call(label)
        gateway.stop()
    provider.call(label, "left")


# By libcurl: over TLS, in HTTP/2


@pytest.mark.parametrize("version", ["auto", "1.1"])
def test_bodies_pass_over_tls_too(start, provider, front, label, version):
    far = openai(front.base_url, ca_file=str(front.certificate), http_version=version)
    gateway = start(upstreams={"far": far}, root={"dialects": {"openai": {"files_upstream": "far"}}})
    upload(gateway, MEGABYTE, {"id": label + "-warm"})
    for number, in_chunks in enumerate([False, True]):
        with Memory(gateway) as memory:
            answer, sent = upload(gateway, 8 * MEGABYTE, {"id": f"{label}-{number}"}, in_chunks=in_chunks)
        assert answer.status == 200 and provider.call(f"{label}-{number}")["sha256"] == sent
        assert memory.growth < 3 * MEGABYTE
    size = 8 * MEGABYTE
    assert read(gateway, {"size": size})[1] == pattern_digest(size)
    assert once(gateway.address(), get("/v1/files/f/content", {"size": size, "cut_after": 99_999})).whole is False
    with Wire(gateway.address()) as wire:
        wire.send(head("/v1/files", 50 * MEGABYTE, {"id": label + "-l"}) + form(("file", BLOCK * 4, "a"), end=False))
        provider.call(label + "-l")
    provider.call(label + "-l", "left")
    wait_idle(gateway)
