"""The operators' view: /metrics and the access log."""

import json
import shutil
import subprocess

import pytest

from configuration import KEY, PROVIDER_KEY
from harness import until
from metrics import OPENMETRICS, samples, total, wait_idle
from relayed import ROOT, chunked, form, head, post_form
from wire import Wire, chat_body, get, once, post

PREFIXES = ("gen_ai_", "http_server_", "sluice_", "process_")
PROMPT, ANSWER = "prompt-marker-7751", "answer-marker-9034"

# Labels whose values must come from the configuration or the code, never from a request.
LABELS = {
    "policy", "kind", "verdict", "mode", "outcome",
    "dialect", "model", "upstream", "status", "source", "code", "phase", "type", "listener", "result", "worker", "log",
    "state", "way",
    "version", "le", "quantile", "error_type", "gen_ai_operation_name", "gen_ai_request_model", "gen_ai_provider_name",
    "gen_ai_token_type", "http_request_method", "url_scheme", "http_route", "http_response_status_code",
}


def chat(wire, model="fake", **fields):
    spec = {"words": [ANSWER, " é"]}
    return wire.exchange(post(chat_body(model, PROMPT, x_provider=spec, **fields)))


def test_both_exposition_formats_parse(gateway, wire):
    chat(wire)
    chat(wire, stream=True)
    text = {name for name, _, _ in samples(gateway)}
    assert text == {name for name, _, _ in samples(gateway, openmetrics=True)}
    assert gateway.get("/metrics", headers={"accept": OPENMETRICS}).endswith("# EOF\n")


@pytest.mark.skipif(not shutil.which("promtool"), reason="promtool is not here; the parsers above are the floor")
def test_promtool_finds_no_fault(gateway):
    text = gateway.get("/metrics")
    checked = subprocess.run(["promtool", "check", "metrics"], input=text, text=True, capture_output=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_names_and_labels_are_of_closed_sets(gateway, wire):
    chat(wire)
    for name, labels, _ in samples(gateway):
        assert name.startswith(PREFIXES), name
        assert set(labels) <= LABELS, (name, labels)


def test_no_request_can_make_a_new_series(gateway):
    def strange(tag):
        address = gateway.address()
        once(address, post(chat_body(f"model-{tag}")))
        once(address, post(chat_body("echo"), key=f"sk-{tag}"))
        once(address, get(f"/path-{tag}"))
        once(address, get("/health", method=f"X{tag}".upper()))
        once(address, post(b"{", headers=[f"x-request-id: {tag}"]))

    strange("odd-model")
    before = {(name, *sorted(labels.items())) for name, labels, _ in samples(gateway)}
    for number in range(20):
        strange(f"strange{number}")
    after = {(name, *sorted(labels.items())) for name, labels, _ in samples(gateway)}
    assert after == before and "strange" not in str(after) and "odd-model" not in str(after)


def test_the_figures_of_a_request_are_counted(gateway):
    names = ("sluice_requests_total", "gen_ai_server_request_duration_seconds_count", "sluice_client_sent_bytes_total",
             "gen_ai_server_time_to_first_token_seconds_count", "sluice_upstream_transfers_total")
    before = {name: total(gateway, name) for name in names}
    # To read the figures takes time, and a connection without a request has little.
    with Wire(gateway.address()) as wire:
        response = chat(wire, stream=True)
    until(lambda: total(gateway, names[0]) == before[names[0]] + 1, what="the request to be counted")
    assert total(gateway, names[1]) == before[names[1]] + 1
    assert total(gateway, names[2]) >= before[names[2]] + len(response.body)
    assert total(gateway, names[3]) == before[names[3]] + 1
    assert total(gateway, names[4]) == before[names[4]] + 1


def test_bytes_sent_to_upstreams_are_counted(gateway, provider, label):
    """Bodies as they reach the provider, not as the client has written them; of all attempts."""
    labels = {"upstream": "fake", "model": "real-model-2026"}
    before = total(gateway, "sluice_upstream_sent_bytes_total", **labels)
    for stream in (False, True):
        once(gateway.address(), post(chat_body("mapped", "é" * 5_000, stream=stream, x_provider={"id": label})))
    sent = sum(len(call["body"]) for call in provider.calls(label))
    assert sent > 20_000 and total(gateway, "sluice_upstream_sent_bytes_total", **labels) == before + sent


@pytest.mark.parametrize("size", [100, 300_000], ids=["whole", "by_and_by"])
@pytest.mark.parametrize("in_chunks", [False, True], ids=["length", "chunks"])
def test_relayed_bytes_sent_to_upstreams_are_counted(gateway_with, provider, label, size, in_chunks):
    gateway = gateway_with(root=ROOT)
    before = total(gateway, "sluice_upstream_sent_bytes_total")
    parts = [("purpose", "batch"), ("file", b"x" * size, "a.bin")]
    if in_chunks:
        request = head("/v1/files", None, {"id": label}) + chunked(form(*parts))
    else:
        request = post_form("/v1/files", *parts, spec={"id": label})
    assert once(gateway.address(), request).status == 200
    (call,) = provider.calls(label)
    assert call["length"] == len(form(*parts))
    assert total(gateway, "sluice_upstream_sent_bytes_total") == before + call["length"]


def test_an_error_is_counted(gateway):
    before = total(gateway, "sluice_request_errors_total")
    once(gateway.address(), post(chat_body("no-such-model")))
    until(lambda: total(gateway, "sluice_request_errors_total") == before + 1, what="the error to be counted")


def test_histograms_are_whole(gateway, wire):
    chat(wire, stream=True)
    found = samples(gateway)
    counts = {(name[:-6], *sorted(labels.items())): value for name, labels, value in found if name.endswith("_count")}
    assert counts
    for name, labels, value in found:
        if labels.get("le") == "+Inf":
            rest = sorted((key, text) for key, text in labels.items() if key != "le")
            assert counts[(name[: -len("_bucket")], *rest)] == value


def test_requests_in_flight_are_gauged(gateway):
    wait_idle(gateway)
    with Wire(gateway.address()) as wire:
        wire.send(post(chat_body("fake", stream=True, x_provider={"stall_after": 1})))
        until(lambda: total(gateway, "sluice_requests_in_flight") == 1, what="the gauge to rise")
        assert total(gateway, "sluice_upstream_transfers_in_flight") == 1
        assert total(gateway, "sluice_connections", listener="public") >= 1
    wait_idle(gateway)


def test_the_process_tells_its_memory_and_descriptors(gateway):
    found = {name: value for name, _, value in samples(gateway) if name.startswith("process_")}
    assert found["process_open_fds"] > 5 and found["process_resident_memory_bytes"] > 1_000_000
    assert found["process_cpu_seconds_total"] > 0 and found["process_start_time_seconds"] > 1.6e9


def line_of(gateway, request_id):
    """The one line of the access log for a request."""
    lines = until(lambda: [line for line in gateway.access_log() if request_id in json.dumps(line)], what="a log line")
    [line] = lines
    return line


def test_each_request_leaves_one_line_in_the_access_log(gateway, wire):
    chat(wire, stream=True)
    response = chat(wire)
    line = json.dumps(line_of(gateway, response["x-request-id"]))
    for expected in ("200", "/v1/chat/completions", "POST", "fake", "tester"):
        assert expected in line
    refused = wire.exchange(post(chat_body("no-such-model")))
    assert "404" in json.dumps(line_of(gateway, refused["x-request-id"]))


def test_a_client_that_left_is_logged_too(gateway):
    with Wire(gateway.address()) as wire:
        wire.send(post(chat_body("fake", stream=True, x_provider={"stall_after": 2}), headers=["x-request-id: left-1"]))
        wire.head()
    assert line_of(gateway, "left-1")


def test_logs_hold_no_secret_and_no_prompt(gateway, wire):
    chat(wire, stream=True)
    chat(wire, "no-such-model")
    once(gateway.address(), post(chat_body("echo", PROMPT), key="sk-wrong-secret-5150-tail"))
    wire.exchange(post(b'{"model": "echo", "prompt-marker-7751": '))
    wire.exchange(get("/health?api_key=sk-in-the-query-1"))
    marked = wire.exchange(post(chat_body("hasty", PROMPT, stream=True, x_provider={"malformed_after": 1})))
    line_of(gateway, marked["x-request-id"])
    text = gateway.stdout.text + gateway.stderr.text + gateway.get("/metrics")
    for secret in (KEY, PROVIDER_KEY, PROMPT, ANSWER, "secret-5150", "sk-in-the-query-1"):
        assert secret not in text


def test_a_line_of_the_log_cannot_be_forged(gateway, wire):
    wire.exchange(get('/health?"}%0a{"forged":1}', headers=['user-agent: a"},{"b\\']))
    last = wire.exchange(get("/health"))
    line_of(gateway, last["x-request-id"])
    assert not any("forged" in line for line in gateway.access_log())
