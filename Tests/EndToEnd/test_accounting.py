"""Every call is accounted: in the access log, in the metrics, and in the operators' table of usage."""

import csv
import io
import json

import pytest

from agents import message
from configuration import openai
from harness import until
from metrics import total, wait_idle
from panel import REQUEST, panel
from tasks import ASYNC, Tasks
from wire import Wire, chat_body, once, post

LISTENERS = [{"name": "public", "address": "127.0.0.1:0"},
             {"name": "operators", "address": "127.0.0.1:0", "serves": ["metrics", "health", "admin"]}]
WORDS = ["One ", "two."]
PRICE = {"input_per_million_usd": 2.5, "output_per_million_usd": 10, "cached_input_per_million_usd": 1.25}
DEAR = {"input_per_million_usd": 1000, "output_per_million_usd": 2000}
# 7 tokens of the prompt, 4 of them cached, and 2 of the answer.
COST = (3 * 2.5 + 4 * 1.25 + 2 * 10) / 1e6
RETRY = {"attempts": 2, "backoff_ms": 1, "budget": 1.0}
PANEL = panel()


@pytest.fixture(scope="module")
def gateway(gateway_with, provider):
    upstreams = {"solid": openai(provider.base_url), "brittle": openai(provider.base_url, retry=RETRY)}
    models = [
        {"name": "spare", "targets": [{"upstream": "solid", "model": "spare-1"}], "price": PRICE},
        {"name": "main", "targets": [{"upstream": "brittle", "price": DEAR}], "price": PRICE, "fallbacks": ["spare"]},
        {"name": "held", "targets": [{"upstream": "solid", "price": DEAR}], "mid_stream": ["buffer"],
         "fallbacks": ["spare"]},
        {"name": "held-alone", "targets": [{"upstream": "solid"}], "price": DEAR, "mid_stream": ["buffer"]},
        {"name": "hedged", "targets": [{"upstream": "solid", "model": "first"}], "fallbacks": ["spare"],
         "hedge": {"after_ms": 60, "budget": 1.0}},
        {"name": "free", "targets": [{"upstream": "solid"}]},
        *({**entry, "price": PRICE} if entry["name"] != "code" else entry for entry in PANEL["models"]),
    ]
    root = {"listeners": LISTENERS, "dialects": {"agent": {}}, "agents": {"default": {"model": "spare"}}}
    return gateway_with(upstreams=upstreams | PANEL["upstreams"], models=models, workers=2, root=root)


def ask(gateway, name, label, spec=None, stream=False, **fields):
    spec = {"id": label, "words": WORDS, "cached": 4, **(spec or {})}
    return once(gateway.address(), post(chat_body(name, stream=stream, x_provider=spec, **fields)))


def line(gateway, answer=None, **wanted):
    """The one line of the access log about an answer, or with these members."""
    wanted = wanted or {"request_id": answer["x-request-id"]}

    def found():
        return [line for line in gateway.access_log() if wanted.items() <= line.items()]

    return until(found, what="the line")[0]


def usage(gateway):
    """The rows of the table of usage by model."""
    found = json.loads(gateway.get("/admin/usage"))
    assert found["object"] == "usage"
    return {row["model"]: row for row in found["data"]}


def told(call):
    return call["upstream"], call["upstream_model"], call["model"], call["outcome"]


# The access log


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_one_call_is_told_with_its_tokens_and_its_cost(gateway, label, stream):
    entry = line(gateway, ask(gateway, "spare", label, stream=stream, stream_options={"include_usage": True}))
    assert [told(call) for call in entry["calls"]] == [("solid", "spare-1", "spare", "ok")]
    call = entry["calls"][0]
    assert (call["tokens_in"], call["tokens_out"], call["tokens_cached"]) == (7, 2, 4) and call["ms"] > 0
    assert call["cost_usd"] == entry["cost_usd"] == pytest.approx(COST, rel=1e-9) and entry["attempts"] == 1


def test_a_failed_call_costs_nothing_and_the_answer_what_the_one_who_answered_takes(gateway, label):
    entry = line(gateway, ask(gateway, "main", label, {"by_model": {"main": {"status": 500, "body": "{}"}}}))
    assert [told(call) for call in entry["calls"]] == [
        ("brittle", "main", "main", "server_error")] * 2 + [("solid", "spare-1", "spare", "ok")]
    for call in entry["calls"][:2]:
        assert "tokens_in" not in call and "cost_usd" not in call
    assert entry["cost_usd"] == entry["calls"][2]["cost_usd"] == pytest.approx(COST, rel=1e-9)


def test_a_targets_own_price_goes_before_the_models(gateway, label):
    entry = line(gateway, ask(gateway, "main", label))
    assert entry["cost_usd"] == pytest.approx((7 * 1000 + 2 * 2000) / 1e6, rel=1e-9)


def test_what_a_failed_call_told_is_its_own_and_not_the_answers(gateway, label):
    spec = {"by_model": {"held": {"done": False, "words": WORDS * 10}}}
    entry = line(gateway, ask(gateway, "held", label, spec, stream=True))
    failed, answered = entry["calls"][0], entry["calls"][-1]
    assert failed["outcome"] == "truncated" and failed["tokens_out"] == 20
    assert failed["cost_usd"] == pytest.approx((7 * 1000 + 20 * 2000) / 1e6, rel=1e-9)
    assert answered["outcome"] == "ok" and entry["tokens_out"] == 2
    assert entry["cost_usd"] == pytest.approx(COST, rel=1e-9)


def test_a_request_of_which_nothing_came_costs_nothing_whatever_its_calls_told(gateway, label):
    spec = {"by_model": {"held-alone": {"done": False}}}
    entry = line(gateway, ask(gateway, "held-alone", label, spec, stream=True))
    assert entry["outcome"] == "upstream_error" and entry["calls"][0]["cost_usd"] > 0
    assert "cost_usd" not in entry and usage(gateway)["held-alone"]["cost_usd"] == 0


def test_a_call_that_lost_is_told_as_one(gateway, label):
    entry = line(gateway, ask(gateway, "hedged", label, {"by_model": {"first": {"first_ms": 60_000}}}, stream=True))
    assert sorted(told(call) for call in entry["calls"]) == [
        ("solid", "first", "hedged", "lost"), ("solid", "spare-1", "spare", "ok")]
    assert "tokens_in" not in next(call for call in entry["calls"] if call["outcome"] == "lost")
    assert entry["cost_usd"] == pytest.approx(COST, rel=1e-9)


def test_a_call_whose_client_left_is_told_as_cancelled(gateway, provider, label):
    with Wire(gateway.address()) as wire:
        wire.send(post(chat_body("spare", stream=True, x_provider={"id": label, "stall_after": 2}),
                       headers=(f"x-request-id: {label}",)))
        wire.until(b"data:")
    entry = line(gateway, request_id=label)
    assert [call["outcome"] for call in entry["calls"]] == ["cancelled"] and entry["outcome"] == "client_disconnected"
    assert "cost_usd" not in entry


def test_without_a_price_no_cost_is_told(gateway, label):
    entry = line(gateway, ask(gateway, "free", label))
    assert entry["calls"][0]["tokens_in"] == 7 and "cost_usd" not in entry and "cost_usd" not in entry["calls"][0]


def test_the_calls_of_a_panel_are_told_and_make_its_cost(gateway):
    before = total(gateway, "sluice_cost_usd_total")
    entry = line(gateway, once(gateway.address(), post(chat_body("code", REQUEST))))
    inner = [call for call in entry["calls"] if call.get("for") == "panel"]
    assert sorted(call["model"] for call in inner) == ["balthasar", "casper", "coder", "melchior"]
    assert told(entry["calls"][-1]) == ("panel", "code", "code", "ok") and len(entry["calls"]) == 5
    assert entry["cost_usd"] == pytest.approx(sum(call["cost_usd"] for call in inner), rel=1e-9)
    assert entry["tokens_in"] == sum(call["tokens_in"] for call in inner) and entry["attempts"] == 1
    # Counted once: at the upstreams of the panel's models.
    assert total(gateway, "sluice_cost_usd_total") - before == pytest.approx(entry["cost_usd"], rel=1e-6)
    row = usage(gateway)["code"]
    assert row["cost_usd"] == pytest.approx(row["requests"] * entry["cost_usd"], rel=1e-9)
    assert "coder" not in usage(gateway)


def test_a_task_has_a_line_of_its_own_when_it_is_over(gateway):
    before = usage(gateway).get("code", {"requests": 0})["requests"]
    tasks = Tasks(gateway)
    task = tasks.submit(headers=ASYNC)
    tasks.wait(task, "completed")
    until(lambda: len([line for line in gateway.access_log() if line.get("task") == task]) == 2, what="both lines")
    submitted, made = [line for line in gateway.access_log() if line.get("task") == task]
    assert submitted["status"] == 202 and "calls" not in submitted
    assert made["request_id"] == submitted["request_id"] and "path" not in made and made["outcome"] == "completed"
    assert len(made["calls"]) == 5 and made["cost_usd"] > 0 and made["key"] == "tester"
    assert usage(gateway)["code"]["requests"] == before + 1


def test_each_answer_of_an_agents_model_is_counted(gateway):
    before = usage(gateway).get("spare", {"requests": 0})["requests"]
    answer = once(gateway.address(), message("Hello."))
    assert answer.status == 200
    entry = line(gateway, answer)
    assert [told(call) for call in entry["calls"]] == [("solid", "spare-1", "spare", "ok")]
    assert entry["cost_usd"] == entry["calls"][0]["cost_usd"]
    assert usage(gateway)["spare"]["requests"] == before + 1


# Metrics


def test_costs_are_counted_by_the_target_that_had_them(gateway, label):
    names = {"upstream": "solid", "model": "spare-1"}
    before = total(gateway, "sluice_cost_usd_total", **names)
    ask(gateway, "spare", label)
    wait_idle(gateway)
    assert total(gateway, "sluice_cost_usd_total", **names) - before == pytest.approx(COST, rel=1e-6)
    assert total(gateway, "sluice_upstream_attempts_total", **names, outcome="ok") >= 1


def test_a_stream_that_is_not_read_on_is_counted_as_paused(gateway, label):
    before = total(gateway, "sluice_upstream_pauses_total", upstream="solid")
    with Wire(gateway.address(), receive_buffer=4096) as wire:
        wire.send(post(chat_body("free", stream=True, x_provider={"id": label, "events": 4000, "size": 4000})))
        until(lambda: total(gateway, "sluice_upstream_pauses_total", upstream="solid") > before, what="a pause")


# The operators' table


def test_usage_is_told_by_user_team_key_and_model(gateway, label):
    before = usage(gateway).get("spare", {"requests": 0, "prompt_tokens": 0, "cached_tokens": 0, "cost_usd": 0})
    for _ in range(6):
        ask(gateway, "spare", label)
    wait_idle(gateway)
    row = usage(gateway)["spare"]
    assert (row["user"], row["team"], row["key"], row["model"]) == ("tess", "qa", "tester", "spare")
    assert row["requests"] == before["requests"] + 6 and row["prompt_tokens"] == before["prompt_tokens"] + 42
    assert row["cached_tokens"] == before["cached_tokens"] + 24
    assert row["cost_usd"] - before["cost_usd"] == pytest.approx(6 * COST, rel=1e-9)


def test_requests_that_fail_are_errors_and_unknown_models_make_no_row(gateway, label):
    before = usage(gateway).get("free", {"requests": 0, "errors": 0})
    assert ask(gateway, "free", label, {"status": 400, "body": "{}"}).status == 400
    assert ask(gateway, "no-such-model", label).status == 404
    wait_idle(gateway)
    row = usage(gateway)["free"]
    assert (row["requests"], row["errors"]) == (before["requests"] + 1, before["errors"] + 1)
    assert "no-such-model" not in usage(gateway)


@pytest.mark.parametrize("how", ["query", "header"])
def test_usage_is_told_as_a_table(gateway, label, how):
    ask(gateway, "spare", label)
    wait_idle(gateway)
    if how == "query":
        text = gateway.get("/admin/usage?format=csv")
    else:
        text = gateway.get("/admin/usage", headers={"accept": "text/csv"})
    rows = {row["model"]: row for row in csv.DictReader(io.StringIO(text))}
    expected = usage(gateway)
    assert set(rows) == set(expected)
    assert rows["spare"]["user"] == "tess" and int(rows["spare"]["requests"]) == expected["spare"]["requests"]
    assert float(rows["spare"]["cost_usd"]) == pytest.approx(expected["spare"]["cost_usd"], rel=1e-9)
