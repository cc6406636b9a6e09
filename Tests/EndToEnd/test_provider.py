"""The fake provider itself: it must misbehave as told, else the tests that stand on it show nothing."""

import json
import socket

import pytest

import answers
from harness import until
from openai_client import Endpoint
from wire import Wire, chat_body, content, post


@pytest.fixture
def direct(openai_client, provider):
    return Endpoint(openai_client, provider.base_url, key="sk-direct")


@pytest.fixture
def bare(provider):
    with Wire(("127.0.0.1", provider.port)) as wire:
        yield wire


def ask(bare, **spec):
    return bare.exchange(post(chat_body("m", stream=True, x_provider=spec)))


def test_both_clients_read_its_streams_and_completions(direct):
    assert direct.chat("m", stream=True).text() == "w0 w1 w2 "
    assert direct.chat("m", provider={"words": ["über ", "日本"]}, stream=True).text() == "über 日本"
    assert direct.chat("m", provider={"words": ["über ", "日本"]}).message["content"] == "über 日本"


def test_usage_comes_in_a_chunk_of_its_own_when_asked_for(direct):
    last = direct.chat("m", stream=True, stream_options={"include_usage": True}).chunks[-1]
    assert last["choices"] == [] and last["usage"]["total_tokens"] == 10


def test_the_client_raises_on_an_in_band_error_and_on_a_status(direct):
    assert direct.chat("m", provider={"error_after": 2}, stream=True).error["code"] == "provider_broke"
    limited = {"status": 429, "body": '{"error":{"message":"m","code":"c"}}', "headers": {"retry-after": "7"}}
    error = direct.chat("m", provider=limited).error
    assert error["class"] == "RateLimitError" and error["headers"]["retry-after"] == "7"


@pytest.mark.parametrize("spec", [
    {"write_bytes": 1}, {"chunk_bytes": 1}, {"eol": "\r\n"}, {"comments": 2}, {"framing": "close"},
    {"framing": "length"}, {"head_byte_ms": 0.1}, {"gap_ms": 1, "first_ms": 5, "head_ms": 5},
], ids=str)
def test_every_way_of_delivery_carries_the_same_content(bare, spec):
    response = ask(bare, words=["é", "語", "🚀"], **spec)
    body = response.body.replace(b"\r\n", b"\n")
    assert response.whole and body.endswith(b"data: [DONE]\n\n")
    lines = [line[6:] for line in body.decode().split("\n") if line.startswith("data: ")]
    assert content(lines) == "é語🚀"


def test_its_chunks_are_as_small_as_asked(bare):
    assert {len(chunk) for chunk in ask(bare, chunk_bytes=1).chunks} == {1}


def test_a_connection_is_kept_alive(bare):
    assert ask(bare).whole and ask(bare).whole


@pytest.mark.parametrize("how", ["fin", "rst"])
def test_a_cut_ends_the_body_early(bare, how):
    response = ask(bare, events=5, cut_after=3, cut=how)
    assert not response.whole and response.chunks is not None and (how == "rst" or len(response.chunks) == 3)


def test_a_short_body_ends_before_its_length(bare):
    response = bare.exchange(post(chat_body("m", x_provider={"short": 10})))
    assert not response.whole and response.status == 200


def test_a_stall_is_silent_and_ends_with_the_peer(bare, provider, label):
    bare.send(post(chat_body("m", stream=True, x_provider={"id": label, "stall_after": 2})))
    bare.head()
    bare.chunk(), bare.chunk()
    bare.socket.settimeout(0.1)
    with pytest.raises(socket.timeout):
        bare.fill()
    assert provider.call(label, "sending")["events"] == 2
    assert provider.active()["transfers"] == 1
    bare.socket.close()
    provider.call(label, "left")
    assert provider.active()["transfers"] == 0


def test_it_stops_writing_to_a_peer_that_does_not_read(bare, provider, label):
    bare.send(post(chat_body("m", stream=True, x_provider={"id": label, "events": 10_000, "size": 65_536})))
    sent = []
    until(lambda: sent.append(provider.call(label)["sent"]) or len(sent) > 20 and sent[-1] == sent[-20], what="a pause")
    assert sent[-1] < 30_000_000


def test_faulty_events_come_where_asked(bare):
    malformed = ask(bare, malformed_after=2, done=False, finish=False).events
    with pytest.raises(ValueError):
        json.loads(malformed[2])
    assert len(ask(bare, oversize_after=1, oversize=2_000_000).events[1]) > 2_000_000
    assert json.loads(ask(bare, error_after=1).events[1])["error"] == answers.IN_BAND_ERROR


def test_it_records_what_it_received_byte_for_byte(bare, provider, label):
    body = chat_body("m", x_provider={"id": label}) + b"  "
    bare.exchange(post(body, headers=["x-odd:  Mixed Case "]))
    call = provider.call(label, "done")
    assert call["body"] == body and ["x-odd", "Mixed Case"] in call["headers"]
    assert call["path"] == "/v1/chat/completions"
