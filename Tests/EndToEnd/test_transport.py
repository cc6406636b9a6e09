"""The way to the provider: HTTP/2, proxies, certificates, kept-alive connections."""

import json
from contextlib import ExitStack

import pytest

from configuration import model, openai
from forward_proxy import ForwardProxy
from wire import Wire, chat_body, content, post


@pytest.fixture
def proxy():
    proxy = ForwardProxy()
    yield proxy
    proxy.stop()


def ask(gateway, name, **fields):
    with Wire(gateway.address(), timeout=20) as wire:
        return wire.exchange(post(chat_body(name, **fields)))


def through(start, base_url, **fields):
    """A gateway with one more model, `far`, at that address."""
    return start(upstreams={"far": openai(base_url, **fields)}, models=[model("far", "far")])


@pytest.mark.parametrize("stream", [False, True], ids=["plain", "stream"])
def test_http2_is_spoken_where_tls_offers_it(start, front, stream):
    gateway = through(start, front.base_url, ca_file=front.certificate)
    response = ask(gateway, "far", stream=stream, x_provider={"words": ["é", "日"]})
    assert response.status == 200 and "é日" in (
        content(response.events) if stream else json.loads(response.body)["choices"][0]["message"]["content"])
    assert front.protocols(1) == ["HTTP/2.0 200"]


def test_many_http2_streams_share_a_connection_and_do_not_mix(start, front):
    gateway = through(start, front.base_url, ca_file=front.certificate)
    with ExitStack() as stack:
        wires = [stack.enter_context(Wire(gateway.address(), timeout=20)) for _ in range(20)]
        for number, wire in enumerate(wires):
            wire.send(post(chat_body("far", stream=True, x_provider={"words": [f"a{number} ", "b"], "gap_ms": 20})))
        for number, wire in enumerate(wires):
            assert content(wire.response().events) == f"a{number} b"
    assert front.protocols(20) == ["HTTP/2.0 200"] * 20


def test_http1_is_spoken_where_the_configuration_says_so(start, front):
    gateway = through(start, front.base_url, ca_file=front.certificate, http_version="1.1")
    assert ask(gateway, "far", stream=True).status == 200
    assert front.protocols(1) == ["HTTP/1.1 200"]


def test_a_provider_with_an_unknown_certificate_is_not_trusted(start, front):
    response = ask(through(start, front.base_url), "far")
    assert response.status == 502 and json.loads(response.body)["error"]["code"] == "upstream_tls"
    assert front.protocols(0) == []


def test_the_certificate_check_can_be_turned_off(start, front):
    assert ask(through(start, front.base_url, verify=False), "far").status == 200


def test_a_proxy_of_the_configuration_is_used(start, provider, proxy):
    gateway = through(start, provider.base_url, proxy=proxy.url)
    assert content(ask(gateway, "far", stream=True, x_provider={"words": ["é"]}).events) == "é"
    assert proxy.requests == [f"POST {provider.base_url}/chat/completions HTTP/1.1"]


def test_a_proxy_tunnels_tls(start, front, proxy):
    gateway = through(start, front.base_url, ca_file=front.certificate, proxy=proxy.url)
    assert content(ask(gateway, "far", stream=True, x_provider={"words": ["é"]}).events) == "é"
    assert proxy.requests == [f"CONNECT 127.0.0.1:{front.port} HTTP/1.1"] and front.protocols(1) == ["HTTP/2.0 200"]


def test_hosts_of_no_proxy_are_called_directly(start, provider, proxy):
    gateway = through(start, provider.base_url, proxy=proxy.url, no_proxy=["127.0.0.1"])
    assert ask(gateway, "far").status == 200 and proxy.requests == []


def test_proxies_of_the_environment_are_ignored(start, provider, proxy, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, proxy.url)
    assert ask(through(start, provider.base_url), "far").status == 200 and proxy.requests == []


def test_connections_to_the_provider_are_kept(start, provider):
    gateway = through(start, provider.base_url)
    before = provider.control("/__active")["connections"]
    with Wire(gateway.address()) as wire:
        for _ in range(20):
            assert wire.exchange(post(chat_body("far"))).status == 200
    assert provider.control("/__active")["connections"] <= before + 1
