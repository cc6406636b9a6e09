"""The fake provider's answers in the form of Amazon Bedrock's Converse API, with its signatures checked and its streams
in Amazon's binary framing. `x_provider`, which comes in `additionalModelRequestFields`, means what answers.py says of it;
this form has these of its own:

    thinking          texts that are thought before the answer, in pieces
    stop              the stop reason, instead of the one that fits
    done              false leaves out `metadata`; finish: false leaves out `messageStop`
    exception_after   events before an exception; exception: its type (throttlingException)
    error_after       events before an error of the framing itself
    damage_after      events before one with a changed byte, `damage_at` (the last; negative: from its end)
    cut_within        bytes of the next event that come before the cut of `cut_after`
"""

import calendar
import hashlib
import hmac
import json
import struct
import time
import zlib
from urllib.parse import quote

import answers

KEY_ID = "AKIDEXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
TOKEN = "FwoGZXIvYXdzEXAMPLE//token=="
BEARER = "sk-provider-secret-91c2"
REGION = "eu-central-1"
STREAM = "application/vnd.amazon.eventstream"


# Signatures: docs.aws.amazon.com, "Signature Version 4 for API requests".


def complaint(method, target, headers, body):
    """What is wrong with who calls; None if nothing is."""
    fields = {name.lower(): value for name, value in headers}
    proof = fields.get("authorization", "")
    if proof == f"Bearer {BEARER}":
        return None
    if len([name for name, _ in headers if name.lower() == "authorization"]) != 1:
        return "not one authorization"
    algorithm, _, rest = proof.partition(" ")
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    key_id, _, scope = parts["Credential"].partition("/")
    moment, names = fields["x-amz-date"], parts["SignedHeaders"].split(";")
    if abs(calendar.timegm(time.strptime(moment, "%Y%m%dT%H%M%SZ")) - time.time()) > 300:
        return f"the time is {moment}"
    if (algorithm, key_id, scope) != ("AWS4-HMAC-SHA256", KEY_ID, f"{moment[:8]}/{REGION}/bedrock/aws4_request"):
        return f"signed by {algorithm} with {key_id} for {scope}"
    if "host" not in names or any(name.startswith("x-amz-") and name not in names for name in fields):
        return f"signed are {names}"
    if fields.get("x-amz-security-token") != TOKEN:
        return "no session token"
    if signature(method, target, fields, names, body, moment, scope) != parts["Signature"]:
        return "the signature does not match"
    return None


def signature(method, target, fields, names, body, moment, scope):
    path, _, query = target.partition("?")
    lines = [method, quote(path, safe="/~"), query, *(f"{name}:{fields[name]}" for name in names), "", ";".join(names),
             hashlib.sha256(body).hexdigest()]
    digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    key = f"AWS4{SECRET}".encode()
    for part in [*scope.split("/"), f"AWS4-HMAC-SHA256\n{moment}\n{scope}\n{digest}"]:
        key = hmac.digest(key, part.encode(), "sha256")
    return key.hex()


# Frames: docs.aws.amazon.com, "Event stream encoding".


def frame(payload, **headers):
    """One message; the names of its headers have `-` for `_` and a colon in front."""
    packed = b""
    for name, value in headers.items():
        name = ":" + name.replace("_", "-")
        packed += bytes([len(name)]) + name.encode() + struct.pack(">BH", 7, len(value)) + value.encode()
    start = struct.pack(">II", 16 + len(packed) + len(payload), len(packed))
    start += struct.pack(">I", zlib.crc32(start)) + packed + payload
    return start + struct.pack(">I", zlib.crc32(start))


def event(kind, **members):
    # The provider pads its events, so that their lengths tell nothing.
    payload = json.dumps(members | {"p": "abcdefgh"}, ensure_ascii=False).encode()
    return frame(payload, event_type=kind, content_type="application/json", message_type="event")


def delta(index, **members):
    return event("contentBlockDelta", contentBlockIndex=index, delta=members)


def events(spec):
    """The frames of a whole stream, in order."""
    yield event("messageStart", role="assistant")
    index = 0
    if "thinking" in spec:
        yield from (delta(0, reasoningContent={"text": text}) for text in spec["thinking"])
        yield delta(0, reasoningContent={"signature": "c2lnbmVk"})
        yield event("contentBlockStop", contentBlockIndex=0)
        index = 1
    if "tool" in spec:
        yield event("contentBlockStart", contentBlockIndex=index,
                    start={"toolUse": {"toolUseId": "tooluse_1", "name": spec["tool"]["name"]}})
        yield from (delta(index, toolUse={"input": piece}) for piece in spec["tool"]["arguments"])
    else:
        yield from (delta(index, text=word) for word in answers.words_of(spec))
    yield event("contentBlockStop", contentBlockIndex=index)
    if spec.get("finish", True):
        yield event("messageStop", stopReason=stop_reason(spec))
    if spec.get("done", True):
        yield event("metadata", usage=usage(spec), metrics={"latencyMs": 1})


def stop_reason(spec):
    return spec.get("stop") or ("tool_use" if "tool" in spec else "end_turn")


def usage(spec):
    count = spec.get("events", 3)
    return {"inputTokens": 4, "outputTokens": count, "totalTokens": 7 + count, "cacheReadInputTokens": 3}


def stream_steps(spec):
    yield answers.Pause(spec.get("first_ms", 0))
    for count, data in enumerate(events(spec)):
        if spec.get("malformed_after") == count:
            yield answers.Write(frame(b'{"contentBlockIndex": 0, "del', event_type="contentBlockDelta",
                                      message_type="event"))
        if spec.get("oversize_after") == count:
            yield answers.Write(delta(0, text="x" * spec["oversize"]))
        if spec.get("exception_after") == count:
            yield answers.Write(frame(b'{"message":"the provider broke"}', content_type="application/json",
                                      exception_type=spec.get("exception", "throttlingException"),
                                      message_type="exception"))
        if spec.get("error_after") == count:
            yield answers.Write(frame(b"", error_code="InternalError", error_message="the provider broke",
                                      message_type="error"))
        if spec.get("damage_after") == count:
            damaged = bytearray(data)
            damaged[spec.get("damage_at", -1)] ^= 0x10
            yield answers.Write(bytes(damaged))
        if spec.get("stall_after") == count:
            yield answers.Stall()
        if spec.get("cut_after") == count:
            yield answers.Write(data[: spec.get("cut_within", 0)])
            yield answers.Cut(spec.get("cut", "fin"))
        yield answers.Write(data)
        yield answers.Pause(spec.get("gap_ms", 0))


def message(spec):
    """An answer that is no stream, as JSON text."""
    content = []
    if "thinking" in spec:
        text = {"text": "".join(spec["thinking"]), "signature": "c2lnbmVk"}
        content.append({"reasoningContent": {"reasoningText": text}})
    if "tool" in spec:
        arguments = json.loads("".join(spec["tool"]["arguments"]) or "{}")
        content.append({"toolUse": {"toolUseId": "tooluse_1", "name": spec["tool"]["name"], "input": arguments}})
    else:
        content.append({"text": "".join(answers.words_of(spec))})
    return json.dumps({"output": {"message": {"role": "assistant", "content": content}}, "usage": usage(spec),
                       "stopReason": stop_reason(spec), "metrics": {"latencyMs": 1}}, ensure_ascii=False)


def answer(method, target, headers, body, request):
    """The answer to a request of Converse or ConverseStream."""
    spec = request.get("x_provider") or {}
    if wrong := complaint(method, target, headers, body):
        spec = {"status": 403, "headers": {"x-amzn-ErrorType": "InvalidSignatureException:http://x.example/"},
                "body": json.dumps({"message": wrong})}
    streams = target.endswith("/converse-stream") and "status" not in spec and "body" not in spec
    own = {"content-type": STREAM if streams else "application/json", "x-amzn-RequestId": "req-upstream-1"}
    lines = [list(pair) for pair in (own | spec.get("headers", {})).items()]
    if streams:
        return answers.Answer(200, lines, stream_steps(spec))
    reply = spec.get("body", message(spec)).encode()
    return answers.Answer(spec.get("status", 200), lines, answers.body_steps(spec, reply), len(reply))
