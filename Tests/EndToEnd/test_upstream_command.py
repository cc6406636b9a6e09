"""Upstreams of kind `command`: what a local program says, how it fails, and that nothing of it outlives a call."""

import json
import socket
import stat

import pytest

from configuration import KEY, PLAIN, configuration, model
from harness import Gateway, until
from openai_client import Endpoint

PROGRAM = """#!/usr/bin/python3
import json, os, subprocess, sys, time
mode, scratch = sys.argv[1], sys.argv[2]
asked = sys.stdin.read()
def line(**fields):
    print(json.dumps(fields, ensure_ascii=False), flush=True)
if mode == "echo":
    print(asked, flush=True)
elif mode == "lines":
    for word in json.loads(asked)["messages"][-1]["content"].split():
        line(content=word + " ")
elif mode == "about":
    print(json.dumps([dict(os.environ), os.getcwd()]))
elif mode == "fail":
    print("half an answer", end="", flush=True)
    print("the disk is full", file=sys.stderr)
    sys.exit(3)
elif mode == "die":
    os.kill(os.getpid(), 9)
elif mode == "hang":
    child = subprocess.Popen(["/bin/sleep", "300"])
    with open(scratch + "/pids", "w") as file:
        file.write(f"{os.getpid()} {child.pid}")
    os.rename(scratch + "/pids", scratch + "/running")
    print("begun", flush=True)
    time.sleep(300)
elif mode == "flood":
    while True:
        sys.stdout.write("x" * 65536)
elif mode == "eat":
    print(len(bytearray(1 << 30)))
elif mode == "deaf":
    os.close(0)
    print("said")
elif mode == "error":
    line(error={"message": "no such thing", "code": "nothing"})
"""
MODES = ["echo", "lines", "about", "fail", "die", "hang", "flood", "eat", "deaf", "error"]


@pytest.fixture(scope="module")
def scratch(tmp_path_factory):
    return tmp_path_factory.mktemp("command")


@pytest.fixture(scope="module")
def command_gateway(provider, scratch):
    program = scratch / "program"
    program.write_text(PROGRAM)
    program.chmod(program.stat().st_mode | stat.S_IXUSR)

    def upstream(mode, **fields):
        return {"kind": "command", "command": [str(program), mode, str(scratch)], "timeout_ms": 10_000,
                **PLAIN, **fields}

    upstreams = {mode: upstream(mode) for mode in MODES}
    upstreams["lines"] |= {"input": "messages", "output": "json_lines"}
    upstreams["error"] |= {"output": "json_lines"}
    upstreams["about"] |= {"environment": {"GREETING": "hello", "KEY": {"env": "E2E_PROVIDER_KEY"}},
                           "directory": str(scratch)}
    upstreams["flood"] |= {"max_output_bytes": 1_000_000}
    upstreams["eat"] |= {"max_memory_bytes": 536_870_912}
    upstreams["loud"] = upstream("fail", show_stderr=True)
    upstreams["slow"] = upstream("hang", timeout_ms=800)
    upstreams["missing"] = {"kind": "command", "command": ["/nonexistent/program"], **PLAIN}
    models = [model(f"c-{name}", name) for name in upstreams]
    gateway = Gateway(scratch / "gateway", configuration(provider.base_url, upstreams=upstreams, models=models))
    yield gateway
    gateway.stop()


@pytest.fixture
def chat(openai_client, command_gateway):
    command_gateway.assert_healthy()
    yield Endpoint(openai_client, command_gateway.urls["public"] + "/v1").chat
    command_gateway.assert_healthy()


TEXT = "Grüße aus 東京 🚀\n" + "x" * 300_000


@pytest.mark.parametrize("streams", [False, True], ids=["plain", "stream"])
def test_a_program_answers(chat, streams):
    result = chat("c-echo", TEXT, stream=streams)
    assert (result.text() if streams else result.message["content"]) == TEXT
    last = result.chunks[-1] if streams else result.completion
    assert last["choices"][0]["finish_reason"] == "stop"


def test_lines_are_pieces(chat):
    result = chat("c-lines", "one two three", stream=True)
    contents = [choice["delta"].get("content") for chunk in result.chunks for choice in chunk["choices"]]
    assert [text for text in contents if text] == ["one ", "two ", "three "]
    assert chat("c-lines", "one two").message["content"] == "one two "


def test_its_environment_is_what_is_named(chat, scratch):
    environment, directory = json.loads(chat("c-about").message["content"])
    environment.pop("LC_CTYPE", None)
    assert environment.pop("SLUICE_REQUEST_ID") and environment.pop("PATH")
    assert environment == {"GREETING": "hello", "KEY": "sk-provider-secret-91c2", "SLUICE_MODEL": "c-about"}
    assert directory == str(scratch)


@pytest.mark.parametrize("streams", [False, True], ids=["plain", "stream"])
@pytest.mark.parametrize("name, words", [
    ("fail", "status 3"), ("loud", "the disk is full"), ("die", "signal 9"), ("flood", "more than"),
    ("eat", "status 1"), ("missing", "could not be started"), ("error", "no such thing"), ("slow", "800 ms")])
def test_every_failure_is_an_error(chat, name, words, streams):
    error = chat(f"c-{name}", stream=streams).error
    assert words in json.dumps(error)
    assert name == "loud" or "disk" not in json.dumps(error)


def test_a_program_need_not_listen(chat):
    assert chat("c-deaf", TEXT).message["content"] == "said"


def test_a_client_that_leaves_ends_the_program_with_its_children(command_gateway, scratch):
    (scratch / "running").unlink(missing_ok=True)
    body = json.dumps({"model": "c-hang", "stream": True, "messages": [{"role": "user", "content": "x"}]})
    with socket.create_connection(command_gateway.address(), timeout=10) as connection:
        connection.sendall((f"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {KEY}\r\n"
                            f"content-length: {len(body)}\r\n\r\n{body}").encode())
        heard = b""
        while b"begun" not in heard:
            heard += connection.recv(65_536)
    pids = [int(pid) for pid in (scratch / "running").read_text().split()]
    until(lambda: not any(alive(pid) for pid in pids), 5, "the program and its child to end")


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] not in "ZX"
    except FileNotFoundError:
        return False
