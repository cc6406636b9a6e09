"""The fake provider's answers in the form of Google's Gemini API. `x_provider` means what answers.py says of it; this
form has these of its own:

    thinking         texts that are thought before the answer
    stop             the finish reason, instead of STOP
    finish           false leaves out the finish reason
    blocked          true: the prompt is blocked
    error_after      events before an error event
"""

import json

import answers

MODEL = "gemini-fake-1"
ID = "resp-fake"


def usage(spec):
    return {"promptTokenCount": 7, "cachedContentTokenCount": 3, "candidatesTokenCount": spec.get("events", 3),
            "totalTokenCount": 7 + spec.get("events", 3)}


def parts(spec):
    """The parts of the answer, in order; each is an event of a stream."""
    for text in spec.get("thinking", []):
        yield {"text": text, "thought": True}
    if "tool" in spec:
        tool = spec["tool"]
        arguments = json.loads("".join(tool["arguments"]) or "{}")
        yield {"functionCall": {"name": tool["name"], "args": arguments}, "thoughtSignature": "c2lnbmVk"}
        return
    for word in answers.words_of(spec):
        yield {"text": word}


def response(spec, content, finish=None):
    candidate = {"content": {"role": "model", "parts": content}, "index": 0}
    if finish and spec.get("finish", True):
        candidate["finishReason"] = spec.get("stop", "STOP")
    return {"candidates": [candidate], "usageMetadata": usage(spec), "modelVersion": MODEL, "responseId": ID}


def events(spec):
    if spec.get("blocked"):
        yield {"promptFeedback": {"blockReason": "SAFETY"}, "usageMetadata": {"promptTokenCount": 7}}
        return
    for part in parts(spec):
        yield response(spec, [part])
    yield response(spec, [{"text": ""}], finish=True)


def frame(spec, event):
    eol = spec.get("eol", "\r\n")
    return f"data: {json.dumps(event, ensure_ascii=False)}{eol}{eol}".encode()


def stream_steps(spec):
    yield answers.Pause(spec.get("first_ms", 0))
    for count, event in enumerate(events(spec)):
        if spec.get("error_after") == count:
            error = {"code": 503, "message": "the provider broke", "status": "UNAVAILABLE"}
            yield answers.Write(frame(spec, {"error": error}))
        yield from answers.fault_steps({name: value for name, value in spec.items() if name != "error_after"}, count)
        yield answers.Write(frame(spec, event))
        yield answers.Pause(spec.get("gap_ms", 0))


def answer(request, streams):
    """The answer to a decoded request of `generateContent`, or of `streamGenerateContent`."""
    spec = request.get("x_provider") or {}
    headers = [list(pair) for pair in spec.get("headers", {}).items()]
    streams = streams and "status" not in spec and "body" not in spec
    if not any(name == "content-type" for name, _ in headers):
        headers.append(["content-type", "text/event-stream" if streams else "application/json; charset=UTF-8"])
    if streams:
        return answers.Answer(200, headers, stream_steps(spec))
    whole = next(events(spec)) if spec.get("blocked") else response(spec, list(parts(spec)), finish=True)
    body = spec.get("body", json.dumps(whole, ensure_ascii=False)).encode()
    return answers.Answer(spec.get("status", 200), headers, answers.body_steps(spec, body), len(body))
