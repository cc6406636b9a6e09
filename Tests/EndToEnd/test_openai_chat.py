"""The openai client, versions 3 and 1: plain and streamed answers, from the echo model and through a provider."""

import json

import pytest

WORDS = ["Grüße ", "aus ", "東京 ", "🚀", "\u2028end", ' "quoted" \\ \n']
TOOLS = [{"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object"}}}]


def tool_calls(chunks):
    """The tool calls put together from the deltas of choice 0, as the client's users do."""
    calls = {}
    for delta in (choice["delta"] for chunk in chunks for choice in chunk["choices"]):
        for part in delta.get("tool_calls") or []:
            call = calls.setdefault(part["index"], {"id": None, "name": None, "arguments": ""})
            call["id"] = part.get("id") or call["id"]
            call["name"] = part["function"].get("name") or call["name"]
            call["arguments"] += part["function"].get("arguments") or ""
    return [calls[index] for index in sorted(calls)]


def test_the_right_versions_are_tested(openai_client, request):
    major = request.node.callspec.params["openai_client"][-1]
    assert openai_client.version.split(".")[0] == major


def test_echo_answers_with_the_last_user_message(either_endpoint):
    result = either_endpoint.chat("echo", "repeat after me")
    assert result.message == result.message | {"role": "assistant", "content": "repeat after me"}
    assert result.completion["object"] == "chat.completion"
    assert result.completion["choices"][0]["finish_reason"] == "stop"
    assert result.completion["usage"]["total_tokens"] > 0
    assert result["request_id"]


def test_echo_streams_by_the_word(either_endpoint):
    result = either_endpoint.chat("echo", "one two three", stream=True)
    assert result.text() == "one two three"
    contents = [c["choices"][0]["delta"].get("content") for c in result.chunks if c["choices"]]
    assert len([text for text in contents if text]) == 3
    assert {chunk["object"] for chunk in result.chunks} == {"chat.completion.chunk"}
    assert len({(chunk["id"], chunk["created"]) for chunk in result.chunks}) == 1
    assert result.chunks[0]["choices"][0]["delta"]["role"] == "assistant"
    assert result.chunks[-1]["choices"][0]["finish_reason"] == "stop"


@pytest.mark.parametrize("model, pieces", [("echo-character", 7), ("echo-whole", 1)])
def test_echo_streams_in_the_configured_pieces(endpoint, model, pieces):
    result = endpoint.chat(model, "a é 日 🚀", stream=True)
    assert result.text() == "a é 日 🚀"
    assert len([c for c in result.chunks if c["choices"][0]["delta"].get("content")]) == pieces


def test_echo_gives_the_canned_reply_that_fits(endpoint):
    assert endpoint.chat("echo-script", "the weather?").message["content"] == "It is sunny."
    assert endpoint.chat("echo-script", "else", stream=True).text() == "What?"


def test_echo_calls_a_tool_that_the_message_names(endpoint):
    result = endpoint.chat("echo", 'please\ncall get_weather {"city": "Köln"}', tools=TOOLS)
    assert result.completion["choices"][0]["finish_reason"] == "tool_calls"
    [call] = result.message["tool_calls"]
    assert call["function"]["name"] == "get_weather" and call["id"] and call["type"] == "function"
    assert json.loads(call["function"]["arguments"]) == {"city": "Köln"}


def test_echo_streams_a_tool_call(endpoint):
    result = endpoint.chat("echo", 'call get_weather {"city": "Köln"}', tools=TOOLS, stream=True)
    [call] = tool_calls(result.chunks)
    assert call["name"] == "get_weather" and call["id"] and json.loads(call["arguments"]) == {"city": "Köln"}
    assert result.chunks[-1]["choices"][0]["finish_reason"] == "tool_calls"


def test_echo_calls_no_tool_that_the_request_does_not_offer(endpoint):
    assert endpoint.chat("echo", "call other {}", tools=TOOLS).message.get("tool_calls") is None


def test_a_provider_completion_passes(either_endpoint):
    result = either_endpoint.chat("fake", provider={"words": WORDS})
    assert result.message["content"] == "".join(WORDS)
    assert result.completion["usage"]["completion_tokens"] == len(WORDS)


def test_a_provider_stream_passes(either_endpoint):
    result = either_endpoint.chat("fake", provider={"words": WORDS}, stream=True)
    assert result.text() == "".join(WORDS)
    assert result.chunks[-1]["choices"][0]["finish_reason"] == "stop"


def test_a_provider_tool_call_passes_piece_by_piece(endpoint):
    pieces = ['{"ci', 'ty": "K', 'öln"}']
    result = endpoint.chat("fake", provider={"tool": {"name": "get_weather", "arguments": pieces}}, stream=True)
    assert tool_calls(result.chunks) == [{"id": "call_1", "name": "get_weather", "arguments": "".join(pieces)}]


def test_several_choices_and_logprobs_pass(endpoint):
    result = endpoint.chat("fake", provider={"words": ["a", "é"]}, n=3, logprobs=True, stream=True)
    assert [result.text(index) for index in range(3)] == ["aé"] * 3
    tokens = [c["logprobs"]["content"][0] for chunk in result.chunks for c in chunk["choices"] if c.get("logprobs")]
    assert {"token": "é", "logprob": -0.25, "bytes": [195, 169], "top_logprobs": []} in tokens
    plain = endpoint.chat("fake", provider={"words": ["a", "é"]}, n=2, logprobs=True)
    assert [c["message"]["content"] for c in plain.completion["choices"]] == ["aé", "aé"]


@pytest.mark.parametrize("model", ["echo", "fake"])
def test_usage_is_streamed_to_a_client_that_asks(endpoint, model):
    chunks = endpoint.chat(model, stream=True, stream_options={"include_usage": True}).chunks
    assert chunks[-1]["choices"] == [] and chunks[-1]["usage"]["total_tokens"] > 0
    assert all(chunk["choices"] for chunk in chunks[:-1])


@pytest.mark.parametrize("model", ["echo", "fake"])
@pytest.mark.parametrize("options", [None, {"include_usage": False}], ids=str)
def test_usage_is_hidden_from_a_client_that_does_not_ask(endpoint, provider, label, model, options):
    asked = {"stream_options": options} if options else {}
    chunks = endpoint.chat(model, provider={"id": label}, stream=True, **asked).chunks
    assert all(chunk["choices"] for chunk in chunks) and not any(chunk.get("usage") for chunk in chunks)
    if model == "fake":
        sent = provider.sent(label)
        assert sent["stream_options"]["include_usage"] is True, "the gateway needs usage for its own books"


def test_the_models_are_listed(either_endpoint):
    models = either_endpoint.models()["models"]
    assert {"echo", "fake", "mapped"} <= {model["id"] for model in models}
    assert all(model["object"] == "model" and model["owned_by"] and "created" in model for model in models)


def test_a_model_is_found_by_its_name(endpoint):
    assert endpoint.model("echo")["model"]["id"] == "echo"
    assert endpoint.model("no-such-model").error["class"] == "NotFoundError"


@pytest.mark.parametrize("model", ["echo", "fake"])
def test_raw_headers_name_the_request_and_its_timing(endpoint, model):
    headers = endpoint.raw(model)["headers"]
    assert headers["x-request-id"] and "gw;dur=" in headers["server-timing"]
    if model == "fake":
        assert headers["x-upstream-request-id"] == "req-upstream-1" != headers["x-request-id"]
        assert "up;dur=" in headers["server-timing"]


def test_a_stream_that_its_user_leaves_is_cancelled_upstream(endpoint, provider, label):
    result = endpoint.chat("fake", provider={"id": label, "events": 100_000, "gap_ms": 5}, stream=True, stop_after=3)
    call = provider.call(label, "left")
    delay = call["ended"] - result["left_at"]
    print(f"\nthe client left, and {delay * 1000:.1f} ms later the transfer was gone")
    assert delay < 1
