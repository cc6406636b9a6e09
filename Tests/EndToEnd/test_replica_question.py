"""Questions that replicas answer for each other, and the stream that other programs follow."""

import json

import pytest

from dialects import asking, dialects, question, statuses
from harness import until
from wire import Wire, once


@pytest.fixture
def pair(replicas):
    return replicas.start(2, root={"dialects": dialects()})


def entries(replicas):
    """The fields of each entry of the one stream of statuses there is: (name, value)."""
    (key,) = replicas.keys("chat:stream:*")
    assert len(key) == len("chat:stream:") + 64
    lines = replicas.redis.call("--json", "XRANGE", key, "-", "+")
    return [tuple(fields) for _, fields in json.loads(lines)]


def test_other_programs_read_the_statuses(pair, replicas, label):
    response = once(pair[0].address(), question(asking("hi", id=label, words=["Höl", 'lo "', "\n✓"])))
    until(lambda: len(entries(replicas)) == 5, what="the statuses")
    assert all(name == "data" for name, _ in entries(replicas))
    assert [json.loads(data) for _, data in entries(replicas)] == statuses(response)
    assert 800 < int(replicas.redis.call("TTL", *replicas.keys("chat:stream:*"))) <= 900


def test_the_statuses_are_written_as_they_are_made(pair, replicas, label):
    with Wire(pair[0].address()) as wire:
        wire.send(question(asking("live", id=label, words=["one", "two"], stall_after=3)))
        wire.until(b'"two"')
        until(lambda: len(entries(replicas)) == 3, what="three statuses")
        assert json.loads(entries(replicas)[0][1]) == {"status": "processing"}


def test_a_question_is_answered_once_for_all_replicas(pair, provider, label):
    asked = question(asking("once", id=label, words=["a ", "b"]))
    first, second = once(pair[0].address(), asked), once(pair[1].address(), asked)
    assert (first["x-cache"], second["x-cache"]) == ("miss", "hit")
    assert statuses(first) == statuses(second) and len(provider.calls(label)) == 1


def test_a_running_answer_is_followed_from_its_start(pair, provider, label):
    asked = question(asking("both", id=label, words=["one ", "two "], stall_after=3))
    with Wire(pair[0].address()) as first, Wire(pair[1].address()) as second:
        first.send(asked)
        first.until(b'"two "')
        second.send(asked)
        assert second.head()["x-cache"] == "live"
        assert second.until(b'"two "').count(b"streaming") == 2
    assert len(provider.calls(label)) == 1


def test_use_cache_false_takes_the_place_of_a_running_answer(pair, provider, replicas, label):
    text = asking("anew", id=label, by_call=[{"words": ["one ", "two"], "gap_ms": 400}, {"words": ["new"]}])
    with Wire(pair[0].address()) as slow:
        slow.send(question(text))
        slow.until(b'"one "')
        fresh = once(pair[1].address(), question(text, use_cache=False))
        assert statuses(fresh)[-1]["chunk"] == "new"
        assert b'"completed", "chunk": "one two"' in slow.until(b'one two"}')
    assert [json.loads(data).get("chunk") for _, data in entries(replicas)] == [None, "new", "new"]
    hit = once(pair[0].address(), question(text))
    assert hit["x-cache"] == "hit" and statuses(hit)[-1]["chunk"] == "new"


def test_a_failed_answer_is_told_and_not_served_again(pair, provider, replicas, label):
    text = asking("bad", id=label, words=["a", "b"], by_call=[{"cut_after": 1}, {}])
    failed = once(pair[0].address(), question(text))
    assert statuses(failed)[-1]["status"] == "error"
    until(lambda: json.loads(entries(replicas)[-1][1])["status"] == "error", what="the error")
    good = once(pair[1].address(), question(text))
    assert good["x-cache"] == "miss" and statuses(good)[-1] == {"status": "completed", "chunk": "ab"}
    until(lambda: [json.loads(data) for _, data in entries(replicas)] == statuses(good), what="the new statuses")


def test_who_deletes_the_stream_has_the_question_answered_anew(pair, provider, replicas, label):
    asked = question(asking("gone", id=label, words=["a"]))
    once(pair[0].address(), asked)
    until(lambda: len(entries(replicas)) == 3, what="the statuses")
    replicas.redis.call("DEL", *replicas.keys("chat:stream:*"))
    assert once(pair[1].address(), asked)["x-cache"] == "miss" and len(provider.calls(label)) == 2


def test_a_killed_replica_leaves_a_stream_that_ends_with_an_error(pair, provider, replicas, label):
    asked = question(asking("killed", id=label, words=["one ", "two "], stall_after=3))
    with Wire(pair[0].address()) as first, Wire(pair[1].address()) as second:
        first.send(asked)
        first.until(b'"two "')
        second.send(asked)
        second.until(b'"two "')
        pair[0].kill()
        second.until(b'"status": "error"')
    assert json.loads(entries(replicas)[-1][1])["status"] == "error"
