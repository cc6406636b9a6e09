"""The pace policy: the text of streams is cut into events anew, and spread over time."""

import json
import time

import pytest

import wire

WORDS = {"kind": "pace", "unit": "word", "max_delay_ms": 2_000}
TEXT = "Hello wörld, this is 🇩🇪 a family 👨‍👩‍👧 of e\u0301toiles."


@pytest.fixture(scope="module")
def run(gateway_with):
    """Gateways by the policies added to the usual ones; each is started once."""
    return lambda *policies: gateway_with(policies=list(policies))


def parts(response):
    """The texts of the events, empty ones left out."""
    deltas = [choice["delta"] for text in response.events if text != "[DONE]" for choice in json.loads(text)["choices"]]
    return [delta["content"] for delta in deltas if delta.get("content")]


@pytest.mark.parametrize("size", [1, 3, 100])
def test_words_come_whole_however_they_were_cut(run, size):
    response = wire.stream(run(WORDS), [TEXT[start:start + size] for start in range(0, len(TEXT), size)])
    assert parts(response) == ["Hello", " wörld,", " this", " is", " 🇩🇪", " a", " family", " 👨‍👩‍👧", " of", " e\u0301toiles."]
    assert response.events[-1] == "[DONE]"


def test_all_events_keep_their_fields_and_the_end_is_told_once(run):
    response = wire.stream(run(WORDS), ["a b ", "c d"])
    events = [json.loads(text) for text in response.events[:-1]]
    assert len({(event["id"], event["created"], event["model"]) for event in events}) == 1
    assert [choice["finish_reason"] for event in events for choice in event["choices"]].count("stop") == 1


def test_held_text_goes_out_after_the_delay(run):
    gateway = run({"kind": "pace", "unit": "sentence", "max_delay_ms": 50})
    with wire.Wire(gateway.address()) as connection:
        body = wire.chat_body("fake", stream=True, x_provider={"words": ["half a", " sentence."], "gap_ms": 1_500})
        start = time.monotonic()
        response = connection.exchange(wire.post(body))
    assert time.monotonic() - start >= 1.4
    assert parts(response) == ["half a", " sentence."]


def test_small_events_are_merged(run):
    response = wire.stream(run({"kind": "pace", "min_chars": 10, "max_delay_ms": 2_000}), list("abcdefghijklmnopqrstuvwxy"))
    assert parts(response) == ["abcdefghij", "klmnopqrst", "uvwxy"]


def test_a_rate_spreads_the_words_and_loses_none(run):
    start = time.monotonic()
    response = wire.stream(run({"kind": "pace", "unit": "word", "rate": 20}), ["one two three four five six seven"])
    assert time.monotonic() - start >= 0.29
    assert parts(response) == ["one", " two", " three", " four", " five", " six", " seven"]
    assert response.events[-1] == "[DONE]"


def test_a_failing_stream_tells_all_text_before_the_error(run):
    response = wire.stream(run(WORDS), ["one two thr", "ee"], cut_after=2)
    assert wire.content(response.events[:-1]).startswith("one two")
    assert "error" in json.loads(response.events[-1])


def test_whole_answers_and_shadow_mode_are_left_alone(run):
    body = wire.chat_body("fake", x_provider={"words": ["one", " two"]})
    answer = wire.once(run(WORDS).address(), wire.post(body))
    assert answer.json()["choices"][0]["message"]["content"] == "one two"
    shadow = run(WORDS | {"mode": "shadow"})
    assert parts(wire.stream(shadow, ["on", "e two"])) == ["on", "e two"]
    counted = [line for line in shadow.get("/metrics").splitlines() if line.startswith("sluice_policy_decisions_total{")]
    assert any('kind="pace"' in line and 'mode="shadow"' in line and line.endswith(" 1") for line in counted), counted
