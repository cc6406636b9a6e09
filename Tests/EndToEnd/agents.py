"""What the tests of agents share: a configuration with tools, and their requests."""

import json

from websockets.sync.client import connect

from configuration import KEY
from dialects import asking
from wire import post


def string(*names):
    return {"type": "object", "properties": {name: {"type": "string"} for name in names}}


def agents(tool_server, *, agent=None, tools=None, servers=None, dialect=None):
    """The members of a configuration that agents need. The default agent has all tools that there are."""
    say = {"url": tool_server.url + "/say?text={text}", "parameters": string("text"), "result": "/result/said",
           "allow_private": True}
    meet = {"url": tool_server.url + "/meet?count=2&patience={patience}&text={text}", "result": "/result/said",
            "parameters": string("text", "patience"), "allow_private": True}
    hang = {"url": tool_server.url + "/hang", "allow_private": True, "timeout_ms": 60_000}
    tools = {"say": say, "meet": meet, "hang": hang} | (tools or {})
    names = ["calculate", "get_time", *tools, *(servers or {})]
    default = {"name": "Assistant", "instructions": "Be kind.", "model": "fake", "tools": names} | (agent or {})
    return {"dialects": {"agent": dialect or {}}, "agents": {"default": default, "plain": {"model": "fake"}},
            "tools": tools, "mcp_servers": servers or {}}


def call(name, **arguments):
    """A call of a tool as the fake provider streams it, its arguments in two pieces."""
    text = json.dumps(arguments)
    return {"name": name, "arguments": [text[:3], text[3:]]}


def using(label, *calls, then=("Done.",), **settings):
    """A message upon which the model calls these tools, and then says `then`."""
    each = [{"tools": list(calls)}, {"words": list(then)}]
    return asking("Do it.", id=label, by_call=each, **settings)


def message(text, path="/chat", key=..., **fields):
    body = json.dumps({"message": text, **fields}).encode()
    return post(body, path) if key is ... else post(body, path, key=key)


def events(response):
    """The events of a stream, decoded."""
    assert response["content-type"] == "text/event-stream; charset=utf-8"
    found = [json.loads(text) for text in response.events]
    assert all(event["timestamp"].endswith("Z") for event in found)
    return found


def told(provider, label):
    """The messages that the model was asked with: (role, content) of each."""
    return [(one["role"], one["content"]) for one in provider.sent(label)["messages"]]


def open_socket(gateway, *, key=KEY, path="/ws", **options):
    host, port = gateway.address()
    headers = {"authorization": f"Bearer {key}"} if key else {}
    return connect(f"ws://{host}:{port}{path}", additional_headers=headers, open_timeout=10, **options)


def say(socket, kind, **data):
    socket.send(json.dumps({"type": kind, "data": data}))


def hear(socket):
    message = json.loads(socket.recv(timeout=10))
    assert set(message) == {"type", "data", "timestamp"}
    return message["type"], message["data"]


def hear_all(socket):
    """All messages of one chat."""
    found = [hear(socket)]
    while found[-1][0] not in ("chat_complete", "error"):
        found.append(hear(socket))
    return found
