"""`/v1/embeddings` and `/v1/moderations` with the openai client and on the wire: relayed as they are, under all rules."""

import base64
import json
import math
import struct

import pytest

from configuration import KEY, TIMEOUTS, model
from harness import until
from metrics import total
from openai_client import Endpoint
from wire import Wire, once, post

UNEMBEDDABLE = {"kind": "anthropic", "base_url": "http://127.0.0.1:9", "api_key": {"env": "E2E_PROVIDER_KEY"}}


def body(model="fake", text="hello there", **fields):
    return json.dumps({"model": model, "input": text, **fields}).encode()


def embed(model="fake", text="hello there", path="/v1/embeddings", key=KEY, headers=(), **fields):
    return post(body(model, text, **fields), path, key=key, headers=headers)


def judge(text, headers=(), **fields):
    return post(json.dumps({"input": text, **fields}).encode(), "/v1/moderations", headers=headers)


# Embeddings


@pytest.mark.parametrize("text, lengths", [
    ("hello", [5]), (["one", "three"], [3, 5]), ([1, 2, 3], [3]), ([[1, 2], [3]], [2, 1]),
], ids=str)
@pytest.mark.parametrize("form", ["float", "base64", None])
def test_every_form_of_input_is_embedded(endpoint, provider, label, text, lengths, form):
    asked = {} if form is None else {"encoding_format": form}
    result = endpoint.create("embeddings.create", {"id": label}, model="mapped", input=text, **asked)
    data = result.answer["data"]
    found = [each["embedding"] for each in data]
    if form == "base64":
        found = [list(struct.unpack("<3f", base64.b64decode(each))) for each in found]
    assert found == [[float(length), float(place), 0.0] for place, length in enumerate(lengths)]
    assert result.answer["usage"]["prompt_tokens"] == 5 * len(lengths) and result["request_id"]
    call = provider.call(label)
    assert call["path"] == "/v1/embeddings" and json.loads(call["body"])["input"] == text
    assert json.loads(call["body"])["model"] == "real-model-2026"
    assert ["authorization", "Bearer sk-provider-secret-91c2"] in [[k.lower(), v] for k, v in call["headers"]]


@pytest.mark.parametrize("prefix", ["", "/api"])
def test_body_and_answer_travel_byte_for_byte(gateway, provider, label, prefix):
    sent = b'{ "input":["a\\u00e9"],"model" : "fake", "x_provider":{"id":"%b"}, "x_unknown": 1.50 }' % label.encode()
    response = once(gateway.address(), post(sent, prefix + "/v1/embeddings"))
    assert response.status == 200 and provider.call(label)["body"] == sent
    assert response.body.endswith(b'"x_extra": 1.5}') and response["content-type"] == "application/json"
    assert response["x-served-by"] == "fake" and response["x-attempts"] == "1" and response["x-request-id"]
    assert response["x-upstream-request-id"] == "req-upstream-1" and "up;dur=" in response["server-timing"]


def test_echo_embeds_texts_by_themselves(endpoint):
    def vectors(**fields):
        return [each["embedding"] for each in endpoint.create("embeddings.create", model="echo", **fields).answer["data"]]

    one, two, again = vectors(input=["one", "two", "one"], encoding_format="float")
    assert one == again != two and len(one) == 256
    assert math.isclose(sum(x * x for x in one), 1, rel_tol=1e-5)
    packed = vectors(input="one", encoding_format="base64")[0]
    assert list(struct.unpack("<256f", base64.b64decode(packed))) == pytest.approx(one, abs=1e-8)
    assert len(vectors(input=[[1, 2], [3]], dimensions=8)[0]) == 8
    error = endpoint.create("embeddings.create", model="echo", input="x", dimensions=100_000).error
    assert (error["class"], error["param"]) == ("BadRequestError", "dimensions")


@pytest.mark.parametrize("fields, param", [
    ({"text": None}, "input"), ({"text": 5}, "input"), ({"model": ""}, "model"), ({"model": None}, "model"),
])
def test_what_cannot_be_asked_for_is_refused(gateway, fields, param):
    response = once(gateway.address(), embed(**fields))
    assert response.status == 400 and response.error["param"] == param


def test_errors_raise_the_classes_of_the_client(openai_client, gateway, endpoint):
    def error(**fields):
        return endpoint.create("embeddings.create", **{"model": "fake", "input": "x", **fields}).error

    wrong = Endpoint(openai_client, gateway.urls["public"] + "/v1", key="sk-wrong-0123456789-abcd")
    assert wrong.create("embeddings.create", model="fake", input="x").error["class"] == "AuthenticationError"
    assert error(model="no-such-model")["class"] == "NotFoundError"
    limited = {"status": 429, "body": '{"error":{"message":"slow","type":"requests","param":null,"code":"c"}}'}
    assert error(provider=limited)["class"] == "RateLimitError"
    refused = error(provider={"status": 401, "body": "{}"})
    assert refused["status_code"] == 502 and refused["code"] == "upstream_authentication_failed"
    assert error(provider={"cut_after": 20})["status_code"] == 502


def test_a_method_that_is_none_is_refused(wire):
    assert wire.exchange(b"GET /v1/embeddings HTTP/1.1\r\nhost: x\r\n\r\n").status == 405


def test_a_model_without_embeddings_says_so(start, openai_client):
    gateway = start(upstreams={"claude": UNEMBEDDABLE},
                    models=[model("claude", "claude"), model("either", "claude") | {"fallbacks": ["echo"]}])
    endpoint = Endpoint(openai_client, gateway.urls["public"] + "/v1")
    error = endpoint.create("embeddings.create", model="claude", input="x").error
    assert (error["class"], error["code"], error["param"]) == ("NotFoundError", "model_not_found", "model")
    assert "/v1/embeddings" in error["message"]
    assert endpoint.create("embeddings.create", model="either", input="x").answer["data"]


def test_deployments_have_paths_of_their_own(start, provider, label):
    azure = {"kind": "openai", "base_url": f"http://127.0.0.1:{provider.port}/openai", "paths": "deployments",
             "api_version": "2024-10-21", "key_header": "api-key", "api_key": {"env": "E2E_PROVIDER_KEY"},
             "timeouts": TIMEOUTS}
    gateway = start(upstreams={"azure": azure}, models=[model("ada", "azure", "my ada")])
    assert once(gateway.address(), embed("ada", x_provider={"id": label})).status == 200
    assert provider.call(label)["path"] == "/openai/deployments/my%20ada/embeddings?api-version=2024-10-21"


# Rules


def test_requests_and_tokens_are_limited_and_settled(start):
    rate = {"kind": "rate_limit", "per": "user", "tokens": 1_000, "requests": 3, "window_ms": 60_000}
    gateway = start(policies=[rate])
    first = once(gateway.address(), embed("fake", "word " * 100))
    assert first.status == 200 and 0 < int(first["x-ratelimit-remaining-tokens"]) < 1_000
    second = once(gateway.address(), embed("fake", "x"))
    # The provider has counted 5 for the first, whatever was reserved, and about 1 is reserved for the second.
    assert 985 <= int(second["x-ratelimit-remaining-tokens"]) <= 995
    over = once(gateway.address(), embed("fake", [[7] * 2_000]))
    assert over.status == 429 and over.error["type"] == "tokens", "each number is a token"
    assert once(gateway.address(), embed("fake", "x")).status == 200
    assert once(gateway.address(), embed("fake", "x")).error["type"] == "requests"


def test_places_are_given_back(start, provider, label):
    gateway = start(policies=[{"kind": "concurrency", "per": "user", "max": 1}])
    with Wire(gateway.address()) as wire:
        wire.send(embed(x_provider={"id": label, "head_ms": 60_000}))
        provider.call(label)
        assert once(gateway.address(), embed("echo")).status == 429
    provider.call(label, "left")
    until(lambda: once(gateway.address(), embed("echo")).status == 200, what="the place to be free again")


def test_budgets_are_charged(start):
    gateway = start(policies=[{"kind": "budget", "per": "user", "tokens": 12, "window": "day"}])
    assert [once(gateway.address(), embed("fake", "x")).status for _ in range(4)] == [200, 200, 200, 429]


def test_validation_knows_the_shapes(start):
    rules = {"kind": "validate", "max_text_bytes": 50, "forbidden_fields": ["dimensions"], "unknown_fields": "reject"}
    gateway = start(policies=[rules])

    def found(path="/v1/embeddings", **fields):
        response = once(gateway.address(), post(json.dumps({"model": "echo", **fields}).encode(), path))
        return (response.error["code"], response.error["param"]) if response.status == 400 else response.status

    assert found(input=["x", "y"]) == found(input=[[1], [2]]) == 200
    assert found(input=["x", ""]) == ("empty_string", "input[1]")
    assert found(input=[[1, -1]]) == ("integer_below_min_value", "input[0][1]")
    assert found(input="x", encoding_format="hex") == ("invalid_value", "encoding_format")
    assert found(input="x", dimensions=8) == ("unsupported_parameter", "dimensions")
    assert found(input="x", sort=True) == ("unknown_parameter", "sort")
    assert found(input=["x" * 60]) == ("string_above_max_length", "input")
    assert found("/v1/moderations", input=[{"type": "sound"}]) == ("invalid_value", "input[0].type")
    # A legacy completion is checked as the client wrote it, not as the chat that it becomes.
    assert found("/v1/completions", prompt="x" * 60) == ("string_above_max_length", "prompt")
    assert found("/v1/completions", prompt="x", temperature=3) == ("decimal_above_max_value", "temperature")
    assert found("/v1/completions", prompt="x", n=129) == ("integer_above_max_value", "n")
    assert found("/v1/completions", prompt="x", messages=[]) == ("unknown_parameter", "messages")
    assert found("/v1/completions", prompt="x", max_tokens=0) == 200


def test_guards_look_at_what_is_embedded(start, provider, label):
    guard = {"kind": "guard", "deny": [{"pattern": "forbidden", "message": "refused by policy"}],
             "redact": [{"pattern": "sk-[0-9]+", "with": "[key]"}]}
    gateway = start(policies=[guard])
    refused = once(gateway.address(), embed("fake", ["fine", "forbidden"]))
    assert refused.status == 400 and refused.error["param"] == "input[1]"
    assert once(gateway.address(), embed("fake", ["a sk-1"], x_provider={"id": label})).status == 200
    assert provider.sent(label)["input"] == ["a [key]"]
    assert once(gateway.address(), judge([{"type": "text", "text": "forbidden"}], model="fake")).error["param"] == \
        "input[0].text"


def test_fields_and_headers_are_rewritten(start, provider, label):
    policies = [{"kind": "rewrite", "set": {"user": "{user}"}, "system": {"prepend": "Be brief."}},
                {"kind": "headers", "request": {"set": {"x-team": "{team}"}}, "response": {"set": {"x-note": "hi"}}}]
    gateway = start(policies=policies)
    assert once(gateway.address(), embed(x_provider={"id": label}))["x-note"] == "hi"
    call = provider.call(label)
    assert json.loads(call["body"])["user"] == "tess" and "messages" not in json.loads(call["body"])
    assert ["x-team", "qa"] in call["headers"]


def test_rules_may_be_for_a_path(start):
    rate = {"kind": "rate_limit", "per": "user", "requests": 1, "match": {"paths": ["/v1/moderations"]}}
    gateway = start(policies=[rate])
    assert [once(gateway.address(), embed("echo")).status for _ in range(3)] == [200] * 3
    assert [once(gateway.address(), judge("x", model="echo")).status for _ in range(2)] == [200, 429]


def test_kept_answers_belong_to_their_endpoint(start, provider, label):
    gateway = start(policies=[{"kind": "cache", "max_temperature": 0.0}])
    fields = {"x_provider": {"id": label}}
    assert once(gateway.address(), embed(**fields))["x-cache"] == "miss"
    assert once(gateway.address(), embed(**fields))["x-cache"] == "hit"
    assert once(gateway.address(), judge("hello there", model="fake", **fields))["x-cache"] == "miss"
    assert len(provider.calls(label)) == 2


# Routing


def test_failures_are_repeated_and_fall_back(start, provider, label):
    upstream = {"kind": "openai", "base_url": provider.base_url, "retry": {"attempts": 2, "backoff_ms": 1},
                "breaker": {"failures": 2, "open_ms": 60_000}}
    gateway = start(upstreams={"shaky": upstream}, models=[model("shaky", "shaky") | {"fallbacks": ["echo"]}])
    mended = once(gateway.address(), embed("shaky", x_provider={"id": label, "status": 500, "times": 1}))
    assert mended.status == 200 and (mended["x-attempts"], mended["x-served-by"]) == ("2", "shaky")
    broken = once(gateway.address(), embed("shaky", x_provider={"id": label + "-b", "status": 500}))
    assert (broken.status, broken["x-served-by"]) == (200, "echo")
    assert once(gateway.address(), embed("shaky"))["x-attempts"] == "1", "the breaker is open"


@pytest.mark.parametrize("spec", [{"head_ms": 60_000}, {"stall_after": 10}], ids=str)
def test_a_client_that_leaves_cancels_the_call(gateway, provider, label, spec):
    with Wire(gateway.address()) as wire:
        wire.send(embed(x_provider={"id": label, **spec}))
        provider.call(label)
    provider.call(label, "left")


def test_figures_and_logs_name_the_endpoint(start):
    gateway = start()
    once(gateway.address(), embed("fake"))
    once(gateway.address(), judge("x", model="fake"))
    for operation in ("embeddings", "moderations"):
        assert total(gateway, "gen_ai_server_request_duration_seconds_count", gen_ai_operation_name=operation) == 1
        assert total(gateway, "gen_ai_client_operation_duration_seconds_count", gen_ai_operation_name=operation) == 1
        assert total(gateway, "http_server_request_duration_seconds_count", http_route=f"/v1/{operation}") == 1
    line = until(lambda: [each for each in gateway.access_log() if each["path"] == "/v1/embeddings"], what="the line")[0]
    assert line["model"] == "fake" and line["upstream"] == "fake" and line["tokens_in"] == 5


# Moderations


@pytest.mark.parametrize("text", ["kill them all", ["hello", "kill them all"],
                                  [{"type": "text", "text": "kill them all"}]], ids=str)
def test_texts_are_judged(endpoint, text):
    results = endpoint.create("moderations.create", model="echo", input=text).answer["results"]
    assert results[-1]["flagged"] and results[-1]["categories"]["violence"]
    assert results[-1]["category_scores"]["violence"] > 0.9 and not results[-1]["categories"]["hate"]
    assert len(results) == (2 if "hello" in text else 1) and results[0]["flagged"] == (len(results) == 1)


def test_a_model_that_the_body_does_not_name_is_the_configured_one(openai_client, start, provider, label):
    gateway = start(root={"dialects": {"openai": {"moderation_model": "mapped"}}})
    endpoint = Endpoint(openai_client, gateway.urls["public"] + "/v1")
    assert endpoint.create("moderations.create", {"id": label}, input="x").answer["results"]
    assert provider.sent(label)["model"] == "real-model-2026"


def test_without_such_a_model_the_body_has_to_name_one(endpoint):
    error = endpoint.create("moderations.create", input="x").error
    assert (error["class"], error["param"]) == ("BadRequestError", "model")
    assert "dialects.openai.moderation_model" in error["message"]
