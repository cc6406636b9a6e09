"""The openai client, versions 3 and 1: each failure raises the error class that the client has for it."""

import json

import pytest

from openai_client import Endpoint

LIMITED = {"error": {"message": "slow down", "type": "requests", "param": None, "code": "rate_limit_exceeded"}}

# Every way a stream can break after its head. None may look like a success; `hasty` has short timeouts.
BROKEN = {
    "closed": {"cut_after": 3},
    "reset": {"cut_after": 3, "cut": "rst", "gap_ms": 5},
    "closed in an unframed body": {"cut_after": 3, "framing": "close"},
    "stalled": {"stall_after": 3},
    "malformed event": {"malformed_after": 3},
    "no [DONE]": {"done": False},
    "no [DONE] in an unframed body": {"done": False, "framing": "close"},
    "neither finish reason nor [DONE]": {"done": False, "finish": False},
    "event too large": {"oversize_after": 3, "oversize": 3_000_000},
}


@pytest.fixture
def wrong_key(openai_client, gateway):
    return Endpoint(openai_client, gateway.urls["public"] + "/v1", key="sk-wrong-0123456789-abcd")


def test_a_wrong_key_is_an_authentication_error_in_openais_words(wrong_key):
    error = wrong_key.chat("echo").error
    assert error["class"] == "AuthenticationError" and error["code"] == "invalid_api_key"
    assert error["request_id"]
    assert "Incorrect API key provided" in error["message"] and "abcd" in error["message"]
    assert "0123456789" not in error["message"], "no more of a key than its last four characters"


def test_an_unknown_model_is_a_not_found_error(endpoint):
    error = endpoint.chat("no-such-model").error
    assert error["class"] == "NotFoundError" and error["code"] == "model_not_found"
    assert error["type"] == "invalid_request_error" and "no-such-model" in error["message"]
    assert error["request_id"]


def test_messages_of_the_wrong_type_are_a_bad_request_that_names_the_parameter(endpoint):
    error = endpoint.chat("echo", messages="not a list").error
    assert error["class"] == "BadRequestError" and error["param"] == "messages"
    assert error["type"] == "invalid_request_error" and error["request_id"]


def test_a_bad_request_names_the_message_at_fault(endpoint):
    error = endpoint.chat("echo", messages=[{"role": "user", "content": "a"}, {"content": "b"}]).error
    assert error["class"] == "BadRequestError" and error["param"].startswith("messages[1]")


@pytest.mark.parametrize("stream", [False, True], ids=["plain", "stream"])
def test_a_providers_rate_limit_passes_with_its_headers(endpoint, stream):
    told = {"retry-after": "7", "retry-after-ms": "7000", "x-should-retry": "false",
            "x-ratelimit-limit-requests": "60", "x-ratelimit-remaining-tokens": "12",
            "x-ratelimit-reset-requests": "6m0s"}
    spec = {"status": 429, "body": json.dumps(LIMITED), "headers": told}
    error = endpoint.chat("fake", provider=spec, stream=stream).error
    assert error["class"] == "RateLimitError" and error["code"] == "rate_limit_exceeded"
    assert error["body"] == LIMITED["error"]
    assert told.items() <= error["headers"].items()
    assert error["request_id"] != "req-upstream-1" == error["headers"]["x-upstream-request-id"]


@pytest.mark.parametrize("status, name", [
    (400, "BadRequestError"), (404, "NotFoundError"), (422, "UnprocessableEntityError"),
    (500, "InternalServerError"), (503, "InternalServerError"),
])
def test_a_providers_error_keeps_status_and_body(endpoint, status, name):
    body = {"error": {"message": "theirs", "type": "t", "param": "p", "code": "c"}}
    error = endpoint.chat("fake", provider={"status": status, "body": json.dumps(body)}).error
    assert (error["class"], error["status_code"], error["body"]) == (name, status, body["error"])


@pytest.mark.parametrize("body, words", [
    ({"object": "error", "message": "too hot", "type": "BadRequestError", "param": None, "code": 422}, "too hot"),
    ({"detail": "too hot"}, "too hot"),
    ({"detail": [{"type": "missing", "loc": ["body", "messages", 0], "msg": "Field required"}, {}]},
     "body.messages.0: Field required"),
    ({"detail": [1]}, None), ({"message": ""}, None), ([], None),
], ids=str)
def test_a_providers_words_are_told_whatever_the_form_of_its_errors(endpoint, body, words):
    error = endpoint.chat("fake", provider={"status": 422, "body": json.dumps(body), "headers": {"retry-after": "7"}}).error
    said = "The provider answered with status 422" + (f": {words}" if words else ".")
    assert error["class"] == "UnprocessableEntityError" and error["code"] == "upstream_status"
    assert error["body"]["message"] == said and error["headers"]["retry-after"] == "7"


def test_an_error_in_the_place_of_an_answer_is_no_success(endpoint):
    told = {"message": "no capacity", "type": "t", "param": None, "code": "c"}
    spec = {"status": 200, "body": json.dumps({"error": told})}
    error = endpoint.chat("fake", provider=spec).error
    assert (error["class"], error["status_code"], error["body"]) == ("InternalServerError", 502, told)
    error = endpoint.create("embeddings.create", model="fake", input="a", provider=spec).error
    assert (error["status_code"], error["body"]) == (502, told)


@pytest.mark.parametrize("status", [401, 403])
def test_a_provider_that_refuses_the_gateways_key_is_a_bad_gateway(endpoint, status):
    refused = {"status": status, "body": '{"error":{"message":"bad key sk-provider","code":"invalid_api_key"}}'}
    error = endpoint.chat("fake", provider=refused).error
    assert (error["class"], error["status_code"]) == ("InternalServerError", 502)
    assert error["code"] == "upstream_authentication_failed" and "sk-provider" not in error["message"]


@pytest.mark.parametrize("stream", [False, True], ids=["plain", "stream"])
def test_a_provider_that_is_not_there_is_a_bad_gateway_without_its_address(endpoint, stream):
    error = endpoint.chat("nowhere", stream=stream).error
    assert error["class"] == "InternalServerError" and error["status_code"] in (502, 503)
    assert "127.0.0.1" not in error["message"]


@pytest.mark.parametrize("spec", [
    {"body": "<html>welcome</html>", "headers": {"content-type": "text/html"}}, {"body": "not json"},
    {"cut_after": 0}, {"cut_after": 40}, {"cut_after": 40, "cut": "rst"}, {"short": 50},
    {"status": 302, "body": "", "headers": {"location": "/elsewhere"}}, {"body": "{}"}, {"body": '{"choices": []}'},
], ids=str)
def test_an_answer_that_is_no_completion_is_a_bad_gateway(endpoint, spec):
    error = endpoint.chat("fake", provider=spec).error
    assert error["class"] == "InternalServerError" and error["status_code"] == 502
    assert error["type"] == "upstream_error" and error["code"]


@pytest.mark.parametrize("spec", [
    {"body": "<html>welcome</html>", "headers": {"content-type": "text/html"}}, {"status": 302, "body": ""},
    {"body": "data: [DONE]\n\n", "headers": {"content-type": "text/event-stream"}},
], ids=str)
def test_an_answer_that_is_no_stream_is_a_bad_gateway(endpoint, spec):
    assert endpoint.chat("fake", provider=spec, stream=True).error["status_code"] == 502


@pytest.mark.parametrize("way", BROKEN)
def test_a_broken_stream_raises_in_mid_stream(endpoint, way):
    result = endpoint.chat("hasty", provider={"events": 6, **BROKEN[way]}, stream=True)
    error = result.error
    assert "APIError" in error["classes"] and "APIConnectionError" not in error["classes"], error
    assert error["code"] and error["message"]
    assert result.text().startswith("w0 w1 "), "what came before the break is delivered"


def test_a_providers_in_band_error_raises_with_its_words(endpoint):
    result = endpoint.chat("fake", provider={"error_after": 3}, stream=True)
    assert result.error["code"] == "provider_broke" and result.text() == "w0 w1 "


@pytest.mark.parametrize("spec", [{"head_ms": 60_000}, {"first_ms": 60_000}, {"stall_after": 0}], ids=str)
@pytest.mark.parametrize("stream", [False, True], ids=["plain", "stream"])
def test_a_provider_that_stays_silent_times_out(endpoint, spec, stream):
    error = endpoint.chat("hasty", provider=spec, stream=stream).error
    assert error["status_code"] == 504 or "first_ms" in spec or "stall_after" in spec, error
    assert error["class"] in ("InternalServerError", "APIError"), error


def test_the_total_time_of_a_stream_is_bounded(endpoint):
    result = endpoint.chat("hasty", provider={"events": 1_000, "gap_ms": 100}, stream=True)
    assert result.error["class"] == "APIError" and len(result["chunks"]) >= 10


def test_a_failing_echo_model_raises(endpoint):
    result = endpoint.chat("echo-failing", "one two three four", stream=True)
    assert result.error["class"] == "APIError" and result.text() == "one two "
    assert endpoint.chat("echo-refusing").error["class"] == "RateLimitError"


def test_keep_alive_comments_do_not_disturb_the_client(openai_client, start):
    gateway = start(bounds={"keep_alive_comment_ms": 50})
    endpoint = Endpoint(openai_client, gateway.urls["public"] + "/v1")
    result = endpoint.chat("fake", provider={"events": 3, "first_ms": 200, "gap_ms": 200}, stream=True)
    assert result.text() == "w0 w1 w2 "
