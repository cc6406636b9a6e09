"""Requests and bodies of what is relayed as it is, for its tests."""

import hashlib
import json

from configuration import KEY
from relay_answers import pattern

BOUNDARY = "sluice-e2e"
OPENAI = {"files_upstream": "fake", "image_model": "mapped", "transcription_model": "mapped", "speech_model": "mapped"}
ROOT = {"dialects": {"openai": OPENAI}}


def digest(*pieces):
    sha = hashlib.sha256()
    for piece in pieces:
        sha.update(piece)
    return sha.hexdigest()


def pattern_digest(size):
    return digest(*pattern(size))


def form(*parts, end=True):
    """Form data of (name, content) or (name, content, file name)."""
    body = b""
    for name, content, *file in parts:
        named = f'; filename="{file[0]}"' if file else ""
        content = content if isinstance(content, bytes) else content.encode()
        body += f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n'.encode() + content + b"\r\n"
    return body + (f"--{BOUNDARY}--\r\n".encode() if end else b"")


def head(path, length=None, spec=None, method="POST", content_type=None, key=KEY, headers=()):
    """The head of a request; without a length the body is in chunks, unless there is none."""
    lines = [f"{method} {path} HTTP/1.1", "host: gateway.test"]
    lines += [f"authorization: Bearer {key}"] if key else []
    lines += [f"content-type: {content_type or f'multipart/form-data; boundary={BOUNDARY}'}"] if method == "POST" else []
    if method == "POST":
        lines.append("transfer-encoding: chunked" if length is None else f"content-length: {length}")
    lines += [f"idempotency-key: {json.dumps(spec)}"] if spec else []
    return "\r\n".join([*lines, *headers, "", ""]).encode()


def post_form(path, *parts, spec=None, **options):
    body = form(*parts)
    return head(path, len(body), spec, **options) + body


def get(path, spec=None, **options):
    return head(path, None, spec, method=options.pop("method", "GET"), **options)


def chunked(*pieces):
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces if piece) + b"0\r\n\r\n"
