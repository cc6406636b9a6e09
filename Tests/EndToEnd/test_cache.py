"""The cache policy: who is given a kept answer, in which form, for how long, and what is never kept."""

import hashlib
import json

import pytest

from configuration import KEY
from harness import until
from metrics import total
from openai_client import Endpoint
from wire import chat_body, content, once, post

CACHE = {"kind": "cache"}


def ask(gateway, label, *headers, stream=False, model="fake", key=KEY, asked=None, **spec):
    body = chat_body(model, stream=stream, x_provider={"id": label, **spec}, **(asked or {}))
    return once(gateway.address(), post(body, key=key, headers=headers))


@pytest.fixture
def cached(gateway_with):
    return gateway_with(policies=[CACHE])


KINDS = {
    "words": ({"words": ["Grüße ", "", "東京"]}, {}),
    "tool": ({"tool": {"name": "look", "arguments": ['{"q"', ': "é', '"}']}}, {}),
    "logprobs": ({"words": ["a", "b"]}, {"logprobs": True}),
    "choices": ({"words": ["a", "b"]}, {"n": 3}),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("first", ["stream", "whole"])
def test_the_client_reads_a_kept_answer_in_either_form(cached, provider, openai_client, label, kind, first):
    spec, asked = KINDS[kind]
    endpoint = Endpoint(openai_client, cached.urls["public"] + "/v1")
    streamed = {"stream": True, "stream_options": {"include_usage": True}}

    def stream():
        return endpoint.chat("fake", provider={"id": label, **spec}, **asked, **streamed).chunks

    def whole():
        return endpoint.chat("fake", provider={"id": label, **spec}, **asked).completion

    made = (stream if first == "stream" else whole)()
    chunks, completion = stream(), whole()
    assert len(provider.calls(label)) == 1, "one call serves all"
    assert made == (chunks if first == "stream" else completion)
    usage = chunks[-1]["usage"]
    assert usage == completion["usage"] and usage["prompt_tokens"] == 7
    assert {chunk["id"] for chunk in chunks} == {completion["id"]}
    for choice in completion["choices"]:
        mine = [c for chunk in chunks for c in chunk["choices"] if c["index"] == choice["index"]]
        deltas = [c["delta"] for c in mine]
        assert mine[-1]["finish_reason"] == choice["finish_reason"]
        assert deltas[0]["role"] == choice["message"]["role"] == "assistant"
        calls = [call for delta in deltas for call in delta.get("tool_calls") or []]
        if kind == "tool":
            (call,) = choice["message"]["tool_calls"]
            assert calls[0]["id"] == call["id"] and calls[0]["function"]["name"] == call["function"]["name"] == "look"
            pieces = [call["function"].get("arguments") or "" for call in calls]
            assert "".join(pieces) == call["function"]["arguments"] == '{"q": "é"}'
            assert all(call["index"] == 0 for call in calls) and "index" not in call
        else:
            assert "".join(delta.get("content") or "" for delta in deltas) == choice["message"]["content"]
        if kind == "logprobs":
            told = [token for c in mine for token in (c.get("logprobs") or {}).get("content") or [] if token["token"]]
            kept = [token for token in choice["logprobs"]["content"] if token["token"]]
            assert told == kept and "".join(token["token"] for token in told) == "ab"


def test_a_hit_is_the_same_bytes_and_says_so(cached, provider, label):
    told = {"headers": {"x-ratelimit-remaining-requests": "7"}}
    first = ask(cached, label, stream=True, **told)
    second = ask(cached, label, stream=True, **told)
    assert first["x-cache"] == "miss" and first["age"] is None
    assert second["x-cache"] == "hit" and second["age"] == "0"
    assert second.body == first.body and len(provider.calls(label)) == 1
    field = "x-ratelimit-remaining-requests"
    assert first[field] == "7" and second[field] is None, "what a provider said to another call"


def test_usage_is_for_who_asks_for_it(cached, provider, label):
    without = ask(cached, label, stream=True)
    wanted = ask(cached, label, stream=True, asked={"stream_options": {"include_usage": True}})
    assert wanted["x-cache"] == "hit" and json.loads(wanted.events[-2])["usage"]["total_tokens"] == 10
    assert "total_tokens" not in without.body.decode()


def test_what_does_not_change_the_answer_does_not_matter(cached, provider, label):
    def raw(text):
        return once(cached.address(), post(text.encode()))

    spec = f'"x_provider":{{"id":"{label}"}}'
    messages = '"messages":[{"role":"user","content":"h\\u00e9"}]'
    assert raw(f'{{"model":"fake",{messages},"temperature":1,{spec}}}')["x-cache"] == "miss"
    other = f'{{ {spec} , "temperature" : 1.0,"user":"u", "metadata":{{}}, "messages":[{{"content":"hé","role":"user"}}],'
    assert raw(other + '"model":"fake"}')["x-cache"] == "hit"
    assert raw(other + '"seed":1,"model":"fake"}')["x-cache"] == "miss"
    assert raw(other + '"model":"mapped"}')["x-cache"] == "miss", "another model"
    assert len(provider.calls(label)) == 3


@pytest.mark.parametrize("field, expected, calls", [
    ("no-cache", "bypass", 2), ("no-store", "bypass", 2), ("max-age=0, no-cache", "bypass", 2), ("max-age=60", "hit", 1),
    ("only-if-cached", "hit", 1), ("public", "hit", 1),
])
def test_a_request_controls_the_cache(cached, provider, label, field, expected, calls):
    ask(cached, label)
    assert ask(cached, label, f"cache-control: {field}")["x-cache"] == expected
    assert len(provider.calls(label)) == calls


def test_no_cache_keeps_the_new_answer_and_no_store_does_not(cached, provider, label):
    assert ask(cached, label, "cache-control: no-store")["x-cache"] == "bypass"
    assert ask(cached, label, "cache-control: only-if-cached").status == 504
    assert ask(cached, label, "cache-control: no-cache")["x-cache"] == "bypass"
    assert ask(cached, label)["x-cache"] == "hit"
    assert len(provider.calls(label)) == 2


def test_a_kept_answer_or_none(cached, provider, label):
    answer = ask(cached, label, "cache-control: only-if-cached", stream=True)
    assert answer.status == 504 and answer.error["code"] == "not_cached"
    assert provider.calls(label) == []


def test_an_answer_ages_and_is_given_up(gateway_with, provider, label):
    gateway = gateway_with(policies=[CACHE | {"ttl_ms": 2_500}])
    assert ask(gateway, label)["x-cache"] == "miss"
    until(lambda: ask(gateway, label)["age"] == "1", what="the answer to be a second old")
    assert ask(gateway, label, "cache-control: max-age=0")["x-cache"] == "miss", "too old for this one"
    until(lambda: ask(gateway, label)["x-cache"] == "miss", what="the time to live to pass")
    assert len(provider.calls(label)) == 3


@pytest.mark.parametrize("spec", [
    {"cut_after": 2}, {"cut_after": 3, "cut": "rst"}, {"done": False}, {"error_after": 2}, {"malformed_after": 2},
    {"status": 500, "body": '{"error":{"message":"x"}}'}, {"status": 429, "body": '{"error":{"message":"x"}}'},
], ids=str)
def test_an_answer_that_failed_is_never_served_again(cached, provider, label, spec):
    for _ in range(2):
        assert ask(cached, label, stream=True, **spec)["x-cache"] in ("miss", None)
    assert len(provider.calls(label)) == 2
    whole = f"{label}-whole"
    if "cut_after" in spec or "status" in spec:
        for _ in range(2):
            assert ask(cached, whole, **spec).status >= 400
        assert len(provider.calls(whole)) == 2


def test_large_answers_and_warm_requests_are_not_kept(gateway_with, provider, label):
    gateway = gateway_with(policies=[CACHE | {"max_entry_bytes": 2_000, "max_temperature": 0.5}])
    for temperature, expected in ((0, "hit"), (0.5, "hit"), (0.6, "bypass"), (None, "bypass")):
        asked = {} if temperature is None else {"temperature": temperature}
        name = f"{label}-{temperature}"
        ask(gateway, name, asked=asked)
        assert ask(gateway, name, asked=asked)["x-cache"] == expected, temperature
    ask(gateway, label, asked={"temperature": 0}, size=3_000)
    assert ask(gateway, label, asked={"temperature": 0}, size=3_000)["x-cache"] == "miss"


def test_what_was_used_longest_ago_goes_first(gateway_with, provider, label):
    gateway = gateway_with(policies=[CACHE], root={"store": {"kind": "memory", "max_bytes": 1 << 20}})
    names = [f"{label}-{number}" for number in range(8)]
    sizes = {"events": 1, "size": 200_000}
    for name in names[:4]:
        ask(gateway, name, **sizes)
    assert ask(gateway, names[0], **sizes)["x-cache"] == "hit"
    for name in names[4:]:
        ask(gateway, name, **sizes)
    kept = [ask(gateway, name, "cache-control: only-if-cached", **sizes).status == 200 for name in names]
    assert kept[0] and not kept[1] and not kept[2] and all(kept[5:]), kept
    assert total(gateway, "sluice_store_evictions_total") == kept.count(False)
    assert total(gateway, "sluice_store_bytes") <= 1 << 20


def key(name, **fields):
    secret = f"sk-{name}-0123456789"
    return secret, {"id": name, "sha256": hashlib.sha256(secret.encode()).hexdigest(), "models": ["*"], **fields}


@pytest.mark.parametrize("scope, shares", [
    ("user", {"ann-again"}), ("team", {"ann-again", "bob"}), ("global", {"ann-again", "bob", "eve", "bare", "bare-too"}),
])
def test_answers_are_shared_within_the_scope(gateway_with, provider, label, scope, shares):
    keys = dict([
        key("ann", user="ann", team="red"), key("ann-again", user="ann", team="red"), key("bob", user="bob", team="red"),
        key("eve", user="eve", team="blue"), key("bare"), key("bare-too"),
    ])
    gateway = gateway_with(policies=[CACHE | {"scope": scope}], root={"keys": list(keys.values())})
    seen = {fields["id"]: ask(gateway, label, key=secret)["x-cache"] for secret, fields in keys.items()}
    assert {name for name, cache in seen.items() if cache == "hit"} == shares, seen


def test_in_shadow_mode_nothing_is_shared(gateway_with, provider, label):
    gateway = gateway_with(policies=[CACHE | {"mode": "shadow"}])
    assert [ask(gateway, label)["x-cache"] for _ in range(2)] == [None, None]
    assert len(provider.calls(label)) == 2


def test_what_is_saved_is_counted(gateway_with, provider, label):
    gateway = gateway_with(policies=[CACHE | {"name": "counted"}])
    for _ in range(3):
        ask(gateway, label)
    ask(gateway, label, "cache-control: no-store")
    counts = {name: total(gateway, "sluice_cache_requests_total", result=name) for name in ("hit", "miss", "bypass")}
    assert counts == {"hit": 2, "miss": 1, "bypass": 1}
    assert total(gateway, "sluice_cache_saved_tokens_total") == 2 * 10

    def logged():
        return [line["cache"] for line in gateway.access_log() if "cache" in line]

    until(lambda: len(logged()) == 4, what="the access log")
    assert logged() == ["miss", "hit", "hit", "bypass"]


def test_a_guard_looks_at_kept_answers_too(gateway_with, provider, label):
    guard = {"kind": "guard", "redact": [{"pattern": "sk-[a-z0-9]{8,}", "with": "[key]"}]}
    gateway = gateway_with(policies=[guard, CACHE])
    words = ["The key sk-abc", "def123456", "."]
    first, second = (ask(gateway, label, stream=True, words=words) for _ in range(2))
    assert second["x-cache"] == "hit" and content(first.events) == content(second.events) == "The key [key]."
    assert ask(gateway, label, words=words).json()["choices"][0]["message"]["content"] == "The key [key]."
