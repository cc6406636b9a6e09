"""The anthropic client: answers, streams, tools, images and errors of models that speak OpenAI's form, or any other."""

import base64
import json
import urllib.request

import anthropic
import pytest

from configuration import KEY, TIMEOUTS, configuration, model
from harness import Gateway
from provider_scripts import BROKEN, TOOL, WORDS
from test_upstream_bedrock import NAME, signed

TOOLS = [{"name": "get_weather", "description": "Looks out.", "input_schema": {"type": "object"}}]
KINDS = ["fake", "claude", "bedrock"]
IMAGE = base64.b64encode(b"\x89PNG not really").decode()


@pytest.fixture(scope="module")
def messages_gateway(provider, tmp_path_factory):
    claude = {"kind": "anthropic", "base_url": f"http://127.0.0.1:{provider.port}", "timeouts": TIMEOUTS,
              "api_key": {"env": "E2E_PROVIDER_KEY"}, "unknown_fields": "pass"}
    models = [model("claude", "claude"), model("bedrock", "bedrock", NAME)]
    upstreams = {"claude": claude, "bedrock": signed(provider)}
    settings = configuration(provider.base_url, upstreams=upstreams, models=models)
    gateway = Gateway(tmp_path_factory.mktemp("messages"), settings)
    yield gateway
    gateway.stop()


@pytest.fixture
def client(messages_gateway):
    messages_gateway.assert_healthy()
    yield anthropic.Anthropic(api_key=KEY, base_url=messages_gateway.urls["public"], max_retries=0, timeout=20)
    messages_gateway.assert_healthy()


def ask(content="hi", *, model="fake", provider=None, **fields):
    body = {"x_provider": provider} if provider is not None else None
    messages = content if isinstance(content, list) else [{"role": "user", "content": content}]
    return {"model": model, "max_tokens": 50, "messages": messages, "extra_body": body, **fields}


@pytest.mark.parametrize("name", KINDS)
def test_an_answer_is_a_message(client, name):
    message = client.messages.create(**ask(model=name, provider={"words": WORDS, "events": 5}))
    assert [block.text for block in message.content] == ["".join(WORDS)]
    assert message.id.startswith("msg_") and message.role == "assistant" and message.stop_reason == "end_turn"
    assert message.usage.output_tokens == 5
    assert message.usage.input_tokens + message.usage.cache_read_input_tokens == 7
    assert message._request_id


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("spec", [{}, {"chunk_bytes": 3}, {"eol": "\r\n"}], ids=str)
def test_a_stream_is_a_stream(client, name, spec):
    with client.messages.stream(**ask(model=name, provider={"words": WORDS, "events": 5, **spec})) as stream:
        assert list(stream.text_stream) == WORDS
        message = stream.get_final_message()
    assert message.stop_reason == "end_turn" and message.usage.output_tokens == 5
    assert [block.type for block in message.content] == ["text"]


def test_echo_answers(client):
    assert client.messages.create(**ask("repeat after me", model="echo")).content[0].text == "repeat after me"
    with client.messages.stream(**ask("one two", model="echo")) as stream:
        assert stream.get_final_text() == "one two"


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("streams", [False, True], ids=["plain", "stream"])
def test_a_tool_is_called(client, provider, label, name, streams):
    asked = ask(model=name, provider={"id": label, "tool": TOOL}, tools=TOOLS, tool_choice={"type": "any"})
    if streams:
        with client.messages.stream(**asked) as stream:
            message = stream.get_final_message()
    else:
        message = client.messages.create(**asked)
    call = message.content[-1]
    assert (call.type, call.name, call.input) == ("tool_use", "get_weather", {"city": "Köln"}) and call.id
    assert message.stop_reason == "tool_use"
    if name == "fake":
        body = provider.sent(label)
        assert body["tool_choice"] == "required"
        assert body["tools"] == [{"type": "function", "function": {
            "name": "get_weather", "description": "Looks out.", "parameters": {"type": "object"}}}]


MARK = {"cache_control": {"type": "ephemeral"}}
TALK = [
    {"role": "user", "content": [{"type": "text", "text": "What?", **MARK}, {
        "type": "image", "source": {"type": "base64", "media_type": "image/png", "data": IMAGE}}]},
    {"role": "assistant", "content": [{"type": "thinking", "thinking": "hm", "signature": "sig"},
                                      {"type": "tool_use", "id": "c1", "name": "get_weather", "input": {"a": 1}}]},
    {"role": "user", "content": [
        {"type": "tool_result", "tool_use_id": "c1", "content": [{"type": "text", "text": "rain"}], "is_error": True},
        {"type": "text", "text": "So?"}]},
]


def test_a_conversation_arrives_in_openais_form_alone(client, provider, label):
    client.messages.create(**ask(TALK, provider={"id": label}, system="Look.", thinking={
        "type": "enabled", "budget_tokens": 20_000}, metadata={"user_id": "u1"}, stop_sequences=["x"]))
    body = provider.sent(label)
    assert body["messages"] == [
        {"role": "system", "content": "Look."},
        {"role": "user", "content": [{"type": "text", "text": "What?"}, {
            "type": "image_url", "image_url": {"url": f"data:image/png;base64,{IMAGE}"}}]},
        {"role": "assistant", "content": None, "tool_calls": [{"id": "c1", "type": "function", "function": {
            "name": "get_weather", "arguments": body["messages"][2]["tool_calls"][0]["function"]["arguments"]}}]},
        {"role": "tool", "tool_call_id": "c1", "content": "rain"},
        {"role": "user", "content": [{"type": "text", "text": "So?"}]}]
    assert json.loads(body["messages"][2]["tool_calls"][0]["function"]["arguments"]) == {"a": 1}
    assert body["reasoning_effort"] == "high" and "thinking" not in body and "system" not in body
    assert body["max_completion_tokens"] == 50 and body["user"] == "u1" and body["stop"] == ["x"]


def test_a_conversation_reaches_its_own_kind_whole(client, provider, label):
    thinking = {"type": "enabled", "budget_tokens": 2000}
    client.messages.create(**ask(TALK, model="claude", provider={"id": label}, thinking=thinking, tools=TOOLS))
    body = provider.sent(label)
    assert body["thinking"] == thinking and body["max_tokens"] == 50
    assert body["messages"] == TALK
    assert body["tools"] == TOOLS


@pytest.mark.parametrize("streams", [False, True], ids=["plain", "stream"])
@pytest.mark.parametrize("name", ["claude", "bedrock"])
def test_thoughts_come_and_go_with_their_signatures(client, provider, label, name, streams):
    thinking = {"type": "enabled", "budget_tokens": 1024}
    asked = ask(model=name, provider={"id": label, "thinking": ["Hm, ", "so"], "tool": TOOL}, tools=TOOLS,
                thinking=thinking)
    if streams:
        with client.messages.stream(**asked) as stream:
            content = stream.get_final_message().content
    else:
        content = client.messages.create(**asked).content
    assert [block.type for block in content] == ["thinking", "tool_use"]
    assert (content[0].thinking, content[0].signature) == ("Hm, so", "c2lnbmVk")
    back = [{"role": "user", "content": "hi"},
            {"role": "assistant", "content": [block.model_dump(exclude_none=True) for block in content]},
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": content[1].id, "content": "rain"}]}]
    client.messages.create(**ask(back, model=name, provider={"id": label + "b"}, tools=TOOLS, thinking=thinking))
    thought = provider.sent(label + "b")["messages"][1]["content"][0]
    assert thought == ({"type": "thinking", "thinking": "Hm, so", "signature": "c2lnbmVk"} if name == "claude" else
                       {"reasoningContent": {"reasoningText": {"text": "Hm, so", "signature": "c2lnbmVk"}}})


def test_thoughts_are_shown_to_who_asks(client):
    deltas = [{"role": "assistant", "content": ""}, {"reasoning_content": "Hm"}, {"content": "So"}]
    chunks = [{"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m",
               "choices": [{"index": 0, "delta": delta, "finish_reason": None}]} for delta in deltas]
    chunks.append({**chunks[0], "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    body = "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks) + "data: [DONE]\n\n"
    spec = {"status": 200, "headers": {"content-type": "text/event-stream"}, "body": body}
    with client.messages.stream(**ask(provider=spec, thinking={"type": "enabled", "budget_tokens": 1024})) as stream:
        message = stream.get_final_message()
    assert [(block.type, getattr(block, block.type)) for block in message.content] == [
        ("thinking", "Hm"), ("text", "So")]
    with client.messages.stream(**ask(provider=spec)) as stream:
        assert [block.type for block in stream.get_final_message().content] == ["text"]


@pytest.mark.parametrize("spec", BROKEN.values(), ids=BROKEN)
def test_a_broken_stream_is_an_error(client, spec):
    name = "hasty" if "stall_after" in spec else "fake"
    with pytest.raises(anthropic.APIStatusError) as caught:
        with client.messages.stream(**ask(model=name, provider={"events": 6, **spec})) as stream:
            stream.get_final_message()
    assert caught.value.body["type"] == "error"
    assert caught.value.body["error"]["type"] in ("api_error", "timeout_error")
    assert caught.value.body["request_id"]


OPENAI_ERROR = json.dumps({"error": {"message": "Slowly.", "type": "requests", "code": "rate_limit_exceeded"}})


@pytest.mark.parametrize("streams", [False, True], ids=["plain", "stream"])
@pytest.mark.parametrize("status, body, error, kind", [
    (429, OPENAI_ERROR, anthropic.RateLimitError, "rate_limit_error"),
    (400, '{"error": {"message": "No.", "type": "invalid_request_error"}}', anthropic.BadRequestError,
     "invalid_request_error"),
    (500, "<html>", anthropic.InternalServerError, "api_error"),
    (503, "<html>", anthropic.APIStatusError, "overloaded_error"),
])
def test_a_refusal_of_the_provider_has_its_class(client, status, body, error, kind, streams):
    spec = {"status": status, "headers": {"retry-after": "7"}, "body": body}
    with pytest.raises(error) as caught:
        client.messages.create(**ask(provider=spec), stream=streams)
    assert caught.value.body["error"]["type"] == kind
    if status == 429:
        assert caught.value.response.headers["retry-after"] == "7"


def test_the_gateways_own_refusals_have_their_class(client):
    with pytest.raises(anthropic.NotFoundError) as caught:
        client.messages.create(**ask(model="nobody"))
    assert caught.value.body["error"]["type"] == "not_found_error"
    with pytest.raises(anthropic.AuthenticationError):
        client.with_options(api_key="sk-wrong").messages.create(**ask())
    with pytest.raises(anthropic.BadRequestError) as caught:
        client.messages.create(**ask([{"role": "user", "content": [{"type": "hologram"}]}]))
    assert "messages.0.content.0" in caught.value.message
    with pytest.raises(anthropic.APIStatusError) as caught:
        client.messages.create(**ask(model="nowhere"))
    assert caught.value.status_code == 502 and caught.value.body["error"]["type"] == "api_error"


def test_tokens_are_counted(client):
    short = client.messages.count_tokens(model="fake", messages=[{"role": "user", "content": "hi"}]).input_tokens
    long = client.messages.count_tokens(
        model="fake", system="Be brief. " * 100, tools=TOOLS, messages=[{"role": "user", "content": "hi"}]).input_tokens
    assert 0 < short < 20 and long > short + 150
    with pytest.raises(anthropic.NotFoundError):
        client.messages.count_tokens(model="nobody", messages=[{"role": "user", "content": "hi"}])


def test_the_beta_paths_and_the_prefix_work(client, messages_gateway):
    assert client.beta.messages.create(**ask("word", model="echo"), betas=["x-1"]).content[0].text == "word"
    body = json.dumps({"model": "echo", "messages": [{"role": "user", "content": "word"}]}).encode()
    headers = {"x-api-key": KEY, "content-type": "application/json"}
    request = urllib.request.Request(messages_gateway.urls["public"] + "/api/v1/messages", body, headers)
    with urllib.request.urlopen(request, timeout=10) as response:
        assert json.load(response)["content"] == [{"type": "text", "text": "word"}]
