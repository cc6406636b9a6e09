"""Responses that an upstream makes itself: bodies and answers travel as they are, under the gateway's rules."""

import json

import pytest

from configuration import model, openai
from harness import until
from openai_client import Endpoint
from relay_answers import RESPONSE, response_events
from relayed import digest
from wire import get, once, post


@pytest.fixture
def relaying(gateway_with, provider):
    policies = [{"kind": "validate", "max_output_tokens": 100},
                {"kind": "guard", "words": [{"list": ["xyzzy"], "action": "deny"}]}]
    return gateway_with(
        upstreams={"able": openai(provider.base_url, responses=True)}, models=[model("own", "able", "theirs")],
        policies=policies)


@pytest.fixture
def client(openai_client, relaying):
    return Endpoint(openai_client, relaying.urls["public"] + "/v1")


def labelled(label, **spec):
    return {"extra_headers": {"idempotency-key": json.dumps({"id": label, **spec})}}


def asked(label, body, path="/v1/responses", **spec):
    return post(body, path, headers=[f"idempotency-key: {json.dumps({'id': label, **spec})}"])


def test_body_and_answer_travel_as_they_are(relaying, provider, label):
    body = b'{ "model" : "own", "input":[{"type":"item_reference","id":"x"}], "store": true,' \
        b' "tools":[{"type":"web_search"}], "x_own": 1.50 }'
    response = once(relaying.address(), asked(label, body))
    assert response.status == 200 and response.body == json.dumps(RESPONSE).encode()
    call = provider.call(label)
    assert call["path"] == "/v1/responses" and call["body"] == body.replace(b'"own"', b'"theirs"')
    assert response["x-served-by"] == "able" and response["x-upstream-request-id"] == "req-upstream-1"


def test_what_only_the_provider_can_do_is_asked_of_it(client, provider, label):
    answer = client.create("responses.create", model="own", input="x", previous_response_id="resp_0", background=True,
                           **labelled(label)).answer
    assert answer["id"] == "resp_up1" and answer["x_extra"] == 1.5
    sent = provider.sent(label)
    assert sent["previous_response_id"] == "resp_0" and sent["background"] is True


def test_a_stream_is_the_providers_own(relaying, client, label):
    response = once(relaying.address(), asked(label, b'{"model":"own","input":"x","stream":true}', stream=True))
    assert response.body == b"".join(response_events()) and response["content-type"] == "text/event-stream"
    events = client.respond("own", call="respond_raw", **labelled(label + "b", stream=True))["events"]
    assert [event["type"] for event in events] == ["response.created", "response.completed"]


def test_it_is_logged_and_counted_as_what_it_is(relaying, label):
    response = once(relaying.address(), asked(label, b'{"model":"own","input":"x","stream":true}', stream=True))
    mine = response["x-request-id"]
    entry = until(lambda: [each for each in relaying.access_log() if each["request_id"] == mine], what="the line")[0]
    assert entry["stream"] is True and entry["dialect"] == "openai" and entry["model"] == "own"
    assert 'gen_ai_operation_name="responses"' in relaying.get("/metrics")


def test_a_stream_that_breaks_off_breaks_off(relaying, label):
    body = b'{"model":"own","input":"x","stream":true}'
    response = once(relaying.address(), asked(label, body, stream=True, cut_after=100))
    assert not response.whole and b"response.completed" not in response.body


def test_responses_are_found_by_their_ids(client, provider, label):
    for place, (call, method, path) in enumerate([
            ("retrieve", "GET", "/v1/responses/resp_up1"), ("cancel", "POST", "/v1/responses/resp_up1/cancel"),
            ("delete", "DELETE", "/v1/responses/resp_up1")]):
        client.create(f"responses.{call}", response_id="resp_up1", **labelled(f"{label}-{place}")).assert_ok()
        seen = provider.call(f"{label}-{place}")
        assert (seen["method"], seen["path"]) == (method, path)


def test_a_stream_is_taken_up_again_at_the_provider(relaying, provider, label):
    request = get("/api/v1/responses/resp_up1?stream=true&starting_after=0",
                  headers=[f"idempotency-key: {json.dumps({'id': label, 'stream': True})}"])
    assert once(relaying.address(), request).body == b"".join(response_events())
    assert provider.call(label)["path"] == "/v1/responses/resp_up1?stream=true&starting_after=0"


def test_rules_hold_for_what_is_relayed(relaying, provider, label):
    for body, param in [({"max_output_tokens": 101}, "max_output_tokens"), ({"temperature": 3}, "temperature"),
                        ({"input": [{"role": "user", "content": "xyzzy"}]}, "input[0].content"),
                        ({"instructions": "xyzzy"}, "instructions")]:
        response = once(relaying.address(), asked(label, json.dumps({"model": "own", "input": "x"} | body).encode()))
        assert (response.status, response.error["param"]) == (400, param)
    assert provider.calls(label) == []


def test_errors_of_the_provider_are_told_in_its_words(client, label):
    error = client.respond("own", call="respond_raw", **labelled(label, status=400)).error
    assert (error["class"], error["code"]) == ("BadRequestError", "c") and "theirs" in error["message"]


def test_other_models_are_translated_beside(relaying):
    response = once(relaying.address(), post(b'{"model":"echo","input":"one two"}', "/v1/responses"))
    assert response.json()["output"][0]["content"][0]["text"] == "one two"


def test_nobody_has_the_response_without_such_an_upstream(gateway):
    error = once(gateway.address(), get("/v1/responses/resp_1")).error
    assert error["code"] == "not_configured" and "dialects.openai.responses_upstream" in error["message"]


def test_keys_for_some_models_are_not_for_kept_responses(start, provider):
    gateway = start(upstreams={"able": openai(provider.base_url, responses=True)}, root={
        "keys": [{"id": "k", "sha256": digest(b"sk-some"), "models": ["fake"]}]})
    assert once(gateway.address(), get("/v1/responses/resp_up1", key="sk-some")).error["code"] == "models_restricted"
