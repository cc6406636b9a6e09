"""What the tests of agents share: a configuration with tools, and their requests."""

import json

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
