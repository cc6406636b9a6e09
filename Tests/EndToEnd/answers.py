"""What the fake provider answers: a plan of steps made from the request and its `x_provider` object. No I/O here.

`x_provider` is a field that no provider knows, so it also shows that unknown fields arrive. All of it is optional:

    id               label under which the call is found at /__received (the tests give each call its own)
    events           number of content events (3)           words        list of contents, instead of `events`
    size             bytes of content in each event         extra        JSON text put into each event as `x_extra`
    tool             {"name", "arguments": [pieces]}: a tool call instead of content; `tools`: a list of them
    head_ms          silence before the head                head_byte_ms gap between the bytes of the head
    first_ms, gap_ms silence before the first event, between events
    framing          chunked (default) | length | close     short        bytes that content-length is too high by
    chunk_bytes      bytes in each HTTP chunk (one event)   write_bytes  bytes in each write to the socket
    eol              line end of the events (\\n)            space        false: `data:` without a space
    comments         number of comment lines before each event
    done, finish     false leaves out `[DONE]`, the finish reason
    cut_after        events before the connection is cut    cut          fin (default) | rst
    stall_after      events before silence without end
    malformed_after  events before one that is not JSON     error_after  events before an in-band error event
    oversize_after   events before one of `oversize` bytes  gzip         true: body compressed
    status, headers, body                                   a canned answer, framed as above
    cached           tokens of the prompt that were cached, as the usage tells
    by_model         {model: fields}: what differs when this model is asked
    by_call          [fields, …]: what differs in the first, second … call with this label; the last goes for the rest
    drop             fin | rst: the connection ends before the head
    times            so many calls with this id and model meet the settings, later ones only `events` and `words`

Without `stream` the counts of `cut_after` and `stall_after` are bytes of the body.

A dialect that makes the request itself sends no such field: then the same settings are JSON behind `@@` at the end of
the last message, calls of tools and their results aside.

A question to `/moderations` has no such field: there the same settings are JSON behind `##` at the end of a text, with
`flagged` and `scores` (category → score) for what is said of that text. A question to `/embeddings` has the field.
"""

import base64
import gzip
import json
import struct
from dataclasses import dataclass

CREATED = 1_700_000_000
ID = "chatcmpl-fake"
IN_BAND_ERROR = {"message": "the provider broke", "type": "server_error", "param": None, "code": "provider_broke"}


@dataclass
class Write:
    """Body bytes: one event, or a whole answer."""

    data: bytes


@dataclass
class Pause:
    """Silence for so many milliseconds."""

    milliseconds: float


@dataclass
class Stall:
    """Silence until the peer leaves."""


@dataclass
class Cut:
    """The connection ends here: `fin` in good order, `rst` by a reset."""

    how: str


@dataclass
class Answer:
    """A status, headers (framing aside), and the steps of the body. `length` is known unless it is a stream."""

    status: int
    headers: list
    steps: object
    length: int | None = None


def settle(request, number):
    """Makes `x_provider` what holds for one call: the one with this number (from 0) among those with its label."""
    if spec := request.get("x_provider"):
        spec |= spec.get("by_model", {}).get(request.get("model"), {})
        if calls := spec.get("by_call"):
            spec |= calls[min(number, len(calls) - 1)]


def words_of(spec):
    """The contents of the content events, in order."""
    if "words" in spec:
        return spec["words"]
    size = spec.get("size")
    return (("x" * size if size else f"w{number} ") for number in range(spec.get("events", 3)))


def chunk(request, choices, extra=None, usage="absent"):
    """One `chat.completion.chunk` as JSON text; `extra` is raw JSON, kept as it is."""
    head = json.dumps({"id": ID, "object": "chat.completion.chunk", "created": CREATED, "model": request["model"]})
    tail = "" if usage == "absent" else f', "usage": {json.dumps(usage)}'
    tail += f', "x_extra": {extra}' if extra else ""
    return f'{head[:-1]}, "choices": {json.dumps(choices, ensure_ascii=False)}{tail}}}'


def choice(index, delta, request, finish=None):
    entry = {"index": index, "delta": delta, "finish_reason": finish}
    if request.get("logprobs") and "content" in delta:
        entry["logprobs"] = logprobs(delta["content"])
    return entry


def logprobs(text):
    return {"content": [{"token": text, "logprob": -0.25, "bytes": list(text.encode()), "top_logprobs": []}]}


def deltas(spec):
    """The deltas of the content events: content, or the pieces of a tool call."""
    tools = spec.get("tools", [spec["tool"]] if "tool" in spec else [])
    if not tools:
        yield from ({"content": word} for word in words_of(spec))
    for index, tool in enumerate(tools):
        function = {"name": tool["name"], "arguments": ""}
        yield {"tool_calls": [{"index": index, "id": f"call_{index + 1}", "type": "function", "function": function}]}
        for piece in tool["arguments"]:
            yield {"tool_calls": [{"index": index, "function": {"arguments": piece}}]}


def usage_of(spec):
    count = len(spec["words"]) if "words" in spec else spec.get("events", 3)
    cached = {"prompt_tokens_details": {"cached_tokens": spec["cached"]}} if "cached" in spec else {}
    return {"prompt_tokens": 7, "completion_tokens": count, "total_tokens": 7 + count, **cached}


def payloads(spec, request):
    """The JSON texts of a whole stream, in order, `[DONE]` aside: what a client of a transparent proxy must see."""
    n, extra = request.get("n", 1), spec.get("extra")
    include_usage = (request.get("stream_options") or {}).get("include_usage", False)
    usage = None if include_usage else "absent"
    for index in range(n):
        yield chunk(request, [choice(index, {"role": "assistant", "content": ""}, request)], extra, usage)
    for delta in deltas(spec):
        for index in range(n):
            yield chunk(request, [choice(index, delta, request)], extra, usage)
    if spec.get("finish", True):
        reason = "tool_calls" if "tool" in spec or "tools" in spec else "stop"
        for index in range(n):
            yield chunk(request, [choice(index, {}, request, reason)], extra, usage)
        if include_usage:
            yield chunk(request, [], extra, usage_of(spec))


def completion(spec, request):
    """A plain `chat.completion` as JSON text."""
    message = {"role": "assistant", "content": "".join(words_of(spec)), "refusal": None}
    if "tool" in spec:
        tool = spec["tool"]
        function = {"name": tool["name"], "arguments": "".join(tool["arguments"])}
        message |= {"content": None, "tool_calls": [{"id": "call_1", "type": "function", "function": function}]}
    choices = []
    for index in range(request.get("n", 1)):
        entry = {"index": index, "message": message, "finish_reason": "tool_calls" if "tool" in spec else "stop"}
        if request.get("logprobs"):
            entry["logprobs"] = logprobs(message["content"])
        choices.append(entry)
    head = {"id": ID, "object": "chat.completion", "created": CREATED, "model": request["model"]}
    body = json.dumps(head | {"choices": choices, "usage": usage_of(spec)}, ensure_ascii=False)
    return f'{body[:-1]}, "x_extra": {spec["extra"]}}}' if "extra" in spec else body


def frame(spec, payload):
    """One server-sent event."""
    eol = spec.get("eol", "\n")
    comment = f": ping{eol}" * spec.get("comments", 0)
    space = " " if spec.get("space", True) else ""
    lines = payload.replace("\n", f"{eol}data:{space}")
    return f"{comment}data:{space}{lines}{eol}{eol}".encode()


def stream_steps(spec, request):
    """The steps of a stream. The counts of the faults count events of any kind, the role's included."""
    yield Pause(spec.get("first_ms", 0))
    count = 0
    for payload in payloads(spec, request):
        yield from fault_steps(spec, count)
        yield Write(frame(spec, payload))
        yield Pause(spec.get("gap_ms", 0))
        count += 1
    yield from fault_steps(spec, count)
    if spec.get("done", True):
        yield Write(frame(spec, "[DONE]"))


def fault_steps(spec, count):
    """The faults that come when `count` events have been written."""
    if spec.get("malformed_after") == count:
        yield Write(frame(spec, '{"id": "chatcmpl-fake", "choices": [{"index": 0, "delta": {"content"'))
    if spec.get("oversize_after") == count:
        yield Write(frame(spec, json.dumps({"id": ID, "choices": [], "pad": "x" * spec["oversize"]})))
    if spec.get("error_after") == count:
        yield Write(frame(spec, json.dumps({"error": IN_BAND_ERROR})))
    if spec.get("stall_after") == count:
        yield Stall()
    if spec.get("cut_after") == count:
        yield Cut(spec.get("cut", "fin"))


def body_steps(spec, body):
    """The steps of a body that is known as a whole."""
    stop = min(len(body), spec.get("cut_after", len(body)), spec.get("stall_after", len(body)))
    yield Pause(spec.get("first_ms", 0))
    yield Write(body[:stop])
    if "stall_after" in spec:
        yield Stall()
    if "cut_after" in spec:
        yield Cut(spec.get("cut", "fin"))


def told(text, mark="##"):
    """What a text asks of the provider."""
    return json.loads(text.partition(mark)[2] or "{}")


def spec_of(path, request):
    """What a request asks of the provider."""
    if not path.endswith("/moderations"):
        asked = [message for message in request.get("messages") or [] if message.get("role") != "tool"]
        asked = [message for message in asked if not message.get("tool_calls")]
        last = (asked or [{}])[-1].get("content")
        further = request.get("additionalModelRequestFields") or {}
        return request.get("x_provider") or further.get("x_provider") or told(
            last if isinstance(last, str) else "", "@@")
    spec = request.get("x_provider") or {}
    for text in texts(request):
        spec |= told(text)
    return spec


def texts(request):
    """What is embedded or judged, one by one: texts, or parts of one."""
    asked = request.get("input") or []
    if isinstance(asked, str):
        return [asked]
    return [part.get("text", "") if isinstance(part, dict) else part for part in asked]


def embedding(request):
    """A plain answer of `/embeddings` as JSON text: of each input its length, its place and a 0."""
    asked = request.get("input")
    inputs = [asked] if isinstance(asked, str) or asked and isinstance(asked[0], int) else asked
    data = []
    for place, each in enumerate(inputs):
        vector = [float(len(each)), float(place), 0.0]
        if request.get("encoding_format") == "base64":
            vector = base64.b64encode(struct.pack("<3f", *vector)).decode()
        data.append({"object": "embedding", "index": place, "embedding": vector})
    usage = {"prompt_tokens": 5 * len(data), "total_tokens": 5 * len(data)}
    return json.dumps({"object": "list", "data": data, "model": request["model"], "usage": usage, "x_extra": 1.50})


def moderation(request):
    """A plain answer of `/moderations` as JSON text."""
    results = []
    for text in texts(request):
        spec = told(text)
        scores = {"hate": 0.01, "violence": 0.02} | spec.get("scores", {})
        results.append({"flagged": spec.get("flagged", False), "category_scores": scores,
                        "categories": {name: score >= 0.5 for name, score in scores.items()}})
    return json.dumps({"id": "modr-fake", "model": request.get("model", "default"), "results": results})


def answer(path, request):
    """The answer to a decoded request: of `/moderations`, or of chat completions."""
    spec = spec_of(path, request)
    if path.partition("?")[0].endswith(("/moderations", "/embeddings")):
        made = moderation if path.endswith("/moderations") else embedding
        body = spec.get("body", made(request)).encode()
        headers = [["content-type", "application/json"], ["x-request-id", "req-upstream-1"]]
        headers += [list(pair) for pair in spec.get("headers", {}).items()]
        return Answer(spec.get("status", 200), headers, body_steps(spec, body), len(body))
    headers = [["x-request-id", "req-upstream-1"], ["openai-processing-ms", "3"], ["x-secret-internal", "hidden"]]
    headers += [list(pair) for pair in spec.get("headers", {}).items()]
    named = {name.lower() for name, _ in headers}
    streams = request.get("stream") is True and "status" not in spec and "body" not in spec
    if "content-type" not in named:
        headers.append(["content-type", "text/event-stream" if streams else "application/json"])
    if streams and not spec.get("gzip") and spec.get("framing") != "length":
        return Answer(200, headers, stream_steps(spec, request))
    if streams:
        body = b"".join(step.data for step in stream_steps(spec, request) if isinstance(step, Write))
    else:
        body = spec.get("body", completion(spec, request)).encode()
    if spec.get("gzip"):
        body = gzip.compress(body)
        headers.append(["content-encoding", "gzip"])
    return Answer(spec.get("status", 200), headers, body_steps(spec, body), len(body))
