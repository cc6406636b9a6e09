"""The dialects with real clients: the examples of docs/dialects.md, aiohttp, httpx and curl, many at once."""

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys

import aiohttp
import httpx
import pytest

from configuration import KEY
from dialects import asking, dialects
from harness import ROOT, until
from metrics import wait_idle

PAGE = (ROOT / "docs" / "dialects.md").read_text()
EXAMPLES = [(section.split("\n", 1)[0], language, text) for section in PAGE.split("\n## ")[1:]
            for language, text in re.findall(r"```(\w+)\n(.*?)```", section, re.DOTALL)]
RUNNERS = {"sh": ["bash", "-euo", "pipefail", "-c"], "python": [sys.executable, "-c"]}
AUTHORIZATION = {"authorization": f"Bearer {KEY}"}


@pytest.fixture
def echoing(start):
    return start(root={"dialects": dialects("echo")}, workers=2)


def test_every_section_has_every_kind_of_example():
    found = [(section, language) for section, language, _ in EXAMPLES]
    assert found == [(section, language) for section in ("OpenAI", "Messages", "Question", "Code", "Ask")
                     for language in ("sh", "python", "js")]


@pytest.mark.parametrize("section, language, text", [example for example in EXAMPLES if example[1] in RUNNERS])
def test_the_examples_of_the_page_run(echoing, section, language, text):
    environment = os.environ | {"URL": echoing.urls["public"], "KEY": KEY}
    done = subprocess.run([*RUNNERS[language], text], env=environment, capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr
    streamed = {"OpenAI": '"content":"two"', "Messages": '"text":"two"', "Question": '"chunk": "one two"',
                "Code": "one two", "Ask": '"content":"two"'}
    assert (streamed[section] if language == "sh" else "one two") in done.stdout


@pytest.mark.skipif(not shutil.which("node"), reason="no node")
@pytest.mark.parametrize("section, text", [(section, text) for section, language, text in EXAMPLES if language == "js"])
def test_the_examples_for_javascript_run(echoing, section, text):
    names = f"const URL = {json.dumps(echoing.urls['public'])}, KEY = {json.dumps(KEY)};\n"
    command = ["node", "--input-type=module", "-e", names + text]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr
    assert "".join(done.stdout.split()) == "onetwo"


async def statuses(session, url, text):
    """A question's chunks, and the whole of the answer."""
    chunks, whole = [], None
    async with session.post(url + "/chat", json={"question": text}) as answer:
        assert answer.status == 200
        async for line in answer.content:
            if line.startswith(b"data: "):
                told = json.loads(line[6:])
                if told["status"] == "streaming":
                    chunks.append(told["chunk"])
                whole = told["chunk"] if told["status"] == "completed" else None
    return chunks, whole


async def code(session, url, text):
    async with session.post(url + "/generate-code", json={"prompt": text}) as answer:
        assert answer.status == 200
        return await answer.text()


async def ask(session, url, text):
    async with session.post(url + "/v1/ask", json={"question": text, "client_id": 1, "user_id": text}) as answer:
        assert answer.status == 200
        return (await answer.json())["choices"][0]["message"]["content"]


def test_sessions_at_once_never_mix(echoing):
    async def session(number):
        async with aiohttp.ClientSession(headers=AUTHORIZATION) as session:
            for turn in range(5):
                text = f"s{number} t{turn} " + "word " * (number % 7) + "end"
                chunks, whole = await statuses(session, echoing.urls["public"], text)
                assert whole == text == "".join(chunks)
                assert await code(session, echoing.urls["public"], text) == text
                assert await ask(session, echoing.urls["public"], text) == text

    async def everyone():
        await asyncio.gather(*(session(number) for number in range(40)))

    asyncio.run(everyone())
    wait_idle(echoing)


def test_askers_of_one_question_share_one_answer(start, provider, label):
    served = start(root={"dialects": dialects()}, workers=2)
    text = asking("all", id=label, words=["one ", "two ", "three"], first_ms=300, gap_ms=50)

    async def everyone():
        async with aiohttp.ClientSession(headers=AUTHORIZATION) as session:
            return await asyncio.gather(*(statuses(session, served.urls["public"], text) for _ in range(30)))

    assert asyncio.run(everyone()) == [(["one ", "two ", "three"], "one two three")] * 30
    assert len(provider.calls(label)) == 1


@pytest.mark.parametrize("client", ["httpx", "aiohttp", "curl"])
def test_clients_see_that_a_text_broke_off(start, label, client):
    served = start(root={"dialects": dialects()})
    url = served.urls["public"] + "/generate-code/"
    body = {"prompt": asking("f", id=label, words=["one ", "two"], gap_ms=30, cut_after=2)}

    async def read():
        async with aiohttp.ClientSession(headers=AUTHORIZATION) as session:
            async with session.post(url, json=body) as answer:
                await answer.read()

    if client == "httpx":
        with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
            httpx.post(url, json=body, headers=AUTHORIZATION)
    elif client == "aiohttp":
        with pytest.raises(aiohttp.ClientError):
            asyncio.run(read())
    else:
        command = ["curl", "-sSN", url, "-H", f"authorization: Bearer {KEY}", "-d", json.dumps(body)]
        done = subprocess.run(command, capture_output=True, timeout=30)
        assert done.returncode in (18, 56) and done.stdout == b"one "


def test_an_aiohttp_client_that_gives_up_cancels_the_provider(start, provider, label):
    served = start(root={"dialects": dialects()})
    timeout = aiohttp.ClientTimeout(total=0.3)

    async def read():
        async with aiohttp.ClientSession(headers=AUTHORIZATION, timeout=timeout) as session:
            await code(session, served.urls["public"], asking("f", id=label, head_ms=60_000))

    with pytest.raises(TimeoutError):
        asyncio.run(read())
    until(lambda: provider.call(label)["state"] == "left", what="the call to be cancelled")
