"""TLS as curl, openssl and Python's ssl see it, and TLS to providers."""

import socket
import ssl
import subprocess

import pytest

from certificates import openssl, self_signed, signed
from configuration import KEY, model, openai
from harness import Provider
from wire import Wire, chat_body, content, get, post

OK = "HTTP/1.1 200"


def curl(gateway, *arguments):
    """The result of curl with the gateway's certificate trusted, asking /health unless `arguments` say otherwise."""
    command = ["curl", "--silent", "--show-error", "--max-time", "10", "--cacert", gateway.certificate, *arguments]
    return subprocess.run(command, capture_output=True, text=True)


def s_client(gateway, *arguments):
    """What openssl s_client says of one connection that asks for /health. It trusts any certificate."""
    host, port = gateway.address("secure")
    request = get("/health", headers=["connection: close"])
    ran = openssl("s_client", "-connect", f"{host}:{port}", "-ign_eof", *arguments, input=request, check=False)
    return ran.stdout.decode(errors="replace") + ran.stderr.decode(errors="replace")


def context(gateway, version=None):
    made = ssl.create_default_context(cafile=gateway.certificate)
    if version:
        made.minimum_version = made.maximum_version = version
    return made


@pytest.mark.parametrize("option", [["--tlsv1.3"], ["--tlsv1.2", "--tls-max", "1.2"]], ids=["1.3", "1.2"])
def test_curl_streams_over_either_version(gateway, option):
    body = chat_body("fake", stream=True, x_provider={"words": ["é", "日"]}).decode()
    ran = curl(gateway, *option, "-N", "-H", f"authorization: Bearer {KEY}", "-H", "content-type: application/json",
               "-d", body, gateway.urls["secure"] + "/v1/chat/completions")
    assert ran.returncode == 0, ran.stderr
    lines = [line[6:] for line in ran.stdout.split("\n") if line.startswith("data: ")]
    assert content(lines) == "é日" and lines[-1] == "[DONE]"


def test_versions_before_1_2_are_refused(gateway):
    said = s_client(gateway, "-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0")
    assert OK not in said and "Cipher is (NONE)" in said


def test_a_minimum_of_1_3_refuses_1_2(start):
    gateway = start(tls={"min_version": "1.3"})
    assert OK in s_client(gateway, "-tls1_3") and OK not in s_client(gateway, "-tls1_2")


@pytest.mark.parametrize("version", ["-tls1_3", "-tls1_2"])
def test_openssl_resumes_its_session(gateway, tmp_path, version):
    assert "New, TLSv1" in s_client(gateway, version, "-sess_out", tmp_path / "session")
    assert "Reused, TLSv1" in s_client(gateway, version, "-sess_in", tmp_path / "session")


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_3, ssl.TLSVersion.TLSv1_2], ids=["1.3", "1.2"])
def test_sessions_resume_across_workers(start, version):
    gateway = start(workers=2)
    client, session, reused = context(gateway, version), None, 0
    for _ in range(20):
        raw = socket.create_connection(gateway.address("secure"), 10)
        with client.wrap_socket(raw, server_hostname="localhost", session=session) as secure:
            secure.sendall(get("/health"))
            assert secure.recv(1_000).startswith(b"HTTP/1.1 200")  # with 1.3 the ticket comes before this
            reused += secure.session_reused
            session = secure.session
    assert reused == 19


def test_alpn_chooses_http_1_1(gateway):
    assert "ALPN protocol: http/1.1" in s_client(gateway, "-alpn", "h2,http/1.1")


def test_the_certificate_fits_its_names(gateway):
    for name in ("localhost", "127.0.0.1"):
        raw = socket.create_connection(gateway.address("secure"), 10)
        with context(gateway).wrap_socket(raw, server_hostname=name) as secure:
            assert secure.version() == "TLSv1.3"


def test_the_key_file_is_for_its_owner_alone(gateway):
    assert (gateway.directory / "certs" / "server.key").stat().st_mode & 0o077 == 0


def test_the_name_that_a_client_asks_for_chooses_the_certificate(start, tmp_path):
    files = [self_signed(tmp_path, name, stem=name) for name in ("a.test", "b.test")]
    pairs = [{"certificate_file": str(certificate), "key_file": str(key)} for certificate, key in files]
    gateway = start(tls={"certificates": pairs})
    for asked, given in [("a.test", "a.test"), ("b.test", "b.test"), ("other.test", "a.test")]:
        assert f"CN = {given}" in s_client(gateway, "-servername", asked)
    assert "CN = a.test" in s_client(gateway, "-noservername")


def test_a_client_certificate_is_asked_for_where_the_configuration_says_so(start, tmp_path):
    authority, authority_key = self_signed(tmp_path, "authority", stem="authority")
    stranger, stranger_key = self_signed(tmp_path, "stranger", stem="stranger")
    client, client_key = signed(tmp_path, authority, authority_key, "client")
    gateway = start(tls={"client_ca_file": str(authority)})
    url = gateway.urls["secure"] + "/health"
    assert curl(gateway, "--cert", client, "--key", client_key, url).returncode == 0
    assert curl(gateway, url).returncode != 0
    assert curl(gateway, "--cert", stranger, "--key", stranger_key, url).returncode != 0


def test_plain_text_on_the_tls_listener_does_no_harm(gateway):
    with Wire(gateway.address("secure")) as wire:
        wire.send(get("/health"))
        assert OK.encode() not in read_all(wire)
    assert curl(gateway, gateway.urls["secure"] + "/health").returncode == 0


def read_all(wire):
    """Everything until the gateway closes."""
    data = b""
    try:
        while piece := wire.socket.recv(65_536):
            data += piece
    except ConnectionResetError:
        pass
    return data


def test_a_handshake_that_never_comes_times_out(gateway):
    with Wire(gateway.address("secure"), timeout=6) as silent, Wire(gateway.address("secure"), timeout=6) as begun:
        begun.send(b"\x16\x03\x01\x02\x00\x01\x00")
        assert read_all(silent) == b"" and len(read_all(begun)) < 100


def test_a_handshake_may_come_byte_by_byte(gateway):
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    secure = context(gateway).wrap_bio(incoming, outgoing, server_hostname="localhost")
    with Wire(gateway.address("secure")) as wire:
        while True:
            try:
                secure.do_handshake()
                break
            except ssl.SSLWantReadError:
                for byte in outgoing.read():
                    wire.send(bytes([byte]))
                incoming.write(wire.socket.recv(65_536))
        secure.write(get("/health"))
        for byte in outgoing.read():
            wire.send(bytes([byte]))
        while True:
            incoming.write(wire.socket.recv(65_536))
            try:
                assert secure.read(4_096).startswith(b"HTTP/1.1 200")
                break
            except ssl.SSLWantReadError:
                pass  # that was a session ticket


def test_a_large_answer_comes_over_tls_whole(gateway):
    with Wire(gateway.address("secure"), tls=gateway.certificate) as wire:
        response = wire.exchange(post(chat_body("fake", stream=True, x_provider={"events": 500, "size": 20_000})))
        assert response.whole and len(content(response.events)) == 10_000_000
        large = post(chat_body("echo", "é" * 300_000))
        assert len(wire.exchange(large).json()["choices"][0]["message"]["content"]) == 300_000


def test_the_gateway_ends_a_tls_connection_with_close_notify(gateway):
    """Without it Python's ssl raises SSLEOFError where an answer ends with its connection."""
    request = post(chat_body("echo", "a b", stream=True)).replace(b"HTTP/1.1", b"HTTP/1.0")
    with Wire(gateway.address("secure"), tls=gateway.certificate) as wire:
        assert content(wire.exchange(request).events) == "a b"


@pytest.fixture
def encrypted(tmp_path):
    """A provider that speaks TLS, and its certificate."""
    certificate, key = self_signed(tmp_path, "provider.test", stem="provider")
    provider = Provider("--tls", certificate, key)
    yield provider, certificate
    provider.stop()


def test_a_providers_certificate_is_checked(start, encrypted):
    provider, certificate = encrypted
    upstreams = {"untrusted": openai(provider.base_url), "trusted": openai(provider.base_url, ca_file=str(certificate))}
    gateway = start(upstreams=upstreams, models=[model(name, name) for name in upstreams])
    with Wire(gateway.address()) as wire:
        assert wire.exchange(post(chat_body("untrusted"))).status == 502
        response = wire.exchange(post(chat_body("trusted", stream=True)))
        assert content(response.events) == "w0 w1 w2 "
