"""sluice chat: what it shows, where, and the exit code that tells how an answer ended."""

import json
import os
import pty
import signal
import socket
import subprocess
import threading

import pytest

from agents import agents, call, using
from configuration import KEY, configuration
from dialects import asking, dialects
from harness import Gateway, binary, until
from panel import NEVER, REQUEST, approving_from, panel, version

ERROR = '{"error": {"message": "boom", "type": "server_error", "param": null, "code": null}}'
DIALECTS = ["openai", "question", "code", "agent", "ask"]


@pytest.fixture(scope="module")
def gateway(provider, shared_service, tmp_path_factory):
    """A gateway whose dialects all ask the scripted provider, without tries."""
    root = agents(shared_service)
    forms = dialects(code={"attempts": 1})
    forms["agent"] = root["dialects"]["agent"]
    made = Gateway(tmp_path_factory.mktemp("chat"), configuration(provider.base_url, root=root | {"dialects": forms}))
    yield made
    made.stop()


def command(url, *arguments, **environment):
    """The program and its environment, for a gateway at `url`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SLUICE_")}
    return ([binary(), "chat", "--url", url, *map(str, arguments)],
            kept | {"SLUICE_API_KEY": KEY} | environment)


def chat(gateway, *arguments, listener="public", text="", **environment):
    """Exit code, standard output, standard error."""
    line, environment = command(gateway.urls[listener], *arguments, **environment)
    done = subprocess.run(line, capture_output=True, input=text, text=True, env=environment, timeout=30)
    return done.returncode, done.stdout, done.stderr


def openai(gateway, text, *arguments, **options):
    return chat(gateway, "--model", "mapped", text, *arguments, **options)


# Whole answers


@pytest.mark.parametrize("dialect", DIALECTS)
def test_each_dialect_shows_the_whole_answer(gateway, provider, label, dialect):
    model = ["--model", "fake"] if dialect == "openai" else []
    code, out, err = chat(gateway, "--dialect", dialect, *model, asking("Hi", id=label, words=["It ", "is ", "✓"]))
    assert (code, out) == (0, "It is ✓\n"), err
    assert "Error" not in err and provider.call(label)["state"] == "done"


def test_the_prompt_may_come_from_standard_input_and_the_model_from_the_gateway(start, provider):
    served = start()
    for arguments in ([], ["-"]):
        assert chat(served, "--model", "echo", *arguments, text="two words") == (0, "two words\n", "")
    models = configuration(provider.base_url)["models"]
    only = start(root={"models": [entry for entry in models if entry["name"] == "echo"]})
    assert chat(only, "any") == (0, "any\n", "")


def test_system_and_raw_and_the_key(gateway, provider, label):
    code, out, _ = openai(gateway, asking("Hi", id=label, words=["a"]), "--system", "Be brief.", "--raw")
    assert code == 0 and out.splitlines()[-1] == "[DONE]"
    assert json.loads(out.splitlines()[0])["object"] == "chat.completion.chunk"
    assert provider.sent(label)["messages"][0] == {"role": "system", "content": "Be brief."}
    code, out, err = openai(gateway, "Hi", SLUICE_API_KEY="sk-nobody")
    assert (code, out) == (1, "") and "HTTP 401: Incorrect API key" in err
    assert openai(gateway, asking("Hi", words=["a"]), "--key", KEY, SLUICE_API_KEY="")[0] == 0


def test_tools_are_told_on_standard_error(gateway, label):
    code, out, err = chat(gateway, "--dialect", "agent", using(label, call("calculate", expression="2^10")))
    assert (code, out) == (0, "Done.\n")
    assert err.splitlines() == ['tool call calculate {"expression": "2^10"}', "tool calculate gave 1024"]


def test_the_answer_comes_as_it_is_made(gateway, label):
    line, environment = command(
        gateway.urls["public"], "--model", "mapped", asking("Hi", id=label, words=["one ", "two"], stall_after=2))
    with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) as process:
        assert process.stdout.read(4) == b"one "
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 130
        assert process.stderr.read() == b""


def test_tls_is_checked(gateway):
    prompt = asking("Hi", words=["safe"])
    code, out, err = openai(gateway, prompt, listener="secure")
    assert (code, out) == (1, "") and "not trusted" in err
    assert openai(gateway, prompt, "--insecure", listener="secure")[:2] == (0, "safe\n")
    assert openai(gateway, prompt, "--ca-file", gateway.certificate, listener="secure")[:2] == (0, "safe\n")


def on_terminal(gateway, *arguments, **environment):
    """Exit code and what a terminal gets of both streams."""
    line, environment = command(gateway.urls["public"], "--model", "mapped", *arguments, **environment)
    ours, theirs = pty.openpty()
    with subprocess.Popen(line, stdin=theirs, stdout=theirs, stderr=theirs, env=environment) as process:
        os.close(theirs)
        shown = b""
        try:
            while piece := os.read(ours, 65_536):
                shown += piece
        except OSError:
            pass  # so Linux tells that the other side was closed
        os.close(ours)
    return process.returncode, shown.decode().replace("\r\n", "\n")


def test_colours_are_for_terminals_and_answers_cannot_command_them(gateway, label):
    prompt = asking("Hi", id=label, words=["a\x1b[2Jb"], error_after=2)
    code, shown = on_terminal(gateway, prompt)
    assert code == 1 and shown == "a[2Jb\n\x1b[31mError: the provider broke\x1b[0m\n"
    assert on_terminal(gateway, prompt, NO_COLOR="1") == (1, "a[2Jb\nError: the provider broke\n")
    assert openai(gateway, prompt) == (1, "a\x1b[2Jb\n", "Error: the provider broke\n")


def test_a_reader_that_leaves_ends_the_call(gateway, provider, label):
    line, environment = command(
        gateway.urls["public"], "--model", "mapped", asking("Hi", id=label, events=10_000, gap_ms=5))
    with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment) as process:
        assert process.stdout.read(1)
        process.stdout.close()
        assert process.wait(10) == 1
    provider.call(label, "left")


# Answers that are none


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_refusal_is_told_and_is_no_success(gateway, label, dialect):
    model = ["--model", "mapped"] if dialect == "openai" else []
    code, out, err = chat(gateway, "--dialect", dialect, *model, asking("Hi", id=label, status=500, body=ERROR))
    assert (code, out) == (1, "") and "Error: " in err


@pytest.mark.parametrize("dialect", DIALECTS)
def test_an_answer_that_breaks_off_at_the_provider_is_no_success(gateway, label, dialect):
    model = ["--model", "mapped"] if dialect == "openai" else []
    # The gap lets the client read what comes before the end, which may be a reset.
    prompt = asking("Hi", id=label, words=["one ", "two ", "three"], cut_after=2, gap_ms=100)
    code, out, err = chat(gateway, "--dialect", dialect, *model, prompt)
    # The code dialect's body just ends early; all others say why.
    assert code == (3 if dialect == "code" else 1) and out.startswith("one "), err
    assert "Error: " in err


def chunked(body):
    return b"%x\r\n%s\r\n" % (len(body), body)


def answer(kind, body, status="200 OK"):
    head = f"HTTP/1.1 {status}\r\ncontent-type: {kind}; charset=utf-8\r\ntransfer-encoding: chunked\r\n\r\n"
    return head.encode() + body


class Canned:
    """A server that gives these answers as they are, each on a connection that it closes. `heads`: what was asked."""

    def __init__(self, *answers):
        self.answers = answers
        self.heads = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.thread = threading.Thread(target=self.serve, daemon=True)

    def serve(self):
        for answer in self.answers:
            connection, _ = self.listener.accept()
            with connection:
                received = b""
                while b"\r\n\r\n" not in received:
                    received += connection.recv(65_536)
                self.heads.append(received.decode())
                connection.sendall(answer)
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(65_536):
                    pass

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.thread.join(5)
        self.listener.close()


STREAMS = [
    ("openai", b'data: {"choices":[{"index":0,"delta":{"content":"one"},"finish_reason":"stop"}]}\n\n'),
    ("ask", b'data: {"choices":[{"index":0,"delta":{"content":"one"}}]}\n\n'),
    ("question", b'data: {"status": "streaming", "chunk": "one"}\n\n'),
    ("agent", b'data: {"event_type": "chat_chunk", "content": "one", "is_complete": true}\n\n'),
]


@pytest.mark.parametrize("dialect, kind, body", [
    *((dialect, "text/event-stream", chunked(body)) for dialect, body in STREAMS),
    *((dialect, "text/event-stream", chunked(body) + b"0\r\n\r\n") for dialect, body in STREAMS),
    ("code", "text/plain", chunked(b"one")),
])
def test_a_stream_without_its_mark_is_cut(dialect, kind, body):
    model = ["--model", "m"] if dialect == "openai" else []
    with Canned(answer(kind, body)) as server:
        line, environment = command(server.url, "--dialect", dialect, *model, "Hi")
        done = subprocess.run(line, capture_output=True, env=environment, timeout=30)
    assert (done.returncode, done.stdout) == (3, b"one\n")
    assert b"The answer broke off" in done.stderr


def test_timeouts_have_a_code_of_their_own(gateway, label):
    code, out, err = openai(gateway, asking("Hi", id=label, words=["one ", "two"], stall_after=2), "--timeout", 0.5)
    assert (code, out) == (4, "one \n") and "within 0.5 s" in err
    code, _, err = chat(gateway, "--model", "hasty", asking("Hi", id=label + "x", stall_after=0))
    assert code == 4 and "HTTP 504" in err
    code, out, err = chat(gateway, "--model", "hasty", asking("Hi", id=label + "y", words=["one ", "two"], stall_after=2))
    assert (code, out) == (4, "one \n") and "Error: " in err


def test_nobody_there_is_a_failure(gateway):
    line, environment = command("http://127.0.0.1:9", "--model", "m", "Hi")
    done = subprocess.run(line, capture_output=True, text=True, env=environment, timeout=30)
    assert done.returncode == 1 and "no connection to http://127.0.0.1:9" in done.stderr


@pytest.mark.parametrize("arguments", [
    ["--dialect", "latin", "Hi"], ["--url", "nowhere", "Hi"], ["--model", "m", ""], ["--open", "Hi"], ["--what", "Hi"],
    ["--dialect", "ask", "--model", "m", "Hi"], ["--ca-file", "/nowhere.pem", "Hi"], ["--timeout", "0", "Hi"],
])
def test_wrong_arguments_are_told_apart(gateway, arguments):
    code, out, err = chat(gateway, *arguments)
    assert (code, out) == (2, "") and "Error: " in err


# Scenarios


@pytest.mark.parametrize("dialect", DIALECTS)
def test_scenarios_tell_what_was_expected_and_what_came(gateway, dialect):
    model = ["--model", "mapped"] if dialect == "openai" else []
    words = asking("Hi", words=["fine"])
    code, out, _ = chat(gateway, "--dialect", dialect, *model, "--scenario", "ok", words)
    assert (code, out) == (0, "ok ok: expected a whole answer, came a whole answer\n")
    code, out, _ = chat(gateway, "--dialect", dialect, *model, "--scenario", "invalid")
    assert code == 0 and out.startswith("ok invalid: expected a refusal with HTTP 400, came a failure (HTTP 400: ")
    code, out, _ = chat(gateway, "--dialect", dialect, *model, "--scenario", "timeout", words)
    assert (code, out) == (1, "FAILED timeout: expected a timeout, came a whole answer\n")
    slow = asking("Hi", first_ms=5_000)
    code, out, _ = chat(gateway, "--dialect", dialect, *model, "--scenario", "timeout", "--timeout", 0.3, slow)
    assert code == 0 and out.startswith("ok timeout: expected a timeout, came a timeout (")


# Tasks


@pytest.fixture(scope="module")
def tasks(gateway_with):
    return lambda options: gateway_with(**options)


def test_a_task_is_followed_and_its_page_opened(tasks, tmp_path):
    opener = tmp_path / "xdg-open"
    opener.write_text(f'#!/bin/sh\nprintf %s "$1" > {tmp_path}/opened\n')
    opener.chmod(0o755)
    served = tasks(panel(melchior=approving_from(2), casper=approving_from(2)))
    code, out, err = chat(
        served, "--model", "code", "--async", "--open", REQUEST, PATH=f"{tmp_path}:{os.environ['PATH']}")
    assert (code, out) == (0, version(2) + "\n"), err
    page = err.splitlines()[0].split()[-1]
    assert page.startswith(served.urls["public"] + "/results/") and (tmp_path / "opened").read_text() == page
    assert "coding, iteration 1 of 3" in err and "melchior: NEGATIVE no 1" in err and "approved" in err


def test_an_ordinary_model_may_be_asked_by_a_task(tasks):
    served = tasks(panel())
    assert chat(served, "--model", "echo", "--async", "two words")[:2] == (0, "two words\n")
    code, _, err = chat(served, "--model", "echo-failing", "--async", "one two three four")
    assert code == 1 and "Error: " in err


def test_a_task_that_nobody_approves_says_so(tasks):
    served = tasks(panel(melchior=NEVER, casper=NEVER, max_iterations=1))
    code, out, err = chat(served, "--model", "code", "--async", REQUEST)
    assert (code, out) == (0, version(1) + "\n") and "The panel did not approve this version." in err


def test_a_lost_connection_to_a_task_is_made_again_where_it_ended():
    def told(*frames):
        return b"".join(b"id: %d\nevent: %s\ndata: %s\n\n" % frame for frame in frames)

    task = b'{"id": "0b6cdd6e-9a7f-4c1e-8f0a-2b8f6f1d7c55", "page_url": "http://there/page"}'
    first = chunked(told((0, b"text", b'{"text": "one "}')) + b"id: 1\nevent: text\nda")
    second = chunked(told((1, b"text", b'{"text": "two"}'), (2, b"completed", b"{}"))) + b"0\r\n\r\n"
    with Canned(answer("application/json", chunked(task) + b"0\r\n\r\n", "202 Accepted"),
                answer("text/event-stream", first), answer("text/event-stream", second)) as server:
        line, environment = command(server.url, "--model", "m", "--async", "Hi")
        done = subprocess.run(line, capture_output=True, text=True, env=environment, timeout=30)
    assert (done.returncode, done.stdout) == (0, "one two\n"), done.stderr
    assert "The connection was lost" in done.stderr
    submitted, followed, resumed = server.heads
    assert "prefer: respond-async" in submitted and "last-event-id" not in followed
    assert "last-event-id: 0\r\n" in resumed


def test_ctrl_c_leaves_a_task_alone(tasks, provider, label):
    served = tasks(panel())
    line, environment = command(served.urls["public"], "--model", "fake", "--async",
                                asking("Hi", id=label, words=["one ", "two"], gap_ms=300))
    with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) as process:
        assert process.stdout.read(4) == b"one "
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 130
    until(lambda: provider.call(label)["state"] == "done", what="the task's call to end")
