"""The openai client against an upstream of kind `gemini`: answers, tools, images, and every failure as an error."""

import json

import pytest

from configuration import HASTY, PLAIN, TIMEOUTS, configuration, model
from harness import Gateway
from openai_client import Endpoint
from provider_scripts import WORDS
from test_openai_chat import TOOLS, tool_calls
from test_upstream_anthropic import IMAGE, sent

# Every way a stream can break after its head. None may look like a success; `hasty` has short timeouts.
BROKEN = {
    "closed": {"cut_after": 2},
    "reset": {"cut_after": 2, "cut": "rst", "gap_ms": 5},
    "closed in an unframed body": {"cut_after": 2, "framing": "close"},
    "stalled": {"stall_after": 2},
    "malformed event": {"malformed_after": 2},
    "no finish reason": {"finish": False},
    "no finish reason in an unframed body": {"finish": False, "framing": "close"},
    "a tool call that cannot be read": {"stop": "MALFORMED_FUNCTION_CALL"},
    "error event": {"error_after": 2},
}


def gemini(port, **fields):
    return {"kind": "gemini", "base_url": f"http://127.0.0.1:{port}/v1beta", "timeouts": TIMEOUTS, **PLAIN,
            "api_key": {"env": "E2E_PROVIDER_KEY"}, "unknown_fields": "pass", **fields}


@pytest.fixture(scope="module")
def gemini_gateway(provider, tmp_path_factory):
    port = provider.port
    upstreams = {"gemini": gemini(port), "hasty": gemini(port, timeouts=HASTY)}
    models = [model("gemini", "gemini", "gemini-2.5-flash"), model("gemini-hasty", "hasty")]
    settings = configuration(provider.base_url, upstreams=upstreams, models=models)
    gateway = Gateway(tmp_path_factory.mktemp("gemini"), settings)
    yield gateway
    gateway.stop()


@pytest.fixture
def chat(openai_client, gemini_gateway):
    gemini_gateway.assert_healthy()
    yield Endpoint(openai_client, gemini_gateway.urls["public"] + "/v1").chat
    gemini_gateway.assert_healthy()


def test_a_response_is_a_completion(chat, provider, label):
    result = chat("gemini", provider={"id": label, "words": WORDS}, max_tokens=50)
    assert result.message["content"] == "".join(WORDS)
    assert result.completion["model"] == "gemini-fake-1" and result.completion["id"] == "resp-fake"
    assert result.completion["choices"][0]["finish_reason"] == "stop"
    assert result.completion["usage"]["prompt_tokens_details"]["cached_tokens"] == 3
    headers, body, path = sent(provider, label)
    assert path == "/v1beta/models/gemini-2.5-flash:generateContent"
    assert headers["x-goog-api-key"] == "sk-provider-secret-91c2" and "authorization" not in headers
    assert body["generationConfig"] == {"maxOutputTokens": 50}


@pytest.mark.parametrize("spec", [{}, {"chunk_bytes": 3}, {"eol": "\n"}, {"framing": "close"}], ids=str)
def test_a_stream_is_a_stream(chat, spec):
    result = chat("gemini", provider={"words": WORDS, **spec}, stream=True, stream_options={"include_usage": True})
    assert result.text() == "".join(WORDS)
    assert len({(chunk["id"], chunk["created"], chunk["model"]) for chunk in result.chunks}) == 1
    assert result.chunks[0]["choices"][0]["delta"]["role"] == "assistant"
    assert result.chunks[-2]["choices"][0]["finish_reason"] == "stop"
    assert result.chunks[-1]["choices"] == [] and result.chunks[-1]["usage"]["total_tokens"] == 10


@pytest.mark.parametrize("stream", [False, True], ids=["plain", "stream"])
def test_a_tool_is_called_and_its_result_sent_back(chat, provider, label, stream):
    spec = {"id": label, "tool": {"name": "get_weather", "arguments": ['{"city"', ': "Köln"}']}}
    result = chat("gemini", tools=TOOLS, tool_choice="required", provider=spec, stream=stream)
    calls = tool_calls(result.chunks) if stream else [
        {"id": call["id"], **call["function"]} for call in result.message["tool_calls"]]
    assert json.loads(calls[0]["arguments"]) == {"city": "Köln"} and calls[0]["name"] == "get_weather"
    last = result.chunks[-1] if stream else result.completion
    assert last["choices"][0]["finish_reason"] == "tool_calls"
    body = sent(provider, label)[1]
    assert body["tools"][0]["functionDeclarations"] == [
        {"name": "get_weather", "parametersJsonSchema": {"type": "object"}}]
    assert body["toolConfig"] == {"functionCallingConfig": {"mode": "ANY"}}
    if stream:
        return
    messages = [{"role": "user", "content": "weather?"}, result.message,
                {"role": "tool", "tool_call_id": calls[0]["id"], "content": "mild"}]
    chat("gemini", messages=messages, provider={"id": label + "b"}).assert_ok()
    contents = sent(provider, label + "b")[1]["contents"]
    assert contents[1]["parts"] == [{"functionCall": {"name": "get_weather", "args": {"city": "Köln"}},
                                     "thoughtSignature": "c2lnbmVk"}]
    assert contents[2]["parts"] == [{"functionResponse": {"name": "get_weather", "response": {"result": "mild"}}}]


def test_an_image_is_sent(chat, provider, label):
    messages = [{"role": "system", "content": "Look."},
                {"role": "user", "content": [{"type": "image_url", "image_url": {"url": IMAGE}}]}]
    chat("gemini", messages=messages, provider={"id": label}).assert_ok()
    body = sent(provider, label)[1]
    assert body["systemInstruction"] == {"parts": [{"text": "Look."}]}
    assert body["contents"][0]["parts"] == [
        {"inlineData": {"mimeType": "image/png", "data": IMAGE.split(",")[1]}}]


def test_thoughts_are_reasoning(chat):
    spec = {"thinking": ["two ", "and two"], "words": ["4"]}
    chunks = chat("gemini", provider=spec, stream=True, reasoning_effort="low").chunks
    deltas = [chunk["choices"][0]["delta"] for chunk in chunks]
    assert "".join(delta.get("reasoning_content") or "" for delta in deltas) == "two and two"
    message = chat("gemini", provider=spec).message
    assert (message["reasoning_content"], message["content"]) == ("two and two", "4")


@pytest.mark.parametrize("spec, finish", [({"stop": "MAX_TOKENS"}, "length"), ({"stop": "SAFETY"}, "content_filter"),
                                          ({"blocked": True}, "content_filter")], ids=str)
@pytest.mark.parametrize("stream", [False, True], ids=["plain", "stream"])
def test_finish_reasons_have_their_counterparts(chat, spec, finish, stream):
    result = chat("gemini", provider=spec, stream=stream)
    last = result.chunks[-1] if stream else result.completion
    assert last["choices"][0]["finish_reason"] == finish


def refusal(status, kind, **detail):
    error = {"code": status, "message": "their words", "status": kind, "details": [detail]}
    return {"status": status, "body": json.dumps({"error": error})}


@pytest.mark.parametrize("status, kind, name", [
    (400, "INVALID_ARGUMENT", "BadRequestError"), (404, "NOT_FOUND", "NotFoundError"),
    (429, "RESOURCE_EXHAUSTED", "RateLimitError"), (500, "INTERNAL", "InternalServerError"),
    (503, "UNAVAILABLE", "InternalServerError"),
])
@pytest.mark.parametrize("stream", [False, True], ids=["plain", "stream"])
def test_a_refusal_raises_its_class_with_its_words(chat, status, kind, name, stream):
    error = chat("gemini", provider=refusal(status, kind, retryDelay="9s"), stream=stream).error
    assert (error["class"], error["status_code"]) == (name, status)
    assert "their words" in error["message"] and error["headers"]["retry-after"] == "9"


def test_the_gateways_key_refused_is_a_bad_gateway(chat):
    wrong = refusal(400, "INVALID_ARGUMENT", reason="API_KEY_INVALID")
    assert chat("gemini", provider=wrong).error["code"] == "upstream_authentication_failed"


def test_what_cannot_be_asked_for_is_a_bad_request_that_names_it(chat):
    error = chat("gemini", n=2).error
    assert (error["class"], error["param"], error["code"]) == ("BadRequestError", "n", "unsupported_parameter")


@pytest.mark.parametrize("spec", [
    {"body": "<html>welcome</html>", "headers": {"content-type": "text/html"}}, {"body": "{}"}, {"cut_after": 40},
    {"short": 50}, {"finish": False}, {"status": 302, "body": "", "headers": {"location": "/elsewhere"}},
], ids=str)
def test_an_answer_that_is_no_response_is_a_bad_gateway(chat, spec):
    assert chat("gemini", provider=spec).error["status_code"] == 502


@pytest.mark.parametrize("way", BROKEN)
def test_a_broken_stream_raises_in_mid_stream(chat, way):
    result = chat("gemini-hasty", provider={"events": 6, **BROKEN[way]}, stream=True)
    error = result.error
    assert "APIError" in error["classes"] and "APIConnectionError" not in error["classes"], error
    assert error["code"] and error["message"]
    assert result.text().startswith("w0 w1 "), "what came before the break is delivered"


@pytest.mark.parametrize("spec", [{"head_ms": 60_000}, {"stall_after": 0}], ids=str)
def test_a_provider_that_stays_silent_times_out(chat, spec):
    error = chat("gemini-hasty", provider=spec, stream=True).error
    assert error["class"] in ("InternalServerError", "APIError"), error
