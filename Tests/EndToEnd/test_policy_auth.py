"""Callers by JSON Web Token: signed by PyJWT, checked by the gateway, with the keys of a secret, a file and a server."""

import signal
import time

import jwt
import pytest

from configuration import KEY
from harness import until
from openai_client import Endpoint
from tokens import AUDIENCE, ISSUER, KeyServer, SigningKey, key_set, token
from wire import chat_body, once, post

SECRET = "a shared secret of more than 32 bytes, for HS256"


def auth(require="jwt", **settings):
    return {"kind": "auth", "require": require, "jwt": {"issuer": ISSUER, "audience": AUDIENCE, **settings}}


def begin(start, policy, *further, **options):
    return start(require_key=False, policies=[policy, *further], **options)


def ask(gateway, credential, model="echo", headers=()):
    return once(gateway.address(), post(chat_body(model), key=credential, headers=headers))


def key_lines(gateway):
    """What the operational log says about fetched keys: a line per change."""
    return [line for line in gateway.stderr.lines if "keys of tokens" in line]


@pytest.fixture
def secret_file(tmp_path):
    file = tmp_path / "secret"
    file.write_text(SECRET + "\n")
    return {"file": str(file)}


@pytest.fixture(scope="module")
def rsa_key():
    return SigningKey("RS256", "rsa-1")


@pytest.fixture(scope="module")
def ec_key():
    return SigningKey("ES256", "ec-1")


@pytest.fixture
def key_server():
    started = []

    def begin(*arguments, **options):
        started.append(KeyServer(*arguments, **options))
        return started[-1]

    yield begin
    for server in started:
        server.stop()


def test_the_client_calls_with_tokens_of_every_algorithm(openai_client, start, tmp_path, secret_file, rsa_key, ec_key):
    (tmp_path / "jwks.json").write_text(key_set(rsa_key, ec_key))
    gateway = begin(start, auth(secret=secret_file, jwks_file=str(tmp_path / "jwks.json")))
    tokens = [token(SECRET, "HS256"), rsa_key.token(), ec_key.token(sub="ernest"), rsa_key.token(sub="hob")]
    for made in tokens:
        endpoint = Endpoint(openai_client, gateway.urls["public"] + "/v1", key=made)
        for _ in range(2):
            assert endpoint.chat("echo", "by token").message["content"] == "by token"
        assert endpoint.chat("echo", "a b", stream=True).text() == "a b"
    until(lambda: len(gateway.access_log()) == 12)
    users = [line.get("user") for line in gateway.access_log()]
    assert users == ["tess"] * 6 + ["ernest"] * 3 + ["hob"] * 3
    assert not any(made in gateway.stdout.text + gateway.stderr.text for made in tokens)


def test_a_wrong_token_is_refused_with_the_reason(openai_client, start, tmp_path, rsa_key, ec_key):
    (tmp_path / "jwks.json").write_text(key_set(rsa_key, ec_key))
    gateway = begin(start, auth(jwks_file=str(tmp_path / "jwks.json")))
    now = int(time.time())
    stranger = SigningKey("RS256", "rsa-1")
    parts = rsa_key.token().split(".")
    public = rsa_key.private.public_key().public_numbers().n.to_bytes(256, "big")
    wrong = {
        "expired at": rsa_key.token(exp=now - 120),
        "not valid before": rsa_key.token(nbf=now + 120),
        "issued in the future": rsa_key.token(iat=now + 120),
        "issuer 'https://evil.example/'": rsa_key.token(iss="https://evil.example/"),
        "names no issuer": rsa_key.token(iss=None),
        "another audience": rsa_key.token(aud=["other"]),
        "no claim 'sub'": rsa_key.token(sub=None),
        "no claim 'exp'": rsa_key.token(exp=None),
        "signature is wrong": stranger.token(),
        "unknown key id 'rsa-2'": token(rsa_key.private, "RS256", "rsa-2"),
        "unknown key id 'rsa-1'": token(ec_key.private, "ES256", "rsa-1"),
        "algorithm 'HS256' is not accepted": token(public, "HS256", "rsa-1"),
        "algorithm 'none' is not accepted": jwt.encode({"sub": "tess", "exp": now + 60}, None, "none"),
        "algorithm 'RS512' is not accepted": token(rsa_key.private, "RS512", "rsa-1"),
        "payload is not base64url": f"{parts[0]}.{parts[1]}=.{parts[2]}",
        "no JSON Web Token": "sk-a-key",
    }
    for reason, made in wrong.items():
        error = Endpoint(openai_client, gateway.urls["public"] + "/v1", key=made).chat("echo").error
        assert error["class"] == "AuthenticationError" and error["code"] == "invalid_api_key", reason
        assert reason in error["message"] and made not in error["message"], error["message"]
    error = ask(gateway, None)
    assert error.status == 401 and "didn't provide a token" in error.error["message"]


def test_a_token_may_come_in_each_of_three_fields(start, secret_file):
    gateway = begin(start, auth(secret=secret_file))
    made = token(SECRET, "HS256")
    for name in ("authorization: Bearer", "x-api-key:", "api-key:"):
        assert ask(gateway, None, headers=[f"{name} {made}"]).status == 200


def test_keys_and_tokens_stand_side_by_side(start, secret_file):
    gateway = begin(start, auth(["key", "jwt"], secret=secret_file))
    assert ask(gateway, KEY).status == 200
    assert ask(gateway, token(SECRET, "HS256")).status == 200
    assert "Incorrect API key" in ask(gateway, "sk-wrong.with.dots").error["message"]
    assert "signature is wrong" in ask(gateway, token(SECRET + "!", "HS256")).error["message"]


def test_claims_decide_models_and_limits(start, secret_file):
    limit = {"kind": "rate_limit", "per": "team", "requests": 1, "window_ms": 3_600_000}
    claims = {"user": "email", "team": "realm.teams", "models": "https://example.com/models"}
    gateway = begin(start, auth(secret=secret_file, claims=claims), limit)

    def status(model="echo", team="red", models=("echo*",), **changes):
        made = token(SECRET, "HS256", email="tess@example.com", realm={"teams": [team, "all"]},
                     **{"https://example.com/models": models}, **changes)
        return ask(gateway, made, model).status

    assert status() == 200
    assert status(iat=1) == 429, "another token of the same team"
    assert status(team="blue") == 200
    assert status("mapped", team="green") == 404
    assert status(team="green", models=None) == 404, "without the claim no model may be used"
    assert status(team="green", models="other echo") == 200
    until(lambda: len(gateway.access_log()) == 6)
    assert gateway.access_log()[0]["user"] == "tess@example.com"


def test_a_reload_reads_the_key_set_anew(start, tmp_path, rsa_key, ec_key):
    file = tmp_path / "jwks.json"
    file.write_text(key_set(rsa_key))
    gateway = begin(start, auth(jwks_file=str(file)))
    old, new = rsa_key.token(), ec_key.token()
    assert [ask(gateway, made).status for made in (old, new)] == [200, 401]
    file.write_text(key_set(ec_key))
    gateway.signal(signal.SIGHUP)
    until(lambda: ask(gateway, new).status == 200)
    assert ask(gateway, old).status == 401


def test_keys_are_fetched_and_a_rotation_is_noticed_by_the_unknown_key(openai_client, start, key_server, rsa_key):
    server = key_server(key_set(rsa_key))
    gateway = begin(start, auth(jwks_url=server.url), workers=2)
    old = rsa_key.token()
    until(lambda: ask(gateway, old).status == 200)
    assert server.fetches == 1
    later = SigningKey("RS256", "rsa-2")
    server.body = key_set(later)
    endpoint = Endpoint(openai_client, gateway.urls["public"] + "/v1", key=later.token())
    assert endpoint.chat("echo", "rotated", options={"max_retries": 2}).message["content"] == "rotated"
    assert server.fetches == 2
    refused = ask(gateway, old)
    assert refused.status == 401 and "unknown key id 'rsa-1'" in refused.error["message"]
    assert server.fetches == 2, "unknown keys do not lead to a fetch each"
    until(lambda: len(key_lines(gateway)) == 2, what="one line per set of keys")


def test_who_waits_for_the_first_keys_is_told_to_come_back(start, key_server, rsa_key):
    server = key_server(key_set(rsa_key), status=500)
    gateway = begin(start, auth(jwks_url=server.url))
    until(lambda: server.fetches == 1)
    refused = ask(gateway, rsa_key.token())
    assert refused.status == 503 and refused.error["type"] == "service_unavailable_error"
    assert refused["retry-after"] == "1"
    server.status = 200
    until(lambda: ask(gateway, rsa_key.token()).status == 200)
    until(lambda: len(key_lines(gateway)) == 2)
    first = key_lines(gateway)[0]
    assert "it answered with status 500" in first and server.url in first


def test_the_last_good_keys_outlive_their_server(start, key_server, rsa_key):
    server = key_server(key_set(rsa_key))
    gateway = begin(start, auth(jwks_url=server.url, refresh_ms=1000))
    until(lambda: ask(gateway, rsa_key.token()).status == 200)
    server.body = "no keys any more"
    until(lambda: any("the last good ones stay" in line for line in gateway.stderr.lines))
    assert ask(gateway, rsa_key.token(sub="later")).status == 200
