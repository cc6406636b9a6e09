"""Providers that fail in every way: whatever can be rescued is, whole, without hammering anybody; the rest is told."""

import json

import pytest

from configuration import configuration, model, openai
from harness import Gateway, at_once, until
from metrics import total, wait_idle
from wire import Wire, chat_body, content, once, post

WORDS = ["One ", "answer ", "for ", "all ", "of ", "you."]
ANSWER = "".join(WORDS)
HTML = {"headers": {"content-type": "text/html"}, "body": "<html><body>Bad gateway</body></html>"}
QUICK = {"connect_ms": 500, "first_event_ms": 300, "idle_ms": 300, "total_ms": 900}
RETRY = {"attempts": 2, "backoff_ms": 10, "max_backoff_ms": 400, "budget": 1.0}


def status(number, code=None, **fields):
    error = {"message": "no", "type": "server_error", "param": None, "code": code}
    return {"status": number, "body": json.dumps({"error": error}), **fields}


# Before any content: fault → (settings, calls that the failing target gets at most). For streams and whole answers.
FAULTS = {
    "500": (status(500), 2),
    "502 with a page of HTML": ({"status": 502, **HTML}, 2),
    "503": (status(503), 2),
    "503 that asks for a long wait": (status(503, headers={"retry-after": "30"}), 1),
    "504": (status(504), 2),
    "529": (status(529), 1),
    "408": (status(408), 2),
    "429": (status(429, headers={"retry-after-ms": "100"}), 1),
    "429 for an empty account": (status(429, "insufficient_quota"), 1),
    "401": (status(401), 1),
    "403": (status(403), 1),
    "404": (status(404, "model_not_found"), 1),
    "redirect": ({"status": 302, "headers": {"location": "http://127.0.0.1:9/"}, "body": ""}, 1),
    "a page of HTML as success": ({"status": 200, **HTML}, 1),
    "JSON that is cut off": ({"status": 200, "body": '{"choices": [', "headers": {"content-type": "application/json"}}, 1),
    "closed before the head": ({"drop": "fin"}, 2),
    "reset before the head": ({"drop": "rst"}, 2),
    "silence before the head": ({"head_ms": 60_000}, 1),
    "silence after the head": ({"stall_after": 0}, 1),
    "closed after the head": ({"cut_after": 0}, 2),
    "reset after the head": ({"cut_after": 0, "cut": "rst"}, 2),
    "slow first word": ({"first_ms": 60_000}, 1),
}
# The same for streams alone: before the first content, the role aside.
STREAM_FAULTS = {
    "silence after the role": ({"stall_after": 1}, 1),
    "closed after the role": ({"cut_after": 1}, 2),
    "reset after the role": ({"cut_after": 1, "cut": "rst"}, 2),
    "malformed first event": ({"malformed_after": 0}, 1),
    "malformed after the role": ({"malformed_after": 1}, 1),
    "error event first": ({"error_after": 0}, 2),
    "error event after the role": ({"error_after": 1}, 2),
    "oversized first event": ({"oversize_after": 0, "oversize": 3 << 20}, 1),
}
# For whole answers alone.
PLAIN_FAULTS = {
    "body cut": ({"cut_after": 40}, 2),
    "body reset": ({"cut_after": 40, "cut": "rst"}, 2),
    "body stalled": ({"stall_after": 40}, 1),
    "body shorter than its length": ({"short": 20}, 2),
}
# After content: a stream is mended with the answer of another target.
MID_STREAM_FAULTS = {
    "closed": {"cut_after": 4},
    "reset": {"cut_after": 4, "cut": "rst"},
    "stalled": {"stall_after": 4},
    "malformed event": {"malformed_after": 4},
    "error event": {"error_after": 4},
    "oversized event": {"oversize_after": 4, "oversize": 3 << 20},
    "no end mark": {"done": False},
    "unframed body without an end": {"done": False, "framing": "close", "cut_after": 5},
}
# No fault, however it may look: one call.
ODDITIES = {
    "a byte at a time": {"write_bytes": 1},
    "line ends of CR LF, no space": {"eol": "\r\n", "space": False},
    "slow, but in time": {"first_ms": 120},
    "comments": {"comments": 3},
}


def with_fallback(name, upstream, spare="spare", **fields):
    return {"name": name, "targets": [{"upstream": upstream}], "fallbacks": [spare], **fields}


@pytest.fixture(scope="module")
def failing(provider, tmp_path_factory):
    upstreams = {
        "brittle": openai(provider.base_url, timeouts=QUICK, retry=RETRY),
        "solid": openai(provider.base_url),
        "keyed": openai(provider.base_url, api_keys=[{"env": "KEY_ONE"}, {"env": "KEY_TWO"}], retry=RETRY,
                        breaker={"failures": 0, "cooldown_ms": 60_000}),
        "narrow": openai(provider.base_url, max_in_flight=2, max_queued=4, queue_timeout_ms=5_000),
    }
    models = [
        model("spare", "solid", "spare"),
        with_fallback("main", "brittle"),
        with_fallback("spliced", "brittle", mid_stream=["splice", "fail"]),
        with_fallback("buffered", "brittle", mid_stream=["buffer", "fail"]),
        model("alone", "brittle"),
        model("keyed", "keyed"),
        model("narrow", "narrow"),
        {**with_fallback("small", "solid"), "context_tokens": 1000,
         "fallbacks": ["spare", "large", {"model": "unfiltered", "on": ["content_filter"]}]},
        {**model("large", "solid"), "context_tokens": 2000},
        model("unfiltered", "solid"),
        {"name": "hedged", "targets": [{"upstream": "solid", "model": "first"}], "fallbacks": ["spare"],
         "hedge": {"after_ms": 60, "budget": 1.0}},
        {"name": "named", "aliases": ["nick"], "targets": [{"upstream": "solid"}]},
    ]
    key = {"id": "mapped", "sha256": "2e7d2c03a9507ae265ecf5b5356885a53393a2029d241394997265a1a25aefc6", "user": "m",
           "models": ["named", "spare"], "model_map": {"named": "spare"}}
    settings = configuration(provider.base_url, upstreams=upstreams, models=models)
    settings["keys"].append(key)
    gateway = Gateway(tmp_path_factory.mktemp("failing"), settings, {"KEY_ONE": "sk-one", "KEY_TWO": "sk-two"})
    yield gateway
    gateway.assert_healthy()
    wait_idle(gateway)
    gateway.stop()


def ask(gateway, name, label, spec=None, stream=False, headers=(), key=None, **fields):
    """One request whose failing target gets `spec`, and its answer."""
    spec = {"id": label, "words": WORDS, "by_model": spec or {}}
    body = chat_body(name, stream=stream, x_provider=spec, **fields)
    return once(gateway.address(), post(body, headers=headers, **({"key": key} if key else {})))


def text(answer, stream):
    """The text of an answer, which must be whole."""
    assert answer.status == 200 and answer.whole, (answer.status, answer.body[:300])
    if not stream:
        return answer.json()["choices"][0]["message"]["content"]
    events = answer.events
    assert events[-1] == "[DONE]" and not any('"error"' in event for event in events), events[-2:]
    return content(events)


def models_called(provider, label):
    return [json.loads(call["body"])["model"] for call in provider.calls(label)]


def rescued(failing, provider, label, fault, most, stream):
    answer = ask(failing, "main", label, {"main": fault}, stream)
    assert text(answer, stream) == ANSWER
    called = models_called(provider, label)
    assert 1 <= called.count("main") <= most and called.count("spare") == 1, called
    assert answer["x-served-by"] == "solid" and int(answer["x-attempts"]) == len(called)


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_before_any_content_is_rescued(failing, provider, label, fault, stream):
    rescued(failing, provider, label, *FAULTS[fault], stream)


@pytest.mark.parametrize("fault", STREAM_FAULTS)
def test_a_fault_of_a_stream_before_any_content_is_rescued(failing, provider, label, fault):
    rescued(failing, provider, label, *STREAM_FAULTS[fault], True)


@pytest.mark.parametrize("fault", PLAIN_FAULTS)
def test_a_fault_in_a_whole_answer_is_rescued(failing, provider, label, fault):
    rescued(failing, provider, label, *PLAIN_FAULTS[fault], False)


@pytest.mark.parametrize("way", ["spliced", "buffered"])
@pytest.mark.parametrize("fault", MID_STREAM_FAULTS)
def test_a_fault_in_mid_stream_is_mended(failing, provider, label, fault, way):
    answer = ask(failing, way, label, {way: MID_STREAM_FAULTS[fault]}, True)
    assert text(answer, True) == ANSWER
    assert len(provider.calls(label)) <= 3


@pytest.mark.parametrize("fault", MID_STREAM_FAULTS)
def test_without_mending_a_broken_stream_is_told_and_never_looks_whole(failing, label, fault):
    answer = ask(failing, "main", label, {"main": MID_STREAM_FAULTS[fault]}, True)
    events = answer.events
    assert "[DONE]" not in events and "error" in json.loads(events[-1])
    assert ANSWER.startswith(content(events[:-1]))


@pytest.mark.parametrize("oddity", ODDITIES)
def test_what_only_looks_odd_is_answered_at_once(failing, provider, label, oddity):
    answer = ask(failing, "main", label, {"main": ODDITIES[oddity]}, True)
    assert text(answer, True) == ANSWER
    assert models_called(provider, label) == ["main"] and answer["x-attempts"] == "1"


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_a_fault_that_passes_is_made_good_by_the_same_target(failing, provider, label, stream):
    before = total(failing, "sluice_upstream_retries_total")
    answer = ask(failing, "alone", label, {"alone": {**status(500), "times": 1}}, stream)
    assert text(answer, stream) == ANSWER and answer["x-attempts"] == "2"
    assert total(failing, "sluice_upstream_retries_total") == before + 1


def test_a_wait_that_the_provider_asks_for_is_kept(failing, provider, label):
    fault = {**status(503, headers={"retry-after-ms": "200"}), "times": 1}
    assert text(ask(failing, "alone", label, {"alone": fault}), False) == ANSWER
    first, second = provider.calls(label)
    assert second["started"] - first["started"] >= 0.2


def test_without_another_target_the_last_error_is_told(failing, provider, label):
    answer = ask(failing, "alone", label, {"alone": status(500, "broken")})
    assert answer.status == 500 and answer.error["code"] == "broken"
    assert len(provider.calls(label)) == 2 and answer["x-attempts"] == "2"


@pytest.mark.parametrize("fault", [status(400, "invalid_value"), status(422), status(400, "content_filter")])
def test_a_request_that_is_refused_goes_nowhere_else(failing, provider, label, fault):
    answer = ask(failing, "main", label, {"main": fault})
    assert answer.status == fault["status"] and len(provider.calls(label)) == 1


def test_a_prompt_that_is_too_long_goes_to_a_model_that_takes_more(failing, provider, label):
    answer = ask(failing, "small", label, {"small": status(400, "context_length_exceeded")})
    assert text(answer, False) == ANSWER and models_called(provider, label) == ["small", "large"]


def test_a_filtered_request_goes_only_where_that_is_named(failing, provider, label):
    answer = ask(failing, "small", label, {"small": status(400, "content_filter")})
    assert text(answer, False) == ANSWER and models_called(provider, label) == ["small", "unfiltered"]


def test_the_access_log_tells_every_call(failing, label):
    answer = ask(failing, "main", label, {"main": status(500)})
    line = until(lambda: [line for line in failing.access_log() if line["request_id"] == answer["x-request-id"]])[0]
    assert line["attempts"] == 3 and line["upstream"] == "solid"
    assert [(call["upstream"], call["outcome"]) for call in line["calls"]] == [
        ("brittle", "server_error"), ("brittle", "server_error"), ("solid", "ok")]
    assert total(failing, "sluice_upstream_attempts_total", upstream="brittle", outcome="server_error") >= 2
    assert total(failing, "sluice_fallbacks_total", model="main") >= 1


# The client's own wishes


@pytest.mark.parametrize("how", ["field", "header"])
def test_a_client_names_further_models(failing, provider, label, how):
    headers = ["x-fallback-models: nick , spare"] if how == "header" else []
    fields = {"models": ["alone", "nick", "spare"]} if how == "field" else {}
    answer = ask(failing, "alone", label, {"alone": status(500), "nick": status(500)}, headers=headers, **fields)
    assert text(answer, False) == ANSWER
    assert models_called(provider, label) == ["alone", "alone", "nick", "spare"]
    assert all("models" not in json.loads(call["body"]) for call in provider.calls(label))


def test_a_list_of_models_needs_no_other_name(failing, provider, label):
    body = json.dumps({"models": ["spare"], "messages": [{"role": "user", "content": "hi"}],
                       "x_provider": {"id": label}}).encode()
    assert once(failing.address(), post(body)).status == 200 and models_called(provider, label) == ["spare"]


def test_models_beyond_the_allow_list_are_refused(failing, label):
    for name in ("no-such-model", "main"):
        answer = ask(failing, "named", label, headers=[f"x-fallback-models: {name}"], key="c")
        assert answer.status == 404 and answer.error["code"] == "model_not_found"


def test_a_key_may_get_another_model(failing, provider, label):
    assert ask(failing, "named", label, key="c").status == 200
    assert models_called(provider, label) == ["spare"]


def test_an_alias_stands_for_its_model(failing, provider, label):
    assert ask(failing, "nick", label).status == 200 and models_called(provider, label) == ["named"]


def test_a_client_that_waits_briefly_hears_in_time(failing, label):
    answer = ask(failing, "spare", label, {"spare": {"head_ms": 60_000}}, headers=["x-stainless-read-timeout: 1"])
    assert answer.status == 504


# Keys, hedges, queues


def test_a_key_that_is_refused_rests_and_another_is_shown(failing, provider, label):
    spec = {"keyed": {**status(429), "times": 1}}
    assert text(ask(failing, "keyed", label, spec), False) == ANSWER
    keys = [dict(call["headers"])["authorization"] for call in provider.calls(label)]
    assert sorted(keys) == ["Bearer sk-one", "Bearer sk-two"]
    for _ in range(3):
        ask(failing, "keyed", label + "-later")
    later = {dict(call["headers"])["authorization"] for call in provider.calls(label + "-later")}
    assert later == {keys[1]}


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_a_slow_target_gets_a_rival_and_the_faster_one_answers(failing, provider, label, stream):
    won = total(failing, "sluice_hedges_total", result="won")
    answer = ask(failing, "hedged", label, {"first": {"first_ms" if stream else "head_ms": 60_000}}, stream)
    assert text(answer, stream) == ANSWER and answer["x-attempts"] == "2"
    assert models_called(provider, label) == ["first", "spare"]
    until(lambda: provider.calls(label)[0]["state"] == "left", what="the slow call to be let go of")
    assert total(failing, "sluice_hedges_total", result="won") == won + 1


def test_a_fast_target_gets_no_rival(failing, provider, label):
    assert text(ask(failing, "hedged", label, stream=True), True) == ANSWER
    assert models_called(provider, label) == ["first"]


def test_requests_beyond_the_places_wait_in_line_and_beyond_the_line_are_refused(failing, provider, label):
    answers = at_once(9, lambda _: ask(failing, "narrow", label, {"narrow": {"head_ms": 300}}))
    statuses = sorted(answer.status for answer in answers)
    assert statuses == [200] * 6 + [503] * 3
    assert total(failing, "sluice_upstream_queued", upstream="narrow") == 0


def test_a_client_that_leaves_the_line_takes_no_place(failing, provider, label):
    wires = [Wire(failing.address()) for _ in range(4)]
    for wire in wires:
        wire.send(post(chat_body("narrow", x_provider={"id": label, "head_ms": 400})))
    until(lambda: total(failing, "sluice_upstream_queued", upstream="narrow") == 2, what="two to wait")
    for wire in wires[2:]:
        wire.socket.close()
    until(lambda: total(failing, "sluice_upstream_queued", upstream="narrow") == 0, what="nobody to wait")
    assert [wire.response().status for wire in wires[:2]] == [200, 200]
    assert len(provider.calls(label)) == 2


def test_a_client_that_leaves_between_two_attempts_ends_the_request(failing, provider, label):
    fault = {"alone": status(503, headers={"retry-after-ms": "399"})}
    with Wire(failing.address()) as wire:
        wire.send(post(chat_body("alone", x_provider={"id": label, "by_model": fault})))
        until(lambda: any(call["state"] == "done" for call in provider.calls(label)))
    wait_idle(failing)
    assert len(provider.calls(label)) == 1
