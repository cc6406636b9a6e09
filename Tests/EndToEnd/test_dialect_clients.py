"""The dialects with real clients: aiohttp, websockets, httpx and curl, many at once."""

import asyncio
import json
import subprocess
from collections import Counter

import aiohttp
import httpx
import pytest
from websockets.asyncio.client import connect

from configuration import KEY, echo
from dialects import asking, dialects
from harness import until
from metrics import wait_idle

AUTHORIZATION = {"authorization": f"Bearer {KEY}"}


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


async def question(session, url, text):
    chunks, whole = await statuses(session, url, text)
    assert "".join(chunks) == whole
    return whole


async def streamed(session, url, path, body):
    """The events of a stream, decoded."""
    async with session.post(url + path, json=body) as answer:
        assert answer.status == 200
        lines = [line[6:].strip() async for line in answer.content if line.startswith(b"data: ")]
    return [json.loads(line) for line in lines if line != b"[DONE]"]


async def chat(session, url, text):
    body = {"model": "echo", "stream": True, "messages": [{"role": "user", "content": text}]}
    found = await streamed(session, url, "/v1/chat/completions", body)
    return "".join(event["choices"][0]["delta"].get("content") or "" for event in found)


async def completion(session, url, text):
    found = await streamed(session, url, "/v1/completions", {"model": "echo", "stream": True, "prompt": text})
    return "".join(event["choices"][0]["text"] for event in found)


async def messages(session, url, text):
    body = {"model": "echo", "max_tokens": 100, "stream": True, "messages": [{"role": "user", "content": text}]}
    found = await streamed(session, url, "/v1/messages", body)
    return "".join(event.get("delta", {}).get("text", "") for event in found)


async def agent(session, url, text):
    found = await streamed(session, url, "/chat/stream", {"message": text, "conversation_id": text})
    assert "".join(event.get("content", "") for event in found) == found[-1]["final_response"]
    assert found[-1]["conversation_id"] == text
    return found[-1]["final_response"]


async def agent_socket(session, url, text):
    async with connect(url.replace("http", "ws", 1) + "/ws", additional_headers=AUTHORIZATION) as socket:
        await socket.send(json.dumps({"type": "chat", "data": {"message": text}}))
        said = ""
        async for told in socket:
            told = json.loads(told)
            said += told["data"].get("content", "")
            if told["type"] == "chat_complete":
                assert told["data"]["final_response"] == said
                return said


CLIENTS = [chat, completion, messages, question, code, agent, agent_socket, ask]


def test_sessions_of_all_dialects_at_once_never_mix(start):
    """Each of 40 sessions speaks one dialect after the other, and no two neighbours the same."""
    root = {"dialects": dialects("echo") | {"agent": {}}, "agents": {"default": {"model": "echo"}}}
    served = start(root=root, upstreams={"echo": echo(gap_ms=2)}, workers=2)

    async def session(number):
        async with aiohttp.ClientSession(headers=AUTHORIZATION) as session:
            for turn in range(2 * len(CLIENTS)):
                client = CLIENTS[(number + turn) % len(CLIENTS)]
                text = f"s{number} t{turn} " + "word " * (number % 7) + "end"
                assert await client(session, served.urls["public"], text) == text, client.__name__

    async def everyone():
        await asyncio.gather(*(session(number) for number in range(40)))

    asyncio.run(everyone())
    wait_idle(served)
    expected = {"openai": 160, "messages": 80, "question": 80, "code": 80, "ask": 80, "agent": 160}
    counted = lambda: Counter(line["dialect"] for line in served.access_log() if "dialect" in line)
    until(lambda: sum(counted().values()) >= sum(expected.values()), what="a line for each answer")
    assert counted() == expected


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
