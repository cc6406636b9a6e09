"""The agent dialect over HTTP: chats with tools, conversations, and agents that clients make."""

import json
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from agents import agents, call, events, message, using
from dialects import asking, dialects
from harness import until
from wire import Wire, get, once, post

MCP_SERVER = Path(__file__).parent / "clients" / "mcp_server.py"


@pytest.fixture
def served(start, service):
    return start(root=agents(service))


def ask(gateway, text, path="/chat", **fields):
    return once(gateway.address(), message(text, path, **fields))


# Answers

def test_a_whole_answer_tells_the_calls(served, provider, label):
    answer = ask(served, using(label, call("calculate", expression="2^100")))
    assert answer.status == 200, answer.body
    told = answer.json()
    assert set(told) == {"response", "tool_calls", "conversation_id", "timestamp"}
    assert told["response"] == "Done." and told["conversation_id"] == "default"
    [used] = told["tool_calls"]
    assert used.pop("execution_time_ms") >= 0
    assert used == {"id": "call_1", "name": "calculate", "arguments": {"expression": "2^100"}, "status": "completed",
                    "result": "1267650600228229401496703205376", "error": None}
    first, second = [json.loads(one["body"]) for one in provider.calls(label)]
    assert first["messages"][0] == {"role": "system", "content": "Be kind."}
    assert {tool["function"]["name"] for tool in first["tools"]} == {"calculate", "get_time", "say", "meet", "hang"}
    assert second["messages"][-1] == {"role": "tool", "tool_call_id": "call_1",
                                      "content": "1267650600228229401496703205376"}


@pytest.mark.parametrize("path", ["/chat/stream", "/api/chat/stream"])
def test_a_stream_tells_what_happens_as_it_does(served, label, path):
    response = ask(served, using(label, call("say", text="a&b=ü"), then=["All ", "done."]), path)
    found = events(response)
    assert [event["event_type"] for event in found] == [
        "tool_call_start", "tool_call_complete", "chat_chunk", "chat_chunk", "chat_chunk", "chat_complete"]
    assert found[0]["tool_call"]["status"] == "running" and found[0]["tool_call"]["result"] is None
    assert found[1]["tool_call"]["result"] == "a&b=ü"
    assert [(event["content"], event["is_complete"]) for event in found[2:5]] == [
        ("All ", False), ("done.", False), ("", True)]
    assert found[5].items() >= {"final_response": "All done.", "total_tool_calls": 1,
                                "conversation_id": "default"}.items()


def test_a_failure_of_the_model_is_an_error_of_its_status_or_of_its_stream(served, label):
    body = '{"error": {"message": "full", "type": "server_error", "param": null, "code": "full"}}'
    assert ask(served, asking("Hi", id=label, status=503, body=body)).status == 503
    cut = ask(served, asking("Hi", id=label + "x", words=["a", "b"], cut_after=2), "/chat/stream")
    assert events(cut)[-1]["event_type"] == "error" and events(cut)[-1]["error_code"] == "upstream_truncated"
    assert ask(served, asking("Hi", words=["ok"])).json()["response"] == "ok"


def test_arguments_on_several_lines_are_told_on_one(served, label):
    several = {"name": "say", "arguments": ['{\n  "text":', ' "hi"\r\n}']}
    found = events(ask(served, using(label, several), "/chat/stream"))
    calls = [event["tool_call"] for event in found if event["event_type"].startswith("tool_call")]
    assert [call["arguments"] for call in calls] == [{"text": "hi"}] * 2 and found[-1]["event_type"] == "chat_complete"


def test_an_answer_that_is_longer_than_may_be_kept_is_an_error(start, service, label):
    gateway = start(root=agents(service), bounds={"max_log_bytes": 65_536})
    assert ask(gateway, asking("Hi", id=label, events=40, size=2_000)).error["code"] == "answer_too_large"
    cut = events(ask(gateway, asking("Hi", id=label, events=40, size=2_000), "/chat/stream"))
    assert (cut[-1]["event_type"], cut[-1]["error_code"]) == ("error", "answer_too_large")
    assert ask(gateway, asking("Hi", words=["ok"])).json()["response"] == "ok"


REFUSAL = {"message": "slow down", "type": "requests", "param": "messages", "code": "rate_limit_exceeded"}


@pytest.mark.parametrize("path", ["/chat", "/chat/stream"])
@pytest.mark.parametrize("status, body, told, code, wait", [
    (429, json.dumps({"error": REFUSAL}), 429, "rate_limit_exceeded", "7"),
    (400, json.dumps({"error": REFUSAL | {"code": "bad"}}), 400, "bad", None),
    (429, "<html>", 429, "upstream_status", "7"), (401, "{}", 502, "upstream_authentication_failed", None),
])
def test_a_refusal_of_the_provider_keeps_its_status_its_words_and_when_to_come_back(
        served, label, path, status, body, told, code, wait):
    headers = {"retry-after": wait} if wait else {}
    answer = ask(served, asking("Hi", id=label, status=status, body=body, headers=headers), path)
    assert (answer.status, answer.error["code"], answer["retry-after"]) == (told, code, wait), answer.headers
    assert answer["x-request-id"] and "req-upstream-1" not in answer["x-request-id"]
    if code in ("rate_limit_exceeded", "bad"):
        assert answer.error == REFUSAL | {"code": code}
    assert ask(served, asking("Hi", words=["ok"])).json()["response"] == "ok"


def test_policies_act_on_each_question_to_the_model(start, service, label):
    policies = [{"kind": "rate_limit", "name": "few", "per": "user", "requests": 3, "window_ms": 3_600_000},
                {"kind": "guard", "redact": [{"pattern": "secret", "with": "***"}]},
                {"kind": "pace", "unit": "word", "max_delay_ms": 1_000}]
    served = start(root=agents(service), policies=policies)
    first = ask(served, using(label, call("say", text="x"), then=["a sec", "ret wo", "rd"]), "/chat/stream")
    chunks = [event["content"] for event in events(first) if event["event_type"] == "chat_chunk"]
    assert "".join(chunks) == "a *** word" and chunks[:-1] == ["a", " ***", " word"]
    second = ask(served, using(label + "x", call("say", text="x")))
    assert second.status == 429 and second.error["code"] == "rate_limit_exceeded" and second["x-policy"] == "few"
    assert second["x-ratelimit-remaining-requests"] == "0"
    assert ask(served, asking("Hi", words=["ok"]), "/chat/stream").status == 429


# Tools

@pytest.mark.parametrize("parallel, most", [(True, 2), (False, 1)])
def test_calls_run_together_unless_that_is_not_wanted(served, service, label, parallel, most):
    patience = "5" if parallel else "0.05"
    calls = [call("meet", text=name, patience=patience) for name in ("a", "b")]
    answer = ask(served, using(label, *calls), parallel_tools=parallel)
    assert [used["result"] for used in answer.json()["tool_calls"]] == ["a", "b"]
    assert service.most == most


def test_a_tool_that_hangs_fails_at_its_time_and_the_answer_completes(start, service, label):
    served = start(root=agents(service, agent={"tool_call_timeout": 0.2}))
    found = events(ask(served, using(label, call("hang"), call("say", text="x")), "/chat/stream"))
    kinds = [event["event_type"] for event in found]
    assert kinds[-1] == "chat_complete" and kinds.count("tool_call_error") == 1
    failed = next(event["tool_call"] for event in found if event["event_type"] == "tool_call_error")
    assert failed["status"] == "error" and failed["error"] == "The tool did not answer within 200 ms."
    until(lambda: service.left == 1, what="the end of the hanging call")


@pytest.mark.parametrize("phase", ["tool", "model"])
def test_a_client_that_leaves_stops_tools_and_model(served, service, provider, label, phase):
    text = using(label, call("hang")) if phase == "tool" else asking("Hi", id=label, words=["a", "b"], stall_after=2)
    with Wire(served.address()) as wire:
        wire.send(message(text, "/chat/stream"))
        wire.until(b"tool_call_start" if phase == "tool" else b"chat_chunk")
        until(lambda: phase == "model" or service.present == 1, what="the call")
    if phase == "tool":
        until(lambda: service.left == 1, what="the end of the hanging call")
    else:
        provider.call(label, "left")
    until(lambda: any(line["outcome"] == "client_disconnected" for line in served.access_log()),
          what="the line of the access log")


@pytest.mark.parametrize("name, arguments, words", [
    ("calculate", {"expression": "1/0"}, "division by zero"), ("get_time", {"timezone": "Berlin"}, "Europe/Berlin"),
    ("nothing", {}, "There is no tool 'nothing'"), ("say", {"text": ["a"]}, "must be a string"),
])
def test_a_mistake_of_the_model_is_told_to_it(served, provider, label, name, arguments, words):
    [used] = ask(served, using(label, call(name, **arguments))).json()["tool_calls"]
    assert used["status"] == "error" and words in used["error"]
    assert words in json.loads(provider.calls(label)[1]["body"])["messages"][-1]["content"]


def test_rounds_are_bounded(start, service, provider, label):
    served = start(root=agents(service, dialect={"max_tool_rounds": 2}))
    again = [{"tools": [call("say", text="x")]}] * 2 + [{"words": ["Enough."]}]
    answer = ask(served, asking("Hi", id=label, by_call=again))
    assert answer.json()["response"] == "Enough." and len(answer.json()["tool_calls"]) == 2
    assert ["tools" in json.loads(one["body"]) for one in provider.calls(label)] == [True, True, False]


def test_a_private_address_is_not_reached_unless_it_may_be(start, service, label):
    tool = {"url": service.url.replace("127.0.0.1", "localhost") + "/say"}
    served = start(root=agents(service, tools={"inner": tool, "direct": {"url": service.url + "/say"}}))
    answer = ask(served, using(label, call("inner"), call("direct"), call("say", text="x")))
    assert [used["error"] for used in answer.json()["tool_calls"]] == ["The service cannot be reached."] * 2 + [None]
    assert len(service.requests) == 1


def test_secrets_bodies_and_redirects_of_a_tool(start, service, label):
    tool = {"url": service.url + "/say?status=302", "method": "POST", "allow_private": True,
            "headers": {"x-token": {"env": "E2E_PROVIDER_KEY"}, "authorization": "Bearer tool"}, "body": {"q": "find {q}", "n": "{n}", "k": 1.5},
            "parameters": {"type": "object", "properties": {"q": {}, "n": {}}}}
    served = start(root=agents(service, tools={"search": tool}))
    [used] = ask(served, using(label, call("search", q='"x"', n=3))).json()["tool_calls"]
    assert used["error"].startswith("The service answered with status 302")
    method, _, headers, body = service.requests[0]
    assert method == "POST" and headers["x-token"].startswith("sk-")
    assert headers["authorization"] == "Bearer tool"
    assert body == rb'{"q":"find \"x\"","n":3,"k":1.5}'


# Conversations

def test_a_conversation_goes_on_and_is_forgotten_when_asked(served, provider, label):
    for number, fields in enumerate([{}, {}, {"conversation_id": "other"}, {"reset_history": True}]):
        ask(served, asking(f"Hi {number}", id=f"{label}-{number}", words=["ok"]), agent_name="plain", **fields)
    sent = [provider.sent(f"{label}-{number}")["messages"] for number in range(4)]
    assert [[one["role"] for one in messages] for messages in sent] == [
        ["user"], ["user", "assistant", "user"], ["user"], ["user"]]


def test_conversations_of_callers_and_agents_never_mix(start, service, provider, label):
    served = start(root=agents(service), require_key=False)
    ids = [ask(served, asking("Hi", words=["ok"])).json()["conversation_id"] for _ in range(2)]
    assert ids[0] != ids[1], "callers whom nobody knows share no conversation"
    ask(served, asking("Hi", id=label, words=["ok"]), conversation_id=ids[0], agent_name="plain")
    assert len(provider.sent(label)["messages"]) == 1


# Agents

def test_agents_are_listed_made_and_removed(served, provider, label):
    address = served.address()
    assert once(address, get("/agents")).json() == {"agents": ["default", "plain"], "count": 2}
    body = json.dumps({"name": "The poet", "instructions": "Rhyme.", "model": "fake", "max_parallel_tools": 2}).encode()
    made = once(address, post(body, "/agents/poet"))
    assert made.status == 200 and made.json()["tools_count"] == 5
    found = once(address, get("/agents/poet")).json()
    assert found["instructions"] == "Rhyme." and found["name"] == "poet", "the path names it"
    assert once(address, get("/agents")).json()["agents"] == ["default", "plain", "poet"]
    ask(served, asking("Hi", id=label, words=["ok"]), agent_name="poet")
    assert provider.sent(label)["messages"][0]["content"] == "Rhyme."
    assert once(address, get("/agents/poet", "DELETE")).status == 200
    assert once(address, get("/agents/poet")).error["code"] == "agent_not_found"
    for method in ("POST", "DELETE"):
        request = post(body, "/agents/default") if method == "POST" else get("/agents/default", method)
        assert once(address, request).status == 409


@pytest.mark.parametrize("request_, status, code", [
    (post(b"{}", "/agents/x"), 400, "missing_required_parameter"), (post(b"[", "/agents/x"), 400, "invalid_json"),
    (post(b'{"model": "nothing"}', "/agents/x"), 404, "model_not_found"),
    (post(b'{"model": "fake", "name": 7}', "/agents/x"), 400, "invalid_type"),
    (post(b'{"model": "fake", "model": "x"}', "/agents/x"), 400, "duplicate_key"),
    (post(b'{"model": "fake", "tool_call_timeout": -1}', "/agents/x"), 400, "invalid_value"),
    (post(b'{"model": "fake", "max_parallel_tools": "all"}', "/agents/x"), 400, "invalid_value"),
    (post(b'{"model": "fake"}', "/agents/" + "x" * 65), 400, "invalid_value"),
    (post(b'{"model": "fake"}', "/agents/"), 400, "invalid_value"),
    (post(b'{"model": "fake"}', "/agents/%00"), 400, "invalid_value"),
    (get("/agents", "POST"), 405, None), (get("/agents/default", "PUT"), 405, None), (get("/chat"), 405, None),
    (get("/agents/nobody", "DELETE"), 404, "agent_not_found"), (get("/agents", key=None), 401, "invalid_api_key"),
])
def test_a_bad_request_about_agents_gets_its_error_and_the_next_one_works(served, request_, status, code):
    with Wire(served.address()) as wire:
        answer = wire.exchange(request_)
        assert answer.status == status and (code is None or answer.error["code"] == code), answer.body
        assert wire.exchange(get("/agents")).json()["count"] == 2


def test_health_names_the_tools_and_counts_the_connections(served):
    with Wire(served.address()) as wire:
        wire.exchange(get("/agents"))
        told = json.loads(served.get("/health"))
    assert told["available_tools"] == ["calculate", "get_time", "hang", "meet", "say"]
    assert told["active_connections"] == 2 and told["status"] == "healthy"


def test_figures_and_the_log_name_the_dialect(served, label):
    ask(served, using(label, call("say", text="x")))
    ask(served, asking("Hi", words=["ok"]), agent_name="nobody")
    line = until(lambda: next(iter(served.access_log()), None), what="the line of the access log")
    assert line["dialect"] == "agent" and line["attempts"] == 2 and line["model"] == "fake"
    figures = [line for line in served.get("/metrics").splitlines() if line.startswith("sluice_requests_total{")]
    assert any('dialect="agent"' in line and 'status="200"' in line and line.endswith(" 2") for line in figures), figures
    assert any('dialect="agent"' in line and 'status="404"' in line and line.endswith(" 1") for line in figures), figures


@pytest.mark.parametrize("body, status, code", [
    (b"", 400, "invalid_json"), (b"[]", 400, "invalid_json"), (b'{"message": ""}', 400, "empty_string"),
    (b'{"message": 1}', 400, "invalid_type"), (b"{}", 400, "missing_required_parameter"),
    (b'{"message": "x", "question": "y"}', 400, "invalid_value"),
    (b'{"message": "x", "message": "y"}', 400, "duplicate_key"),
    (b'{"message": "x", "parallel_tools": "no"}', 400, "invalid_type"),
    (b'{"message": "x", "agent_name": "nobody"}', 404, "agent_not_found"),
    (b'{"message": "x", "conversation_id": ""}', 400, "invalid_value"),
    (b'{"question": "x"}', 400, "unsupported"), (b'{"message": "x", "instructions": 1}', 400, "invalid_type"),
    (b'{"message": "\xff"}', 400, "invalid_utf8"), (b'{"message": "x"', 400, "invalid_json"),
])
@pytest.mark.parametrize("path", ["/chat", "/chat/stream"])
def test_a_bad_message_gets_its_error_and_the_next_one_works(served, path, body, status, code):
    with Wire(served.address()) as wire:
        answer = wire.exchange(post(body, path))
        assert (answer.status, answer.error["code"]) == (status, code)
        assert wire.exchange(message(asking("Hi", words=["ok"]))).json()["response"] == "ok"


def test_questions_and_messages_share_their_path(start, service):
    root = agents(service)
    root["dialects"] |= dialects()
    served = start(root=root)
    answer = once(served.address(), post(json.dumps({"question": asking("Hi", words=["ok"])}).encode(), "/chat"))
    assert '"completed"' in answer.body.decode()
    assert ask(served, asking("Hi", words=["ok"])).json()["response"] == "ok"
    assert once(served.address(), post(b'{"question": "x", "message": "y"}', "/chat")).status == 400


# MCP

@pytest.fixture(params=["json", "sse"])
def math(request):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, MCP_SERVER, str(port), request.param])

    def answers():
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    until(answers, what="the MCP server")
    yield f"http://127.0.0.1:{port}/mcp"
    process.send_signal(signal.SIGTERM)
    process.wait(10)


def test_tools_of_a_real_mcp_server(start, service, provider, label, math):
    served = start(root=agents(service, servers={"math": {"url": math, "allow_private": True}}))
    answer = ask(served, using(label, call("math_add", a=2, b=3), call("math_fail"), call("math_add", a="x")))
    added, failed, refused = answer.json()["tool_calls"]
    assert added["result"] == "2 + 3 = 5"
    assert failed["status"] == "error" and "nothing works" in failed["error"]
    assert refused["status"] == "error"
    tools = json.loads(provider.calls(label)[0]["body"])["tools"]
    assert next(tool for tool in tools if tool["function"]["name"] == "math_add")["function"]["description"]


def test_an_agent_works_without_an_mcp_server_that_is_gone(start, service, label):
    gone = {"url": "http://127.0.0.1:1/mcp", "allow_private": True}
    served = start(root=agents(service, servers={"gone": gone}))
    assert ask(served, using(label, call("say", text="x"))).json()["response"] == "Done."


def test_sessions_with_mcp_servers_are_ended_after_a_reload_and_at_the_end(start, service, label):
    docs = {"url": service.url + "/mcp", "allow_private": True, "headers": {"authorization": "Bearer docs"}}
    served = start(root=agents(service, servers={"docs": docs}))
    assert ask(served, using(label, call("say", text="x"))).json()["response"] == "Done."
    shown = {headers.get("authorization") for _, path, headers, _ in list(service.requests) if path == "/mcp"}
    assert shown == {"Bearer docs"}
    served.signal(signal.SIGHUP)
    until(lambda: service.ended_sessions() == ["session-1"], what="the end of the old session")
    assert ask(served, asking("Hi", words=["ok"])).json()["response"] == "ok"
    assert service.sessions == 2 and service.ended_sessions() == ["session-1"]
    served.signal(signal.SIGTERM)
    assert served.wait() == 0
    assert service.ended_sessions() == ["session-1", "session-2"]


def test_a_server_that_says_nothing_to_the_end_of_a_session_holds_nobody_up(start, service, label):
    served = start(root=agents(service, servers={"docs": {"url": service.url + "/mcp", "allow_private": True}}))
    assert ask(served, asking("Hi", words=["ok"])).json()["response"] == "ok"
    with service.lock:  # it takes connections, and no answer comes
        served.signal(signal.SIGTERM)
        assert served.wait(4) == 0
