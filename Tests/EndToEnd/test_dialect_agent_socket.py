"""The agent dialect over WebSocket, with the `websockets` package as the client."""

import json
from socket import SHUT_RDWR

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from agents import agents, call, hear, hear_all, open_socket, say, using
from configuration import KEY
from dialects import asking
from harness import until
from metrics import decisions
from wire import get, once


@pytest.fixture
def served(start, service):
    return start(root=agents(service))


@pytest.mark.parametrize("path", ["/ws", "/api/ws"])
def test_a_chat_with_tools(served, label, path):
    with open_socket(served, path=path) as socket:
        say(socket, "chat", message=using(label, call("calculate", expression="6*7"), then=["It is ", "42."]))
        found = hear_all(socket)
        assert [kind for kind, _ in found] == ["tool_call", "tool_call", "chat_chunk", "chat_chunk", "chat_chunk",
                                               "chat_complete"]
        assert [data["tool_call"]["status"] for kind, data in found if kind == "tool_call"] == ["running", "completed"]
        assert found[-1][1]["final_response"] == "It is 42." and found[-1][1]["total_tool_calls"] == 1


def test_a_socket_is_one_conversation_and_answers_pings(served, provider, label):
    with open_socket(served) as socket:
        for number in range(2):
            say(socket, "chat", message=asking("Hi", id=f"{label}-{number}", words=["ok"]))
            hear_all(socket)
        assert len(provider.sent(f"{label}-1")["messages"]) == 4
        say(socket, "ping")
        assert hear(socket)[0] == "pong"
        assert socket.ping().wait(10)


def test_one_chat_at_a_time(served, label):
    with open_socket(served) as socket:
        say(socket, "chat", message=asking("Hi", id=label, words=["a", "b"], gap_ms=300))
        assert hear(socket)[0] == "chat_chunk"
        say(socket, "chat", message="me, too")
        kind, data = hear(socket)
        assert kind == "error" and data["error_code"] == "chat_in_progress"
        assert hear_all(socket)[-1][0] == "chat_complete"


@pytest.mark.parametrize("way", ["disconnect", "close", "abort"])
def test_who_leaves_stops_the_model(served, provider, label, way):
    socket = open_socket(served)
    say(socket, "chat", message=asking("Hi", id=label, words=["a", "b"], stall_after=2))
    assert hear(socket)[0] == "chat_chunk"
    if way == "disconnect":
        say(socket, "disconnect")
        with pytest.raises(ConnectionClosed) as ended:
            socket.recv(timeout=10)
        assert ended.value.rcvd.code == 1000
    elif way == "close":
        socket.close()
    else:
        socket.socket.shutdown(SHUT_RDWR)
    provider.call(label, "left")


# Keys and origins

def test_a_key_comes_by_header_by_subprotocol_or_by_the_first_message(served):
    with open_socket(served, key=None, subprotocols=["sluice.v1", f"bearer.{KEY}"]) as socket:
        assert socket.subprotocol == "sluice.v1"
        say(socket, "ping")
        assert hear(socket)[0] == "pong"
    with open_socket(served, key=None) as socket:
        say(socket, "auth", api_key=KEY)
        say(socket, "ping")
        assert hear(socket)[0] == "pong"


@pytest.mark.parametrize("first", [{"type": "auth", "data": {"api_key": "sk-wrong-key-1234"}}, {"type": "ping"}])
def test_without_a_valid_key_the_socket_closes(served, first):
    with open_socket(served, key=None) as socket:
        socket.send(json.dumps(first))
        assert hear(socket)[0] == "error"
        with pytest.raises(ConnectionClosed) as ended:
            socket.recv(timeout=10)
        assert ended.value.rcvd.code == 1008


def test_a_key_that_comes_late_is_decided_on_once(served):
    with open_socket(served, key=None) as socket:
        say(socket, "auth", api_key=KEY)
        say(socket, "ping")
        assert hear(socket)[0] == "pong"
    with open_socket(served, key=None) as socket:
        say(socket, "auth", api_key="sk-wrong-key-1234")
        assert hear(socket)[0] == "error"
    until(lambda: decisions(served, auth=True) == {
        ("auth", "auth", "pass", "enforce"): 1, ("auth", "auth", "refuse", "enforce"): 1,
    }, what=f"one decision each, not {decisions(served, auth=True)}")


def test_a_wrong_key_in_the_handshake_is_refused(served):
    with pytest.raises(InvalidStatus) as refused:
        open_socket(served, key="sk-wrong-key-1234")
    assert refused.value.response.status_code == 401


def test_pages_of_other_origins_are_refused(start, service):
    root = agents(service) | {"cors": {"origins": ["https://app.example"]}}
    served = start(root=root)
    host, port = served.address()
    for origin in ("https://app.example", f"http://{host}:{port}"):
        with open_socket(served, origin=origin) as socket:
            say(socket, "ping")
            assert hear(socket)[0] == "pong"
    with pytest.raises(InvalidStatus) as refused:
        open_socket(served, origin="https://evil.example")
    assert refused.value.response.status_code == 403


def test_a_plain_request_is_told_to_upgrade(served):
    answer = once(served.address(), get("/ws"))
    assert answer.status == 426 and answer["upgrade"] == "websocket" and answer["sec-websocket-version"] == "13"


# Mistakes

@pytest.mark.parametrize("text, code", [
    ("{", "invalid_json"), ("[]", "invalid_value"), ('{"type": "dance"}', "invalid_value"), ('{"type": 1}', "invalid_value"),
    ('{"type": "chat"}', "invalid_value"), ('{"type": "chat", "data": {}}', "missing_required_parameter"),
    ('{"type": "chat", "data": {"message": "x", "agent_name": "nobody"}}', "agent_not_found"),
])
def test_a_bad_message_gets_its_error_and_the_next_one_works(served, text, code):
    with open_socket(served) as socket:
        socket.send(text)
        kind, data = hear(socket)
        assert kind == "error" and data["error_code"] == code and data["error_message"]
        say(socket, "chat", message=asking("Hi", words=["ok"]))
        assert hear_all(socket)[-1][1]["final_response"] == "ok"


def test_a_binary_message_and_one_that_is_too_large_close_the_socket(start, service):
    served = start(root=agents(service), bounds={"max_websocket_message_bytes": 2_000})
    for message, code in ((b"\x00\x01", 1003), ("x" * 3_000, 1009)):
        with open_socket(served) as socket:
            socket.send(message)
            with pytest.raises(ConnectionClosed) as ended:
                socket.recv(timeout=10)
            assert ended.value.rcvd.code == code


def test_draining_closes_sockets_with_1001(served):
    with open_socket(served) as socket:
        say(socket, "ping")
        hear(socket)
        served.stop()
        with pytest.raises(ConnectionClosed) as ended:
            socket.recv(timeout=10)
        assert ended.value.rcvd.code == 1001


def test_many_sessions_never_mix(served, label):
    sockets = [open_socket(served) for _ in range(20)]
    try:
        for number, socket in enumerate(sockets):
            say(socket, "chat", message=asking("Hi", words=[f"<{number}>"] * 5, gap_ms=5))
        for number, socket in enumerate(sockets):
            assert hear_all(socket)[-1][1]["final_response"] == f"<{number}>" * 5
    finally:
        for socket in sockets:
            socket.close()
    until(lambda: [line["path"] for line in served.access_log()].count("/ws") == 20, what="20 lines")


def test_a_refusal_of_the_provider_is_told_in_its_words(served, label):
    body = '{"error": {"message": "slow down", "type": "requests", "param": null, "code": "rate_limit_exceeded"}}'
    with open_socket(served) as socket:
        say(socket, "chat", message=asking("Hi", id=label, status=429, body=body))
        assert hear(socket) == ("error", {"error_message": "slow down", "error_code": "rate_limit_exceeded"})
        say(socket, "chat", message=asking("Hi", words=["ok"]))
        assert hear_all(socket)[-1][0] == "chat_complete"
