"""What the tests of the dialects share: a configuration that serves all of them, and their requests."""

import json

from wire import post

SYSTEM = "Answer briefly."


def dialects(model="fake", **sections):
    """The section `dialects`, every dialect on one model; `sections`: further settings of each."""
    usual = {
        "question": {"model": model, "system": SYSTEM},
        "code": {"model": model, "backoff_ms": 20, "operation_timeout_ms": 5_000, "total_timeout_ms": 20_000},
        "ask": {"model": model},
    }
    return {name: settings | sections.get(name, {}) for name, settings in usual.items()}


def asking(text, **provider):
    """A text that also tells the fake provider how to answer."""
    return f"{text} @@{json.dumps(provider)}" if provider else text


def question(text, path="/chat", **fields):
    return post(json.dumps({"question": text, **fields}).encode(), path)


def code(text, path="/generate-code/", **fields):
    return post(json.dumps({"prompt": text, **fields}).encode(), path)


def ask(text, path="/v1/ask", **fields):
    body = {"question": text, "client_id": "acme", "user_id": 7, **fields}
    return post(json.dumps({name: value for name, value in body.items() if value is not ...}).encode(), path)


def statuses(response):
    """The statuses of a question's answer, decoded."""
    assert response["content-type"] == "text/event-stream; charset=utf-8"
    return [json.loads(text) for text in response.events]
