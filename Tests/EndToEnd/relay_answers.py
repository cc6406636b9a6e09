"""What the fake provider answers to what is relayed as it is: images, audio, files, batches, responses. No I/O here.

Clients have no field of their own there, so the settings are JSON in the header `idempotency-key`, which travels:

    id               label under which the call is found at /__received
    read_stall       bytes of the body that are read before reading stops until the peer leaves
    read_cut         bytes of the body that are read before the connection is cut
    answer_early     bytes of the body that are read before the answer comes
    stream           true: a response is told as events
    size             bytes of a file's content, or of speech (1000)
    length           true: the answer has a content-length
    status, body, headers, head_ms, chunk_bytes, gap_ms, cut_after, cut, stall_after, times: as in answers.py
"""

import json

from answers import Answer, Cut, Pause, Stall, Write

PATHS = ("/images/", "/audio/", "/files", "/batches", "/responses")
BLOCK = bytes(byte * 7 % 256 for byte in range(65_536))


def is_relayed(target):
    return any(path in target for path in PATHS)


def spec_of(headers):
    text = headers.get("idempotency-key", "")
    return json.loads(text) if text.startswith("{") else {}


def pattern(size):
    """The content of a file of this size, in blocks."""
    for start in range(0, size, len(BLOCK)):
        yield BLOCK[: size - start]


def steps(spec, blocks):
    sent = 0
    for block in blocks:
        for fault, step in (("cut_after", Cut(spec.get("cut", "fin"))), ("stall_after", Stall())):
            if fault in spec and sent + len(block) > spec[fault]:
                yield Write(block[: spec[fault] - sent])
                yield step
        yield Write(block)
        yield Pause(spec.get("gap_ms", 0))
        sent += len(block)


def made(method, path, body):
    """The JSON that answers a call."""
    if "/images/" in path:
        return {"created": 1, "data": [{"b64_json": "aGk=", "url": None}], "x_extra": 1.5}
    if path.endswith(("/transcriptions", "/translations")):
        return {"text": f"{body['length']} bytes"}
    if "/responses" in path:
        if method == "DELETE":
            return {"id": path.rsplit("/", 1)[1], "object": "response", "deleted": True}
        return RESPONSE | ({"status": "cancelled"} if path.endswith("/cancel") else {})
    kind, single = ("batch", "batch-1") if "/batches" in path else ("file", "file-1")
    entry = {"id": single, "object": kind, "bytes": body["length"], "created_at": 1, "filename": "a.jsonl",
             "purpose": "batch", "status": "validating", "endpoint": "/v1/chat/completions",
             "input_file_id": "file-1", "completion_window": "24h"}
    if method == "DELETE":
        return {"id": path.rsplit("/", 1)[1], "object": kind, "deleted": True}
    if method == "GET" and path.endswith(("/files", "/batches")):
        return {"object": "list", "data": [entry], "has_more": False, "first_id": single, "last_id": single}
    return entry


# What the provider makes itself; `x_extra` shows that it travels as it is.
RESPONSE = {"id": "resp_up1", "object": "response", "created_at": 1, "status": "completed", "model": "theirs",
            "output": [{"id": "msg_up1", "type": "message", "role": "assistant", "status": "completed", "content": [
                {"type": "output_text", "text": "Theirs.", "annotations": []}]}],
            "tools": [], "tool_choice": "auto", "parallel_tool_calls": True, "x_extra": 1.5}


def response_events():
    """The bytes of each event of a response."""
    for number, kind in enumerate(("response.created", "response.completed")):
        event = {"type": kind, "sequence_number": number, "response": RESPONSE}
        yield f"event: {kind}\ndata: {json.dumps(event)}\n\n".encode()


def answer(method, target, body, spec):
    """The answer to a call; `body`: what came of its body, `{"length", "sha256"}`."""
    path = target.partition("?")[0]
    headers = [["x-request-id", "req-upstream-1"], ["x-secret-internal", "hidden"]]
    headers += [list(pair) for pair in spec.get("headers", {}).items()]
    if "status" in spec or "body" in spec:
        text = spec.get("body", '{"error":{"message":"theirs","type":"t","param":null,"code":"c"}}').encode()
        return Answer(spec.get("status", 200), [["content-type", "application/json"], *headers], steps(spec, [text]),
                      len(text))
    if path.endswith(("/content", "/speech")):
        size = spec.get("size", 1_000)
        kind = "audio/mpeg" if path.endswith("/speech") else "application/octet-stream"
        if path.endswith("/content"):
            headers.append(["content-disposition", 'attachment; filename="a.bin"'])
        return Answer(200, [["content-type", kind], *headers], steps(spec, pattern(size)),
                      size if spec.get("length") else None)
    if spec.get("stream"):
        return Answer(200, [["content-type", "text/event-stream"], *headers], steps(spec, response_events()))
    text = json.dumps(made(method, path, body)).encode()
    return Answer(200, [["content-type", "application/json"], *headers], steps(spec, [text]), len(text))
