"""What is written to the shared store has an end: each key lives for a time, or is one of a few that are bounded."""

import re

from dialects import asking, dialects, question
from harness import until
from metrics import total, wait_idle
from replicas import LONG
from tasks import Tasks
from test_replica_tasks import hold
from test_resume import Client, again, ask
from test_store_agents import POET, chat
from wire import chat_body, once, post

POLICIES = [
    {"kind": "rate_limit", "per": "user", "requests": 10**6, "tokens": 10**9, "window_ms": LONG},
    {"kind": "rate_limit", "per": "team", "name": "even", "requests": 10**6, "algorithm": "gcra"},
    {"kind": "concurrency", "per": "user", "max": 1_000},
    {"kind": "budget", "per": "user", "name": "monthly", "tokens": 10**12, "window": "month"},
    {"kind": "budget", "per": "user", "name": "for-ever", "tokens": 10**12, "window": "total"},
    {"kind": "cache", "coalesce": True, "scope": "global"},
]

# Keys that stay, and why they are bounded: one for each subject of a budget without a period, what clients made and may
# remove, and those that there is one of, with as much in it as there are tasks, or less than a bound.
LASTING = {
    r"sluice:\{limits\}:b:for-ever[^:]*:\w+": None,
    r"sluice:\{agents\}:of:\w+": None,
    r"sluice:\{agents\}:count": None,
    r"sluice:\{tasks\}:queue": ("XLEN", 0),
    r"sluice:\{tasks\}:counts": ("HLEN", 1),
    r"sluice:\{tasks\}:kept": ("ZCARD", 50),
    r"sluice:\{tasks\}:index": ("ZCARD", 50),
    r"sluice:\{tasks\}:bell": ("XLEN", 1_200),
}


def work(replicas, provider, label):
    """Something of each kind that writes to the store."""
    one, other = gateways = replicas.gateways
    for number in range(30):
        once(gateways[number % 2].address(), post(chat_body("echo", f"number {number}", max_tokens=10)))
    client = Client(one)
    client.read(ask(f"{label}-left", events=500, gap_ms=5), 3)
    once(other.address(), again(client.stream, client.last))
    client.read(ask(f"{label}-gone", events=500, gap_ms=5, stall_after=3), 2)
    once(one.address(), question(asking("hi", id=f"{label}-question")))
    assert once(other.address(), post(POET, "/agents/poet")).status == 200
    for gateway in gateways:
        chat(gateway, f"{label}-said", "hello")
    tasks = [Tasks(gateway) for gateway in gateways]
    made = [tasks[number % 2].submit("echo") for number in range(10)]
    held = hold(tasks[0], provider, f"{label}-held")
    tasks[1].cancel(held)
    for task in made:
        tasks[1].wait(task, "completed")
    tasks[0].wait(held, "cancelled")


def test_each_key_has_an_end_or_a_bound(replicas, provider, label):
    root = {"dialects": dialects() | {"agent": {}}, "agents": {"default": {"model": "fake"}},
            "resume": {"grace_ms": 500}}
    gateways = replicas.start(2, policies=POLICIES, root=root)
    until(lambda: all(total(gateway, "sluice_store_replicas") == 2 for gateway in gateways), what="all beats")
    work(replicas, provider, label)
    for gateway in gateways:
        wait_idle(gateway)
    kinds = {re.match(r"sluice:(\{\w+\}:\w+|\w+)|chat:stream", key)[0] for key in replicas.keys("*")}
    assert kinds >= {
        "sluice:{limits}:w", "sluice:{limits}:g", "sluice:{limits}:b", "sluice:{limits}:seen", "sluice:{limits}:mark",
        "sluice:{limits}:replicas", "sluice:key", "sluice:log", "chat:stream", "sluice:conversation",
        "sluice:{agents}:of", "sluice:{agents}:count", "sluice:{tasks}:queue", "sluice:{tasks}:task",
        "sluice:{tasks}:log", "sluice:{tasks}:counts", "sluice:{tasks}:kept", "sluice:{tasks}:index",
        "sluice:{tasks}:bell"}, "all of it was used"
    for key in replicas.keys("*"):
        bound = next((bound for name, bound in LASTING.items() if re.fullmatch(name, key)), "has to end")
        if bound == "has to end":
            # -2: it has ended meanwhile.
            assert (left := int(replicas.redis.call("PTTL", key))) != -1, key
            assert left <= 32 * 24 * 3_600_000
        elif bound:
            assert int(replicas.redis.call(bound[0], key)) <= bound[1], key
    pending = replicas.redis.call("XPENDING", "sluice:{tasks}:queue", "gateways").split("\n")
    assert pending[0] == "0", "nothing is left with a consumer"
    assert replicas.redis.call("HKEYS", "sluice:{tasks}:counts") == "bytes"


def test_a_log_that_the_store_has_lost_is_not_begun_in_the_middle(replicas, provider, label):
    """It would have no beginning for readers, and no end when its writer dies."""
    (one,) = replicas.start(1, lease_ms=60_000)
    client = Client(one)
    client.read(ask(label, events=12, gap_ms=100), 3)
    replicas.redis.call("FLUSHALL")
    provider.call(label, "done")
    wait_idle(one)
    for log in replicas.keys("sluice:log:*"):
        records = replicas.redis.call("--json", "XRANGE", log, "-", "+")
        assert "writer_lost" in records and records.count('"e"') == 1 and '"s"' not in records
        assert int(replicas.redis.call("PTTL", log)) > 0
