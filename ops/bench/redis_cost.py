"""What Redis on loopback adds to a request, by limits and by answers that are kept; in turns with the same in memory.

    .cache/venv-tests/bin/python ops/bench/limits_redis.py [--requests 3000] [--rounds 5]

Prints for each set of policies the median time of a request with one client by each store, and what Redis adds (asked:
below 150 µs); what a request costs Redis; and what is added once Redis is gone (asked: below 5 ms).
"""

import argparse
import itertools
import re
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Tests" / "EndToEnd"))

from configuration import configuration  # noqa: E402
from harness import Gateway, until  # noqa: E402
from metrics import total  # noqa: E402
from redis_server import RedisServer  # noqa: E402
from wire import Wire, chat_body, post  # noqa: E402

POLICIES = {
    "one limit": [{"kind": "rate_limit", "per": "user", "requests": 10**9}],
    "four limits": [
        {"kind": "rate_limit", "per": "user", "requests": 10**9, "tokens": 10**12},
        {"kind": "concurrency", "per": "user", "max": 10**6},
        {"kind": "budget", "per": "user", "tokens": 10**15},
    ],
    "a new answer that is kept": [{"kind": "cache"}],
}
NUMBERS = itertools.count()


def measure(gateway, count):
    """Times of so many requests one after another on one connection, no two of them alike, in µs."""
    times = []
    with Wire(gateway.address()) as wire:
        for _ in range(count):
            request = post(chat_body("echo-whole", f"number {next(NUMBERS)}", max_tokens=10))
            began = time.perf_counter_ns()
            response = wire.exchange(request)
            times.append((time.perf_counter_ns() - began) / 1000)
            assert response.status == 200, response.body
    return times


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--requests", type=int, default=3000)
    arguments.add_argument("--rounds", type=int, default=5)
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        for number, (name, policies) in enumerate(POLICIES.items()):
            redis = RedisServer(folder / f"redis-{number}")
            try:
                report(name, policies, redis, folder, options)
            finally:
                redis.kill()


def figures(redis):
    """What Redis says of the scripts that it ran: how many, how long each took in µs; and of bytes that it got."""
    info = redis.call("INFO", "all")
    calls = float(re.search(r"cmdstat_evalsha:calls=(\d+)", info)[1])
    time = float(re.search(r"cmdstat_evalsha:.*?usec_per_call=([\d.]+)", info)[1])
    return calls, time, float(re.search(r"total_net_input_bytes:(\d+)", info)[1])


def report(name, policies, redis, folder, options):
    stores = {"memory": {}, "redis": {"store": redis.store}}
    gateways = {
        store: Gateway(folder / f"{name}-{store}", configuration("http://127.0.0.1:9/v1", policies=policies, root=root))
        for store, root in stores.items()
    }
    try:
        times = {store: [] for store in gateways}
        for gateway in gateways.values():
            measure(gateway, 200)
        redis.call("CONFIG", "RESETSTAT")
        for _ in range(options.rounds):
            for store, gateway in gateways.items():
                times[store] += measure(gateway, options.requests // options.rounds)
        count = len(times["redis"])
        calls, cost, received = figures(redis)
        redis.kill()
        until(lambda: total(gateways["redis"], "sluice_store_servers_failing"), what="the loss of Redis")
        times["nothing"] = measure(gateways["redis"], count)
        medians = {store: statistics.median(found) for store, found in times.items()}
        print(f"{name}: p50 {medians['memory']:.0f} µs in memory, {medians['redis']:.0f} µs in Redis,"
              f" added {medians['redis'] - medians['memory']:.0f} µs; without Redis added"
              f" {medians['nothing'] - medians['memory']:.0f} µs")
        print(f"    {calls / count:.2f} scripts per request, {cost:.1f} µs each, {received / count:.0f} bytes to Redis")
    finally:
        for gateway in gateways.values():
            gateway.stop()


if __name__ == "__main__":
    main()
