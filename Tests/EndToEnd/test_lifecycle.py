"""From start to end: ready, drain, reload, the check of a configuration, the command line."""

import json
import signal
import socket
import ssl
import subprocess
import time

import pytest

from certificates import self_signed
from configuration import configuration
from harness import Gateway, binary, until
from wire import Wire, chat_body, content, get, post


def accepts(gateway, listener="public"):
    try:
        with socket.create_connection(gateway.address(listener), 2):
            return True
    except OSError:
        return False


def begin_stream(gateway, tls=None, **spec):
    """A client that has the head and the first event of a stream."""
    wire = Wire(gateway.address("secure" if tls else "public"), tls=tls)
    wire.send(post(chat_body("fake", stream=True, x_provider=spec)))
    wire.head(), wire.chunk()
    return wire


def rest(wire):
    data = b""
    while chunk := wire.chunk():
        data += chunk
    return data


def certificate_of(gateway):
    raw = socket.create_connection(gateway.address("secure"), 5)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with context.wrap_socket(raw, server_hostname="localhost") as secure:
        return secure.getpeercert(binary_form=True)


def test_the_listeners_are_named_when_it_is_ready(start):
    gateway = start()
    assert set(gateway.urls) == {"public", "secure", "operators"}
    assert gateway.urls["secure"].startswith("https://")
    assert gateway.get("/ready", "public")


@pytest.mark.parametrize("workers", [0, 1, 3])
def test_any_number_of_workers_serves(start, workers):
    gateway = start(workers=workers)
    for number in range(30):
        with Wire(gateway.address()) as wire:
            assert str(number) in wire.exchange(post(chat_body("echo", f"n{number}"))).body.decode()


def test_sigterm_lets_streams_end_and_takes_no_new_ones(start):
    gateway = start()
    streaming = begin_stream(gateway, events=20, gap_ms=60)
    encrypted = begin_stream(gateway, tls=gateway.certificate, events=20, gap_ms=60)
    idle = Wire(gateway.address())
    assert idle.exchange(get("/health")).status == 200
    gateway.signal(signal.SIGTERM)
    until(lambda: not accepts(gateway), 1, "the listener to close while streams run")
    assert gateway.process.poll() is None and idle.is_closed(), "idle connections are closed at once"
    for wire in (streaming, encrypted):
        text = rest(wire)
        assert b"w19 " in text and text.endswith(b"data: [DONE]\n\n")
    assert gateway.wait(3) == 0
    for wire in (streaming, encrypted, idle):
        wire.socket.close()


def test_an_idle_gateway_ends_at_once(start):
    gateway = start()
    began = time.monotonic()
    gateway.signal(signal.SIGTERM)
    assert gateway.wait(5) == 0 and time.monotonic() - began < 1


def test_sigint_ends_it_like_sigterm(start):
    gateway = start()
    gateway.signal(signal.SIGINT)
    assert gateway.wait(5) == 0


def test_a_drain_has_a_deadline(start):
    gateway = start(bounds={"drain_timeout_ms": 500})
    with begin_stream(gateway, stall_after=2) as wire:
        gateway.signal(signal.SIGTERM)
        assert gateway.wait(5) == 0
        text = rest(wire)
        assert b"[DONE]" not in text and b'"error"' in text, "a stream that is cut off is told so"


def test_a_second_sigterm_ends_it_at_once(start):
    gateway = start(bounds={"drain_timeout_ms": 60_000})
    with begin_stream(gateway, stall_after=2):
        gateway.signal(signal.SIGTERM)
        until(lambda: not accepts(gateway), 2, "the drain to begin")
        assert gateway.process.poll() is None
        began = time.monotonic()
        gateway.signal(signal.SIGTERM)
        gateway.wait(5)
        assert time.monotonic() - began < 1


def test_sighup_takes_a_new_certificate_and_keeps_old_connections(start):
    gateway = start(workers=2)
    before = certificate_of(gateway)
    with begin_stream(gateway, tls=gateway.certificate, events=10, gap_ms=50) as wire:
        self_signed(gateway.directory / "certs", "renewed.test")
        gateway.signal(signal.SIGHUP)
        until(lambda: all(certificate_of(gateway) != before for _ in range(8)), 5, "the new certificate everywhere")
        assert rest(wire).endswith(b"data: [DONE]\n\n")


def test_sighup_with_a_broken_certificate_keeps_the_old_one(start):
    gateway = start()
    before = certificate_of(gateway)
    gateway.certificate.write_text("not a certificate")
    said = gateway.stderr.text + gateway.stdout.text
    gateway.signal(signal.SIGHUP)
    complaints = said.count("server.pem")
    until(lambda: (gateway.stderr.text + gateway.stdout.text).count("server.pem") > complaints, what="a complaint")
    assert certificate_of(gateway) == before


def test_the_self_signed_certificate_is_kept(provider, tmp_path):
    seen = []
    for _ in range(2):
        gateway = Gateway(tmp_path, configuration(provider.base_url))
        seen.append(certificate_of(gateway))
        gateway.stop()
    assert seen[0] == seen[1]


def sluice(*arguments):
    return subprocess.run([binary(), *map(str, arguments)], capture_output=True, text=True, timeout=20)


def check(tmp_path, text):
    file = tmp_path / "gateway.json"
    file.write_text(text)
    ran = sluice("check", "--config", file)
    return ran.returncode, ran.stdout + ran.stderr


def valid(monkeypatch, **changes):
    monkeypatch.setenv("E2E_PROVIDER_KEY", "sk-check")
    return configuration("http://127.0.0.1:1/v1") | changes


def test_check_is_content_with_a_good_configuration(tmp_path, monkeypatch):
    assert check(tmp_path, json.dumps(valid(monkeypatch)))[0] == 0


def test_check_tells_all_mistakes_at_once_each_with_its_place(tmp_path, monkeypatch):
    text = json.dumps(valid(monkeypatch), indent=2)
    text = text.replace('"workers": 1', '"workers": "many"').replace('"max_body_bytes"', '"max_body_byte"')
    text = text.replace('"upstream": "hasty"', '"upstream": "hastie"')
    code, said = check(tmp_path, text)
    assert code == 1
    for mistake in ('"many"', '"max_body_byte"', '"hastie"'):
        line = next(n for n, line in enumerate(text.split("\n"), 1) if mistake in line)
        column = text.split("\n")[line - 1].index(mistake) + 1
        assert f"gateway.json:{line}:{column}" in said, said
    assert "max_body_bytes" in said and "hasty" in said, "it says what may have been meant"


def test_what_can_never_act_is_told_by_a_check_and_at_the_start(start, tmp_path, monkeypatch):
    policy = {"kind": "cache", "match": {"models": ["gone-*", "fake"]}}
    gateway = start(policies=[policy])
    mark = "match.models[0]: fits no name or alias of a model"
    until(lambda: mark in gateway.stderr.text, what="the warning")
    for reloads in range(1, 3):
        gateway.signal(signal.SIGHUP)
        until(lambda: gateway.stderr.text.count("reloaded") == reloads, what="a reload")
    until(gateway.get("/health").strip, what="an answer")
    told = [line for line in gateway.stderr.text.split("\n") if " warning " in line]
    assert len(told) == 1 and mark in told[0], "nothing else, and once"
    monkeypatch.setenv("E2E_PROVIDER_KEY", "k")
    code, said = check(tmp_path, gateway.file.read_text())
    assert code == 0 and mark in said and said.rstrip().endswith("; 1 warning")


@pytest.mark.parametrize("text", ["", "{", '{"workers": 1,}', "[]", '{"workers": 1, "workers": 2}', "\x00"])
def test_check_says_where_a_file_is_not_json(tmp_path, text):
    code, said = check(tmp_path, text)
    assert code == 1 and "gateway.json:1:" in said


def test_check_refuses_open_doors_on_the_network(tmp_path, monkeypatch):
    network = [{"name": "public", "address": "0.0.0.0:0"}]
    code, said = check(tmp_path, json.dumps(valid(monkeypatch, listeners=network, policies=[])))
    assert code == 1 and "allow_open" in said
    meant = [{"kind": "auth", "require": "open", "allow_open": True}]
    assert check(tmp_path, json.dumps(valid(monkeypatch, listeners=network, policies=meant)))[0] == 0


def test_a_secret_that_is_missing_is_named_and_never_shown(tmp_path, monkeypatch):
    monkeypatch.delenv("E2E_PROVIDER_KEY", raising=False)
    code, said = check(tmp_path, json.dumps(configuration("http://127.0.0.1:1/v1")))
    assert code == 1 and "E2E_PROVIDER_KEY" in said


def test_serve_refuses_what_check_refuses(tmp_path):
    (tmp_path / "gateway.json").write_text('{"wrokers": 1}')
    ran = sluice("serve", "--config", tmp_path / "gateway.json")
    assert ran.returncode not in (0, -4, -5, -6, -11) and "wrokers" in ran.stdout + ran.stderr


def test_a_missing_file_is_told(tmp_path):
    ran = sluice("check", "--config", tmp_path / "none.json")
    assert ran.returncode == 1 and "none.json" in ran.stdout + ran.stderr


def test_an_address_in_use_is_told(provider, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        changed = configuration(provider.base_url)
        changed["listeners"][0]["address"] = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(RuntimeError, match=str(taken.getsockname()[1])):
            Gateway(tmp_path, changed)


def test_a_log_that_cannot_be_opened_is_told(provider, tmp_path):
    changed = configuration(provider.base_url)
    changed["telemetry"]["access_log"] = str(tmp_path / "nowhere" / "access.log")
    with pytest.raises(RuntimeError, match="cannot open the log .*/nowhere/access.log: No such file or directory"):
        Gateway(tmp_path, changed)


def test_open_access_on_loopback_needs_no_key(start):
    gateway = start(require_key=False)
    with Wire(gateway.address()) as wire:
        response = wire.exchange(post(chat_body("echo", "a b", stream=True), key=None))
        assert content(response.events) == "a b"
