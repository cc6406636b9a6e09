"""Streams through the gateway: every split, every legal form of events, back-pressure, keep-alive comments."""

import json

import pytest

import answers
from harness import until
from metrics import observe, total, wait_idle
from wire import Wire, chat_body, content, events, post

ALPHABET = ["Grüße", "東京", "🚀🛰", "\u200d", "e\u0301", "Ω≈ç√", '"\\/', "\u2028", "z"]
MEGABYTE = 1 << 20


def stream(model="fake", usage=False, **spec):
    """A request for a stream; `usage` true asks for all that the provider sends, so that nothing is hidden."""
    asked = {"stream_options": {"include_usage": True}} if usage else {}
    return post(chat_body(model, stream=True, x_provider=spec, **asked))


def expected(call):
    """What the provider sent in this call, event by event, made again from the request that it recorded."""
    request = json.loads(call["body"])
    return [*answers.payloads(request["x_provider"], request), "[DONE]"]


@pytest.mark.parametrize("delivery", [{"chunk_bytes": 1}, {"write_bytes": 1, "framing": "close"}], ids=str)
def test_a_thousand_multibyte_events_cut_at_every_byte_arrive_identical(wire, provider, label, delivery):
    words = [f"{ALPHABET[n % len(ALPHABET)]}{n} " for n in range(1_000)]
    extra = '{"n":1.50,"é":"\\u00e9"}'
    response = wire.exchange(stream(usage=True, id=label, words=words, eol="\r\n", extra=extra, **delivery))
    assert response.whole and content(response.events) == "".join(words)
    assert response.events == expected(provider.call(label))


@pytest.mark.parametrize("size", [2, 3, 5, 7, 64, 1_000, 1 << 14])
def test_the_size_of_the_pieces_does_not_matter(wire, provider, label, size):
    words = [f"{ALPHABET[n % len(ALPHABET)]}{n} " for n in range(200)]
    response = wire.exchange(stream(usage=True, id=label, words=words, chunk_bytes=size))
    assert response.events == expected(provider.call(label))


@pytest.mark.parametrize("form", [
    {"eol": "\r\n"}, {"eol": "\r"}, {"space": False}, {"comments": 3}, {"comments": 1, "eol": "\r\n", "chunk_bytes": 1},
    {"framing": "length"}, {"framing": "close"}, {"head_byte_ms": 0.2}, {"gap_ms": 2}, {"headers": {"x-odd": "1"}},
    {"extra": '{\n  "lines": [\n1]\n}'}, {"extra": '[\n\n]', "eol": "\r\n", "chunk_bytes": 1},
], ids=str)
def test_every_legal_form_of_a_stream_arrives_in_one_form(wire, form):
    response = wire.exchange(stream(words=["é", "日", "🚀"], **form))
    assert content(response.events) == "é日🚀" and response.events[-1] == "[DONE]"
    assert b"ping" not in response.body and b"\r" not in response.body


def test_a_compressed_stream_is_decoded_or_refused_but_never_passed_off(wire):
    response = wire.exchange(stream(words=["é", "日"], gzip=True))
    assert response.status == 502 or content(response.events) == "é日" or "error" in response.events[-1]
    assert response["content-encoding"] is None


def test_an_event_of_two_megabytes_passes(wire):
    response = wire.exchange(stream(events=2, size=2_000_000))
    assert content(response.events) == "x" * 4_000_000


@pytest.mark.parametrize("spec, code", [
    ({"cut_after": 3}, None), ({"malformed_after": 3}, None), ({"stall_after": 3}, None), ({"done": False}, None),
    ({"error_after": 3}, "provider_broke"),
], ids=str)
def test_a_broken_stream_ends_with_an_error_event_and_without_done(wire, spec, code):
    response = wire.exchange(stream("hasty", events=5, **spec))
    last = json.loads(response.events[-1])
    assert set(last["error"]) >= {"message", "type", "param", "code"} and "[DONE]" not in response.events
    assert code in (None, last["error"]["code"])


def test_a_broken_stream_is_counted_by_its_cause(gateway, wire):
    before = total(gateway, "sluice_upstream_errors_total")
    wire.exchange(stream("hasty", cut_after=2))
    until(lambda: total(gateway, "sluice_upstream_errors_total") == before + 1, what="the cut to be counted")


def test_comments_keep_a_silent_stream_alive(start):
    gateway = start(bounds={"keep_alive_comment_ms": 60})
    with Wire(gateway.address()) as wire:
        response = wire.exchange(stream(events=3, gap_ms=400))
    comments = [chunk for chunk in response.chunks if chunk.startswith(b":")]
    assert set(comments) == {b": keep-alive\n"}, "one newline: a blank line would upset clients"
    assert len(comments) >= 6 and content(response.events) == "w0 w1 w2 "


def test_no_comments_when_they_are_turned_off(start):
    gateway = start(bounds={"keep_alive_comment_ms": 0})
    with Wire(gateway.address()) as wire:
        assert b":" != wire.exchange(stream(events=2, gap_ms=200)).body[:1]


def test_events_are_not_held_back(wire, provider, label):
    """The role alone may wait, since a failure before content can still be told by a proper status."""
    wire.send(stream(id=label, events=1_000, stall_after=2))
    wire.head()
    role, content = (json.loads(events(wire.chunk())[0])["choices"][0]["delta"] for _ in range(2))
    assert role["role"] == "assistant" and content["content"] == "w0 ", "and the next is not sent yet"


def stalled(gateway, provider, label, total_bytes):
    """A client that reads the head of a large stream and then no more, once all buffers on the way are full."""
    wire = Wire(gateway.address(), receive_buffer=8_192, timeout=30)
    wire.send(stream(id=label, events=total_bytes // 16_384, size=16_384))
    wire.head()
    sent = []

    def steady():
        sent.append(provider.call(label)["sent"])
        return len(sent) > 150 and sent[-1] == sent[-150]

    until(steady, 30, "the provider to be held back")
    return wire, sent[-1]


def test_a_stalled_client_holds_one_bounded_buffer_and_no_processor(start, provider, label):
    gateway = start()
    before = gateway.resident()
    wire, sent = stalled(gateway, provider, label, 200 * MEGABYTE)
    with wire:
        growth = gateway.resident() - before
        turns, cpu = observe(gateway, 1.5)
        print(f"\nstalled: {sent / MEGABYTE:.1f} MiB left the provider, memory +{growth / MEGABYTE:.1f} MiB, "
              f"{turns:.0f} loop turns/s, {cpu * 100:.1f} % of a processor")
        assert sent < 40 * MEGABYTE, "back-pressure reaches the provider"
        assert growth < 24 * MEGABYTE
        assert turns < 100 and cpu < 0.1
    provider.call(label, "left")
    wait_idle(gateway)


def test_a_stalled_client_that_reads_on_gets_everything(gateway, provider, label):
    wire, _ = stalled(gateway, provider, label, 48 * MEGABYTE)
    with wire:
        length, last = 0, b""
        while chunk := wire.chunk():
            length, last = length + len(chunk), chunk
    assert last == b"data: [DONE]\n\n" and length > 48 * MEGABYTE
    assert provider.call(label)["state"] == "done"


def test_a_client_that_stalls_too_long_is_dropped(start, provider, label):
    gateway = start(bounds={"write_stall_timeout_ms": 700})
    wire, _ = stalled(gateway, provider, label, 200 * MEGABYTE)
    with wire:
        provider.call(label, "left", 5)
        wait_idle(gateway)


def test_a_stalled_client_holds_up_no_one_else(gateway, provider, label):
    wire, _ = stalled(gateway, provider, label, 200 * MEGABYTE)
    with wire, Wire(gateway.address()) as other:
        assert content(other.exchange(stream(events=500)).events).endswith("w499 ")
