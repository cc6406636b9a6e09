"""What holds for policies of every kind: decisions are counted and logged, also in shadow mode."""

import json

from configuration import KEY
from harness import until
from metrics import decisions
from wire import chat_body, get, once, post

POLICIES = [
    {"kind": "auth", "require": "open"},
    {"kind": "rate_limit", "name": "hourly", "per": "global", "requests": 2, "window_ms": 3_600_000},
    {"kind": "validate", "name": "size", "max_messages": 1, "mode": "shadow"},
    {"kind": "guard", "name": "words", "deny": [{"pattern": "forbidden", "message": "not here"}]},
]


def test_every_decision_is_counted_and_refusals_name_their_policy(start):
    gateway = start(policies=POLICIES)

    def ask(*contents):
        messages = [{"role": "user", "content": content} for content in contents]
        return once(gateway.address(), post(chat_body("echo", messages=messages)))

    assert ask("one", "two").status == 200, "a shadow policy refuses nothing"
    denied = ask("forbidden")
    assert denied.status == 400 and denied["x-policy"] == "words"
    assert json.loads(denied.body)["error"]["param"] == "messages[0].content"
    assert ask("one").status == 200, "the request that a guard refused took nothing of the limit"
    limited = ask("one")
    assert limited.status == 429 and limited["x-policy"] == "hourly"
    until(lambda: decisions(gateway, auth=True) == {
        ("auth", "auth", "pass", "enforce"): 4,
        ("hourly", "rate_limit", "pass", "enforce"): 3, ("hourly", "rate_limit", "refuse", "enforce"): 1,
        ("size", "validate", "refuse", "shadow"): 1, ("size", "validate", "pass", "shadow"): 2,
        ("words", "guard", "pass", "enforce"): 2, ("words", "guard", "refuse", "enforce"): 1,
    }, what=f"the decisions to be counted, not {decisions(gateway, auth=True)}")
    until(lambda: len(logged(gateway)) == 4, what="four lines of the access log")
    assert logged(gateway) == [
        [{"policy": "size", "verdict": "refuse", "mode": "shadow"}], [{"policy": "words", "verdict": "refuse"}], [],
        [{"policy": "hourly", "verdict": "refuse"}]]


def test_changes_of_requests_and_answers_are_logged(start):
    """Each kind that changes something, with one that only would have."""
    secret = {"builtin": [{"find": "email"}]}
    gateway = start(policies=[
        {"kind": "guard", "name": "asked", "on": ["request"], **secret},
        {"kind": "guard", "name": "told", "on": ["answer"], "redact": [{"pattern": "tell"}]},
        {"kind": "guard", "name": "watch", "on": ["answer"], "deny": [{"pattern": "nobody"}], "mode": "shadow"},
        {"kind": "rewrite", "name": "cool", "set": {"temperature": 0}},
        {"kind": "trim_history", "name": "short", "max_messages": 1, "keep_last": 1},
        {"kind": "headers", "name": "tag", "response": {"set": {"x-tag": "1"}}, "mode": "shadow"},
        {"kind": "pace", "name": "words", "unit": "word"},
    ])
    messages = [{"role": "user", "content": "earlier"}, {"role": "assistant", "content": "yes"},
                {"role": "user", "content": "tell nobody of ann@example.org"}]
    answer = once(gateway.address(), post(chat_body("echo", messages=messages, stream=True)))
    assert answer.status == 200 and b"ann@example.org" not in answer.body
    until(lambda: logged(gateway), what="the line of the access log")
    assert [(entry["policy"], entry["verdict"], entry.get("mode")) for entry in logged(gateway)[0]] == [
        ("asked", "change", None), ("cool", "change", None), ("short", "change", None), ("tag", "change", "shadow"),
        ("words", "change", None), ("told", "change", None), ("watch", "refuse", "shadow")]


def test_who_may_call_is_counted_and_logged_like_all_else(start):
    keys = {"kind": "auth", "name": "keys", "require": "key", "except": ["/v1/models"]}
    strict = {"kind": "auth", "name": "strict", "require": "key", "mode": "shadow"}
    gateway = start(policies=[strict, keys], require_key=False)
    refused = once(gateway.address(), post(chat_body("echo"), key="sk-wrong"))
    assert refused.status == 401 and refused["x-policy"] == "keys"
    assert once(gateway.address(), post(chat_body("echo"), key=KEY)).status == 200
    assert once(gateway.address(), get("/v1/models", key=None)).status == 200, "a shadow policy refuses nothing"
    # It could have been open to all.
    refused = once(gateway.address(), get("/v1/status/00000000-0000-4000-8000-000000000000", key=None))
    assert refused.status == 401 and refused["x-policy"] == "keys"
    until(lambda: decisions(gateway, auth=True) == {
        ("keys", "auth", "refuse", "enforce"): 2, ("keys", "auth", "pass", "enforce"): 2,
        ("strict", "auth", "refuse", "shadow"): 3, ("strict", "auth", "pass", "shadow"): 1,
    }, what=f"the decisions to be counted, not {decisions(gateway, auth=True)}")
    until(lambda: len(logged(gateway)) == 4, what="four lines of the access log")
    watched = {"policy": "strict", "verdict": "refuse", "mode": "shadow"}
    refusal = [{"policy": "keys", "verdict": "refuse"}, watched]
    assert logged(gateway) == [refusal, [], [watched], refusal]


def logged(gateway):
    """What the access log says of policies, request by request."""
    return [line.get("policies", []) for line in gateway.access_log() if line["path"].startswith("/v1/")]
