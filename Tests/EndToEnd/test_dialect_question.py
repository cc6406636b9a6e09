"""The question dialect: statuses, shared answers, and every way to get it wrong."""

import json

import pytest

from dialects import SYSTEM, asking, dialects, question, statuses
from harness import at_once, until
from metrics import total, wait_idle
from wire import Wire, once, post


@pytest.fixture
def served(start):
    return start(root={"dialects": dialects()})


def last(response):
    return statuses(response)[-1]


@pytest.mark.parametrize("path", ["/chat", "/chat/stream", "/api/chat", "/api/chat/stream"])
def test_an_answer_is_told_as_statuses(served, path, provider, label):
    response = once(served.address(), question(asking("hi", id=label, words=["Höl", "lo \"", "\n✓"]), path))
    assert response.status == 200 and response.whole
    assert statuses(response) == [
        {"status": "processing"},
        {"status": "streaming", "chunk": "Höl"},
        {"status": "streaming", "chunk": 'lo "'},
        {"status": "streaming", "chunk": "\n✓"},
        {"status": "completed", "chunk": 'Höllo "\n✓'},
    ]
    asked = provider.sent(label)
    assert [message["role"] for message in asked["messages"]] == ["system", "user"]
    assert asked["messages"][0]["content"] == SYSTEM and asked["stream"] is True


def test_processing_is_told_before_the_provider_answers(served, label):
    with Wire(served.address()) as wire:
        wire.send(question(asking("slow", id=label, head_ms=60_000)))
        assert wire.head().status == 200
        assert wire.chunk() == b'data: {"status": "processing"}\n\n'


def test_the_same_question_is_answered_from_the_store(served, provider, label):
    asked = question(asking("once", id=label, words=["a ", "b"]))
    first, second = once(served.address(), asked), once(served.address(), asked)
    assert (first["x-cache"], second["x-cache"]) == ("miss", "hit")
    assert statuses(first) == statuses(second) and last(second) == {"status": "completed", "chunk": "a b"}
    assert len(provider.calls(label)) == 1


def test_use_cache_false_begins_anew_and_replaces(served, provider, label):
    text = asking("again", id=label, by_call=[{"words": ["old"]}, {"words": ["new"]}])
    assert last(once(served.address(), question(text)))["chunk"] == "old"
    fresh = once(served.address(), question(text, use_cache=False))
    assert fresh["x-cache"] == "bypass" and last(fresh)["chunk"] == "new"
    assert last(once(served.address(), question(text, use_cache=True)))["chunk"] == "new"
    assert len(provider.calls(label)) == 2


def test_use_cache_false_takes_the_place_of_a_running_answer(served, provider, label):
    text = asking("both", id=label, by_call=[{"words": ["one ", "two"], "gap_ms": 400}, {"words": ["new"]}])
    with Wire(served.address()) as slow:
        slow.send(question(text))
        slow.until(b'"one "')
        assert last(once(served.address(), question(text, use_cache=False)))["chunk"] == "new"
        assert b'"completed", "chunk": "one two"' in slow.until(b'one two"}')
    hit = once(served.address(), question(text))
    assert hit["x-cache"] == "hit" and last(hit)["chunk"] == "new"


@pytest.mark.parametrize("workers", [1, 4])
def test_who_comes_later_sees_a_running_answer_from_its_start(start, provider, label, workers):
    served = start(root={"dialects": dialects()}, workers=workers)
    asked = question(asking("live", id=label, words=["one ", "two ", "three"], gap_ms=300))
    with Wire(served.address()) as first:
        first.send(asked)
        first.until(b'"two "')
        second = once(served.address(), asked)
    assert second["x-cache"] == "live"
    assert [status.get("chunk") for status in statuses(second)] == [None, "one ", "two ", "three", "one two three"]
    assert len(provider.calls(label)) == 1


def test_an_answer_goes_on_for_those_who_stay(served, provider, label):
    asked = question(asking("stay", id=label, words=["one ", "two"], gap_ms=300))
    with Wire(served.address()) as first, Wire(served.address()) as second:
        first.send(asked).until(b'"one "')
        second.send(asked).until(b'"one "')
        first.reset()
        assert b"one two" in second.until(b'"completed", "chunk": "one two"')
    assert provider.call(label, "done")


def test_a_client_that_leaves_cancels_the_answer(served, provider, label):
    with Wire(served.address()) as wire:
        wire.send(question(asking("gone", id=label, events=1_000, gap_ms=50))).until(b'"streaming"')
    assert provider.call(label, "left", deadline=2)
    wait_idle(served)


@pytest.mark.parametrize("fault", [{"cut_after": 2}, {"error_after": 2}, {"status": 500, "body": "{}"}])
def test_a_failure_is_a_status_and_is_not_kept(served, provider, label, fault):
    text = asking("fail", id=label, words=["a", "b", "c"], by_call=[fault, {}])
    response = once(served.address(), question(text))
    assert response.status == 200 and response.whole
    assert set(last(response)) == {"status", "message"} and last(response)["status"] == "error"
    assert "completed" not in [status["status"] for status in statuses(response)]
    assert last(once(served.address(), question(text))) == {"status": "completed", "chunk": "abc"}


def test_an_answer_expires(start, provider, label):
    served = start(root={"dialects": dialects(question={"cache_ttl_seconds": 1})})
    asked = question(asking("brief", id=label))
    assert once(served.address(), asked)["x-cache"] == "miss"
    assert once(served.address(), asked)["x-cache"] == "hit"
    until(lambda: once(served.address(), asked)["x-cache"] == "miss", what="the answer to expire")


def test_users_do_not_share_unless_they_are_to(start, provider, label):
    import hashlib
    keys = {name: f"sk-{name}-0123456789abcdef" for name in ("ann", "bob")}
    listed = [{"id": name, "sha256": hashlib.sha256(key.encode()).hexdigest(), "user": name, "models": ["*"]}
              for name, key in keys.items()]
    body = json.dumps({"question": asking("mine", id=label)}).encode()
    for scope, expected in (("user", "miss"), ("global", "hit")):
        served = start(root={"dialects": dialects(question={"scope": scope}), "keys": listed})
        found = [once(served.address(), post(body, "/chat", key=keys[name]))["x-cache"] for name in ("ann", "bob")]
        assert found == ["miss", expected]


BAD = [
    (b"", "invalid_json"), (b"{", "invalid_json"), (b"[]", "invalid_json"), (b'"x"', "invalid_json"),
    (b'{"question": "\xff"}', "invalid_utf8"), (b"{}", "missing_required_parameter"),
    (b'{"question": null}', "missing_required_parameter"), (b'{"question": ""}', "empty_string"),
    (b'{"question": " \\n\\t"}', "empty_string"), (b'{"question": 7}', "invalid_type"),
    (b'{"question": ["a"]}', "invalid_type"), (b'{"question": "a", "use_cache": "yes"}', "invalid_type"),
    (b'{"question": "a", "question": "b"}', "duplicate_key"), (b'{"question": "a", "message": "b"}', "invalid_value"),
    (b'{"message": "hello"}', "unsupported"), (b'{"question": "a"} x', "invalid_json"),
    (b'{"question": "a", "x": ' + b"[" * 200 + b"]" * 200 + b"}", "json_too_deep"),
]


@pytest.mark.parametrize("path", ["/chat", "/chat/stream"])
def test_bad_bodies_are_refused_and_the_connection_goes_on(served, path):
    with Wire(served.address()) as wire:
        for body, code in BAD:
            response = wire.exchange(post(body, path))
            assert (response.status, response.error["code"]) == (400, code), body
        assert last(wire.exchange(question("ok", path)))["status"] == "completed"


def test_limits_and_keys_are_told_by_status(start):
    limit = {"kind": "rate_limit", "per": "user", "requests": 1, "match": {"dialects": ["question"]}}
    served = start(root={"dialects": dialects("echo")}, policies=[limit])
    assert once(served.address(), question("one")).status == 200
    refused = once(served.address(), question("one"))
    assert refused.status == 429 and refused.error["code"] == "rate_limit_exceeded"
    assert once(served.address(), post(b'{"question": "a"}', "/chat", key=None)).status == 401
    assert once(served.address(), post(b"x" * 5_000_000, "/chat")).status == 413


def test_policies_act_on_questions_as_on_all_else(start, provider, label):
    policies = [
        {"kind": "guard", "deny": [{"pattern": "forbidden", "message": "not here"}], "match": {"dialects": ["question"]}},
        {"kind": "pace", "unit": "word", "max_delay_ms": 2_000, "match": {"dialects": ["question"]}},
    ]
    served = start(root={"dialects": dialects()}, policies=policies)
    response = once(served.address(), question(asking("hi", id=label, words=["o", "ne tw", "o thr", "ee"])))
    assert [status.get("chunk") for status in statuses(response)][1:-1] == ["one", " two", " three"]
    assert last(response)["chunk"] == "one two three"
    denied = once(served.address(), question("this is forbidden"))
    assert denied.status == 400 and "not here" in denied.error["message"]


def test_metrics_and_the_access_log_name_the_dialect(served, label):
    once(served.address(), question(asking("hi", id=label)))
    once(served.address(), post(b"{}", "/chat"))
    assert total(served, "sluice_requests_total", dialect="question", model="fake", status="200") == 1
    assert total(served, "sluice_request_errors_total", dialect="question", code="missing_required_parameter") == 1
    lines = until(lambda: [line for line in served.access_log() if line.get("path") == "/chat"][:2], what="the log")
    assert lines[0]["dialect"] == "question" and lines[0]["model"] == "fake"


def test_a_dialect_that_is_not_configured_names_its_section(start):
    served = start(root={"dialects": {}})
    for path, section in [("/chat", "question"), ("/chat/stream", "question"), ("/generate-code", "code"),
                          ("/generate-code/", "code"), ("/v1/ask", "ask"), ("/api/v1/ask", "ask")]:
        response = once(served.address(), post(b"{}", path))
        assert response.status == 404 and f"dialects.{section}" in response.error["message"], path


def test_concurrent_questions_never_mix(start):
    served = start(root={"dialects": dialects("echo")}, workers=2)
    found = {}

    def ask(number):
        with Wire(served.address()) as wire:
            for turn in range(20):
                text = " ".join([f"n{number}-{turn}"] * 5)
                found[number, turn] = last(wire.exchange(question(text))) == {"status": "completed", "chunk": text}

    at_once(24, ask)
    assert len(found) == 480 and all(found.values())
