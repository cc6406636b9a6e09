"""The code dialect: plain text, tries, timeouts, and endings that cannot be mistaken for success."""

import time

import pytest

from dialects import asking, code, dialects
from harness import until
from metrics import total, wait_idle
from wire import Wire, once, post


@pytest.fixture
def served(start):
    return start(root={"dialects": dialects()})


@pytest.mark.parametrize("path", ["/generate-code/", "/generate-code", "/api/generate-code/", "/api/generate-code"])
def test_text_comes_as_it_is_made(served, path, label):
    response = once(served.address(), code(asking("f", id=label, words=["def f():\n", "    return '✓'\n"]), path))
    assert response.status == 200 and response.whole
    assert response["content-type"] == "text/plain; charset=utf-8"
    assert response.chunks == ["def f():\n".encode(), "    return '✓'\n".encode()]


def test_the_first_piece_does_not_wait_for_the_second(served, label):
    with Wire(served.address()) as wire:
        wire.send(code(asking("f", id=label, words=["one ", "two"], stall_after=2)))
        assert wire.head().status == 200
        assert wire.chunk() == b"one "


@pytest.mark.parametrize("fault", [
    {"status": 500, "body": '{"error": {"message": "boom"}}'}, {"cut_after": 0}, {"cut_after": 1}, {"error_after": 1},
    {"status": 429, "body": '{"error": {"message": "slow down"}}'},
])
def test_failures_before_the_first_byte_are_tried_again(served, provider, label, fault):
    text = asking("f", id=label, words=["fine"], by_call=[fault, fault, {}])
    response = once(served.address(), code(text))
    assert (response.status, response.body, response.whole) == (200, b"fine", True)
    assert len(provider.calls(label)) == 3
    line = until(lambda: [line for line in served.access_log() if line.get("dialect") == "code"], what="the log")[0]
    assert line["attempts"] == 3


def test_tries_end_with_a_500(served, provider, label):
    response = once(served.address(), code(asking("f", id=label, status=503, body='{"error": {"message": "x"}}')))
    assert response.status == 500 and response.error["type"] == "server_error"
    assert len(provider.calls(label)) == 3


def test_what_the_provider_understood_is_not_tried_again(served, provider, label):
    refusal = '{"error": {"message": "no", "type": "invalid_request_error", "param": null, "code": null}}'
    response = once(served.address(), code(asking("f", id=label, status=400, body=refusal)))
    assert response.status == 500 and len(provider.calls(label)) == 1


def test_waits_grow_between_tries(start, provider, label):
    settings = {"backoff_ms": 200, "factor": 2.0, "jitter": 0.0}
    served = start(root={"dialects": dialects(code=settings)})
    once(served.address(), code(asking("f", id=label, status=500, body="{}")))
    begun = [call["started"] for call in provider.calls(label)]
    assert 0.19 < begun[1] - begun[0] < 0.39 < begun[2] - begun[1]


@pytest.mark.parametrize("settings, calls, limit", [
    ({"operation_timeout_ms": 150, "attempts": 2}, 2, "150 ms"),
    ({"total_timeout_ms": 150}, 1, "150 ms"),
])
def test_too_slow_is_a_504(start, provider, label, settings, calls, limit):
    served = start(root={"dialects": dialects(code=settings)})
    began = time.monotonic()
    response = once(served.address(), code(asking("f", id=label, head_ms=60_000)))
    assert response.status == 504 and response.error["type"] == "timeout_error" and limit in response.error["message"]
    assert time.monotonic() - began < 3
    assert len(provider.calls(label)) == calls
    until(lambda: all(call["state"] == "left" for call in provider.calls(label)), what="the calls to be cancelled")
    wait_idle(served)


@pytest.mark.parametrize("fault", [{"cut_after": 2}, {"error_after": 2}, {"malformed_after": 2}])
def test_a_failure_after_the_first_byte_breaks_the_body_off(served, provider, label, fault):
    response = once(served.address(), code(asking("f", id=label, words=["one ", "two"], gap_ms=30, **fault)))
    assert response.status == 200 and response.body == b"one " and not response.whole
    assert len(provider.calls(label)) == 1
    assert total(served, "sluice_request_errors_total", dialect="code", source="upstream") == 1


def test_the_time_of_a_try_ends_the_body_too(start, label):
    served = start(root={"dialects": dialects(code={"operation_timeout_ms": 300})})
    response = once(served.address(), code(asking("f", id=label, words=["one ", "two"], stall_after=2)))
    assert response.status == 200 and response.body == b"one " and not response.whole


def test_silence_adds_nothing_to_the_text(start, label):
    served = start(root={"dialects": dialects()}, bounds={"keep_alive_comment_ms": 50})
    text = asking("f", id=label, words=["one ", "two"], first_ms=200, gap_ms=200)
    assert once(served.address(), code(text)).body == b"one two"


def test_a_client_that_leaves_ends_the_tries(start, provider, label):
    served = start(root={"dialects": dialects(code={"backoff_ms": 60_000})})
    with Wire(served.address()) as wire:
        wire.send(code(asking("f", id=label, status=500, body="{}")))
        provider.call(label, "done")
    wait_idle(served, deadline=2)
    assert len(provider.calls(label)) == 1


def test_bad_bodies_are_refused_and_the_connection_goes_on(start):
    served = start(root={"dialects": dialects("echo", code={"max_prompt_bytes": 20})})
    bad = [(b"", "invalid_json"), (b"prompt=x", "invalid_json"), (b"{}", "missing_required_parameter"),
           (b'{"prompt": null}', "missing_required_parameter"), (b'{"prompt": ""}', "empty_string"),
           (b'{"prompt": "  "}', "empty_string"), (b'{"prompt": 1}', "invalid_type"),
           (b'{"prompt": {"a": 1}}', "invalid_type"), (b'{"prompt": "' + b"x" * 21 + b'"}', "string_above_max_length"),
           (b'{"prompt": "a", "prompt": "b"}', "duplicate_key"), (b'["prompt"]', "invalid_json")]
    with Wire(served.address()) as wire:
        for body, expected in bad:
            for path in ("/generate-code/", "/generate-code"):
                response = wire.exchange(post(body, path))
                assert (response.status, response.error["code"]) == (400, expected), body
        assert wire.exchange(code("x" * 20)).body == b"x" * 20
