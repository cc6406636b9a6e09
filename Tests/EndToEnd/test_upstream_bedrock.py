"""The openai client against an upstream of kind `bedrock`: signed calls, binary frames, tools, and every failure as an
error."""

import json

import pytest

from bedrock_answers import KEY_ID, REGION, SECRET, TOKEN
from configuration import HASTY, PLAIN, TIMEOUTS, configuration, model
from harness import Gateway
from openai_client import Endpoint
from provider_scripts import WORDS
from test_openai_chat import TOOLS, tool_calls
from test_upstream_anthropic import IMAGE, sent

NAME = "anthropic.claude-sonnet-4-5-20250929-v1:0"

# Every way a stream can break behind its second word. None may look like a success; `hasty` has short timeouts.
BROKEN = {
    "closed": {"cut_after": 4},
    "closed within a frame": {"cut_after": 4, "cut_within": 50},
    "closed within the lengths of a frame": {"cut_after": 4, "cut_within": 6},
    "reset within a frame": {"cut_after": 4, "cut_within": 50, "cut": "rst", "gap_ms": 5},
    "closed within a frame of an unframed body": {"cut_after": 4, "cut_within": 50, "framing": "close"},
    "stalled": {"stall_after": 4},
    "payload that is not JSON": {"malformed_after": 4},
    "bad checksum": {"damage_after": 4},
    "bad payload": {"damage_after": 4, "damage_at": -10},
    "bad header": {"damage_after": 4, "damage_at": 20},
    "bad length": {"damage_after": 4, "damage_at": 2},
    "bad checksum of the lengths": {"damage_after": 4, "damage_at": 11},
    "oversized frame": {"oversize_after": 4, "oversize": 3_000_000},
    "no metadata": {"done": False},
    "no metadata in an unframed body": {"done": False, "framing": "close"},
    "neither stop reason nor metadata": {"done": False, "finish": False},
    "no stop reason": {"finish": False},
    "exception": {"exception_after": 4},
    "error of the framing": {"error_after": 4},
}


def bedrock(provider, **fields):
    return {"kind": "bedrock", "base_url": f"http://127.0.0.1:{provider.port}", "timeouts": TIMEOUTS, **PLAIN,
            "unknown_fields": "pass", **fields}


def signed(provider, **fields):
    keys = {"access_key_id": KEY_ID, "secret_access_key": SECRET, "session_token": TOKEN, "region": REGION}
    return bedrock(provider, **keys | fields)


@pytest.fixture(scope="module")
def bedrock_gateway(provider, tmp_path_factory):
    upstreams = {
        "bedrock": signed(provider), "hasty": signed(provider, timeouts=HASTY),
        "elsewhere": signed(provider, region="us-east-1"), "stranger": signed(provider, secret_access_key="x" * 40),
        "bearer": bedrock(provider, api_key={"env": "E2E_PROVIDER_KEY"})}
    models = [model(f"b-{name}", name, NAME) for name in upstreams]
    settings = configuration(provider.base_url, upstreams=upstreams, models=models)
    gateway = Gateway(tmp_path_factory.mktemp("bedrock"), settings)
    yield gateway
    gateway.stop()


@pytest.fixture
def chat(openai_client, bedrock_gateway):
    bedrock_gateway.assert_healthy()
    yield Endpoint(openai_client, bedrock_gateway.urls["public"] + "/v1").chat
    bedrock_gateway.assert_healthy()


def test_an_answer_is_a_completion(chat, provider, label):
    result = chat("b-bedrock", provider={"id": label, "words": WORDS}, max_tokens=50)
    assert result.message["content"] == "".join(WORDS)
    assert result.completion["model"] == NAME and result.completion["id"].startswith("chatcmpl-")
    assert result.completion["choices"][0]["finish_reason"] == "stop"
    assert result.completion["usage"]["prompt_tokens"] == 7
    assert result.completion["usage"]["prompt_tokens_details"]["cached_tokens"] == 3
    headers, body, path = sent(provider, label)
    assert path == "/model/anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse"
    assert headers["x-amz-security-token"] == TOKEN and "x-api-key" not in headers
    assert body["inferenceConfig"] == {"maxTokens": 50} and "model" not in body


@pytest.mark.parametrize("spec", [{}, {"chunk_bytes": 3}, {"framing": "close"}, {"framing": "close", "write_bytes": 7}],
                         ids=str)
def test_a_stream_is_a_stream(chat, provider, label, spec):
    spec = {"id": label, "words": WORDS, **spec}
    result = chat("b-bedrock", provider=spec, stream=True, stream_options={"include_usage": True})
    assert result.text() == "".join(WORDS)
    assert len({(chunk["id"], chunk["created"], chunk["model"]) for chunk in result.chunks}) == 1
    assert result.chunks[0]["choices"][0]["delta"]["role"] == "assistant"
    assert result.chunks[-2]["choices"][0]["finish_reason"] == "stop"
    assert result.chunks[-1]["choices"] == [] and result.chunks[-1]["usage"]["total_tokens"] == 10
    headers, _, path = sent(provider, label)
    assert path.endswith("/converse-stream") and headers["accept"] == "application/vnd.amazon.eventstream"


@pytest.mark.parametrize("stream", [False, True], ids=["plain", "stream"])
def test_calls_are_signed_or_show_a_key(chat, provider, label, stream):
    chat("b-bearer", provider={"id": label}, stream=stream).assert_ok()
    assert sent(provider, label)[0]["authorization"] == "Bearer sk-provider-secret-91c2"
    for name in ["elsewhere", "stranger"]:
        error = chat(f"b-{name}", stream=stream).error
        assert (error["status_code"], error["code"]) == (502, "upstream_authentication_failed")


@pytest.mark.parametrize("stream", [False, True], ids=["plain", "stream"])
def test_a_tool_is_called_and_its_result_sent_back(chat, provider, label, stream):
    spec = {"id": label, "thinking": ["Hm"], "tool": {"name": "get_weather", "arguments": ['{"city"', ': "Köln"}']}}
    result = chat("b-bedrock", tools=TOOLS, tool_choice="required", provider=spec, stream=stream)
    calls = tool_calls(result.chunks) if stream else [
        {"id": call["id"], **call["function"]} for call in result.message["tool_calls"]]
    assert [(call["id"], call["name"]) for call in calls] == [("tooluse_1", "get_weather")]
    assert json.loads(calls[0]["arguments"]) == {"city": "Köln"}
    last = result.chunks[-1] if stream else result.completion
    assert last["choices"][0]["finish_reason"] == "tool_calls"
    config = sent(provider, label)[1]["toolConfig"]
    assert config == {"toolChoice": {"any": {}}, "tools": [
        {"toolSpec": {"name": "get_weather", "inputSchema": {"json": {"type": "object"}}}}]}
    if stream:
        return
    messages = [{"role": "user", "content": "weather?"}, result.message,
                {"role": "tool", "tool_call_id": "tooluse_1", "content": "mild"}]
    chat("b-bedrock", messages=messages, tools=TOOLS, provider={"id": label + "b"}).assert_ok()
    _, answer, reply = sent(provider, label + "b")[1]["messages"]
    assert answer["content"] == [
        {"reasoningContent": {"reasoningText": {"text": "Hm", "signature": "c2lnbmVk"}}},
        {"toolUse": {"toolUseId": "tooluse_1", "name": "get_weather", "input": {"city": "Köln"}}}]
    assert reply == {"role": "user", "content": [
        {"toolResult": {"toolUseId": "tooluse_1", "content": [{"text": "mild"}]}}]}


def test_an_image_is_sent(chat, provider, label):
    messages = [{"role": "system", "content": "Look."},
                {"role": "user", "content": [{"type": "text", "text": "What?"},
                                             {"type": "image_url", "image_url": {"url": IMAGE}}]}]
    chat("b-bedrock", messages=messages, provider={"id": label}).assert_ok()
    body = sent(provider, label)[1]
    assert body["system"] == [{"text": "Look."}]
    assert body["messages"][0]["content"] == [
        {"text": "What?"}, {"image": {"format": "png", "source": {"bytes": IMAGE.split(",")[1]}}}]


def test_thoughts_are_reasoning(chat):
    spec = {"thinking": ["two ", "and two"], "words": ["4"]}
    deltas = [chunk["choices"][0]["delta"] for chunk in chat("b-bedrock", provider=spec, stream=True).chunks]
    assert "".join(delta.get("reasoning_content") or "" for delta in deltas) == "two and two"
    [blocks] = [delta["thinking_blocks"] for delta in deltas if "thinking_blocks" in delta]
    assert blocks == [{"type": "thinking", "thinking": "two and two", "signature": "c2lnbmVk"}]
    message = chat("b-bedrock", provider=spec).message
    assert (message["reasoning_content"], message["content"], message["thinking_blocks"]) == ("two and two", "4", blocks)


@pytest.mark.parametrize("stop, finish", [
    ("max_tokens", "length"), ("model_context_window_exceeded", "length"), ("guardrail_intervened", "content_filter"),
    ("content_filtered", "content_filter"), ("stop_sequence", "stop"), ("something_new", "stop")])
@pytest.mark.parametrize("stream", [False, True], ids=["plain", "stream"])
def test_stop_reasons_have_their_counterparts(chat, stop, finish, stream):
    result = chat("b-bedrock", provider={"stop": stop}, stream=stream)
    last = result.chunks[-1] if stream else result.completion
    assert last["choices"][0]["finish_reason"] == finish


@pytest.mark.parametrize("arguments, param", [
    ({"n": 2}, "n"), ({"logprobs": True}, "logprobs"), ({"response_format": {"type": "json_object"}}, "response_format"),
    ({"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "https://x.example/"}}]}]},
     "messages[0].content[0].image_url.url"),
])
def test_what_cannot_be_asked_for_is_a_bad_request_that_names_it(chat, arguments, param):
    error = chat("b-bedrock", **arguments).error
    assert error["class"] == "BadRequestError" and error["param"] == param


@pytest.mark.parametrize("status, kind, name, told, code", [
    (400, "ValidationException", "BadRequestError", 400, None),
    (404, "ResourceNotFoundException", "NotFoundError", 404, "model_not_found"),
    (429, "ThrottlingException", "RateLimitError", 429, "rate_limit_exceeded"),
    (400, "ServiceQuotaExceededException", "RateLimitError", 429, "rate_limit_exceeded"),
    (429, "ModelNotReadyException", "InternalServerError", 503, "server_is_overloaded"),
    (424, "ModelErrorException", "InternalServerError", 502, None),
    (408, "ModelTimeoutException", "InternalServerError", 504, "upstream_timeout"),
    (503, "ServiceUnavailableException", "InternalServerError", 503, "server_is_overloaded"),
    (500, "InternalServerException", "InternalServerError", 500, None),
])
@pytest.mark.parametrize("stream", [False, True], ids=["plain", "stream"])
def test_a_refusal_raises_its_class_with_its_words(chat, status, kind, name, told, code, stream):
    spec = {"status": status, "headers": {"x-amzn-ErrorType": f"{kind}:http://internal.example/"},
            "body": '{"message": "their words"}'}
    error = chat("b-bedrock", provider=spec, stream=stream).error
    assert (error["class"], error["status_code"], error["code"]) == (name, told, code)
    assert "their words" in error["message"]


def test_a_prompt_that_is_too_long_has_its_code(chat):
    spec = {"status": 400, "headers": {"x-amzn-ErrorType": "ValidationException"},
            "body": '{"message": "Input is too long for requested model."}'}
    assert chat("b-bedrock", provider=spec).error["code"] == "context_length_exceeded"


@pytest.mark.parametrize("spec", [
    {"body": "<html>welcome</html>", "headers": {"content-type": "text/html"}}, {"body": "not json"},
    {"body": '{"output":{}}'}, {"cut_after": 0}, {"cut_after": 40, "cut": "rst"}, {"short": 50},
    {"status": 302, "body": "", "headers": {"location": "/elsewhere"}},
], ids=str)
def test_an_answer_that_is_no_message_is_a_bad_gateway(chat, spec):
    assert chat("b-bedrock", provider=spec).error["status_code"] == 502


@pytest.mark.parametrize("way", BROKEN)
def test_a_broken_stream_raises_in_mid_stream(chat, way):
    result = chat("b-hasty", provider={"events": 6, **BROKEN[way]}, stream=True)
    error = result.error
    assert "APIError" in error["classes"] and "APIConnectionError" not in error["classes"], error
    assert error["type"] and error["message"]
    assert result.text().startswith("w0 w1 "), "what came before the break is delivered"


@pytest.mark.parametrize("kind, status, code", [
    ("throttlingException", 429, "rate_limit_exceeded"), ("serviceUnavailableException", 503, "server_is_overloaded"),
    ("modelStreamErrorException", 502, None), ("internalServerException", 500, None),
    ("validationException", 400, None), ("newException", 500, None)])
def test_an_exception_before_the_first_word_is_told_by_its_status(chat, kind, status, code):
    error = chat("b-bedrock", provider={"exception_after": 1, "exception": kind, "gap_ms": 20}, stream=True).error
    assert (error["status_code"], error["code"]) == (status, code)
    assert "the provider broke" in error["message"]


def test_an_answer_in_another_framing_is_no_stream(chat):
    spec = {"status": 200, "headers": {"content-type": "text/event-stream"}, "body": "data: {}\n\n"}
    assert chat("b-bedrock", provider=spec, stream=True).error["status_code"] == 502


@pytest.mark.parametrize("spec", [{"head_ms": 60_000}, {"stall_after": 1}], ids=str)
def test_a_provider_that_stays_silent_times_out(chat, spec):
    error = chat("b-hasty", provider=spec, stream=True).error
    assert (error["class"], error["status_code"]) == ("InternalServerError", 504)
