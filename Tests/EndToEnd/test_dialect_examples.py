"""The examples of docs/dialects.md, taken from the page itself: in bash, in Python, and in a browser."""

import json
import os
import re
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from configuration import KEY, echo
from harness import ROOT

BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)
SECTIONS = [section.split("\n", 1) for section in (ROOT / "docs" / "dialects.md").read_text().split("\n## ")]
BLOCKS = [(title, language, text) for title, section in SECTIONS for language, text in BLOCK.findall(section)]

# What stands before the examples: a configuration, and a function that the examples for JavaScript share.
[(_, _, SETTINGS), (_, _, SHARED)], EXAMPLES = BLOCKS[:2], BLOCKS[2:]
SHELL, PYTHON, BROWSER = ([pytest.param(title, text, id=title) for title, kind, text in EXAMPLES if kind == language]
                          for language in ("sh", "python", "js"))

# The text in an event of each section, and the event that ends a good answer. An answer of code has no events.
OPENAI = (lambda event: event["choices"][0]["delta"].get("content"), "[DONE]")
EVENTS = {
    "OpenAI": OPENAI,
    "Text completions": (lambda event: event["choices"][0]["text"], "[DONE]"),
    "Responses": (lambda event: event["type"] == "response.output_text.delta" and event["delta"],
                  '"type":"response.completed"'),
    "Messages": (lambda event: event.get("delta", {}).get("text"), '{"type":"message_stop"}'),
    "Question": (lambda event: event["status"] == "streaming" and event["chunk"],
                 '{"status": "completed", "chunk": "one two"}'),
    "Agent": (lambda event: event.get("content"), '"event_type":"chat_complete"'),
    "Ask": OPENAI,
}


def expected(title):
    return "42" if title == "Agent by WebSocket" else "one two"


def before_the_failure(title):
    """A failing `echo` has said one word, or called its tool."""
    return "" if title == "Agent by WebSocket" else "one "


@pytest.fixture(scope="module")
def page_elsewhere():
    """The address of an empty page of an origin that is not the gateway's."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>App</title><link rel=icon href=data:,><body></body>")

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def served(gateway_with, page_elsewhere):
    """Gateways with the page's configuration: a good one, and one whose `echo` fails in the middle of its answer."""

    def served(**fields):
        root = json.loads(SETTINGS) | {"cors": {"origins": [page_elsewhere]}}
        return gateway_with(root=root, upstreams={"echo": echo(**fields)})

    return served


@pytest.fixture
def good(served):
    return served()


@pytest.fixture
def failing(served):
    return served(gap_ms=30, fail_after=1)


def run(gateway, *command):
    environment = os.environ | {"URL": gateway.urls["public"], "KEY": KEY}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30)


def run_shell(gateway, text):
    return run(gateway, "bash", "-euo", "pipefail", "-c", text)


def run_python(gateway, text):
    has_openai = ROOT / ".cache" / "venv-openai3" / "bin" / "python"
    return run(gateway, has_openai if "import openai" in text else sys.executable, "-c", text)


def heard(title, output):
    """The text that curl's output has in its events, and whether it ends as a good answer does."""
    text_of, mark = EVENTS[title]
    data = re.findall(r"^data: (.*)$", output, re.MULTILINE)
    events = [json.loads(text) for text in data if text != "[DONE]"]
    text = "".join(text_of(event) or "" for event in events if "error" not in event)
    return text, mark in data[-1]


class Tab:
    """A page elsewhere on which examples run, one after the other."""

    def __init__(self, page):
        self.page = page

    def run(self, gateway, text):
        """What the example showed, and the error with which it ended."""
        self.page.evaluate("document.body.replaceChildren()")
        failure = self.page.evaluate(
            f"async ({{ URL, KEY }}) => {{ try {{ {SHARED}\n{text} }} catch (error) {{ return String(error); }} }}",
            {"URL": gateway.urls["public"], "KEY": KEY})
        return self.page.evaluate("document.body.textContent"), failure


@pytest.fixture(scope="module")
def tab(chromium, page_elsewhere):
    yield Tab(chromium.open(page_elsewhere))
    chromium.close_pages()


def test_every_section_has_every_kind_of_example():
    titles = ["OpenAI", "Text completions", "Responses", "Messages", "Question", "Code", "Agent", "Agent by WebSocket",
              "Ask"]
    assert [example.id for example in PYTHON] == [example.id for example in BROWSER] == titles
    assert [example.id for example in SHELL] == [title for title in titles if title != "Agent by WebSocket"]
    assert len(EXAMPLES) == len(SHELL) + len(PYTHON) + len(BROWSER)


@pytest.mark.parametrize("title, text", SHELL)
def test_a_curl_line_gives_the_whole_answer(good, title, text):
    done = run_shell(good, text)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "one two" if title == "Code" else heard(title, done.stdout) == ("one two", True)


@pytest.mark.parametrize("title, text", SHELL)
def test_a_curl_line_shows_that_an_answer_failed(failing, title, text):
    done = run_shell(failing, text)
    if title == "Code":
        assert done.returncode in (18, 56) and done.stdout == "one "
    else:
        assert done.returncode == 0 and heard(title, done.stdout) == ("one ", False)


@pytest.mark.parametrize("title, text", PYTHON)
def test_a_program_in_python_prints_the_answer(good, title, text):
    done = run_python(good, text)
    assert (done.returncode, done.stdout, done.stderr) == (0, expected(title), "")


@pytest.mark.parametrize("title, text", PYTHON)
def test_a_program_in_python_notices_that_an_answer_failed(failing, title, text):
    done = run_python(failing, text)
    assert (done.returncode, done.stdout) == (1, before_the_failure(title))
    assert "The echo model broke off" in done.stderr or title == "Code" and "httpx." in done.stderr


@pytest.mark.parametrize("title, text", BROWSER)
def test_a_page_elsewhere_shows_the_answer(tab, good, title, text):
    assert tab.run(good, text) == (expected(title), None)
    assert tab.page.complaints == []


@pytest.mark.parametrize("title, text", BROWSER)
def test_a_page_elsewhere_notices_that_an_answer_failed(tab, failing, title, text):
    shown, failure = tab.run(failing, text)
    assert shown == before_the_failure(title)
    assert "The echo model broke off" in failure or title == "Code" and "TypeError" in failure


def test_a_page_that_is_not_listed_is_kept_out(chromium, page_elsewhere, good):
    stranger = Tab(chromium.open(page_elsewhere.replace("127.0.0.1", "localhost")))
    texts = dict(example.values for example in BROWSER)
    assert stranger.run(good, texts["Agent"]) == ("", "TypeError: Failed to fetch")
    assert stranger.run(good, texts["Agent by WebSocket"]) == ("", "Error: The socket was closed with 1006.")
