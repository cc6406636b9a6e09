"""Callers by client certificate, made by the openssl command."""

import ssl

import pytest

from certificates import self_signed, signed
from configuration import KEY
from harness import until
from openai_client import Endpoint
from wire import Wire, chat_body, post


@pytest.fixture
def authority(tmp_path):
    return self_signed(tmp_path, "authority", stem="authority")


def begin(start, authority, require, **section):
    policy = {"kind": "auth", "require": require} | ({"client_certificate": section} if section else {})
    tls = {"client_ca_file": str(authority[0]), "client_certificate": "optional"}
    return start(require_key=False, policies=[policy], tls=tls)


def ask(gateway, certificate=None, key=None, model="echo"):
    context = ssl.create_default_context(cafile=gateway.certificate)
    if certificate:
        context.load_cert_chain(*certificate)
    with Wire(gateway.address("secure")) as wire:
        wire.socket = context.wrap_socket(wire.socket, server_hostname="localhost")
        return wire.exchange(post(chat_body(model), key=key))


def users(gateway, count):
    """Of the first requests, once they are in the access log."""
    until(lambda: len(gateway.access_log()) >= count)
    return [line.get("user") for line in gateway.access_log()][:count]


def test_the_client_calls_with_a_certificate_and_without_a_key(openai_client, start, authority, tmp_path):
    gateway = begin(start, authority, ["key", "client_certificate"])
    alice = signed(tmp_path, *authority, "alice")
    endpoint = Endpoint(openai_client, gateway.urls["secure"] + "/v1", gateway.certificate, key="unused")
    own = {"own_certificate": [str(file) for file in alice]}
    assert endpoint.chat("echo", "hello", options=own).message["content"] == "hello"
    assert endpoint.chat("echo").error["class"] == "AuthenticationError"
    assert ask(gateway, key=KEY).status == 200
    assert ask(gateway).status == 401
    assert users(gateway, 1) == ["alice"]


@pytest.mark.parametrize("name, user", [
    ("common_name", "bob"), ("email", "bob@example.com"), ("dns", "laptop.example.com"),
    ("uri", "spiffe://example.com/bob"), ("subject", "CN=bob")])
def test_a_part_of_the_certificate_names_the_caller(start, authority, tmp_path, name, user):
    gateway = begin(start, authority, "client_certificate", name=name)
    names = "DNS:Laptop.example.com,email:bob@example.com,email:b@example.com,URI:spiffe://example.com/bob"
    assert ask(gateway, signed(tmp_path, *authority, "bob", names)).status == 200
    assert users(gateway, 1) == [user]


def test_listed_callers_alone_are_let_in(start, authority, tmp_path):
    callers = {"carol": {"user": "caz", "team": "qa", "models": ["echo"]}}
    gateway = begin(start, authority, ["key", "client_certificate"], callers=callers)
    carol, dave = (signed(tmp_path, *authority, name) for name in ("carol", "dave"))
    assert ask(gateway, carol).status == 200
    assert ask(gateway, carol, model="mapped").status == 404
    refused = ask(gateway, dave)
    assert refused.status == 401 and refused.error["code"] == "invalid_api_key"
    assert ask(gateway, dave, key=KEY).status == 200
    assert users(gateway, 4) == ["caz", "caz", None, "tess"]
