"""A panel of models at work: what it comes to, what its clients are told, and what it does when its members fail."""

import json
import subprocess

import pytest

from configuration import configuration, model
from harness import binary
from panel import CODER, NEVER, REQUEST, answer, approving_from, panel, script, verdict, version
from wire import Wire, chat_body, content, once, post


@pytest.fixture
def run(gateway_with):
    """Asks a panel: `run(panel(…), stream=True)`; gives the answer."""

    def run(options, **fields):
        return once(gateway_with(**options).address(), post(chat_body("code", REQUEST, **fields)))

    return run


def whole(response):
    assert response.status == 200, response.body
    return response.json()


def votes(text):
    """(reviewer, decision, reason) of each line of a review."""
    lines = [line[4:] for line in text.splitlines() if line.startswith("- **")]
    return [(name, *rest.split(": ", 1)) for name, rest in (line.split("**: ", 1) for line in lines)]


def test_code_that_is_rejected_twice_is_approved_as_its_third_version(run):
    said = whole(run(panel(melchior=approving_from(3), casper=approving_from(3))))
    choice = said["choices"][0]
    assert choice["finish_reason"] == "stop" and choice["message"]["role"] == "assistant"
    assert choice["message"]["content"] == (
        f"Approved: version 3 of at most 3.\n\n```python\n{version(3)}\n```\n\nReviews:\n\n"
        "- **melchior**: POSITIVE: yes\n- **balthasar**: POSITIVE: yes\n- **casper**: POSITIVE: yes\n")


def test_code_that_is_never_approved_is_given_with_the_last_reviews(run):
    text = whole(run(panel(melchior=NEVER, balthasar=NEVER)))["choices"][0]["message"]["content"]
    assert text.startswith(f"Not approved: version 3 of at most 3 was rejected.\n\n```python\n{version(3)}\n```\n")
    assert votes(text) == [
        ("melchior", "NEGATIVE", "no 3"), ("balthasar", "NEGATIVE", "no 3"), ("casper", "POSITIVE", "yes")]


def test_one_reviewer_against_it_does_not_reject_code(run):
    text = whole(run(panel(melchior=NEVER)))["choices"][0]["message"]["content"]
    assert text.startswith("Approved: version 1 of at most 3.")


def test_a_stream_tells_every_stage_as_markdown_and_ends_properly(run):
    response = run(panel(melchior=approving_from(2), casper=approving_from(2)), stream=True)
    assert response.status == 200 and response.events[-1] == "[DONE]"
    chunks = [json.loads(event) for event in response.events[:-1]]
    assert {chunk["object"] for chunk in chunks} == {"chat.completion.chunk"}
    assert len({chunk["id"] for chunk in chunks}) == 1 and {chunk["model"] for chunk in chunks} == {"code"}
    assert chunks[0]["choices"][0]["delta"]["role"] == "assistant"
    assert chunks[-1]["choices"][0]["finish_reason"] == "stop"
    text = content(response.events)
    assert [line for line in text.splitlines() if line.startswith(("#", "**"))] == [
        "## Version 1 of at most 3", "**Rejected**: 1 for it, 2 against it, 0 abstained.",
        "## Version 2 of at most 3", "**Approved**: 3 for it, 0 against it, 0 abstained.", "## Final code"]
    assert text.count(version(1)) == 1 and text.count(version(2)) == 2
    assert sorted(votes(text)) == sorted([
        ("melchior", "NEGATIVE", "no 1"), ("balthasar", "POSITIVE", "yes"), ("casper", "NEGATIVE", "no 1"),
        *((name, "POSITIVE", "yes") for name in ("melchior", "balthasar", "casper"))])


def test_usage_is_that_of_all_calls_together(run):
    usage = whole(run(panel(coder=script(("", "x")))))["usage"]
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]
    # One token of the coder's, and three verdicts of four.
    assert usage["completion_tokens"] == 1 + 3 * 4
    streamed = run(panel(coder=script(("", "x"))), stream=True, stream_options={"include_usage": True})
    assert json.loads(streamed.events[-2])["usage"] == usage


def test_a_reviewer_that_answers_nonsense_is_asked_once_more_and_then_abstains(run):
    text = whole(run(panel(casper=script(("", "I like it!")))))["choices"][0]["message"]["content"]
    assert votes(text)[2] == ("casper", "ABSTAINED", "The reviewer gave no valid review: it is not valid JSON.")
    assert text.startswith("Approved: version 1")


def test_a_reviewer_that_is_asked_once_more_may_mend_its_answer(run):
    reviewer = script(("That is no valid review", verdict("NEGATIVE", "mended")), ("", "```\nwhat?\n```"))
    text = whole(run(panel(melchior=reviewer, balthasar=reviewer, max_iterations=1)))
    text = text["choices"][0]["message"]["content"]
    assert votes(text)[0] == ("melchior", "NEGATIVE", "mended")
    assert text.startswith("Not approved: version 1 of at most 1 was rejected.")


def test_absent_reviewers_may_count_as_negative(run):
    failing = {"status": 500}
    text = whole(run(panel(melchior=failing, casper=failing, absent="negative")))["choices"][0]["message"]["content"]
    assert text.startswith("Not approved: version 3")
    assert [vote[1] for vote in votes(text)] == ["NEGATIVE", "POSITIVE", "NEGATIVE"]


def test_a_late_reviewer_abstains(run):
    late = {"script": NEVER, "first_event_ms": 60_000}
    text = whole(run(panel(melchior=late, balthasar=late, review_timeout_ms=100)))["choices"][0]["message"]["content"]
    assert text.startswith("Approved: version 1")
    assert votes(text)[0] == ("melchior", "ABSTAINED", "The reviewer did not answer in time.")


def test_code_on_which_nobody_votes_is_not_approved(run):
    failing = {"status": 500}
    text = whole(run(panel(failing, failing, failing)))["choices"][0]["message"]["content"]
    assert text.startswith("Not approved: no reviewer has voted on version 1 of at most 3.")


def test_a_coder_that_dies_in_the_middle_is_an_error_and_no_answer(run):
    dying = {"script": CODER, "fail_after": 5}
    response = run(panel(coder=dying))
    assert response.status == 502 and response.error["type"] == "upstream_error"
    streamed = run(panel(coder=dying), stream=True)
    assert "[DONE]" not in streamed.events
    assert json.loads(streamed.events[-1])["error"]["type"] == "upstream_error"


def test_a_coder_that_dies_at_its_second_version_leaves_no_result(run):
    # Its answers to reviews are longer than what it says before it breaks off.
    long = "word " * 60
    dying = {"script": script(("was rejected", long), ("", "one two three")), "fail_after": 20}
    streamed = run(panel(coder=dying, melchior=script(("", verdict("NEGATIVE", "no"))),
                         casper=script(("", verdict("NEGATIVE", "no")))), stream=True)
    text = content([event for event in streamed.events if "error" not in json.loads(event)])
    assert "one two three" in text and "Final code" not in text
    assert json.loads(streamed.events[-1])["error"]["type"] == "upstream_error"


def test_a_coder_that_refuses_is_told_by_its_status_even_in_a_stream(run):
    response = run(panel(coder={"status": 429}), stream=True)
    assert response.status == 429 and response.error["code"] == "rate_limit_exceeded"


def test_time_that_is_used_up_gives_the_last_version(run):
    slow = {"script": script(("was rejected", "word " * 100), ("", answer(1))), "gap_ms": 20}
    no = script(("", verdict("NEGATIVE", "no")))
    text = whole(run(panel(coder=slow, melchior=no, casper=no, max_ms=1_200)))["choices"][0]["message"]["content"]
    assert text.startswith("Not approved: the time was used up after version 1 of at most 3.")
    assert version(1) in text and [vote[1] for vote in votes(text)] == ["NEGATIVE", "POSITIVE", "NEGATIVE"]


def test_time_that_is_used_up_before_any_code_is_an_error(run):
    response = run(panel(coder={"first_event_ms": 60_000}, max_ms=100))
    assert response.status == 504 and response.error["type"] == "timeout_error"


def test_tokens_that_are_used_up_give_the_last_version(run):
    no = script(("", verdict("NEGATIVE", "no")))
    text = whole(run(panel(melchior=no, casper=no, max_tokens=50)))["choices"][0]["message"]["content"]
    assert text.startswith("Not approved: the tokens were used up after version 1 of at most 3.")


def test_a_client_that_leaves_ends_all_calls_of_the_panel(gateway_with, provider, label):
    options = panel()
    options["models"] = [entry for entry in options["models"] if entry["name"] != "coder"]
    options["models"].append(model("coder", "fake", "coder"))
    spec = json.dumps({"id": label, "stall_after": 1})
    with Wire(gateway_with(**options).address()) as wire:
        wire.send(post(chat_body("code", f"{REQUEST} @@{spec}", stream=True)))
        provider.call(label)
        wire.reset()
    provider.call(label, state="left")


@pytest.mark.parametrize("lines", [900, 1_300])
def test_a_panel_that_says_more_than_is_held_back_ends_with_one_error(gateway_with, lines):
    """The bound is met in the middle of a step, of which more is still to be told."""
    code = script(("", "```python\n" + "print(1, 2, 3, 4, 5, 6)\n" * lines + "```"))
    options = panel(melchior=NEVER, balthasar=NEVER, coder=code)
    options["models"][-1]["mid_stream"] = ["buffer"]
    gateway = gateway_with(**options, bounds={"max_log_bytes": 65_536})
    response = once(gateway.address(), post(chat_body("code", REQUEST, stream=True)))
    assert response.status == 502 and response.error["code"] == "upstream_oversized"
    gateway.assert_healthy()


def test_panels_that_cannot_work_are_refused(tmp_path):
    options = panel(reject_at=4)
    options["upstreams"]["panel"]["reviewers"][0]["model"] = "code"
    options["upstreams"]["panel"]["reviewers"][1]["model"] = "nobody"
    file = tmp_path / "gateway.json"
    file.write_text(json.dumps(configuration("http://127.0.0.1:9/v1", **options)))
    checked = subprocess.run([binary(), "check", "--config", file], capture_output=True, text=True)
    assert checked.returncode != 0
    told = checked.stdout + checked.stderr
    assert "the model \"code\" is answered by a panel itself" in told
    assert "there is no model \"nobody\"" in told and "expected at most the number of reviewers, 3" in told
