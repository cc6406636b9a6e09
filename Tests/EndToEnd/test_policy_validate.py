"""The policy `validate`: bodies that the API reference does not allow, or the operator does not."""

import pytest

from configuration import configuration
from harness import Gateway
from openai_client import Endpoint
from wire import Wire, chat_body, post

RULES = {"kind": "validate", "max_messages": 3, "max_output_tokens": 100, "max_n": 2,
         "forbidden_fields": ["logit_bias"], "match": {"models": ["echo", "fake"]}}
USER = {"role": "user", "content": "hi"}


@pytest.fixture(scope="module")
def strict(provider, tmp_path_factory):
    """A gateway that validates what is meant for `echo` and `fake`."""
    settings = configuration(provider.base_url)
    settings["policies"].append(RULES)
    gateway = Gateway(tmp_path_factory.mktemp("validate"), settings)
    yield gateway
    gateway.stop()


@pytest.fixture
def guarded(openai_client, strict):
    return Endpoint(openai_client, strict.urls["public"] + "/v1")


@pytest.mark.parametrize("fields, code, param", [
    ({"temperature": 3}, "decimal_above_max_value", "temperature"),
    ({"n": 3}, "integer_above_max_value", "n"),
    ({"max_tokens": 101}, "integer_above_max_value", "max_tokens"),
    ({"messages": [USER] * 4}, "array_above_max_length", "messages"),
    ({"messages": [{"role": "bot", "content": "x"}]}, "invalid_value", "messages[0].role"),
    ({"messages": [USER, {"role": "tool", "tool_call_id": "c", "content": "x"}]}, "invalid_value", "messages[1].role"),
    ({"logit_bias": {"1": 1}}, "unsupported_parameter", "logit_bias"),
    ({"stop": []}, "empty_array", "stop"),
])
def test_a_mistake_is_a_bad_request_that_names_code_and_parameter(guarded, fields, code, param):
    error = guarded.chat("echo", **fields).error
    assert (error["class"], error["code"], error["param"]) == ("BadRequestError", code, param)
    assert error["type"] == "invalid_request_error" and error["request_id"]
    assert param in error["message"]


def test_a_sound_request_passes(guarded):
    guarded.chat("echo", temperature=2, n=1, max_tokens=100, messages=[USER] * 3).assert_ok()


def test_models_that_the_policy_is_not_for_are_left_alone(strict, provider, label):
    with Wire(strict.address()) as wire:
        assert wire.exchange(post(chat_body("mapped", temperature=3, x_provider={"id": label}))).status == 200
    assert provider.call(label)


def test_a_refused_request_never_reaches_a_provider(strict, provider, label):
    with Wire(strict.address()) as wire:
        assert wire.exchange(post(chat_body("fake", temperature=3, x_provider={"id": label}))).status == 400
    assert provider.calls(label) == []
