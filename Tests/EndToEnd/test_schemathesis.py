"""Requests that schemathesis makes of the description of the API: nothing that fits it, or nearly does, breaks the
gateway, and every answer is one that is described."""

import hashlib
import json
import subprocess
import sys

import pytest

from agents import agents
from configuration import KEY
from dialects import dialects
from tool_server import ToolServer

# One listener for everything, and one key that is good for all of it.
LISTENERS = [{"name": "all", "address": "127.0.0.1:0", "serves": ["api", "metrics", "health", "admin"]}]
CHECKS = ["not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance",
          "unsupported_method"]
# The first ends the process, the second is no HTTP after its first answer.
UNCALLED = ["drain", "openSocket"]


@pytest.fixture(scope="module")
def served(gateway_with):
    tools = ToolServer()
    root = agents(tools, agent={"model": "echo"}) | {
        "listeners": LISTENERS, "admin": {"keys": [{"id": "root", "sha256": hashlib.sha256(KEY.encode()).hexdigest()}]}}
    root["agents"]["plain"]["model"] = "echo"
    # Of the models the echo alone: what the fake provider makes of such requests is its own affair.
    root["keys"] = [{"id": "tester", "sha256": hashlib.sha256(KEY.encode()).hexdigest(), "models": ["echo"]}]
    root["dialects"] |= dialects("echo")
    yield gateway_with(root=root)
    tools.stop()


def strict(description):
    """The description without what lets any status pass."""
    for item in description["paths"].values():
        for operation in item.values():
            del operation["responses"]["default"]
    return description


def test_what_is_made_of_the_description_is_answered_as_described(served, tmp_path):
    file = tmp_path / "openapi.json"
    file.write_text(json.dumps(strict(json.loads(served.get("/openapi.json", "all")))))
    command = [sys.executable, "-m", "schemathesis.cli", "run", file, "--url", served.urls["all"],
               "--header", f"authorization: Bearer {KEY}", "--checks", ",".join(CHECKS),
               "--generation-deterministic", "--max-examples", "10", "--phases", "examples,coverage,fuzzing",
               "--request-timeout", "5", "--workers", "2", "--no-color"]
    for name in UNCALLED:
        command += ["--exclude-operation-id", name]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=80)
    print(done.stdout[-20_000:], done.stderr[-2_000:])
    assert done.returncode == 0, done.stdout[-20_000:]
    served.assert_healthy()
