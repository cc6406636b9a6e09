"""Legacy text completions with the openai client and on the wire."""

import json

import pytest

from wire import once, post


def completion(prompt="hi", model="fake", **fields):
    return post(json.dumps({"model": model, "prompt": prompt, **fields}).encode(), "/v1/completions")


def test_a_whole_answer_is_text(gateway, provider, label):
    spec = {"id": label, "words": ["It ", "is."]}
    answer = once(gateway.address(), completion("What?", temperature=0.5, x_provider=spec)).json()
    assert answer["object"] == "text_completion" and answer["usage"]["total_tokens"] == 9
    assert answer["choices"] == [{"index": 0, "text": "It is.", "logprobs": None, "finish_reason": "stop"}]
    sent = provider.sent(label)
    assert sent["messages"] == [{"role": "user", "content": "What?"}] and sent["temperature"] == 0.5
    assert "prompt" not in sent


def test_a_stream_is_of_texts(gateway, label):
    spec = {"id": label, "words": ["It ", "is."]}
    events = once(gateway.address(), completion(stream=True, x_provider=spec)).events
    chunks = [json.loads(text) for text in events[:-1]]
    assert events[-1] == "[DONE]" and {chunk["object"] for chunk in chunks} == {"text_completion"}
    assert [chunk["choices"][0]["text"] for chunk in chunks] == ["It ", "is.", ""]
    assert chunks[-1]["choices"][0]["finish_reason"] == "stop"


def test_a_failing_stream_has_no_mark_of_success(gateway, label):
    spec = {"id": label, "words": ["It ", "is."], "cut_after": 2}
    events = once(gateway.address(), completion(stream=True, x_provider=spec)).events
    assert "error" in json.loads(events[-1]) and json.loads(events[0])["choices"][0]["text"] == "It "


@pytest.mark.parametrize("fields, param", [
    ({"prompt": None}, "prompt"), ({"prompt": []}, "prompt"), ({"prompt": ["a", "b"]}, "prompt"),
    ({"prompt": [1, 2]}, "prompt"), ({"prompt": [[1]]}, "prompt"), ({"suffix": "x"}, "suffix"), ({"echo": True}, "echo"),
    ({"logprobs": 2}, "logprobs"), ({"best_of": 3}, "best_of"), ({"model": ""}, "model"), ({"stream": 1}, "stream"),
    ({"background": True}, "background"), ({"background": "yes"}, "background"),
])
def test_what_chats_do_not_know_is_refused(gateway, fields, param):
    response = once(gateway.address(), completion(**fields))
    assert response.status == 400 and response.error["param"] == param


def test_the_defaults_of_clients_are_taken(gateway):
    answer = once(gateway.address(), completion(model="echo", echo=False, best_of=1, suffix=None, logprobs=None,
                                                   background=False))
    assert answer.status == 200 and answer.json()["choices"][0]["text"] == "hi"
