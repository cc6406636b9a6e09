"""Providers that break off: other targets before content, and mending after it. No client sees anything twice."""

import json

import pytest

from configuration import openai
from metrics import total
from wire import chat_body, content, once, post

WORDS = ["Grüße ", "aus ", "東", "京", ", sagt ", "sie", "."]
TEXT = "".join(WORDS)
EVENTS = len(WORDS) + 2  # the role and the end


def target(name, **fields):
    return {"upstream": "fake", "model": name, **fields}


def of(name, targets, *mid_stream, fallbacks=()):
    return {"name": name, "targets": [target(*t) if isinstance(t, tuple) else t for t in targets],
            "mid_stream": list(mid_stream), "fallbacks": list(fallbacks)}


MODELS = [
    of("again", [target("first")], "splice", "fail"),
    of("backed", [target("first")], "splice", "fail", fallbacks=["second"]),
    of("continued", [target("first")], "continue", "fail", fallbacks=["filled"]),
    of("both", [target("first")], "splice", "continue", fallbacks=["filled"]),
    of("held", [target("first")], "buffer", fallbacks=["second"]),
    of("plain", [target("first")], "fail", fallbacks=["second"]),
    of("named", [target("first")], "fail", fallbacks=["nameless"]),
    of("second", [target("second")], "fail"),
    of("filled", [target("filled", prefill=True)], "fail"),
    {"name": "nameless", "targets": [{"upstream": "fake"}]},
]


@pytest.fixture
def gateway(gateway_with):
    return gateway_with(models=MODELS)


def ask(gateway, model, label, usage=False, stream=True, asked=None, **spec):
    fields = {"stream_options": {"include_usage": True}} if usage else {}
    body = chat_body(model, stream=stream, x_provider={"id": label, **spec}, **fields, **(asked or {}))
    return once(gateway.address(), post(body))


def models(provider, label):
    """The models that were asked, in order."""
    return [json.loads(call["body"])["model"] for call in provider.calls(label)]


def chunks(response):
    return [json.loads(event) for event in response.events if event != "[DONE]"]


def assert_whole(response, text=TEXT, usage=False):
    assert response.events[-1] == "[DONE]" and content(response.events) == text, response.body.decode()
    found = chunks(response)
    assert len({(chunk["id"], chunk["created"]) for chunk in found}) == 1, "one name for the whole stream"
    ends = [c["finish_reason"] for chunk in found for c in chunk["choices"] if c["finish_reason"]]
    roles = [c["delta"]["role"] for chunk in found for c in chunk["choices"] if c["delta"].get("role")]
    assert ends == ["stop"] and roles == ["assistant"]
    assert sum(bool(chunk.get("usage")) for chunk in found) == usage


@pytest.mark.parametrize("model, usage", [("again", False), ("backed", True)])
@pytest.mark.parametrize("how", ["fin", "rst"])
def test_a_stream_cut_at_any_event_is_spliced(gateway, provider, label, model, usage, how):
    for cut in range(EVENTS + usage + 1):
        name = f"{label}-{cut}"
        faults = [{"cut_after": cut, "cut": how}, {"words": ["Grü", "ße aus 東京, ", "sagt sie."]}]
        response = ask(gateway, model, name, usage, words=WORDS, by_call=faults)
        if model == "again" and cut < 2:
            assert response.status == 502 or "error" in response.events[-1], "nothing was told, and no other target is there"
            continue
        assert_whole(response, usage=usage)
        assert len(models(provider, name)) == 2


def test_the_model_is_who_answers(gateway, label):
    response = ask(gateway, "backed", label, words=WORDS, by_model={"first": {"cut_after": 4}, "second": {"words": [TEXT]}},
                   by_call=[{}, {"status": 500, "body": "{}"}, {}])
    assert_whole(response)
    names = [chunk["model"] for chunk in chunks(response)]
    assert names == sorted(names) and set(names) == {"first", "second"}


def test_tool_calls_are_spliced_at_any_event(gateway, provider, label):
    tool = {"name": "look", "arguments": ['{"q"', ': "東', '京"', "}"]}
    anew = {"name": "look", "arguments": ['{"q": ', '"東京"}']}
    for cut in range(2, 8):
        response = ask(gateway, "again", f"{label}-{cut}", tool=tool, by_call=[{"cut_after": cut}, {"tool": anew}])
        assert response.events[-1] == "[DONE]"
        calls = [call for chunk in chunks(response) for c in chunk["choices"] for call in c["delta"].get("tool_calls") or []]
        assert "".join(call["function"].get("arguments") or "" for call in calls) == '{"q": "東京"}'
        assert [call["function"]["name"] for call in calls if call["function"].get("name")] == ["look"]


def test_several_choices_are_spliced_at_any_event(gateway, label):
    for cut in range(3, 14):
        response = ask(gateway, "again", f"{label}-{cut}", asked={"n": 2}, words=["a", "b", "c"],
                       by_call=[{"cut_after": cut}, {"words": ["ab", "c"]}])
        assert response.events[-1] == "[DONE]"
        for index in (0, 1):
            deltas = [c["delta"] for chunk in chunks(response) for c in chunk["choices"] if c["index"] == index]
            assert "".join(delta.get("content") or "" for delta in deltas) == "abc"


@pytest.mark.parametrize("other", [["Servus"], ["Grüße an alle"], ["Gr"], [], ["GRÜSSE aus 東京, sagt sie."]], ids=str)
def test_another_answer_is_never_mixed_in(gateway, provider, label, other):
    for cut in range(3, EVENTS):
        name = f"{label}-{cut}"
        response = ask(gateway, "backed", name, words=WORDS, by_call=[{"cut_after": cut}, {"words": other}])
        had = "".join(WORDS[: cut - 1])
        told = content(event for event in response.events if "error" not in json.loads(event))
        assert told == had or "".join(other).startswith(told), told
        assert "error" in json.loads(response.events[-1]) and "[DONE]" not in response.events
        assert models(provider, name) == ["first", "first", "second"]


def test_a_tool_call_is_not_followed_by_words(gateway, label):
    tool = {"name": "look", "arguments": ["{}"]}
    response = ask(gateway, "again", label, tool=tool, cut_after=2, by_model={},
                   by_call=[{}, {"cut_after": 9}])
    assert response.events
    spoken = {"by_call": [{"tool": tool, "cut_after": 2}, {"words": ["Hello"]}]}
    response = ask(gateway, "again", f"{label}-2", **spoken)
    assert "Hello" not in response.body.decode() and "error" in json.loads(response.events[-1])


def test_what_does_not_fit_gives_way_to_the_next_strategy(gateway, provider, label):
    rest = {"words": ["東京, sagt sie."]}
    response = ask(gateway, "both", label, words=WORDS,
                   by_call=[{"cut_after": 3}, {"words": ["Servus"]}, {"words": ["Hallo"]}, rest])
    assert_whole(response)
    assert models(provider, label) == ["first", "first", "filled", "filled"]


def test_a_prefilled_target_gets_what_was_said(gateway, provider, label):
    response = ask(gateway, "continued", label, words=WORDS, by_call=[{"cut_after": 4}, {"words": ["京, ", "sagt sie."]}])
    assert_whole(response)
    last = json.loads(provider.calls(label)[-1]["body"])
    assert last["messages"] == [{"role": "user", "content": "hello"}, {"role": "assistant", "content": "Grüße aus 東"}]
    assert last["model"] == "filled" and last["stream"] is True


def test_the_target_that_continues_may_break_off_too(gateway_with, provider, label):
    twice = [target("first", prefill=True), target("other", prefill=True, weight=0)]
    gateway = gateway_with(models=[of("twice", twice, "continue"), *MODELS])
    response = ask(gateway, "twice", label, words=WORDS, by_call=[{"cut_after": 3}, {"words": ["東京", ","], "cut_after": 3}])
    assert "error" in json.loads(response.events[-1]) and content(response.events[:-1]) == "Grüße aus 東京,"


@pytest.mark.parametrize("cut", range(EVENTS))
def test_what_is_held_back_shows_nothing_of_a_failed_attempt(gateway, provider, label, cut):
    other = ["Servus", "!"]
    response = ask(gateway, "held", label, words=WORDS, by_model={"first": {"cut_after": cut}, "second": {"words": other}})
    assert_whole(response, "Servus!")
    assert {chunk["model"] for chunk in chunks(response)} == {"second"}


def test_what_is_held_back_and_fails_everywhere_is_an_error(gateway, label):
    response = ask(gateway, "held", label, words=WORDS, cut_after=5)
    assert response.status == 502 and response.error["type"] == "upstream_error"


def test_what_is_held_back_is_bounded(gateway_with, label):
    gateway = gateway_with(models=MODELS, bounds={"max_log_bytes": 65_536})
    response = ask(gateway, "held", label, events=20, size=10_000)
    assert response.status == 502 or "error" in json.loads(response.events[-1])
    assert b"xxx" not in response.body


@pytest.mark.parametrize("fault", [
    {"cut_after": 0}, {"cut_after": 1}, {"status": 503, "body": "{}"}, {"error_after": 1}, {"malformed_after": 0},
], ids=str)
@pytest.mark.parametrize("stream", [True, False])
def test_a_fallback_before_content_is_invisible(gateway, provider, label, fault, stream):
    if not stream and not {"cut_after", "status"} & set(fault):
        fault = {"status": 429, "body": "{}"}
    response = ask(gateway, "plain", label, stream=stream, words=WORDS,
                   by_model={"first": fault | {"headers": {"x-request-id": "one"}}})
    if stream:
        assert_whole(response)
        assert {chunk["model"] for chunk in chunks(response)} == {"second"}
    else:
        assert response.json()["model"] == "second" and response.json()["choices"][0]["message"]["content"] == TEXT
    assert response.status == 200 and models(provider, label) == ["first", "second"]


def test_a_fallback_is_asked_by_its_own_name(gateway, provider, label):
    response = ask(gateway, "named", label, stream=False, by_call=[{"status": 500, "body": "{}"}, {}])
    assert response.status == 200 and models(provider, label) == ["first", "nameless"]


def test_the_callers_own_mistake_is_told_by_the_first_target(gateway, provider, label):
    body = '{"error":{"message":"too long","type":"invalid_request_error","param":null,"code":"context"}}'
    response = ask(gateway, "plain", label, status=400, body=body)
    assert response.status == 400 and response.error["code"] == "context" and models(provider, label) == ["first"]


def test_without_mending_a_cut_is_told(gateway, provider, label):
    response = ask(gateway, "plain", label, words=WORDS, cut_after=4)
    assert "error" in json.loads(response.events[-1]) and content(response.events[:-1]) == "Grüße aus 東"
    assert models(provider, label) == ["first"]


def test_mended_and_lost_streams_are_counted(gateway_with, label):
    gateway = gateway_with(models=MODELS, upstreams={"counted": openai("http://127.0.0.1:9/v1")})
    ask(gateway, "again", f"{label}-1", words=WORDS, by_call=[{"cut_after": 4}, {}])
    ask(gateway, "again", f"{label}-2", words=WORDS, cut_after=4)
    assert total(gateway, "sluice_streams_mended_total", result="mended") == 1
    assert total(gateway, "sluice_streams_mended_total") == 2
