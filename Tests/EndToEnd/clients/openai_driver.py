"""Drives the openai client from another interpreter: one JSON command per line in, one JSON result per line out.

It runs under the virtual environment of the client's version, so that both versions pass through the same tests and
start only once. A command: {"call": "chat" | "raw" | "models" | "model" | "create" | "download" |
"respond" | "respond_raw" | "respond_parsed", "client": {...}, "arguments": {...}}; with
`"stop_after": N` a stream is left after N chunks. A result holds what came before an error as well as the error.
"""

import contextlib
import functools
import hashlib
import json
import ssl
import sys
import time

import openai
import pydantic


def make_client(api_key, base_url, certificate=None, own_certificate=None, max_retries=0, timeout=20):
    """`certificate`: a file of the authorities to trust; `own_certificate`: the client's, and the file of its key."""
    http_client = None
    if certificate:
        context = ssl.create_default_context(cafile=certificate)
        if own_certificate:
            context.load_cert_chain(*own_certificate)
        http_client = openai.DefaultHttpxClient(verify=context)
    return openai.OpenAI(
        api_key=api_key, base_url=base_url, max_retries=max_retries, timeout=timeout, http_client=http_client)


def chat(client, result, arguments, stop_after=None):
    answer = client.chat.completions.create(**arguments)
    if not arguments.get("stream"):
        result["request_id"] = answer._request_id
        result["completion"] = answer.to_dict()
        return
    result["request_id"] = answer.response.headers.get("x-request-id")
    result["chunks"] = chunks = []
    result["times"] = times = []
    for chunk in answer:
        chunks.append(chunk.to_dict())
        times.append(time.monotonic())
        if len(chunks) == stop_after:
            result["left_at"] = time.monotonic()
            answer.close()
            return


def raw(client, result, arguments):
    response = client.chat.completions.with_raw_response.create(**arguments)
    result["headers"] = dict(response.headers)
    result["status"] = response.status_code
    result["completion"] = response.parse().to_dict()


def models(client, result):
    result["models"] = [model.to_dict() for model in client.models.list()]


def model(client, result, arguments):
    result["model"] = client.models.retrieve(**arguments).to_dict()


def create(client, result, path, arguments):
    """Any other call, by its path in the client, such as `embeddings.create`."""
    call = functools.reduce(getattr, path.split("."), client)
    with contextlib.ExitStack() as stack:
        answer = call(**opened(arguments, stack))
    result["request_id"] = getattr(answer, "_request_id", None)
    result["answer"] = answer and answer.to_dict()


def opened(arguments, stack):
    """`{"$file": path}` stands for the opened file."""
    return {name: stack.enter_context(open(value["$file"], "rb")) if isinstance(value, dict) and "$file" in value
            else value for name, value in arguments.items()}


def download(client, result, path, arguments):
    """A call whose answer is a file, read as it comes."""
    *parents, name = path.split(".")
    resource = functools.reduce(getattr, parents, client).with_streaming_response
    digest, length = hashlib.sha256(), 0
    with getattr(resource, name)(**arguments) as answer:
        result["headers"] = dict(answer.headers)
        for piece in answer.iter_bytes():
            digest.update(piece)
            length += len(piece)
    result["answer"] = {"length": length, "sha256": digest.hexdigest()}


class Place(pydantic.BaseModel):
    """What a structured answer is parsed as."""

    city: str


def respond(client, result, arguments, structured=False):
    """A stream of `responses`: by the client's own helper, which puts the answer together."""
    form = {"text_format": Place} if structured else {}
    result["events"] = events = []
    with client.responses.stream(**arguments, **form) as stream:
        for event in stream:
            events.append(event.to_dict())
        result["answer"] = stream.get_final_response().to_dict()


def respond_raw(client, result, arguments):
    """A stream of `responses`, event by event."""
    result["events"] = events = []
    with client.responses.create(stream=True, **arguments) as stream:
        result["request_id"] = stream.response.headers.get("x-request-id")
        for event in stream:
            events.append(event.to_dict())


def respond_parsed(client, result, arguments):
    answer = client.responses.parse(text_format=Place, **arguments)
    result["answer"] = answer.to_dict()
    result["city"] = answer.output_parsed.city


CALLS = {"chat": chat, "raw": raw, "models": models, "model": model, "create": create,
         "download": download, "respond": respond, "respond_raw": respond_raw, "respond_parsed": respond_parsed}


def describe(error):
    """All that a caller can learn from an exception of the client."""
    response = getattr(error, "response", None)
    names = ("code", "param", "type", "message", "status_code", "request_id", "body")
    return {
        "class": type(error).__name__,
        "classes": [kind.__name__ for kind in type(error).__mro__],
        "headers": dict(response.headers) if response is not None else {},
        **{name: getattr(error, name, None) for name in names},
    }


def main():
    print(json.dumps({"version": openai.__version__}), flush=True)
    clients = {}
    for line in sys.stdin:
        command = json.loads(line)
        call, options = command.pop("call"), command.pop("client")
        key = json.dumps(options, sort_keys=True)
        result = {}
        try:
            client = clients.setdefault(key, None) or make_client(**options)
            clients[key] = client
            CALLS[call](client, result, **command)
        except Exception as error:
            result["error"] = describe(error)
        print(json.dumps(result, default=str), flush=True)


if __name__ == "__main__":
    main()
