"""What limits in Redis add to a request: the gateway with limits in memory and in Redis on loopback, in turns.

    ops/bench/limits_redis.py [--requests 3000] [--rounds 5]

Prints the median time of a request with one client, for each store, and what Redis adds (asked: below 150 µs).
"""

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Tests" / "EndToEnd"))

from configuration import configuration  # noqa: E402
from harness import Gateway  # noqa: E402
from redis_server import RedisServer  # noqa: E402
from wire import Wire, chat_body, post  # noqa: E402

LIMITS = {
    "one limit": [{"kind": "rate_limit", "per": "user", "requests": 10**9}],
    "four limits": [
        {"kind": "rate_limit", "per": "user", "requests": 10**9, "tokens": 10**12},
        {"kind": "concurrency", "per": "user", "max": 10**6},
        {"kind": "budget", "per": "user", "tokens": 10**15},
    ],
}


def measure(gateway, count):
    """Times of so many requests one after another on one connection, in µs."""
    request = post(chat_body("echo-whole", max_tokens=10))
    times = []
    with Wire(gateway.address()) as wire:
        for _ in range(count):
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
        redis = RedisServer(folder / "redis")
        try:
            for name, policies in LIMITS.items():
                report(name, policies, redis, folder, options)
        finally:
            redis.kill()


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
        for _ in range(options.rounds):
            for store, gateway in gateways.items():
                times[store] += measure(gateway, options.requests // options.rounds)
        medians = {store: statistics.median(found) for store, found in times.items()}
        print(f"{name}: p50 {medians['memory']:.0f} µs in memory, {medians['redis']:.0f} µs in Redis,"
              f" added {medians['redis'] - medians['memory']:.0f} µs")
    finally:
        for gateway in gateways.values():
            gateway.stop()


if __name__ == "__main__":
    main()
