"""HTTP/1.1 on raw sockets: framing, keep-alive, pipelining, limits and timeouts of the front."""

import json
import time

import pytest

from harness import until
from wire import Wire, chat_body, content, events, get, post


def chunked(body, size=7, key_headers=()):
    """A POST whose body is in chunks of `size` bytes."""
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    head = post(b"", headers=["transfer-encoding: chunked", *key_headers]).replace(b"content-length: 0\r\n", b"")
    return head + b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def text(response):
    return response.json()["choices"][0]["message"]["content"]


def test_a_connection_serves_one_request_after_another(wire):
    for number in range(20):
        assert text(wire.exchange(post(chat_body("echo", f"n{number}")))) == f"n{number}"


def test_a_connection_is_kept_after_a_stream_and_after_an_error(wire):
    assert wire.exchange(post(chat_body("echo", stream=True))).whole
    assert wire.exchange(post(b"{")).status == 400
    assert wire.exchange(get("/nothing/here")).status == 404
    assert text(wire.exchange(post(chat_body("echo", "still here")))) == "still here"


def test_pipelined_requests_are_answered_in_order(wire):
    requests = [post(chat_body("echo-late" if n == 0 else "echo", f"n{n}")) for n in range(10)]
    wire.send(b"".join(requests))
    assert [text(wire.response()) for _ in range(10)] == [f"n{n}" for n in range(10)]


def test_pipelined_streams_do_not_mix(wire):
    wire.send(b"".join(post(chat_body("echo-slow", f"a{n} b{n} c{n}", stream=True)) for n in range(3)))
    assert [content(wire.response().events) for _ in range(3)] == [f"a{n} b{n} c{n}" for n in range(3)]


def test_a_request_may_come_byte_by_byte(wire):
    for byte in post(chat_body("echo", "slow but sure")):
        wire.send(bytes([byte]))
    assert text(wire.response()) == "slow but sure"


@pytest.mark.parametrize("size", [1, 7, 100_000])
def test_a_chunked_request_body_is_read(wire, size):
    assert text(wire.exchange(chunked(chat_body("echo", "in pieces é"), size))) == "in pieces é"
    assert text(wire.exchange(post(chat_body("echo", "next")))) == "next"


def test_chunk_extensions_and_trailers_are_passed_over(wire):
    body = chat_body("echo", "x")
    request = chunked(body, len(body)).replace(b"\r\n{", b";name=value\r\n{")
    request = request.replace(b"0\r\n\r\n", b"0\r\nt: v\r\n\r\n")
    assert text(wire.exchange(request)) == "x"
    assert text(wire.exchange(post(chat_body("echo", "next")))) == "next"


def test_a_client_that_expects_100_gets_it_before_the_body(wire):
    body = chat_body("echo", "after the go-ahead")
    request = post(body, headers=["expect: 100-continue"])
    wire.send(request[: -len(body)])
    assert wire.head().status == 100
    assert text(wire.send(body).response()) == "after the go-ahead"


def test_a_body_that_is_announced_too_large_gets_no_go_ahead(wire):
    request = post(b"", headers=["expect: 100-continue"]).replace(b"content-length: 0", b"content-length: 99999999")
    response = wire.send(request).response()
    assert response.status == 413 and response.error["code"] == "request_too_large"


def test_a_body_over_the_bound_is_refused(wire):
    response = wire.send(post(b"").replace(b"content-length: 0", b"content-length: 4194305")).response()
    assert response.status == 413 and response.error["code"] == "request_too_large"


def test_a_chunked_body_over_the_bound_is_refused(gateway):
    with Wire(gateway.address()) as wire:
        piece = b"10000\r\n" + b" " * 65_536 + b"\r\n"
        wire.send(chunked(b"")[:-5])
        try:
            for _ in range(80):
                wire.send(piece)
        except (BrokenPipeError, ConnectionResetError):
            pass  # the gateway need not read on once it has refused
        assert wire.response().status == 413


@pytest.mark.parametrize("request_head", [
    get("/health", headers=["x-large: " + "a" * 20_000]), get("/health", headers=[f"x-{n}: b" for n in range(4_000)]),
    get("/" + "a" * 20_000),
], ids=["one header", "many headers", "target"])
def test_a_head_over_the_bound_is_refused(wire, request_head):
    assert wire.send(request_head).response().status in (431, 414)
    assert wire.is_closed()


SMUGGLING = {
    "length and chunked": b"content-length: 5\r\ntransfer-encoding: chunked",
    "two lengths": b"content-length: 5\r\ncontent-length: 6",
    "two lengths in one": b"content-length: 5, 6",
    "length with a sign": b"content-length: +5",
    "negative length": b"content-length: -1",
    "length in hexadecimal": b"content-length: 0x5",
    "length with a space inside": b"content-length: 5 5",
    "length over 64 bits": b"content-length: 99999999999999999999",
    "unknown coding": b"transfer-encoding: cow",
    "chunked not last": b"transfer-encoding: chunked, gzip",
    "chunked twice": b"transfer-encoding: chunked\r\ntransfer-encoding: chunked",
    "coding with a tail": b"transfer-encoding: chunked\x0b",
    "space before the colon": b"content-length : 5",
    "folded line": b"content-length: 5\r\n folded: yes",
    "bare CR in a value": b"content-length: 5\r\nx: a\rb",
    "NUL in a value": b"content-length: 5\r\nx: a\x00b",
    "no colon": b"content-length: 5\r\nnonsense",
    "empty name": b"content-length: 5\r\n: value",
    "two hosts": b"content-length: 5\r\nhost: other.test",
}


@pytest.mark.parametrize("way", SMUGGLING)
def test_ambiguous_framing_is_refused_and_the_connection_closed(wire, way):
    head = post(b"", headers=[SMUGGLING[way].decode("latin-1")]).replace(b"content-length: 0\r\n", b"", 1)
    hidden = b"0\r\n\r\n" + get("/v1/models")
    response = wire.send(head + hidden).response()
    assert response.status in (400, 501) and response.error["type"] == "invalid_request_error"
    assert wire.is_closed(), "what follows must not be taken for a request"


@pytest.mark.parametrize("line", [
    b"GET  /health HTTP/1.1", b"GET /health", b"GET /health HTTP/1.1 x", b"G(T /health HTTP/1.1",
    b"GET /he alth HTTP/1.1", b"GET /health HTTP/x.1", b"\x16\x03\x01\x02\x00\x01\x00\x01", b"GET health HTTP/1.1",
], ids=str)
def test_a_malformed_request_line_is_refused(wire, line):
    assert wire.send(line + b"\r\nhost: a\r\n\r\n").response().status == 400
    assert wire.is_closed()


@pytest.mark.parametrize("chunk", [
    b"zz\r\n", b"-1\r\n", b"5\r\nabcdeXX", b"ffffffffffffffffff\r\n", b" 5\r\n", b"5\nabcde\n",
])
def test_a_malformed_chunk_is_refused(wire, chunk):
    response = wire.send(chunked(b"")[:-5] + chunk + b"\r\n\r\n").response()
    assert response.status in (400, 413) and wire.is_closed()


def test_http_1_1_without_a_host_is_refused(wire):
    assert wire.send(b"GET /health HTTP/1.1\r\n\r\n").response().status == 400


def test_another_major_version_is_refused(wire):
    assert wire.send(b"GET /health HTTP/3.0\r\nhost: a\r\n\r\n").response().status == 505


def test_http_1_0_is_answered_and_closed(wire):
    assert wire.send(b"GET /health HTTP/1.0\r\n\r\n").response().status == 200
    assert wire.is_closed()


def test_an_http_1_0_stream_is_not_chunked_and_ends_with_the_connection(wire):
    request = post(chat_body("echo", "a b c", stream=True)).replace(b"HTTP/1.1", b"HTTP/1.0")
    response = wire.send(request).response()
    assert response.chunks is None and content(response.events) == "a b c" and response.events[-1] == "[DONE]"


def test_connection_close_is_kept_to(wire):
    response = wire.send(get("/health", headers=["connection: close"])).response()
    assert response.status == 200 and response["connection"] == "close" and wire.is_closed()


def test_head_has_the_headers_of_get_and_no_body(wire):
    shown = wire.exchange(get("/health"))
    response = wire.exchange(get("/health", method="HEAD"))
    assert response.status == 200 and response["content-type"] == shown["content-type"]
    assert wire.exchange(get("/health")).json().keys() == shown.json().keys(), "no stray byte came after HEAD"


def test_an_unknown_path_is_not_found(wire):
    response = wire.exchange(get("/v2/nothing"))
    assert response.status == 404 and response.error["type"] == "invalid_request_error"


@pytest.mark.parametrize("method, path, allowed", [
    ("GET", "/v1/chat/completions", "POST"), ("DELETE", "/v1/models", "GET"), ("PUT", "/health", "GET"),
])
def test_a_wrong_method_is_told_which_are_right(wire, method, path, allowed):
    response = wire.exchange(get(path, method))
    assert response.status == 405 and allowed in response["allow"] and response.error


def test_a_head_that_comes_too_slowly_times_out(wire):
    began = time.monotonic()
    wire.send(b"POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\nx-slow: ")
    trickle = until_closed(wire)
    assert 1 < time.monotonic() - began < 5, "the clock is not set back by each byte"
    assert trickle == b"" or trickle.startswith(b"HTTP/1.1 408 ")


def until_closed(wire):
    """Sends a byte now and then until the gateway closes; gives what it said."""
    wire.socket.settimeout(0.2)
    said = b""
    for _ in range(40):
        try:
            data = wire.socket.recv(65_536)
            if not data:
                return said
            said += data
        except TimeoutError:
            wire.send(b"a")
        except (ConnectionResetError, BrokenPipeError):
            return said
    raise AssertionError("the gateway waits for ever")


def test_a_body_that_comes_too_slowly_times_out(wire):
    wire.send(post(b"x" * 1_000)[:-990])
    response = wire.response()
    assert response.status == 408 and response.error["type"] == "timeout_error" and wire.is_closed()


def test_an_idle_connection_is_closed_in_silence(start):
    gateway = start(bounds={"keep_alive_timeout_ms": 300, "header_timeout_ms": 300})
    with Wire(gateway.address()) as unused, Wire(gateway.address()) as used:
        assert used.exchange(get("/health")).status == 200
        assert used.is_closed()
        unused.socket.settimeout(5)
        assert unused.socket.recv(100) in (b"",) or unused.is_closed()


def test_connections_over_the_bound_are_turned_away(start):
    gateway = start(bounds={"max_connections": 8})
    held = [Wire(gateway.address()) for _ in range(8)]
    assert all(wire.exchange(get("/health")).status == 200 for wire in held)
    with Wire(gateway.address()) as extra:
        try:
            assert extra.send(get("/health")).response().status == 503
        except (EOFError, ConnectionResetError, BrokenPipeError):
            pass  # closed without a word is right, too
    held.pop().socket.close()
    until(lambda: can_connect(gateway), what="a place that came free to be given away")
    for wire in held:
        wire.socket.close()


def can_connect(gateway):
    try:
        with Wire(gateway.address()) as wire:
            return wire.exchange(get("/health")).status == 200
    except (EOFError, ConnectionResetError, BrokenPipeError):
        return False


def test_a_stream_comes_with_one_event_in_each_chunk(wire):
    response = wire.exchange(post(chat_body("fake", stream=True, x_provider={"events": 20})))
    assert response["content-type"] == "text/event-stream; charset=utf-8"
    assert response["transfer-encoding"] == "chunked" and response["content-length"] is None
    assert len(response.chunks) == len(response.events) == 23
    assert all(len(events(chunk)) == 1 and chunk.endswith(b"\n\n") for chunk in response.chunks)
    assert response.events[-1] == "[DONE]" and json.loads(response.events[0])["object"] == "chat.completion.chunk"
