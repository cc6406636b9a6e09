"""OpenAI's Responses API in front of models for chats: the openai client, its streams, tools, forms and errors."""

import json

import pytest

from configuration import TIMEOUTS, model
from harness import until
from metrics import total
from openai_client import Endpoint
from provider_scripts import BROKEN, TOOL, WORDS
from test_upstream_bedrock import NAME, signed
from wire import once, post

TOOLS = [{"type": "function", "name": "get_weather", "description": "Looks out.", "strict": False,
          "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}]


def asked(text="hi", model="fake", path="/v1/responses", headers=(), **fields):
    return post(json.dumps({"model": model, "input": text, **fields}).encode(), path, headers=headers)


def events(response):
    """The data of the events, which have names besides."""
    return [json.loads(line[len("data: "):]) for line in response.body.decode().split("\n") if line.startswith("data: ")]


def texts(answer):
    return [part["text"] for item in answer["output"] if item["type"] == "message" for part in item["content"]]


def test_a_whole_answer_is_a_response(endpoint, provider, label):
    spec = {"id": label, "words": WORDS, "cached": 2}
    result = endpoint.create(
        "responses.create", spec, model="mapped", input="What?", instructions="Be brief.", max_output_tokens=50,
        metadata={"a": "b"}, reasoning={"effort": "low"}, user="u1")
    answer = result.answer
    assert texts(answer) == ["".join(WORDS)] and answer["status"] == "completed" and result["request_id"]
    assert answer["id"].startswith("resp_") and answer["output"][0]["id"].startswith("msg_")
    assert answer["usage"] == {
        "input_tokens": 7, "input_tokens_details": {"cached_tokens": 2}, "output_tokens": 5,
        "output_tokens_details": {"reasoning_tokens": 0}, "total_tokens": 12}
    assert answer["metadata"] == {"a": "b"} and answer["instructions"] == "Be brief."
    body = provider.sent(label)
    assert body["messages"] == [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "What?"}]
    assert body["max_completion_tokens"] == 50 and body["reasoning_effort"] == "low" and body["user"] == "u1"
    assert not {"input", "instructions", "metadata", "store", "reasoning"} & set(body)


@pytest.mark.parametrize("spec", [{}, {"chunk_bytes": 3}, {"eol": "\r\n"}], ids=str)
def test_a_stream_is_put_together_by_the_client(endpoint, spec):
    result = endpoint.respond(provider={"words": WORDS, **spec})
    assert texts(result.answer) == ["".join(WORDS)] and result.answer["usage"]["output_tokens"] == 5
    kinds = [event["type"] for event in result["events"]]
    assert kinds == [
        "response.created", "response.in_progress", "response.output_item.added", "response.content_part.added",
        *["response.output_text.delta"] * 5, "response.output_text.done", "response.content_part.done",
        "response.output_item.done", "response.completed"]
    assert [event["sequence_number"] for event in result["events"]] == list(range(len(kinds)))


def test_on_the_wire_events_have_names_and_no_done(gateway):
    response = once(gateway.address(), asked("one two", "echo", "/api/v1/responses", stream=True))
    lines = response.body.decode().split("\n")
    named = [line[len("event: "):] for line in lines if line.startswith("event: ")]
    data = events(response)
    assert [event["type"] for event in data] == named and named[-1] == "response.completed"
    assert texts(data[-1]["response"]) == ["one two"] and "[DONE]" not in lines


def test_tools_are_called_and_their_results_come_back(endpoint, provider, label):
    first = endpoint.respond(provider={"tool": TOOL}, tools=TOOLS, tool_choice="required")
    [call] = first.answer["output"]
    assert (call["type"], call["name"], json.loads(call["arguments"])) == (
        "function_call", "get_weather", {"city": "Köln"})
    whole = endpoint.create("responses.create", {"id": label, "tool": TOOL}, model="fake", input="x", tools=TOOLS)
    assert [item["call_id"] for item in whole.answer["output"]] == [call["call_id"]] == ["call_1"]
    assert provider.sent(label)["tools"] == [{"type": "function", "function": {
        name: value for name, value in TOOLS[0].items() if name != "type"}}]
    talk = [{"role": "user", "content": "Weather?"}, *first.answer["output"],
            {"type": "function_call_output", "call_id": call["call_id"], "output": "rain"}]
    endpoint.respond(asked=talk, tools=TOOLS, provider={"id": label + "b"}).assert_ok()
    assert provider.sent(label + "b")["messages"] == [
        {"role": "user", "content": "Weather?"},
        {"role": "assistant", "content": None, "tool_calls": [{"id": "call_1", "type": "function", "function": {
            "name": "get_weather", "arguments": call["arguments"]}}]},
        {"role": "tool", "tool_call_id": "call_1", "content": "rain"}]


def test_several_calls_are_items_of_their_own(endpoint):
    tools = [TOOL, {"name": "get_time", "arguments": ["{}"]}]
    answer = endpoint.respond(provider={"tools": tools}, tools=TOOLS).answer
    assert [(item["name"], item["call_id"]) for item in answer["output"]] == [
        ("get_weather", "call_1"), ("get_time", "call_2")]


def test_structured_answers_are_parsed(endpoint, provider, label):
    spec = {"id": label, "words": ['{"city":', ' "Köln"}']}
    parsed = endpoint.respond(call="respond_parsed", provider=spec)
    parsed.assert_ok()
    assert parsed["city"] == "Köln"
    form = provider.sent(label)["response_format"]
    assert form["type"] == "json_schema" and form["json_schema"]["strict"] is True
    assert form["json_schema"]["schema"]["required"] == ["city"]
    streamed = endpoint.respond(provider=spec, command={"structured": True}).answer
    assert json.loads(texts(streamed)[0]) == {"city": "Köln"}


@pytest.mark.parametrize("name", ["claude", "bedrock"])
@pytest.mark.parametrize("call", ["whole", "stream"])
def test_other_kinds_of_upstreams_answer_as_well(openai_client, gateway_with, provider, name, call):
    claude = {"kind": "anthropic", "base_url": f"http://127.0.0.1:{provider.port}", "timeouts": TIMEOUTS,
              "api_key": {"env": "E2E_PROVIDER_KEY"}, "unknown_fields": "pass"}
    gateway = gateway_with(upstreams={"claude": claude, "bedrock": signed(provider)},
                           models=[model("claude", "claude"), model("bedrock", "bedrock", NAME)])
    endpoint = Endpoint(openai_client, gateway.urls["public"] + "/v1")

    def ask(spec, **fields):
        if call == "stream":
            return endpoint.respond(name, provider=spec, max_output_tokens=50, **fields).answer
        return endpoint.create("responses.create", spec, model=name, input="hi", max_output_tokens=50, **fields).answer

    answer = ask({"words": WORDS, "events": 5})
    assert texts(answer) == ["".join(WORDS)] and answer["usage"]["output_tokens"] == 5
    [tool] = [item for item in ask({"tool": TOOL}, tools=TOOLS)["output"] if item["type"] == "function_call"]
    assert tool["name"] == "get_weather" and json.loads(tool["arguments"]) == {"city": "Köln"}


def test_images_and_files_arrive(endpoint, provider, label):
    parts = [{"type": "input_text", "text": "What?"},
             {"type": "input_image", "image_url": "data:image/png;base64,AA==", "detail": "low"},
             {"type": "input_file", "filename": "a.pdf", "file_data": "data:application/pdf;base64,AA=="}]
    endpoint.respond(asked=[{"role": "user", "content": parts}], provider={"id": label}).assert_ok()
    assert provider.sent(label)["messages"][0]["content"] == [
        {"type": "text", "text": "What?"},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA==", "detail": "low"}},
        {"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,AA=="}}]


def test_reasoning_is_an_item(endpoint):
    deltas = [{"role": "assistant", "content": ""}, {"reasoning_content": "Hm"}, {"content": "So"}]
    chunks = [{"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m",
               "choices": [{"index": 0, "delta": delta, "finish_reason": None}]} for delta in deltas]
    chunks.append({**chunks[0], "choices": [{"index": 0, "delta": {}, "finish_reason": "length"}]})
    body = "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks) + "data: [DONE]\n\n"
    spec = {"status": 200, "headers": {"content-type": "text/event-stream"}, "body": body}
    events = endpoint.respond(call="respond_raw", provider=spec)["events"]
    assert [event["delta"] for event in events if event["type"] == "response.reasoning_text.delta"] == ["Hm"]
    last = events[-1]
    assert last["type"] == "response.incomplete" and last["response"]["status"] == "incomplete"
    assert last["response"]["incomplete_details"] == {"reason": "max_output_tokens"}
    assert [item["type"] for item in last["response"]["output"]] == ["reasoning", "message"]


@pytest.mark.parametrize("spec", BROKEN.values(), ids=BROKEN)
def test_a_broken_stream_is_an_error_and_never_complete(endpoint, spec):
    name = "hasty" if "stall_after" in spec else "fake"
    result = endpoint.respond(name, call="respond_raw", provider={"events": 6, **spec})
    assert result.error["class"] == "APIError" and result.error["message"]
    assert not {"response.completed", "response.incomplete"} & {event["type"] for event in result["events"]}


def test_on_the_wire_a_broken_stream_ends_with_its_failure(gateway):
    response = once(gateway.address(), asked("one two three", "echo-failing", stream=True))
    *_, error, failed = events(response)
    assert error["type"] == "error" and error["code"] == "upstream_truncated" and error["message"]
    assert failed["type"] == "response.failed" and failed["response"]["error"]["code"] == "server_error"


@pytest.mark.parametrize("fields, param, code", [
    ({"tools": TOOLS + [{"type": "web_search"}]}, "tools[1].type", "unsupported_value"),
    ({"previous_response_id": "resp_1"}, "previous_response_id", "unsupported_parameter"),
    ({"conversation": "conv_1"}, "conversation", "unsupported_parameter"),
    ({"background": True}, "background", "unsupported_parameter"),
    ({"input": [{"type": "item_reference", "id": "x"}]}, "input[0].type", "unsupported_value"),
    ({"input": None}, "input", "missing_required_parameter"), ({"model": None}, "model", "missing_required_parameter"),
])
def test_what_cannot_be_translated_is_refused_by_name(gateway, fields, param, code):
    body = {"model": "fake", "input": "hi"} | fields
    response = once(gateway.address(), post(json.dumps(body).encode(), "/v1/responses"))
    assert (response.status, response.error["param"], response.error["code"]) == (400, param, code)


def test_refusals_have_their_class(endpoint):
    spec = {"status": 429, "headers": {"retry-after": "7"}, "body": json.dumps(
        {"error": {"message": "Slowly.", "type": "requests", "code": "rate_limit_exceeded"}})}
    for call in ("respond", "respond_raw"):
        error = endpoint.respond(call=call, provider=spec).error
        assert error["class"] == "RateLimitError" and error["headers"]["retry-after"] == "7"
    assert endpoint.respond("nobody").error["class"] == "NotFoundError"
    assert endpoint.respond("nowhere").error["status_code"] == 502


# Policies


@pytest.fixture
def strict(openai_client, gateway_with):
    """A gateway that validates, guards and keeps answers."""
    policies = [{"kind": "validate", "max_output_tokens": 100, "unknown_fields": "allow"},
                {"kind": "guard", "words": [{"list": ["xyzzy"], "action": "deny"}]},
                {"kind": "cache"}]
    return gateway_with(policies=policies)


@pytest.mark.parametrize("fields, param", [
    ({"max_output_tokens": 101}, "max_output_tokens"), ({"temperature": 3}, "temperature"),
    ({"asked": [{"role": "bot", "content": "x"}]}, "input[0].role"),
    ({"asked": [{"role": "user", "content": "x"}, {"type": "function_call_output", "call_id": "c", "output": "o"}]},
     "input[1].call_id"),
    ({"text": {"format": {"type": "json_schema", "name": "n", "schema": {"type": 1}}}}, "text.format.schema.type"),
])
def test_mistakes_are_named_as_the_client_wrote_them(openai_client, strict, fields, param):
    error = Endpoint(openai_client, strict.urls["public"] + "/v1").respond(call="respond_raw", **fields).error
    assert (error["class"], error["param"]) == ("BadRequestError", param)


def test_limits_logs_and_metrics_know_responses(gateway_with):
    gateway = gateway_with(policies=[{"kind": "rate_limit", "per": "user", "requests": 1, "window_ms": 600_000}])
    answer = once(gateway.address(), asked("one two", "echo"))
    assert answer.status == 200 and answer["x-ratelimit-remaining-requests"] == "0"
    refused = once(gateway.address(), asked("one two", "echo"))
    assert refused.status == 429 and refused.error["code"] == "rate_limit_exceeded"
    mine = answer["x-request-id"]
    line = until(lambda: [each for each in gateway.access_log() if each["request_id"] == mine], what="the line")[0]
    assert (line["path"], line["dialect"], line["model"]) == ("/v1/responses", "openai", "echo")
    assert total(gateway, "http_server_request_duration_seconds_count", http_route="/v1/responses") == 2


def test_guards_and_the_cache_act_on_responses(strict, provider, label):
    assert once(strict.address(), asked("say xyzzy", "echo")).status == 400
    answers = [once(strict.address(), asked("same", temperature=0, x_provider={"id": label}, stream=True))
               for _ in range(2)]
    assert [answer["x-cache"] for answer in answers] == ["miss", "hit"] and len(provider.calls(label)) == 1
    assert events(answers[0]) == events(answers[1])


def test_what_a_client_has_written_on_several_lines_is_told_on_one(gateway, label):
    """The events of a stream repeat what was asked; a line end would cut them."""
    body = {"model": "fake", "input": "hi", "stream": True, "tools": TOOLS, "metadata": {"a": "b"},
            "x_provider": {"id": label, "events": 2}}
    for indent in ("\n", "\r\n"):
        text = json.dumps(body, indent=2).replace("\n", indent).encode()
        told = events(once(gateway.address(), post(text, "/v1/responses")))
        assert told[-1]["type"] == "response.completed" and told[-1]["response"]["tools"] == TOOLS
        assert told[0]["response"]["metadata"] == {"a": "b"}


def test_a_stream_that_is_longer_than_may_be_kept_ends_with_an_error(gateway_with, provider, label):
    """Its last events repeat all of it."""
    gateway = gateway_with(bounds={"max_log_bytes": 65_536})
    spec = {"id": label, "events": 40, "size": 2_000}
    told = events(once(gateway.address(), asked(stream=True, x_provider=spec)))
    assert [event["type"] for event in told[-2:]] == ["error", "response.failed"] and told[-2]["code"] == "answer_too_large"
    assert all(not event["type"].endswith((".done", "completed")) for event in told)
    assert once(gateway.address(), asked(stream=True, x_provider=spec | {"events": 30})).body.count(b"response.completed")
