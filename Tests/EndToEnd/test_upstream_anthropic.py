"""The openai client against an upstream of kind `anthropic`: answers, tools, images, and every failure as an error."""

import base64
import json

import pytest

from configuration import HASTY, PLAIN, TIMEOUTS, configuration, model
from harness import Gateway
from openai_client import Endpoint
from provider_scripts import WORDS
from test_openai_chat import TOOLS, tool_calls

IMAGE = "data:image/png;base64," + base64.b64encode(b"\x89PNG not really").decode()

# Every way a stream can break after its head. None may look like a success; `hasty` has short timeouts.
BROKEN = {
    "closed": {"cut_after": 5},
    "reset": {"cut_after": 5, "cut": "rst", "gap_ms": 5},
    "closed in an unframed body": {"cut_after": 5, "framing": "close"},
    "stalled": {"stall_after": 5},
    "malformed event": {"malformed_after": 5},
    "no message_stop": {"done": False},
    "no message_stop in an unframed body": {"done": False, "framing": "close"},
    "neither stop reason nor message_stop": {"done": False, "finish": False},
    "no stop reason": {"finish": False},
    "error event": {"error_after": 5},
}


def claude(url, **fields):
    return {"kind": "anthropic", "base_url": url, "api_key": {"env": "E2E_PROVIDER_KEY"}, "timeouts": TIMEOUTS, **PLAIN,
            "anthropic_beta": ["files-api-2025-04-14"], "unknown_fields": "pass", **fields}


@pytest.fixture(scope="module")
def claude_gateway(provider, tmp_path_factory):
    url = f"http://127.0.0.1:{provider.port}"
    upstreams = {"claude": claude(url), "hasty": claude(url, timeouts=HASTY)}
    models = [model("claude", "claude", "claude-sonnet-4-5"), model("claude-hasty", "hasty")]
    settings = configuration(provider.base_url, upstreams=upstreams, models=models)
    gateway = Gateway(tmp_path_factory.mktemp("anthropic"), settings)
    yield gateway
    gateway.stop()


@pytest.fixture
def chat(openai_client, claude_gateway):
    claude_gateway.assert_healthy()
    yield Endpoint(openai_client, claude_gateway.urls["public"] + "/v1").chat
    claude_gateway.assert_healthy()


def sent(provider, label):
    """The call as the provider got it: its headers and its decoded body."""
    call = provider.call(label)
    return {name.lower(): value for name, value in call["headers"]}, json.loads(call["body"]), call["path"]


def test_a_message_is_a_completion(chat, provider, label):
    result = chat("claude", provider={"id": label, "words": WORDS}, max_tokens=50)
    assert result.message["content"] == "".join(WORDS)
    assert result.completion["model"] == "claude-fake-1" and result.completion["id"] == "msg_fake"
    assert result.completion["choices"][0]["finish_reason"] == "stop"
    assert result.completion["usage"]["prompt_tokens"] == 7
    assert result.completion["usage"]["prompt_tokens_details"]["cached_tokens"] == 3
    headers, body, path = sent(provider, label)
    assert path == "/v1/messages" and headers["x-api-key"] == "sk-provider-secret-91c2"
    assert headers["anthropic-version"] == "2023-06-01" and headers["anthropic-beta"] == "files-api-2025-04-14"
    assert "authorization" not in headers
    assert body["model"] == "claude-sonnet-4-5" and body["max_tokens"] == 50


@pytest.mark.parametrize("spec", [{}, {"chunk_bytes": 3}, {"eol": "\r\n"}], ids=str)
def test_a_stream_is_a_stream(chat, spec):
    result = chat("claude", provider={"words": WORDS, **spec}, stream=True, stream_options={"include_usage": True})
    assert result.text() == "".join(WORDS)
    assert len({(chunk["id"], chunk["created"], chunk["model"]) for chunk in result.chunks}) == 1
    assert result.chunks[0]["choices"][0]["delta"]["role"] == "assistant"
    assert result.chunks[-2]["choices"][0]["finish_reason"] == "stop"
    assert result.chunks[-1]["choices"] == [] and result.chunks[-1]["usage"]["total_tokens"] == 10


def test_usage_reaches_only_clients_that_asked(chat):
    assert all(chunk["choices"] for chunk in chat("claude", stream=True).chunks)


@pytest.mark.parametrize("stream", [False, True], ids=["plain", "stream"])
def test_a_tool_is_called(chat, provider, label, stream):
    spec = {"id": label, "tool": {"name": "get_weather", "arguments": ['{"city"', ': "Köln"}']}}
    result = chat("claude", tools=TOOLS, tool_choice="required", provider=spec, stream=stream)
    calls = tool_calls(result.chunks) if stream else [
        {"id": call["id"], **call["function"]} for call in result.message["tool_calls"]]
    assert [(call["id"], call["name"]) for call in calls] == [("toolu_1", "get_weather")]
    assert json.loads(calls[0]["arguments"]) == {"city": "Köln"}
    last = result.chunks[-1] if stream else result.completion
    assert last["choices"][0]["finish_reason"] == "tool_calls"
    body = sent(provider, label)[1]
    assert body["tools"] == [{"name": "get_weather", "input_schema": {"type": "object"}}]
    assert body["tool_choice"] == {"type": "any"}


def test_a_tools_result_and_an_image_are_sent(chat, provider, label):
    call = {"id": "toolu_1", "type": "function", "function": {"name": "look", "arguments": '{"at": "it"}'}}
    messages = [
        {"role": "system", "content": "Look."},
        {"role": "user", "content": [{"type": "text", "text": "What?", "cache_control": {"type": "ephemeral"}},
                                     {"type": "image_url", "image_url": {"url": IMAGE}}]},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "toolu_1", "content": "a cat"},
    ]
    assert chat("claude", messages=messages, provider={"id": label}).message["content"] == "w0 w1 w2 "
    body = sent(provider, label)[1]
    assert body["system"] == [{"type": "text", "text": "Look."}]
    question, use, result = body["messages"]
    assert question["content"][0]["cache_control"] == {"type": "ephemeral"}
    assert question["content"][1]["source"] == {
        "type": "base64", "media_type": "image/png", "data": IMAGE.split(",")[1]}
    assert use["content"] == [{"type": "tool_use", "id": "toolu_1", "name": "look", "input": {"at": "it"}}]
    assert result["role"] == "user" and result["content"][0]["tool_use_id"] == "toolu_1"


def test_thoughts_are_reasoning(chat, provider, label):
    spec = {"id": label, "thinking": ["two ", "and two"], "words": ["4"]}
    chunks = chat("claude", provider=spec, stream=True, reasoning_effort="low").chunks
    deltas = [chunk["choices"][0]["delta"] for chunk in chunks]
    assert "".join(delta.get("reasoning_content") or "" for delta in deltas) == "two and two"
    [blocks] = [delta["thinking_blocks"] for delta in deltas if "thinking_blocks" in delta]
    assert blocks == [{"type": "thinking", "thinking": "two and two", "signature": "c2lnbmVk"}]
    assert sent(provider, label)[1]["thinking"] == {"type": "enabled", "budget_tokens": 1024}
    assert chat("claude", provider=spec).message["reasoning_content"] == "two and two"


@pytest.mark.parametrize("stop, finish", [("max_tokens", "length"), ("refusal", "content_filter"),
                                          ("stop_sequence", "stop"), ("pause_turn", "stop")])
def test_stop_reasons_have_their_counterparts(chat, stop, finish):
    assert chat("claude", provider={"stop": stop}).completion["choices"][0]["finish_reason"] == finish


@pytest.mark.parametrize("arguments, param", [
    ({"n": 2}, "n"), ({"logprobs": True}, "logprobs"), ({"logit_bias": {"1": 1}}, "logit_bias"),
    ({"messages": [{"role": "user", "content": [{"type": "input_audio", "input_audio": {"data": "", "format": "wav"}}]}]},
     "messages[0].content[0].type"),
])
def test_what_cannot_be_asked_for_is_a_bad_request_that_names_it(chat, arguments, param):
    error = chat("claude", **arguments).error
    assert error["class"] == "BadRequestError" and error["param"] == param
    assert error["code"] in ("unsupported_parameter", "unsupported_value")


def refusal(status, kind, **headers):
    body = json.dumps({"type": "error", "error": {"type": kind, "message": "their words"}, "request_id": "r"})
    return {"status": status, "body": body, "headers": headers}


@pytest.mark.parametrize("status, kind, name, told", [
    (400, "invalid_request_error", "BadRequestError", 400), (404, "not_found_error", "NotFoundError", 404),
    (413, "request_too_large", "APIStatusError", 413), (429, "rate_limit_error", "RateLimitError", 429),
    (500, "api_error", "InternalServerError", 500), (529, "overloaded_error", "InternalServerError", 503),
])
@pytest.mark.parametrize("stream", [False, True], ids=["plain", "stream"])
def test_a_refusal_raises_its_class_with_its_words(chat, status, kind, name, told, stream):
    error = chat("claude", provider=refusal(status, kind), stream=stream).error
    assert (error["class"], error["status_code"]) == (name, told)
    assert "their words" in error["message"] and error["type"]


def test_a_rate_limit_tells_when_to_come_back(chat):
    limits = {"retry-after": "9", "anthropic-ratelimit-tokens-remaining": "12"}
    error = chat("claude", provider=refusal(429, "rate_limit_error", **limits)).error
    assert error["headers"]["retry-after"] == "9" and error["code"] == "rate_limit_exceeded"
    assert error["headers"]["x-ratelimit-remaining-tokens"] == "12"
    assert error["headers"]["x-ratelimit-limit-requests"] == "50"
    assert error["headers"]["x-upstream-request-id"] == "req-upstream-1"


def test_the_gateways_key_refused_is_a_bad_gateway(chat):
    assert chat("claude", provider=refusal(401, "authentication_error")).error["code"] == "upstream_authentication_failed"


@pytest.mark.parametrize("spec", [
    {"body": "<html>welcome</html>", "headers": {"content-type": "text/html"}}, {"body": "not json"},
    {"body": '{"type":"message"}'}, {"cut_after": 0}, {"cut_after": 40, "cut": "rst"}, {"short": 50},
    {"status": 302, "body": "", "headers": {"location": "/elsewhere"}},
], ids=str)
def test_an_answer_that_is_no_message_is_a_bad_gateway(chat, spec):
    assert chat("claude", provider=spec).error["status_code"] == 502


@pytest.mark.parametrize("way", BROKEN)
def test_a_broken_stream_raises_in_mid_stream(chat, way):
    result = chat("claude-hasty", provider={"events": 6, **BROKEN[way]}, stream=True)
    error = result.error
    assert "APIError" in error["classes"] and "APIConnectionError" not in error["classes"], error
    assert error["code"] and error["message"]
    assert result.text().startswith("w0 w1 "), "what came before the break is delivered"


def test_an_overload_before_the_first_word_is_told_by_its_status(chat):
    error = chat("claude", provider={"error_after": 2, "gap_ms": 20}, stream=True).error
    assert (error["class"], error["status_code"]) == ("InternalServerError", 503)
    assert error["code"] == "server_is_overloaded"


@pytest.mark.parametrize("spec", [{"head_ms": 60_000}, {"stall_after": 2}], ids=str)
def test_a_provider_that_stays_silent_times_out(chat, spec):
    error = chat("claude-hasty", provider=spec, stream=True).error
    assert (error["class"], error["status_code"]) == ("InternalServerError", 504)
