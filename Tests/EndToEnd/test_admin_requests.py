"""Requests under way, as operators see and end them."""

import json
import threading

import pytest
from websockets.exceptions import ConnectionClosed

from agents import agents, message
from configuration import echo, model
from dialects import asking, code, dialects, question, statuses
from harness import until
from metrics import total, wait_idle
from operators import LISTENERS, Operators
from tasks import SSE, Tasks
from test_dialect_agent_socket import hear_all, open_socket, say
from wire import Wire, chat_body, get, post

WORKERS = 3
CACHE = {"kind": "cache", "coalesce": True, "scope": "global", "when_abandoned": "finish", "match": {"models": ["mapped"]}}


@pytest.fixture(scope="module")
def served(gateway_with, shared_service):
    root = agents(shared_service) | {"listeners": LISTENERS}
    root["dialects"] |= dialects("fake")
    gateway = gateway_with(workers=WORKERS, root=root, policies=[CACHE], upstreams={"slow": echo(gap_ms=200)},
                           models=[model("slow", "slow")])
    yield gateway
    wait_idle(gateway)
    gateway.assert_healthy()


@pytest.fixture
def operators(served):
    return Operators(served)


def streaming(label, name="fake", **fields):
    return post(chat_body(name, stream=True, x_provider={"id": label, "stall_after": 2}, **fields),
                headers=(f"x-request-id: {label}",))


def line(gateway, label):
    """What the access log says of a request."""
    return until(lambda: [line for line in gateway.access_log() if line["request_id"] == label],
                 what=f"{label} in the access log")[0]


def told(response):
    """The last event of a stream, which has no success marker."""
    assert "[DONE]" not in response.events
    return json.loads(response.events[-1])


def test_what_all_workers_are_busy_with_is_told(served, operators, provider):
    wires = [Wire(served.address()) for _ in range(WORKERS * 4)]
    for index, wire in enumerate(wires):
        wire.send(streaming(f"busy-{index}", user="u"))
        wire.head(), wire.chunk(), wire.chunk()
    listing = operators.read("/admin/requests")
    assert listing["total"] == len(listing["data"]) == len(wires)
    ages = [request["age_ms"] for request in listing["data"]]
    assert [request["request_id"] for request in listing["data"]] == [f"busy-{index}" for index in range(len(wires))]
    assert ages == sorted(ages, reverse=True)
    assert len({request["id"] for request in listing["data"]}) == len(wires)
    assert len({request["id"].split("-")[0] for request in listing["data"]}) > 1, "of several workers"
    first = listing["data"][0]
    assert first.items() >= {
        "listener": "public", "path": "/v1/chat/completions", "dialect": "openai", "model": "fake", "user": "tess",
        "team": "qa", "key": "tester", "stream": True, "phase": "responding", "upstream": "fake",
        "upstream_model": "fake", "attempts": 1, "cache": None}.items()
    assert first["events"] >= 2 and first["bytes_out"] > 100 and first["bytes_in"] > 50
    assert first["client"].startswith("127.0.0.1")
    for wire in wires:
        wire.socket.close()
    until(lambda: operators.read("/admin/requests")["total"] == 0, what="all of them to be over")


@pytest.mark.parametrize("spec, phase", [({"head_ms": 60_000}, "waiting"), ({"stall_after": 0}, "waiting")])
def test_a_request_that_waits_is_ended_by_a_status(served, operators, provider, label, spec, phase):
    with Wire(served.address()) as wire:
        wire.send(post(chat_body("fake", x_provider={"id": label, **spec}), headers=(f"x-request-id: {label}",)))
        provider.call(label)
        request = operators.request(request_id=label)
        assert request["phase"] == phase and not request["stream"]
        operators.cancel(request)
        response = wire.response()
    assert response.status == 503 and response.error["code"] == "cancelled_by_operator"
    assert response["x-should-retry"] == "false" and response["x-request-id"] == label
    provider.call(label, "left")
    log = line(served, label)
    assert (log["outcome"], log["error"], log["status"]) == ("cancelled", "cancelled_by_operator", 503)


def test_a_stream_is_ended_by_an_error_in_it(served, operators, provider, label):
    with Wire(served.address()) as wire:
        wire.send(streaming(label))
        operators.cancel(operators.request(request_id=label, phase="responding"))
        response = wire.response()
    assert response.status == 200 and response.whole and told(response)["error"]["code"] == "cancelled_by_operator"
    provider.call(label, "left")
    log = line(served, label)
    assert (log["outcome"], log["error"], log["status"]) == ("cancelled", "cancelled_by_operator", 200)
    assert total(served, "sluice_request_errors_total", code="cancelled_by_operator", source="gateway") >= 1


def test_the_next_request_of_the_connection_is_served(served, operators, label):
    with Wire(served.address()) as wire:
        wire.send(streaming(label))
        operators.cancel(operators.request(request_id=label, phase="responding"))
        wire.response()
        assert wire.exchange(post(chat_body("echo", "again"))).status == 200


def test_a_request_whose_body_still_comes_is_ended(served, operators, label):
    whole = post(chat_body("fake", x_provider={"id": label}), headers=(f"x-request-id: {label}",))
    with Wire(served.address()) as wire:
        wire.send(whole[:-5])
        operators.cancel(operators.request(request_id=label, phase="reading"))
        response = wire.response()
        assert response.status == 503 and response["connection"] == "close"
        assert wire.is_closed()


def test_other_dialects_are_told_in_their_own_form(served, operators, provider, label):
    spec = {"id": label, "stall_after": 2}
    with Wire(served.address()) as wire:
        wire.send(question(asking("Why?", **spec)))
        operators.cancel(operators.request(dialect="question", phase="responding"))
        assert statuses(wire.response())[-1]["status"] == "error"
    with Wire(served.address()) as wire:
        wire.send(code(asking("Code.", **spec | {"id": label + "b"})))
        operators.cancel(operators.request(dialect="code", phase="responding"))
        response = wire.response()
        assert response.status == 200 and not response.whole, "this dialect breaks off"
    for name in (label, label + "b"):
        provider.call(name, "left")


def test_an_answer_that_others_read_goes_on_for_them(served, operators, provider, label):
    body = chat_body("mapped", "same", stream=True, x_provider={"id": label, "events": 3, "gap_ms": 700})
    with Wire(served.address()) as first, Wire(served.address()) as second:
        first.send(post(body, headers=(f"x-request-id: {label}",)))
        provider.call(label, "sending")
        second.send(post(body, headers=(f"x-request-id: {label}-too",)))
        operators.request(request_id=f"{label}-too", cache="live")
        operators.cancel(operators.request(request_id=label))
        assert first.response().status in (200, 503)
        response = second.response()
    assert response.events[-1] == "[DONE]" and len(provider.calls(label)) == 1


def test_an_answer_that_nobody_else_reads_ends_even_if_it_was_to_be_kept(served, operators, provider, label):
    with Wire(served.address()) as wire:
        wire.send(streaming(label, "mapped"))
        operators.cancel(operators.request(request_id=label, phase="responding", cache="miss"))
        assert told(wire.response())["error"]["code"] == "cancelled_by_operator"
    provider.call(label, "left")


def test_a_chat_with_an_agent_is_ended(served, operators, provider, label):
    with Wire(served.address()) as wire:
        wire.send(message(asking("Do it.", id=label, stall_after=2), "/chat/stream"))
        request = operators.request(dialect="agent", phase="responding")
        assert request["upstream"] == "fake" and request["attempts"] == 1 and request["model"] == "fake"
        operators.cancel(request)
        assert told(wire.response()).items() >= {"event_type": "error", "error_code": "cancelled_by_operator"}.items()
    provider.call(label, "left")


def test_a_websocket_is_closed(served, operators, provider, label):
    with open_socket(served) as socket:
        say(socket, "chat", message=asking("Do it.", id=label, stall_after=2))
        provider.call(label, "sending")
        operators.cancel(operators.request(path="/ws"))
        assert hear_all(socket)[-1][0] == "error"
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv(timeout=10)
        assert closed.value.rcvd.code == 1001
    provider.call(label, "left")


def test_who_follows_a_task_may_come_back(served, operators):
    tasks = Tasks(served)
    task = tasks.submit("slow", "one two three four five")
    with Wire(served.address()) as wire:
        wire.send(get(f"/v1/results/{task}", headers=SSE))
        wire.head()
        operators.cancel(operators.request(path=f"/v1/results/{task}"))
        with pytest.raises((EOFError, ConnectionResetError)):
            while wire.chunk():
                pass
    assert tasks.events(task)[-1][1] == "completed", "the task itself went on"


@pytest.mark.parametrize("name", ["0-99999999", "77-1", "nonsense", "0--1", "%00", "a%2Fb"])
def test_what_is_not_under_way_cannot_be_ended(operators, name):
    answer = operators.call(f"/admin/requests/{name}", "DELETE")
    assert answer.status == 404 and answer.json()["error"]["code"] in ("request_not_found", "unknown_url")


def test_many_are_ended_while_others_begin(served, operators, provider, label):
    """Whoever is told that a request was ended can rely on it, whatever else happens at that moment."""
    answers = []

    def ask(index):
        with Wire(served.address()) as wire:
            wire.send(streaming(f"{label}-{index}"))
            answers.append(wire.response())

    clients = [threading.Thread(target=ask, args=(index,)) for index in range(40)]
    for client in clients:
        client.start()
    while any(client.is_alive() for client in clients):
        for request in operators.requests():
            operators.call(f"/admin/requests/{request['id']}", "DELETE")
    assert len(answers) == 40
    for response in answers:
        error = response.error if response.status == 503 else told(response)["error"]
        assert error["code"] == "cancelled_by_operator"
    wait_idle(served)
