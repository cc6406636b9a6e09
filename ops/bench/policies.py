#!/usr/bin/env python3
"""Tells what policies cost per call: CPU from the kernel's accounting, and instructions counted by valgrind.

Each row is a gateway of its own with one worker; what it costs beyond the gateway without policies is what its policies
cost. All call the same mock provider. Rows take turns in every round.
"""

import argparse
import hashlib
import json
import os
import re
import signal
import statistics
import subprocess
import sys

import machine
import peers
from compare import FOLDER, ROOT, answers, prepare

FIRST_PORT = 26600
# Body, connections, calls of a measured run, calls of the short and the long counted run.
BODIES = {"small": ("small call", 16, 20_000, 100, 500), "large": ("100 KB history", 16, 2000, 20, 100)}

AUTH = {"kind": "auth", "require": "key"}
LIMITS = [
    {"kind": "rate_limit", "per": "user", "requests": 10**9, "tokens": 10**12},
    {"kind": "concurrency", "per": "user", "max": 10_000},
    {"kind": "budget", "per": "user", "usd": 10**6},
]
VALIDATE = {"kind": "validate", "max_messages": 2000, "max_n": 4}
RULES = {
    "kind": "guard", "name": "rules",
    "deny": [{"pattern": "(?i)ignore all previous instructions"}],
    "redact": [{"pattern": "sk-[A-Za-z0-9]{20,}", "with": "[key]"}],
}
BUILT_IN = {"kind": "guard", "name": "builtin", "builtin": [{"find": f} for f in ("email", "phone", "card", "api_key")]}
FITS = {"kind": "trim_history", "max_tokens": 60_000}
CUTS = {"kind": "trim_history", "max_tokens": 20_000}
ROWS = {
    "no policies": [],
    "`auth`": [AUTH],
    "`rate_limit`, `concurrency`, `budget`": LIMITS,
    "`validate`": [VALIDATE],
    "`guard`, two expressions": [RULES],
    "`guard`, four built-in kinds": [BUILT_IN],
    "`trim_history`, the history fits": [FITS],
    "`trim_history`, the history is cut": [CUTS],
    "all, the history fits": [AUTH, *LIMITS, VALIDATE, RULES, BUILT_IN, FITS],
    "all, the history is cut": [AUTH, *LIMITS, VALIDATE, RULES, BUILT_IN, CUTS],
}


class Gateway:
    """One row: its configuration, its process, what was measured of it."""

    def __init__(self, number, name, policies):
        self.name, self.port = name, FIRST_PORT + number
        self.url = f"http://127.0.0.1:{self.port}{peers.PATH}"
        self.microseconds = {body: [] for body in BODIES}
        self.instructions = {}
        self.file = FOLDER / "conf" / f"policies-{number}.json"
        self.file.write_text(json.dumps(self.configuration(policies), indent=2))

    def configuration(self, policies):
        price = {"input_per_million_usd": 2.5, "output_per_million_usd": 10.0}
        return {
            "listeners": [{"name": "plain", "address": f"127.0.0.1:{self.port}"}],
            "workers": 1,
            "upstreams": {"mock": {"kind": "openai", "base_url": f"http://127.0.0.1:{peers.UPSTREAM}/v1"}},
            "models": [{"name": "mock-model", "targets": [{"upstream": "mock"}], "price": price}],
            "keys": [{"id": "bench", "sha256": hashlib.sha256(peers.KEY.encode()).hexdigest(), "user": "bench"}],
            "policies": policies,
            "telemetry": {"access_log": "off", "log_level": "warning"},
        }

    def start(self, processes, program, *prefix):
        if not machine.is_free(self.port):
            sys.exit(f"port {self.port} is taken")
        command = [*prefix, program, "serve", "--config", str(self.file)]
        process = processes.start(command, machine.PROXY_CORE, f"policies-{self.port}")
        if not answers(self.url, 60):
            sys.exit(f"{self.name}: did not start; see {FOLDER}/log/policies-{self.port}.out")
        return process

    def load(self, body, connections, calls):
        done = subprocess.run(
            ["./llmload", "--key", peers.KEY, "--url", self.url, "-c", str(connections), "-n", str(calls), "--timeout",
             "60", "--body", f"{body}.json"],
            cwd=FOLDER, text=True, capture_output=True, timeout=300,
            preexec_fn=lambda: os.sched_setaffinity(0, {machine.LOAD_CORE}))
        report = json.loads(done.stdout.strip().splitlines()[-1])
        if report["errors"]:
            sys.exit(f"{self.name}: errors: {report['err']} {report['status']}")

    def measure(self, process, body):
        _, connections, calls, _, _ = BODIES[body]
        self.load(body, connections, calls // 10)
        before = machine.cpu(process.pid).seconds
        self.load(body, connections, calls)
        self.microseconds[body].append((machine.cpu(process.pid).seconds - before) * 1e6 / calls)

    def count(self, processes, body):
        """The difference of two runs of different length, so that start and end fall out."""
        _, connections, _, *lengths = BODIES[body]
        totals = []
        for calls in lengths:
            # With hashes of chance the layout of tables moves a count by a thousand.
            process = self.start(
                processes, str(FOLDER / "sluice"), "env", "SWIFT_DETERMINISTIC_HASHING=1", "valgrind",
                "--tool=callgrind", "--callgrind-out-file=/dev/null")
            self.load(body, connections, calls)
            process.terminate()
            process.wait(60)
            processes.end(process)
            text = (FOLDER / "log" / f"policies-{self.port}.out").read_text()
            totals.append(int(re.findall(r"Collected : (\d+)", text)[-1]))
        self.instructions[body] = (totals[1] - totals[0]) / (lengths[1] - lengths[0])


def table(gateways):
    first = gateways[0]
    titles = [f"{BODIES[body][0]}: {unit}" for body in BODIES for unit in ("µs", "instructions")]
    lines = ["| policies | " + " | ".join(titles) + " |", "| --- " + "| ---: " * len(titles) + "|"]
    for gateway in gateways:
        cells = []
        for body in BODIES:
            sign = "" if gateway is first else "+"
            # A round's difference: the machine's speed changes from round to round.
            pairs = zip(gateway.microseconds[body], first.microseconds[body])
            cost = [own if gateway is first else own - base for own, base in pairs]
            cells.append(f"{statistics.median(cost):{sign}.1f}" if cost else "")
            if count := gateway.instructions.get(body):
                count -= 0 if gateway is first else first.instructions[body]
                cells.append(f"{count:{sign},.0f}")
            else:
                cells.append("")
        lines.append(f"| {gateway.name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--rows", type=re.compile, default="", help="only rows that this expression finds, and the first")
    parser.add_argument("--no-count", action="store_true", help="no instructions, which take longest")
    options = parser.parse_args()
    prepare()
    os.sched_setaffinity(0, {machine.LOAD_CORE})
    processes = machine.Processes(FOLDER)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    gateways = [
        Gateway(number, name, policies) for number, (name, policies) in enumerate(ROWS.items())
        if number == 0 or options.rows.search(name)]
    try:
        processes.start(["./mockllm", "--port", str(peers.UPSTREAM)], machine.LOAD_CORE, "mock")
        if options.rounds:
            started = [(gateway, gateway.start(processes, str(ROOT / ".build/release/sluice"))) for gateway in gateways]
            for number in range(options.rounds):
                for body in BODIES:
                    for gateway, process in started:
                        gateway.measure(process, body)
                print(f"round {number + 1} of {options.rounds}", file=sys.stderr)
            for _, process in started:
                processes.end(process)
        if not options.no_count:
            # Debian 12's valgrind cannot read the debugging information of today's compilers.
            subprocess.check_call(["strip", "-o", FOLDER / "sluice", ROOT / ".build/release/sluice"])
            for gateway in gateways:
                for body in BODIES:
                    gateway.count(processes, body)
                print(f"counted: {gateway.name}", file=sys.stderr)
    finally:
        processes.end_all()
    print(table(gateways))


if __name__ == "__main__":
    main()
