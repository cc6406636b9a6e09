"""An outage: calls are kept away from a provider that fails, and come back soon after it does."""

import pytest

from configuration import model, openai
from harness import until
from metrics import total
from wire import chat_body, get, once, post

OPEN = 0.3


@pytest.fixture
def broken(start, primary, provider):
    breaker = {"failures": 3, "window_ms": 10_000, "open_ms": int(OPEN * 1000)}
    upstreams = {"primary": openai(primary.base_url, breaker=breaker, retry={"attempts": 1})}
    models = [
        {"name": "guarded", "targets": [{"upstream": "primary", "model": "m"}], "fallbacks": ["fake"]},
        model("lonely", "primary", "m"),
    ]
    return start(upstreams=upstreams, models=models, workers=2)


def ask(gateway, name="guarded", label="outage"):
    return once(gateway.address(), post(chat_body(name, x_provider={"id": label})))


def state(gateway):
    return total(gateway, "sluice_upstream_breaker", upstream="primary", model="m")


def test_an_outage_is_served_by_the_fallback_and_the_primary_is_back_soon_after(broken, primary):
    assert ask(broken)["x-served-by"] == "primary"
    primary.control("/__outage?status=503")
    calls = len(primary.calls("outage"))
    answers = [ask(broken) for _ in range(20)]
    assert [answer.status for answer in answers] == [200] * 20
    assert {answer["x-served-by"] for answer in answers} == {"fake"}
    assert state(broken) > 0
    # Three failures open it; then one probe per open time at most.
    assert len(primary.calls("outage")) - calls <= 3 + 2
    primary.control("/__outage")
    until(lambda: ask(broken)["x-served-by"] == "primary", 5, "the primary to be used again")
    assert state(broken) == 0


def test_when_all_are_broken_that_is_told_with_a_time(broken, primary):
    primary.control("/__outage?status=500")
    for _ in range(3):
        assert ask(broken, "lonely").status == 500
    answer = ask(broken, "lonely")
    assert answer.status == 503 and answer.error["code"] == "server_is_overloaded"
    assert 0 < int(answer["retry-after-ms"]) <= OPEN * 1000 and "x-attempts" not in dict(answer.headers)


def test_refusals_never_open_it(broken, primary):
    primary.control("/__outage?status=400")
    for _ in range(6):
        assert ask(broken, "lonely").status == 400
    assert state(broken) == 0


def test_not_ready_while_no_upstream_can_be_asked(start, primary):
    upstreams = {"primary": openai(primary.base_url, breaker={"failures": 1, "open_ms": 60_000})}
    gateway = start(root={"upstreams": upstreams, "models": [model("only", "primary", "m")]})
    assert once(gateway.address(), get("/ready")).status == 200
    primary.control("/__outage?status=500")
    assert ask(gateway, "only").status == 500
    assert once(gateway.address(), get("/ready")).status == 503
