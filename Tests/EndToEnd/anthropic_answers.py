"""The fake provider's answers in the form of Anthropic's Messages API. `x_provider` means what answers.py says of it;
this form has these of its own:

    thinking         texts that are thought before the answer, in pieces
    stop             the stop reason, instead of the one that fits
    done             false leaves out `message_stop`; finish: false leaves out the stop reason, too
    error_after      events before an error event; error: its type (overloaded_error)
"""

import json

import answers

MODEL = "claude-fake-1"
ID = "msg_fake"
HEADERS = [["request-id", "req-upstream-1"], ["anthropic-organization-id", "hidden"],
           ["anthropic-ratelimit-requests-limit", "50"], ["anthropic-ratelimit-requests-remaining", "49"]]


def stop_reason(spec):
    return spec.get("stop") or ("tool_use" if "tool" in spec else "end_turn")


def usage(spec):
    return {"input_tokens": 4, "cache_read_input_tokens": 3, "cache_creation_input_tokens": 0,
            "output_tokens": spec.get("events", 3)}


def block(index, start, deltas):
    yield {"type": "content_block_start", "index": index, "content_block": start}
    for delta in deltas:
        yield {"type": "content_block_delta", "index": index, "delta": delta}
    yield {"type": "content_block_stop", "index": index}


def events(spec):
    """The events of a whole stream, in order."""
    message = {"id": ID, "type": "message", "role": "assistant", "model": MODEL, "content": [], "stop_reason": None,
               "usage": usage(spec) | {"output_tokens": 1}}
    yield {"type": "message_start", "message": message}
    index = 0
    if "thinking" in spec:
        deltas = [{"type": "thinking_delta", "thinking": text} for text in spec["thinking"]]
        deltas.append({"type": "signature_delta", "signature": "c2lnbmVk"})
        yield from block(0, {"type": "thinking", "thinking": "", "signature": ""}, deltas)
        index = 1
    yield {"type": "ping"}
    if "tool" in spec:
        pieces = [{"type": "input_json_delta", "partial_json": piece} for piece in spec["tool"]["arguments"]]
        start = {"type": "tool_use", "id": "toolu_1", "name": spec["tool"]["name"], "input": {}}
        yield from block(index, start, pieces)
    else:
        deltas = ({"type": "text_delta", "text": word} for word in answers.words_of(spec))
        yield from block(index, {"type": "text", "text": ""}, deltas)
    if spec.get("finish", True):
        yield {"type": "message_delta", "delta": {"stop_reason": stop_reason(spec)}, "usage": usage(spec)}
    if spec.get("done", True):
        yield {"type": "message_stop"}


def frame(spec, event):
    eol = spec.get("eol", "\n")
    return f"event: {event['type']}{eol}data: {json.dumps(event, ensure_ascii=False)}{eol}{eol}".encode()


def stream_steps(spec):
    yield answers.Pause(spec.get("first_ms", 0))
    for count, event in enumerate(events(spec)):
        if spec.get("malformed_after") == count:
            yield answers.Write(b'event: content_block_delta\ndata: {"type":"content_block_d\n\n')
        if spec.get("error_after") == count:
            error = {"type": spec.get("error", "overloaded_error"), "message": "the provider broke"}
            yield answers.Write(frame(spec, {"type": "error", "error": error}))
        if spec.get("stall_after") == count:
            yield answers.Stall()
        if spec.get("cut_after") == count:
            yield answers.Cut(spec.get("cut", "fin"))
        yield answers.Write(frame(spec, event))
        yield answers.Pause(spec.get("gap_ms", 0))


def message(spec):
    """An answer that is no stream, as JSON text."""
    content = []
    if "thinking" in spec:
        content.append({"type": "thinking", "thinking": "".join(spec["thinking"]), "signature": "c2lnbmVk"})
    if "tool" in spec:
        tool = spec["tool"]
        arguments = json.loads("".join(tool["arguments"]) or "{}")
        content.append({"type": "tool_use", "id": "toolu_1", "name": tool["name"], "input": arguments})
    else:
        content.append({"type": "text", "text": "".join(answers.words_of(spec))})
    return json.dumps({"id": ID, "type": "message", "role": "assistant", "model": MODEL, "content": content,
                       "stop_reason": stop_reason(spec), "usage": usage(spec)}, ensure_ascii=False)


def answer(request):
    """The answer to a decoded request of `POST /v1/messages`."""
    spec = request.get("x_provider") or {}
    headers = HEADERS + [list(pair) for pair in spec.get("headers", {}).items()]
    streams = request.get("stream") is True and "status" not in spec and "body" not in spec
    if not any(name == "content-type" for name, _ in headers):
        headers = headers + [["content-type", "text/event-stream" if streams else "application/json"]]
    if streams:
        return answers.Answer(200, headers, stream_steps(spec))
    body = spec.get("body", message(spec)).encode()
    return answers.Answer(spec.get("status", 200), headers, answers.body_steps(spec, body), len(body))
