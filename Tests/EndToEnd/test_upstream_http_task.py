"""Upstreams of kind `http_task`: a provider's jobs as completions, and none that outlives its client."""

import json

import pytest

from configuration import PLAIN, PROVIDER_KEY, configuration, model
from harness import Gateway, until
from job_server import JobServer
from openai_client import Endpoint
from wire import Wire, chat_body, post

TIMEOUTS = {"first_event_ms": 5_000, "idle_ms": 5_000, "total_ms": 20_000}


def running(**fields):
    return {"status": "running", **fields}


def done(result, **fields):
    return {"status": "done", "result": result, **fields}


@pytest.fixture(scope="module")
def jobs():
    server = JobServer()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def task_gateway(provider, jobs, tmp_path_factory):
    upstream = {
        "kind": "http_task", "base_url": jobs.base_url, "api_key": {"env": "E2E_PROVIDER_KEY"}, "timeouts": TIMEOUTS,
        "headers": {"x-tenant": "blue"}, **PLAIN,
        "submit": {"method": "PUT", "path": "/jobs?model={model}",
                   "body": {"prompt": "{prompt}", "temperature": "{temperature}", "plan": "{x_provider}"}},
        "poll": {"path": "/jobs/{job}", "interval_ms": 10, "max_interval_ms": 40, "failures": 2},
        "cancel": {"path": "/jobs/{job}"},
        "pointers": {"progress": "/progress", "text": "/text", "result": "/result", "error": "/error"},
        "words": {"running": ["queued", "running"], "done": ["done"], "failed": ["failed"]}}
    pointers = upstream["pointers"] | {"delta": "/delta"}
    upstreams = {
        "jobs": upstream,
        "short": {**upstream, "timeouts": TIMEOUTS | {"total_ms": 400}},
        "events": {**upstream, "events": "/jobs/{job}/events", "pointers": pointers},
        "first": upstream,
    }
    models = [model(f"t-{name}", name, "big") for name in upstreams]
    models.append({"name": "t-rescued", "targets": [{"upstream": "first", "model": "big"}], "fallbacks": ["echo"]})
    gateway = Gateway(tmp_path_factory.mktemp("jobs"), configuration(
        provider.base_url, upstreams=upstreams, models=models))
    yield gateway
    gateway.stop()


@pytest.fixture
def chat(openai_client, task_gateway):
    task_gateway.assert_healthy()
    yield Endpoint(openai_client, task_gateway.urls["public"] + "/v1").chat
    task_gateway.assert_healthy()


def pieces(result):
    deltas = [choice["delta"] for chunk in result.chunks for choice in chunk["choices"]]
    return [delta["content"] for delta in deltas if delta.get("content")]


@pytest.mark.parametrize("streams", [False, True], ids=["plain", "stream"])
def test_a_job_is_a_completion(chat, jobs, streams):
    text = f"Grüße aus 東京 {streams} " + "x" * 100_000
    result = chat("t-jobs", text, stream=streams, temperature=0.5)
    assert (result.text() if streams else result.message["content"]) == text
    last = result.chunks[-1] if streams else result.completion
    assert last["choices"][0]["finish_reason"] == "stop" and last["model"] == "big"
    job = jobs.named(text)
    assert job.body == {"prompt": text, "temperature": 0.5}
    assert job.headers["authorization"] == f"Bearer {PROVIDER_KEY}" and job.headers["x-tenant"] == "blue"
    assert job.looks == 1 and not job.cancelled.is_set()


def test_text_so_far_is_streamed(chat):
    steps = [running(), running(text="Gr"), running(text="Grüße"), 503, 503, done("Grüße!")]
    result = chat("t-jobs", stream=True, provider={"steps": steps})
    assert pieces(result) == ["Gr", "üße", "!"]


def test_progress_is_streamed(chat):
    steps = [running(progress=1), running(progress=1), running(progress=2), done("all")]
    result = chat("t-jobs", stream=True, provider={"steps": steps})
    assert [chunk["progress"] for chunk in result.chunks if "progress" in chunk] == [1, 2]
    assert result.text() == "all"


def test_events_are_followed(chat, jobs):
    events = ['event: stage\ndata: {"progress": 1}\n\n', 'data: {"delta": "Grü"}\n\n', 'data: {"delta": "ße"}\n\n',
              "event: done\ndata: {}\n\n"]
    result = chat("t-events", "followed", stream=True, provider={"steps": [500], "events": events})
    assert pieces(result) == ["Grü", "ße"]
    assert jobs.named("followed").left.wait(5)
    assert jobs.named("followed").looks == 0


@pytest.mark.parametrize("streams", [False, True], ids=["plain", "stream"])
@pytest.mark.parametrize("plan", [{}, {"events": ['data: {"delta": "Gr"}\n\ndata: {"de'], "close": True}],
                         ids=["none", "cut"])
def test_without_events_the_job_is_polled(chat, plan, streams):
    result = chat("t-events", stream=streams, provider={"steps": [running(), done("Grüße")], **plan})
    assert (result.text() if streams else result.message["content"]) == "Grüße"


FAILURES = {
    "failed": ({"steps": [running(), {"status": "failed", "error": {"message": "no such thing"}}]}, "no such thing"),
    "refused": ({"refuse": {"status": 400, "body": {"error": "bad prompt"}}}, "bad prompt"),
    "lost": ({"steps": [404]}, "404"),
    "empty": ({"steps": [{"status": "done"}]}, "no result"),
    "unknown status": ({"steps": [{"status": "odd"}]}, "not known"),
    "taken back": ({"steps": [running(text="one"), done("two")]}, "took back"),
    "no name": ({"refuse": {"status": 200, "body": {}}}, "does not name"),
}


@pytest.mark.parametrize("streams", [False, True], ids=["plain", "stream"])
@pytest.mark.parametrize("name", FAILURES)
def test_every_failure_is_an_error(chat, jobs, name, streams):
    plan, words = FAILURES[name]
    prompt = f"{name} {streams}"
    assert words in json.dumps(chat("t-jobs", prompt, stream=streams, provider=plan).error)
    if name in ("lost", "unknown status"):
        assert jobs.named(prompt).cancelled.wait(5)


def test_a_job_that_takes_too_long_is_cancelled(chat, jobs):
    error = chat("t-short", "too long", stream=True, provider={"steps": [running()]}).error
    assert "400 ms" in json.dumps(error)
    assert jobs.named("too long").cancelled.wait(5)


def test_another_model_answers_for_a_job_that_failed(chat):
    result = chat("t-rescued", "rescue me", stream=True, provider={"steps": [{"status": "failed"}]})
    assert result.text() == "rescue me"


@pytest.mark.parametrize("phase, name, plan", [
    ("submission", "t-jobs", {"submit_ms": 300, "steps": [running()]}),
    ("looks", "t-jobs", {"steps": [running()]}),
    ("events", "t-events", {"steps": [running()], "events": ['data: {"delta": "x"}\n\n']}),
])
@pytest.mark.parametrize("streams", [False, True], ids=["plain", "stream"])
def test_a_client_that_leaves_cancels_its_job(task_gateway, jobs, phase, name, plan, streams):
    prompt = f"leaves in {phase} {streams}"
    with Wire(task_gateway.address()) as wire:
        wire.send(post(chat_body(name, prompt, stream=streams, x_provider=plan)))
        job = until(lambda: jobs.named(prompt), 5, "the job to be submitted")
        if phase == "looks":
            until(lambda: job.looks > 1, 5, "looks at the job")
        if phase == "events" and streams:
            wire.head()
    assert job.cancelled.wait(5)
    if phase == "events" and streams:
        assert job.left.wait(5)
