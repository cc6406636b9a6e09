"""What holds for policies of every kind: decisions are counted, also in shadow mode."""

import json

from harness import until
from metrics import decisions
from wire import chat_body, once, post

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
    until(lambda: decisions(gateway) == {
        ("hourly", "rate_limit", "pass", "enforce"): 3, ("hourly", "rate_limit", "refuse", "enforce"): 1,
        ("size", "validate", "refuse", "shadow"): 1, ("size", "validate", "pass", "shadow"): 2,
        ("words", "guard", "pass", "enforce"): 2, ("words", "guard", "refuse", "enforce"): 1,
    }, what=f"the decisions to be counted, not {decisions(gateway)}")
