#!/usr/bin/env python3
"""Compares the gateway with other proxies in one run; started by ops/bench/run, which builds what it needs.

The proxies run on core 0, the mock provider and the load generator on core 1. Targets take turns in every round, so
that a machine whose speed changes treats them alike.
"""

import argparse
import json
import os
import signal
import ssl
import sys
import time
import urllib.request
from pathlib import Path

import bodies
import machine
import peers
from loads import LOADS, Bench, Target
from report import Report

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = ROOT / ".build" / "bench"


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peers", default="nginx,sluice,sluice-logging", help=f"of {', '.join(peers.NAMES)}")
    parser.add_argument("--loads", default=",".join(LOADS), help=f"of {', '.join(LOADS)}")
    parser.add_argument("--streams", type=int, default=2000, help="open streams for the memory figures; 0: none")
    options = parser.parse_args()
    options.peers, options.loads = options.peers.split(","), options.loads.split(",")
    if unknown := (set(options.peers) - set(peers.NAMES)) | (set(options.loads) - set(LOADS)):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    return options


def prepare():
    for folder in ("conf", "log"):
        (FOLDER / folder).mkdir(exist_ok=True)
    bodies.write(FOLDER)


def answers(url, seconds=15):
    """Waits until the target answers a call through to the provider."""
    headers = {"content-type": "application/json", "authorization": f"Bearer {peers.KEY}"}
    request = urllib.request.Request(url, data=(FOLDER / "small.json").read_bytes(), headers=headers)
    end = time.time() + seconds
    while time.time() < end:
        try:
            with urllib.request.urlopen(request, timeout=5, context=ssl._create_unverified_context()) as answer:
                if b"usage" in answer.read():
                    return True
        except OSError as error:
            last = error
        time.sleep(0.1)
    print(f"{url} does not answer: {last}", file=sys.stderr)
    return False


def start_targets(names, processes):
    targets = [Target("direct", {"plain": f"http://127.0.0.1:{peers.UPSTREAM}{peers.PATH}"})]
    for name in names:
        place = peers.Place(name, FOLDER, ROOT)
        if taken := [port for port in place.ports if not machine.is_free(port)]:
            sys.exit(f"{name}: ports are taken: {taken}")
        process = processes.start(place.command(), machine.PROXY_CORE, name)
        if not answers(place.urls["plain"]):
            sys.exit(f"{name} did not start; see {FOLDER}/log/{name}.out")
        targets.append(Target(name, place.urls, process.pid))
    return targets


def run(options, processes):
    if not machine.is_free(peers.UPSTREAM):
        sys.exit(f"port {peers.UPSTREAM} is taken")
    bench = Bench(FOLDER, processes)
    targets = start_targets(options.peers, processes)
    memory = [bench.memory(target, options.streams) for target in targets[1:]] if options.streams else []
    rounds = []
    for number in range(options.rounds):
        for name in options.loads:
            turn = number % len(targets)
            for target in targets[turn:] + targets[:turn]:
                if measured := bench.measure(target, name):
                    rounds.append(measured | {"round": number})
        print(f"round {number + 1} of {options.rounds}", file=sys.stderr)
    return Report(rounds, memory, [target.name for target in targets])


def main():
    options = arguments()
    prepare()
    os.sched_setaffinity(0, {machine.LOAD_CORE})
    processes = machine.Processes(FOLDER)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        report = run(options, processes)
    finally:
        processes.end_all()
    text = report.markdown()
    print(text)
    (FOLDER / "results.md").write_text(text)
    raw = {"rounds": report.rounds + report.faulty, "memory": report.memory}
    (FOLDER / "results.json").write_text(json.dumps(raw, indent=1))


if __name__ == "__main__":
    main()
