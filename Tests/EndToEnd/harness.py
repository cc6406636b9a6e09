"""Starts and ends the processes that the tests talk to: the real gateway binary and the fake provider."""

import base64
import json
import os
import re
import signal
import ssl
import subprocess
import threading
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from configuration import PROVIDER_KEY

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
LISTENING = re.compile(r"listening (\w+) (https?://[^\s\"]+)")
READY = re.compile(r"^ready\b|\"ready\"")
CRASHES = ("Fatal error", "Precondition failed", "Crash:", "AddressSanitizer")


def until(condition, deadline=30.0, what="condition"):
    """Polls until `condition` gives something true, which is returned; fails at the deadline (seconds)."""
    end = time.monotonic() + deadline
    while True:
        if value := condition():
            return value
        assert time.monotonic() < end, f"after {deadline} s still waiting for {what}"
        time.sleep(0.002)


def at_once(count, work):
    """What `work(0)`, `work(1)` … come to, done at the same time in a thread each."""
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(work, range(count)))


def binary():
    """The gateway under test: $SLUICE, else the release build, else the debug build."""
    named = os.environ.get("SLUICE")
    candidates = [Path(named)] if named else [ROOT / ".build" / kind / "sluice" for kind in ("release", "debug")]
    for candidate in candidates:
        if candidate.is_file():
            return candidate.resolve()
    raise FileNotFoundError(f"no gateway to test; looked for {', '.join(map(str, candidates))}")


class Lines:
    """Collects what a process writes to a pipe, so that it never blocks on it."""

    def __init__(self, pipe):
        self.lines = []
        self.thread = threading.Thread(target=self.collect, args=(pipe,), daemon=True)
        self.thread.start()

    def collect(self, pipe):
        for line in pipe:
            self.lines.append(line.rstrip("\n"))

    @property
    def text(self):
        return "\n".join(self.lines)


class Gateway:
    """One gateway process of its own configuration, in a directory of its own."""

    def __init__(self, directory, configuration, environment=None):
        self.directory = Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.file = self.directory / "gateway.json"
        self.file.write_text(json.dumps(configuration, indent=2))
        self.urls = {}
        self.was_awaited = False
        self.process = subprocess.Popen(
            [binary(), "serve", "--config", self.file], cwd=self.directory, text=True, errors="replace",
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=os.environ | {"E2E_PROVIDER_KEY": PROVIDER_KEY} | (environment or {}))
        self.stdout, self.stderr = Lines(self.process.stdout), Lines(self.process.stderr)
        try:
            until(self.is_ready, 20, "the gateway to say that it is ready")
        except BaseException as error:
            self.kill()
            raise RuntimeError(f"the gateway did not start\n{self.stdout.text}\n{self.stderr.text}") from error

    def is_ready(self):
        if self.process.poll() is not None:
            raise RuntimeError(f"exit code {self.process.returncode}")
        lines = self.stdout.lines + self.stderr.lines
        self.urls |= {match[1]: match[2].rstrip("/") for line in lines if (match := LISTENING.search(line))}
        return any(READY.search(line) for line in lines)

    @property
    def pid(self):
        return self.process.pid

    @property
    def certificate(self):
        """The self-signed certificate that the gateway made at its first start."""
        return self.directory / "certs" / "server.pem"

    def address(self, listener="public"):
        host, port = self.urls[listener].split("//")[1].rsplit(":", 1)
        return host, int(port)

    def get(self, path, listener="operators", headers=None):
        """The text of a path that answers 200."""
        context = ssl.create_default_context(cafile=self.certificate) if listener == "secure" else None
        request = urllib.request.Request(self.urls[listener] + path, headers=headers or {})
        with urllib.request.urlopen(request, timeout=10, context=context) as response:
            return response.read().decode()

    def access_log(self):
        """The access log so far: the lines of standard output that are JSON objects."""
        return [json.loads(line) for line in list(self.stdout.lines) if line.startswith("{")]

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def resident(self):
        """Resident memory in bytes."""
        return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def cpu(self):
        """Processor time so far, in seconds."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def assert_healthy(self):
        assert self.process.poll() is None, f"the gateway ended with {self.process.returncode}\n{self.stderr.text}"
        self.assert_no_crash()

    def assert_no_crash(self):
        for sign in CRASHES:
            assert sign not in self.stderr.text and sign not in self.stdout.text, self.stderr.text[-4_000:]

    def signal(self, number):
        self.process.send_signal(number)

    def wait(self, deadline=10.0):
        """The exit code, once the process has ended. Who waits judges the code."""
        code = self.process.wait(deadline)
        self.was_awaited = True
        self.stdout.thread.join(5)
        self.stderr.thread.join(5)
        self.process.stdout.close()
        self.process.stderr.close()
        return code

    def stop(self):
        """Ends the gateway as an operator would, and holds it to a clean exit. It may have been ended by the test."""
        if self.was_awaited:
            return self.assert_no_crash()
        if self.process.poll() is None:
            self.signal(signal.SIGTERM)
        try:
            code = self.wait(15)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"still running 15 s after SIGTERM\n{self.stderr.text[-4_000:]}") from None
        self.assert_no_crash()
        assert code == 0, f"exit code {code}\n{self.stderr.text[-4_000:]}"

    def kill(self):
        self.process.kill()
        self.wait()


class Provider:
    """The fake provider, in a process of its own."""

    def __init__(self, *arguments):
        command = ["/usr/bin/env", "python3", str(HERE / "provider.py"), *map(str, arguments)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.port = json.loads(self.process.stdout.readline())["port"]
        scheme = "https" if "--tls" in arguments else "http"
        self.base_url = f"{scheme}://127.0.0.1:{self.port}/v1"

    def control(self, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=20) as response:
            return json.load(response)

    def active(self):
        return self.control("/__active")

    def calls(self, label):
        """The calls with this `x_provider.id`, bodies decoded."""
        calls = self.control(f"/__received?id={label}")
        for call in calls:
            call["body"] = base64.b64decode(call["body"])
        return calls

    def call(self, label, state=None, deadline=10.0):
        """The one call with this label, once it is there (and in `state`)."""

        def found():
            calls = [call for call in self.calls(label) if state in (None, call["state"])]
            return calls[-1] if calls else None

        return until(found, deadline, f"call {label} at the provider, state {state}")

    def sent(self, label):
        """The body of that call, which is JSON."""
        return json.loads(self.call(label)["body"])

    def stop(self):
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()
