"""Writes the request bodies that the load generator sends."""

import json
from pathlib import Path

SYSTEM = {"role": "system", "content": "You are a helpful assistant. Answer briefly."}
QUESTION = "What is the capital of France? Please tell me a little about its history as well."
PARAGRAPH = (
    'Thanks. Now, please look at the "next" part of the report and tell me what changed:\n\n'
    "- throughput went from 12.5 to 14.1 tok/s\n"
    "- p99 fell to 318 ms (é, ü, 漢字 kept)\n"
    "- the cache hit rate is unchanged. "
)


def request(messages, **fields):
    return {"model": "mock-model", "messages": messages, "temperature": 0.7, "max_tokens": 128, **fields}


def long_conversation(size):
    """Turns of different lengths, together a little under `size` bytes of JSON."""
    messages = [SYSTEM]
    turn = 0
    while len(json.dumps(messages)) < size - 250:
        role = "assistant" if turn % 2 else "user"
        messages.append({"role": role, "content": PARAGRAPH * (1 + turn % 4) + f"(turn {turn})"})
        turn += 1
    if messages[-1]["role"] != "user":
        messages.append({"role": "user", "content": "Summarise."})
    return messages


def write(folder: Path):
    """Makes small.json, stream.json and large.json in `folder`."""
    messages = [SYSTEM, {"role": "user", "content": QUESTION}]
    bodies = {
        "small": request(messages),
        "stream": request(messages, stream=True, stream_options={"include_usage": True}),
        "large": request(long_conversation(100 * 1024)),
    }
    for name, body in bodies.items():
        (folder / f"{name}.json").write_text(json.dumps(body))
