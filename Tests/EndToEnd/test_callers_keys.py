"""Upstreams that get the callers' own keys: a provider sees those, and never one of the gateway's."""

import json
import subprocess

import pytest

from configuration import KEY, PLAIN, PROVIDER_KEY, TIMEOUTS, configuration, model
from harness import binary
from wire import chat_body, once, post

OWN = "sk-callers-own-5521"
REFUSED = {"status": 401, "body": '{"error":{"message":"bad","code":"invalid_api_key"}}'}
# kind: path of its base URL, header of the key, how the key stands there
KINDS = {
    "openai": ("/v1", "authorization", "Bearer {}"),
    "anthropic": ("", "x-api-key", "{}"),
    "gemini": ("/v1beta", "x-goog-api-key", "{}"),
}


def upstream(kind, port):
    unknown = {} if kind == "openai" else {"unknown_fields": "pass"}
    return {"kind": kind, "base_url": f"http://127.0.0.1:{port}{KINDS[kind][0]}", "api_key": {"from": "client"},
            "timeouts": TIMEOUTS, **PLAIN, **unknown}


@pytest.fixture(scope="module")
def open_gateway(gateway_with, provider):
    upstreams = {kind: upstream(kind, provider.port) for kind in KINDS}
    return gateway_with(require_key=False, upstreams=upstreams, models=[model(kind, kind) for kind in KINDS])


def shown(provider, label, name):
    """What the provider saw in this header."""
    return [value for header, value in provider.call(label)["headers"] if header.lower() == name]


@pytest.mark.parametrize("kind", KINDS)
def test_a_callers_own_key_is_passed_on_and_its_refusal_believed(open_gateway, provider, label, kind):
    body = chat_body(kind, x_provider={"id": label, **REFUSED})
    assert once(open_gateway.address(), post(body, key=OWN)).status == 401
    assert shown(provider, label, KINDS[kind][1]) == [KINDS[kind][2].format(OWN)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_of_the_gateways_is_not_passed_on_even_where_none_is_asked_for(open_gateway, provider, label, kind):
    once(open_gateway.address(), post(chat_body(kind, x_provider={"id": label}), key=KEY))
    assert shown(provider, label, KINDS[kind][1]) == []
    assert KEY not in json.dumps(provider.call(label)["headers"])


def check(tmp_path, provider, policies):
    settings = configuration(provider.base_url, policies=policies, require_key=False,
                             upstreams={"own": upstream("openai", provider.port)})
    (tmp_path / "gateway.json").write_text(json.dumps(settings, indent=2))
    return subprocess.run([binary(), "check", "--config", tmp_path / "gateway.json"], capture_output=True, text=True,
                          env={"E2E_PROVIDER_KEY": PROVIDER_KEY})


def test_where_all_callers_show_keys_of_the_gateways_such_an_upstream_is_a_mistake(tmp_path, provider):
    done = check(tmp_path, provider, [{"kind": "auth", "require": "key"}])
    assert done.returncode != 0
    said = done.stdout + done.stderr
    assert "upstreams.own.api_key: callers show keys of the gateway's here, which are never passed on" in said
    assert any(line.startswith(str(tmp_path)) and ":" in line for line in said.splitlines()), said


def test_where_one_listener_is_open_it_is_none(tmp_path, provider):
    policies = [{"kind": "auth", "require": "key", "match": {"listeners": ["public"]}}]
    assert check(tmp_path, provider, policies).returncode == 0
