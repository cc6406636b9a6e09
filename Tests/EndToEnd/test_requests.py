"""What the gateway makes of requests: bodies that are refused, what reaches the provider, what comes back."""

import gzip
import json

import pytest

from configuration import KEY, PROVIDER_KEY
from wire import chat_body, get, once, post

REFUSED = {
    "nothing": b"",
    "not JSON": b"hello",
    "cut short": b'{"model":"echo","messages":[',
    "more after the end": chat_body("echo") + b"{}",
    "not an object": b'["echo"]',
    "a key twice": b'{"model":"fake","model":"echo","messages":[{"role":"user","content":"a"}]}',
    "the same key escaped": b'{"model":"fake","\\u006dodel":"echo","messages":[{"role":"user","content":"a"}]}',
    "too deep": b'{"model":"echo","messages":[{"role":"user","content":"a"}],"x":' + b"[" * 40 + b"]" * 40 + b"}",
    "not UTF-8": b'{"model":"echo","messages":[{"role":"user","content":"\xff\xfe"}]}',
    "half a surrogate pair": b'{"model":"ec\\ud800ho","messages":[{"role":"user","content":"a"}]}',
    "no model": b'{"messages":[{"role":"user","content":"a"}]}',
    "a model that is no string": b'{"model":7,"messages":[{"role":"user","content":"a"}]}',
    "no messages": b'{"model":"echo"}',
    "no message": b'{"model":"echo","messages":[]}',
    "a stream that is no boolean": chat_body("echo", stream="yes"),
}


@pytest.mark.parametrize("way", REFUSED)
def test_a_bad_body_is_refused_with_a_clear_error(wire, way):
    response = wire.exchange(post(REFUSED[way]))
    assert response.status == 400 and response.error["type"] == "invalid_request_error", response.body
    assert wire.exchange(get("/health")).status == 200, "the connection is still of use"


@pytest.mark.parametrize("way, parameter", [
    ("a key twice", "model"), ("no model", "model"), ("a model that is no string", "model"),
    ("no messages", "messages"), ("no message", "messages"), ("a stream that is no boolean", "stream"),
])
def test_a_bad_body_is_told_which_parameter_is_wrong(wire, way, parameter):
    assert wire.exchange(post(REFUSED[way])).error["param"] == parameter


def test_a_request_without_a_key_is_refused_before_its_body_is_read(wire):
    response = wire.exchange(post(b"not even JSON", key=None))
    assert response.status == 401 and response.error["type"] == "invalid_request_error"
    assert response["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("header", ["authorization: Basic abc", "authorization: Bearer", "authorization:"])
def test_an_authorization_of_another_form_is_refused(wire, header):
    assert wire.exchange(post(chat_body("echo"), key=None, headers=[header])).status == 401


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/files"])
def test_a_body_that_is_compressed_is_refused(gateway, provider, label, path):
    body = gzip.compress(chat_body("fake", x_provider={"id": label}))
    refused = once(gateway.address(), post(body, path, headers=["content-encoding: gzip"]))
    assert refused.status == 415 and refused.error["code"] == "unsupported_content_encoding"
    assert refused["accept-encoding"] == "identity" and not provider.calls(label)
    plain = post(chat_body("echo"), headers=["content-encoding: identity"])
    assert once(gateway.address(), plain).status == 200


def test_a_body_that_a_call_does_not_take_is_told(gateway):
    request = get("/v1/models", headers=["content-length: 2"]) + b"{}"
    refused = once(gateway.address(), request)
    assert refused.status == 413 and refused.error["message"] == "This call takes no body."


def test_the_scheme_of_the_key_may_be_in_any_case(wire):
    assert wire.exchange(post(chat_body("echo"), key=None, headers=[f"AUTHORIZATION: bearer {KEY}"])).status == 200


def test_unknown_fields_reach_the_provider_byte_for_byte(wire, provider, label):
    odd = '"x_odd" : { "n":1.50, "e": 1E+2,"big":123456789012345678901234567890, "u":"\\u00e9\\/", "é": [ ] ,'
    odd += '"d":{"model":"inner"} }'
    spec = json.dumps({"id": label})
    messages = '[{"role":"user","content":"é\\n"}]'
    body = f'{{ "x_provider":{spec},\n\t{odd}, "model" : "mapped" ,"messages":{messages} }}\n'
    assert wire.exchange(post(body.encode())).status == 200
    received = provider.call(label)["body"].decode()
    assert odd in received and messages in received
    assert received.strip() == body.replace('"mapped"', '"real-model-2026"').strip()


def test_a_stream_request_is_only_added_to(wire, provider, label):
    kept = f'"messages":[{{"role":"user","content":"a"}}],"x_provider":{json.dumps({"id": label})},"temperature":0.70'
    assert wire.exchange(post(f'{{"model":"fake","stream":true,{kept}}}'.encode())).status == 200
    received = provider.call(label)["body"].decode()
    assert kept in received and json.loads(received)["stream_options"] == {"include_usage": True}


def test_other_stream_options_of_the_client_survive(wire, provider, label):
    options = {"x_odd": [1, 2], "include_usage": False}
    wire.exchange(post(chat_body("fake", stream=True, stream_options=options, x_provider={"id": label})))
    assert provider.sent(label)["stream_options"] == {"x_odd": [1, 2], "include_usage": True}


def test_the_providers_key_is_put_in_and_the_clients_stays_here(wire, provider, label):
    secrets = ["cookie: session=1", "x-api-key: client-secret", "proxy-authorization: Basic x", "x-unlisted: 1",
               "connection: keep-alive, x-hop", "x-hop: 1", "te: trailers", "x-forwarded-for: 10.1.2.3"]
    wire.exchange(post(chat_body("fake", x_provider={"id": label}), headers=secrets))
    call = provider.call(label)
    headers = {name.lower(): value for name, value in call["headers"]}
    assert len(headers) == len(call["headers"]), "no header twice"
    assert headers["authorization"] == f"Bearer {PROVIDER_KEY}"
    assert headers["content-type"].startswith("application/json") and headers["host"] == f"127.0.0.1:{provider.port}"
    assert not {"cookie", "x-api-key", "proxy-authorization", "x-unlisted", "x-hop", "te"} & set(headers), headers
    assert KEY not in str(call["headers"])


def test_a_stream_asks_the_provider_for_plain_bytes(wire, provider, label):
    wire.exchange(post(chat_body("fake", stream=True, x_provider={"id": label}), headers=["accept-encoding: gzip"]))
    headers = {name.lower(): value for name, value in provider.call(label)["headers"]}
    assert headers.get("accept-encoding", "identity") == "identity"


def test_the_providers_own_headers_cross_by_allow_list(wire):
    told = {"set-cookie": "a=b", "x-ratelimit-remaining-requests": "59", "server": "fake/1"}
    response = wire.exchange(post(chat_body("fake", x_provider={"headers": told})))
    assert response["x-ratelimit-remaining-requests"] == "59"
    assert response["set-cookie"] is None and response["x-secret-internal"] is None and response["server"] != "fake/1"


@pytest.mark.parametrize("name", ["a", "req-7f/{}~!", "x" * 128])
def test_a_request_id_of_the_client_is_kept(wire, name):
    assert wire.exchange(get("/health", headers=[f"x-request-id: {name}"]))["x-request-id"] == name


@pytest.mark.parametrize("name", ["", "x" * 129, "with space", "tab\tinside", "\xe9"])
def test_a_request_id_that_is_no_visible_ascii_is_replaced(wire, name):
    made = wire.exchange(get("/health", headers=[f"x-request-id: {name}"]))
    assert made["x-request-id"] and made["x-request-id"] != name and len(made["x-request-id"]) <= 128


def test_each_request_gets_an_id_of_its_own(wire):
    assert len({wire.exchange(get("/health"))["x-request-id"] for _ in range(50)}) == 50


def test_the_older_prefix_of_the_paths_works(wire):
    assert wire.exchange(post(chat_body("echo", "a"), path="/api/v1/chat/completions")).status == 200
    assert wire.exchange(get("/api/v1/models")).json() == wire.exchange(get("/v1/models")).json()


@pytest.mark.parametrize("path", ["/health", "/v1/health", "/ready", "/"])
def test_the_gateway_says_that_it_is_well(wire, path):
    key = KEY if path == "/" else None
    response = wire.exchange(get(path, key=key))
    assert response.status == 200 and response["content-type"].startswith("application/json")
    expected = {"/health": "healthy", "/v1/health": "ok", "/": "ok"}
    assert path == "/ready" or response.json()["status"] == expected[path]


def test_health_tells_version_and_uptime(wire):
    health = wire.exchange(get("/health")).json()
    assert health["version"] and health["uptime_seconds"] >= 0 and health["available_tools"] == []
    assert health["active_connections"] >= 1


def test_a_query_does_not_change_the_path(wire):
    assert wire.exchange(get("/health?verbose=1")).status == 200


def test_operators_paths_are_not_on_the_public_listener(wire, gateway):
    assert wire.exchange(get("/admin/keys")).status == 404
    assert gateway.get("/health")
