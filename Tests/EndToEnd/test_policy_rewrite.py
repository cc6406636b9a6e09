"""The policies `rewrite` and `headers`: what is changed in requests and answers, and that nothing else is."""

import json

from configuration import KEY
from metrics import decisions
from openai_client import Endpoint
from wire import chat_body, content, once, post

REWRITE = {
    "kind": "rewrite",
    "set": {"user": "{user}@{team}", "/metadata/key": "{key_id}"},
    "default": {"temperature": 0.20},
    "remove": ["logit_bias"],
    "system": {"prepend": "You are \"brief\" with {user}."},
}
HEADERS = {
    "kind": "headers",
    "forward": ["x-session"],
    "relay": ["openai-processing-ms"],
    "request": {"set": {"x-user": "{user}", "x-model": "{model}"}, "remove": ["openai-beta"]},
    "response": {"set": {"x-served-by": "eu {request_id}"}, "remove": ["x-upstream-request-id"]},
}


def sent(provider, label):
    call = provider.call(label)
    return json.loads(call["body"]), {name.lower(): value for name, value in call["headers"]}


def test_a_request_reaches_the_provider_as_the_operator_wants_it(start, provider, label, openai_client):
    gateway = start(policies=[REWRITE])
    endpoint = Endpoint(openai_client, gateway.urls["public"] + "/v1")
    answer = endpoint.chat("fake", "hello", provider={"id": label}, logit_bias={"1": 2}, temperature=1)
    assert answer.message["content"] == "w0 w1 w2 "
    body, _ = sent(provider, label)
    assert body["messages"] == [
        {"role": "system", "content": "You are \"brief\" with tess."}, {"role": "user", "content": "hello"}]
    assert body["user"] == "tess@qa" and body["metadata"] == {"key": "tester"}
    assert body["temperature"] == 1 and "logit_bias" not in body


def test_all_else_stays_byte_for_byte(start, provider, label):
    gateway = start(policies=[{"kind": "rewrite", "default": {"temperature": 0.25}}])
    spec = json.dumps({"id": label})
    text = '{ "model" :"fake","x":1.50e0 , "messages":[{"role":"user","content":"\\u00e9"}], "x_provider":%s }' % spec
    assert once(gateway.address(), post(text.encode())).status == 200
    assert provider.call(label)["body"].decode() == text[:-2] + ',"temperature":0.25 }'


def test_instructions_count_when_the_history_is_trimmed(start, provider, label):
    trim = {"kind": "trim_history", "max_messages": 3, "keep_last": 1}
    gateway = start(policies=[trim, {"kind": "rewrite", "system": {"prepend": "Be brief."}}])
    turns = [{"role": role, "content": f"{role} {turn}"} for turn in range(3) for role in ("user", "assistant")]
    body = chat_body("fake", messages=[*turns, {"role": "user", "content": "now"}], x_provider={"id": label})
    assert once(gateway.address(), post(body)).status == 200
    assert sent(provider, label)[0]["messages"] == [
        {"role": "system", "content": "Be brief."}, turns[-1], {"role": "user", "content": "now"}]


def test_headers_pass_as_the_operator_says(start, provider, label):
    gateway = start(policies=[HEADERS])
    for stream in (False, True):
        body = chat_body("fake", stream=stream, x_provider={"id": label})
        given = ["X-Session: s-1", "x-user: mallory", "openai-beta: b", "x-other: o", "cookie: c",
                 "x-request-id: req-given"]
        response = once(gateway.address(), post(body, headers=given))
        _, headers = sent(provider, label)
        assert headers["x-session"] == "s-1" and headers["x-user"] == "tess" and headers["x-model"] == "fake"
        assert not {"openai-beta", "x-other", "cookie"} & set(headers) and KEY not in str(headers)
        assert response["openai-processing-ms"] == "3" and response["x-served-by"] == "eu req-given"
        assert response["x-upstream-request-id"] is None and response["x-secret-internal"] is None
        assert response["x-request-id"] == "req-given"


def test_errors_of_the_provider_carry_the_headers_too(start, label):
    gateway = start(policies=[HEADERS])
    spec = {"id": label, "status": 429, "body": '{"error":{"message":"slow down"}}', "headers": {"retry-after": "7"}}
    for model in ("fake", "nowhere"):
        response = once(gateway.address(), post(chat_body(model, x_provider=spec)))
        assert response.status in (429, 502) and response["x-served-by"].startswith("eu ")


def test_a_models_name_cannot_smuggle_headers(start, provider, label):
    gateway = start(policies=[HEADERS],
                    models=[{"name": "any-*", "targets": [{"upstream": "fake"}]}])
    response = once(gateway.address(), post(chat_body("any-\r\nx-evil: 1 é", x_provider={"id": label})))
    assert response.status == 200
    _, headers = sent(provider, label)
    assert headers["x-model"] == "any-%0D%0Ax-evil:%201%20%C3%A9" and "x-evil" not in headers


def test_in_shadow_mode_nothing_changes_but_the_counters(start, provider, label):
    shadow = {"mode": "shadow"}
    gateway = start(policies=[REWRITE | shadow, HEADERS | shadow])
    text = chat_body("fake", x_provider={"id": label})
    response = once(gateway.address(), post(text, headers=["x-session: s"]))
    call = provider.call(label)
    assert call["body"] == text and response["x-served-by"] == "fake" and response["openai-processing-ms"] is None
    assert not {"x-session", "x-user"} & {name.lower() for name, _ in call["headers"]}
    assert decisions(gateway) == {
        ("rewrite", "rewrite", "change", "shadow"): 1, ("headers", "headers", "change", "shadow"): 1}


def test_policies_are_for_the_requests_that_they_match(start, provider, label):
    only = {"match": {"models": ["mapped"]}}
    gateway = start(policies=[REWRITE | only, HEADERS | only])
    text = chat_body("fake", x_provider={"id": label})
    assert once(gateway.address(), post(text))["x-served-by"] == "fake"
    assert provider.call(label)["body"] == text and decisions(gateway) == {}
    assert once(gateway.address(), post(chat_body("mapped"))).status == 200
    assert decisions(gateway) == {
        ("rewrite", "rewrite", "change", "enforce"): 1, ("headers", "headers", "change", "enforce"): 1}


def test_a_streams_answer_is_untouched(start):
    gateway = start(policies=[REWRITE])
    response = once(gateway.address(), post(chat_body("fake", stream=True)))
    assert content(response.events) == "w0 w1 w2 " and response.events[-1] == "[DONE]"
