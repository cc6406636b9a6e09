"""A guard's moderation: a provider is asked about the users' texts before the request goes on."""

import json
import time

import pytest

from harness import until
from metrics import decisions, wait_idle
from openai_client import Endpoint
from wire import Wire, chat_body, once, post


def guard(**fields):
    return {"kind": "guard", "moderation": {"upstream": "fake", "message": "Not here.", **fields}}


def text(content="hello", **spec):
    """A message that tells the provider what its moderation says."""
    return f"{content} ##{json.dumps(spec)}"


def ask(gateway, content, label=None, **fields):
    return once(gateway.address(), post(chat_body("fake", content, x_provider={"id": label}, **fields)))


@pytest.fixture
def shielded(start):
    """A gateway with one moderation of these settings, and one place per user."""

    def started(mode="enforce", **fields):
        place = {"kind": "concurrency", "per": "user", "max": 1, "lease_ms": 60_000}
        rate = {"kind": "rate_limit", "per": "user", "requests": 3, "window_ms": 3_600_000}
        return start(policies=[place, rate, guard(**fields) | {"mode": mode}])

    return started


def guard_decisions(gateway):
    return {(verdict, mode): count for (_, kind, verdict, mode), count in decisions(gateway).items() if kind == "guard"}


def test_a_flagged_request_is_refused_before_the_provider_answers_it(shielded, provider, openai_client, label):
    gateway = shielded()
    endpoint = Endpoint(openai_client, gateway.urls["public"] + "/v1")
    refused = endpoint.chat("fake", text(id=label + "-m", flagged=True), provider={"id": label})
    assert refused.error["class"] == "BadRequestError" and refused.error["code"] == "content_policy_violation"
    for _ in range(4):
        response = ask(gateway, text(flagged=True), label)
        assert response.status == 400 and response["x-policy"] == "guard", "limits get back what they gave"
    assert response.error == {"message": "Not here.", "type": "invalid_request_error", "param": "messages",
                              "code": "content_policy_violation"}
    assert provider.calls(label) == []
    question = provider.call(label + "-m")
    assert question["path"] == "/v1/moderations" and "input" in json.loads(question["body"])
    assert endpoint.chat("fake", text(), provider={"id": label}).message["content"] == "w0 w1 w2 "
    until(lambda: guard_decisions(gateway) == {("refuse", "enforce"): 5, ("pass", "enforce"): 1},
          what=f"the decisions to be counted, not {guard_decisions(gateway)}")


def test_the_last_history_is_asked_about_and_only_users(shielded, provider, label):
    messages = [{"role": "system", "content": "s"}, {"role": "user", "content": "one"},
                {"role": "assistant", "content": "two"},
                {"role": "user", "content": [{"type": "text", "text": text("three", id=label)}]}]
    gateway = shielded(model="omni")
    assert once(gateway.address(), post(chat_body("fake", messages=messages))).status == 200
    assert provider.sent(label) == {"input": ["one", messages[3]["content"][0]["text"]],
                                                        "model": "omni"}


def test_thresholds_decide_by_score(shielded):
    gateway = shielded(categories={"violence": 0.4})
    assert ask(gateway, text(flagged=True, scores={"violence": 0.3})).status == 200
    assert ask(gateway, text(scores={"violence": 0.4})).status == 400


FAILURES = [{"status": 500}, {"body": "nonsense"}, {"cut_after": 10}, {"stall_after": 10}, {"status": 302}]


@pytest.mark.parametrize("failure", FAILURES, ids=str)
def test_when_no_answer_comes_the_operator_decides(start, label, provider, failure):
    closed = guard(timeout_ms=300) | {"name": "closed", "match": {"models": ["fake"]}}
    opened = guard(timeout_ms=300, on_failure="open") | {"name": "open", "match": {"models": ["mapped"]}}
    gateway = start(policies=[closed, opened])
    response = ask(gateway, text(**failure), label)
    assert response.status == 503 and response.error["code"] == "server_is_overloaded"
    assert response["x-policy"] == "closed" and response["retry-after"] == "1" and provider.calls(label) == []
    response = once(gateway.address(), post(chat_body("mapped", text(**failure))))
    assert response.status == 200
    assert decisions(gateway) == {
        ("closed", "guard", "refuse", "enforce"): 1, ("open", "guard", "warn", "enforce"): 1}


def test_a_client_that_leaves_cancels_the_question(shielded, provider, label):
    gateway = shielded(timeout_ms=60_000)
    wire = Wire(gateway.address())
    wire.send(post(chat_body("fake", text(id=label + "-m", stall_after=1), x_provider={"id": label})))
    provider.call(label + "-m", "sending")
    wire.socket.close()
    provider.call(label + "-m", "left")
    assert provider.calls(label) == []
    wait_idle(gateway)
    assert ask(gateway, text()).status == 200, "its place is free again"


def test_in_shadow_mode_nobody_waits(shielded, provider, label):
    gateway = shielded(mode="shadow", timeout_ms=60_000)
    began = time.monotonic()
    assert ask(gateway, text(id=label, flagged=True, first_ms=1_500)).status == 200
    assert time.monotonic() - began < 1.2
    assert guard_decisions(gateway) == {}
    until(lambda: guard_decisions(gateway) == {("refuse", "shadow"): 1}, what="the decision after the fact")
    assert provider.call(label)["state"] == "done"


def test_a_request_without_words_of_a_user_is_not_asked_about(shielded):
    gateway = shielded(timeout_ms=1)
    messages = [{"role": "system", "content": text(flagged=True)}]
    assert once(gateway.address(), post(chat_body("fake", messages=messages))).status == 200
    assert guard_decisions(gateway) == {("pass", "enforce"): 1}
