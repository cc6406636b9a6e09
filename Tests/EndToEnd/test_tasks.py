"""Completions that go on without their clients: what a task tells, who may see it, how many there may be."""

import hashlib
import json
import re

import pytest

from configuration import KEY, echo, model
from harness import until
from panel import REQUEST, approving_from, panel, script, verdict, version
from tasks import ASYNC, SSE, Tasks, frames
from wire import Wire, chat_body, content, get, post

UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
REJECTED_TWICE = panel(melchior=approving_from(3), casper=approving_from(3))


def key(name, **fields):
    """A further key: its text and its entry in the configuration."""
    text = f"sk-{name}-0123456789abcdef"
    return text, {"id": name, "sha256": hashlib.sha256(text.encode()).hexdigest(), "models": ["*"], **fields}


COLLEAGUE, STRANGER = key("colleague", user="cole", team="qa"), key("stranger", user="sam", team="other")


def with_keys(options, **root):
    owner = {"id": "tester", "sha256": hashlib.sha256(KEY.encode()).hexdigest(), "user": "tess", "team": "qa",
             "models": ["*"], "expires": "2099-01-01T00:00:00Z"}
    return options | {"root": {"keys": [owner, COLLEAGUE[1], STRANGER[1]], **root}}


@pytest.fixture
def tasks(gateway_with):
    """`tasks(panel(…))`: the tasks of a gateway with these options."""
    return lambda options: Tasks(gateway_with(**options))


# What a task tells


def test_a_submitted_task_is_answered_at_once_with_its_addresses(tasks):
    ours = tasks(REJECTED_TWICE)
    response = ours.call(post(chat_body("code", REQUEST), headers=ASYNC))
    assert response.status == 202 and response["preference-applied"] == "respond-async"
    body = response.json()
    assert UUID4.fullmatch(body["id"]) and body["object"] == "task" and body["status"] == "queued"
    assert body["status_url"] == f"http://gateway.test/v1/status/{body['id']}"
    assert body["results_url"] == f"http://gateway.test/v1/results/{body['id']}"
    assert body["page_url"] == f"http://gateway.test/results/{body['id']}"
    ours.wait(body["id"], "completed")


def test_code_that_is_rejected_twice_and_then_approved_is_told_step_by_step(tasks):
    ours = tasks(REJECTED_TWICE)
    task = ours.submit(background=True, headers=())
    events = ours.events(task)
    assert [number for number, _, _ in events] == list(range(len(events)))
    round_ = ["stage", "code", "stage", "review", "review", "review", "decision"]
    assert [name for _, name, _ in events] == round_ * 3 + ["completed"]
    data = [data for _, _, data in events]
    assert data[0] == {"stage": "coding", "iteration": 1, "max_iterations": 3, "model": "coder"}
    assert data[1] == {"iteration": 1, "model": "coder", "language": "python", "code": version(1), "truncated": False}
    assert data[2] == {"stage": "reviewing", "iteration": 1, "max_iterations": 3}
    assert data[6] == {"iteration": 1, "approved": False, "positive": 1, "negative": 2, "abstained": 0}
    assert data[20] == {"iteration": 3, "approved": True, "positive": 3, "negative": 0, "abstained": 0}
    result = {
        "approved": True, "iterations": 3, "final_code": version(3),
        "feedbacks": [{"reviewer": name, "decision": "POSITIVE", "reason": "yes"}
                      for name in ("melchior", "balthasar", "casper")]}
    assert data[-1] == result
    assert ours.result(task).json() == result
    status = ours.status(task)
    assert status | {"created": 0, "updated": 0} == {
        "task_id": task, "status": "completed", "celery_status": "SUCCESS", "model": "code", "created": 0,
        "updated": 0, "progress": {"stage": "reviewing", "iteration": 3, "max_iterations": 3}, "error": None}


def test_code_that_is_never_approved_is_a_result_that_says_so(tasks):
    never = panel(melchior=approving_from(100), balthasar=approving_from(100))
    ours = tasks(never)
    task = ours.submit()
    ours.wait(task, "completed")
    assert ours.result(task).json() == {
        "approved": False, "iterations": 3, "final_code": version(3), "feedbacks": [
            {"reviewer": "melchior", "decision": "NEGATIVE", "reason": "no 3"},
            {"reviewer": "balthasar", "decision": "NEGATIVE", "reason": "no 3"},
            {"reviewer": "casper", "decision": "POSITIVE", "reason": "yes"}]}


def test_a_coder_that_dies_in_the_middle_fails_the_task(tasks):
    dying = {"script": script(("was rejected", "word " * 60), ("", "one two three")), "fail_after": 20}
    no = script(("", verdict("NEGATIVE", "no")))
    ours = tasks(panel(coder=dying, melchior=no, casper=no))
    task = ours.submit()
    status = ours.wait(task, "failed")
    assert status["celery_status"] == "FAILURE"
    assert status["error"]["type"] == "upstream_error" and status["error"]["code"] == "upstream_truncated"
    events = ours.events(task)
    assert [name for _, name, _ in events].count("code") == 1
    assert events[-1][1:] == ("error", {"error": status["error"]})
    result = ours.result(task)
    assert result.status == 502 and result.error == status["error"]


def test_a_task_of_an_ordinary_model_tells_its_text_and_gives_the_whole_answer(tasks):
    ours = tasks(REJECTED_TWICE)
    task = ours.submit("echo", "one two three")
    events = ours.events(task)
    assert [name for _, name, _ in events] == ["text"] * 3 + ["completed"]
    assert "".join(data["text"] for _, name, data in events if name == "text") == "one two three"
    completion = ours.result(task).json()
    assert completion == events[-1][2] and completion["object"] == "chat.completion"
    assert completion["choices"][0]["message"]["content"] == "one two three"
    assert completion["usage"]["completion_tokens"] == 3


def test_events_come_live_and_a_client_that_comes_back_misses_none_and_gets_none_twice(tasks):
    slow = {"script": script(("", verdict("POSITIVE", "yes"))), "first_event_ms": 300}
    ours = tasks(panel(casper=slow))
    task = ours.submit()
    with Wire(ours.gateway.address()) as wire:
        wire.send(get(f"/v1/results/{task}"))
        assert wire.head().status == 200
        seen = []
        while "stage" not in [name for _, name, _ in seen]:
            seen += frames(wire.chunk())
        assert ours.status(task)["status"] == "running"
        assert ours.result(task).error["type"] == "conflict_error"
        wire.reset()
    rest = ours.events(task, last=seen[-1][0])
    assert seen + rest == ours.events(task)
    assert rest[-1][1] == "completed" and ours.events(task, last=rest[-1][0]) == []


def test_a_task_outlives_the_client_that_asked_for_it(tasks, provider, label):
    ours = tasks(REJECTED_TWICE)
    with Wire(ours.gateway.address()) as wire:
        request = post(chat_body("fake", x_provider={"id": label, "gap_ms": 50}), headers=ASYNC)
        task = wire.exchange(request).json()["id"]
        wire.reset()
    ours.wait(task, "completed")
    assert provider.call(label)["state"] == "done"


def test_what_the_client_says_reaches_the_provider_without_the_gateways_own_field(tasks, provider, label):
    ours = tasks(REJECTED_TWICE)
    task = ours.submit("fake", headers=(), background=True, temperature=0.25, x_provider={"id": label})
    ours.wait(task, "completed")
    body = provider.sent(label)
    assert body["temperature"] == 0.25 and "background" not in body and body["stream"] is True


@pytest.mark.parametrize("last", ["x", "-1", "1.5", "9999"])
def test_an_id_that_is_none_is_told(tasks, last):
    ours = tasks(REJECTED_TWICE)
    task = ours.submit()
    ours.wait(task, "completed")
    response = ours.call(get(f"/v1/results/{task}", headers=(*SSE, f"last-event-id: {last}")))
    assert response.status == 400 and response.error["param"] == "Last-Event-ID"


def test_a_browser_gets_a_page(tasks):
    ours = tasks(REJECTED_TWICE)
    task = ours.submit()
    response = ours.call(get(f"/results/{task}", key=None))
    assert response.status == 200 and response["content-type"] == "text/html; charset=utf-8"
    assert response["content-security-policy"]
    for path, there in [(f"/?id={task}", "results/"), (f"/v1/results/{task}", "../../results/"),
                        (f"/api/v1/results/{task}", "../../../results/")]:
        response = ours.call(get(path, headers=("accept: text/html,*/*",)))
        assert response.status == 303 and response["location"] == there + task
    assert ours.call(get("/results/<script>", key=None)).status in (400, 404)


# Whose it is


def test_a_task_is_there_for_its_user_and_team_and_for_nobody_else(tasks):
    ours = tasks(with_keys(REJECTED_TWICE))
    task = ours.submit()
    assert ours.status(task, key=COLLEAGUE[0])["task_id"] == task
    assert ours.events(task, key=COLLEAGUE[0])[-1][1] == "completed"
    for request in (get(f"/v1/status/{task}", key=STRANGER[0]), get(f"/v1/results/{task}", key=STRANGER[0]),
                    get(f"/v1/tasks/{task}", method="DELETE", key=STRANGER[0])):
        response = ours.call(request)
        assert response.status == 404 and response.error["code"] == "task_not_found"
    assert ours.call(get(f"/v1/status/{task}", key=None)).status == 401
    assert ours.call(get("/v1/status/00000000-0000-4000-8000-000000000000")).status == 404


def test_public_links_open_a_task_without_a_key_but_cancel_nothing(tasks):
    ours = tasks(with_keys(REJECTED_TWICE, tasks={"public_links": True}))
    task = ours.submit()
    assert ours.events(task, key=None)[-1][1] == "completed"
    assert ours.status(task, key=STRANGER[0])["status"] == "completed"
    assert ours.cancel(task, key=None).status == 401
    assert ours.cancel(task, key=STRANGER[0]).status == 404


@pytest.fixture
def linked(tasks):
    options = panel()
    options["models"][-1]["deliver"] = "link"
    return tasks(options | {"root": {"public_url": "https://llm.example.com/gateway/"}})


def link(text):
    """The id of the task whose page an answer names."""
    found = re.search(r"https://llm\.example\.com/gateway/results/(\S+)$", text)
    assert found and UUID4.fullmatch(found[1]), text
    return found[1]


def test_a_model_may_answer_with_a_link(linked):
    response = linked.call(post(chat_body("code", REQUEST)))
    assert response.status == 200
    body = response.json()
    assert body["object"] == "chat.completion" and body["choices"][0]["finish_reason"] == "stop"
    task = link(body["choices"][0]["message"]["content"])
    assert body["task"]["id"] == task and body["task"]["page_url"].endswith(f"/results/{task}")
    assert linked.events(task, key=None)[-1][2]["approved"] is True


def test_a_link_may_be_streamed(linked):
    response = linked.call(post(chat_body("code", REQUEST, stream=True)))
    assert response.status == 200 and response.events[-1] == "[DONE]"
    chunks = [json.loads(event) for event in response.events[:-1]]
    assert chunks[-1]["choices"][0]["finish_reason"] == "stop"
    assert chunks[0]["task"]["id"] == link(content(response.events))


# Cancelling


def test_a_running_task_that_is_cancelled_ends_its_call(tasks, provider, label):
    ours = tasks(REJECTED_TWICE)
    task = ours.submit("fake", x_provider={"id": label, "stall_after": 2})
    provider.call(label, "sending")
    answer = ours.cancel(task)
    assert answer.status == 200 and answer.json()["status"] == "cancelled"
    provider.call(label, "left")
    status = ours.wait(task, "cancelled")
    assert status["celery_status"] == "REVOKED" and status["error"]["code"] == "task_cancelled"
    assert ours.events(task)[-1][1:] == ("error", {"error": status["error"]})
    assert ours.result(task).status == 409
    assert ours.cancel(task).json()["status"] == "cancelled"


def test_a_task_that_is_over_cannot_be_cancelled(tasks):
    ours = tasks(REJECTED_TWICE)
    task = ours.submit()
    ours.wait(task, "completed")
    assert ours.cancel(task).json()["status"] == "completed"
    assert ours.result(task).status == 200


# How many there may be

ONE = {"max_running": 1, "max_queued": 1}


def test_tasks_wait_for_their_turn_and_further_ones_are_refused(tasks, provider, label):
    ours = tasks(panel() | {"root": {"tasks": ONE}})
    first = ours.submit("fake", x_provider={"id": label, "stall_after": 1})
    provider.call(label, "sending")
    second = ours.submit("echo", "one")
    assert ours.status(second)["status"] == "queued"
    third = ours.call(post(chat_body("echo"), headers=ASYNC))
    assert third.status == 429 and third.error["code"] == "rate_limit_exceeded" and third["retry-after"]
    assert ours.call(post(chat_body("echo"))).status == 200
    ours.cancel(first)
    ours.wait(second, "completed")
    ours.wait(ours.submit("echo"), "completed")


def test_a_queued_task_can_be_cancelled(tasks, provider, label):
    ours = tasks(panel() | {"root": {"tasks": ONE}})
    first = ours.submit("fake", x_provider={"id": label, "stall_after": 1})
    provider.call(label, "sending")
    second = ours.submit("echo")
    assert ours.cancel(second).json()["status"] == "cancelled"
    third = ours.submit("echo")
    ours.cancel(first)
    ours.wait(third, "completed")
    assert ours.wait(second, "cancelled")["error"]["code"] == "task_cancelled"


def test_one_user_gets_no_more_than_a_share(tasks, provider, label):
    ours = tasks(with_keys(panel(), tasks={"max_running": 1, "max_per_user": 1}))
    task = ours.submit("fake", x_provider={"id": label, "stall_after": 1})
    refused = ours.call(post(chat_body("echo"), headers=ASYNC))
    assert refused.status == 429 and "You have 1 tasks" in refused.error["message"]
    other = ours.call(post(chat_body("echo"), headers=ASYNC, key=STRANGER[0]))
    assert other.status == 202
    ours.cancel(task)
    ours.wait(task, "cancelled")
    ours.wait(ours.submit("echo"), "completed")


def test_results_expire_and_are_then_forgotten(tasks):
    ours = tasks(panel() | {"root": {"tasks": {"retention_seconds": 1}}})
    task = ours.submit("echo")

    def state():
        response = ours.call(get(f"/v1/status/{task}"))
        return response.json()["status"] if response.status == 200 else response.status

    until(lambda: state() == "expired", what="the task to expire")
    assert ours.result(task).status == 404 and ours.result(task).error["code"] == "task_expired"
    until(lambda: state() == 404, what="the task to be forgotten")


def test_tasks_run_on_any_worker_and_are_seen_from_all(tasks):
    ours = tasks(REJECTED_TWICE | {"workers": 3})
    ids = [ours.submit("echo-slow", "a b c") for _ in range(6)]
    for task in ids:
        assert [name for _, name, _ in ours.events(task)] == ["text"] * 3 + ["completed"]
    stalled = ours.submit("echo-late")
    assert all(ours.cancel(stalled).json()["status"] == "cancelled" for _ in range(4))
    ours.wait(stalled, "cancelled")


# Policies

SECRET = "sk-0123456789abcdef"
GUARDS = [{"kind": "guard", "redact": [{"pattern": "sk-[a-z0-9]{8,}", "with": "[key]"}],
           "deny": [{"pattern": "forbidden fruit", "message": "not this"}]}]


def test_guards_look_at_all_that_a_task_tells(tasks):
    coder = script(("", f"```python\nkey = '{SECRET}'\n```"))
    ours = tasks(panel(coder=coder, casper=script(("", verdict("POSITIVE", f"It has {SECRET}.")))) | {"policies": GUARDS})
    task = ours.submit()
    events = ours.events(task)
    assert SECRET not in json.dumps(events)
    assert [data["code"] for _, name, data in events if name == "code"] == ["key = '[key]'"]
    assert "It has [key]." in [data.get("reason") for _, _, data in events]
    assert ours.result(task).json()["final_code"] == "key = '[key]'"
    plain = ours.submit("echo-script", "weather")
    ours.wait(plain, "completed")


@pytest.mark.parametrize("name", ["code", "saying"])
def test_an_answer_that_a_guard_refuses_fails_the_task(tasks, name):
    options = panel(coder=script(("", "```\nforbidden fruit\n```")))
    options["upstreams"]["saying"] = echo(script=script(("", "a forbidden fruit b")))
    options["models"].append(model("saying", "saying"))
    ours = tasks(options | {"policies": GUARDS})
    task = ours.submit(name)
    status = ours.wait(task, "failed")
    assert status["error"]["message"] == "not this"
    assert "forbidden" not in json.dumps(ours.events(task))


def test_limits_count_tasks_and_their_tokens(tasks):
    limit = {"kind": "rate_limit", "per": "user", "tokens": 1_000, "requests": 3, "window_ms": 600_000}
    ours = tasks(panel(coder=script(("", "x"))) | {"policies": [limit]})
    first = ours.call(post(chat_body("echo", "a b c"), headers=ASYNC))
    assert first.status == 202 and first["x-ratelimit-limit-requests"] == "3"
    ours.wait(first.json()["id"], "completed")
    second = ours.call(post(chat_body("echo", "a b c"), headers=ASYNC))
    assert int(second["x-ratelimit-remaining-requests"]) == 1
    ours.submit("echo")
    refused = ours.call(post(chat_body("echo"), headers=ASYNC))
    assert refused.status == 429


def test_a_request_that_is_wrong_is_no_task(tasks):
    ours = tasks(REJECTED_TWICE)
    assert ours.call(post(chat_body("nobody"), headers=ASYNC)).status == 404
    assert ours.call(post(chat_body("echo", background="yes"))).error["param"] == "background"


def test_an_answer_that_is_longer_than_may_be_kept_fails_its_task(tasks, provider, label):
    ours = tasks({"bounds": {"max_log_bytes": 65_536}})
    task = ours.submit("fake", x_provider={"id": label, "events": 10_000, "size": 2_000})
    assert ours.wait(task, "failed")["error"]["code"] == "answer_too_large"
    assert provider.call(label, "left")["events"] < 10_000, "what is too long is not read to its end"


def test_a_result_is_told_that_is_nested_as_deep_as_a_provider_may(tasks):
    """It is put into an event, which is one level more than is allowed."""
    ours = tasks({})
    task = ours.submit("fake", x_provider={"extra": "[" * 32 + "]" * 32, "events": 2})
    ours.wait(task, "completed")
    result = ours.result(task).json()
    assert json.dumps(result["x_extra"]).count("[") == 32
    assert ours.events(task)[-1][1:] == ("completed", result)
