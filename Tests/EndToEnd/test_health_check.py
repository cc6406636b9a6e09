"""Providers that are asked whether they answer, before a client has to find out that they do not."""

import pytest

from configuration import model, openai
from harness import Provider, until
from metrics import total
from wire import chat_body, get, once, post

CHECK = {"interval_ms": 100, "timeout_ms": 500, "failures": 2}


@pytest.fixture
def primary():
    primary = Provider()
    yield primary
    primary.stop()


def begin(start, url, check=CHECK):
    upstreams = {"primary": openai(url, health_check=check)}
    models = [{"name": "checked", "targets": [{"upstream": "primary", "model": "m"}], "fallbacks": ["fake"]},
              model("lonely", "primary", "m")]
    return start(upstreams=upstreams, models=models, workers=2)


def ask(gateway, name="checked", label="checked"):
    return once(gateway.address(), post(chat_body(name, x_provider={"id": label})))


def is_up(gateway):
    return total(gateway, "sluice_upstream_up", upstream="primary")


def test_a_provider_that_fails_its_check_is_not_called_until_it_answers_again(start, primary):
    gateway = begin(start, primary.base_url)
    until(lambda: is_up(gateway) == 1, what="the first answer")
    assert ask(gateway)["x-served-by"] == "primary"
    primary.control("/__outage?status=503")
    until(lambda: is_up(gateway) == 0, what="two failures")
    answer = ask(gateway, label="away")
    assert answer.status == 200 and answer["x-served-by"] == "fake" and answer["x-attempts"] == "1"
    assert primary.calls("away") == []
    answer = ask(gateway, "lonely")
    assert answer.status == 503 and 0 < int(answer["retry-after-ms"]) <= 100
    assert "does not answer its health check" in gateway.stderr.text
    primary.control("/__outage")
    until(lambda: ask(gateway)["x-served-by"] == "primary", what="the provider to be used again")


def test_a_provider_that_is_not_there_makes_a_gateway_not_ready(start):
    upstreams = {"primary": openai("http://127.0.0.1:9/v1", health_check=CHECK)}
    gateway = start(root={"upstreams": upstreams, "models": [model("only", "primary", "m")]})
    until(lambda: once(gateway.address(), get("/ready")).status == 503, what="two refused connections")


def test_a_refusal_is_an_answer(start, primary):
    primary.control("/__outage?status=404")
    gateway = begin(start, primary.base_url)
    until(lambda: is_up(gateway) == 1, what="the first answer")
