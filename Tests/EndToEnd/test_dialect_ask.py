"""The ask dialect: a question with its history, for a client and a user."""

import json

import pytest

import wire
from dialects import ask, asking, dialects
from metrics import total
from wire import Wire, once, post


@pytest.fixture
def served(start):
    return start(root={"dialects": dialects()})


HISTORY = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello!"}]


@pytest.mark.parametrize("path", ["/v1/ask", "/api/v1/ask"])
def test_a_whole_answer_is_a_chat_completion(served, provider, label, path):
    asked = ask(asking("And?", id=label, words=["It ", "is."]), path, history=HISTORY, product_id="p1")
    answer = once(served.address(), asked)
    assert answer.status == 200 and answer["content-type"] == "application/json"
    assert answer.json()["object"] == "chat.completion"
    assert answer.json()["choices"][0]["message"]["content"] == "It is."
    sent = provider.sent(label)
    assert sent["messages"][:2] == HISTORY and sent["messages"][2]["role"] == "user"
    assert not {"client_id", "user_id", "product_id", "question", "history"} & set(sent)


@pytest.mark.parametrize("marker", [True, False])
def test_a_stream_is_of_chunks(start, label, marker):
    served = start(root={"dialects": dialects(ask={"done_marker": marker})})
    response = once(served.address(), ask(asking("And?", id=label, words=["It ", "is."]), stream=True))
    events = response.events
    assert (events[-1] == "[DONE]") is marker
    chunks = [json.loads(text) for text in events if text != "[DONE]"]
    assert {chunk["object"] for chunk in chunks} == {"chat.completion.chunk"} and wire.content(events) == "It is."
    assert chunks[-1]["choices"][0]["finish_reason"] == "stop"
    assert not any(chunk.get("usage") for chunk in chunks)


def test_a_failing_stream_ends_with_an_error_and_no_marker(served, label):
    response = once(served.address(), ask(asking("And?", id=label, words=["a", "b"], cut_after=2), stream=True))
    assert response.whole and "error" in json.loads(response.events[-1])


def test_a_provider_error_is_handed_on(served, label):
    body = '{"error": {"message": "full", "type": "server_error", "param": null, "code": "full"}}'
    response = once(served.address(), ask(asking("And?", id=label, status=503, body=body)))
    assert response.status == 503 and response.error["code"] == "full"


@pytest.mark.parametrize("per", ["client", "user"])
def test_ids_are_subjects_of_limits(start, per):
    field = f"{per}_id"  # as the body calls it
    limit = {"kind": "rate_limit", "per": f"body_{field}", "requests": 1, "match": {"dialects": ["ask"]}}
    served = start(root={"dialects": dialects("echo")}, policies=[limit])
    found = [once(served.address(), ask("hi", **{field: value})).status for value in (1, "1", 2, "b", "b", 2)]
    assert found == [200, 429, 200, 200, 429, 429]


def test_the_history_is_trimmed_by_policy(start, provider, label):
    trim = {"kind": "trim_history", "max_tokens": 60, "keep_last": 1, "match": {"dialects": ["ask"]}}
    served = start(root={"dialects": dialects()}, policies=[trim])
    history = [{"role": role, "content": "word " * 40} for role in ("user", "assistant") * 3]
    response = once(served.address(), ask(asking("And?", id=label), history=history))
    assert response.status == 200, response.body
    assert len(provider.sent(label)["messages"]) < 7


def test_bad_bodies_are_refused_and_the_connection_goes_on(start):
    served = start(root={"dialects": dialects("echo")})
    bad = [
        ({"question": ...}, "question", "missing_required_parameter"), ({"question": ""}, "question", "empty_string"),
        ({"question": 1}, "question", "invalid_type"), ({"client_id": ...}, "client_id", "missing_required_parameter"),
        ({"client_id": ""}, "client_id", "invalid_type"), ({"client_id": 1.5}, "client_id", "invalid_type"),
        ({"client_id": True}, "client_id", "invalid_type"), ({"client_id": "x" * 300}, "client_id", "invalid_type"),
        ({"user_id": ...}, "user_id", "missing_required_parameter"), ({"user_id": ["a"]}, "user_id", "invalid_type"),
        ({"product_id": {}}, "product_id", "invalid_type"), ({"stream": "yes"}, "stream", "invalid_type"),
        ({"history": {}}, "history", "invalid_type"), ({"history": ["a"]}, "history[0]", "invalid_type"),
        ({"history": [{"role": "robot", "content": "a"}]}, "history[0].role", "invalid_value"),
        ({"history": [*HISTORY, {"role": "user"}]}, "history[2].content", "invalid_type"),
    ]
    with Wire(served.address()) as connection:
        for fields, param, code in bad:
            question = fields.get("question", "hi")
            response = connection.exchange(ask(question, **{k: v for k, v in fields.items() if k != "question"}))
            assert response.status == 400, fields
            assert (response.error["param"], response.error["code"]) == (param, code), fields
        assert connection.exchange(post(b"nonsense", "/v1/ask")).status == 400
        assert connection.exchange(ask("hello")).json()["choices"][0]["message"]["content"] == "hello"


def test_the_ids_may_be_null_where_they_may_be_missing(start):
    served = start(root={"dialects": dialects("echo")})
    assert once(served.address(), ask("hi", history=None, product_id=None, stream=None)).status == 200


def test_metrics_name_the_dialect(served, label):
    once(served.address(), ask(asking("hi", id=label)))
    assert total(served, "sluice_requests_total", dialect="ask", model="fake", status="200") == 1
