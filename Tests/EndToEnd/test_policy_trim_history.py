"""The policy trim_history: what goes upstream, what the client is told, and what is refused."""

import pytest

from configuration import configuration, model
from harness import Gateway
from wire import Wire, chat_body, post


def message(role, content, **fields):
    return {"role": role, "content": content, **fields}


CALL = {"id": "call_1", "type": "function", "function": {"name": "look", "arguments": "{}"}}
HISTORY = [
    message("system", "Be brief."),
    message("user", "first question"),
    message("assistant", None, tool_calls=[CALL]),
    message("tool", "a result", tool_call_id="call_1"),
    message("assistant", "first answer"),
    message("user", "second question"),
]


@pytest.fixture
def trimming(provider, tmp_path):
    """Starts a gateway with the policy: `trimming(max_messages=…)`."""
    started = []

    def trimming(**settings):
        models = [model("small", "fake", "fake") | {"context_tokens": 400}]
        whole = configuration(provider.base_url, models=models)
        whole["policies"].append({"kind": "trim_history", "keep_last": 1, **settings})
        started.append(Gateway(tmp_path / f"gateway-{len(started)}", whole))
        return started[-1]

    yield trimming
    for made in started:
        made.stop()


def exchange(gateway, messages, name="fake", **fields):
    with Wire(gateway.address()) as wire:
        return wire.exchange(post(chat_body(name, messages=messages, **fields)))


@pytest.mark.parametrize("stream", [False, True], ids=["plain", "stream"])
def test_old_messages_go_with_their_tool_calls(trimming, provider, label, stream):
    response = exchange(trimming(max_messages=4), HISTORY, stream=stream, x_provider={"id": label})
    assert response.status == 200
    assert response["x-history-trimmed"].split("/")[0] == "3"
    sent = provider.sent(label)
    assert sent["messages"] == [HISTORY[0], *HISTORY[4:]]


def test_a_history_that_fits_is_left_alone(trimming, provider, label):
    response = exchange(trimming(max_messages=6), HISTORY, x_provider={"id": label})
    assert response.status == 200 and response["x-history-trimmed"] is None
    assert provider.sent(label)["messages"] == HISTORY


def test_a_question_beyond_the_context_is_refused(trimming):
    response = exchange(trimming(), [message("user", "word " * 2000)], name="small")
    assert response.status == 400
    error = response.error
    assert error["code"] == "context_length_exceeded" and error["param"] == "messages"
    assert error["type"] == "invalid_request_error" and "allowed" in error["message"]
    assert response["x-policy"] == "trim_history"
