"""The loads, and one measurement of one target under one of them."""

import json
import os
import subprocess
import time
import urllib.request
from dataclasses import dataclass, field

import machine
import peers

SMALL, STREAM, LARGE = "--body small.json", "--body stream.json", "--body large.json"
MOCK_DEFAULTS = {"chunks": 16, "delay_us": 0, "first_us": 0, "status": 0, "die_after": -1}


@dataclass
class Load:
    """What is sent to a target and what the mock provider answers."""

    url: str
    warm_up: str
    run: str
    unit: str = "requests"
    mock: dict = field(default_factory=dict)


LOADS = {
    "call-1": Load("plain", f"-c 1 -n 50 {SMALL}", f"-c 1 -t 2 {SMALL}"),
    "call-64": Load("plain", f"-c 64 -n 128 {SMALL}", f"-c 64 -t 2 {SMALL}"),
    "call-rate": Load("plain", f"-c 64 -n 128 {SMALL}", f"--rate 2000 -c 256 -t 2 {SMALL}"),
    "burst": Load(
        "plain", f"-c 32 -n 32 {STREAM}", f"-c 32 -t 2.5 --timeout 60 {STREAM}", "events", {"chunks": 100}),
    "paced": Load(
        "plain", f"-c 32 -n 32 {SMALL}", f"-c 500 -t 4 --stagger 1.02 --timeout 60 {STREAM}", "events",
        {"chunks": 50, "delay_us": 20_000}),
    "large": Load("plain", f"-c 16 -n 32 {LARGE}", f"-c 16 -t 2 {LARGE}"),
    "handshake-rsa": Load("rsa", "-c 16 -n 32 --handshake-only", "-c 16 -n 3000 -t 4 --handshake-only", "handshakes"),
    "handshake-ec": Load("ec", "-c 16 -n 32 --handshake-only", "-c 16 -n 6000 -t 4 --handshake-only", "handshakes"),
    "tls-64": Load("ec", f"-c 64 -n 128 {SMALL}", f"-c 64 -t 2 {SMALL}"),
}


@dataclass
class Target:
    """Something that answers: a proxy with its process, or the mock provider itself (no process)."""

    name: str
    urls: dict
    pid: int | None = None


class Bench:
    """Runs loads. Holds the folder with tools and bodies, and the mock provider's process."""

    def __init__(self, folder, processes):
        self.folder = folder
        self.processes = processes
        self.mock = processes.start(["./mockllm", "--port", str(peers.UPSTREAM)], machine.LOAD_CORE, "mock")

    def set_mock(self, **settings):
        query = "&".join(f"{name}={value}" for name, value in (MOCK_DEFAULTS | settings).items())
        urllib.request.urlopen(f"http://127.0.0.1:{peers.UPSTREAM}/__mock/set?{query}", timeout=3).read()

    def load(self, url, arguments):
        """Runs the load generator to its end; its report."""
        done = subprocess.run(
            ["./llmload", "--key", peers.KEY, "--url", url, *arguments.split()], cwd=self.folder, text=True,
            capture_output=True, timeout=120, preexec_fn=lambda: os.sched_setaffinity(0, {machine.LOAD_CORE}))
        if not done.stdout.strip():
            raise RuntimeError(done.stderr)
        return json.loads(done.stdout.strip().splitlines()[-1])

    def measure(self, target, name):
        """One target under one load; None if it has no such address."""
        load = LOADS[name]
        url = target.urls.get(load.url)
        if not url:
            return None
        self.set_mock(**load.mock)
        self.load(url, f"--timeout 30 {load.warm_up}")
        before = self.figures(target)
        report = self.load(url, load.run)
        used, mock, busy, stolen, seconds = (b - a for a, b in zip(before, self.figures(target)))
        count = max(1, report[load.unit])
        return {
            "target": target.name, "load": name, "count": count, "errors": report["errors"], "causes": report["err"],
            "statuses": report["status"], "cpu_us": used.best * 1e6 / count, "rate": count / report["elapsed_s"],
            "proxy_core": used.best / seconds, "load_core": (report["load_cpu_s"] + mock.best) / seconds,
            "other_core": max(0.0, (busy - used.best) / seconds), "stolen": stolen / seconds,
            "p50": report["lat_us"]["p50"], "p99": report["lat_us"]["p99"],
            "first50": report["ttft_us"]["p50"], "first99": report["ttft_us"]["p99"],
            "gap99": report["gap_us"]["p99"],
        }

    def figures(self, target):
        used = machine.cpu(target.pid) if target.pid else machine.Usage(0, 0)
        return used, machine.cpu(self.mock.pid), *machine.core_use(machine.PROXY_CORE), time.time()

    def memory(self, target, streams):
        """Holds slow streams (5 events a second each) and tells what they cost."""
        self.set_mock(chunks=1_000_000, delay_us=200_000)
        self.load(target.urls["plain"], f"-c 4 -n 40 {SMALL}")
        idle = machine.memory(target.pid)
        command = ["./llmload", "--key", peers.KEY, "--url", target.urls["plain"], *STREAM.split()]
        command += f"--connections-only {streams} --ramp {max(50, streams // 4)} --hold 6".split()
        process = self.processes.start(command, machine.LOAD_CORE, "hold", pipe=True)
        opened = json.loads(process.stdout.readline())
        time.sleep(1.5)
        before, begun = machine.cpu(target.pid), time.time()
        time.sleep(3)
        used, seconds = machine.cpu(target.pid) - before, time.time() - begun
        full = machine.memory(target.pid)
        report = json.loads(process.stdout.read().strip().splitlines()[-1])
        self.processes.end(process)
        return {
            "target": target.name, "streams": opened["streams_open"] - opened["failed"],
            "idle_mib": idle[0] / 1024, "full_mib": full[0] / 1024, "kib_per_stream": (full[0] - idle[0]) / streams,
            "cpu_us": used.seconds * 1e6 / max(1, report["events_per_s"] * seconds),
        }
